"""Commands on the bank and on papers."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.audit import SYSTEM
from exam_engine.clock import SystemClock
from exam_engine.database import Database
from exam_engine.errors import NotFoundError
from exam_engine.exams.models import ExamRow, PaperRow
from exam_engine.web.errors import register_messages
from item_bank.assembly import publish
from item_bank.catalogue import approved_documents, current_version, current_versions, decide
from item_bank.importing import BankFileFaultyError, ImportPlan, apply_import, plan_import
from item_bank.models import BankItem, VersionState
from item_bank.spreadsheet import read_bank, write_bank, write_template
from item_bank.words import MESSAGES

register_messages(MESSAGES)

_existing = click.Path(exists=True, dir_okay=False, path_type=Path)
_new = click.Path(dir_okay=False, path_type=Path)


@click.group()
def bank() -> None:
    """The item bank: import, export, template, list."""


@bank.command("import")
@click.argument("file", type=_existing)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--approve", is_flag=True, help="Approve the items of this file that are drafts.")
@click.pass_context
def import_file(context: click.Context, file: Path, dry_run: bool, approve: bool) -> None:
    """Import a workbook. A file with faults changes nothing; every fault is listed, one a line."""
    with file.open("rb") as opened:
        bank_file = read_bank(opened, file.name)
    database = _database(context)
    if dry_run:
        with database.read() as session:
            plan = plan_import(session, bank_file)
        _tell(plan, "Would be")
        context.exit(1 if plan.faults else 0)
    try:
        with database.transaction() as session:
            plan = apply_import(session, bank_file, file.name, SystemClock().now(), SYSTEM)
            approved = _approve(session, plan) if approve else None
    except BankFileFaultyError as error:
        _tell(ImportPlan((), (), (), error.faults), "")
        context.exit(1)
    _tell(plan, "Imported:")
    if approved is not None:
        click.echo(f"Approved: {approved}.")


@bank.command("template")
@click.argument("file", type=_new)
def template(file: Path) -> None:
    """Write an empty workbook for authors, with a guide and two examples."""
    with file.open("wb") as opened:
        write_template(opened)
    click.echo(f"Wrote {file.name}.")


@bank.command("export")
@click.argument("file", type=_new)
@click.pass_context
def export(context: click.Context, file: Path) -> None:
    """Write the current version of every item to a workbook. It holds the keys: keep it safe."""
    with _database(context).read() as session:
        versions = session.scalars(current_versions().order_by(BankItem.code))
        documents = [version.content for version in versions]
    with file.open("wb") as opened:
        write_bank(opened, documents)
    click.echo(f"Wrote {len(documents)} items to {file.name}.")


@bank.command("list")
@click.pass_context
def list_items(context: click.Context) -> None:
    """List the items, each with its current version."""
    with _database(context).read() as session:
        versions = session.scalars(current_versions().order_by(BankItem.code)).all()
    for version in versions:
        place = f"{version.domain}\t{version.topic or '-'}"
        click.echo(f"{version.item.code}\t{version.number}\t{version.state}\t{version.language}\t{place}")
    if not versions:
        click.echo("The bank is empty. Import items with: exam-engine bank import FILE")


@click.group()
def paper() -> None:
    """Papers: assemble one from approved items, list them."""


@paper.command("assemble")
@click.argument("exam")
@click.option("--name", help="The paper's name (default: exam, version and seed).")
@click.option("--seed", type=int, help="Draw the same items again from the same bank (default: random).")
@click.pass_context
def assemble_paper(context: click.Context, exam: str, name: str | None, seed: int | None) -> None:
    """Assemble a paper for EXAM: a code (its definition loaded last), or CODE@VERSION."""
    seed = secrets.randbelow(10**9) if seed is None else seed
    with _database(context).transaction() as session:
        definition = _exam(session, exam).definition
        name = name or f"{definition.code} {definition.version} {seed}"[:80]
        documents = approved_documents(session, definition.language)
        row = publish(session, definition, documents, name, random.Random(seed), SystemClock().now(), SYSTEM)
    click.echo(f"Paper {row.id}: {row.name}, {definition.item_count} items, seed {seed}, {row.digest[:12]}")


@paper.command("list")
@click.pass_context
def list_papers(context: click.Context) -> None:
    """List the papers published."""
    with _database(context).read() as session:
        rows = session.scalars(select(PaperRow).order_by(PaperRow.id)).all()
    for row in rows:
        exam = f"{row.exam.code} {row.exam.version}"
        click.echo(f"{row.id}\t{row.name}\t{exam}\t{row.published_at:%Y-%m-%d %H:%M} UTC\t{row.digest[:12]}")
    if not rows:
        click.echo("There are no papers. Assemble one with: exam-engine paper assemble EXAM")


def _database(context: click.Context) -> Database:
    return Database(context.obj().effective_database_url)


def _exam(session: Session, name: str) -> ExamRow:
    code, _, version = name.partition("@")
    wanted = select(ExamRow).filter_by(code=code).order_by(ExamRow.loaded_at.desc(), ExamRow.id.desc())
    row = session.scalars(wanted.filter_by(version=version) if version else wanted).first()
    if row is None:
        raise NotFoundError(field="exam", exam=name)
    return row


def _approve(session: Session, plan: ImportPlan) -> int:
    """Approve the drafts among the file's items; returns how many there were."""
    drafts = 0
    for code in (*plan.added, *plan.changed, *plan.unchanged):
        version = current_version(session, code)
        if version.state == VersionState.DRAFT:
            decide(session, version.id, True, None, SystemClock().now(), SYSTEM)
            drafts += 1
    return drafts


def _tell(plan: ImportPlan, verb: str) -> None:
    for fault in plan.faults:
        click.echo(str(fault), err=True)
    if plan.faults:
        many = "1 fault" if len(plan.faults) == 1 else f"{len(plan.faults)} faults"
        click.echo(f"{many}. Nothing was changed.", err=True)
    else:
        counts = f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.unchanged)} unchanged."
        click.echo(f"{verb} {counts}")


commands = (bank, paper)
