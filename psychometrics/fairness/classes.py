"""How large an effect is called, and below which numbers of persons nothing is called at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.errors import RuleError


class DifClass(Enum):
    """A negligible, B moderate, C large; or too few persons for a verdict."""

    A = "A"
    B = "B"
    C = "C"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class SampleRule:
    """The least persons for a verdict: in the smaller group, and in both together.

    The defaults, 200 and 500, are what ETS asks of an analysis when a form is assembled (Zwick
    2012, ETS RR-12-08). Estimates and intervals are given below them too; only the class is held back.
    """

    smaller: int = 200
    total: int = 500

    def __post_init__(self) -> None:
        if not 1 <= self.smaller <= self.total:
            raise RuleError(field="sample", smaller=self.smaller, total=self.total)

    def met(self, reference: Integers, focal: Integers) -> Booleans:
        """Of each item: do so many persons of the two groups take part?"""
        enough: Booleans = (np.minimum(reference, focal) >= self.smaller) & (reference + focal >= self.total)
        return enough


def classify(moderate: Booleans, large: Booleans, known: Booleans | None = None) -> tuple[DifClass, ...]:
    """C where ``large``, else B where ``moderate``, else A; insufficient where not ``known``."""
    known = np.ones(moderate.shape, dtype=np.bool_) if known is None else known
    return tuple(
        DifClass.INSUFFICIENT if not k else DifClass.C if c else DifClass.B if b else DifClass.A
        for b, c, k in zip(moderate, large, known, strict=True)
    )


def classify_size(size: Floats, moderate: float, large: float) -> tuple[DifClass, ...]:
    """By the absolute size alone: A below ``moderate``, C from ``large``; NaN is insufficient."""
    size = np.abs(size)
    return classify(size >= moderate, size >= large, ~np.isnan(size))
