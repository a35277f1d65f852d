"""Scoring as a pure function: a paper, what counts of an attempt's log, an applicant class; out comes the outcome.

Raw points follow the exam's rule per domain. Ability is EAP (Bock & Mislevy 1982) from the parameters in the paper,
under a standard normal population, on the exam's reporting scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exam_engine.delivery.projection import Projection
from exam_engine.exams.definition import TOTAL, Domain, MissingPolicy, Reporting
from exam_engine.exams.paper import Arrangement, Paper
from exam_engine.items.document import ItemDocument
from exam_engine.items.response import Response, category, points
from psychometrics.items import ItemTable
from psychometrics.quadrature import Population
from psychometrics.responses import Missing, Treatment
from psychometrics.responses import MissingPolicy as Policy
from psychometrics.scale import ReportingScale
from psychometrics.scoring import eap_scores

TREATMENTS = {"wrong": Treatment.LOWEST, "missing": Treatment.MISSING}


@dataclass(frozen=True)
class Ability:
    """An ability in logits and on the reporting scale, each with its standard error."""

    theta: float
    theta_se: float
    reported: float
    reported_se: float


@dataclass(frozen=True)
class DomainOutcome:
    """One domain's points and ability (None when not all of its items carry parameters)."""

    domain: str
    raw: float
    max_raw: float
    ability: Ability | None
    answered: int
    omitted: int
    not_reached: int


@dataclass(frozen=True)
class ThresholdMark:
    """A threshold of the class, and whether it is met. ``on`` is a domain code or ``total``.

    ``reached`` is in points or on the reporting scale, as the exam's ``thresholds_on`` says; None where there is no
    ability, which meets no threshold.
    """

    on: str
    threshold: float
    reached: float | None
    met: bool


@dataclass(frozen=True)
class Outcome:
    """What an attempt comes to. ``ability_total`` is the mean of the domains' reported abilities."""

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


def score(paper: Paper, arrangement: Arrangement, work: Projection, applicant_class: str) -> Outcome:
    """The outcome of an attempt.

    ``work`` is what counts (`projection.project_counting`); ``arrangement`` tells what the candidate never reached.
    """
    definition = paper.definition
    responses = responses_of(paper, arrangement, work)
    domains = tuple(_domain(paper, domain, responses, definition.reporting) for domain in definition.domains)
    raw_total = sum(domain.raw for domain in domains)
    return Outcome(
        domains,
        raw_total,
        definition.max_total,
        _mean_ability(domains),
        _thresholds(
            definition.applicant_class(applicant_class).thresholds,
            _abilities(domains) if definition.thresholds_on == "ability" else _points(domains, raw_total),
        ),
        work.late_answers,
    )


def responses_of(paper: Paper, arrangement: Arrangement, work: Projection) -> dict[int, Response]:
    """The response to every ref, or why there is none.

    Not reached is what lies behind the last item the candidate has seen; left empty before that is omitted.
    """
    places = [place for place, ref in enumerate(arrangement.refs) if ref in work.seen]
    reached = max(places, default=-1)
    responses: dict[int, Response] = {}
    for place, ref in enumerate(arrangement.refs):
        answer = work.answers.get(ref)
        if answer is not None and answer.value is not None:
            responses[ref] = answer.value
        else:
            responses[ref] = Missing.OMITTED if place <= reached else Missing.NOT_REACHED
    return responses


def _domain(paper: Paper, domain: Domain, responses: dict[int, Response], scale: Reporting) -> DomainOutcome:
    refs = paper.refs_of(domain.code)
    items = [paper.item(ref) for ref in refs]
    given = [responses[ref] for ref in refs]
    return DomainOutcome(
        domain=domain.code,
        raw=sum(points(item, domain, response) for item, response in zip(items, given, strict=True)),
        max_raw=domain.max_raw,
        ability=_ability(items, given, domain.ability, scale),
        answered=sum(not isinstance(response, Missing) for response in given),
        omitted=given.count(Missing.OMITTED),
        not_reached=given.count(Missing.NOT_REACHED),
    )


def _ability(
    items: Sequence[ItemDocument], given: Sequence[Response], missing: MissingPolicy, reporting: Reporting
) -> Ability | None:
    if any(item.parameters is None for item in items):
        return None
    table = ItemTable.from_dicts(
        {"item": item.code, **item.parameters.to_record()} for item in items if item.parameters
    )
    codes = [
        response if isinstance(response, Missing) else category(item, response)
        for item, response in zip(items, given, strict=True)
    ]
    policy = Policy(TREATMENTS[missing.omitted], TREATMENTS[missing.not_reached], Treatment.MISSING)
    estimate = eap_scores(table, np.array([codes], dtype=np.int8), policy, Population())
    scale = ReportingScale(reporting.mean, reporting.sd, reporting.minimum, reporting.maximum)
    theta, se = estimate.theta[0], estimate.se[0]
    return Ability(
        float(theta), float(se), float(scale.report(theta)), float(scale.report_error(se))
    )


def _mean_ability(domains: Sequence[DomainOutcome]) -> float | None:
    reported = [domain.ability.reported for domain in domains if domain.ability is not None]
    return sum(reported) / len(reported) if reported and len(reported) == len(domains) else None


def _points(domains: Sequence[DomainOutcome], raw_total: float) -> dict[str, float | None]:
    return {**{domain.domain: domain.raw for domain in domains}, TOTAL: raw_total}


def _abilities(domains: Sequence[DomainOutcome]) -> dict[str, float | None]:
    reported = {domain.domain: domain.ability.reported if domain.ability else None for domain in domains}
    return reported | {TOTAL: _mean_ability(domains)}


def _thresholds(thresholds: dict[str, float], reached: dict[str, float | None]) -> tuple[ThresholdMark, ...]:
    marks = []
    for on, least in thresholds.items():
        value = reached[on]
        marks.append(ThresholdMark(on, least, value, value is not None and value >= least))
    return tuple(marks)
