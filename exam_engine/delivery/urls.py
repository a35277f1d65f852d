"""Every URL of the candidate's wire (``docs/wire.md``)."""

from __future__ import annotations

from flask import Flask

from exam_engine.delivery import api, page
from exam_engine.delivery.tokens import TokenMint
from exam_engine.delivery.words import MESSAGES
from exam_engine.web.errors import register_messages

API = "/exam/api"


def register_urls(app: Flask) -> None:
    """Attach the candidate's API."""
    register_messages(MESSAGES)
    app.extensions["exam_engine_mint"] = TokenMint(app.config["SECRET_KEY"])
    for path, view, method in (
        ("sign-in", api.sign_in, "POST"),
        ("attempt", api.attempt, "GET"),
        ("start", api.start, "POST"),
        ("paper", api.paper, "GET"),
        ("events", api.events, "POST"),
        ("result", api.result, "GET"),
        ("time", api.time, "GET"),
        ("sign-out", api.sign_out, "POST"),
    ):
        app.add_url_rule(f"{API}/{path}", f"candidate.{view.__name__}", view, methods=[method])
    app.add_url_rule("/exam/", "candidate.player", page.player)
    app.add_url_rule("/exam", "candidate.to_player", page.to_player)
    app.add_url_rule("/exam/sw.js", "candidate.service_worker", page.service_worker)
