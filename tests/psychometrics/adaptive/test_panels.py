"""Multistage panels: what is a panel, where it routes, what it measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from psychometrics.adaptive.multistage import PanelScoring, PanelSession, simulate_panel
from psychometrics.adaptive.panels import Module, Panel, Route, RouteBy
from psychometrics.adaptive.routing import information_cuts, population_cuts, score_cuts
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import expected_score
from psychometrics.precision import total_information
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.scoring import Method, eap_scores
from tests.psychometrics.adaptive.banks import BLANKS_WRONG
from tests.psychometrics.strategies import IGNORE

RNG = np.random.default_rng


def module(name: str, b: float, items: int = 8) -> Module:
    rng = np.random.default_rng(len(name))
    names = [f"{name}-{i}" for i in range(items)]
    table = ItemTable.from_arrays(
        Model.TWO_PL, a=rng.uniform(1.0, 1.6, items), b=b + rng.normal(0, 0.3, items), names=names
    )
    return Module(name, table)


FIRST, EASY, MIDDLE, HARD = (module(n, b) for n, b in (("R", 0.0), ("E", -1.2), ("M", 0.0), ("H", 1.2)))
CUTS = information_cuts([EASY.table, MIDDLE.table, HARD.table])
BY_THETA = Route(RouteBy.THETA, CUTS, ("E", "M", "H"))
PANEL = Panel(((FIRST,), (EASY, MIDDLE, HARD)), {"R": BY_THETA})
SCORING = PanelScoring(BLANKS_WRONG, Population())


def test_a_panel_knows_its_paths_and_its_items() -> None:
    assert PANEL.paths == (("R", "E"), ("R", "M"), ("R", "H"))
    assert len(PANEL.table) == 32
    assert PANEL.table.select(HARD.table.names) == HARD.table


def test_abler_examinees_are_sent_to_harder_modules() -> None:
    report = simulate_panel(PANEL, SCORING, np.repeat([-2.5, 0.0, 2.5], 200), RNG(1))
    for group, favourite in enumerate(PANEL.paths):
        ways = report.ways[200 * group : 200 * (group + 1)]
        assert PANEL.paths[int(np.bincount(ways).argmax())] == favourite


def test_a_simulated_panel_measures_without_bias_and_says_who_went_where() -> None:
    report = simulate_panel(PANEL, SCORING, RNG(1).normal(size=4000), RNG(2))
    assert abs(report.bias) < 0.03
    assert report.rmse == pytest.approx(np.sqrt(np.mean(report.se**2)), rel=0.05)
    assert report.coverage() == pytest.approx(0.95, abs=0.02)
    assert (report.length == 16).all()
    assert sum(report.path_shares.values()) == pytest.approx(1.0)
    assert report.module_shares["R"] == pytest.approx(1.0)
    assert report.conditional([-3.0, 0.0, 3.0]).count.sum() == np.sum(np.abs(report.true_theta) <= 3)


def test_a_panel_beats_its_middle_path_at_the_ends() -> None:
    theta = np.repeat([-2.0, 2.0], 500)
    fixed = Panel(((FIRST,), (MIDDLE,)), {"R": Route(RouteBy.THETA, (), ("M",))})
    routed, straight = (simulate_panel(panel, SCORING, theta, RNG(3)).rmse for panel in (PANEL, fixed))
    assert routed < straight


@pytest.mark.parametrize("method", list(Method))
def test_a_session_walks_the_path_of_the_simulation(method: Method) -> None:
    scoring = PanelScoring(BLANKS_WRONG, Population(), method)
    report = simulate_panel(PANEL, scoring, np.array([-1.5, 0.2, 1.8]), RNG(5))
    for person in range(3):
        session = PanelSession(PANEL, scoring)
        while not session.finished:
            session.administer(report.responses[person, PANEL.columns[session.module.name]].tolist())
        assert session.path == PANEL.paths[report.ways[person]]
        np.testing.assert_array_equal(session.responses[0], report.responses[person])
        assert session.estimate.theta[0] == pytest.approx(report.theta[person])


def test_the_score_of_a_panel_is_the_score_of_the_items_taken() -> None:
    session = PanelSession(PANEL, SCORING)
    session.administer([1] * 8)
    assert session.module is HARD
    session.administer([1, 0] * 4)
    taken = ItemTable((*FIRST.table.items, *HARD.table.items))
    expected = eap_scores(taken, [[1] * 8 + [1, 0] * 4], IGNORE, Population())
    assert session.estimate.theta[0] == pytest.approx(expected.theta[0], abs=1e-8)


def test_routing_by_score_looks_at_all_points_so_far() -> None:
    last = (module("LE", -1.0), module("LH", 1.0))
    routes = {
        "R": Route(RouteBy.SCORE, (4.0,), ("E", "H")),
        "E": Route(RouteBy.SCORE, (9.0,), ("LE", "LH")),
        "H": Route(RouteBy.SCORE, (9.0,), ("LE", "LH")),
    }
    panel = Panel(((FIRST,), (EASY, HARD), last), routes)
    session = PanelSession(panel, SCORING)
    for right, following in ((3, "E"), (6, "LH")):
        session.administer([1] * right + [0] * (8 - right))
        assert session.module.name == following
    assert simulate_panel(panel, SCORING, np.zeros(50), RNG(1)).module_shares["R"] == pytest.approx(1.0)


def test_who_stands_on_the_cut_goes_up() -> None:
    route = Route(RouteBy.SCORE, (2.0, 5.0), ("a", "b", "c"))
    assert route.choose(np.array([1.0, 2.0, 4.0, 5.0, 8.0])).tolist() == [0, 1, 1, 2, 2]


def test_a_module_left_blank_is_scored_as_the_policy_says() -> None:
    blank = [int(Missing.OMITTED)] * 8
    wrong, ignored = PanelSession(PANEL, SCORING), PanelSession(PANEL, PanelScoring(IGNORE, Population(), Method.ML))
    wrong.administer(blank)
    ignored.administer(blank)
    assert wrong.module is EASY
    assert ignored.module is MIDDLE


def test_answers_that_do_not_fit_and_a_test_that_is_over_are_refused() -> None:
    session = PanelSession(PANEL, SCORING)
    with pytest.raises(ResponseError):
        session.administer([1, 0])
    with pytest.raises(ResponseError, match="R-3"):
        session.administer([0, 0, 0, 7, 0, 0, 0, 0])
    assert session.path == ("R",)
    session.administer([0] * 8)
    session.administer([0] * 8)
    assert session.finished
    with pytest.raises(RuleError, match="finished"):
        session.administer([0] * 8)


TO_EM = Route(RouteBy.THETA, (0.0,), ("E", "M"))


@pytest.mark.parametrize(
    ("stages", "routes", "reason"),
    [
        ((), {}, "empty"),
        (((FIRST,), ()), {}, "empty"),
        (((FIRST,), (EASY, EASY)), {"R": TO_EM}, "duplicate"),
        (((EASY, HARD), (MIDDLE,)), {}, "several_first_modules"),
        (((FIRST,), (EASY, MIDDLE)), {}, "missing"),
        (((FIRST,), (EASY, HARD)), {"R": TO_EM}, "not_in_next_stage"),
        (((FIRST,), (EASY, MIDDLE, HARD)), {"R": TO_EM}, "unreachable"),
        (((FIRST,), (EASY, MIDDLE)), {"R": TO_EM, "E": TO_EM}, "leads_nowhere"),
        (((FIRST,), (Module("again", FIRST.table),)), {"R": Route(RouteBy.THETA, (), ("again",))}, "given_twice"),
        (((FIRST,), (EASY, MIDDLE)), {"R": Route(RouteBy.SCORE, (9.0,), ("E", "M"))}, "highest_score"),
        (((FIRST,), (EASY, MIDDLE)), {"R": Route(RouteBy.SCORE, (0.0,), ("E", "M"))}, "highest_score"),
    ],
)
def test_a_panel_that_cannot_be_taken_is_refused_with_the_reason(stages: Any, routes: Any, reason: str) -> None:
    with pytest.raises(RuleError, match=reason):
        Panel(stages, routes)


def test_one_item_cannot_have_two_sets_of_parameters() -> None:
    other = Module("other", ItemTable.from_dicts([{"item": "E-0", "model": "Rasch", "b": 9.0}]))
    with pytest.raises(RuleError, match="two_parameters"):
        Panel(((FIRST,), (EASY, other)), {"R": Route(RouteBy.THETA, (0.0,), ("E", "other"))})


def test_modules_of_one_stage_may_share_items() -> None:
    shared = Module("shared", ItemTable(EASY.table.items[4:] + MIDDLE.table.items[:4]))
    panel = Panel(((FIRST,), (EASY, shared)), {"R": Route(RouteBy.THETA, (-0.5,), ("E", "shared"))})
    assert len(panel.table) == 8 + 8 + 4


@pytest.mark.parametrize(("cuts", "to"), [((1.0, 0.0), ("a", "b", "c")), ((0.0,), ("a",)), ((np.nan,), ("a", "b"))])
def test_routes_that_contradict_themselves_are_refused(cuts: Any, to: Any) -> None:
    with pytest.raises(RuleError, match="route"):
        Route(RouteBy.THETA, cuts, to)


def test_cuts_by_information_are_where_the_curves_cross() -> None:
    for cut, (low, high) in zip(CUTS, ((EASY, MIDDLE), (MIDDLE, HARD)), strict=True):
        below, above = (total_information(m.table, [cut - 0.01, cut, cut + 0.01]) for m in (low, high))
        assert below[1] == pytest.approx(above[1])
        assert below[0] > above[0] and below[2] < above[2]


def test_cuts_by_shares_divide_the_population() -> None:
    sample = Population(0.5, 2.0).mean + 2.0 * RNG(1).normal(size=200_000)
    cuts = population_cuts(Population(0.5, 2.0), [0.2, 0.5, 0.3])
    shares = np.bincount(np.searchsorted(cuts, sample)) / sample.size
    np.testing.assert_allclose(shares, [0.2, 0.5, 0.3], atol=0.005)


def test_a_score_cut_is_the_first_whole_score_that_reaches_the_expected() -> None:
    for theta, score in zip(CUTS, score_cuts(FIRST.table, CUTS), strict=True):
        expected = expected_score(FIRST.table, theta).sum()
        assert score - 1 < expected <= score


def test_cuts_that_do_not_exist_are_said_not_to() -> None:
    with pytest.raises(DataError, match="does_not_cross"):
        information_cuts([HARD.table, EASY.table])
    with pytest.raises(DataError, match="one_score"):
        score_cuts(FIRST.table, [0.0, 0.01])
    with pytest.raises(RuleError, match="modules"):
        information_cuts([EASY.table])
    for shares in ([1.0], [0.5, 0.6], [1.2, -0.2]):
        with pytest.raises(RuleError, match="shares"):
            population_cuts(Population(), shares)


def test_abilities_of_a_simulation_are_numbers() -> None:
    with pytest.raises(RuleError, match="theta"):
        simulate_panel(PANEL, SCORING, [float("nan")], RNG(1))
