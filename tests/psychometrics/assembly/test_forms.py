"""Assembled forms keep every rule, and none better exists."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from psychometrics.assembly.blueprint import Blueprint, Count, Information, ItemSets, Mean, Sum
from psychometrics.assembly.forms import Assembly, assemble, assemble_adaptive_pool
from psychometrics.assembly.goals import (
    MatchCharacteristicCurve,
    MatchInformation,
    MaximinInformation,
    MaximumInformation,
    MinimumSum,
)
from psychometrics.assembly.plan import Sharing
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Effort
from psychometrics.errors import InfeasibleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import expected_score
from tests.psychometrics.assembly.pools import all_forms, bank, information, keeps, small_blueprints, small_pools

EXACT = Effort(gap=0.0)
POINTS = [-1.0, 0.0, 1.0]
TWENTY = Blueprint(
    20,
    (
        *(Count({"domain": label}, 5, 9) for label in ("D0", "D1", "D2")),
        *(Count({"level": label}, 4, 7) for label in ("L0", "L1", "L2")),
        Sum("words", most=1400),
        Mean("words", least=50),
    ),
)


def check(result: Assembly, pool: ItemPool, blueprint: Blueprint) -> None:
    assert all(keeps(pool, blueprint, form) for form in result.forms)
    assert all(value.met for value in result.constraints)
    for form, curve in zip(result.forms, result.information, strict=True):
        np.testing.assert_allclose(curve, information(pool, form, result.theta.tolist()))


@settings(max_examples=80)
@given(small_pools(), small_blueprints())
def test_no_form_of_a_tiny_pool_is_better_and_none_exists_where_it_says_so(
    pool: ItemPool, blueprint: Blueprint
) -> None:
    forms = list(all_forms(pool, blueprint))
    goal = MaximinInformation(POINTS, [1.0, 2.0, 1.0])
    if not forms:
        with pytest.raises(InfeasibleError):
            assemble(pool, blueprint, goal, effort=EXACT)
        return
    result = assemble(pool, blueprint, goal, effort=EXACT)
    best = max((information(pool, form, POINTS) / [1.0, 2.0, 1.0]).min() for form in forms)
    assert result.objective == pytest.approx(best, abs=1e-5)
    assert result.gap == pytest.approx(0.0, abs=1e-5)
    check(result, pool, blueprint)


@settings(max_examples=40)
@given(small_pools(), small_blueprints(), st.floats(0.1, 3.0))
def test_every_goal_finds_the_best_form_of_a_tiny_pool(
    pool: ItemPool, blueprint: Blueprint, target: float
) -> None:
    forms = list(all_forms(pool, blueprint))
    assume(forms)
    words = np.asarray(pool.attributes["words"])
    score = dict(zip(pool.names, expected_score(pool.table, POINTS).T, strict=True))
    length = dict(zip(pool.names, words, strict=True))
    targets = np.array([target, 2 * target, target])
    goals = {
        MaximumInformation(POINTS, [1.0, 0.0, 3.0]): [-information(pool, f, POINTS) @ [1.0, 0.0, 3.0] for f in forms],
        MatchInformation(POINTS, targets): [np.abs(information(pool, f, POINTS) - targets).max() for f in forms],
        MatchCharacteristicCurve(POINTS, targets): [
            np.abs(sum(score[name] for name in f) - targets).max() for f in forms
        ],
        MinimumSum("words"): [sum(length[name] for name in f) for f in forms],
    }
    for goal, values in goals.items():
        result = assemble(pool, blueprint, goal, effort=EXACT)
        assert abs(result.objective) == pytest.approx(abs(min(values)), abs=1e-5)
        check(result, pool, blueprint)


@settings(max_examples=30)
@given(small_pools(most_items=7), st.integers(0, 1), st.integers(1, 2))
def test_two_forms_of_a_tiny_pool_are_the_best_pair(pool: ItemPool, common: int, uses: int) -> None:
    blueprint = Blueprint(2, (Count({"domain": "X"}, most=1),))
    forms = list(all_forms(pool, blueprint))
    most = common if uses == 2 else 0
    pairs = [
        min(information(pool, each, POINTS).min() for each in pair)
        for pair in (*combinations(forms, 2), *((form, form) for form in forms))
        if len(set(pair[0]) & set(pair[1])) <= most
    ]
    sharing = Sharing(uses=uses, common=common)
    goal = MaximinInformation(POINTS)
    if not pairs:
        with pytest.raises(InfeasibleError):
            assemble(pool, blueprint, goal, forms=2, sharing=sharing, effort=EXACT)
        return
    result = assemble(pool, blueprint, goal, forms=2, sharing=sharing, effort=EXACT)
    assert result.objective == pytest.approx(max(pairs), abs=1e-5)
    assert len(set(result.forms[0]) & set(result.forms[1])) <= most
    check(result, pool, blueprint)


def test_the_solvers_presolve_does_not_pass_a_worse_pair_off_as_the_best() -> None:
    names = [f"i{i}" for i in range(7)]
    slopes, places = [1.125, 2.0, 0.75, 1.125, 1.0625, 1.1875, 0.625], [1.25, -0.25, -1.0, -0.5, 0.0, 0.0, 0.0]
    pool = ItemPool(
        ItemTable.from_arrays(Model.TWO_PL, a=slopes, b=places, names=names),
        categories={"domain": list("XYYXYXY")},
        enemies=[["i1", "i3", "i4"], ["i2", "i4", "i5"]],
    )
    blueprint = Blueprint(2, (Count({"domain": "X"}, most=1),))
    result = assemble(pool, blueprint, MaximinInformation(POINTS), forms=2, effort=EXACT)
    assert {frozenset(form) for form in result.forms} == {frozenset(("i1", "i2")), frozenset(("i5", "i6"))}


@pytest.mark.parametrize("goal", [MaximumInformation(POINTS), MatchInformation(POINTS, [3.0, 4.0, 3.0])])
def test_the_order_of_the_items_changes_nothing(goal: MaximumInformation | MatchInformation) -> None:
    pool = bank(150, enemies=10)
    order = np.random.default_rng(5).permutation(150)
    shuffled = ItemPool(
        pool.table.select([pool.names[i] for i in order]),
        {system: [labels[i] for i in order] for system, labels in pool.categories.items()},
        {"words": pool.values("words")[order]},
        enemies=pool.enemies,
    )
    first, second = (assemble(each, TWENTY, goal, effort=Effort(gap=0.005)) for each in (pool, shuffled))
    scale = 4.0 if isinstance(goal, MatchInformation) else first.objective
    assert abs(first.objective - second.objective) <= 0.0051 * scale


def test_a_form_of_a_large_pool_is_within_the_gap_and_below_the_greedy_bound() -> None:
    pool = bank(400, enemies=30)
    result = assemble(pool, TWENTY, MaximumInformation(0.0))
    check(result, pool, TWENTY)
    unlimited = np.sort(information_of_items(pool))[-20:].sum()
    assert result.gap <= 0.01
    assert result.objective <= result.bound + 1e-9 <= unlimited + 2e-9
    assert result.objective == pytest.approx(result.information[0, 0])


def information_of_items(pool: ItemPool) -> np.ndarray:
    return np.array([information(pool, (name,), [0.0])[0] for name in pool.names])


def test_parallel_forms_share_nothing_and_are_alike() -> None:
    pool = bank(400, enemies=30)
    result = assemble(pool, TWENTY, MaximinInformation(POINTS), forms=3)
    check(result, pool, TWENTY)
    assert len({name for form in result.forms for name in form}) == 60
    lowest = result.information.min(axis=1)
    assert result.gap <= 0.01
    assert lowest.max() <= 1.02 * lowest.min()


def test_parallel_forms_follow_one_target() -> None:
    pool = bank(300)
    result = assemble(pool, TWENTY, MatchInformation(POINTS, [3.0, 4.0, 3.0]), forms=2, effort=Effort(0.02))
    check(result, pool, TWENTY)
    assert np.abs(result.information - [3.0, 4.0, 3.0]).max() == pytest.approx(result.objective)
    assert result.objective <= 0.02 * 4.1


def test_an_anchor_is_in_every_form_and_keeps_its_own_blueprint() -> None:
    pool = bank(200)
    anchor = Blueprint(6, tuple(Count({"domain": label}, 2, 2) for label in ("D0", "D1", "D2")))
    result = assemble(pool, TWENTY, MaximumInformation(0.0), forms=3, sharing=Sharing(anchor=anchor))
    check(result, pool, TWENTY)
    assert keeps(pool, anchor, result.anchor)
    for first, second in combinations(result.forms, 2):
        assert set(first) & set(second) == set(result.anchor)


def test_forms_share_no_more_than_allowed_and_no_item_is_in_too_many() -> None:
    pool = bank(80)
    blueprint = Blueprint(20, (Count({"domain": "D0"}, 5, 9),))
    sharing = Sharing(uses=2, common=6)
    result = assemble(pool, blueprint, MaximumInformation(0.0), forms=3, sharing=sharing, effort=Effort(0.03))
    check(result, pool, blueprint)
    used = [name for form in result.forms for name in form]
    assert max(used.count(name) for name in used) == 2
    assert all(len(set(first) & set(second)) <= 6 for first, second in combinations(result.forms, 2))


def test_item_sets_are_used_whole_and_as_many_as_asked() -> None:
    pool = bank(200, stimuli=10)
    sets = ItemSets(least=3, most=3, items=(3, 4), exceptions={"S0": (5, 5)})
    blueprint = replace(TWENTY, constraints=(*TWENTY.constraints, sets), include=("i0",))
    result = assemble(pool, blueprint, MaximumInformation(0.0))
    owners = [pool.stimuli[pool.names.index(name)] for name in result.forms[0]]
    sizes = {owner: owners.count(owner) for owner in set(owners) - {None}}
    assert len(sizes) == 3
    assert sizes.pop("S0") == 5
    assert set(sizes.values()) <= {3, 4}
    assert all(value.met for value in result.constraints)


def test_forms_may_have_blueprints_and_goals_of_their_own() -> None:
    pool = bank(200)
    easy, hard = Blueprint(10, (Count({"domain": "D0"}, 4),)), Blueprint(12, (Count({"domain": "D1"}, 6),))
    goals = [MaximumInformation(-1.0), MaximumInformation(1.0)]
    result = assemble(pool, [easy, hard], goals, forms=2)
    assert keeps(pool, easy, result.forms[0])
    assert keeps(pool, hard, result.forms[1])
    assert not set(result.forms[0]) & set(result.forms[1])


def test_information_can_be_a_rule_while_the_words_are_fewest() -> None:
    pool = bank(200)
    blueprint = Blueprint((5, 30), (Information(0.0, least=6.0), Information(1.0, most=4.0)))
    result = assemble(pool, blueprint, MinimumSum("words"))
    at = information(pool, result.forms[0], [0.0, 1.0])
    assert at[0] >= 6.0 - 1e-6
    assert at[1] <= 4.0 + 1e-6
    assert result.bound <= result.objective <= 1.0101 * result.bound


def test_a_pool_for_adaptive_tests_has_a_good_form_everywhere() -> None:
    pool = bank(300)
    theta = [-1.0, 0.0, 0.0, 1.0]
    result = assemble_adaptive_pool(pool, TWENTY, theta, effort=Effort(0.02))
    best = {point: assemble(pool, TWENTY, MaximumInformation(point)).bound for point in theta}
    assert len({name for form in result.forms for name in form}) == 80
    for point, form in zip(theta, result.forms, strict=True):
        assert keeps(pool, TWENTY, form)
        assert information(pool, form, [point])[0] >= (result.objective - 0.02) * best[point]


def test_limits_of_the_solver_leave_a_good_form_with_an_honest_gap() -> None:
    pool = bank(300, enemies=40)
    result = assemble(pool, TWENTY, MaximinInformation(POINTS), effort=Effort(gap=0.0, nodes=1))
    exact = assemble(pool, TWENTY, MaximinInformation(POINTS), effort=Effort(gap=0.0005))
    assert result.objective <= exact.bound + 1e-9
    assert exact.objective <= result.bound + 1e-9
    assert result.gap == pytest.approx((result.bound - result.objective) / result.objective)
