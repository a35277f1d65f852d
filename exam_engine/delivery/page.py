"""The candidate's page and its service worker: the only HTML a candidate ever loads."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template
from werkzeug.wrappers import Response as WerkzeugResponse

from exam_engine.web.assets import Assets
from exam_engine.web.language import current_language


def player() -> Response:
    """GET /exam/: the player, with its first words inside."""
    catalogue = _catalogue(_assets(), current_language())
    response = make_response(render_template("player.html", catalogue=catalogue))
    # The service worker keeps a copy for a restart without network; nobody else may.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response


def service_worker() -> Response:
    """GET /exam/sw.js: at this address, because a worker rules over the addresses beside it only."""
    response = _assets().serve_entry("sw")
    response.headers["Cache-Control"] = "no-cache"
    return response


def to_player() -> WerkzeugResponse:
    """GET /exam"""
    return redirect("/exam/")


def _assets() -> Assets:
    assets: Assets = current_app.extensions["assets"]
    return assets


@cache
def _catalogue(assets: Assets, language: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(assets.read(f"catalogue/player.{language}.json"))
    return words
