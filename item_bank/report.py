"""The report on a file before it is imported: what would change, what is wrong, what deserves a second look."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exam_engine.items.document import ItemDocument
from item_bank.catalogue import current_versions
from item_bank.faults import Problem
from item_bank.importing import ImportPlan, plan_import
from item_bank.models import ItemVersion, VersionState
from item_bank.reading import BankFile

SIMULATED = "simulated"
"""What the source of invented parameters is called."""


@dataclass(frozen=True)
class Change:
    """An item the file changes: number and state of its current version, and the fields that differ."""

    code: str
    number: int
    state: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ImportReport:
    """What importing a file would do; ``warnings`` are allowed, but perhaps not meant."""

    plan: ImportPlan
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...]

    @property
    def may_import(self) -> bool:
        """Whether the file has no faults and brings something."""
        return not self.plan.faults and bool(self.plan.added or self.plan.changed)


def report_on(session: Session, bank_file: BankFile) -> ImportReport:
    """The report on a file; changes nothing."""
    plan = plan_import(session, bank_file)
    current = {version.item.code: version for version in session.scalars(current_versions())}
    documents = {document.code: document for document in bank_file.documents}
    changes = tuple(_change(current[code], documents[code]) for code in plan.changed)
    touched = [documents[code] for code in (*plan.added, *plan.changed)]
    domains = {version.domain for version in current.values()}
    return ImportReport(plan, changes, tuple(_warnings(touched, changes, domains)))


def differences(before: ItemDocument, after: ItemDocument) -> tuple[str, ...]:
    """The names of the fields in which two versions of an item differ."""
    return tuple(name for name in ItemDocument.model_fields if getattr(before, name) != getattr(after, name))


def _change(version: ItemVersion, document: ItemDocument) -> Change:
    return Change(document.code, version.number, version.state, differences(version.content, document))


def _warnings(
    touched: Collection[ItemDocument], changes: Collection[Change], domains: Collection[str]
) -> Iterator[Problem]:
    unknown = sorted({document.domain for document in touched} - set(domains))
    if unknown and domains:
        yield Problem.of("warning.new_domain", names=", ".join(unknown))
    counts = {
        "warning.rests": sum(change.state == VersionState.APPROVED for change in changes),
        "warning.new_key": sum("key" in change.fields for change in changes),
        "warning.simulated": sum(d.parameters is not None and d.parameters.source == SIMULATED for d in touched),
        "warning.not_calibrated": sum(document.parameters is None for document in touched),
        "warning.no_explanation": sum(not document.explanation for document in touched),
    }
    yield from (Problem.of(code, count=count) for code, count in counts.items() if count)
