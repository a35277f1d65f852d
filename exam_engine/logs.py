"""Log lines: structured, one per happening, with the request's id, and never with an answer or a secret.

`redact` is the last gate: whatever a caller put under a telling name is blanked, and so are the values that a
database error repeats in its text.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.types import EventDict, Processor, WrappedLogger

from exam_engine.app import engine_of
from exam_engine.settings import Settings
from exam_engine.wire import is_wire

BLANK = "[redacted]"
TELLING = frozenset(
    (
        "answer answers authorization cookie credential credentials csrf key keys otp passphrase password passwords "
        "pin pins secret secrets session token tokens totp value values weights"
    ).split()
)
_HANDLER = "exam-engine"
_SQL_VALUES = re.compile(r"\[parameters: .*?\]\s*$", re.DOTALL | re.MULTILINE)
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

log = structlog.stdlib.get_logger("exam_engine.requests")


def init_app(app: Flask) -> None:
    """Log the requests of pages; the wire is counted, not logged."""
    settings = engine_of(app).settings
    configure(settings)
    app.extensions["trusted_request_ids"] = settings.behind_proxy

    @app.before_request
    def _begin() -> None:
        if not is_wire():
            g.started = time.perf_counter()
            if app.extensions["trusted_request_ids"]:
                _adopt_request_id()

    @app.after_request
    def _end(response: Response) -> Response:
        if "started" in g and request.endpoint not in (None, "static"):
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
            )
        return response


def configure(settings: Settings) -> None:
    """Send the log of the whole process to stderr in the format the settings ask for. Doing it again is harmless."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    printer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.set_name(_HANDLER)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                printer,
            ],
        )
    )
    root = logging.getLogger()
    for old in [known for known in root.handlers if known.get_name() == _HANDLER]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for chatty in ("werkzeug", "flask_wtf.csrf", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def request_id() -> str:
    """The id that ties together the log lines of this request and the error page; empty outside a request."""
    if not has_request_context():
        return ""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    known: str = g.request_id
    return known


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank what must not be written down: values under telling names, and the values inside database errors."""
    return {name: _cleaned(name, value) for name, value in event.items()}


def _cleaned(name: object, value: Any) -> Any:
    if TELLING & set(re.split(r"[^a-z]+", str(name).lower())):
        return BLANK
    if isinstance(value, Mapping):
        return {inner: _cleaned(inner, content) for inner, content in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned("", content) for content in value]
    return _SQL_VALUES.sub(f"[parameters: {BLANK}]", value) if isinstance(value, str) else value


def _add_request_id(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    identity = request_id()
    if identity:
        event["request_id"] = identity
    return event


def _adopt_request_id() -> None:
    """Behind our own proxy its id is used, so that both logs tell one story."""
    given = request.headers.get("X-Request-Id", "")
    if _REQUEST_ID.fullmatch(given):
        g.request_id = given
