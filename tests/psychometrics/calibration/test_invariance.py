"""What must not matter does not: order, repetition, names of groups, what nobody was asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.arrays import Codes
from psychometrics.calibration import Calibration, CalibrationWarning, EmptyCategory, Normal, Priors, calibrate
from psychometrics.items import ItemTable, Model
from psychometrics.responses import Missing, MissingPolicy, Treatment
from tests.psychometrics.calibration.data import answers, pool
from tests.psychometrics.strategies import IGNORE, LOWEST

# Of so few persons some items separate; what is then said of them is tested elsewhere.
pytestmark = pytest.mark.filterwarnings("ignore::psychometrics.calibration.CalibrationWarning")

MODELS = (Model.RASCH, Model.TWO_PL, Model.GRM, Model.GPCM, Model.PCM, Model.NOMINAL)


def sample(model: Model, seed: int, persons: int = 300, items: int = 6) -> Codes:
    """Answers to a few items, every category chosen by somebody."""
    rng = np.random.default_rng(seed)
    categories = 2 if model in (Model.RASCH, Model.TWO_PL) else 3
    responses = answers(pool(items, model, rng, categories), persons, rng)
    for category in range(categories):
        responses[category, :] = category
    return responses


def same(one: Calibration, other: Calibration, order: list[int] | None = None) -> None:
    """Likelihood and parameters agree."""
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)
    places = list(range(len(one.table))) if order is None else order
    for ours, place in zip(one.table.items, places, strict=True):
        theirs = other.table.items[place]
        found = [ours.a, *ours.steps, *ours.slopes, *ours.intercepts]
        np.testing.assert_allclose(found, [theirs.a, *theirs.steps, *theirs.slopes, *theirs.intercepts], atol=2e-4)


def tight(responses: object, model: Model, **arguments: object) -> Calibration:
    """Converged so far that only what matters can differ."""
    return calibrate(responses, model, IGNORE, tolerance=1e-12, **arguments)  # type: ignore[arg-type]


@settings(max_examples=12)
@given(st.sampled_from(MODELS), st.integers(0, 10**6))
def test_the_order_of_items_and_persons_changes_nothing(model: Model, seed: int) -> None:
    responses = sample(model, seed)
    rng = np.random.default_rng(seed)
    items, persons = rng.permutation(6), rng.permutation(len(responses))
    whole, turned = tight(responses, model), tight(responses[persons][:, items], model)
    assert turned.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-7)
    if whole.converged:
        same(turned, whole, items.tolist())


@settings(max_examples=8)
@given(st.sampled_from(MODELS), st.integers(0, 10**6))
def test_a_weight_is_a_repetition(model: Model, seed: int) -> None:
    responses = sample(model, seed, persons=150)
    weights = np.random.default_rng(seed).integers(0, 4, len(responses))
    weights[:3] = 1
    repeated = np.repeat(responses, weights, axis=0)
    weighted, written_out = tight(responses, model, weights=weights), tight(repeated, model)
    assert weighted.log_likelihood == pytest.approx(written_out.log_likelihood, abs=1e-6)
    if weighted.converged:
        same(weighted, written_out)


@settings(max_examples=8)
@given(st.sampled_from(MODELS), st.integers(0, 10**6))
def test_an_answer_that_is_missing_is_an_item_that_was_not_there(model: Model, seed: int) -> None:
    # Two halves that took different items, as one group and as two that nothing but the scale links.
    responses = sample(model, seed, items=8).astype(np.int64)
    responses[3:150, 4:] = Missing.NOT_PRESENTED
    found = tight(responses, model)
    policy = MissingPolicy(Treatment.LOWEST, Treatment.LOWEST, Treatment.MISSING)
    if found.converged:
        same(calibrate(responses, model, policy, tolerance=1e-12), found)


def test_the_policy_decides_what_an_omission_is() -> None:
    responses = sample(Model.TWO_PL, 5).astype(np.int64)
    gaps = np.random.default_rng(1).random(responses.shape) < 0.1
    omitted = np.where(gaps, Missing.OMITTED, responses)
    same(calibrate(omitted, Model.TWO_PL, LOWEST), calibrate(np.where(gaps, 0, responses), Model.TWO_PL, LOWEST))
    ignored = calibrate(omitted, Model.TWO_PL, IGNORE)
    assert ignored.log_likelihood > calibrate(omitted, Model.TWO_PL, LOWEST).log_likelihood


def test_somebody_without_any_answer_says_nothing() -> None:
    responses = sample(Model.TWO_PL, 6).astype(np.int64)
    silent = np.vstack((responses, np.full((20, 6), Missing.NOT_REACHED)))
    found, without = tight(silent, Model.TWO_PL), tight(responses, Model.TWO_PL)
    same(found, without)
    assert found.persons == without.persons == len(responses)


@pytest.mark.parametrize("model", [Model.TWO_PL, Model.GPCM, Model.GRM])
def test_exchanging_right_and_wrong_turns_the_slopes(model: Model) -> None:
    responses = sample(model, 8)
    found, turned = tight(responses, model), tight(responses.max(axis=0) - responses, model)
    assert turned.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-6)
    # Ability is then turned as well: all slopes stay, all steps change sign.
    np.testing.assert_allclose(turned.table.a, found.table.a, atol=1e-4)
    np.testing.assert_allclose(turned.table.steps, -found.table.steps[:, ::-1], atol=1e-3)


def test_a_category_that_nobody_chose_can_be_taken_out() -> None:
    responses = sample(Model.GPCM, 9)
    wide = np.where(responses == 2, 3, responses)
    with pytest.warns(CalibrationWarning, match="taken out"):
        found = calibrate(wide, Model.GPCM, IGNORE, empty=EmptyCategory.COLLAPSE)
    same(found, calibrate(responses, Model.GPCM, IGNORE))
    assert [note.code for note in found.warnings] == ["collapsed"] * 6


def test_priors_by_name_are_priors_for_those_items() -> None:
    responses = sample(Model.TWO_PL, 10)
    strong = Priors(a=Normal(1.0, 0.01))
    found = calibrate(responses, Model.TWO_PL, IGNORE, priors={"item-1": strong, "item-3": strong})
    free = calibrate(responses, Model.TWO_PL, IGNORE)
    np.testing.assert_allclose(found.table.a[[0, 2]], 1.0, atol=0.02)
    assert np.abs(free.table.a[[0, 2]] - 1.0).max() > 0.05
    everywhere = {name: Priors(b=Normal(0, 1)) for name in found.table.names}
    same(
        calibrate(responses, Model.TWO_PL, IGNORE, priors=everywhere),
        calibrate(responses, Model.TWO_PL, IGNORE, priors=Priors(b=Normal(0, 1))),
    )


def test_which_group_is_the_reference_only_moves_the_scale() -> None:
    rng = np.random.default_rng(12)
    table = pool(10, Model.TWO_PL, rng)
    responses = np.vstack((answers(table, 400, rng), answers(table, 400, rng, mean=0.6, sd=1.3)))
    groups = ["first"] * 400 + ["second"] * 400
    one = tight(responses, Model.TWO_PL, groups=groups)
    other = tight(responses, Model.TWO_PL, groups=groups, reference="second")
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-7)
    focal = one.populations["second"]
    np.testing.assert_allclose(other.table.a, one.table.a * focal.sd, atol=1e-4)
    np.testing.assert_allclose(other.table.steps, (one.table.steps - focal.mean) / focal.sd, atol=1e-4)
    assert list(other.populations) == ["second", "first"]


def test_all_anchors_leave_only_the_population() -> None:
    rng = np.random.default_rng(13)
    table = pool(15, Model.GRM, rng, 3)
    responses = answers(table, 2000, rng, mean=0.5, sd=1.2)
    found = calibrate(responses, Model.GRM, IGNORE, names=table.names, fixed=table, standard_errors=True)
    assert found.table.to_dicts() == table.to_dicts()
    assert [one.field for one in found.parameters] == ["mean", "sd"]
    assert np.abs((found.estimates - [0.5, 1.2]) / found.standard_errors).max() < 3.0


def test_an_anchored_form_gives_back_the_scale_of_its_anchors() -> None:
    rng = np.random.default_rng(14)
    table = pool(20, Model.TWO_PL, rng)
    responses = answers(table, 4000, rng, mean=-0.4, sd=0.8)
    anchors = ItemTable(table.items[:8])
    found = calibrate(responses, Model.TWO_PL, IGNORE, names=table.names, fixed=anchors, standard_errors=True)
    truth = np.array([*np.stack((table.a[8:], table.steps[8:, 0]), axis=1).ravel(), -0.4, 0.8])
    assert np.abs((found.estimates - truth) / found.standard_errors).max() < 4.0
