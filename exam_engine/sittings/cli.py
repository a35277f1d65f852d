"""Commands on sittings."""

from __future__ import annotations

import click
from sqlalchemy import select

from exam_engine.clock import SystemClock
from exam_engine.database import Database
from exam_engine.sittings.models import Sitting
from exam_engine.sittings.overview import lines


@click.group()
def sitting() -> None:
    """Sittings."""


@sitting.command("list")
@click.pass_context
def list_sittings(context: click.Context) -> None:
    """List sittings with their counts, newest first."""
    with Database(context.obj().effective_database_url).read() as session:
        rows = list(session.scalars(select(Sitting).order_by(Sitting.opens_at.desc())).unique())
        found = lines(session, rows, SystemClock().now())
    for line in found:
        place = f"{line.sitting.site}, {line.sitting.room}"
        counts = f"{line.admitted} admitted, {line.working} at work, {line.submitted} submitted"
        click.echo(f"{line.sitting.id}\t{line.sitting.title}\t{place}\t{line.phase}\t{counts}")
    if not found:
        click.echo("There are no sittings.")
