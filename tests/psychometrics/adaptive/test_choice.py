"""The next item by every criterion, against R's catR and by brute force."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from psychometrics.adaptive.choice import choose_item
from psychometrics.adaptive.criteria import Criterion, most_informative_theta, observed_information
from psychometrics.arrays import Floats
from psychometrics.errors import InfeasibleError, ResponseError, RuleError
from psychometrics.items import ItemTable
from psychometrics.maximum import map_scores, ml_scores
from psychometrics.models import category_curves, category_probabilities, item_information
from psychometrics.quadrature import Population
from psychometrics.responses import Missing
from psychometrics.scoring import AbilityEstimate, Method
from tests.psychometrics.adaptive.banks import BLANKS_WRONG, mixed, three_pl
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import IGNORE

CATR = entry("catR: item information, next item by 11 criteria, ML/BM/EAP/WL with SE")
# Drawn at random there: the number beside it is the Fisher information of what was drawn.
DETERMINISTIC = [row for row in CATR["expected"]["next_item"] if row["criterion"] != "proportional"]
NODES = np.linspace(-4, 4, 33)
POLYTOMOUS = [c for c in Criterion if c not in (Criterion.B_OPT, Criterion.TH_OPT)]


def catr_bank() -> ItemTable:
    return ItemTable.from_dicts(
        {"item": str(i), "model": "4PL", "a": r[0], "b": r[1], "c": r[2], "d": r[3]}
        for i, r in enumerate(CATR["data"]["bank"], 1)
    )


@pytest.mark.parametrize("expected", DETERMINISTIC, ids=lambda row: str(row["criterion"]))
def test_catr_chooses_the_same_item_at_the_same_value(expected: dict[str, float | str]) -> None:
    criterion = Criterion(expected["criterion"])
    found = choose_item(catr_bank(), criterion, 0.3, ["12", "33", "54"], [1, 0, 1], IGNORE)
    assert found.item == str(expected["item"])
    assert found.value == pytest.approx(expected["info"], rel=1e-9)


def trapezoid(values: Floats, x: Floats) -> float:
    return float(((values[1:] + values[:-1]) / 2 * np.diff(x)).sum())


@pytest.mark.parametrize("criterion", [Criterion.MPWI, Criterion.KLP, Criterion.MEPV, Criterion.MEI])
def test_polytomous_items_agree_with_the_definition_written_out(criterion: Criterion) -> None:
    table, theta, given, answers = mixed(12), 0.4, [1, 2, 4], [2, 1, 0]
    found = choose_item(table, criterion, theta, [table.names[i] for i in given], answers, IGNORE)
    p = category_probabilities(table, NODES)
    prior = np.exp(Population().log_density(NODES))
    posterior = prior * np.prod([p[:, i, k] for i, k in zip(given, answers, strict=True)], axis=0)
    here = category_probabilities(table, theta)[0]
    for item in set(range(len(table))) - set(given):
        one = ItemTable((table.items[item],))
        expected = 0.0
        if criterion is Criterion.MPWI:
            expected = trapezoid(posterior * item_information(one, NODES)[:, 0], NODES)
        for k in range(int(table.categories[item])):
            after = posterior * p[:, item, k]
            mean = trapezoid(after * NODES, NODES) / trapezoid(after, NODES)
            if criterion is Criterion.KLP:
                expected += trapezoid(posterior * here[item, k] * np.log(here[item, k] / p[:, item, k]), NODES)
            elif criterion is Criterion.MEPV:
                variance = trapezoid(after * (NODES - mean) ** 2, NODES) / trapezoid(after, NODES)
                expected += here[item, k] * variance
            elif criterion is Criterion.MEI:
                curves = category_curves(one, mean)
                expected += here[item, k] * (curves.score[0, 0, k] ** 2 - curves.curvature[0, 0, k])
        assert found.values[item] == pytest.approx(expected, rel=1e-9), table.names[item]


def test_observed_information_is_minus_the_second_derivative() -> None:
    table, h = mixed(8), 1e-3
    most = int(table.categories.max())
    place = np.random.default_rng(1).normal(size=(2, len(table), most))
    found = observed_information(table, place)
    for person, item in np.ndindex(2, len(table)):
        for k in range(int(table.categories[item])):
            at = place[person, item, k] + np.array([-h, 0.0, h])
            low, middle, high = category_curves(table, at).log_p[:, item, k]
            assert found[person, item, k] == pytest.approx(-(low - 2 * middle + high) / h**2, abs=1e-5)


def map_within(table: ItemTable, responses: list[list[int]]) -> AbilityEstimate:
    return map_scores(table, responses, IGNORE, Population())


def ml_within(table: ItemTable, responses: list[list[int]]) -> AbilityEstimate:
    return ml_scores(table, responses, IGNORE, bounds=(-4.0, 4.0))


@pytest.mark.parametrize(("method", "score"), [(Method.MAP, map_within), (Method.ML, ml_within)])
def test_expected_information_follows_the_estimator_named(
    method: Method, score: Callable[[ItemTable, list[list[int]]], AbilityEstimate]
) -> None:
    bank, given = catr_bank(), ["12", "33", "54"]
    found = choose_item(bank, Criterion.MEI, 0.3, given, [1, 0, 1], IGNORE, method=method)
    after = score(bank.select([*given, "63"]), [[1, 0, 1, 0], [1, 0, 1, 1]]).theta
    curves = category_curves(bank.select(["63"]), after)
    observed = (curves.score**2 - curves.curvature)[[0, 1], 0, [0, 1]]
    here = category_probabilities(bank.select(["63"]), 0.3)[0, 0]
    assert found.values[62] == pytest.approx(here @ observed, rel=1e-4)


def test_expected_information_knows_no_weighted_likelihood() -> None:
    with pytest.raises(RuleError, match="WLE"):
        choose_item(three_pl(3), Criterion.MEI, 0.0, [], [], IGNORE, method=Method.WLE)


def test_an_item_informs_most_where_the_closed_form_says() -> None:
    table = catr_bank()
    best = most_informative_theta(table)
    theta = best[:, None] + np.array([-1e-3, 0.0, 1e-3])
    for item in range(len(table)):
        low, top, high = item_information(table, theta[item])[:, item]
        assert top >= low and top >= high


def test_without_guessing_an_item_informs_most_at_its_difficulty() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "2PL", "a": 1.3, "b": 0.7}])
    assert most_informative_theta(table) == pytest.approx(0.7)


@pytest.mark.parametrize("criterion", POLYTOMOUS)
def test_every_criterion_takes_a_mixed_bank_from_its_first_item_to_its_last(criterion: Criterion) -> None:
    table = mixed(8)
    first = choose_item(table, criterion, 0.0, [], [], IGNORE)
    assert np.isfinite(first.values).all()
    last = choose_item(table, criterion, 0.0, table.names[:-1], [1] * 7, IGNORE)
    assert last.item == table.names[-1]


@pytest.mark.parametrize("criterion", [Criterion.B_OPT, Criterion.TH_OPT])
def test_criteria_on_difficulty_refuse_graded_items_by_name(criterion: Criterion) -> None:
    with pytest.raises(RuleError, match="i1"):
        choose_item(mixed(4), criterion, 0.0, [], [], IGNORE)


def test_an_omitted_item_is_not_given_again_and_counts_as_the_policy_says() -> None:
    table = three_pl(20)
    item = table.names[3]
    ignored = choose_item(table, Criterion.MPWI, 0.0, [item], [Missing.OMITTED], IGNORE)
    wrong = choose_item(table, Criterion.MPWI, 0.0, [item], [Missing.OMITTED], BLANKS_WRONG)
    assert np.isnan(ignored.values[3])
    np.testing.assert_allclose(ignored.values[4:], choose_item(table, Criterion.MPWI, 0.0, [], [], IGNORE).values[4:])
    zero = choose_item(table, Criterion.MPWI, 0.0, [item], [0], IGNORE)
    np.testing.assert_allclose(wrong.values, zero.values)


def test_what_does_not_fit_is_refused() -> None:
    table = three_pl(3)
    with pytest.raises(InfeasibleError, match="bank_exhausted"):
        choose_item(table, Criterion.MFI, 0.0, table.names, [1, 1, 1], IGNORE)
    with pytest.raises(RuleError, match="theta"):
        choose_item(table, Criterion.MFI, float("nan"), [], [], IGNORE)
    with pytest.raises(RuleError, match="duplicate"):
        choose_item(table, Criterion.MFI, 0.0, ["item-1", "item-1"], [1, 1], IGNORE)
    with pytest.raises(RuleError, match="answers"):
        choose_item(table, Criterion.MFI, 0.0, ["item-1"], [], IGNORE)
    with pytest.raises(RuleError, match="unknown"):
        choose_item(table, Criterion.MFI, 0.0, ["x"], [1], IGNORE)
    with pytest.raises(ResponseError, match="item-1"):
        choose_item(table, Criterion.MFI, 0.0, ["item-1"], [2], IGNORE)
