"""Raw points follow the written rule, option by option."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from psychometrics.errors import ResponseError, RuleError
from psychometrics.raw import RawItem, RawScoring
from psychometrics.responses import Missing

RULE = RawScoring(
    (
        RawItem.keyed("TWK-1", 5, {1}, correct=4, wrong=-1, blank=0),
        RawItem.keyed("TIU-1", 4, {0, 3}, correct=5, wrong=0, blank=0),
        RawItem.weighted("TKP-1", [1, 2, 3, 4, 5], blank=0),
    )
)


def test_every_option_has_its_points() -> None:
    choices = [[1, 0, 0], [0, 3, 4], [4, 1, 2]]
    assert RULE.points(choices).tolist() == [[4, 5, 1], [-1, 5, 5], [-1, 0, 3]]
    assert RULE.totals(choices).tolist() == [10, 9, 2]


def test_a_blank_is_not_a_wrong_answer() -> None:
    blank: list[list[int]] = [
        [Missing.OMITTED] * 3,
        [Missing.NOT_REACHED] * 3,
        [Missing.NOT_PRESENTED] * 3,
    ]
    assert RULE.points(blank).tolist() == [[0, 0, 0]] * 3
    item = RawItem("i", (0.0, 1.0), omitted=0.25, not_reached=-0.5, not_presented=0.75)
    codes: list[list[int]] = [
        [Missing.OMITTED],
        [Missing.NOT_REACHED],
        [Missing.NOT_PRESENTED],
        [0],
        [1],
    ]
    assert RawScoring((item,)).totals(codes).tolist() == [0.25, -0.5, 0.75, 0.0, 1.0]


def test_totals_by_domain() -> None:
    choices = [[1, 0, 4], [0, 1, 0]]
    totals = RULE.totals_by(choices, ["TWK", "TIU", "TKP"])
    assert {name: points.tolist() for name, points in totals.items()} == {
        "TWK": [4, -1],
        "TIU": [5, 0],
        "TKP": [5, 1],
    }
    with pytest.raises(RuleError):
        RULE.totals_by(choices, ["TWK"])


def test_a_national_exam_of_110_items_has_its_legal_maximum() -> None:
    keyed = [RawItem.keyed(f"K{i}", 5, {i % 5}, correct=5, wrong=0, blank=0) for i in range(65)]
    weighted = [RawItem.weighted(f"W{i}", [1, 2, 3, 4, 5], blank=0) for i in range(45)]
    rule = RawScoring((*keyed, *weighted))
    best = [[*(i % 5 for i in range(65)), *[4] * 45]]
    assert rule.totals(best).tolist() == [550.0]
    assert sum(entry.maximum for entry in rule.items) == 550.0


@pytest.mark.parametrize("choices", [[[5, 0, 0]], [[0, 4, 0]], [[0, 0, -4]], [[0, 0]], [[0.0] * 3]])
def test_choices_that_cannot_be_are_refused(choices: Any) -> None:
    with pytest.raises(ResponseError):
        RULE.points(choices)


def test_an_option_an_item_does_not_have_is_named() -> None:
    with pytest.raises(ResponseError) as caught:
        RULE.points([[0, 0, 0], [0, 4, 0]])
    assert caught.value.params == {"person": 1, "item": "TIU-1", "value": 4}


@pytest.mark.parametrize("keys", [set(), {5}, {-1}])
def test_a_key_must_be_an_option(keys: set[int]) -> None:
    with pytest.raises(RuleError):
        RawItem.keyed("i", 5, keys, correct=1, wrong=0, blank=0)


def test_points_must_be_numbers() -> None:
    with pytest.raises(RuleError):
        RawItem.weighted("i", [], blank=0)
    with pytest.raises(RuleError):
        RawItem.weighted("i", [1, float("nan")], blank=0)


def test_many_persons_at_once_equal_one_by_one() -> None:
    choices = np.random.default_rng(2).integers(-3, 4, size=(500, 3))
    alone = [float(RULE.totals(row[None])[0]) for row in choices]
    assert RULE.totals(choices).tolist() == alone
