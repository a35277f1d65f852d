"""Commands on exams: check a definition, load it, list what is there."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click
from sqlalchemy import select

from exam_engine.audit import SYSTEM
from exam_engine.clock import SystemClock
from exam_engine.database import Database
from exam_engine.exams.catalogue import load_exam
from exam_engine.exams.definition import ExamDefinition, parse_definition, read_definition
from exam_engine.exams.models import ExamRow


def bundled_definition(name: str) -> ExamDefinition:
    """A definition that comes with the product (``skd``, ``health``)."""
    text = resources.files("exam_engine.exams").joinpath(f"bundled/{name}.yaml").read_text("utf-8")
    return parse_definition(text, f"{name}.yaml")


@click.group()
def exam() -> None:
    """Exam definitions."""


@exam.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a definition; every field at fault is named."""
    definition = read_definition(file)
    click.echo(f"{file.name}: {definition.code} {definition.version}, {definition.item_count} items. No faults.")


@exam.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def load(context: click.Context, file: Path) -> None:
    """Load a definition, so that papers can be assembled for it."""
    definition = read_definition(file)
    database = Database(context.obj().effective_database_url)
    with database.transaction() as session:
        row = load_exam(session, definition, SystemClock().now(), SYSTEM)
    click.echo(f"Loaded {row.code} {row.version}.")


@exam.command("list")
@click.pass_context
def list_exams(context: click.Context) -> None:
    """List the definitions loaded."""
    with Database(context.obj().effective_database_url).read() as session:
        rows = session.scalars(select(ExamRow).order_by(ExamRow.code, ExamRow.loaded_at)).all()
    for row in rows:
        click.echo(f"{row.code}\t{row.version}\t{row.definition.title.en}\t{row.digest[:12]}")
    if not rows:
        click.echo("No exams are loaded. Load one with: exam-engine exam load FILE")
