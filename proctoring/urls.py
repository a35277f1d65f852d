"""Every URL of supervision."""

from __future__ import annotations

from flask import Flask

from proctoring import views

PAGES = (
    ("/proctor/", "sittings", views.sittings, ("GET",)),
    ("/proctor/sittings/<int:sitting_id>", "wall", views.wall, ("GET",)),
    ("/proctor/api/attempts/<int:attempt_id>/<deed>", "do", views.do, ("POST",)),
    ("/proctor/api/sittings/<int:sitting_id>/<deed>", "do_to_room", views.do_to_room, ("POST",)),
    ("/proctor/api/incidents/<int:incident_id>/seen", "look_at", views.look_at, ("POST",)),
)


def register_urls(app: Flask) -> None:
    """Attach the pages and the deeds of the wall."""
    for path, name, view, methods in PAGES:
        app.add_url_rule(path, f"proctoring.{name}", view, methods=list(methods))
