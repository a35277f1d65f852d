"""Responses as numbers: categories from 0 up, and three kinds of missing that are never one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes
from psychometrics.errors import ResponseError
from psychometrics.items import ItemTable


class Missing(IntEnum):
    """Why there is no category. The numbers are stored, so they never change."""

    OMITTED = -1
    NOT_REACHED = -2
    NOT_PRESENTED = -3


class Treatment(Enum):
    """What a missing response counts as."""

    MISSING = "missing"
    LOWEST = "lowest"


@dataclass(frozen=True)
class MissingPolicy:
    """What each kind of missing counts as. No default: the exam's rules decide, in writing."""

    omitted: Treatment
    not_reached: Treatment
    not_presented: Treatment

    @classmethod
    def ignore_all(cls) -> MissingPolicy:
        """Every missing response is left out, whatever the reason."""
        return cls(Treatment.MISSING, Treatment.MISSING, Treatment.MISSING)

    @classmethod
    def count_blanks(cls) -> MissingPolicy:
        """Omitted and not reached count as the lowest category; not presented is left out."""
        return cls(Treatment.LOWEST, Treatment.LOWEST, Treatment.MISSING)

    def treatment(self, code: Missing) -> Treatment:
        """The treatment of one code."""
        return {
            Missing.OMITTED: self.omitted,
            Missing.NOT_REACHED: self.not_reached,
            Missing.NOT_PRESENTED: self.not_presented,
        }[code]


def check_responses(table: ItemTable, responses: ArrayLike) -> Codes:
    """The persons x items matrix as int8, if every entry is a category of its item or a code.

    Raises `ResponseError` otherwise; for a bad entry it names the first person and item.
    """
    matrix = np.asarray(responses)
    if matrix.ndim != 2 or matrix.shape[1] != len(table):
        raise ResponseError(field="responses", shape=matrix.shape, items=len(table))
    if matrix.dtype.kind not in "iu":
        raise ResponseError(field="responses", dtype=str(matrix.dtype))
    bad = (matrix < min(Missing)) | (matrix >= table.categories)
    if bad.any():
        person, column = (int(index) for index in np.argwhere(bad)[0])
        raise ResponseError(
            field="responses",
            person=person,
            item=table.names[column],
            value=int(matrix[person, column]),
        )
    return matrix.astype(np.int8, copy=False)


def resolve_missing(table: ItemTable, responses: ArrayLike, policy: MissingPolicy) -> Codes:
    """Check, then write category 0 wherever the policy counts a missing response as the lowest.

    What stays negative is missing: it adds nothing to any likelihood. The input is not changed.

    >>> table = ItemTable.from_dicts([{"item": i, "model": "Rasch", "b": 0.0} for i in "pqr"])
    >>> policy = MissingPolicy(
    ...     omitted=Treatment.LOWEST,
    ...     not_reached=Treatment.MISSING,
    ...     not_presented=Treatment.MISSING,
    ... )
    >>> resolve_missing(table, [[1, Missing.OMITTED, Missing.NOT_REACHED]], policy).tolist()
    [[1, 0, -2]]
    """
    resolved = check_responses(table, responses)
    lowest = [int(code) for code in Missing if policy.treatment(code) is Treatment.LOWEST]
    return np.where(np.isin(resolved, lowest), np.int8(0), resolved) if lowest else resolved
