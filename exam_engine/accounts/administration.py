"""The administrator's pages: who has an account and which roles."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select

from exam_engine.accounts import operations
from exam_engine.accounts.access import current_actor, requires
from exam_engine.accounts.models import EVERYWHERE, Role, Staff
from exam_engine.accounts.operations import NewStaff, RoleGrant
from exam_engine.app import current_engine
from exam_engine.errors import ExamEngineError
from exam_engine.web.errors import describe
from exam_engine.web.pages import page_of

BLANK_ROWS = 2


@requires(Role.ADMINISTRATOR)
def people() -> str:
    """GET /staff/people"""
    wanted = request.args.get("q", "").strip()
    query = select(Staff).order_by(Staff.active.desc(), Staff.username)
    if wanted:
        query = query.where(
            or_(Staff.username.icontains(wanted, autoescape=True), Staff.name.icontains(wanted, autoescape=True))
        )
    with current_engine().database.read() as session:
        page = page_of(session, query)
    return render_template("accounts/people.html", page=page, wanted=wanted, now=_now())


@requires(Role.ADMINISTRATOR)
def add_person() -> ResponseReturnValue:
    """GET, POST /staff/people/new"""
    if request.method == "GET":
        return _form_of_new(None)
    new = NewStaff(
        username=request.form.get("username", ""),
        name=request.form.get("name", ""),
        grants=_grants_typed(),
        language="en" if request.form.get("language") == "en" else "id",
    )
    password = operations.temporary_password()
    try:
        with current_engine().database.transaction() as session:
            staff = operations.create_staff(
                session, _now(), current_actor(), new, password, password_temporary=True
            )
    except ExamEngineError as error:
        return _form_of_new(error)
    return _tell_password(staff, password)


@requires(Role.ADMINISTRATOR)
def person(staff_id: int) -> str:
    """GET /staff/people/<id>"""
    with current_engine().database.read() as session:
        staff = operations.find_staff(session, staff_id)
    return render_template(
        "accounts/person.html",
        person=staff,
        is_own=staff_id == current_actor().staff_id,
        now=_now(),
        **_role_choices(operations.grants_of(staff)),
    )


@requires(Role.ADMINISTRATOR)
def set_roles(staff_id: int) -> ResponseReturnValue:
    """POST /staff/people/<id>/roles"""
    reason = request.form.get("reason", "").strip()[:500] or None
    with current_engine().database.transaction() as session:
        operations.set_grants(
            session, _now(), current_actor(), staff_id, _grants_typed(), reason
        )
    return _done(staff_id, _("The roles are saved."))


@requires(Role.ADMINISTRATOR)
def reset_password(staff_id: int) -> ResponseReturnValue:
    """POST /staff/people/<id>/password"""
    password = operations.temporary_password()
    with current_engine().database.transaction() as session:
        operations.reset_password(session, _now(), current_actor(), staff_id, password)
        staff = operations.find_staff(session, staff_id)
    return _tell_password(staff, password)


@requires(Role.ADMINISTRATOR)
def reset_second_factor(staff_id: int) -> ResponseReturnValue:
    """POST /staff/people/<id>/second-factor"""
    with current_engine().database.transaction() as session:
        operations.reset_second_factor(session, _now(), current_actor(), staff_id)
    return _done(staff_id, _("The second factor is forgotten; it is set up anew at the next sign-in."))


@requires(Role.ADMINISTRATOR)
def deactivate(staff_id: int) -> ResponseReturnValue:
    """POST /staff/people/<id>/closed"""
    with current_engine().database.transaction() as session:
        operations.deactivate(session, _now(), current_actor(), staff_id)
    return _done(staff_id, _("The account is closed."))


@requires(Role.ADMINISTRATOR)
def reactivate(staff_id: int) -> ResponseReturnValue:
    """POST /staff/people/<id>/open"""
    with current_engine().database.transaction() as session:
        operations.reactivate(session, _now(), current_actor(), staff_id)
    return _done(staff_id, _("The account is open again."))


def _form_of_new(error: ExamEngineError | None) -> ResponseReturnValue:
    problem = None if error is None else describe(error)
    page = render_template(
        "accounts/add_person.html", problem=problem, typed=request.form, **_role_choices(_grants_typed())
    )
    return page, problem.status if problem else 200


def _tell_password(staff: Staff, password: str) -> ResponseReturnValue:
    """Show a temporary password once. It is in this reply only: not in a cookie, not in the database, not in a log."""
    return render_template("accounts/temporary_password.html", person=staff, password=password)


def _grants_typed() -> frozenset[RoleGrant]:
    """The roles ticked, and a proctor's rows of site and room; an empty room means all rooms of the site."""
    ticked = {role for role in Role if role.value in request.form.getlist("roles")}
    grants = {RoleGrant(role) for role in ticked - {Role.PROCTOR}}
    if Role.PROCTOR in ticked:
        rows = zip(request.form.getlist("site"), request.form.getlist("room"), strict=False)
        reach = {(site.strip()[:80], room.strip()[:80] or EVERYWHERE) for site, room in rows if site.strip()}
        grants |= {RoleGrant(Role.PROCTOR, site, room) for site, room in reach}
    return frozenset(grants)


def _role_choices(grants: frozenset[RoleGrant]) -> dict[str, object]:
    reach = sorted((grant.site, grant.room) for grant in grants if grant.role is Role.PROCTOR)
    return {
        "held": {grant.role for grant in grants},
        "reach": reach + [("", "")] * BLANK_ROWS,
    }


def _done(staff_id: int, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("accounts.person", staff_id=staff_id))


def _now() -> datetime:
    return current_engine().clock.now()
