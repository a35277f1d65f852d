"""An impossible blueprint is told in the fewest rules, with numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.assembly.blueprint import Blueprint, Constraint, Count, ItemSets, Mean, Sum
from psychometrics.assembly.clashes import smallest_clash
from psychometrics.assembly.forms import assemble
from psychometrics.assembly.goals import MaximumInformation
from psychometrics.assembly.plan import Sharing
from psychometrics.assembly.pool import ItemPool
from psychometrics.errors import InfeasibleError
from psychometrics.items import ItemTable, Model
from tests.psychometrics.assembly.pools import all_forms, bank, small_blueprints, small_pools

GOAL = MaximumInformation(0.0)


def pool_of(domains: str, words: list[float] | None = None, **more: Any) -> ItemPool:
    table = ItemTable.from_arrays(Model.RASCH, b=[0.0] * len(domains))
    return ItemPool(table, {"domain": list(domains)}, {} if words is None else {"words": words}, **more)


def clashes(pool: ItemPool, blueprint: Blueprint, forms: int = 1, sharing: Sharing | None = None) -> list[str]:
    with pytest.raises(InfeasibleError) as raised:
        assemble(pool, blueprint, GOAL, forms=forms, sharing=sharing)
    found = raised.value.params["clashes"]
    assert isinstance(found, list)
    return found


def test_one_rule_that_the_pool_cannot_meet_stands_alone() -> None:
    assert clashes(pool_of("XXYYY"), Blueprint(4, (Count({"domain": "X"}, least=3),))) == [
        "items with domain X: at least 3 asked for, at most 2 possible"
    ]


def test_minima_that_add_up_to_more_than_the_length_are_named_with_it() -> None:
    rules = (Count({"domain": "X"}, least=2), Count({"domain": "Y"}, least=2), Count({"domain": "Z"}, most=1))
    assert clashes(pool_of("XXXYYYZ"), Blueprint(3, rules)) == [
        "items: at most 3 allowed, at least 4 unavoidable with the other rules",
        "items with domain X: at least 2 asked for, at most 1 possible with the other rules",
        "items with domain Y: at least 2 asked for, at most 1 possible with the other rules",
    ]


def test_enemies_that_take_away_the_items_needed_are_named() -> None:
    pool = pool_of("XXXYY", enemies=[("item-1", "item-2"), ("item-4", "item-5")])
    assert clashes(pool, Blueprint(3, (Count({"domain": "X"}, least=3),))) == [
        "items with domain X: at least 3 asked for, at most 2 possible with the other rules",
        "enemies item-1, item-2: at most 1 allowed, at least 2 unavoidable with the other rules",
    ]


def test_words_and_length_that_do_not_go_together_say_how_far_apart_they_are() -> None:
    pool = pool_of("XXXX", words=[10.0, 20.0, 30.0, 40.0])
    assert clashes(pool, Blueprint(3, (Sum("words", most=50),))) == [
        "items: at least 3 asked for, at most 2 possible with the other rules",
        "sum of words: at most 50 allowed, at least 60 unavoidable with the other rules",
    ]


def test_a_mean_out_of_reach_is_named() -> None:
    pool = pool_of("XXXX", words=[10.0, 20.0, 30.0, 40.0])
    assert clashes(pool, Blueprint(3, (Mean("words", least=35),))) == [
        "items: at least 3 asked for, at most 2 possible with the other rules",
        "mean of words: at least 35 asked for",
    ]


def test_an_item_included_and_excluded_by_a_category_is_named() -> None:
    assert clashes(pool_of("XXY"), Blueprint(2, (Count({"domain": "Y"}, most=0),), include=("item-3",))) == [
        "items with domain Y: at most 0 allowed, at least 1 unavoidable with the other rules",
        "included item item-3: at least 1 asked for, at most 0 possible with the other rules",
    ]


def test_too_few_stimuli_are_named() -> None:
    pool = pool_of("XXXXXX", stimuli=["S", "S", "T", "T", None, None])
    found = clashes(pool, Blueprint(4, (ItemSets(most=0),)))
    assert found == [
        "items: at least 4 asked for, at most 2 possible with the other rules",
        "stimuli: at most 0 allowed, at least 1 unavoidable with the other rules",
    ]


def test_forms_that_need_more_items_than_there_are_say_so() -> None:
    assert clashes(pool_of("XXXYYYY"), Blueprint(3, (Count({"domain": "X"}, least=2),)), forms=2) == [
        "items with domain X: at least 2 asked for in each of 2 forms, at most 3 possible in all with the other rules",
        "each item in at most 1 of 2 forms",
    ]


def test_forms_that_may_not_share_enough_say_so() -> None:
    assert clashes(pool_of("XXXX"), Blueprint(3), forms=2, sharing=Sharing(uses=2, common=1)) == [
        "items: at least 3 asked for in each of 2 forms, at most 8 possible in all with the other rules",
        "at most 1 items common to two forms",
    ]


def test_an_impossible_anchor_is_named_as_such() -> None:
    anchor = Blueprint(2, (Count({"domain": "X"}, least=2),))
    rules = (Count({"domain": "X"}, most=1),)
    found = clashes(pool_of("XXXYYYY"), Blueprint(3, rules), forms=2, sharing=Sharing(anchor=anchor))
    assert len(found) == 2
    assert found[0].startswith("items with domain X: at most 1 allowed in each of 2 forms")
    assert found[1].startswith("anchor: items with domain X: at least 2 asked for")


@settings(max_examples=60)
@given(small_pools(most_items=7), small_blueprints())
def test_the_rules_named_clash_and_no_fewer_do(pool: ItemPool, blueprint: Blueprint) -> None:
    if any(True for _ in all_forms(pool, blueprint)):
        return
    named = clashes(pool, blueprint)
    assert named
    kept = [restriction(sentence) for sentence in named]
    assert not possible(pool, blueprint, kept)
    for one in range(len(kept)):
        assert possible(pool, blueprint, kept[:one] + kept[one + 1 :])


def restriction(sentence: str) -> tuple[str, str, float]:
    """Which rule a sentence is about, its side, and its bound."""
    found = re.fullmatch(r"(.*): at (least|most) ([0-9.]+) (?:asked for|allowed).*", sentence)
    assert found, sentence
    return found[1], found[2], float(found[3])


def possible(pool: ItemPool, blueprint: Blueprint, kept: list[tuple[str, str, float]]) -> bool:
    """Whether some set of items keeps the sides named, by trying all."""
    sets = next((rule for rule in blueprint.constraints if isinstance(rule, ItemSets)), None)
    choices = (form for size in range(len(pool) + 1) for form in combinations(range(len(pool)), size))
    return any(all(_side_holds(pool, sets, form, *side) for side in kept) for form in choices)


def _side_holds(
    pool: ItemPool, sets: Constraint | None, form: tuple[int, ...], words: str, side: str, bound: float
) -> bool:
    owners = [pool.stimuli[item] for item in form if pool.stimuli[item]]
    names = {pool.names[item] for item in form}
    if match := re.fullmatch(r"items of stimulus (.) if used", words):
        value = float(owners.count(match[1]))
        if value == 0:
            return True
    elif words == "stimuli":
        value = float(len(set(owners)))
    elif words == "items":
        value = float(len(form))
    elif match := re.fullmatch(r"items with domain (.)", words):
        value = float(sum(pool.categories["domain"][item] == match[1] for item in form))
    elif match := re.fullmatch(r"enemies (.*)", words):
        value = float(len(names & set(match[1].split(", "))))
    elif match := re.fullmatch(r"(?:included|excluded) item (.*)", words):
        value = float(match[1] in names)
    elif words == "sum of words":
        value = float(pool.values("words")[list(form)].sum())
    else:
        inside = [item for item in form if pool.categories["domain"][item] == "X"]
        if not inside:
            return True
        value = float(pool.values("words")[inside].mean())
    return value >= bound - 1e-9 if side == "least" else value <= bound + 1e-9


@given(st.sets(st.integers(0, 30), min_size=1, max_size=4), st.integers(31, 60))
def test_the_search_finds_exactly_the_rules_that_clash(guilty: set[int], count: int) -> None:
    sides = list(range(count))
    asked = []

    def feasible(kept: Sequence[int]) -> bool:
        asked.append(kept)
        return not guilty <= set(kept)

    assert set(smallest_clash(sides, feasible)) == guilty
    assert len(asked) <= 2 * len(guilty) * 7


def test_a_large_blueprint_with_one_fault_is_explained() -> None:
    pool = bank(300, enemies=100)
    cells = [{"domain": domain, "level": level} for domain in ("D0", "D1", "D2") for level in ("L0", "L1")]
    rules = tuple(Count(cell, 1, 4) for cell in cells)
    found = clashes(pool, Blueprint(30, (*rules, Count({"level": "L3"}, most=2), Count({"level": "L2"}, most=3))))
    assert len(found) >= 2
    assert any(sentence.startswith("items: at least 30 asked for") for sentence in found)
