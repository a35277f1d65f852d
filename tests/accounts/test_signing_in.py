"""Signing in: who gets through, who is kept out and for how long."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.models import Role, Staff, StaffSession
from exam_engine.accounts.signing_in import LONGEST_LOCK, lock_after
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from exam_engine.clock import ManualClock
from tests.conftest import PASSWORD, MakeApp, StaffClient, add_staff


def staff_row(app: Flask, username: str) -> Staff:
    with engine_of(app).database.read() as session:
        return session.scalars(select(Staff).filter_by(username=username)).one()


def actions(app: Flask) -> list[str]:
    with engine_of(app).database.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_right_password_opens_the_staff_pages(app: Flask, client: StaffClient) -> None:
    add_staff(app, "sari", Role.AUDITOR)
    reply = client.sign_in(" SARI ")
    assert reply.location == "/staff/"
    assert "Audit trail" in client.get("/staff/").text
    assert actions(app)[-1] == "staff.signed_in"


def test_after_signing_in_one_lands_where_one_wanted_to_go(app: Flask, client: StaffClient) -> None:
    add_staff(app, "sari", Role.AUDITOR)
    assert client.get("/staff/trail?actor=x").location == "/staff/sign-in?next=/staff/trail?actor%3Dx"
    assert client.sign_in("sari", next="/staff/trail?actor=x").location == "/staff/trail?actor=x"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/x"])
def test_signing_in_never_leads_to_another_site(
    app: Flask, client: StaffClient, elsewhere: str
) -> None:
    add_staff(app, "sari", Role.AUDITOR)
    assert client.sign_in("sari", next=elsewhere).location == "/staff/"


def test_unknown_name_wrong_password_and_closed_account_look_the_same(
    app: Flask, client: StaffClient
) -> None:
    add_staff(app, "sari")
    closed = add_staff(app, "closed")
    with engine_of(app).database.transaction() as session:
        session.get_one(Staff, closed).active = False
    replies = [
        client.sign_in("sari", "wrong password"),
        client.sign_in("nobody", "wrong password"),
        client.sign_in("closed", PASSWORD),
    ]
    assert {reply.status_code for reply in replies} == {400}
    assert all("username or the password is wrong" in reply.text for reply in replies)


def test_five_failures_lock_the_account_and_each_further_five_for_longer(
    app: Flask, client: StaffClient, clock: ManualClock
) -> None:
    add_staff(app, "sari")
    for _ in range(5):
        client.sign_in("sari", "wrong password")
    locked = client.sign_in("sari", PASSWORD)
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "900"
    assert "15 minutes" in locked.text
    clock.advance(minutes=15)
    assert client.sign_in("sari", PASSWORD).status_code == 302
    assert staff_row(app, "sari").failed_sign_ins == 0


def test_locks_double_up_to_a_day() -> None:
    assert [lock_after(5 * times) for times in (1, 2, 3)] == [
        timedelta(minutes=15),
        timedelta(minutes=30),
        timedelta(minutes=60),
    ]
    assert lock_after(500) == LONGEST_LOCK


def test_a_name_nobody_bears_is_locked_like_an_account(client: StaffClient) -> None:
    statuses = [client.sign_in("nobody", "wrong password").status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


def test_the_cookie_tells_nothing_and_the_database_keeps_only_a_digest(
    app: Flask, client: StaffClient
) -> None:
    add_staff(app, "sari")
    reply = client.sign_in("sari")
    cookie = next(c for c in reply.headers.getlist("Set-Cookie") if c.startswith("exam_staff="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    token = cookie.split(";")[0].removeprefix("exam_staff=")
    with engine_of(app).database.read() as session:
        assert session.scalars(select(StaffSession.token_digest)).one() != token


def test_an_idle_session_ends_and_so_does_one_that_is_old(
    app: Flask, client: StaffClient, clock: ManualClock
) -> None:
    add_staff(app, "sari")
    client.sign_in("sari")
    clock.advance(minutes=29)
    assert client.get("/staff/").status_code == 200
    clock.advance(minutes=29)
    assert client.get("/staff/").status_code == 200
    clock.advance(minutes=30)
    assert client.get("/staff/").status_code == 302
    client.sign_in("sari")
    for _ in range(30):
        clock.advance(minutes=20)
        client.get("/staff/")
    assert client.get("/staff/").status_code == 302


def test_signing_in_gives_a_new_token_and_ends_the_old_one(app: Flask, client: StaffClient) -> None:
    add_staff(app, "sari")
    client.sign_in("sari")
    old = client.get_cookie("exam_staff")
    client.delete_cookie("exam_staff")
    client.set_cookie("exam_staff", old.value if old else "")
    client.send("/staff/sign-out")
    thief = app.test_client()
    thief.set_cookie("exam_staff", old.value if old else "")
    assert thief.get("/staff/").status_code == 302


def test_a_temporary_password_must_be_replaced_before_anything_else(
    app: Flask, client: StaffClient
) -> None:
    add_staff(app, "sari", Role.AUDITOR, password_temporary=True)
    client.sign_in("sari")
    assert client.get("/staff/trail").location == "/staff/new-password"
    form = {"old_password": PASSWORD, "password": "gajah makan pagi"}
    assert client.send("/staff/new-password", form, page="/staff/new-password").location == "/staff/"
    assert client.get("/staff/trail").status_code == 200


class TestSecondFactor:
    @pytest.fixture
    def strict(self, make_app: MakeApp) -> Flask:
        return make_app(second_factor="required")

    @pytest.fixture
    def browser(self, strict: Flask) -> StaffClient:
        return strict.test_client()  # type: ignore[return-value]

    def enrol(self, app: Flask, browser: StaffClient, clock: ManualClock) -> pyotp.TOTP:
        add_staff(app, "sari", Role.AUDITOR)
        browser.sign_in("sari")
        assert "data:image/svg+xml" in browser.get("/staff/second-factor/new").text
        totp = pyotp.TOTP(staff_row(app, "sari").totp_secret or "")
        code = totp.at(clock.now())
        reply = browser.send("/staff/second-factor/new", {"code": code}, page="/staff/second-factor/new")
        assert reply.location == "/staff/", reply.text
        return totp

    def test_without_one_staff_must_enrol_first(
        self, strict: Flask, browser: StaffClient, clock: ManualClock
    ) -> None:
        add_staff(strict, "budi", Role.AUDITOR)
        browser.sign_in("budi")
        assert browser.get("/staff/trail").location == "/staff/second-factor/new"
        self.enrol(strict, strict.test_client(), clock)  # type: ignore[arg-type]
        assert "staff.second_factor_enrolled" in actions(strict)

    def test_the_password_alone_opens_nothing(
        self, strict: Flask, browser: StaffClient, clock: ManualClock
    ) -> None:
        totp = self.enrol(strict, browser, clock)
        browser.send("/staff/sign-out")
        browser.sign_in("sari")
        assert browser.get("/staff/trail").location == "/staff/second-factor"
        assert browser.get("/staff/second-factor/new").location == "/staff/second-factor"
        clock.advance(seconds=30)
        before = browser.get_cookie("exam_staff")
        form = {"code": totp.at(clock.now())}
        assert browser.send("/staff/second-factor", form, page="/staff/second-factor").location == "/staff/"
        after = browser.get_cookie("exam_staff")
        assert before and after and before.value != after.value
        assert browser.get("/staff/trail").status_code == 200

    def test_a_code_is_good_once(
        self, strict: Flask, browser: StaffClient, clock: ManualClock
    ) -> None:
        totp = self.enrol(strict, browser, clock)
        browser.send("/staff/sign-out")
        browser.sign_in("sari")
        used = {"code": totp.at(clock.now())}
        refused = browser.send("/staff/second-factor", used, page="/staff/second-factor")
        assert refused.status_code == 400
        assert "used already" in refused.text

    def test_wrong_codes_lock_the_account_too(
        self, strict: Flask, browser: StaffClient, clock: ManualClock
    ) -> None:
        self.enrol(strict, browser, clock)
        browser.send("/staff/sign-out")
        browser.sign_in("sari")
        for _ in range(5):
            browser.send("/staff/second-factor", {"code": "000000"}, page="/staff/second-factor")
        locked = browser.send("/staff/second-factor", {"code": "000000"}, page="/staff/second-factor")
        assert locked.status_code == 429

    def test_half_a_sign_in_lasts_ten_minutes(
        self, strict: Flask, browser: StaffClient, clock: ManualClock
    ) -> None:
        self.enrol(strict, browser, clock)
        browser.send("/staff/sign-out")
        browser.sign_in("sari")
        clock.advance(minutes=10)
        assert browser.get("/staff/second-factor").location.startswith("/staff/sign-in")
