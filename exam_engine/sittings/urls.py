"""Every URL of sittings."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from exam_engine.accounts.models import Role
from exam_engine.sittings import views, words
from exam_engine.web import navigation
from exam_engine.web.navigation import NavEntry

PAGES = (
    ("/sittings/", "sittings", views.sittings, ("GET",)),
    ("/sittings/new", "new", views.new, ("GET", "POST")),
    ("/sittings/<int:sitting_id>", "sitting", views.sitting, ("GET",)),
    ("/sittings/<int:sitting_id>/admissions", "admit", views.admit, ("POST",)),
    (
        "/sittings/<int:sitting_id>/admissions/<int:admission_id>/withdrawn",
        "withdraw",
        views.withdraw,
        ("POST",),
    ),
    ("/sittings/<int:sitting_id>/pin", "renew_pin", views.renew_pin, ("POST",)),
    ("/sittings/<int:sitting_id>/cancelled", "cancel", views.cancel, ("POST",)),
)


def register_urls(app: Flask) -> None:
    """Attach the pages and the navigation entry."""
    words.init_app(app)
    for path, name, view, methods in PAGES:
        app.add_url_rule(path, f"sittings.{name}", view, methods=list(methods))
    navigation.add(
        app,
        NavEntry(
            label=_l("Sittings"),
            endpoint="sittings.sittings",
            roles={Role.OFFICER},
            summary=_l("Open sittings, admit candidates, read results."),
            shortcut="i",
        ),
    )
