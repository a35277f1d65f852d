"""Who is asking, and whether they may.

Views say what they need: ``@requires(Role.OFFICER)``. An administrator has no implicit right to content or scores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from exam_engine.accounts import sessions
from exam_engine.accounts.models import Role, Staff
from exam_engine.accounts.sessions import Stage
from exam_engine.app import current_engine
from exam_engine.audit import Actor
from exam_engine.database import DatabaseUnavailableError
from exam_engine.errors import ExamEngineError, ForbiddenError
from exam_engine.wire import wants_json

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

# Where somebody must go first who is signed in, but not all the way.
NEXT_STEP = {
    Stage.SECOND_FACTOR: "accounts.second_factor",
    Stage.ENROL: "accounts.enrol",
    Stage.NEW_PASSWORD: "accounts.new_password",
}


class NotSignedInError(ExamEngineError):
    """Nobody is signed in, or a step of signing in is still open."""

    code = "accounts.not_signed_in"
    status = 401


def requires(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only fully signed-in staff holding one of ``roles`` (any role, if none is named) through to the view.

    People who are not signed in are sent to sign in; scripts get `NotSignedInError`.

    Raises:
        ForbiddenError: signed in, but with none of the roles.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            visit = sessions.visit()
            if visit is None or visit.stage is not Stage.COMPLETE:
                return send_on(visit)
            if roles and not visit.staff.roles.intersection(roles):
                raise ForbiddenError
            return view(*args, **kwargs)

        return guarded

    return decorate


def send_on(visit: sessions.Visit | None) -> ResponseReturnValue:
    """Send somebody to the next step of signing in.

    Raises:
        NotSignedInError: a script asked, which cannot take the step.
    """
    if wants_json():
        raise NotSignedInError
    if visit is not None:
        return redirect(url_for(NEXT_STEP[visit.stage]))
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=here))


def current_staff() -> Staff:
    """The fully signed-in member of staff who asks; works in socket handlers too.

    Raises:
        NotSignedInError: there is none.
    """
    visit = sessions.visit()
    if visit is None or visit.stage is not Stage.COMPLETE:
        raise NotSignedInError
    return visit.staff


def staff_or_none() -> Staff | None:
    """The fully signed-in member of staff, if any; nobody while the database does not answer."""
    try:
        return current_staff()
    except (NotSignedInError, DatabaseUnavailableError):
        return None


def current_actor() -> Actor:
    """Who the audit trail names for what this request does.

    Raises:
        NotSignedInError: nobody is signed in.
    """
    staff = current_staff()
    return Actor(staff.id, staff.username)


def remember_language(language: str) -> None:
    """Keep the language with the account of whoever is signed in."""
    staff = staff_or_none()
    if staff is None or staff.language == language:
        return
    with current_engine().database.transaction() as session:
        row = session.get_one(Staff, staff.id)
        row.language = language
    g.pop(sessions.MEMO, None)
