"""Every URL of staff accounts: signing in, one's own account, the administrator's and the auditor's pages."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from exam_engine.accounts import administration, guessing, trail, views, words
from exam_engine.accounts.models import Role
from exam_engine.web import navigation
from exam_engine.web.navigation import NavEntry

PAGES = (
    ("/staff/", "home", views.home, ("GET",)),
    ("/staff/sign-in", "sign_in", views.sign_in, ("GET", "POST")),
    ("/staff/sign-out", "sign_out", views.sign_out, ("POST",)),
    ("/staff/second-factor", "second_factor", views.second_factor, ("GET", "POST")),
    ("/staff/second-factor/new", "enrol", views.enrol, ("GET", "POST")),
    ("/staff/new-password", "new_password", views.new_password, ("GET", "POST")),
    ("/staff/account", "account", views.account, ("GET", "POST")),
    ("/staff/account/sign-out-everywhere", "sign_out_everywhere", views.sign_out_everywhere, ("POST",)),
    ("/staff/people", "people", administration.people, ("GET",)),
    ("/staff/people/new", "add_person", administration.add_person, ("GET", "POST")),
    ("/staff/people/<int:staff_id>", "person", administration.person, ("GET",)),
    ("/staff/people/<int:staff_id>/roles", "set_roles", administration.set_roles, ("POST",)),
    ("/staff/people/<int:staff_id>/password", "reset_password", administration.reset_password, ("POST",)),
    (
        "/staff/people/<int:staff_id>/second-factor",
        "reset_second_factor",
        administration.reset_second_factor,
        ("POST",),
    ),
    ("/staff/people/<int:staff_id>/closed", "deactivate", administration.deactivate, ("POST",)),
    ("/staff/people/<int:staff_id>/open", "reactivate", administration.reactivate, ("POST",)),
    ("/staff/trail", "trail", trail.trail, ("GET",)),
)


def register_urls(app: Flask) -> None:
    """Attach the pages, the guard against guessing and the navigation entries."""
    guessing.init_app(app)
    words.init_app(app)
    app.add_url_rule("/", "landing", views.landing)
    for path, name, view, methods in PAGES:
        app.add_url_rule(path, f"accounts.{name}", view, methods=list(methods))
    navigation.add(
        app,
        NavEntry(
            label=_l("Staff accounts"),
            endpoint="accounts.people",
            roles={Role.ADMINISTRATOR},
            summary=_l("Add people, give roles, reset passwords."),
            shortcut="s",
        ),
    )
    navigation.add(
        app,
        NavEntry(
            label=_l("Audit trail"),
            endpoint="accounts.trail",
            roles={Role.AUDITOR},
            summary=_l("Who did what to content, keys, time and scores, when and why."),
            shortcut="a",
        ),
    )
