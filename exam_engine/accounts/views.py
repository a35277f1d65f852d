"""Pages of signing in and of one's own account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_engine.accounts import access, operations, sessions, signing_in
from exam_engine.accounts import second_factor as factor
from exam_engine.accounts.access import requires, send_on
from exam_engine.accounts.models import Staff
from exam_engine.accounts.operations import change_own_password
from exam_engine.accounts.sessions import Stage, Visit
from exam_engine.app import current_engine
from exam_engine.audit import Actor
from exam_engine.errors import ExamEngineError
from exam_engine.web.addresses import safe_next
from exam_engine.web.errors import Problem, describe

NEXT = "next"


def landing() -> str:
    """GET /: candidate or staff?"""
    return render_template("landing.html")


@requires()
def home() -> str:
    """GET /staff/: what one's roles can do."""
    return render_template("accounts/home.html")


def sign_in() -> ResponseReturnValue:
    """GET, POST /staff/sign-in"""
    visit = sessions.visit()
    onward = safe_next(request.values.get(NEXT), url_for("accounts.home"))
    if visit is not None and visit.stage is Stage.COMPLETE:
        return redirect(onward)
    if request.method == "GET":
        return render_template("accounts/sign_in.html", onward=onward, problem=None)
    try:
        token = signing_in.with_password(
            request.form.get("username", ""),
            request.form.get("password", ""),
            request.remote_addr or "",
        )
    except ExamEngineError as error:
        return _again("accounts/sign_in.html", error, onward=onward)
    return sessions.set_cookie(redirect(onward), token)


def sign_out() -> ResponseReturnValue:
    """POST /staff/sign-out"""
    with current_engine().database.transaction() as session:
        sessions.end(session)
    return sessions.clear_cookie(redirect(url_for("accounts.sign_in")))


def second_factor() -> ResponseReturnValue:
    """GET, POST /staff/second-factor: the code of the moment."""
    visit = sessions.visit()
    if visit is None or visit.stage is not Stage.SECOND_FACTOR:
        return _elsewhere(visit)
    if request.method == "GET":
        return render_template("accounts/second_factor.html", problem=None)
    try:
        token = signing_in.with_code(visit, request.form.get("code", ""))
    except ExamEngineError as error:
        return _again("accounts/second_factor.html", error)
    return sessions.set_cookie(redirect(url_for("accounts.home")), token)


def enrol() -> ResponseReturnValue:
    """GET, POST /staff/second-factor/new: setting up the app on the phone."""
    visit = sessions.visit()
    if visit is None or visit.stage is Stage.SECOND_FACTOR or visit.staff.totp_confirmed_at:
        return _elsewhere(visit)
    secret = signing_in.pending_secret(visit)
    shown = {
        "picture": factor.enrolment_picture(secret, visit.staff.username),
        "typed": factor.in_groups(secret),
        "problem": None,
    }
    if request.method == "GET":
        return render_template("accounts/enrol.html", **shown)
    try:
        token = signing_in.confirm_enrolment(visit, request.form.get("code", ""))
    except ExamEngineError as error:
        return _again("accounts/enrol.html", error, **shown)
    flash(_("Your second factor is set up."), "good")
    return sessions.set_cookie(redirect(url_for("accounts.home")), token)


def new_password() -> ResponseReturnValue:
    """GET, POST /staff/new-password: replacing the temporary password by one's own."""
    visit = sessions.visit()
    if visit is None or visit.stage is not Stage.NEW_PASSWORD:
        return _elsewhere(visit)
    if request.method == "GET":
        return render_template("accounts/new_password.html", problem=None)
    return _change_password(visit, "accounts/new_password.html", "accounts.home")


@requires()
def account() -> ResponseReturnValue:
    """GET, POST /staff/account: one's roles, password, language, second factor."""
    visit = sessions.visit()
    if request.method == "GET" or visit is None:
        return render_template("accounts/account.html", problem=None, **_own(access.current_staff()))
    return _change_password(visit, "accounts/account.html", "accounts.account")


@requires()
def sign_out_everywhere() -> ResponseReturnValue:
    """POST /staff/account/sign-out-everywhere"""
    staff = access.current_staff()
    with current_engine().database.transaction() as session:
        sessions.end_all(session, staff.id)
    flash(_("You are signed out on all devices."), "good")
    return sessions.clear_cookie(redirect(url_for("accounts.sign_in")))


def _change_password(visit: Visit, template: str, onward: str) -> ResponseReturnValue:
    engine, form = current_engine(), request.form
    actor = Actor(visit.staff.id, visit.staff.username)
    try:
        with engine.database.transaction() as session:
            staff = change_own_password(
                session,
                engine.clock.now(),
                actor,
                form.get("old_password", ""),
                form.get("password", ""),
            )
            token = sessions.begin(
                session, staff, second_factor=staff.totp_confirmed_at is not None
            )
    except ExamEngineError as error:
        return _again(template, error, **_own(visit.staff))
    flash(_("Your password is changed. Other devices are signed out."), "good")
    return sessions.set_cookie(redirect(url_for(onward)), token)


def _own(staff: Staff) -> dict[str, object]:
    return {"grants": sorted(operations.grants_of(staff))}


def _again(template: str, error: ExamEngineError, **values: object) -> ResponseReturnValue:
    """The form once more, with what was wrong."""
    problem: Problem = describe(error)
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    # 401 would ask the browser for credentials of its own kind; the form is shown with 400 instead.
    status = 400 if problem.status == 401 else problem.status
    return render_template(template, problem=problem, **values), status, headers


def _elsewhere(visit: Visit | None) -> ResponseReturnValue:
    if visit is not None and visit.stage is Stage.COMPLETE:
        return redirect(url_for("accounts.home"))
    return send_on(visit)
