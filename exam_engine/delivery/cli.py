"""Commands on the answer log."""

from __future__ import annotations

import sys

import click
from sqlalchemy import func, select

from exam_engine.database import Database
from exam_engine.delivery.models import Attempt, LogEvent
from exam_engine.delivery.verify import deviations
from exam_engine.delivery.verify import rebuild as rebuild_projections


@click.group()
def log() -> None:
    """The answer log: prove that what is stored beside it follows from it, or make it so."""


@log.command("verify")
@click.pass_context
def verify(context: click.Context) -> None:
    """Compare every attempt's row with its log; exits with 1 when any deviates."""
    with Database(context.obj().effective_database_url).read() as session:
        found = list(deviations(session))
        attempts = session.scalar(select(func.count()).select_from(Attempt))
        events = session.scalar(select(func.count()).select_from(LogEvent))
    for each in found:
        click.echo(f"attempt {each.attempt_id}: {each.field} is {each.stored}, the log says {each.logged}")
    click.echo(f"{attempts} attempts, {events} events, {len(found)} deviations.")
    sys.exit(1 if found else 0)


@log.command("rebuild")
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Make attempts' rows anew from the log; scores follow within seconds on a running server."""
    with Database(context.obj().effective_database_url).transaction() as session:
        count = rebuild_projections(session)
    click.echo(f"{count} attempts rebuilt from the log.")
