"""Simulated responses follow the curves and replay from their seed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities
from psychometrics.responses import check_responses
from psychometrics.simulate import simulate_responses
from tests.psychometrics.strategies import tables


@given(tables(), st.integers(0, 2**32))
def test_a_seed_replays_and_every_response_fits_its_item(table: ItemTable, seed: int) -> None:
    theta = np.linspace(-4, 4, 9)
    first = simulate_responses(table, theta, np.random.default_rng(seed))
    assert (first == simulate_responses(table, theta, np.random.default_rng(seed))).all()
    assert check_responses(table, first).min() >= 0


def test_frequencies_are_the_probabilities() -> None:
    table = ItemTable.from_dicts(
        [
            {"item": "p", "model": "3PL", "a": 1.1, "b": 0.2, "c": 0.25},
            {"item": "q", "model": "GPCM", "a": 0.8, "steps": [0.5, -0.5, 1.0]},
            {"item": "r", "model": "GRM", "a": 1.5, "steps": [-1.0, 0.4]},
        ]
    )
    persons = 40_000
    drawn = simulate_responses(table, np.full(persons, 0.3), np.random.default_rng(6))
    expected = category_probabilities(table, 0.3)[0]
    for item in range(len(table)):
        found = np.bincount(drawn[:, item], minlength=expected.shape[1]) / persons
        # Four standard errors of a frequency of one half.
        np.testing.assert_allclose(found, expected[item], atol=4 * 0.5 / persons**0.5)
