"""The other packages, each called as its documentation says, with its own defaults.

Imports are inside: a rival that is not installed costs one row, and none is needed for ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.psychometrics.data import answers, bank, parameters, plain
from psychometrics.items import ItemTable, Model

Work = Callable[[], Any]
# Persons whose answers give a rival the parameters it then scores everybody with.
_CALIBRATED = 2_000


def theta_fit(model: Model, persons: int, items: int) -> Callable[[], Work]:
    """theta-irt: EM on 61 Gauss-Hermite points, compiled by JAX."""

    def build() -> Work:
        import theta

        data = answers(model, persons, items)
        return lambda: theta.fit(data, model.value)

    return build


def mirt_fit(model: Model, persons: int, items: int, categories: int = 2) -> Callable[[], Work]:
    """mirt (the Python package): EM on 21 Gauss-Hermite points, compiled from Rust."""

    def build() -> Work:
        import mirt

        data = plain(model, persons, items, categories)
        more: dict[str, Any] = {} if categories == 2 else {"n_categories": categories}
        return lambda: mirt.fit_mirt(data, model.value, compute_standard_errors=False, **more)

    return build


def girth_fit(model: Model, persons: int, items: int) -> Callable[[], Work]:
    """girth: EM with its own quadrature, in NumPy and Numba-free Python."""

    def build() -> Work:
        import girth

        data = np.ascontiguousarray(plain(model, persons, items).T)
        routine = {Model.TWO_PL: "twopl_mml", Model.GRM: "grm_mml", Model.GPCM: "gpcm_mml"}[model]
        return lambda: getattr(girth, routine)(data)

    return build


def estimates(rival: str, result: Any) -> ItemTable:
    """A rival's 2PL or 3PL estimates as an item table."""
    if rival == "girth":
        return ItemTable.from_arrays(Model.TWO_PL, a=result["Discrimination"], b=result["Difficulty"])
    found = result.model.parameters if rival == "mirt" else None
    a, b = (found["discrimination"], found["difficulty"]) if found else (result.a, result.b)
    c = found.get("guessing") if found else result.c
    guesses = c is not None and bool(np.any(np.asarray(c) > 0))
    return ItemTable.from_arrays(
        Model.THREE_PL if guesses else Model.TWO_PL,
        a=np.ravel(a),
        b=np.ravel(b),
        c=np.ravel(c) if guesses else None,
    )


def theta_score(persons: int, items: int, method: str) -> Callable[[], Work]:
    """theta-irt's scores, with parameters it estimated from the first persons."""

    def build() -> Work:
        import theta

        data = answers(Model.TWO_PL, persons, items)
        fitted = theta.fit(data[:_CALIBRATED], "2PL")
        return lambda: fitted.score(data, method=method)

    return build


def mirt_score(persons: int, items: int, method: str) -> Callable[[], Work]:
    """mirt's scores, with parameters it estimated from the first persons."""

    def build() -> Work:
        import mirt

        data = plain(Model.TWO_PL, persons, items)
        fitted = mirt.fit_mirt(data[:_CALIBRATED], "2PL", compute_standard_errors=False)
        return lambda: mirt.fscores(fitted, data, method=method)

    return build


def girth_score(persons: int, items: int, routine: str) -> Callable[[], Work]:
    """girth's scores with the true parameters."""

    def build() -> Work:
        import girth

        table = bank(Model.TWO_PL, items)
        data = np.ascontiguousarray(plain(Model.TWO_PL, persons, items).T)
        a, b = np.array(table.a), np.array(table.steps[:, 0])
        return lambda: getattr(girth, routine)(data, b, a)

    return build


def catsim_next(items: int) -> Callable[[], Work]:
    """catsim's item of most information, 20 given already."""

    def build() -> Work:
        from catsim.item_bank import ItemBank
        from catsim.selection import MaxInfoSelector

        pool, given = ItemBank(parameters(bank(Model.THREE_PL, items))), list(range(0, 2000, 100))
        selector = MaxInfoSelector()
        return lambda: selector.select(item_bank=pool, administered_items=given, est_theta=0.3)

    return build


def catpie_next(items: int) -> Callable[[], Work]:
    """catpie's item of most information, 20 given already."""

    def build() -> Work:
        import catpie

        pool = [tuple(row) for row in parameters(bank(Model.THREE_PL, items)).tolist()]
        given = list(range(0, 2000, 100))
        return lambda: catpie.nextItem(pool, theta=0.3, out=given, criterion="MFI")

    return build


def catsim_simulate(examinees: int, items: int, length: int) -> Callable[[], Work]:
    """catsim's simulator: most information, its own estimator, a fixed length."""

    def build() -> Work:
        from catsim.estimation import NumericalSearchEstimator
        from catsim.initialization import FixedPointInitializer
        from catsim.selection import MaxInfoSelector
        from catsim.simulation import Simulator
        from catsim.stopping import TestLengthStopper

        pool = parameters(bank(Model.TWO_PL, items))
        abilities = np.random.default_rng(5).normal(size=examinees)

        def work() -> Any:
            simulator = Simulator(pool, abilities, seed=1)
            start, stop = FixedPointInitializer(0.0), TestLengthStopper(max_items=length)
            simulator.simulate(start, MaxInfoSelector(), NumericalSearchEstimator(), stop)
            return simulator

        return work

    return build
