"""What was loaded and published under an earlier release stays what it was."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM
from exam_engine.database import Database
from exam_engine.exams.catalogue import ExamVersionExistsError, PaperDamagedError, PaperShelf, load_exam
from exam_engine.exams.models import ExamRow, PaperRow
from exam_engine.items.document import digest
from tests import world
from tests.conftest import START


@pytest.fixture
def database(any_database_app: Flask) -> Database:
    """Holds an exam and its paper as a release wrote them that knew no ``thresholds_on``."""
    world.build(any_database_app)
    database = engine_of(any_database_app).database
    with database.transaction() as session:
        exam = session.scalars(select(ExamRow)).one()
        rules = _without(exam.document)
        session.execute(update(ExamRow).values(document=rules, digest=digest(rules)))
        paper = session.scalars(select(PaperRow).options(undefer(PaperRow.document))).one()
        sheet = paper.document | {"definition": _without(paper.document["definition"])}
        session.execute(update(PaperRow).values(document=sheet, digest=digest(sheet)))
    return database


def _without(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "thresholds_on"}


def test_an_older_paper_is_delivered(database: Database) -> None:
    assert PaperShelf(database).paper(1).items == world.paper().items


def test_a_paper_somebody_changed_is_not(database: Database) -> None:
    with database.transaction() as session:
        paper = session.scalars(select(PaperRow).options(undefer(PaperRow.document))).one()
        changed = [*paper.document["items"]]
        changed[0] = changed[0] | {"key": "B"}
        session.execute(update(PaperRow).values(document=paper.document | {"items": changed}))
    with pytest.raises(PaperDamagedError):
        PaperShelf(database).paper(1)


def test_loading_the_same_definition_again_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        assert load_exam(session, world.definition(), START, SYSTEM).id == 1


def test_loading_other_rules_under_the_same_version_is_refused(database: Database) -> None:
    with database.transaction() as session, pytest.raises(ExamVersionExistsError):
        load_exam(session, world.definition(thresholds_on="ability"), START, SYSTEM)
