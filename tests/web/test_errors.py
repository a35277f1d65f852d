"""Errors reach people in words, in their language, with a hint; scripts get JSON."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from flask import Flask, abort

import exam_engine
from exam_engine.database import DatabaseUnavailableError
from exam_engine.errors import ExamEngineError, InvalidInputError
from exam_engine.web.assets import ClientsNotBuiltError
from exam_engine.web.errors import register_messages
from exam_engine.web.messages import MESSAGES, Message, in_plain_words
from tests.conftest import StaffClient


def every_error() -> set[type[ExamEngineError]]:
    for module in pkgutil.walk_packages(exam_engine.__path__, "exam_engine."):
        # The command line patches the process for gevent when imported; revisions need a migration under way.
        if module.name.startswith(("exam_engine.cli", "exam_engine.__main__", "exam_engine.migrations")):
            continue
        importlib.import_module(module.name)
    found, waiting = set(), [ExamEngineError]
    while waiting:
        error = waiting.pop()
        found.add(error)
        waiting += error.__subclasses__()
    return {error for error in found if error.__module__.startswith("exam_engine.")}


def test_every_error_of_the_engine_has_words(app: Flask) -> None:
    wordless = sorted(error.code for error in every_error() if error.code not in MESSAGES)
    assert wordless == []


def test_a_missing_page_is_told_in_both_languages(client: StaffClient) -> None:
    english = client.get("/nothing-here")
    assert english.status_code == 404
    assert "There is nothing here, or not for you." in english.text
    indonesian = client.get("/nothing-here", headers={"Accept-Language": "id"})
    assert "Tidak ada apa-apa di sini" in indonesian.text
    assert '<html lang="id"' in indonesian.text


def test_the_wire_and_scripts_get_json(client: StaffClient) -> None:
    for path, accept in (("/exam/api/nothing", "*/*"), ("/nothing", "application/json")):
        reply = client.get(path, headers={"Accept": accept})
        assert reply.status_code == 404
        assert set(reply.json["error"]) == {"code", "message", "hint"}
        assert reply.json["error"]["code"] == "not_found"


def test_an_error_names_its_field_and_fills_its_text(app: Flask, client: StaffClient) -> None:
    def refuse() -> str:
        raise InvalidInputError(field="minutes", problem="1 to 60")

    app.add_url_rule("/exam/api/refuse", "refuse", refuse)
    error = client.get("/exam/api/refuse").json["error"]
    assert error["field"] == "minutes"
    assert error["message"] == "A value cannot be used: 1 to 60"


def test_an_outage_says_when_to_come_back_even_to_those_signed_in(
    app: Flask, client: StaffClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outage(self: object) -> None:
        raise DatabaseUnavailableError

    client.set_cookie("exam_staff", "some-token")
    monkeypatch.setattr("exam_engine.database.Database.read", outage)
    reply = client.get("/staff/")
    assert reply.status_code == 503
    assert int(reply.headers["Retry-After"]) > 0
    assert "Nothing that was confirmed is lost" in reply.text


def test_an_unforeseen_error_tells_a_number_and_nothing_else(
    app: Flask, client: StaffClient
) -> None:
    def fail() -> str:
        raise RuntimeError("the key of item 7 is C")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/fail", "fail", fail)
    reply = client.get("/fail")
    assert reply.status_code == 500
    assert "Number for the help desk" in reply.text
    assert "item 7" not in reply.text


def test_other_http_errors_keep_their_status_and_headers(app: Flask, client: StaffClient) -> None:
    app.add_url_rule("/large", "large", lambda: abort(413))
    reply = client.get("/language")
    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]
    assert "20 MB" in client.get("/large").text


def test_without_built_clients_the_page_says_what_to_do(app: Flask, client: StaffClient) -> None:
    class NothingBuilt:
        def url(self, name: str) -> str:
            raise ClientsNotBuiltError(name=name)

        stylesheets = url

    app.extensions["assets"] = NothingBuilt()
    reply = client.get("/")
    assert reply.status_code == 500
    assert "make web" in reply.text


def test_two_packages_cannot_claim_one_code() -> None:
    with pytest.raises(ValueError, match="not_found"):
        register_messages({"not_found": Message(MESSAGES["csrf"].text, MESSAGES["csrf"].hint)})


def test_a_text_that_lacks_a_value_is_still_told() -> None:
    assert "…" in in_plain_words(InvalidInputError())
