"""Person fit: R's aberrance to the digit, the promised error rate, and the misfits it is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.datasets import science
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.fit import person_mean_squares
from psychometrics.forensics.guttman import pattern_fit
from psychometrics.forensics.person_fit import Index, person_fit
from psychometrics.items import ItemTable, Model
from psychometrics.maximum import ml_scores, wle_scores
from psychometrics.quadrature import Population
from psychometrics.responses import Missing, MissingPolicy
from psychometrics.scoring import Method, eap_scores
from psychometrics.simulate import simulate_responses
from tests.psychometrics.forensics.cases import ABERRANCE, reference_session
from tests.psychometrics.reference import columns, entry, science_grm

IGNORE = MissingPolicy.ignore_all()


@pytest.mark.parametrize(("column", "index"), list(enumerate(Index)))
def test_corrected_indices_are_those_of_aberrance(column: int, index: Index) -> None:
    session = reference_session()
    expected = entry(ABERRANCE)["expected"]["person_misfit"]
    found = person_fit(session.table, session.responses, IGNORE, session.theta, index)
    np.testing.assert_allclose(found.corrected, np.array(expected["stat"])[:, column], rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.corrected_p, np.array(expected["pval"])[:, column], rtol=0, atol=1e-8)


def test_indices_without_a_model_are_those_of_aberrance() -> None:
    expected = np.array(entry(ABERRANCE)["expected"]["nonparam"]["stat"])
    found = pattern_fit(reference_session().responses, IGNORE)
    np.testing.assert_allclose(found.zu3, expected[:, 0], rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.ht, expected[:, 1], rtol=0, atol=1e-8)


def test_plain_lz_of_graded_items_is_mirts_zh() -> None:
    reference = entry("Science GRM / GPCM / PCM / NRM")
    data, expected = reference["data"]["table"], reference["expected"]["grm_Zh10"]
    responses = columns(data, list(data)) - 1
    theta = eap_scores(science_grm(), responses, IGNORE, Population()).theta
    found = person_fit(science_grm(), responses[:10], IGNORE, theta[:10])
    zh = expected["Zh"] if isinstance(expected, dict) else expected
    np.testing.assert_allclose(found.plain, zh, atol=1e-4)


def long_test(seed: int, persons: int, items: int = 60) -> tuple[ItemTable, np.ndarray, np.ndarray]:
    """A 2PL test, its answers, and ML abilities."""
    rng = np.random.default_rng(seed)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.25, items), b=rng.normal(0, 1, items))
    responses = simulate_responses(table, np.clip(rng.normal(size=persons), -1.8, 1.8), rng)
    return table, responses, ml_scores(table, responses, IGNORE).theta


def test_those_who_fit_are_rarely_accused_and_correction_is_why() -> None:
    table, responses, theta = long_test(1, 8000)
    found = person_fit(table, responses, IGNORE, theta)
    accused = float((found.corrected_p < 0.05).mean())
    assert 0.035 < accused < 0.065
    # Taken as known, an estimated ability makes everybody fit too well.
    assert found.plain.std() < found.corrected.std()
    assert abs(found.corrected.mean()) < 0.1
    assert found.corrected.std() == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("method", [Method.WLE, Method.MAP, Method.EAP])
def test_other_estimates_have_their_own_correction(method: Method) -> None:
    table, responses, _ = long_test(2, 4000)
    population = Population()
    theta = (
        wle_scores(table, responses, IGNORE)
        if method is Method.WLE
        else eap_scores(table, responses, IGNORE, population)
    ).theta
    found = person_fit(table, responses, IGNORE, theta, method=method, population=population)
    assert 0.03 < float((found.corrected_p < 0.05).mean()) < 0.07


def test_guessing_through_the_test_is_found() -> None:
    table, responses, _ = long_test(3, 400)
    rng = np.random.default_rng(9)
    responses[:40] = rng.random((40, 60)) < 0.5
    theta = np.clip(ml_scores(table, responses, IGNORE).theta, -4, 4)
    low = person_fit(table, responses, IGNORE, theta).corrected_p < 0.05
    guttman = pattern_fit(responses, IGNORE)
    outfit = person_mean_squares(table, responses, IGNORE, Population(), theta)
    assert low[:40].mean() > 0.9
    assert np.nanmean(guttman.zu3[:40]) > np.nanmean(guttman.zu3[40:]) + 2
    assert np.nanmean(guttman.ht[:40]) < 0.1 < np.nanmean(guttman.ht[40:])
    assert outfit.outfit[:40].mean() > 1.2 > outfit.outfit[40:].mean()


@given(st.integers(0, 10_000))
def test_the_order_of_items_and_what_was_not_presented_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.3, 8), b=rng.normal(size=8))
    responses = rng.integers(0, 2, (4, 8))
    theta = rng.normal(size=4)
    order = rng.permutation(8)
    whole = person_fit(table, responses, IGNORE, theta)
    moved = person_fit(table.select([table.names[i] for i in order]), responses[:, order], IGNORE, theta)
    np.testing.assert_allclose(moved.corrected, whole.corrected, atol=1e-9)
    blank = responses.copy()
    blank[:, 5:] = Missing.NOT_PRESENTED
    part = person_fit(table, blank, IGNORE, theta)
    alone = person_fit(table.select(table.names[:5]), responses[:, :5], IGNORE, theta)
    np.testing.assert_allclose(part.corrected, alone.corrected, atol=1e-9)
    assert part.answered.tolist() == [5] * 4


def test_a_guttman_pattern_has_no_errors_and_its_mirror_has_all() -> None:
    crowd = np.array([[1] * k + [0] * (6 - k) for k in range(7)] * 5)
    found = pattern_fit(np.vstack((crowd, [0, 0, 0, 1, 1, 1])), IGNORE)
    assert np.nanmax(found.errors[:-1]) == 0.0
    assert found.errors[-1] == 9.0 and found.normed[-1] == 1.0 and found.u3[-1] == pytest.approx(1.0)
    # All right or all wrong orders nothing.
    assert np.isnan(found.u3[0]) and np.isnan(found.u3[6])
    polytomous = pattern_fit(science().responses, IGNORE)
    assert np.isnan(polytomous.ht).all() and (polytomous.errors[np.isfinite(polytomous.errors)] >= 0).all()


def test_rare_inputs_have_answers_or_errors() -> None:
    table = ItemTable.from_arrays(Model.TWO_PL, a=[1.0, 1.0], b=[0.0, 1.0])
    nothing = person_fit(table, [[-3, -3]], IGNORE, [0.0])
    assert nothing.corrected.tolist() == [0.0] and nothing.corrected_p.tolist() == [1.0]
    with pytest.raises(RuleError):
        person_fit(table, [[0, 1]], IGNORE, [0.0], method=Method.MAP)
    with pytest.raises((ResponseError, DataError, RuleError)):
        person_fit(table, [[0, 1]], IGNORE, [np.nan])
    with pytest.raises(DataError):
        pattern_fit([[1]], IGNORE)
