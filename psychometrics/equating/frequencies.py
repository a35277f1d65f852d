"""How often each score occurred: of one form, or of a form and its anchor together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import DataError


@dataclass(frozen=True, eq=False)
class ScoreFrequencies:
    """``counts[k]`` persons (not always whole: smoothed) have the score ``lowest + k``."""

    lowest: int
    counts: Floats

    def __post_init__(self) -> None:
        _check_counts(self.counts, 1)

    @classmethod
    def from_scores(cls, scores: ArrayLike, lowest: int, highest: int) -> ScoreFrequencies:
        """Count whole scores of persons on the scale from ``lowest`` to ``highest``.

        Raises `DataError` for a score off the scale or not whole, naming the person, or nobody.

        >>> ScoreFrequencies.from_scores([2, 0, 2], 0, 3).counts.tolist()
        [1.0, 0.0, 2.0, 0.0]
        """
        found = _whole(scores, "scores", lowest, highest)
        return cls(lowest, np.bincount(found - lowest, minlength=highest - lowest + 1).astype(np.float64))

    @property
    def scores(self) -> Integers:
        """The scores of the scale, rising by one."""
        return np.arange(self.lowest, self.lowest + self.counts.size)

    @property
    def persons(self) -> float:
        """How many persons there are."""
        return float(self.counts.sum())

    @property
    def mean(self) -> float:
        """Mean score."""
        return float(self.counts @ self.scores / self.persons)

    @property
    def variance(self) -> float:
        """Variance with divisor n - 1, as R's equate has it."""
        return float(self.counts @ (self.scores - self.mean) ** 2 / (self.persons - 1.0))

    def central_moment(self, order: int) -> float:
        """Mean of the ``order``-th power of the distance from the mean."""
        return float(self.counts @ (self.scores - self.mean) ** order / self.persons)


@dataclass(frozen=True, eq=False)
class JointFrequencies:
    """``counts[k, m]`` persons have the total ``lowest + k`` and the anchor score ``anchor_lowest + m``."""

    lowest: int
    anchor_lowest: int
    counts: Floats

    def __post_init__(self) -> None:
        _check_counts(self.counts, 2)

    @classmethod
    def from_scores(
        cls, totals: ArrayLike, anchors: ArrayLike, total_range: tuple[int, int], anchor_range: tuple[int, int]
    ) -> JointFrequencies:
        """Count pairs of whole scores, one pair a person; ranges are the lowest and highest possible.

        Raises `DataError` for scores that are off their scale, not whole, or not in pairs.
        """
        total, anchor = _whole(totals, "totals", *total_range), _whole(anchors, "anchors", *anchor_range)
        if total.size != anchor.size:
            raise DataError(field="anchors", totals=total.size, anchors=anchor.size)
        counts = np.zeros((total_range[1] - total_range[0] + 1, anchor_range[1] - anchor_range[0] + 1))
        np.add.at(counts, (total - total_range[0], anchor - anchor_range[0]), 1.0)
        return cls(total_range[0], anchor_range[0], counts)

    @property
    def total(self) -> ScoreFrequencies:
        """The totals alone."""
        return ScoreFrequencies(self.lowest, self.counts.sum(axis=1))

    @property
    def anchor(self) -> ScoreFrequencies:
        """The anchor scores alone."""
        return ScoreFrequencies(self.anchor_lowest, self.counts.sum(axis=0))

    @property
    def persons(self) -> float:
        """How many persons there are."""
        return float(self.counts.sum())

    @property
    def covariance(self) -> float:
        """Covariance of total and anchor with divisor n - 1."""
        products = (self.total.scores - self.total.mean)[:, None] * (self.anchor.scores - self.anchor.mean)
        return float((self.counts * products).sum() / (self.persons - 1.0))


def _whole(scores: ArrayLike, field: str, lowest: int, highest: int) -> Integers:
    values = np.asarray(scores)
    if values.ndim != 1 or not values.size or values.dtype.kind not in "iuf" or highest <= lowest:
        raise DataError(field=field, shape=values.shape, lowest=lowest, highest=highest)
    bad = ~((values >= lowest) & (values <= highest) & (values == np.floor(values)))
    if bad.any():
        person = int(bad.argmax())
        raise DataError(field=field, person=person, value=values[person].item(), lowest=lowest, highest=highest)
    return values.astype(np.int64)


def _check_counts(counts: Floats, dimensions: int) -> None:
    if counts.ndim != dimensions or min(counts.shape, default=0) < 2:
        raise DataError(field="counts", shape=counts.shape)
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise DataError(field="counts", reason="negative_or_not_finite")
    if not counts.sum() > 1.0:
        raise DataError(field="counts", reason="too_few_persons", persons=float(counts.sum()))
