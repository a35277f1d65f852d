"""The persons of a calibration, ready for matrix products.

Persons of one group are together; where the possible patterns are fewer than the persons, equal
rows are one row with a frequency. What is kept is one byte a cell: of a complete dichotomous
matrix the responses themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.errors import DataError, ResponseError


@dataclass(frozen=True, eq=False)
class GroupSample:
    """One group: rows (resolved, -1 where missing) and how many persons each row stands for."""

    label: Hashable
    codes: Codes
    frequency: Floats

    @property
    def persons(self) -> float:
        """Number of persons: the sum of the frequencies."""
        return float(self.frequency.sum())

    def thinned(self, rows: int) -> GroupSample:
        """About ``rows`` rows at equal distances, for a start."""
        stride = max(1, len(self.codes) // max(rows, 1))
        return GroupSample(self.label, self.codes[::stride], self.frequency[::stride])


def gather(
    resolved: Codes,
    categories: Integers,
    weights: ArrayLike | None,
    groups: Sequence[Hashable] | None,
    reference: Hashable,
) -> list[GroupSample]:
    """The groups, the reference first; persons without any answer or of weight 0 are left out."""
    frequency = _frequencies(weights, len(resolved))
    labels, member = _labels(groups, len(resolved), reference)
    taken = frequency > 0
    if resolved.size and resolved.min() < 0:
        taken &= (resolved >= 0).any(axis=1)
    found = []
    for place, label in enumerate(labels):
        everybody = len(labels) == 1 and bool(taken.all())
        codes = resolved if everybody else resolved[taken & (member == place)]
        counts = frequency if everybody else frequency[taken & (member == place)]
        if not len(codes):
            raise DataError(field="groups" if groups is not None else "responses", reason="nobody", group=label)
        found.append(GroupSample(label, *_condensed(codes, counts, categories)))
    return found


def _frequencies(weights: ArrayLike | None, persons: int) -> Floats:
    if weights is None:
        return np.ones(persons)
    frequency = np.asarray(weights, dtype=np.float64)
    if frequency.shape != (persons,):
        raise ResponseError(field="weights", shape=frequency.shape, persons=persons)
    if not (np.isfinite(frequency).all() and (frequency >= 0).all()):
        raise ResponseError(field="weights", reason="negative or not finite")
    return frequency


def _labels(
    groups: Sequence[Hashable] | None, persons: int, reference: Hashable
) -> tuple[list[Hashable], Integers]:
    if groups is None:
        return [None], np.zeros(persons, dtype=np.int64)
    given = groups.tolist() if isinstance(groups, np.ndarray) else list(groups)
    if len(given) != persons:
        raise ResponseError(field="groups", length=len(given), persons=persons)
    labels = list(dict.fromkeys(given))
    if reference is not None:
        if reference not in labels:
            raise DataError(field="reference", reason="nobody", group=reference)
        labels.sort(key=lambda label: label != reference)
    place = {label: index for index, label in enumerate(labels)}
    return labels, np.array([place[label] for label in given], dtype=np.int64)


def _condensed(codes: Codes, frequency: Floats, categories: Integers) -> tuple[Codes, Floats]:
    """Equal rows as one, where so few items have so few patterns that this must pay."""
    codes = np.maximum(codes, -1) if codes.size and codes.min() < -1 else codes
    if np.log(categories + 1.0).sum() > np.log(max(len(codes), 1)):
        return codes, frequency
    radix = np.concatenate(([1], np.cumprod(categories + 1)[:-1]))
    pattern = (codes.astype(np.int64) + 1) @ radix
    _, first, inverse = np.unique(pattern, return_index=True, return_inverse=True)
    counts = np.bincount(inverse, weights=frequency, minlength=len(first)).astype(np.float64)
    return codes[first], counts
