"""The ground of every page: language, headers, forged requests, compression, navigation, the look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, request, session

from exam_engine.accounts.models import Role, Staff
from exam_engine.app import engine_of
from exam_engine.web.navigation import NavEntry, add
from tests.conftest import MakeApp, StaffClient, csrf_token

SignedIn = Callable[..., StaffClient]


class TestLanguage:
    def test_the_browser_is_asked_first_time(self, client: StaffClient) -> None:
        assert "Selamat datang" in client.get("/", headers={"Accept-Language": "id-ID,en;q=0.5"}).text
        assert "Welcome" in client.get("/", headers={"Accept-Language": "en-GB"}).text

    def test_without_any_wish_the_default_rules(self, client: StaffClient) -> None:
        assert "Selamat datang" in client.get("/", headers={"Accept-Language": "fr"}).text

    def test_a_choice_in_this_browser_beats_all(self, client: StaffClient) -> None:
        reply = client.send("/language", {"language": "id", "next": "/staff/sign-in?x=1"}, page="/")
        assert reply.location == "/staff/sign-in?x=1"
        assert "Selamat datang" in client.get("/").text

    def test_staff_keep_their_choice_with_their_account(
        self, app: Flask, signed_in: SignedIn
    ) -> None:
        browser = signed_in(language="en")
        browser.send("/language", {"language": "id"}, page="/staff/account")
        with engine_of(app).database.read() as db:
            assert db.get_one(Staff, 1).language == "id"
        browser.delete_cookie("language")
        assert "Akun saya" in browser.get("/staff/account").text

    def test_an_unknown_language_is_refused(self, client: StaffClient) -> None:
        assert client.send("/language", {"language": "xx"}, page="/").status_code == 400


class TestHeaders:
    def test_pages_run_only_our_own_scripts(self, client: StaffClient) -> None:
        headers = client.get("/").headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert policy["connect-src"] == "'self' ws://localhost"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in headers

    def test_a_page_that_prints_the_nonce_gets_it_into_its_policy(
        self, app: Flask, client: StaffClient
    ) -> None:
        from flask import render_template_string

        app.add_url_rule("/nonce", "nonce", lambda: render_template_string("{{ csp_nonce }}"))
        first, second = client.get("/nonce"), client.get("/nonce")
        assert f"'nonce-{first.text}'" in first.headers["Content-Security-Policy"]
        assert first.text != second.text

    def test_a_strange_host_cannot_write_into_the_policy(self, client: StaffClient) -> None:
        policy = client.get("/", headers={"Host": "x;script-src *"}).headers["Content-Security-Policy"]
        assert "script-src *" not in policy

    def test_with_secure_cookies_https_is_remembered(self, make_app: MakeApp) -> None:
        browser = make_app(secure_cookies=True).test_client()
        reply = browser.get("/", base_url="https://localhost")
        assert "max-age=" in reply.headers["Strict-Transport-Security"]
        cookies = reply.headers.getlist("Set-Cookie")
        assert cookies and all("Secure" in cookie for cookie in cookies)

    def test_pages_carry_no_inline_script_style_or_handler(self, signed_in: SignedIn) -> None:
        browser = signed_in(*Role)
        for path in ("/", "/staff/", "/staff/account", "/staff/people", "/staff/people/1", "/staff/trail"):
            text = browser.get(path).text
            assert "<style" not in text and " style=" not in text and " onclick=" not in text, path
            assert text.count("<script") == text.count('<script type="module" src='), path


class TestForgery:
    def test_a_form_without_our_token_is_refused(self, client: StaffClient) -> None:
        reply = client.post("/language", data={"language": "id"})
        assert reply.status_code == 400
        assert "no longer valid" in reply.text

    def test_a_token_of_somebody_else_is_refused(self, app: Flask, client: StaffClient) -> None:
        other = csrf_token(app.test_client().get("/"))
        client.get("/")
        reply = client.post("/language", data={"language": "id", "csrf_token": other})
        assert reply.status_code == 400

    def test_the_wire_is_exempt_and_has_no_session(self, app: Flask, client: StaffClient) -> None:
        def echo() -> dict[str, object]:
            return {"got": request.get_json(), "session": bool(session)}

        app.add_url_rule("/exam/api/echo", "echo", echo, methods=["POST"])
        reply = client.post("/exam/api/echo", json={"a": 1})
        assert reply.json == {"got": {"a": 1}, "session": False}
        assert "Set-Cookie" not in reply.headers


class TestCompression:
    @pytest.fixture(autouse=True)
    def _pages(self, app: Flask) -> None:
        app.add_url_rule("/long", "long", lambda: "words " * 1000)
        app.add_url_rule("/short", "short", lambda: "words")
        app.add_url_rule("/exam/api/short", "wire_short", lambda: {"words": "words"})
        app.add_url_rule("/exam/api/long", "wire_long", lambda: {"words": "words " * 1000})

    @pytest.mark.parametrize(("accepted", "chosen"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)])
    @pytest.mark.parametrize("path", ["/long", "/exam/api/long"])
    def test_long_text_is_compressed_as_accepted(
        self, client: StaffClient, path: str, accepted: str, chosen: str | None
    ) -> None:
        reply = client.get(path, headers={"Accept-Encoding": accepted})
        assert reply.headers.get("Content-Encoding") == chosen
        assert "Accept-Encoding" in reply.headers["Vary"]

    @pytest.mark.parametrize("path", ["/short", "/exam/api/short"])
    def test_short_replies_are_left_alone(self, client: StaffClient, path: str) -> None:
        reply = client.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert "Content-Encoding" not in reply.headers


class TestNavigation:
    def test_two_entries_cannot_share_a_shortcut(self, app: Flask) -> None:
        with pytest.raises(ValueError, match="'a'"):
            add(app, NavEntry(label="Another", endpoint="landing", shortcut="a"))

    def test_the_page_shown_is_marked(self, signed_in: SignedIn) -> None:
        text = signed_in(Role.AUDITOR).get("/staff/trail").text
        assert 'href="/staff/trail" data-shortcut="a" aria-current="page"' in text


def test_the_chosen_look_is_there_at_the_first_paint(client: StaffClient) -> None:
    client.set_cookie("theme", "dark")
    client.set_cookie("contrast", '"><script>')
    text = client.get("/").text
    assert '<html lang="en" data-theme="dark">' in text


def test_behind_a_proxy_the_visitor_s_own_address_and_scheme_count(make_app: MakeApp) -> None:
    app = make_app(behind_proxy=True)
    app.add_url_rule("/who", "who", lambda: f"{request.remote_addr} {request.scheme}")
    sent = {"X-Forwarded-For": "198.51.100.9, 192.0.2.7", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/who", headers=sent).text == "192.0.2.7 https"
    assert make_app().test_client().get("/health/live", headers=sent).status_code == 200
