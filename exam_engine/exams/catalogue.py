"""Loading definitions, publishing papers, and a shelf of papers for those who read them often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from exam_engine import audit
from exam_engine.audit import Actor
from exam_engine.database import Database
from exam_engine.errors import ExamEngineError, NotFoundError
from exam_engine.exams.definition import ExamDefinition
from exam_engine.exams.models import ExamRow, PaperRow
from exam_engine.exams.paper import Paper
from exam_engine.items.document import digest


class ExamVersionExistsError(ExamEngineError):
    """A definition of that code and version is loaded already, and it says something else."""

    code = "exam.version_exists"
    status = 409


class PaperDamagedError(ExamEngineError):
    """A stored paper no longer has the digest it was published with."""

    code = "paper.damaged"
    status = 500


def load_exam(session: Session, definition: ExamDefinition, at: datetime, actor: Actor) -> ExamRow:
    """Store a definition; loading the same one again changes nothing.

    Raises:
        ExamVersionExistsError: this version exists with other content.
    """
    document = definition.model_dump(mode="json")
    row = session.scalar(select(ExamRow).filter_by(code=definition.code, version=definition.version))
    if row is not None:
        # Compared by meaning: a field that came with a later release has its default in what was loaded before.
        if row.definition != definition:
            raise ExamVersionExistsError(field="version", exam=definition.code, version=definition.version)
        return row
    row = ExamRow(
        code=definition.code,
        version=definition.version,
        document=document,
        digest=digest(document),
        loaded_at=at,
    )
    session.add(row)
    session.flush()
    audit.record(session, at, actor, "exam.loaded", "exam", row.id, code=row.code, version=row.version)
    return row


def publish_paper(session: Session, paper: Paper, name: str, at: datetime, actor: Actor) -> PaperRow:
    """Seal a paper for delivery; publishing the same paper again returns the one there.

    Raises:
        NotFoundError: its exam is not loaded.
    """
    existing = session.scalar(select(PaperRow).filter_by(digest=paper.digest))
    if existing is not None:
        return existing
    wanted = paper.definition
    exam = session.scalar(select(ExamRow).filter_by(code=wanted.code, version=wanted.version))
    if exam is None:
        raise NotFoundError(field="exam", exam=wanted.code)
    row = PaperRow(
        exam_id=exam.id, name=name, document=paper.to_json(), digest=paper.digest, published_at=at
    )
    session.add(row)
    session.flush()
    audit.record(session, at, actor, "paper.published", "paper", row.id, name=name, digest=row.digest)
    return row


class PaperShelf:
    """Papers by id, read and verified once per process: they never change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._papers: dict[int, Paper] = {}

    def paper(self, paper_id: int) -> Paper:
        """The paper.

        Raises:
            NotFoundError: no such paper.
            PaperDamagedError: what is stored is not what was published.
        """
        if paper_id not in self._papers:
            with self._database.read() as session:
                row = session.get(PaperRow, paper_id, options=[undefer(PaperRow.document)])
            if row is None:
                raise NotFoundError(field="paper")
            # What is stored is proved, not what this release reads from it: it may know more fields.
            if digest(row.document) != row.digest:
                raise PaperDamagedError(paper=row.name)
            self._papers[paper_id] = row.paper
        return self._papers[paper_id]
