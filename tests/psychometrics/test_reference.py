"""Numbers that mirt, catR, TAM and cacIRT give for the same parameters and responses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from psychometrics.arrays import Floats, Integers
from psychometrics.items import ItemTable
from psychometrics.maximum import map_scores, ml_scores, wle_scores
from psychometrics.models import category_probabilities, expected_score, item_information
from psychometrics.precision import (
    empirical_reliability,
    marginal_reliability,
    total_information,
)
from psychometrics.quadrature import Grid, Population
from psychometrics.scoring import AbilityEstimate, eap_scores
from psychometrics.sum_scores import eap_for_sum_scores, sum_score_distribution
from tests.psychometrics.reference import columns, entry, lsat7, numbers, science_grm
from tests.psychometrics.strategies import IGNORE

STANDARD = Population()
PATTERNS = "LSAT7 EAP/MAP/ML/WLE for all 32 patterns"
INFORMATION = "LSAT7 information and reliability"
SCIENCE = "Science GRM / GPCM / PCM / NRM"
CATR = "catR: item information, next item by 11 criteria, ML/BM/EAP/WL with SE"
SAT12 = "SAT12 2PL and 3PL with priors"
TAM = "TAM PCM/GPCM, WLE, infit/outfit (data.gpcm)"
# catR integrates over 33 points on [-4, 4]: given the same points we agree to ten digits.
CATR_GRID = Grid(np.linspace(-4, 4, 33), np.array([0.125, *[0.25] * 31, 0.125]))


def close(estimate: AbilityEstimate, expected: Floats, tolerance: float) -> None:
    """Abilities and errors agree wherever the reference has a number."""
    known = ~np.isnan(expected[:, 0])
    np.testing.assert_allclose(estimate.theta[known], expected[known, 0], rtol=0, atol=tolerance)
    np.testing.assert_allclose(estimate.se[known], expected[known, 1], rtol=0, atol=tolerance)


def test_lsat7_eap_map_and_ml_of_all_patterns() -> None:
    expected, table = entry(PATTERNS)["expected"], lsat7()
    responses = expected["pattern"]
    close(eap_scores(table, responses, IGNORE, STANDARD), numbers(expected["EAP"]), 1e-5)
    close(map_scores(table, responses, IGNORE, STANDARD), numbers(expected["MAP"]), 1e-4)
    ml = ml_scores(table, responses, IGNORE)
    close(ml, numbers(expected["ML"]), 1e-3)
    # mirt says infinite where ours stops at the bound.
    assert (ml.at_bound == np.isnan(numbers(expected["ML"])[:, 0])).all()


def test_lsat7_wle_of_all_patterns() -> None:
    expected = entry(PATTERNS)["expected"]
    estimate = wle_scores(lsat7(), expected["pattern"], IGNORE)
    # Abilities only: mirt takes the error from the curvature of the weighted likelihood, ours is
    # 1 / sqrt(information) as in Warm (1989), catR and TAM, which are compared below.
    np.testing.assert_allclose(estimate.theta, numbers(expected["WLE"])[:, 0], rtol=0, atol=1e-4)


def test_lsat7_eap_for_sum_scores() -> None:
    expected = entry("LSAT7 EAP for sum scores (Lord-Wingersky)")["expected"]["tab"]
    found = eap_for_sum_scores(lsat7(), STANDARD)
    np.testing.assert_allclose(found.theta, expected["F1"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.se, expected["SE_F1"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(1000 * found.probability, expected["expected"], rtol=0, atol=1e-3)


def test_lsat7_information_and_reliability() -> None:
    expected, table = entry(INFORMATION)["expected"], lsat7()
    theta = np.array(expected["theta"], dtype=float)
    np.testing.assert_allclose(item_information(table, theta), expected["item"], atol=1e-9)
    np.testing.assert_allclose(total_information(table, theta), expected["test"], atol=1e-9)
    assert marginal_reliability(table, STANDARD) == pytest.approx(expected["marginal_rxx"], abs=1e-6)
    data = entry(INFORMATION)["data"]["table"]
    patterns = columns(data, [f"Item.{i}" for i in range(1, 6)])
    persons = np.repeat(patterns, data["freq"], axis=0)
    scores = eap_scores(table, persons, IGNORE, STANDARD)
    assert empirical_reliability(scores) == pytest.approx(expected["empirical_rxx"], abs=1e-6)


def test_sat12_eap_of_the_first_persons() -> None:
    data, expected = entry(SAT12)["data"], entry(SAT12)["expected"]
    choices = columns(data["raw"], list(data["raw"]))
    table = ItemTable.from_dicts(
        {"item": name, "model": "2PL", "a": row[0], "b": -row[1] / row[0]}
        for name, row in zip(data["raw"], expected["pl2"], strict=True)
    )
    scored = (choices == np.array(data["key"])).astype(np.int8)[:20]
    close(eap_scores(table, scored, IGNORE, STANDARD), numbers(expected["EAP20"]), 1e-4)


def test_science_graded_response_scores_and_curves() -> None:
    expected, table = entry(SCIENCE)["expected"], science_grm()
    data = entry(SCIENCE)["data"]["table"]
    responses = columns(data, list(data))[:10] - 1
    close(eap_scores(table, responses, IGNORE, STANDARD), numbers(expected["grm_EAP10"]), 1e-6)
    wle = wle_scores(table, responses, IGNORE)
    np.testing.assert_allclose(wle.theta, numbers(expected["grm_WLE10"])[:, 0], rtol=0, atol=1e-4)
    theta = np.arange(-3.0, 4.0)
    # The reference counts categories from 1.
    score = expected_score(table, theta).sum(axis=1) + len(table)
    np.testing.assert_allclose(score, expected["grm_expscore"], atol=1e-8)
    np.testing.assert_allclose(total_information(table, theta), expected["grm_info"], atol=1e-8)


@pytest.mark.parametrize(("model", "log_likelihood"), [("gpcm", "gpcm_ll"), ("grmIRT", "grm_ll")])
def test_science_parameters_reproduce_the_likelihood(model: str, log_likelihood: str) -> None:
    expected, data = entry(SCIENCE)["expected"], entry(SCIENCE)["data"]["table"]
    table = ItemTable.from_dicts(
        {"item": name, "model": "GPCM" if model == "gpcm" else "GRM", "a": r[0], "steps": r[1:]}
        for name, r in zip(data, expected[model], strict=True)
    )
    responses = columns(data, list(data)) - 1
    theta = np.linspace(-6, 6, 241)
    p = category_probabilities(table, theta)
    joint = np.prod([p[:, i, responses[:, i]] for i in range(len(table))], axis=0)
    density = np.exp(STANDARD.log_density(theta)) * (theta[1] - theta[0])
    assert np.log(density @ joint).sum() == pytest.approx(expected[log_likelihood], abs=2e-3)


def catr() -> tuple[ItemTable, Integers]:
    """The 4PL bank, and the responses of the simulated persons."""
    data = entry(CATR)["data"]
    bank = ItemTable.from_dicts(
        {"item": str(i), "model": "4PL", "a": r[0], "b": r[1], "c": r[2], "d": r[3]}
        for i, r in enumerate(data["bank"], 1)
    )
    return bank, np.array(data["resp"], dtype=np.int64)


def test_catr_item_information() -> None:
    bank, _ = catr()
    expected = entry(CATR)["expected"]["info_at_0"]
    np.testing.assert_allclose(item_information(bank, 0.0)[0], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("method", "estimator"),
    [
        ("ML", lambda t, x: ml_scores(t, x, IGNORE, bounds=(-4.0, 4.0))),
        ("BM", lambda t, x: map_scores(t, x, IGNORE, STANDARD)),
        ("WL", lambda t, x: wle_scores(t, x, IGNORE, bounds=(-4.0, 4.0))),
        ("EAP", lambda t, x: eap_scores(t, x, IGNORE, STANDARD, CATR_GRID)),
    ],
)
def test_catr_estimates_with_guessing(method: str, estimator: Callable[[ItemTable, Integers], AbilityEstimate]) -> None:
    bank, responses = catr()
    administered = bank.select([str(i) for i in entry(CATR)["data"]["items"]])
    expected = numbers(entry(CATR)["expected"]["est"][method])
    close(estimator(administered, responses), expected, 1e-9 if method == "EAP" else 1e-4)


def test_tam_wle_of_partial_credit_items() -> None:
    expected, data = entry(TAM)["expected"], entry(TAM)["data"]["data"]
    steps = np.array(expected["pcm_xsi"]["xsi"]).reshape(3, 3)
    table = ItemTable.from_dicts(
        {"item": name, "model": "PCM", "steps": list(row)} for name, row in zip(data, steps, strict=True)
    )
    estimate = wle_scores(table, columns(data, list(data))[:10], IGNORE)
    found = np.array([expected["wle10"]["theta"], expected["wle10"]["error"]]).T
    close(estimate, found, 1e-5)


def test_lord_wingersky_example() -> None:
    reference = entry("Lord-Wingersky recursion, 3 items")
    # Items whose probability of a right answer at theta = 0 is the p given.
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "Rasch", "b": float(np.log(1 / p - 1))} for i, p in enumerate(reference["data"]["p"])
    )
    found = sum_score_distribution(table, 0.0)[0]
    np.testing.assert_allclose(found, reference["expected"], atol=reference["tolerance"])


def test_cacirt_sum_score_distribution() -> None:
    reference = entry("Decision accuracy/consistency Rudner & Lee")
    table = ItemTable.from_dicts(
        {"item": str(i), "model": "3PL", "a": a, "b": b, "c": c}
        for i, (a, b, c) in enumerate(reference["data"]["params"])
    )
    found = sum_score_distribution(table, reference["data"]["recursive_theta"])
    np.testing.assert_allclose(found, reference["expected"]["recursive"], atol=1e-9)
