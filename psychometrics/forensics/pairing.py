"""What pairs of persons are compared on: checked abilities, answers, and pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Booleans, Codes, Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable
from psychometrics.responses import MissingPolicy, check_responses, resolve_missing


@dataclass(frozen=True, eq=False)
class Answers:
    """Who chose what. A blank is never an answer two persons share.

    ``chosen``: persons x items, negative for every blank. ``counted``: the items that take part;
    a blank that the policy counts as the lowest category takes part, but matches nothing.
    """

    chosen: Codes
    counted: Booleans

    @classmethod
    def read(cls, table: ItemTable, responses: ArrayLike, policy: MissingPolicy) -> Answers:
        """Check the responses; raises `ResponseError`."""
        return cls(check_responses(table, responses), resolve_missing(table, responses, policy) >= 0)

    @property
    def complete(self) -> Booleans:
        """The persons of whom every item takes part."""
        everyone: Booleans = np.asarray(self.counted.all(axis=1))
        return everyone


def check_abilities(theta: ArrayLike, persons: int) -> Floats:
    """One finite ability a person; raises `RuleError`."""
    abilities = np.asarray(theta, dtype=np.float64)
    if abilities.shape != (persons,):
        raise RuleError(field="theta", shape=abilities.shape, persons=persons)
    if not np.isfinite(abilities).all():
        raise RuleError(field="theta", person=int(np.flatnonzero(~np.isfinite(abilities))[0]))
    return abilities


def check_pairs(pairs: ArrayLike, persons: int) -> Integers:
    """Pairs x 2 numbers of two different persons; raises `RuleError`."""
    matrix = np.asarray(pairs)
    if matrix.ndim != 2 or matrix.shape[1] != 2 or matrix.dtype.kind not in "iu":
        raise RuleError(field="pairs", shape=matrix.shape, dtype=str(matrix.dtype))
    bad = (matrix < 0).any(axis=1) | (matrix >= persons).any(axis=1) | (matrix[:, 0] == matrix[:, 1])
    if bad.any():
        raise RuleError(field="pairs", pair=matrix[np.flatnonzero(bad)[0]].tolist(), persons=persons)
    return matrix.astype(np.int64, copy=False)


def every_pair(persons: int) -> Integers:
    """All pairs of persons, the lower number first, in the order 0-1, 0-2, ..., 1-2, ...

    >>> every_pair(3).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    return np.stack(np.triu_indices(persons, 1), axis=1).astype(np.int64, copy=False)


def standardised(observed: Floats | Integers, expected: Floats, variance: Floats) -> Floats:
    """(observed - expected) / sd; 0 where nothing varies, since then nothing can be unusual."""
    sd = np.sqrt(np.maximum(variance, 0.0))
    return np.divide(observed - expected, sd, out=np.zeros_like(sd), where=sd > 0.0)
