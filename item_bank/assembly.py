"""Draws the items of a paper as an exam's definition asks, and publishes the paper into the engine."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.audit import Actor
from exam_engine.errors import ExamEngineError
from exam_engine.exams.catalogue import publish_paper
from exam_engine.exams.definition import Domain, ExamDefinition, KeyedScoring
from exam_engine.exams.models import PaperRow
from exam_engine.exams.paper import Paper
from exam_engine.items.document import ItemDocument
from item_bank.words import SHORTFALL

Group = tuple[ItemDocument, ...]
"""Items used together: those of one stimulus and topic, or a single one."""


@dataclass(frozen=True)
class Shortfall:
    """Too few usable items of a domain, or of one of its topics (``topic`` None: the domain's rest)."""

    domain: str
    topic: str | None
    wanted: int
    found: int

    def __str__(self) -> str:
        place = f"{self.domain} / {self.topic}" if self.topic else self.domain
        return str(SHORTFALL) % {"place": place, "wanted": self.wanted, "found": self.found}


@dataclass(frozen=True)
class Shortfalls:
    """All of them; ``str()`` puts them into words."""

    each: tuple[Shortfall, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.each))


class ShortfallError(ExamEngineError):
    """The items do not suffice for the paper; ``shortfalls`` names every domain and topic that lacks some."""

    code = "assembly.shortfall"
    status = 409

    def __init__(self, shortfalls: tuple[Shortfall, ...]) -> None:
        self.shortfalls = shortfalls
        super().__init__(missing=Shortfalls(shortfalls))


class PaperNameTakenError(ExamEngineError):
    """Another paper has that name."""

    code = "paper.name_taken"
    status = 409


def assemble(definition: ExamDefinition, documents: Iterable[ItemDocument], rng: random.Random) -> Paper:
    """A paper drawn at random from the documents that the exam can use.

    Usable are items in the exam's language, in one of its domains, with a key where the domain is keyed and with
    points out of the allowed weights where it is not. Every topic a domain names gets its number of items; what is
    left of the domain's number is drawn from all its items. Items of one stimulus and topic are taken all or none.
    The same documents and the same state of ``rng`` give the same paper.

    Raises:
        ShortfallError: there are too few; all shortfalls are named.
    """
    usable = sorted(documents, key=lambda document: document.code)
    items: list[ItemDocument] = []
    shortfalls: list[Shortfall] = []
    for domain in definition.domains:
        fitting = [d for d in usable if d.language == definition.language and _fits(domain, d)]
        drawn, missing = _draw_domain(domain, fitting, rng)
        items += drawn
        shortfalls += missing
    if shortfalls:
        raise ShortfallError(tuple(shortfalls))
    return Paper(definition=definition, items=tuple(items))


def publish(
    session: Session,
    definition: ExamDefinition,
    documents: Iterable[ItemDocument],
    name: str,
    rng: random.Random,
    at: datetime,
    actor: Actor,
) -> PaperRow:
    """Assemble a paper and seal it in the engine; the same paper again returns the one that is there.

    Raises:
        ShortfallError: the documents do not suffice.
        PaperNameTakenError: another paper has that name.
        NotFoundError: the exam is not loaded.
    """
    paper = assemble(definition, documents, rng)
    if session.scalar(select(PaperRow.digest).filter_by(name=name)) not in (None, paper.digest):
        raise PaperNameTakenError(field="name", name=name)
    return publish_paper(session, paper, name, at, actor)


def _fits(domain: Domain, document: ItemDocument) -> bool:
    if document.domain != domain.code:
        return False
    if isinstance(domain.scoring, KeyedScoring):
        return not document.is_weighted
    return document.is_weighted and set(document.point_values) <= set(domain.scoring.weights)


def _draw_domain(
    domain: Domain, documents: list[ItemDocument], rng: random.Random
) -> tuple[list[ItemDocument], list[Shortfall]]:
    groups = _groups(documents)
    taken: list[Group] = []
    shortfalls: list[Shortfall] = []
    for topic, wanted in domain.topics.items():
        drawn = _draw([group for group in groups if group[0].topic == topic], wanted, rng)
        taken += drawn
        shortfalls += _missing(domain, topic, wanted, drawn)
    if not shortfalls:
        rest = domain.items - sum(domain.topics.values())
        codes = {item.code for group in taken for item in group}
        drawn = _draw([group for group in groups if group[0].code not in codes], rest, rng)
        taken += drawn
        shortfalls += _missing(domain, None, rest, drawn)
    return [item for group in taken for item in group], shortfalls


def _missing(domain: Domain, topic: str | None, wanted: int, drawn: list[Group]) -> list[Shortfall]:
    found = sum(map(len, drawn))
    return [Shortfall(domain.code, topic, wanted, found)] if found < wanted else []


def _groups(documents: list[ItemDocument]) -> list[Group]:
    groups: dict[tuple[str, str], list[ItemDocument]] = {}
    for document in documents:
        shared = f"stimulus {document.stimulus_code}" if document.stimulus_code else f"item {document.code}"
        groups.setdefault((shared, document.topic), []).append(document)
    return [tuple(group) for group in groups.values()]


def _draw(groups: list[Group], wanted: int, rng: random.Random) -> list[Group]:
    """Groups of ``wanted`` items together, at random; where that cannot be, of as many below it as there can be.

    ``sums[i]`` holds every number of items that groups from ``i`` on can make (at most ``wanted``), so that going
    through the shuffled groups never takes one that leads nowhere. Without stimuli this is a simple random sample.
    """
    shuffled = rng.sample(groups, len(groups))
    sums = [{0}]
    for group in reversed(shuffled):
        sums.append(sums[-1] | {total + len(group) for total in sums[-1] if total + len(group) <= wanted})
    sums.reverse()
    left = max(sums[0])
    drawn = []
    for group, rest in zip(shuffled, sums[1:], strict=True):
        if left - len(group) in rest:
            drawn.append(group)
            left -= len(group)
    return drawn
