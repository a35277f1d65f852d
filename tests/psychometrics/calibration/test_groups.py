"""Several groups, anchors, ability histograms, tests of nested models: against mirt and TAM."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from psychometrics.arrays import Integers
from psychometrics.calibration import (
    Histogram,
    calibrate,
    likelihood_ratio,
    pattern_test,
    score_test,
)
from psychometrics.datasets import lsat7
from psychometrics.errors import DataError, RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population
from psychometrics.simulate import simulate_responses
from tests.psychometrics import reference
from tests.psychometrics.calibration.data import answers, patterns, pool
from tests.psychometrics.reference import columns, entry
from tests.psychometrics.strategies import IGNORE

GROUPS = "Multigroup 2PL scalar/configural + LRT DIF + SIBTEST"
FIXED = "Fixed item parameter calibration"
TAM = "TAM PCM/GPCM, WLE, infit/outfit (data.gpcm)"


def read(name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a file beside the reference numbers."""
    with (reference._FILE.parent / name).open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header, rows


def two_groups() -> tuple[Integers, list[str], list[str]]:
    """Answers, item names, group of each person."""
    header, rows = read(entry(GROUPS)["data"]["path"])
    return np.array([[int(v) for v in row[1:]] for row in rows]), header[1:], [row[0] for row in rows]


def forms() -> tuple[ItemTable, Integers, Integers, list[str]]:
    """The calibrated old form, its answers, those to the new form, and the new form's items."""
    old, new = (read(entry(FIXED)["data"][which]) for which in ("old", "new"))
    anchors = ItemTable.from_dicts(
        {"item": name, "model": "2PL", "a": row[0], "b": -row[1] / row[0]}
        for name, row in zip(old[0], entry(FIXED)["expected"]["old"], strict=True)
    )
    old_answers, new_answers = (np.array(form[1]).astype(np.int64) for form in (old, new))
    return anchors, old_answers, new_answers, new[0]


def test_two_groups_that_share_all_items() -> None:
    answered, names, groups = two_groups()
    expected = entry(GROUPS)["expected"]
    found = calibrate(answered, Model.TWO_PL, IGNORE, names=names, groups=groups)
    assert found.log_likelihood == pytest.approx(expected["scalar_ll"], abs=1e-4)
    focal = found.populations["D2"]
    assert focal.mean == pytest.approx(expected["scalar"]["D2"]["means"], abs=1e-4)
    assert focal.sd**2 == pytest.approx(expected["scalar"]["D2"]["cov"][0][0], abs=1e-3)
    assert found.populations["D1"] == Population()
    items = np.array(expected["scalar"]["D1"]["items"])
    np.testing.assert_allclose(found.table.a, items[:, 0], atol=1e-4)
    np.testing.assert_allclose(-found.table.a * found.table.steps[:, 0], items[:, 1], atol=1e-4)


def test_two_groups_that_share_nothing() -> None:
    answered, names, groups = two_groups()
    found = calibrate(answered, Model.TWO_PL, IGNORE, names=names, groups=groups, free_by_group=names)
    assert found.log_likelihood == pytest.approx(entry(GROUPS)["expected"]["configural_ll"], abs=1e-4)
    assert found.warnings == ()
    shared = calibrate(answered, Model.TWO_PL, IGNORE, names=names, groups=groups)
    test = likelihood_ratio(shared, found)
    assert test.df == 2 * 30 - 32
    assert test.statistic == pytest.approx(2 * (18612.398801219 - 18571.5815538518), abs=1e-3)
    with pytest.raises(RuleError):
        likelihood_ratio(found, shared)


def test_an_item_free_by_group_has_two_sets_of_parameters() -> None:
    answered, names, groups = two_groups()
    arguments = {"names": names, "groups": groups}
    free = calibrate(answered, Model.TWO_PL, IGNORE, free_by_group=["Item_3"], **arguments)  # type: ignore[arg-type]
    shared = calibrate(answered, Model.TWO_PL, IGNORE, **arguments)  # type: ignore[arg-type]
    # The reference's AIC difference of item 3 is 2 df less its statistic.
    expected = entry(GROUPS)["expected"]["LRT"]["AIC"][2]
    test = likelihood_ratio(shared, free)
    assert 2 * test.df - test.statistic == pytest.approx(expected, abs=1e-3)
    places = [one.groups for one in free.parameters if one.item == "Item_3"]
    assert places == [("D1",), ("D1",), ("D2",), ("D2",)]
    one, other = (free.tables[label].select(["Item_3"]).items[0] for label in ("D1", "D2"))
    assert one.b < other.b - 0.3
    # The score test sees as much without estimating.
    score = score_test(shared, answered, Model.TWO_PL, IGNORE, groups=groups, free_by_group=["Item_3"])
    assert score.df == 2
    assert score.statistic == pytest.approx(test.statistic, rel=0.1)


def test_groups_that_share_no_item_are_told_of() -> None:
    rng = np.random.default_rng(1)
    responses = answers(pool(10, Model.RASCH, rng), 400, rng).astype(np.int64)
    responses[:200, :5], responses[200:, 5:] = -3, -3
    with pytest.warns(UserWarning, match="share no item"):
        found = calibrate(responses, Model.RASCH, IGNORE, groups=["a"] * 200 + ["b"] * 200)
    assert [one.mean for one in found.populations.values()] == [0.0, 0.0]
    assert [len(table) for table in found.tables.values()] == [5, 5]


def test_anchors_and_a_normal_population() -> None:
    anchors, _, new, names = forms()
    expected = entry(FIXED)["expected"]["normal_prior_free"]
    found = calibrate(new, Model.TWO_PL, IGNORE, names=names, fixed=anchors)
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=1e-3)
    population = found.populations[None]
    assert population.mean == pytest.approx(expected["mean"], abs=1e-3)
    assert population.sd**2 == pytest.approx(expected["cov"][0][0], abs=1e-3)
    items = np.array(expected["items"])
    np.testing.assert_allclose(found.table.a, items[:, 0], atol=5e-4)
    np.testing.assert_allclose(-found.table.a * found.table.steps[:, 0], items[:, 1], atol=5e-4)


def test_anchors_and_a_histogram_over_old_and_new_persons() -> None:
    anchors, old, new, names = forms()
    empty = np.full((len(old), len(names)), -3)
    empty[:, : old.shape[1]] = old
    both = np.vstack((empty, new))
    found = calibrate(both, Model.TWO_PL, IGNORE, names=names, fixed=anchors, population=Histogram())
    items = np.array(entry(FIXED)["expected"]["MWU_MEM"]["items"])
    np.testing.assert_allclose(found.table.a, items[:, 0], atol=2e-3)
    np.testing.assert_allclose(-found.table.a * found.table.steps[:, 0], items[:, 1], atol=2e-3)
    histogram = found.histograms[None]
    assert histogram.weights.sum() == pytest.approx(1.0)
    assert found.populations[None].mean == pytest.approx(float(histogram.nodes @ histogram.weights))


def test_a_histogram_finds_a_skewed_population() -> None:
    rng = np.random.default_rng(6)
    table = pool(25, Model.TWO_PL, rng)
    skewed = rng.exponential(1.0, 3000) - 1.0
    responses = simulate_responses(table, skewed, rng)
    shaped = calibrate(responses, Model.TWO_PL, IGNORE, population=Histogram())
    normal = calibrate(responses, Model.TWO_PL, IGNORE)
    assert shaped.populations[None].mean == pytest.approx(0.0, abs=1e-9)
    assert shaped.populations[None].sd == pytest.approx(1.0, abs=1e-9)
    assert shaped.log_likelihood > normal.log_likelihood + 50
    error, other = (np.sqrt(np.mean((one.table.steps - table.steps) ** 2)) for one in (shaped, normal))
    assert error < 0.7 * other
    below = shaped.histograms[None].nodes < -1.3
    assert shaped.histograms[None].weights[below].sum() < 0.02


def test_partial_credit_as_tam_has_it() -> None:
    expected, data = entry(TAM)["expected"], entry(TAM)["data"]["data"]
    found = calibrate(columns(data, list(data)), Model.PCM, IGNORE, names=list(data))
    np.testing.assert_allclose(found.table.steps.ravel(), expected["pcm_xsi"]["xsi"], atol=2e-3)
    assert found.populations[None].sd ** 2 == pytest.approx(expected["pcm_var"][0][0], abs=2e-3)
    assert found.deviance == pytest.approx(expected["pcm_dev"], abs=1e-3)
    free = calibrate(columns(data, list(data)), Model.GPCM, IGNORE, names=list(data))
    assert free.deviance == pytest.approx(expected["gpcm_dev"], abs=1e-3)
    np.testing.assert_allclose(free.table.a, np.array(expected["gpcm_B"])[:, 1], atol=3e-3)


def test_a_population_can_be_given() -> None:
    # ltm: rasch() with its slope held at 1.
    expected = entry("LSAT6 = ltm LSAT: rasch(), ltm(), constrained rasch")["expected"]
    rows, frequency, _ = patterns("LSAT6 Rasch/2PL")
    found = calibrate(rows, Model.RASCH, IGNORE, weights=frequency, population=Population())
    assert found.log_likelihood == pytest.approx(expected["rasch1_ll"], abs=1e-4)
    np.testing.assert_allclose(found.table.steps[:, 0], np.array(expected["rasch1"])[:, 0], atol=1e-3)


def test_the_table_of_all_patterns() -> None:
    data, expected = lsat7(), entry("LSAT7 2PL MML")["expected"]
    found = calibrate(data.responses, Model.TWO_PL, IGNORE)
    test = pattern_test(found, data.responses, IGNORE)
    assert test.statistic == pytest.approx(expected["G2"], abs=1e-4)
    assert test.df == expected["df"]
    thin = pattern_test(found, data.patterns, IGNORE)
    assert thin.p is None
    with pytest.raises(DataError):
        pattern_test(found, np.where(np.eye(32, 5) > 0, -1, data.patterns), IGNORE)


def test_score_tests_of_rasch_slopes_are_near_the_likelihood_ratio() -> None:
    data = lsat7()
    rasch = calibrate(data.patterns, Model.RASCH, IGNORE, weights=data.frequencies)
    for free in range(5):
        models = [Model.TWO_PL if item == free else Model.RASCH for item in range(5)]
        score = score_test(rasch, data.patterns, models, IGNORE, weights=data.frequencies)
        ratio = likelihood_ratio(rasch, calibrate(data.patterns, models, IGNORE, weights=data.frequencies))
        assert score.df == ratio.df == 1
        assert score.statistic == pytest.approx(ratio.statistic, rel=0.6, abs=0.1)
    # All slopes at once: the unit then goes from the items to the population.
    score = score_test(rasch, data.patterns, Model.TWO_PL, IGNORE, weights=data.frequencies)
    ratio = likelihood_ratio(rasch, calibrate(data.patterns, Model.TWO_PL, IGNORE, weights=data.frequencies))
    assert score.df == ratio.df == 4
    assert score.statistic == pytest.approx(ratio.statistic, rel=0.15)
    with pytest.raises(RuleError):
        score_test(rasch, data.patterns, Model.RASCH, IGNORE, weights=data.frequencies)
