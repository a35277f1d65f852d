"""A shadow test can be completed within its blueprint at every step, and is at the end."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.exposure import ExposureLedger, ItemEligibility
from psychometrics.adaptive.rules import OneByOne
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import Stopping
from psychometrics.assembly.blueprint import Blueprint, Count, ItemSets, Sum
from psychometrics.assembly.forms import assemble
from psychometrics.assembly.goals import MaximumInformation
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Effort
from psychometrics.assembly.shadow import Shadow, ShadowTest
from psychometrics.errors import InfeasibleError, RuleError
from tests.psychometrics.assembly.pools import all_forms, bank, information, keeps, small_blueprints, small_pools
from tests.psychometrics.strategies import EXAM

EXACT = Effort(gap=0.0)
LENGTH = 15
BLUEPRINT = Blueprint(
    LENGTH,
    (
        *(Count({"domain": label}, 4, 6) for label in ("D0", "D1", "D2")),
        *(Count({"level": label}, 3, 5) for label in ("L0", "L1", "L2")),
        Sum("words", most=1000),
    ),
)


def names(pool: ItemPool, shadow: Shadow) -> tuple[str, ...]:
    return tuple(pool.names[item] for item in shadow.items)


@settings(max_examples=30)
@given(small_pools(most_items=8), small_blueprints(), st.lists(st.floats(-2.0, 2.0), min_size=5, max_size=5))
def test_every_step_of_a_tiny_test_is_the_best_form_that_holds_the_items_given(
    pool: ItemPool, blueprint: Blueprint, thetas: list[float]
) -> None:
    loose = replace(blueprint, constraints=tuple(r for r in blueprint.constraints if not isinstance(r, ItemSets)))
    pool = replace(pool, stimuli=())
    forms = list(all_forms(pool, loose))
    if not forms:
        with pytest.raises(InfeasibleError):
            ShadowTest(pool, loose, EXACT)
        return
    test = ShadowTest(pool, loose, EXACT)
    administered: list[int] = []
    previous = None
    for theta in thetas[: loose.lengths[0]]:
        done = {pool.names[item] for item in administered}
        best = max(information(pool, form, [theta])[0] for form in forms if done <= set(form))
        previous = test.shadow(theta, administered, previous=previous)
        assert keeps(pool, loose, names(pool, previous))
        assert done < set(names(pool, previous)) or len(done) >= loose.lengths[0]
        assert previous.information == pytest.approx(best, abs=1e-5)
        assert previous.gap == pytest.approx(0.0, abs=1e-5)
        administered.append(previous.next_item)


@pytest.mark.parametrize("warm", [True, False])
def test_a_whole_test_keeps_the_blueprint_within_the_proven_gap(warm: bool) -> None:
    pool = bank(300, enemies=30)
    test = ShadowTest(pool, BLUEPRINT)
    rng = np.random.default_rng(7)
    administered: list[int] = []
    previous = None
    for step in range(LENGTH):
        theta = 0.8 + rng.normal() / (step + 1)
        shadow = test.shadow(theta, administered, previous=previous if warm else None)
        given_names = tuple(pool.names[item] for item in administered)
        best = assemble(pool, replace(BLUEPRINT, include=given_names), MaximumInformation(theta), effort=Effort(0.001))
        assert keeps(pool, BLUEPRINT, names(pool, shadow))
        assert set(given_names) < set(names(pool, shadow))
        assert shadow.gap <= 0.01
        assert best.objective <= shadow.bound + 1e-6
        assert shadow.information <= best.bound + 1e-6
        administered.append(shadow.next_item)
        previous = shadow
    assert keeps(pool, BLUEPRINT, tuple(pool.names[item] for item in administered))


def test_the_next_item_is_the_most_informative_one_waiting() -> None:
    pool = bank(100)
    shadow = ShadowTest(pool, BLUEPRINT).shadow(0.5, [])
    informations = {item: information(pool, (pool.names[item],), [0.5])[0] for item in shadow.items.tolist()}
    assert shadow.next_item == max(informations, key=lambda item: informations[item])


def test_items_of_a_stimulus_come_together_and_it_is_not_taken_up_again() -> None:
    pool = bank(150, stimuli=12)
    blueprint = replace(BLUEPRINT, constraints=(*BLUEPRINT.constraints, ItemSets(least=2, most=3, items=(3, 4))))
    test = ShadowTest(pool, blueprint)
    rng = np.random.default_rng(3)
    administered: list[int] = []
    previous = None
    for _ in range(LENGTH):
        previous = test.shadow(float(rng.normal()), administered, previous=previous)
        administered.append(previous.next_item)
    assert keeps(pool, blueprint, tuple(pool.names[item] for item in administered))
    runs = [owner for owner, _ in groupby(pool.stimuli[item] for item in administered) if owner is not None]
    assert len(runs) == len(set(runs)) >= 2


def test_items_not_eligible_are_not_given_unless_the_blueprint_needs_them() -> None:
    pool = bank(120)
    test = ShadowTest(pool, BLUEPRINT)
    eligible = np.arange(120) % 3 > 0
    shadow = test.shadow(0.0, [], eligible=eligible)
    assert shadow.eligible_only
    assert eligible[shadow.items].all()
    without = np.array([label != "D0" for label in pool.categories["domain"]])
    forced = test.shadow(0.0, [], eligible=without)
    assert not forced.eligible_only
    assert keeps(pool, BLUEPRINT, names(pool, forced))


def test_eligibility_keeps_the_use_of_items_near_its_limit() -> None:
    pool = bank(60)
    blueprint = Blueprint(6, (Count({"domain": "D0"}, 2, 3),))
    test = ShadowTest(pool, blueprint)
    rng = np.random.default_rng(2)

    def most_used(rule: ItemEligibility | None) -> float:
        ledger = ExposureLedger.empty(60)
        for _ in range(60):
            row = np.ones(60, dtype=np.bool_) if rule is None else rule.admitted(ledger, 1, rng)[0]
            administered: list[int] = []
            previous = None
            for _ in range(6):
                previous = test.shadow(float(rng.normal(0.0, 0.3)), administered, previous=previous, eligible=row)
                administered.append(previous.next_item)
            used = np.zeros((1, 60), dtype=np.bool_)
            used[0, administered] = True
            ledger = ledger.after(used, row[None, :])
        return float(ledger.rates.max())

    assert most_used(None) > 0.8
    assert most_used(ItemEligibility(0.3)) <= 0.45


def test_a_session_gives_a_test_that_keeps_the_blueprint() -> None:
    pool = bank(100)
    blueprint = Blueprint(8, (Count({"domain": "D0"}, 3, 3), Count({"level": "L1"}, 2, 2)))
    design = AdaptiveDesign(ItemBank(pool.table), EXAM, Stopping(8), selection=OneByOne(ShadowTest(pool, blueprint)))
    session = AdaptiveSession(design, seed=4)
    answers = np.random.default_rng(4).integers(0, 2, 8)
    for answer in answers:
        session.administer(int(answer))
    assert session.finished
    assert keeps(pool, blueprint, tuple(item for item, _ in session.history))


def test_a_simulation_of_shadow_tests_keeps_the_blueprint_and_the_exposure_in_check() -> None:
    pool = bank(100)
    blueprint = Blueprint(6, (Count({"domain": "D0"}, 2, 3), Count({"level": "L1"}, 1, 3)))
    plain, limited = (
        AdaptiveDesign(
            ItemBank(pool.table),
            EXAM,
            Stopping(6),
            selection=OneByOne(ShadowTest(pool, blueprint)),
            exposure=exposure,
        )
        for exposure in (None, ItemEligibility(0.35))
    )
    free, held = (
        simulate_adaptive(one, np.zeros(30), np.random.default_rng(2), together=1) for one in (plain, limited)
    )
    for report in (free, held):
        for row in report.items:
            assert keeps(pool, blueprint, tuple(pool.table.names[i] for i in row))
    assert free.exposure.max() == 1.0
    assert held.exposure.max() < 0.6


def test_an_impossible_blueprint_is_told_before_the_first_item() -> None:
    pool = bank(50)
    with pytest.raises(InfeasibleError) as raised:
        ShadowTest(pool, Blueprint(5, (Count({"domain": "D0"}, least=3), Count({"domain": "D1"}, least=3))))
    assert len(raised.value.params["clashes"]) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("theta", "administered", "field"),
    [
        (float("nan"), [], "theta"),
        (0.0, [1, 1], "administered"),
        (0.0, [50], "administered"),
        (0.0, [-1], "administered"),
        (0.0, [0, 1, 2], "administered"),
    ],
)
def test_a_step_that_cannot_be_is_refused(theta: float, administered: list[int], field: str) -> None:
    with pytest.raises(RuleError) as raised:
        ShadowTest(bank(50), Blueprint(3)).next_item(theta, administered)
    assert raised.value.field == field


def test_a_test_of_any_length_is_complete_where_no_item_fits_any_more() -> None:
    pool = bank(50)
    words = pool.values("words")
    shortest = np.argsort(words)[:2].tolist()
    test = ShadowTest(pool, Blueprint((1, 5), (Sum("words", most=float(words[shortest].sum()) + 1.0),)))
    with pytest.raises(RuleError, match="complete"):
        test.next_item(0.0, shortest)


def test_items_given_against_the_blueprint_are_refused() -> None:
    pool = bank(50)
    test = ShadowTest(pool, Blueprint(3, (Count({"domain": "D0"}, most=1),)))
    two = np.flatnonzero(pool.members({"domain": "D0"}))[:2].tolist()
    with pytest.raises(InfeasibleError):
        test.next_item(0.0, two)


def test_a_list_of_eligibility_must_have_one_entry_an_item() -> None:
    with pytest.raises(RuleError, match="eligible"):
        ShadowTest(bank(50), Blueprint(3)).shadow(0.0, [], eligible=np.ones(3, dtype=np.bool_))


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_the_order_of_the_pool_changes_no_step_by_more_than_the_gap(seed: int) -> None:
    pool = bank(80)
    order = np.random.default_rng(seed).permutation(80)
    assume((order != np.arange(80)).any())
    shuffled = ItemPool(
        pool.table.select([pool.names[i] for i in order]),
        {system: [labels[i] for i in order] for system, labels in pool.categories.items()},
        {"words": pool.values("words")[order]},
    )
    first, second = (ShadowTest(each, BLUEPRINT).shadow(0.3, []) for each in (pool, shuffled))
    assert first.information == pytest.approx(second.information, rel=0.0101)
