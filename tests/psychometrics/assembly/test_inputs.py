"""What is wrong with the input is said at once, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from psychometrics.assembly.blueprint import Blueprint, Count, Information, ItemSets, Mean, Sum
from psychometrics.assembly.forms import assemble
from psychometrics.assembly.goals import (
    Goal,
    MatchInformation,
    MaximinInformation,
    MaximumInformation,
    MinimumSum,
)
from psychometrics.assembly.plan import Sharing
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Effort
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable, Model

TABLE = ItemTable.from_arrays(Model.RASCH, b=[0.0, 0.5, 1.0], names=["A", "B", "C"])
POOL = ItemPool(TABLE, {"domain": ["X", "X", "Y"]}, {"words": [1.0, 2.0, 3.0]}, ["S", "S", None])


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: ItemPool(TABLE, {"domain": ["X", "Y"]}), "categories"),
        (lambda: ItemPool(TABLE, attributes={"words": [1.0, 2.0]}), "attributes"),
        (lambda: ItemPool(TABLE, attributes={"words": [1.0, 2.0, float("nan")]}), "attributes"),
        (lambda: ItemPool(TABLE, stimuli=["S"]), "stimuli"),
        (lambda: ItemPool(TABLE, enemies=[("A", "Z")]), "enemies"),
        (lambda: ItemPool(TABLE, enemies=[("A", "A")]), "enemies"),
        (lambda: ItemPool(TABLE, enemies=[("A",)]), "enemies"),
        (lambda: Count({"domain": "X"}, least=3, most=2), "count"),
        (lambda: Count({"domain": "X"}, least=-1), "count"),
        (lambda: Sum("words", least=3, most=2), "words"),
        (lambda: Mean("words", least=float("nan")), "words"),
        (lambda: Information(float("inf"), least=1), "theta"),
        (lambda: ItemSets(items=(0, 2)), "items"),
        (lambda: ItemSets(items=(3, 2)), "items"),
        (lambda: ItemSets(least=2, most=1), "stimuli"),
        (lambda: Blueprint(0), "length"),
        (lambda: Blueprint((3, 2)), "length"),
        (lambda: Blueprint(2, include=("A", "A")), "include"),
        (lambda: Blueprint(2, include=("A",), exclude=("A",)), "include"),
        (lambda: Blueprint(1, include=("A", "B")), "include"),
        (lambda: Blueprint(2, (ItemSets(), ItemSets())), "constraints"),
        (lambda: Sharing(uses=0), "uses"),
        (lambda: Sharing(common=-1), "common"),
        (lambda: Sharing(anchor=-1), "anchor"),
        (lambda: Effort(gap=1.0), "gap"),
        (lambda: Effort(seconds=0.0), "seconds"),
        (lambda: Effort(nodes=0), "nodes"),
    ],
)
def test_a_part_that_contradicts_itself_is_refused(make: Callable[[], Any], field: str) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("blueprint", "field"),
    [
        (Blueprint(2, (Count({"topic": "X"}, 1),)), "where"),
        (Blueprint(2, (Count({"domain": "Z"}, 1),)), "where"),
        (Blueprint(2, (Sum("seconds", most=1),)), "attribute"),
        (Blueprint(2, (ItemSets(exceptions={"U": (1, 2)}),)), "exceptions"),
        (Blueprint(2, include=("Z",)), "include"),
        (Blueprint(2, exclude=("Z",)), "exclude"),
    ],
)
def test_a_blueprint_that_names_what_the_pool_does_not_have_is_refused(blueprint: Blueprint, field: str) -> None:
    with pytest.raises(RuleError) as raised:
        assemble(POOL, blueprint, MaximumInformation(0.0))
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("goal", "field"),
    [
        (MaximumInformation([]), "theta"),
        (MaximumInformation([float("nan")]), "theta"),
        (MaximumInformation([0.0, 1.0], [1.0]), "weights"),
        (MaximumInformation([0.0], [-1.0]), "weights"),
        (MaximumInformation([0.0], [0.0]), "weights"),
        (MaximinInformation([0.0], [0.0]), "shape"),
        (MatchInformation([0.0], [1.0, 2.0]), "target"),
        (MatchInformation([0.0], [float("inf")]), "target"),
        (MinimumSum("seconds"), "attribute"),
    ],
)
def test_a_goal_that_does_not_fit_is_refused(goal: Goal, field: str) -> None:
    with pytest.raises(RuleError) as raised:
        assemble(POOL, Blueprint(2), goal)
    assert raised.value.field == field


def test_lists_must_have_one_entry_a_form_and_one_sense() -> None:
    with pytest.raises(RuleError, match="blueprint"):
        assemble(POOL, [Blueprint(1)], MaximumInformation(0.0), forms=2)
    with pytest.raises(RuleError, match="goal"):
        assemble(POOL, Blueprint(1), [MaximumInformation(0.0)], forms=2)
    with pytest.raises(RuleError, match="mixed_senses"):
        assemble(POOL, Blueprint(1), [MaximumInformation(0.0), MinimumSum("words")], forms=2)
    with pytest.raises(RuleError, match="forms"):
        assemble(POOL, Blueprint(1), MaximumInformation(0.0), forms=0)
    with pytest.raises(RuleError, match="longer_than_a_form"):
        assemble(POOL, Blueprint(1), MaximumInformation(0.0), forms=2, sharing=Sharing(anchor=2))


def test_a_pool_of_one_item_gives_that_item() -> None:
    pool = ItemPool(ItemTable.from_arrays(Model.RASCH, b=[0.0], names=["A"]))
    result = assemble(pool, Blueprint(1), MaximumInformation(0.0))
    assert result.forms == (("A",),)
    assert result.objective == pytest.approx(0.25)
    assert result.gap == 0.0
