"""Figures in plain text: the median of the rounds with their spread, and each goal beside what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Series:
    """One thing measured in several rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    """Of all rounds together, in seconds."""

    @property
    def rate(self) -> float:
        """The median of the rounds, per second."""
        return median(self.rates)

    @property
    def spread(self) -> float:
        """From the slowest round to the fastest, as a share of the median."""
        return (max(self.rates) - min(self.rates)) / self.rate


@dataclass(frozen=True)
class Goal:
    """A promise and what was found."""

    what: str
    found: str
    met: bool

    @classmethod
    def at_least(cls, what: str, found: float, least: float, unit: str) -> Goal:
        """More is better."""
        return cls(f"{what}: at least {least:g} {unit}", f"{found:.3g} {unit}", found >= least)

    @classmethod
    def at_most(cls, what: str, found: float, most: float, unit: str) -> Goal:
        """Less is better."""
        return cls(f"{what}: at most {most:g} {unit}", f"{found:.3g} {unit}", found <= most)


def goals(found: Iterable[Goal]) -> str:
    """A line per goal, PASS or FAIL first."""
    return "\n".join(f"  {'PASS' if goal.met else 'FAIL'}  {goal.what} -- found {goal.found}" for goal in found)
