"""Anchors are numbers of columns; a mask of columns is refused, not read as two numbers."""

from __future__ import annotations

from typing import Any

import pytest

from psychometrics.errors import RuleError
from psychometrics.fairness.strata import anchor_mask


@pytest.mark.parametrize("anchors", [[True, False, True], [0.0, 1.0], [], [3], [-1], [[0, 1]]])
def test_what_is_no_list_of_columns_is_refused(anchors: Any) -> None:
    with pytest.raises(RuleError):
        anchor_mask(anchors, 3)


def test_columns_named_are_matched_on() -> None:
    assert anchor_mask([0, 2], 3).tolist() == [True, False, True]
    assert anchor_mask(None, 2).all()
