"""Scoring as a pure function: a paper, what counts of an attempt's log, an applicant class; out comes the outcome.

Raw points follow the exam's rule per domain. Ability is EAP (Bock & Mislevy 1982) from the parameters in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.delivery.projection import Projection
from exam_engine.exams.definition import TOTAL, Domain, ExamDefinition, KeyedScoring, Reporting
from exam_engine.exams.paper import Paper
from exam_engine.items.document import ItemDocument
from exam_engine.items.response import Missing, category, points


@dataclass(frozen=True)
class DomainOutcome:
    """One domain's points and ability (None when its items carry no parameters)."""

    domain: str
    raw: float
    max_raw: float
    theta: float | None
    theta_se: float | None
    ability: float | None
    standard_error: float | None
    answered: int
    omitted: int
    not_reached: int


@dataclass(frozen=True)
class ThresholdMark:
    """A threshold of the class, and whether it is met. ``on`` is a domain code or ``total``."""

    on: str
    threshold: float
    reached: float
    met: bool


@dataclass(frozen=True)
class Outcome:
    """What an attempt comes to."""

    domains: tuple[DomainOutcome, ...]
    raw_total: float
    max_total: float
    ability_total: float | None
    thresholds: tuple[ThresholdMark, ...]
    late_answers: int

    @property
    def passed(self) -> bool:
        """Whether every threshold of the class is met."""
        return all(mark.met for mark in self.thresholds)
