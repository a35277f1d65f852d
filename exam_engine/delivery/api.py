"""The candidate's wire (``docs/wire.md``): thin views over the door and the entrance."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from exam_engine import signals
from exam_engine.accounts.guessing import guard_of
from exam_engine.app import Engine, current_engine
from exam_engine.clock import to_ms
from exam_engine.delivery import entrance, view
from exam_engine.delivery.events import EventsMalformedError
from exam_engine.delivery.save_path import REFUSAL, NotJsonError
from exam_engine.delivery.states import EventKind
from exam_engine.delivery.tokens import COOKIE, DeviceToken, TokenMint
from exam_engine.errors import InvalidInputError
from exam_engine.metrics import metrics_of

COOKIE_SECONDS = 24 * 3600
MOST_ITEMS = 50


class SignInForm(BaseModel):
    """The body of a sign-in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    registration: str = Field(min_length=1, max_length=40)
    pin: str = Field(min_length=1, max_length=20)
    device: str = Field(pattern=r"^[0-9a-f]{32}$")


def sign_in() -> Response:
    """POST /exam/api/sign-in"""
    engine = current_engine()
    form = _sign_in_form()
    secret = engine.settings.secret_key.get_secret_value()
    newcomer = entrance.Newcomer(
        form.registration, form.pin, form.device, request.user_agent.string, request.remote_addr or ""
    )
    guard = guard_of(current_app)
    keys = (f"candidate:{form.registration.strip().upper()}", f"candidate-address:{request.remote_addr}")
    for key in keys:
        guard.check(key)
    try:
        with engine.database.transaction() as session:
            entry = entrance.sign_in(session, newcomer, engine.clock.now(), secret)
    except entrance.SignInRefusedError:
        for key in keys:
            guard.failed(key)
        metrics_of(current_app).failed_sign_ins.labels("candidate").inc()
        raise
    guard.succeeded(keys[0])
    entrance.announce(current_app._get_current_object(), entry)  # type: ignore[attr-defined]
    response = _attempt_reply(engine, entry.token)
    response.set_cookie(
        COOKIE,
        _mint().issue(entry.token),
        max_age=COOKIE_SECONDS,
        path="/",
        secure=engine.settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )
    return response


def attempt() -> Response:
    """GET /exam/api/attempt"""
    return _attempt_reply(current_engine(), _token())


def start() -> Response:
    """POST /exam/api/start"""
    engine, token = current_engine(), _token()
    _json_only()
    with engine.database.transaction() as session:
        begun = entrance.start(session, token, engine.clock.now())
        sitting_id = view.sitting_of(session, token.attempt_id)
    if begun:
        _tell_started(token, sitting_id)
    return _attempt_reply(engine, token)


def paper() -> Response:
    """GET /exam/api/paper?from=0&count=10"""
    engine, token = current_engine(), _token()
    start_at, count = _number("from", 0, 10_000), _number("count", 10, MOST_ITEMS)
    with engine.database.read() as session:
        return _json(view.paper_slice(session, engine, token, start_at, count))


def events() -> Response:
    """POST /exam/api/events: good saves were answered by `SavePath`; what it refused is put into words here."""
    refusal: Exception = request.environ[REFUSAL]
    raise refusal


def result() -> Response:
    """GET /exam/api/result"""
    engine, token = current_engine(), _token()
    with engine.database.read() as session:
        return _json(view.result(session, engine, token))


def time() -> Response:
    """GET /exam/api/time"""
    return _json({"now": to_ms(current_engine().clock.now())})


def sign_out() -> Response:
    """POST /exam/api/sign-out"""
    _json_only()
    response = _json({})
    response.delete_cookie(COOKIE, path="/")
    return response


def _attempt_reply(engine: Engine, token: DeviceToken) -> Response:
    with engine.database.read() as session:
        return _json(_attempt_body(session, engine, token))


def _attempt_body(session: Session, engine: Engine, token: DeviceToken) -> dict[str, Any]:
    return view.attempt(session, engine, token)


def _tell_started(token: DeviceToken, sitting_id: int) -> None:
    signals.attempt_changed.send(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        attempt_id=token.attempt_id,
        sitting_id=sitting_id,
        kind=str(EventKind.STARTED),
    )


def _sign_in_form() -> SignInForm:
    _json_only()
    try:
        return SignInForm.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise InvalidInputError(field=field, problem=first["msg"]) from error


def _token() -> DeviceToken:
    return _mint().read(request.cookies.get(COOKIE))


def _mint() -> TokenMint:
    mint: TokenMint = current_app.extensions["exam_engine_mint"]
    return mint


def _json_only() -> None:
    if request.mimetype != "application/json":
        raise NotJsonError


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise EventsMalformedError(field=name, problem=f"a whole number from 0 to {most}")
    return int(text)


def _json(body: dict[str, Any]) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")), mimetype="application/json"
    )
