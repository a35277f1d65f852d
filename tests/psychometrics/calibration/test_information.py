"""Standard errors come from the exact second derivatives of the marginal likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.calibration import Beta, LogNormal, Normal, Priors, calibrate, common_slope
from psychometrics.calibration.estimate import Climber
from psychometrics.calibration.information import observed_information
from psychometrics.calibration.marginal import Latent
from psychometrics.calibration.nodes import needed
from psychometrics.calibration.plan import EmptyCategory
from psychometrics.calibration.problem import Problem, pose
from psychometrics.errors import DataError
from psychometrics.items import ItemTable, Model
from tests.psychometrics.calibration.data import answers, patterns, pool
from tests.psychometrics.reference import entry
from tests.psychometrics.strategies import IGNORE

NONE = Priors()


def problem(responses: Codes | Integers, models: list[Model], priors: Priors, **settings: object) -> Problem:
    """Arguments of a calibration, arranged."""
    defaults: dict[str, object] = {
        "names": None, "categories": None, "weights": None, "groups": None, "reference": None, "fixed": None,
        "free_by_group": (), "population": None, "histogram": False, "empty": EmptyCategory.ERROR,
    }  # fmt: skip
    return pose(responses, models, IGNORE, priors=priors, **{**defaults, **settings})  # type: ignore[arg-type]


def both(posed: Problem, x: Floats) -> tuple[Floats, Floats]:
    """The information by our formula, and by differences of the gradient."""
    climber = Climber(posed.layout, posed.samples, posed.priors)
    marginal = climber.marginal(climber.designs, Latent(needed(posed.layout, x).grid()), np.float64)
    columns = []
    for p in range(x.size):
        step = np.zeros(x.size)
        step[p] = 1e-5
        change = marginal.at(x - step).gradient - marginal.at(x + step).gradient
        columns.append(change * marginal.total / 2e-5)
    return observed_information(marginal, climber.designs, x, False), np.array(columns)


MIXED = [Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.FOUR_PL, Model.PCM, Model.GPCM, Model.GRM, Model.NOMINAL]
LINEAR = [Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM, Model.NOMINAL]


@pytest.mark.parametrize("models", [MIXED, LINEAR], ids=["mixed", "linear"])
@pytest.mark.parametrize("gaps", [0.0, 0.2], ids=["complete", "incomplete"])
@pytest.mark.parametrize("priors", [NONE, Priors(b=Normal(0, 2), a=Normal(1, 1), c=Normal(-1.4, 0.5))])
def test_information_is_the_second_derivative(models: list[Model], gaps: float, priors: Priors) -> None:
    rng = np.random.default_rng(3)
    parts = [pool(1, model, rng, 2 if "b" in model.fields else 3).to_dicts()[0] for model in models]
    table = ItemTable.from_dicts({**part, "item": f"i{at}"} for at, part in enumerate(parts))
    responses = answers(table, 400, rng)
    responses[rng.random(responses.shape) < gaps] = -1
    posed = problem(responses, models, priors, groups=["a", "b"] * 200, free_by_group=["item-2"])
    x = Climber(posed.layout, posed.samples, posed.priors).start()[0]
    ours, differences = both(posed, x + rng.normal(0.0, 0.05, x.size) * (np.arange(x.size) % 3 == 0))
    np.testing.assert_allclose(ours, differences, atol=2e-5 * np.abs(differences).max())


def test_information_with_anchors_is_the_second_derivative() -> None:
    rng = np.random.default_rng(4)
    table = pool(6, Model.TWO_PL, rng)
    posed = problem(answers(table, 300, rng), [Model.THREE_PL] * 6, NONE, fixed=table.select(["item-1", "item-4"]))
    x = Climber(posed.layout, posed.samples, posed.priors).start()[0]
    ours, differences = both(posed, x)
    np.testing.assert_allclose(ours, differences, atol=2e-5 * np.abs(differences).max())


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    table = pool(12, Model.TWO_PL, rng)
    truth = np.stack((table.a, table.steps[:, 0]), axis=1).ravel()
    inside, errors, ratios = [], [], []
    for _ in range(60):
        found = calibrate(answers(table, 1500, rng), Model.TWO_PL, IGNORE, standard_errors=True)
        errors.append(found.estimates - truth)
        ratios.append(found.standard_errors)
        inside.append(np.abs(errors[-1]) < 1.96 * found.standard_errors)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)
    # The spread of the estimates is what the errors say, and there is no bias to speak of.
    spread, said = np.sqrt(np.mean(np.square(errors), axis=0)), np.mean(ratios, axis=0)
    assert np.median(spread / said) == pytest.approx(1.0, abs=0.1)


def test_a_rasch_calibration_reads_as_one_of_a_common_slope() -> None:
    rows, frequency, names = patterns("LSAT6 Rasch/2PL")
    rasch = calibrate(rows, Model.RASCH, IGNORE, names=names, weights=frequency, standard_errors=True)
    found = common_slope(rasch)
    # ltm: rasch() on the same data.
    np.testing.assert_allclose(found.table.a, 0.7551347382, atol=1e-4)
    expected = [-3.6152664767, -1.3224208156, -0.31763064923, -1.7300903402, -2.7801716467]
    np.testing.assert_allclose(found.table.steps[:, 0], expected, atol=1e-3)
    assert [one.field for one in found.parameters] == ["b"] * 5 + ["a"]
    # The error of a ratio, by the delta method written out.
    assert rasch.covariance is not None
    b, sd = rasch.estimates[0], rasch.estimates[5]
    gradient = np.array([1 / sd, -b / sd**2])
    variance = gradient @ rasch.covariance[np.ix_([0, 5], [0, 5])] @ gradient
    assert found.standard_errors[0] == pytest.approx(np.sqrt(variance))


def test_errors_that_were_not_asked_for_are_not_there() -> None:
    rows, frequency, _ = patterns("LSAT7 2PL MML")
    with pytest.raises(DataError):
        _ = calibrate(rows, Model.TWO_PL, IGNORE, weights=frequency).standard_errors


@pytest.mark.parametrize(
    "priors",
    [
        NONE,
        Priors(a=LogNormal(0.1, 0.4), c=Beta(5, 17), d=Beta(17, 5), b=Normal(0.2, 1.5)),
        Priors(a=Normal(1.0, 0.5), intercept=Normal(0.3, 2.0), c=Normal(-1.4, 0.5), d=Normal(2.5, 0.5)),
    ],
)
def test_the_gradient_is_that_of_the_value_with_any_prior(priors: Priors) -> None:
    rng = np.random.default_rng(21)
    parts = [pool(1, model, rng, 2 if "b" in model.fields else 3).to_dicts()[0] for model in MIXED]
    responses = answers(ItemTable.from_dicts({**part, "item": f"i{at}"} for at, part in enumerate(parts)), 300, rng)
    posed = problem(responses, MIXED, priors)
    climber = Climber(posed.layout, posed.samples, posed.priors)
    x = climber.start()[0]
    marginal = climber.marginal(climber.designs, Latent(needed(posed.layout, x).grid()), np.float64)
    steps = 1e-6 * np.eye(x.size)
    differences = [(marginal.at(x + step).value - marginal.at(x - step).value) / 2e-6 for step in steps]
    np.testing.assert_allclose(marginal.at(x).gradient, differences, atol=1e-7)


def test_mirts_score_tests_of_two_rasch_slopes_follow_from_our_gradient() -> None:
    # mirt's lagrange() inverts the information of the 2PL at its starting values (all slopes 0.851,
    # intercepts from the shares), not at the estimates as `score_test` does; and its estimate of the
    # log sd stopped 0.0002 short. The same gradient and that information give its numbers.
    rows, frequency, _ = patterns("LSAT7 2PL MML")
    expected = entry("LSAT7 2PL with lagrange multipliers (Rasch)")
    wide = problem(rows, [Model.TWO_PL] * 5, NONE, weights=frequency)
    shares = frequency @ rows / frequency.sum()
    start = np.stack((np.full(5, 0.851), 1.702 * norm.ppf(shares) / np.sqrt(0.75)), axis=1).ravel()
    information = both(wide, start)[0]
    gradient = _slope_gradient(rows, frequency)
    found = []
    for tested in ([0], [1], [0, 1]):
        kept = [p for p in range(10) if p not in {2 * slope for slope in {0, 1} - set(tested)}]
        inverse = np.linalg.inv(information[np.ix_(kept, kept)])
        places = [kept.index(2 * slope) for slope in tested]
        found.append(gradient[tested] @ inverse[np.ix_(places, places)] @ gradient[tested])
    np.testing.assert_allclose(found, [*expected["expected"]["X2"], expected["expected"]["joint"]], atol=1e-3)


def _slope_gradient(rows: Integers, frequency: Integers) -> Floats:
    """Derivatives by the first two slopes where mirt stopped on its way to the Rasch estimates."""
    rasch = calibrate(rows, Model.RASCH, IGNORE, weights=frequency)
    models = [Model.TWO_PL, Model.TWO_PL, *[Model.RASCH] * 3]
    posed = problem(rows, models, NONE, weights=frequency)
    intercepts, log_sd = rasch.intercepts[:5], rasch.intercepts[5]
    x = np.array([1.0, intercepts[0], 1.0, *intercepts[1:], log_sd - 0.000215])
    climber = Climber(posed.layout, posed.samples, posed.priors)
    marginal = climber.marginal(climber.designs, Latent(needed(posed.layout, x).grid()), np.float64)
    return marginal.at(x).gradient[[0, 2]] * marginal.total
