"""The way of a save, in front of Flask: what nearly all requests are goes to the log with nothing in between.

Thousands of candidates send one small batch after another, and a framework's own work would cost more than the log's.
Only good saves are answered here. A refusal is handed on to Flask, whose view raises it, so that errors are put into
words, logged and counted in one place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from exam_engine.app import Engine, engine_of
from exam_engine.delivery.door import Request
from exam_engine.delivery.events import MAX_BATCH_BYTES, check_against_paper, read_batch
from exam_engine.delivery.tokens import COOKIE, TokenMint
from exam_engine.errors import ExamEngineError
from exam_engine.wire import WIRE_PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = WIRE_PREFIX + "events"
ENDPOINT = "delivery.events"
REFUSAL = "exam_engine.refusal"
HEADERS = (("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


class NotJsonError(ExamEngineError):
    """A POST without ``Content-Type: application/json``: what keeps foreign pages out."""

    code = "request.not_json"
    status = 415


class SavePath:
    """WSGI middleware that answers ``POST /exam/api/events``; everything else goes on to the application."""

    def __init__(self, app: Flask, onward: WSGIApplication) -> None:
        self._engine: Engine = engine_of(app)
        self._mint: TokenMint = app.extensions["exam_engine_mint"]
        self._count = app.extensions["metrics"].count_request
        self._onward = onward

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a save; hand on what is none, and what is refused."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._onward(environ, start_response)
        try:
            body = json.dumps(self._save(environ), ensure_ascii=False, separators=(",", ":")).encode()
        except Exception as refusal:
            environ[REFUSAL] = refusal
            return self._onward(environ, start_response)
        self._count(ENDPOINT, 200)
        start_response("200 OK", [*HEADERS, ("Content-Length", str(len(body)))])
        return (body,)

    def _save(self, environ: WSGIEnvironment) -> dict[str, Any]:
        token = self._mint.read(cookie_in(environ.get("HTTP_COOKIE", "")))
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
            raise NotJsonError
        engine = self._engine
        # One byte more than may be: enough to tell that it is too much.
        batch = read_batch(environ["wsgi.input"].read(_length(environ)))
        if batch.events:
            check_against_paper(batch, engine.papers.paper(token.paper_id))
        receipt = engine.log.append(Request(token, batch.heard, batch.events))
        now = engine.clock.now()
        if receipt.status.state in ("running", "paused"):
            engine.presence.seen(token.attempt_id, now.timestamp())
        return {**receipt.status.to_wire(now), "saved": receipt.saved, "late": receipt.late}


def cookie_in(header: str) -> str | None:
    """The device's token in a ``Cookie`` header; ours holds no character that would be quoted."""
    for pair in header.split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            return value.strip()
    return None


def _length(environ: WSGIEnvironment) -> int:
    given = environ.get("CONTENT_LENGTH") or ""
    return min(int(given), MAX_BATCH_BYTES + 1) if given.isdecimal() else MAX_BATCH_BYTES + 1
