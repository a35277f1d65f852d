"""Calibration: seconds, and whose estimates are likelier on the common rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.psychometrics import rivals
from benchmarks.psychometrics.common_rule import common_log_likelihood
from benchmarks.psychometrics.data import answers
from benchmarks.psychometrics.measure import Job
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.calibration import Calibration, Normal, Priors, calibrate
from psychometrics.items import Model
from psychometrics.responses import MissingPolicy

_POLICY = MissingPolicy.ignore_all()
# Cycles of EM and nodes below which no calibration of this size comes; for the time BLAS alone would take.
_CYCLES, _NODES = 6, 31


def jobs() -> list[Job]:
    """The sizes of the goals, from a national test to a small pilot."""
    dichotomous = [
        _two_pl(100_000, 100, 0.4, least_ratio=20.0),
        _with_errors(100_000, 100, 1.0),
        _two_pl(20_000, 100, 0.12),
        _two_pl(5_000, 50, 0.05),
        _two_pl(500, 20, 0.01),
        _three_pl(5_000, 40, 0.4),
    ]
    return dichotomous + [_polytomous(model, 5_000, 40, 0.5) for model in (Model.GRM, Model.GPCM)]


def _two_pl(persons: int, items: int, goal: float, least_ratio: float | None = None) -> Job:
    return Job(
        f"calibrate 2PL {persons:,} x {items}, with the log-likelihood in float64",
        _ours(Model.TWO_PL, persons, items),
        goal,
        {
            "theta-irt": rivals.theta_fit(Model.TWO_PL, persons, items),
            "mirt": rivals.mirt_fit(Model.TWO_PL, persons, items),
            "girth": rivals.girth_fit(Model.TWO_PL, persons, items),
        },
        limit=_products(persons, items),
        least_ratio=least_ratio,
        check=_reported(Model.TWO_PL, persons, items),
        compare=_likelihood(Model.TWO_PL, persons, items),
    )


def _with_errors(persons: int, items: int, goal: float) -> Job:
    return Job(
        f"calibrate 2PL {persons:,} x {items}, with standard errors",
        _ours(Model.TWO_PL, persons, items, standard_errors=True),
        goal,
    )


def _three_pl(persons: int, items: int, goal: float) -> Job:
    priors = Priors(c=Normal(-1.4, 0.5))
    return Job(
        f"calibrate 3PL with priors {persons:,} x {items}",
        _ours(Model.THREE_PL, persons, items, priors=priors),
        goal,
        # Both put priors of their own on the guessing, so their likelihood is no match for ours.
        {
            "theta-irt": rivals.theta_fit(Model.THREE_PL, persons, items),
            "mirt": rivals.mirt_fit(Model.THREE_PL, persons, items),
        },
        check=_reported(Model.THREE_PL, persons, items),
    )


def _polytomous(model: Model, persons: int, items: int, goal: float) -> Job:
    return Job(
        f"calibrate {model.value}, 5 categories, {persons:,} x {items}",
        _ours(model, persons, items, 5),
        goal,
        {"mirt": rivals.mirt_fit(model, persons, items, 5)},
        check=_reported(model, persons, items, 5),
    )


def _ours(
    model: Model, persons: int, items: int, categories: int = 2, **more: Any
) -> Callable[[], Callable[[], Calibration]]:
    def build() -> Callable[[], Calibration]:
        data = answers(model, persons, items, categories)
        return lambda: calibrate(data, model, _POLICY, **more)

    return build


def _reported(model: Model, persons: int, items: int, categories: int = 2) -> Callable[[Calibration], str]:
    """How far the log-likelihood reported is from the common rule's."""

    def check(found: Calibration) -> str:
        exact = common_log_likelihood(found.table, answers(model, persons, items, categories))
        off = abs(found.log_likelihood - exact)
        return f"reported log-likelihood off by {off:.1e} {'ok' if off <= 1e-3 else 'FAIL'}   "

    return check


def _likelihood(model: Model, persons: int, items: int) -> Callable[[str, Any], str]:
    """On the common rule: nobody's estimates may be likelier than ours by more than 0.001."""
    ours: list[float] = []

    def compare(who: str, result: Any) -> str:
        table = result.table if who == "ours" else rivals.estimates(who, result)
        value = common_log_likelihood(table, answers(model, persons, items))
        if who == "ours":
            ours[:] = [value]
            return f"common rule {value:,.4f}"
        verdict = "ok" if ours[0] >= value - 1e-3 else "FAIL"
        return f"common rule {value:,.4f}, ours higher by {ours[0] - value:,.4f} {verdict}"

    return compare


def _products(persons: int, items: int) -> Callable[[], Callable[[], Any]]:
    """The products no EM can do without, in float32 on all cores: two a cycle, and nothing else."""

    def build() -> Callable[[], Any]:
        data = answers(Model.TWO_PL, persons, items).astype(np.float32)
        slopes = np.ones((items, _NODES), dtype=np.float32)

        def block(rows: slice) -> Any:
            return data[rows].T @ (data[rows] @ slopes)

        return lambda: [map_blocks(block, blocks_of(persons)) for _ in range(_CYCLES)]

    return build
