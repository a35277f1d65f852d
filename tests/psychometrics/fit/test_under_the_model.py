"""Where the model holds, fit statistics say so as often as they promise; where it does not, they see it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.arrays import Codes
from psychometrics.errors import DataError, RuleError
from psychometrics.fit import (
    Dependence,
    DependenceRule,
    FreeParameters,
    bock_x2,
    c2,
    empirical_curves,
    grouped_g2,
    item_mean_squares,
    ld_g2,
    ld_x2,
    m2,
    person_mean_squares,
    q3,
    s_x2,
)
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population
from psychometrics.responses import Missing, MissingPolicy
from psychometrics.simulate import simulate_responses

IGNORE, STANDARD = MissingPolicy.ignore_all(), Population()
NOTHING_ESTIMATED = FreeParameters(fixed_items=tuple(f"item-{i}" for i in range(1, 13)))


def bank(rng: np.random.Generator, items: int = 12) -> ItemTable:
    """Two-parameter items."""
    return ItemTable.from_arrays(Model.TWO_PL, a=rng.lognormal(0, 0.25, items), b=rng.normal(0, 0.8, items))


def test_true_items_are_rejected_as_often_as_promised() -> None:
    rng, rejected = np.random.default_rng(1), []
    table = bank(rng)
    for _ in range(25):
        responses = simulate_responses(table, rng.normal(size=1500), rng)
        rejected.append(s_x2(table, responses, IGNORE, STANDARD, NOTHING_ESTIMATED).p < 0.05)
    # 300 tests; three standard errors on both sides of 5 %.
    assert 0.012 < np.mean(rejected) < 0.088


def test_a_true_model_is_not_rejected_and_its_error_is_nought() -> None:
    rng, p = np.random.default_rng(2), []
    table = bank(rng)
    for _ in range(25):
        found = m2(table, simulate_responses(table, rng.normal(size=1500), rng), IGNORE, STANDARD, NOTHING_ESTIMATED)
        p.append(found.p)
    assert found.df == 78
    assert found.rmsea_low <= found.rmsea <= found.rmsea_high < 0.03
    assert 0.25 < np.mean(p) < 0.75


def test_guessing_two_dimensions_and_dependence_are_seen() -> None:
    rng = np.random.default_rng(3)
    table, theta = bank(rng), rng.normal(size=3000)
    responses = simulate_responses(table, theta, rng)
    guessed = np.where(rng.random(3000) < 0.3, 1, responses[:, 0])
    odd = responses.copy()
    odd[:, 0] = guessed
    assert s_x2(table, odd, IGNORE, STANDARD).p[0] < 1e-6
    squares = [item_mean_squares(table, x, IGNORE, STANDARD).outfit[0] for x in (responses, odd)]
    assert squares[1] > squares[0]
    twins = responses.copy()
    same = rng.random(3000) < 0.6
    twins[same, 1] = twins[same, 2]
    pair = q3(table, twins, IGNORE, STANDARD)
    assert pair.verdicts[1][2] is Dependence.DEPENDENT
    assert pair.verdicts[4][5] is Dependence.NONE
    assert pair.largest == pair.adjusted[1, 2]
    for chi_squares in (ld_x2(table, twins, IGNORE, STANDARD), ld_g2(table, twins, IGNORE, STANDARD)):
        assert np.nanargmax(chi_squares.z) in (1 * 12 + 2, 2 * 12 + 1)
    halves = np.where(np.arange(12) < 6, theta[:, None], rng.normal(size=(3000, 1)))
    split = (rng.random((3000, 12)) < 1 / (1 + np.exp(-table.a * (halves - table.steps[:, 0])))).astype(int)
    assert m2(table, split, IGNORE, STANDARD).rmsea > 0.06


def test_too_few_persons_get_no_verdict() -> None:
    rng = np.random.default_rng(4)
    table = bank(rng)
    found = q3(table, simulate_responses(table, rng.normal(size=60), rng), IGNORE, STANDARD)
    assert {verdict for row in found.verdicts for verdict in row} == {Dependence.INSUFFICIENT}
    with pytest.raises(RuleError):
        DependenceRule(critical=-1.0)


def blanks(rng: np.random.Generator, responses: Codes) -> Codes:
    """A tenth of the answers was never asked for."""
    return np.where(rng.random(responses.shape) < 0.1, np.int8(Missing.NOT_PRESENTED), responses)


def test_missing_answers_leave_the_statistics_true() -> None:
    rng = np.random.default_rng(5)
    table = bank(rng)
    responses = blanks(rng, simulate_responses(table, rng.normal(size=4000), rng))
    found = s_x2(table, responses, IGNORE, STANDARD, NOTHING_ESTIMATED)
    assert (found.persons < (responses >= 0).all(axis=1).sum() + 1).all()
    assert (found.p > 0.001).all()
    assert m2(table, responses, IGNORE, STANDARD, NOTHING_ESTIMATED).rmsea < 0.02
    assert np.abs(q3(table, responses, IGNORE, STANDARD).adjusted[np.triu_indices(12, 1)]).max() < 0.1
    squares = item_mean_squares(table, responses, IGNORE, STANDARD)
    assert (squares.answered == (responses >= 0).sum(axis=0)).all()


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_the_order_of_persons_and_items_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = bank(rng, 6)
    responses = simulate_responses(table, rng.normal(size=300), rng)
    items, persons = rng.permutation(6), rng.permutation(300)
    moved, shuffled = table.select([table.names[i] for i in items]), responses[persons][:, items]
    one, other = (s_x2(t, x, IGNORE, STANDARD).statistic for t, x in ((table, responses), (moved, shuffled)))
    np.testing.assert_allclose(other, one[items], rtol=1e-6)
    one_model, other_model = (m2(t, x, IGNORE, STANDARD).statistic for t, x in ((table, responses), (moved, shuffled)))
    assert other_model == pytest.approx(one_model, rel=1e-6)
    squares = item_mean_squares(table, responses, IGNORE, STANDARD).outfit
    np.testing.assert_allclose(item_mean_squares(moved, shuffled, IGNORE, STANDARD).outfit, squares[items], rtol=1e-6)


def test_polytomous_items_of_every_model_can_be_judged() -> None:
    rng = np.random.default_rng(6)
    table = ItemTable.from_dicts(
        [
            {"item": "graded", "model": "GRM", "a": 1.2, "steps": [-1.0, 0.0, 1.0]},
            {"item": "credit", "model": "GPCM", "a": 0.8, "steps": [-0.5, 0.5]},
            {"item": "right", "model": "3PL", "a": 1.4, "b": 0.0, "c": 0.2},
            {"item": "rasch", "model": "Rasch", "b": 0.4},
            {"item": "choice", "model": "Nominal", "slopes": [0.0, 0.5, 1.0], "intercepts": [0.0, 0.3, -0.1]},
            {"item": "more", "model": "GRM", "a": 1.0, "steps": [-0.4, 0.6]},
        ]
    )
    responses = simulate_responses(table, rng.normal(size=2000), rng)
    for found in (f(table, responses, IGNORE, STANDARD) for f in (s_x2, bock_x2, grouped_g2)):
        assert np.isfinite(found.statistic).all()
    assert c2(table, responses, IGNORE, STANDARD).df > 0
    for curve, categories in zip(empirical_curves(table, responses, IGNORE, STANDARD), table.categories, strict=True):
        np.testing.assert_allclose(curve.observed.sum(axis=1), 1.0)
        assert curve.expected.shape == (10, categories)
        assert ((curve.low <= curve.observed) & (curve.observed <= curve.high)).all()


def test_what_cannot_be_tested_is_said() -> None:
    rng = np.random.default_rng(7)
    table = bank(rng, 4)
    responses = simulate_responses(table, rng.normal(size=50), rng)
    nobody = np.empty((0, 4), dtype=np.int8)
    for statistic in (s_x2, bock_x2, m2, q3, ld_x2, item_mean_squares, person_mean_squares):
        with pytest.raises(DataError):
            statistic(table, nobody, IGNORE, STANDARD)
    with pytest.raises(DataError):
        m2(table.select(table.names[:2]), responses[:, :2], IGNORE, STANDARD)
    with pytest.raises(DataError, match="nobody_answered"):
        m2(table, np.full((3, 4), -3), IGNORE, STANDARD)
    alone = person_mean_squares(table, [[1, 0, -3, -3], [-3, -3, -3, -3]], IGNORE, STANDARD)
    assert alone.answered.tolist() == [2, 0] and np.isnan(alone.outfit[1]) and np.isfinite(alone.outfit[0])
    constant = np.ones((40, 4), dtype=np.int8)
    assert np.isnan(q3(table, constant, IGNORE, STANDARD).q3[0, 1])
