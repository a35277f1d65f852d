"""The officer's pages of sittings: list, open, show, admit, PIN, cancel."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import or_, select

from exam_engine.accounts.access import current_actor, requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from exam_engine.errors import ExamEngineError, InvalidInputError
from exam_engine.exams.models import PaperRow
from exam_engine.sittings import operations, overview
from exam_engine.sittings.admission_list import read_admissions
from exam_engine.sittings.models import Sitting
from exam_engine.sittings.operations import SittingPlan
from exam_engine.web.errors import describe
from exam_engine.web.pages import page_of


@requires(Role.OFFICER)
def sittings() -> str:
    """GET /sittings/"""
    wanted = request.args.get("q", "").strip()
    query = select(Sitting).order_by(Sitting.opens_at.desc(), Sitting.id.desc())
    if wanted:
        columns = (Sitting.title, Sitting.site, Sitting.room)
        query = query.where(or_(*(column.icontains(wanted, autoescape=True) for column in columns)))
    engine = current_engine()
    with engine.database.read() as session:
        page = page_of(session, query)
        lines = overview.lines(session, list(page.rows), engine.clock.now())
    return render_template("sittings/sittings.html", page=page, lines=lines, wanted=wanted)


@requires(Role.OFFICER)
def new() -> ResponseReturnValue:
    """GET, POST /sittings/new"""
    if request.method == "GET":
        return _form(None)
    engine = current_engine()
    secret = engine.settings.secret_key.get_secret_value()
    pin = request.form.get("pin", "").strip() or operations.new_pin()
    try:
        with engine.database.transaction() as session:
            sitting = operations.open_sitting(
                session, _plan(), pin, engine.clock.now(), current_actor(), secret
            )
            sitting_id = sitting.id
    except ExamEngineError as error:
        return _form(error)
    return _show_pin(sitting_id, pin)


@requires(Role.OFFICER)
def sitting(sitting_id: int) -> str:
    """GET /sittings/<id>"""
    engine = current_engine()
    with engine.database.read() as session:
        row = operations.find(session, sitting_id)
        line = overview.lines(session, [row], engine.clock.now())[0]
        places = overview.places(session, sitting_id)
    return render_template(
        "sittings/sitting.html", line=line, sitting=row, places=places, definition=row.exam.definition
    )


@requires(Role.OFFICER)
def admit(sitting_id: int) -> ResponseReturnValue:
    """POST /sittings/<id>/admissions: a CSV file; all of it or nothing."""
    engine = current_engine()
    uploaded = request.files.get("file")
    with engine.database.read() as session:
        row = operations.find(session, sitting_id)
    admissions = read_admissions(uploaded.read() if uploaded else b"", row.exam.definition)
    if admissions.faults:
        page = render_template("sittings/faults.html", sitting=row, faults=admissions.faults)
        return page, 400
    with engine.database.transaction() as session:
        new_count, already = operations.admit(
            session, sitting_id, admissions.applicants, engine.clock.now(), current_actor()
        )
    flash(_("%(new)s admitted, %(already)s were admitted already.", new=new_count, already=already), "good")
    return _back(sitting_id)


@requires(Role.OFFICER)
def renew_pin(sitting_id: int) -> ResponseReturnValue:
    """POST /sittings/<id>/pin"""
    engine = current_engine()
    pin = operations.new_pin()
    with engine.database.transaction() as session:
        operations.renew_pin(
            session,
            sitting_id,
            pin,
            request.form.get("reason", ""),
            engine.clock.now(),
            current_actor(),
            engine.settings.secret_key.get_secret_value(),
        )
    return _show_pin(sitting_id, pin)


@requires(Role.OFFICER)
def cancel(sitting_id: int) -> ResponseReturnValue:
    """POST /sittings/<id>/cancelled"""
    engine = current_engine()
    with engine.database.transaction() as session:
        reason = request.form.get("reason", "")
        operations.cancel(session, sitting_id, reason, engine.clock.now(), current_actor())
    flash(_("The sitting is cancelled."), "good")
    return _back(sitting_id)


@requires(Role.OFFICER)
def withdraw(sitting_id: int, admission_id: int) -> ResponseReturnValue:
    """POST /sittings/<id>/admissions/<id>/withdrawn"""
    engine = current_engine()
    with engine.database.transaction() as session:
        reason = request.form.get("reason", "")
        operations.withdraw(session, admission_id, reason, engine.clock.now(), current_actor())
    flash(_("The admission is taken back."), "good")
    return _back(sitting_id)


def _form(error: ExamEngineError | None) -> ResponseReturnValue:
    engine = current_engine()
    with engine.database.read() as session:
        papers = session.scalars(select(PaperRow).order_by(PaperRow.published_at.desc())).all()
    problem = None if error is None else describe(error)
    opens = engine.clock.now().astimezone(get_timezone()) + timedelta(hours=1)
    page = render_template(
        "sittings/new.html",
        papers=papers,
        problem=problem,
        typed=request.form,
        opens_at=opens.strftime("%Y-%m-%dT%H:00"),
        closes_at=(opens + timedelta(hours=1)).strftime("%Y-%m-%dT%H:00"),
    )
    return page, problem.status if problem else 200


def _plan() -> SittingPlan:
    form = request.form
    return SittingPlan(
        paper_id=form.get("paper", 0, type=int),
        title=form.get("title", "")[:120],
        site=form.get("site", "")[:80],
        room=form.get("room", "")[:80],
        opens_at=_moment("opens_at"),
        closes_at=_moment("closes_at"),
    )


def _moment(field: str) -> datetime:
    try:
        local = datetime.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise InvalidInputError(field=field, problem=_("not a date and time")) from error
    moment: datetime = get_timezone().localize(local)
    return moment


def _show_pin(sitting_id: int, pin: str) -> ResponseReturnValue:
    """Show a PIN once: only its digest is kept."""
    with current_engine().database.read() as session:
        row = operations.find(session, sitting_id)
    return render_template("sittings/pin.html", sitting=row, pin=pin)


def _back(sitting_id: int) -> ResponseReturnValue:
    return redirect(url_for("sittings.sitting", sitting_id=sitting_id))
