"""Scoring: a national test in a third of a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.psychometrics import rivals
from benchmarks.psychometrics.data import answers, bank
from benchmarks.psychometrics.measure import Job
from psychometrics.items import Model
from psychometrics.maximum import ml_scores, wle_scores
from psychometrics.multidimensional import MultidimensionalItems, MultivariatePopulation, multidimensional_eap
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy
from psychometrics.scoring import eap_scores

_POLICY = MissingPolicy.ignore_all()


def jobs() -> list[Job]:
    """EAP of a million and of a hundred thousand; ML and WLE, with and without guessing."""
    return [
        Job(
            "EAP 2PL 1,000,000 x 110",
            _ours(Model.TWO_PL, 1_000_000, 110, "EAP"),
            0.35,
            {"theta-irt": rivals.theta_score(1_000_000, 110, "EAP"), "mirt": rivals.mirt_score(1_000_000, 110, "EAP")},
        ),
        Job(
            "EAP 2PL 100,000 x 100",
            _ours(Model.TWO_PL, 100_000, 100, "EAP"),
            0.05,
            {
                "theta-irt": rivals.theta_score(100_000, 100, "EAP"),
                "mirt": rivals.mirt_score(100_000, 100, "EAP"),
                "girth": rivals.girth_score(100_000, 100, "ability_eap"),
            },
        ),
        *(
            Job(
                f"{method} 2PL 100,000 x 100",
                _ours(Model.TWO_PL, 100_000, 100, method),
                0.3,
                {"mirt": rivals.mirt_score(100_000, 100, method)}
                | ({"theta-irt": rivals.theta_score(100_000, 100, "ML")} if method == "ML" else {}),
            )
            for method in ("ML", "WLE")
        ),
        *(
            Job(f"{method} 3PL 100,000 x 100", _ours(Model.THREE_PL, 100_000, 100, method), goal)
            for method, goal in (("EAP", None), ("ML", 0.3), ("WLE", 0.3))
        ),
        Job("multidimensional EAP, 4 correlated domains x 25 items, 100,000", _domains, 5.0),
    ]


def _domains() -> Callable[[], Any]:
    """Four domains that go together as the parts of a competency test do."""
    rng = np.random.default_rng(21)
    population = MultivariatePopulation.standard(np.full((4, 4), 0.5) + 0.5 * np.eye(4))
    table = bank(Model.TWO_PL, 100)
    domain = np.repeat(np.arange(4), 25)
    theta = rng.multivariate_normal(population.mean, population.covariance, 100_000)
    chances = 1.0 / (1.0 + np.exp(-table.a * (theta[:, domain] - table.steps[:, 0])))
    data = (rng.random(chances.shape) < chances).astype(np.int8)
    items = MultidimensionalItems.simple_structure(table, domain.tolist())
    return lambda: multidimensional_eap(items, data, _POLICY, population)


def _ours(model: Model, persons: int, items: int, method: str) -> Callable[[], Callable[[], Any]]:
    def build() -> Callable[[], Any]:
        table, data = bank(model, items), answers(model, persons, items)
        if method == "EAP":
            return lambda: eap_scores(table, data, _POLICY, Population())
        score = ml_scores if method == "ML" else wle_scores
        return lambda: score(table, data, _POLICY)

    return build
