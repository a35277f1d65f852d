"""Assembly: one form, four parallel forms, a step of a shadow test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from benchmarks.psychometrics.data import bank
from benchmarks.psychometrics.measure import Job
from psychometrics.assembly.blueprint import Blueprint, Count, Sum
from psychometrics.assembly.forms import assemble
from psychometrics.assembly.goals import MaximinInformation, MaximumInformation
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.shadow import Shadow, ShadowTest
from psychometrics.items import Model

_LENGTH = 40
_DOMAINS = ("TWK", "TIU", "TKP", "technical")


def jobs() -> list[Job]:
    """The goals are for a gap of 1 % to the proven bound."""
    return [
        Job("assemble 40 of 1,000, most information at three points", _one_form, 0.5, check=_gap),
        Job("assemble 40 of 1,000, highest of a flat target", _flat, check=_gap),
        Job("assemble four parallel forms of 40 of 1,000", _four_forms, 4.0, check=_gap),
        Job("assemble the next shadow test, 40 of 1,000 (median of 400 steps)", _shadow, 0.01, steps=400),
    ]


@cache
def pool() -> ItemPool:
    """1,000 items of four domains with topics, words and enemies."""
    rng = np.random.default_rng(11)
    items = 1_000
    names = bank(Model.THREE_PL, items).names
    return ItemPool(
        bank(Model.THREE_PL, items),
        categories={
            "domain": rng.choice(_DOMAINS, items).tolist(),
            "topic": rng.choice([f"topic-{i}" for i in range(12)], items).tolist(),
            "key": rng.choice(list("ABCDE"), items).tolist(),
        },
        attributes={"words": rng.integers(20, 120, items).astype(float)},
        enemies=[rng.choice(names, 3, replace=False).tolist() for _ in range(30)],
    )


def blueprint() -> Blueprint:
    """Domains, topics, keys and reading load, as of a real form."""
    return Blueprint(
        _LENGTH,
        (
            *(Count({"domain": domain}, 8, 12) for domain in _DOMAINS),
            *(Count({"topic": f"topic-{i}"}, 2, 5) for i in range(12)),
            *(Count({"key": key}, 6, 10) for key in "ABCDE"),
            Sum("words", 2_400, 2_900),
        ),
    )


def _one_form() -> Callable[[], Any]:
    return lambda: assemble(pool(), blueprint(), MaximumInformation([-1.0, 0.0, 1.0]))


def _flat() -> Callable[[], Any]:
    return lambda: assemble(pool(), blueprint(), MaximinInformation([-1.0, 0.0, 1.0]))


def _four_forms() -> Callable[[], Any]:
    return lambda: assemble(pool(), blueprint(), MaximinInformation([-1.0, 0.0, 1.0]), forms=4)


def _shadow() -> Callable[[], Any]:
    """One call is one step of a test: the whole form anew at a changed ability."""
    test, rng = ShadowTest(pool(), blueprint()), np.random.default_rng(12)

    def steps() -> Iterator[Shadow]:
        while True:
            theta, given = float(rng.normal()), list[int]()
            previous: Shadow | None = None
            while len(given) < _LENGTH:
                previous = test.shadow(theta, given, previous=previous)
                given.append(previous.next_item)
                theta += float(rng.normal(0.0, 0.6 / len(given)))
                yield previous

    running = steps()
    return lambda: next(running)


def _gap(found: Any) -> str:
    return f"gap {100 * found.gap:.2f} % {'ok' if found.gap <= 0.0101 else 'FAIL'}   "
