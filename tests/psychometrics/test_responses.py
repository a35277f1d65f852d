"""Missing responses: three codes, each with its own treatment, none ever by accident."""

from __future__ import annotations

import inspect
from itertools import product

import numpy as np
import pytest
from numpy.typing import ArrayLike

from psychometrics.errors import ResponseError
from psychometrics.items import ItemTable
from psychometrics.responses import (
    Missing,
    MissingPolicy,
    Treatment,
    check_responses,
    resolve_categories,
    resolve_missing,
)

TABLE = ItemTable.from_dicts({"item": n, "model": "Rasch", "b": 0.0} for n in "abcd")
ROW = [[1, Missing.OMITTED, Missing.NOT_REACHED, Missing.NOT_PRESENTED]]


def test_the_codes_are_stored_and_so_never_change() -> None:
    assert {code.name: int(code) for code in Missing} == {
        "OMITTED": -1,
        "NOT_REACHED": -2,
        "NOT_PRESENTED": -3,
    }


@pytest.mark.parametrize("policy", list(product(Treatment, repeat=3)))
def test_only_what_the_policy_counts_as_lowest_becomes_category_0(
    policy: tuple[Treatment, Treatment, Treatment],
) -> None:
    resolved = resolve_missing(TABLE, ROW, MissingPolicy(*policy))
    expected = [
        0 if how is Treatment.LOWEST else int(code)
        for code, how in zip(ROW[0][1:], policy, strict=True)
    ]
    assert resolved.tolist() == [[1, *expected]]
    assert resolved.dtype == np.int8


def test_a_policy_has_no_defaults() -> None:
    parameters = inspect.signature(MissingPolicy).parameters.values()
    assert all(parameter.default is inspect.Parameter.empty for parameter in parameters)


def test_checked_responses_are_not_copied_without_need() -> None:
    matrix = np.zeros((2, 4), dtype=np.int8)
    assert check_responses(TABLE, matrix) is matrix


@pytest.mark.parametrize("bad", [[[0, -4]], [[0, 127]], [0, 1], [[0.5, 1.0]]])
def test_categories_without_a_table_are_checked_too(bad: ArrayLike) -> None:
    with pytest.raises(ResponseError):
        resolve_categories(bad, MissingPolicy.ignore_all())
