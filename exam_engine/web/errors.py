"""The edge where errors become words: status, text in the person's language, and a hint what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, current_app, jsonify, render_template
from flask_babel import format_datetime
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from exam_engine import logs
from exam_engine.errors import ExamEngineError
from exam_engine.web.messages import MESSAGES, Message
from exam_engine.wire import wants_json

RETRY_SECONDS = 10
_CODES = {
    401: "accounts.not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}


@dataclass(frozen=True)
class Problem:
    """An error in words, ready to be shown."""

    code: str
    status: int
    message: str
    hint: str
    field: str | None = None
    retry_after: int | None = None


def init_app(app: Flask) -> None:
    """Answer every error, ours and HTTP's, in words."""
    app.register_error_handler(ExamEngineError, _reply_to_ours)
    app.register_error_handler(HTTPException, _reply_to_http)


def register_messages(messages: Mapping[str, Message]) -> None:
    """Add the words for a package's error codes.

    Raises:
        ValueError: a code has other words already.
    """
    for code, message in messages.items():
        if MESSAGES.get(code, message) is not message:
            raise ValueError(f"error code {code!r} has words already")
        MESSAGES[code] = message


def describe(error: ExamEngineError) -> Problem:
    """An error in the words of the current language; forms show it beside the field it names."""
    retry_after = error.params.get("retry_after")
    if retry_after is None and error.status == 503:
        retry_after = RETRY_SECONDS
    return _in_words(
        error.code,
        error.status,
        error.params,
        field=error.field,
        retry_after=None if retry_after is None else max(1, round(float(str(retry_after)))),
    )


def _in_words(
    code: str,
    status: int,
    params: Mapping[str, object],
    *,
    field: str | None = None,
    retry_after: int | None = None,
) -> Problem:
    message = MESSAGES.get(code, MESSAGES["internal"])
    text, hint = message.filled({"field": field} | {name: _shown(params[name]) for name in params})
    return Problem(
        code=code,
        status=status,
        message=text,
        hint=hint,
        field=field,
        retry_after=retry_after,
    )


def _shown(value: object) -> object:
    return format_datetime(value) if isinstance(value, datetime) else value


def _reply_to_ours(error: ExamEngineError) -> Response:
    if error.status >= 500:
        current_app.logger.error("%s", error, exc_info=error)
    return reply(describe(error))


def _reply_to_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    code = "csrf" if isinstance(error, CSRFError) else _CODES.get(status, "bad_request")
    response = reply(_in_words(code, status, {}))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def reply(problem: Problem) -> Response:
    """The response that tells a problem: JSON to scripts and players, a page to people."""
    if wants_json():
        body = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        response = jsonify(error=body | ({"field": problem.field} if problem.field else {}))
    else:
        response = current_app.make_response(_page(problem))
    response.status_code = problem.status
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _page(problem: Problem) -> str:
    # Without the built clients no page has a stylesheet; saying so must not need one.
    template = "error_plain.html" if problem.code == "clients.not_built" else "error.html"
    return render_template(template, problem=problem, request_id=logs.request_id())
