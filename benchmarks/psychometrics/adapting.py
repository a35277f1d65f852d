"""Adaptive tests: the next item while the examinee waits, and a thousand tests at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import numpy as np

from benchmarks.psychometrics import rivals
from benchmarks.psychometrics.data import bank
from benchmarks.psychometrics.measure import Job
from psychometrics.adaptive.bank import ItemBank
from psychometrics.adaptive.content import TargetShares
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.exposure import SympsonHetter
from psychometrics.adaptive.information import ClosedForm, InformationBuffers
from psychometrics.adaptive.rules import SelectionRule
from psychometrics.adaptive.session import AdaptiveSession
from psychometrics.adaptive.simulation import simulate_adaptive
from psychometrics.adaptive.stopping import Stopping
from psychometrics.adaptive.table import SelectionTable
from psychometrics.items import Model
from psychometrics.responses import MissingPolicy

_ITEMS = 10_000
_CALLS = 2_000
_LENGTH = 40


def jobs() -> list[Job]:
    """p99 of the next item, and simulated tests of fixed length."""
    nexts: dict[str, Callable[[], Callable[[], Any]]] = {
        "catsim": rivals.catsim_next(_ITEMS),
        "catpie": rivals.catpie_next(_ITEMS),
    }
    return [
        Job("next of 10,000 items 3PL, from a table (p99)", _from_table, 10e-6, nexts, calls=_CALLS),
        Job("next of 10,000 items 3PL, exact at an ability (p99)", _exact, 200e-6, nexts, calls=_CALLS),
        Job(
            "next of 10,000 items 3PL, exact, with the answer taken and the ability anew (p99)",
            lambda: _session(AdaptiveDesign(ItemBank(_pool()), _policy(), Stopping(_LENGTH))),
            calls=_CALLS,
        ),
        Job("next of 10,000 items 3PL, with exposure and content (p99)", _constrained, 1e-3, calls=_CALLS),
        Job(
            "simulate 1,000 adaptive tests x 30 of 1,000 items 2PL",
            _simulation,
            0.1,
            {"catsim": rivals.catsim_simulate(1_000, 1_000, 30)},
            check=lambda report: f"RMSE {report.rmse:.3f}   ",
        ),
    ]


def _pool() -> Any:
    return bank(Model.THREE_PL, _ITEMS)


def _policy() -> MissingPolicy:
    return MissingPolicy.count_blanks()


def _from_table() -> Callable[[], Any]:
    table = SelectionTable.prepare(_pool())
    used = set(range(0, 2_000, 100))
    abilities = cycle(np.random.default_rng(3).normal(size=997).tolist())
    return lambda: table.next_item(next(abilities), used)


def _exact() -> Callable[[], Any]:
    """What the rivals are asked: the most informative item at an ability, 20 given already."""
    information, given = InformationBuffers(ClosedForm(_pool())), np.arange(0, 2_000, 100)
    abilities = cycle(np.random.default_rng(3).normal(size=(997, 1)))

    def work() -> int:
        found = information.at(next(abilities))[0]
        found[given] = -1.0
        return int(found.argmax())

    return work


def _constrained() -> Callable[[], Any]:
    rng = np.random.default_rng(4)
    classes = rng.choice(["TWK", "TIU", "TKP", "technical"], _ITEMS).tolist()
    shares = {"TWK": 0.2, "TIU": 0.3, "TKP": 0.2, "technical": 0.3}
    items = ItemBank(_pool(), content=tuple(classes))
    design = AdaptiveDesign(
        items,
        _policy(),
        Stopping(_LENGTH),
        exposure=SympsonHetter(rng.uniform(0.3, 1.0, _ITEMS)),
        content=TargetShares(shares),
    )
    return _session(design)


def _session(design: AdaptiveDesign) -> Callable[[], Any]:
    """One call is what an examinee waits for: the answer taken, the ability anew, the next item."""
    answers = cycle(np.random.default_rng(5).integers(0, 2, 997).tolist())

    def running() -> Iterator[AdaptiveSession]:
        seed = 0
        while True:
            seed += 1
            session = AdaptiveSession(design, seed)
            # The last answer ends a test and chooses nothing, so it is not given.
            for _ in range(_LENGTH - 1):
                yield session

    sessions = running()
    ready = [next(sessions) for _ in range(2 * _CALLS)]
    return lambda: ready.pop().administer(next(answers))


def _simulation() -> Callable[[], Any]:
    pool = bank(Model.TWO_PL, 1_000)
    rule: SelectionRule = SelectionTable.prepare(pool)
    design = AdaptiveDesign(ItemBank(pool), _policy(), Stopping(30), selection=rule)
    abilities = np.random.default_rng(5).normal(size=1_000)
    return lambda: simulate_adaptive(design, abilities, np.random.default_rng(1))
