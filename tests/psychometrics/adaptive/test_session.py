"""A session is a state machine: what it asks follows from design, seed and answers alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.cohort import Ended
from psychometrics.adaptive.criteria import Criterion
from psychometrics.adaptive.design import AdaptiveDesign, Start
from psychometrics.adaptive.exposure import ItemEligibility, MaximumExposure, SympsonHetter
from psychometrics.adaptive.rules import (
    ByCriterion,
    MaximumInformation,
    OneByOne,
    Progressive,
    Proportional,
    RandomItem,
)
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import StandardError, Stopping
from psychometrics.adaptive.table import SelectionTable
from psychometrics.arrays import Booleans
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.items import ItemTable
from psychometrics.models import item_information
from psychometrics.quadrature import Population
from psychometrics.responses import Missing, MissingPolicy
from psychometrics.scoring import Method, eap_scores
from tests.psychometrics.adaptive.banks import BLANKS_WRONG, design, mixed, run, three_pl, two_pl

RULES = [
    MaximumInformation(),
    RandomItem(),
    Progressive(),
    Progressive(3.0),
    Proportional(),
    *(ByCriterion(c) for c in Criterion if c not in (Criterion.B_OPT, Criterion.TH_OPT)),
]


def name(rule: object) -> str:
    return rule.criterion.value if isinstance(rule, ByCriterion) else type(rule).__name__


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_every_rule_gives_each_item_once_and_replays(rule: Any) -> None:
    plan = design(mixed(12), 12, selection=rule, randomesque=(3, 2, 1))
    session = run(AdaptiveSession(plan, seed=11), np.random.default_rng(1))
    items = [item for item, _ in session.history]
    assert sorted(items) == sorted(plan.bank.table.names)
    again = AdaptiveSession.replay(plan, 11, session.history)
    assert again.finished and again.theta == session.theta and again.history == session.history


@pytest.mark.parametrize("criterion", [Criterion.B_OPT, Criterion.TH_OPT])
def test_rules_on_difficulty_ask_the_item_nearest_to_theta(criterion: Criterion) -> None:
    table = two_pl(30)
    session = AdaptiveSession(design(table, selection=ByCriterion(criterion)), seed=1)
    nearest = table.names[int(np.abs(table.steps[:, 0]).argmin())]
    assert session.next_item() == nearest


def test_maximum_information_asks_for_the_most_informative_item_each_time() -> None:
    table = three_pl(50)
    session, used = AdaptiveSession(design(table), seed=1), list[int]()
    for answer in (1, 0, 1, 1, 0):
        information = item_information(table, session.theta)[0]
        information[used] = -1.0
        assert session.next_item() == table.names[int(information.argmax())]
        used.append(int(information.argmax()))
        session.administer(answer)


def test_a_session_taken_up_again_goes_on_as_it_would_have() -> None:
    plan = design(two_pl(), 12, selection=Progressive(), exposure=SympsonHetter(np.full(120, 0.6)))
    whole = run(AdaptiveSession(plan, 3), np.random.default_rng(9))
    part = AdaptiveSession.replay(plan, 3, whole.history[:5])
    assert part.next_item() == whole.history[5][0]


def test_another_seed_is_another_test_and_its_history_is_refused() -> None:
    plan = design(two_pl(), 8, selection=RandomItem())
    session = run(AdaptiveSession(plan, 3), np.random.default_rng(9))
    with pytest.raises(DataError, match="history"):
        AdaptiveSession.replay(plan, 4, session.history)


def test_asking_twice_gives_the_same_item() -> None:
    session = AdaptiveSession(design(two_pl(), selection=RandomItem()), 5)
    assert session.next_item() == session.next_item()


def test_the_provisional_score_is_the_final_score_by_eap() -> None:
    plan = design(three_pl(), 15)
    session = run(AdaptiveSession(plan, 1), np.random.default_rng(2))
    final = eap_scores(plan.bank.table, session.responses, BLANKS_WRONG, Population())
    assert session.theta == pytest.approx(final.theta[0], abs=1e-6)
    assert session.se == pytest.approx(final.se[0], abs=1e-6)
    assert final.answered[0] == 15


def test_an_answer_the_item_does_not_have_changes_nothing() -> None:
    session = AdaptiveSession(design(two_pl()), 1)
    before = session.next_item()
    with pytest.raises(ResponseError, match=before):
        session.administer(2)
    assert session.next_item() == before and session.history == ()


def test_an_omitted_answer_counts_as_the_policy_says() -> None:
    wrong = AdaptiveSession(design(two_pl(), policy=MissingPolicy.count_blanks()), 1)
    ignored = AdaptiveSession(design(two_pl(), policy=MissingPolicy.ignore_all()), 1)
    for session in (wrong, ignored):
        session.administer(Missing.OMITTED)
    assert wrong.theta < -0.2
    assert ignored.theta == 0.0 and ignored.se == pytest.approx(1.0)
    assert ignored.history[0][1] == Missing.OMITTED


def test_a_bank_of_one_item_and_a_bank_too_small_end_the_test() -> None:
    one = ItemTable.from_dicts([{"item": "only", "model": "Rasch", "b": 0.0}])
    session = run(AdaptiveSession(design(one, 5), 1), np.random.default_rng(1))
    assert session.ended is Ended.EXHAUSTED and len(session.history) == 1
    with pytest.raises(RuleError, match="finished"):
        session.next_item()


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("answer", [0, 1])
def test_all_right_or_all_wrong_is_estimated_by_every_method(method: Method, answer: int) -> None:
    session = AdaptiveSession(design(three_pl(), 10, scoring=method), 1)
    while not session.finished:
        session.administer(answer)
    assert np.isfinite(session.theta) and np.isfinite(session.se)
    assert (session.theta > 0) == bool(answer)


def test_a_test_starts_with_the_items_and_at_the_ability_named() -> None:
    table = two_pl(40)
    start = Start(theta=1.5, items=(table.names[7], table.names[2]))
    session = AdaptiveSession(design(table, start=start), 1)
    assert session.theta == 1.5
    assert session.next_item() == table.names[7]
    session.administer(1)
    assert session.next_item() == table.names[2]
    high = AdaptiveSession(design(table, start=Start(theta=1.5)), 1)
    assert high.next_item() == table.names[int(item_information(table, 1.5)[0].argmax())]


def test_the_first_item_is_one_of_the_best_five() -> None:
    table = two_pl(60)
    best = {table.names[i] for i in np.argsort(-item_information(table, 0.0)[0])[:5]}
    for rule in (MaximumInformation(), SelectionTable.prepare(table)):
        plan = design(table, selection=rule, randomesque=(5, 4, 3, 2, 1))
        assert {AdaptiveSession(plan, seed).next_item() for seed in range(60)} == best


class EveryThird:
    """A rule of somebody else's that sees one examinee: items 0, 3, 6 and so on."""

    def next_item(self, theta: float, administered: Sequence[int], eligible: Booleans | None = None) -> int:
        return 3 * len(administered)


def test_a_rule_of_another_package_plugs_in() -> None:
    plan = design(two_pl(), 4, selection=OneByOne(EveryThird()))
    session = run(AdaptiveSession(plan, 1), np.random.default_rng(1))
    assert [item for item, _ in session.history] == ["item-1", "item-4", "item-7", "item-10"]
    report = simulate_adaptive(plan, np.zeros(3), np.random.default_rng(1))
    assert report.items.tolist() == [[0, 3, 6, 9]] * 3


def test_a_rule_that_repeats_itself_is_caught() -> None:
    class Stuck:
        def next_item(self, theta: float, administered: Sequence[int], eligible: Booleans | None = None) -> int:
            return 0

    session = AdaptiveSession(design(two_pl(), 4, selection=OneByOne(Stuck())), 1)
    with pytest.raises(RuleError, match="item_given_before"):
        session.administer(1)


@pytest.mark.parametrize(
    "parts",
    [
        {"selection": MaximumInformation()},
        {"selection": ByCriterion(Criterion.MPWI), "scoring": Method.MAP},
        {"selection": ByCriterion(Criterion.MEPV)},
        {"scoring": Method.WLE},
        {"stopping": Stopping(20, 5, (StandardError(0.4),))},
    ],
)
def test_the_simulator_gives_the_items_a_session_would_give(parts: dict[str, Any]) -> None:
    plan = design(three_pl(60), 12, **parts)
    report = simulate_adaptive(plan, np.linspace(-2, 2, 9), np.random.default_rng(8))
    for person in range(9):
        given = report.items[person, : report.length[person]]
        answers = report.answers[person, : report.length[person]].tolist()
        history = [(plan.bank.table.names[i], k) for i, k in zip(given, answers, strict=True)]
        session = AdaptiveSession.replay(plan, 0, history)
        assert session.finished and session.ended == report.ended[person]
        assert session.theta == pytest.approx(report.theta[person], abs=1e-9)


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("randomesque", {"randomesque": ()}),
        ("start.theta", {"start": Start(theta=float("inf"))}),
        ("start.items", {"start": Start(items=("item-1", "item-1"))}),
        ("item", {"start": Start(items=("nothing",))}),
        ("exposure.parameters", {"exposure": SympsonHetter(np.ones(3))}),
        ("exposure.parameters", {"exposure": SympsonHetter(np.zeros(120))}),
        ("exposure.rate", {"exposure": MaximumExposure(0.0)}),
        ("exposure.rate", {"exposure": ItemEligibility(2.0)}),
    ],
)
def test_parts_that_do_not_go_together_are_refused_by_name(field: str, parts: dict[str, Any]) -> None:
    with pytest.raises(RuleError) as error:
        design(two_pl(), **parts)
    assert error.value.field == field


def test_a_design_without_extras_is_maximum_information_scored_by_eap() -> None:
    plan = AdaptiveDesign(ItemBank(two_pl()), BLANKS_WRONG, Stopping(5))
    assert isinstance(plan.selection, MaximumInformation) and plan.scoring is Method.EAP
