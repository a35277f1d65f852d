"""The demo's start page: whom to sign in as and what to try, in both languages."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale

from exam_engine.app import current_engine
from exam_engine.demo.stage import ACCOUNTS, ROOM, SITE, Stage
from exam_engine.web.language import LANGUAGES, current_language


def init_app(app: Flask, stage: Stage) -> None:
    """Put the start page in place of the plain one."""

    def landing() -> str:
        """GET /"""
        facts = _facts(stage)
        first = current_language()
        order = [first, *(code for code in LANGUAGES if code != first)]
        return render_template("demo/start.html", guides=[(code, _guide(code, facts)) for code in order], **facts)

    app.view_functions["landing"] = landing


def _guide(code: str, facts: dict[str, Any]) -> str:
    with force_locale(code):
        return render_template("demo/guide.html", code=code, **facts)


def _facts(stage: Stage) -> dict[str, Any]:
    password = current_engine().settings.demo_password
    assert password is not None
    return {
        "accounts": ACCOUNTS,
        "password": password.get_secret_value(),
        "live": stage.live,
        "finished": stage.finished,
        "site": SITE,
        "room": ROOM,
    }
