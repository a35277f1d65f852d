"""A rare input gives a right answer or an error that names what is wrong; never NaN, never a hang."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.arrays import Codes
from psychometrics.calibration import CalibrationWarning, LogNormal, Normal, Priors, calibrate
from psychometrics.errors import (
    ConvergenceError,
    DataError,
    ItemParameterError,
    PsychometricsError,
    ResponseError,
    RuleError,
)
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_curves
from psychometrics.quadrature import Grid
from tests.psychometrics.calibration.data import answers, pool
from tests.psychometrics.strategies import IGNORE


def few(persons: int = 300, items: int = 5, seed: int = 1) -> Codes:
    """A small complete sample."""
    rng = np.random.default_rng(seed)
    return answers(pool(items, Model.TWO_PL, rng), persons, rng)


RESPONSES = few()
WRONG: list[tuple[type[PsychometricsError], object, dict[str, object]]] = [
    (ResponseError, np.full((9, 4), np.nan), {}),
    (ResponseError, np.ones(5, dtype=int), {}),
    (ResponseError, np.ones((0, 5), dtype=int), {}),
    (ResponseError, np.ones((5, 0), dtype=int), {}),
    (ResponseError, RESPONSES * 2, {}),
    (ResponseError, RESPONSES - 9, {}),
    (ResponseError, RESPONSES, {"names": list("abc")}),
    (ItemParameterError, RESPONSES, {"names": list("aabcd")}),
    (ResponseError, RESPONSES, {"weights": [1, 2]}),
    (ResponseError, RESPONSES, {"weights": np.full(300, np.nan)}),
    (ResponseError, RESPONSES, {"weights": np.full(300, -1.0)}),
    (DataError, RESPONSES, {"weights": np.zeros(300)}),
    (ResponseError, RESPONSES, {"groups": ["a", "b"]}),
    (DataError, RESPONSES, {"groups": ["a"] * 300, "reference": "b"}),
    (DataError, RESPONSES, {"groups": ["a", *["b"] * 299], "weights": [0, *[1] * 299]}),
    (ItemParameterError, RESPONSES, {"free_by_group": ["nobody"]}),
    (ItemParameterError, RESPONSES, {"priors": {"nobody": Priors()}}),
    (ItemParameterError, RESPONSES, {"fixed": pool(7, Model.TWO_PL, np.random.default_rng(1))}),
    (RuleError, RESPONSES, {"categories": 3}),
    (RuleError, RESPONSES, {"tolerance": 0.0}),
    (DataError, np.full((9, 4), -1), {}),
    (DataError, np.ones((50, 5), dtype=int), {}),
    (DataError, RESPONSES[:1], {}),
]


@pytest.mark.parametrize(("error", "responses", "arguments"), WRONG)
def test_what_cannot_be_calibrated_is_an_error(
    error: type[PsychometricsError], responses: object, arguments: dict[str, object]
) -> None:
    with pytest.raises(error):
        calibrate(responses, Model.TWO_PL, IGNORE, **arguments)  # type: ignore[arg-type]


def test_an_item_that_all_answer_alike_is_named() -> None:
    for value in (0, 1):
        responses = RESPONSES.copy()
        responses[:, 2] = value
        with pytest.raises(DataError) as caught:
            calibrate(responses, Model.TWO_PL, IGNORE)
        assert caught.value.params["item"] == "item-3"
        assert caught.value.params["reason"] == "all answers alike"
        priors = Priors(b=Normal(0.0, 2.0), a=LogNormal(0.0, 0.5))
        found = calibrate(responses, Model.TWO_PL, IGNORE, priors=priors, standard_errors=True)
        assert found.converged
        assert (found.table.steps[2, 0] < -1.0) == (value == 1)
        assert np.isfinite(found.standard_errors).all()


@pytest.mark.parametrize("model", [Model.GRM, Model.GPCM, Model.PCM, Model.NOMINAL])
def test_a_category_that_nobody_chose_is_named(model: Model) -> None:
    rng = np.random.default_rng(2)
    responses = answers(pool(4, model, rng, 4), 300, rng)
    responses[:, 1] = np.where(responses[:, 1] == 2, 1, responses[:, 1])
    with pytest.raises(DataError) as caught:
        calibrate(responses, model, IGNORE, categories=4)
    assert caught.value.params == {"item": "item-2", "reason": "empty category", "categories": [2]}
    priors = Priors(intercept=Normal(0.0, 3.0))
    if model is Model.GRM:
        # The steps on both sides of it meet, whatever the prior.
        with pytest.raises(DataError):
            calibrate(responses, model, IGNORE, priors=priors)
    else:
        assert calibrate(responses, model, IGNORE, priors=priors).converged


def test_an_item_keyed_wrongly_has_a_negative_slope_and_is_named() -> None:
    responses = few(500, 12, 3)
    found = calibrate(responses, Model.TWO_PL, IGNORE)
    wrong = responses.copy()
    wrong[:, 3] = 1 - wrong[:, 3]
    with pytest.warns(CalibrationWarning, match="item-4: slope .* below 0"):
        turned = calibrate(wrong, Model.TWO_PL, IGNORE)
    assert turned.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(turned.table.a[3], -found.table.a[3], atol=1e-3)
    np.testing.assert_allclose(np.delete(turned.table.a, 3), np.delete(found.table.a, 3), atol=1e-3)
    assert [(note.code, note.item) for note in turned.warnings] == [("negative_slope", "item-4")]


@pytest.mark.filterwarnings("ignore::psychometrics.calibration.CalibrationWarning")
@pytest.mark.parametrize(
    "responses",
    [
        np.hstack((RESPONSES, RESPONSES[:, :1])),
        np.repeat(RESPONSES[:, :1], 5, axis=1),
        (np.arange(11)[:, None] > np.arange(10)).astype(int),
        np.array([[0, 1, 0], [1, 0, 1]]),
    ],
    ids=["one item twice", "one item five times", "a perfect scale", "two persons"],
)
def test_a_slope_without_end_stops_at_its_bound_and_is_not_called_converged(responses: Codes) -> None:
    found = calibrate(responses, Model.TWO_PL, IGNORE, standard_errors=True)
    assert not found.converged
    assert "slope_at_bound" in {note.code for note in found.warnings}
    assert np.isfinite(found.estimates).all()
    with pytest.raises(ConvergenceError):
        calibrate(responses, Model.TWO_PL, IGNORE, strict=True)


def test_too_few_cycles_are_told_of() -> None:
    with pytest.warns(CalibrationWarning):
        found = calibrate(RESPONSES, Model.TWO_PL, IGNORE, cycles=2)
    assert not found.converged
    assert "not_converged" in {note.code for note in found.warnings}
    assert found.gain > 1e-7
    with pytest.raises(ConvergenceError), pytest.warns(CalibrationWarning):
        calibrate(RESPONSES, Model.TWO_PL, IGNORE, cycles=2, strict=True)


def test_too_few_nodes_are_told_of() -> None:
    grid = Grid(np.linspace(-4, 4, 9), np.full(9, 1.0))
    with pytest.warns(CalibrationWarning, match="nodes"):
        found = calibrate(few(500, 40), Model.TWO_PL, IGNORE, grid=grid)
    assert "coarse_quadrature" in {note.code for note in found.warnings}


def test_what_is_not_identified_has_no_standard_errors() -> None:
    with pytest.warns(CalibrationWarning, match="singular"):
        found = calibrate(RESPONSES[:, :2], Model.TWO_PL, IGNORE, standard_errors=True)
    assert found.covariance is None
    assert [note.code for note in found.warnings] == ["not_identified"]


@pytest.mark.filterwarnings("ignore::psychometrics.calibration.CalibrationWarning")
def test_answers_at_random_give_finite_numbers() -> None:
    rng = np.random.default_rng(4)
    found = calibrate(rng.integers(0, 2, (200, 10)), Model.TWO_PL, IGNORE, standard_errors=True)
    assert np.isfinite(found.estimates).all()
    assert np.isfinite(found.log_likelihood)


def test_one_person_and_priors() -> None:
    with pytest.warns(CalibrationWarning, match="no variance"):
        found = calibrate([[1, 0, 1, 1]], Model.RASCH, IGNORE, priors=Priors(b=Normal(0.0, 1.0)))
    assert found.converged
    assert np.isfinite(found.estimates).all()


@pytest.mark.parametrize("items", [5, 60, 300])
def test_the_likelihood_reported_is_that_of_a_fine_rule(items: int) -> None:
    rng = np.random.default_rng(items)
    responses = answers(pool(items, Model.TWO_PL, rng), 1000, rng)
    found = calibrate(responses, Model.TWO_PL, IGNORE)
    theta = np.linspace(-8, 8, 801)
    log_p = category_curves(found.table, theta).log_p
    joint = responses @ (log_p[:, :, 1] - log_p[:, :, 0]).T + log_p[:, :, 0].sum(axis=1)
    joint += found.populations[None].log_density(theta) + np.log(0.02)
    assert found.log_likelihood == pytest.approx(np.logaddexp.reduce(joint, axis=1).sum(), abs=1e-6)


def test_three_thousand_items_and_few_persons() -> None:
    rng = np.random.default_rng(5)
    responses = answers(pool(3000, Model.TWO_PL, rng), 150, rng)
    # Items that all got right or wrong are left out; the others must do.
    kept = responses[:, responses.min(axis=0) != responses.max(axis=0)]
    priors = Priors(a=LogNormal(0.0, 0.4), b=Normal(0.0, 2.0))
    found = calibrate(kept, Model.TWO_PL, IGNORE, priors=priors)
    assert found.converged
    assert len(found.table) == kept.shape[1] > 2500


def test_many_persons_and_many_nodes_in_single_precision_arrive_at_the_same_place() -> None:
    rng = np.random.default_rng(7)
    table = pool(30, Model.GRM, rng, 4)
    responses = answers(table, 20_000, rng)
    found = calibrate(responses, Model.GRM, IGNORE)
    assert found.converged
    # From the top nothing is gained: the table, held fixed, has the same likelihood.
    held = calibrate(responses, Model.GRM, IGNORE, names=table.names, fixed=ItemTable(found.table.items))
    assert held.log_likelihood - found.log_likelihood == pytest.approx(0.0, abs=2e-3)
    assert (held.populations[None].mean, held.populations[None].sd) == pytest.approx((0.0, 1.0), abs=2e-3)
