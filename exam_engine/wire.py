"""Telling the candidates' wire (`docs/wire.md`) from pages."""

from __future__ import annotations

from flask import request

WIRE_PREFIX = "/exam/api/"


def is_wire() -> bool:
    """Whether this request is one of the candidate player's JSON calls."""
    return request.path.startswith(WIRE_PREFIX)


def wants_json() -> bool:
    """Whether the one who asks reads JSON: the wire, or a script that says so or sends JSON itself."""
    if is_wire() or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
