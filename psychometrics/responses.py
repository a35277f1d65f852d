"""Responses as numbers: categories from 0 up, and three kinds of missing that are never one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psychometrics.arrays import Codes
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.errors import ResponseError
from psychometrics.items import MAX_STEPS, ItemTable

# Checking is limited by memory, not by arithmetic: longer blocks than those of a computation.
_ROWS = 8192


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

    def fits(rows: slice) -> bool:
        part = matrix[rows]
        return bool(part.min() >= min(Missing)) and bool((part.max(axis=0) < table.categories).all())

    blocks = blocks_of(matrix.shape[0], _ROWS)
    for rows, good in zip(blocks, map_blocks(fits, blocks), strict=True):
        if not good:
            raise _first_misfit(table, matrix, rows)
    return matrix.astype(np.int8, copy=False)


def _first_misfit(table: ItemTable, matrix: NDArray[np.integer], rows: slice) -> ResponseError:
    part = matrix[rows]
    bad = (part < min(Missing)) | (part >= table.categories)
    person, column = (int(index) for index in np.argwhere(bad)[0])
    return ResponseError(
        field="responses",
        person=rows.start + person,
        item=table.names[column],
        value=int(part[person, column]),
    )


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
    return _count_lowest(check_responses(table, responses), policy)


def resolve_categories(responses: ArrayLike, policy: MissingPolicy) -> Codes:
    """The same for statistics that need no item parameters: any category from 0 to 126 is one.

    Raises `ResponseError` if it is no matrix of whole numbers, or for the first bad entry.

    >>> resolve_categories([[1, Missing.OMITTED]], MissingPolicy.count_blanks()).tolist()
    [[1, 0]]
    """
    matrix = np.asarray(responses)
    if matrix.ndim != 2:
        raise ResponseError(field="responses", shape=matrix.shape)
    if matrix.dtype.kind not in "iu":
        raise ResponseError(field="responses", dtype=str(matrix.dtype))
    if matrix.size and not min(Missing) <= matrix.min() <= matrix.max() <= MAX_STEPS:
        person, column = (int(at) for at in np.argwhere((matrix < min(Missing)) | (matrix > MAX_STEPS))[0])
        raise ResponseError(field="responses", person=person, item=column, value=int(matrix[person, column]))
    return _count_lowest(matrix.astype(np.int8, copy=False), policy)


def _count_lowest(resolved: Codes, policy: MissingPolicy) -> Codes:
    lowest = [int(code) for code in Missing if policy.treatment(code) is Treatment.LOWEST]
    if not lowest or resolved.min(initial=0) >= 0:
        return resolved
    # What each of the 256 bytes becomes: itself, unless it is a code that counts as the lowest.
    becomes = np.arange(256, dtype=np.uint8).view(np.int8)
    becomes[lowest] = 0
    written = np.empty(resolved.shape, dtype=np.int8)

    def write(rows: slice) -> None:
        written[rows] = becomes[resolved[rows].view(np.uint8)]

    map_blocks(write, blocks_of(resolved.shape[0], _ROWS))
    return written
