"""Words for roles and for what the audit trail records."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from exam_engine.accounts.models import Role

ROLES: dict[Role, tuple[LazyString, LazyString]] = {
    Role.PROCTOR: (_l("Proctor"), _l("watches candidates and intervenes, in the rooms given")),
    Role.AUTHOR: (_l("Author"), _l("writes items")),
    Role.REVIEWER: (_l("Reviewer"), _l("judges items and approves them")),
    Role.OFFICER: (_l("Exam officer"), _l("plans sittings, admits candidates, publishes papers and results")),
    Role.ANALYST: (_l("Analyst"), _l("reads statistics of items and scores")),
    Role.AUDITOR: (_l("Auditor"), _l("reads the audit trail")),
    Role.ADMINISTRATOR: (_l("Administrator"), _l("keeps the accounts; sees no content and no scores")),
}


def init_app(app: Flask) -> None:
    """Give templates the words for roles."""
    app.jinja_env.globals["role_words"] = ROLES
