"""The fast ways to information and to the item that has most of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.adaptive.information import ClosedForm, InformationBuffers
from psychometrics.adaptive.table import SelectionTable
from psychometrics.errors import InfeasibleError, RuleError
from psychometrics.items import ItemTable
from psychometrics.models import item_information
from tests.psychometrics.adaptive.banks import three_pl, two_pl
from tests.psychometrics.strategies import tables


@given(tables(), st.lists(st.floats(-6, 6), min_size=1, max_size=4))
def test_information_into_buffers_is_the_information(table: ItemTable, theta: list[float]) -> None:
    found = InformationBuffers(ClosedForm(table)).at(np.array(theta))
    np.testing.assert_allclose(found, item_information(table, theta), rtol=1e-9, atol=1e-12)


def test_information_far_away_is_nothing_and_never_nan() -> None:
    buffers = InformationBuffers(ClosedForm(three_pl(5)))
    assert (buffers.at(np.array([-500.0, 500.0])) < 1e-10).all()


def test_the_table_gives_the_most_informative_unused_item() -> None:
    table = three_pl(200)
    lookup = SelectionTable.prepare(table, step=0.1)
    for theta in (-9.0, -1.3, 0.0, 0.7, 9.0):
        at = float(np.clip(round(theta, 1), -4, 4))
        order = np.argsort(-item_information(table, at)[0], kind="stable").tolist()
        assert lookup.next_item(theta, set()) == order[0]
        assert lookup.next_item(theta, set(order[:150])) == order[150]


def test_the_table_says_when_the_bank_is_exhausted() -> None:
    with pytest.raises(InfeasibleError, match="bank_exhausted"):
        SelectionTable.prepare(two_pl(3)).next_item(0.0, {0, 1, 2})


def test_a_table_needs_a_range() -> None:
    with pytest.raises(RuleError, match="selection_table"):
        SelectionTable.prepare(two_pl(3), low=1.0, high=1.0)
