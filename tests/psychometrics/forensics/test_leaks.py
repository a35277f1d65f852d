"""Items known beforehand, items that have leaked, runs within a test: found when there, seldom when not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from psychometrics.errors import ItemParameterError, ResponseError, RuleError
from psychometrics.forensics.item_monitor import Alarm, ItemCusum, MovingWindow
from psychometrics.forensics.person_monitor import person_cusum
from psychometrics.forensics.preknowledge import preknowledge
from psychometrics.items import ItemTable, Model
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import IGNORE

RNG = np.random.default_rng(11)
TABLE = ItemTable.from_arrays(Model.TWO_PL, a=RNG.lognormal(0.2, 0.2, 50), b=RNG.normal(0, 1, 50))
SUSPECTED = TABLE.names[:15]


def test_the_honest_are_accused_as_seldom_as_promised() -> None:
    rng = np.random.default_rng(1)
    responses = simulate_responses(TABLE, np.clip(rng.normal(size=3000), -1.5, 1.5), rng)
    found = preknowledge(TABLE, responses, IGNORE, SUSPECTED)
    assert 0.03 < float((found.likelihood_ratio_p < 0.05).mean()) < 0.07
    assert abs(float(np.nanmean(found.likelihood_ratio))) < 0.1
    # The three tests ask the same question.
    assert np.corrcoef(found.likelihood_ratio, found.score)[0, 1] > 0.98
    assert np.corrcoef(found.likelihood_ratio, found.wald)[0, 1] > 0.95


def test_those_who_knew_the_items_are_found() -> None:
    rng = np.random.default_rng(2)
    responses = simulate_responses(TABLE, np.full(200, -0.8), rng)
    responses[:60, :15] = np.where(rng.random((60, 15)) < 0.9, 1, responses[:60, :15])
    found = preknowledge(TABLE, responses, IGNORE, SUSPECTED)
    assert float((found.likelihood_ratio_p[:60] < 0.001).mean()) > 0.85
    assert (found.suspected[:60] > found.rest[:60]).mean() > 0.95


def test_the_likelihood_ratio_is_what_it_is_called() -> None:
    rng = np.random.default_rng(3)
    responses = simulate_responses(TABLE, [0.3], rng)
    grid = np.linspace(-4, 4, 4001)
    p = 1 / (1 + np.exp(-TABLE.a * (grid[:, None] - TABLE.steps[:, 0])))
    heights = np.where(responses[0] == 1, np.log(p), np.log1p(-p))
    inside, outside = heights[:, :15].sum(axis=1), heights[:, 15:].sum(axis=1)
    gain = inside.max() + outside.max() - (inside + outside).max()
    expected = np.sign(grid[inside.argmax()] - grid[outside.argmax()]) * math.sqrt(2 * gain)
    assert preknowledge(TABLE, responses, IGNORE, SUSPECTED).likelihood_ratio[0] == pytest.approx(expected, abs=1e-3)


def test_suspicions_that_make_no_sense_are_refused() -> None:
    responses = np.zeros((1, 50), dtype=np.int8)
    with pytest.raises(ItemParameterError, match="nowhere"):
        preknowledge(TABLE, responses, IGNORE, ["nowhere"])
    for items in ((), TABLE.names):
        with pytest.raises(RuleError):
            preknowledge(TABLE, responses, IGNORE, items)
    blank = responses.copy()
    blank[0, :15] = -3
    found = preknowledge(TABLE, blank, IGNORE, SUSPECTED)
    assert math.isnan(found.likelihood_ratio[0]) and found.likelihood_ratio_p[0] == 1.0


def test_a_leak_is_heard_soon_and_silence_is_kept_long() -> None:
    rng = np.random.default_rng(4)
    chances = rng.uniform(0.3, 0.8, 6000)
    start = ItemCusum.with_run_length(20_000)
    assert start.update(rng.random(2000) < chances[:2000], chances[:2000]).alarm is Alarm.NONE
    easier = np.minimum(chances + 0.2, 0.98)
    state = start
    for right, chance in zip(rng.random(2000) < easier[:2000], chances[:2000], strict=True):
        state = state.update([right], [chance])
        if state.alarm is not Alarm.NONE:
            break
    assert state.alarm is Alarm.EASIER
    assert state.answers < 250
    assert start.update(rng.random(2000) < chances[:2000] - 0.25, chances[:2000]).alarm is Alarm.HARDER


def test_false_alarms_come_about_as_rarely_as_asked_for() -> None:
    rng = np.random.default_rng(5)
    start, lengths = ItemCusum.with_run_length(400), []
    for _ in range(200):
        state = start
        while state.alarm is Alarm.NONE and state.answers < 5000:
            state = state.update(rng.random(50) < 0.5, np.full(50, 0.5))
        lengths.append(state.answers)
    # Two sides alarm twice as often as one.
    assert 120 < np.mean(lengths) < 330


def test_answers_one_by_one_or_together_are_the_same() -> None:
    rng = np.random.default_rng(6)
    right, chances = (rng.random(120) < 0.6).astype(float), rng.uniform(0.2, 0.9, 120)
    for start in (ItemCusum(5.0), MovingWindow(30)):
        once, slowly = start.update(right, chances), start
        for x, p in zip(right, chances, strict=True):
            slowly = slowly.update([x], [p])
        assert once == slowly


def test_the_window_alarms_when_it_is_full_of_surprises() -> None:
    state = MovingWindow(size=20, limit=3.0)
    assert math.isnan(state.z)
    short = state.update([1] * 19, [0.3] * 19)
    assert short.alarm is Alarm.NONE
    full = short.update([1], [0.3])
    assert full.alarm is Alarm.EASIER
    assert full.z == pytest.approx(20 * 0.7 / math.sqrt(20 * 0.21))
    assert full.update([0] * 40, [0.3] * 40).alarm is Alarm.EASIER


@pytest.mark.parametrize(("right", "expected"), [([1], [1.0]), ([2], [0.5]), ([1, 0], [0.5]), ([math.nan], [0.5])])
def test_answers_a_monitor_cannot_take_are_refused(right: list[float], expected: list[float]) -> None:
    for monitor in (ItemCusum(5.0), MovingWindow()):
        with pytest.raises(RuleError):
            monitor.update(right, expected)
    with pytest.raises(RuleError):
        ItemCusum(0.0)
    with pytest.raises(RuleError):
        ItemCusum.with_run_length(1.0)
    with pytest.raises(RuleError):
        MovingWindow(size=1)


def test_runs_within_a_test_are_found_in_the_order_given() -> None:
    rng = np.random.default_rng(7)
    theta = np.zeros(300)
    responses = simulate_responses(TABLE, theta, rng)
    honest = person_cusum(TABLE, responses, IGNORE, theta, rng)
    assert 0.02 < float((honest.upper_p < 0.05).mean()) < 0.1
    assert 0.02 < float((honest.lower_p < 0.05).mean()) < 0.1
    tired = responses.copy()
    tired[:40, 30:] = rng.random((40, 20)) < 0.1
    assert float((person_cusum(TABLE, tired, IGNORE, theta, rng).lower_p[:40] < 0.05).mean()) > 0.9
    helped = responses.copy()
    helped[:40, 20:35] = 1
    found = person_cusum(TABLE, helped, IGNORE, theta, rng)
    assert float((found.upper_p[:40] < 0.05).mean()) > 0.8
    mixed = np.array([rng.permutation(50) for _ in range(300)])
    assert found.upper[:40].mean() > person_cusum(TABLE, helped, IGNORE, theta, rng, order=mixed).upper[:40].mean()


def test_orders_and_draws_must_make_sense() -> None:
    responses = np.zeros((2, 50), dtype=np.int8)
    rng = np.random.default_rng(8)
    with pytest.raises(ResponseError):
        person_cusum(TABLE, responses, IGNORE, [0.0, 0.0], rng, order=np.zeros((2, 50), dtype=int))
    with pytest.raises(RuleError):
        person_cusum(TABLE, responses, IGNORE, [0.0, 0.0], rng, draws=5)
    nothing = person_cusum(TABLE, np.full((1, 50), -3), IGNORE, [0.0], rng)
    assert nothing.upper[0] == 0.0 and nothing.upper_p[0] == 1.0
