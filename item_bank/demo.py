"""What the bank brings to the demo: the sample banks, approved, and a paper for each bundled exam."""

from __future__ import annotations

import io
import random
from importlib import resources

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.app import Engine, engine_of
from exam_engine.audit import SYSTEM
from exam_engine.exams.cli import bundled_definition
from exam_engine.exams.models import PaperRow
from item_bank.assembly import publish
from item_bank.catalogue import approved_documents, decide
from item_bank.importing import apply_import
from item_bank.models import ItemVersion
from item_bank.reading import read_bank

# The exam each sample bank serves.
BANKS = {"skd": "skd-bank.xlsx", "health": "health-bank.xlsx"}
REASON = "Sample of the demo; its parameters are simulated."


def prepare(app: Flask) -> None:
    """Import the sample banks and publish the papers; once done, doing it again changes nothing."""
    engine = engine_of(app)
    for exam, file_name in BANKS.items():
        with engine.database.transaction() as session:
            name = f"{exam}-demo"
            if session.scalar(select(PaperRow.id).filter_by(name=name)) is None:
                _import(session, engine, file_name)
                definition = bundled_definition(exam)
                documents = approved_documents(session, definition.language)
                publish(session, definition, documents, name, random.Random(exam), engine.clock.now(), SYSTEM)


def _import(session: Session, engine: Engine, file_name: str) -> None:
    now = engine.clock.now()
    content = resources.files("item_bank").joinpath("sample", file_name).read_bytes()
    apply_import(session, read_bank(io.BytesIO(content), file_name), file_name, now, SYSTEM)
    for version_id in session.scalars(select(ItemVersion.id).filter_by(state="draft")).all():
        decide(session, version_id, True, REASON, now, SYSTEM)
