"""Matching on items that show no DIF themselves, found by repeating the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from psychometrics.arrays import Booleans
from psychometrics.errors import DataError, RuleError
from psychometrics.fairness.strata import Matching

_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class Purified(Generic[_Result]):
    """``result``: the last round's. ``flagged``: rounds x items, the first without purification.

    ``converged``: the last two rounds flagged the same items. If not, the flags went round in a
    circle or the bound was met, and the anchors are not settled.
    """

    result: _Result
    flagged: Booleans
    converged: bool


def purify(
    test: Callable[[Matching], _Result], flags: Callable[[_Result], Booleans], *, rounds: int = 10
) -> Purified[_Result]:
    """Test all items, then again matching on the items not flagged, until the flags stay the same.

    ``test`` takes the `Matching` to use; ``flags`` says of its result which items are flagged.
    At most ``rounds`` repetitions (10, as in difR); a studied item counts in its own score even if
    flagged (Holland & Thayer 1988; Clauser, Mazor & Hambleton 1993). Raises `DataError` if every
    item is flagged: then nothing is left to match on.

    >>> from psychometrics.fairness import mantel_haenszel
    >>> from psychometrics.responses import MissingPolicy
    >>> rng = np.random.default_rng(1)
    >>> responses = (rng.random((400, 8)) < 0.6).astype(int)
    >>> responses[200:, 0] = 0
    >>> groups = ["r"] * 200 + ["f"] * 200
    >>> found = purify(
    ...     lambda matching: mantel_haenszel(responses, MissingPolicy.ignore_all(), groups, "f", matching=matching),
    ...     lambda result: result.p_value < 0.01,
    ... )
    >>> np.flatnonzero(found.flagged[-1]).tolist(), found.converged
    ([0], True)
    """
    if rounds < 1:
        raise RuleError(field="rounds", value=rounds)
    result = test(Matching())
    history = [np.asarray(flags(result), dtype=np.bool_)]
    converged = not history[0].any()
    while not converged and len(history) <= rounds:
        anchors = np.flatnonzero(~history[-1])
        if anchors.size == 0:
            raise DataError(field="responses", flagged=history[-1].size, rounds=len(history))
        result = test(Matching(anchors.tolist()))
        history.append(np.asarray(flags(result), dtype=np.bool_))
        converged = bool((history[-1] == history[-2]).all())
    return Purified(result, np.array(history), converged)
