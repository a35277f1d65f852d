"""Imports: what a file would change, and changing it, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.audit import Actor
from exam_engine.errors import ExamEngineError
from exam_engine.items.document import ItemDocument
from item_bank.catalogue import current_versions
from item_bank.faults import Fault, Problem
from item_bank.layout import STIMULI
from item_bank.models import BankImport, BankItem, ItemVersion
from item_bank.reading import BankFile


class BankFileFaultyError(ExamEngineError):
    """The file has faults; nothing was changed. ``faults`` names them all."""

    code = "bank.file_faulty"
    status = 422

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(count=len(faults))


@dataclass(frozen=True)
class ImportPlan:
    """What an import does: codes of items, in the file's order, and the faults that forbid it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    faults: tuple[Fault, ...]


def plan_import(session: Session, bank_file: BankFile) -> ImportPlan:
    """What importing the file would do; changes nothing."""
    return _plan(bank_file, _current(session))


def apply_import(session: Session, bank_file: BankFile, name: str, at: datetime, actor: Actor) -> ImportPlan:
    """Import the file: new items, and new draft versions of items it changes. Doing it twice changes nothing.

    Raises:
        BankFileFaultyError: the file has faults; nothing was changed.
    """
    _one_at_a_time(session)
    current = _current(session)
    plan = _plan(bank_file, current)
    if plan.faults:
        raise BankFileFaultyError(plan.faults)
    documents = {document.code: document for document in bank_file.documents}
    for code in (*plan.added, *plan.changed):
        _add_version(session, documents[code], current.get(code), at, actor)
    if plan.added or plan.changed:
        _record(session, bank_file, name, plan, at, actor)
    session.flush()
    return plan


def _one_at_a_time(session: Session) -> None:
    # Two imports side by side would both make "the next version"; SQLite has one writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE bank_import IN EXCLUSIVE MODE"))


def _current(session: Session) -> dict[str, ItemVersion]:
    return {version.item.code: version for version in session.scalars(current_versions())}


def _plan(bank_file: BankFile, current: dict[str, ItemVersion]) -> ImportPlan:
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    for document in bank_file.documents:
        known = current.get(document.code)
        if known is None:
            added.append(document.code)
        else:
            (unchanged if known.digest == document.digest else changed).append(document.code)
    faults = (*bank_file.faults, *_differing_stimuli(bank_file, current))
    return ImportPlan(tuple(added), tuple(changed), tuple(unchanged), faults)


def _differing_stimuli(bank_file: BankFile, current: dict[str, ItemVersion]) -> list[Fault]:
    """A stimulus changes for all its items or for none: they are shown together."""
    here = {document.code for document in bank_file.documents}
    texts = {d.stimulus_code: d.stimulus for d in bank_file.documents if d.stimulus_code is not None}
    faults: dict[str, Fault] = {}
    for code, version in sorted(current.items()):
        stimulus = version.document.get("stimulus_code")
        if code not in here and stimulus in texts and version.document.get("stimulus") != texts[stimulus]:
            problem = Problem.of("stimulus.differs", stimulus=stimulus, item=code)
            faults.setdefault(stimulus, Fault(STIMULI.name, None, "text", problem))
    return list(faults.values())


def _add_version(
    session: Session, document: ItemDocument, known: ItemVersion | None, at: datetime, actor: Actor
) -> None:
    item = known.item if known else BankItem(code=document.code, created_at=at)
    session.add(ItemVersion.of(item, known.number + 1 if known else 1, document, at, actor.name))


def _record(
    session: Session, bank_file: BankFile, name: str, plan: ImportPlan, at: datetime, actor: Actor
) -> None:
    row = BankImport(
        file_name=name[:200],
        digest=bank_file.digest,
        at=at,
        by=actor.name,
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=len(plan.unchanged),
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        at,
        actor,
        "bank.imported",
        "bank_import",
        row.id,
        file=row.file_name,
        digest=row.digest,
        added=list(plan.added),
        changed=list(plan.changed),
    )
