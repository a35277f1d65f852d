"""The auditor's page: the audit trail, filtered and page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import render_template, request
from flask_babel import get_timezone
from sqlalchemy import Select, select

from exam_engine.accounts.access import requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from exam_engine.audit import AuditEntry
from exam_engine.web.pages import page_of


@dataclass(frozen=True)
class Filter:
    """What to show: empty means any. ``first`` and ``last`` are days of the installation's time zone."""

    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    first: date | None = None
    last: date | None = None

    def apply(self, query: Select[AuditEntry]) -> Select[AuditEntry]:
        """The query for the lines that match, newest first."""
        for column, wanted in (
            (AuditEntry.actor, self.actor),
            (AuditEntry.object_type, self.object_type),
            (AuditEntry.object_id, self.object_id),
        ):
            if wanted:
                query = query.where(column == wanted)
        if self.action:
            query = query.where(AuditEntry.action.startswith(self.action, autoescape=True))
        if self.first:
            query = query.where(AuditEntry.at >= _midnight(self.first))
        if self.last:
            query = query.where(AuditEntry.at < _midnight(self.last + timedelta(days=1)))
        return query.order_by(AuditEntry.id.desc())


@requires(Role.AUDITOR)
def trail() -> str:
    """GET /staff/trail"""
    wanted = _filter_asked()
    with current_engine().database.read() as session:
        page = page_of(session, wanted.apply(select(AuditEntry)))
        actions = session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
        types = session.scalars(
            select(AuditEntry.object_type).distinct().order_by(AuditEntry.object_type)
        ).all()
    return render_template(
        "accounts/trail.html", page=page, wanted=wanted, actions=actions, object_types=types
    )


def _filter_asked() -> Filter:
    asked = request.args
    return Filter(
        actor=asked.get("actor", "").strip(),
        action=asked.get("action", "").strip(),
        object_type=asked.get("object_type", "").strip(),
        object_id=asked.get("object_id", "").strip(),
        first=asked.get("first", type=date.fromisoformat),
        last=asked.get("last", type=date.fromisoformat),
    )


def _midnight(day: date) -> datetime:
    zone = get_timezone()
    start = datetime.combine(day, time.min)
    # pytz zones know their offset at a date only through localize().
    moment: datetime = zone.localize(start)
    return moment
