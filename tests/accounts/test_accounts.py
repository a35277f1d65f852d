"""Accounts: who may reach what, and what is done to accounts is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.models import Role, Staff
from exam_engine.accounts.operations import RoleGrant, grants_of
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from tests.conftest import PASSWORD, StaffClient, add_staff

SignedIn = Callable[..., StaffClient]


def trail_of(app: Flask, action: str) -> list[AuditEntry]:
    with engine_of(app).database.read() as session:
        return list(session.scalars(select(AuditEntry).filter_by(action=action)))


def reread(app: Flask, staff_id: int) -> Staff:
    with engine_of(app).database.read() as session:
        return session.get_one(Staff, staff_id)


@pytest.mark.parametrize("path", ["/staff/people", "/staff/people/new", "/staff/people/1"])
def test_only_administrators_see_accounts(signed_in: SignedIn, path: str) -> None:
    others = signed_in(*(role for role in Role if role is not Role.ADMINISTRATOR))
    assert others.get(path).status_code == 403
    assert signed_in(Role.ADMINISTRATOR).get(path).status_code == 200


def test_an_administrator_does_not_read_the_audit_trail(signed_in: SignedIn) -> None:
    assert signed_in(Role.ADMINISTRATOR).get("/staff/trail").status_code == 403
    assert signed_in(Role.AUDITOR).get("/staff/trail").status_code == 200


def test_the_home_page_shows_what_ones_roles_can_do(signed_in: SignedIn) -> None:
    home = signed_in(Role.AUDITOR).get("/staff/").text
    assert 'href="/staff/trail"' in home
    assert 'href="/staff/people"' not in home
    assert "You have no role yet" in signed_in().get("/staff/").text


def test_a_script_that_is_not_signed_in_is_told_so_in_json(client: StaffClient) -> None:
    reply = client.get("/staff/trail", headers={"Accept": "application/json"})
    assert reply.status_code == 401
    assert reply.json["error"]["code"] == "accounts.not_signed_in"


def test_a_new_person_gets_a_temporary_password_that_is_shown_once(
    app: Flask, signed_in: SignedIn, client: StaffClient
) -> None:
    form = {
        "name": " Budi  Contoh ",
        "username": "Budi.Contoh",
        "language": "en",
        "roles": ["proctor", "author"],
        "site": ["Gedung A", "Gedung B", ""],
        "room": ["R1", "", "ignored"],
    }
    shown = signed_in(Role.ADMINISTRATOR).send("/staff/people/new", form)
    password = re.search(r'<code class="secret">([^<]+)</code>', shown.text)
    assert password
    created = trail_of(app, "staff.created")[-1]
    person = reread(app, int(created.object_id))
    assert (person.username, person.name) == ("budi.contoh", "Budi Contoh")
    assert grants_of(person) == {
        RoleGrant(Role.AUTHOR),
        RoleGrant(Role.PROCTOR, "Gedung A", "R1"),
        RoleGrant(Role.PROCTOR, "Gedung B"),
    }
    assert person.may_supervise("Gedung B", "anything")
    assert not person.may_supervise("Gedung A", "R2")
    assert password.group(1) not in str(created.detail)
    client.sign_in("budi.contoh", password.group(1))
    assert client.get("/staff/").location == "/staff/new-password"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "A", "username": "a b"}, "dot, hyphen and underscore"),
        ({"name": " ", "username": "fine"}, "1 to 120 characters"),
        ({"name": "A", "username": "taken"}, "is taken"),
    ],
)
def test_a_faulty_new_account_is_refused_in_words(
    app: Flask, signed_in: SignedIn, form: dict[str, str], words: str
) -> None:
    add_staff(app, "taken")
    reply = signed_in(Role.ADMINISTRATOR).send("/staff/people/new", form)
    assert reply.status_code in (400, 409)
    assert words in reply.text


def test_changed_roles_are_in_the_trail_with_before_after_and_reason(
    app: Flask, signed_in: SignedIn
) -> None:
    person = add_staff(app, "budi", Role.AUTHOR)
    administrator = signed_in(Role.ADMINISTRATOR)
    form = {"roles": ["reviewer"], "reason": "moved to review"}
    administrator.send(f"/staff/people/{person}/roles", form)
    administrator.send(f"/staff/people/{person}/roles", form)
    (entry,) = trail_of(app, "staff.roles_changed")
    assert entry.reason == "moved to review"
    roles = {when: [grant["role"] for grant in held] for when, held in entry.detail["roles"].items()}
    assert roles == {"before": ["author"], "after": ["reviewer"]}


def test_nobody_changes_their_own_roles_or_closes_their_own_account(
    app: Flask, signed_in: SignedIn
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    own = int(trail_of(app, "staff.signed_in")[-1].object_id)
    for deed, form in (("roles", {"roles": ["officer"]}), ("closed", {})):
        assert administrator.send(f"/staff/people/{own}/{deed}", form).status_code == 403
    assert grants_of(reread(app, own)) == {RoleGrant(Role.ADMINISTRATOR)}


def test_closing_an_account_ends_its_sessions_at_once(app: Flask, signed_in: SignedIn) -> None:
    auditor = signed_in(Role.AUDITOR)
    person = int(trail_of(app, "staff.signed_in")[-1].object_id)
    administrator = signed_in(Role.ADMINISTRATOR)
    administrator.send(f"/staff/people/{person}/closed")
    assert auditor.get("/staff/trail").status_code == 302
    administrator.send(f"/staff/people/{person}/open")
    assert reread(app, person).active
    assert trail_of(app, "staff.deactivated") and trail_of(app, "staff.reactivated")


def test_resetting_a_password_unlocks_the_account_and_ends_its_sessions(
    app: Flask, signed_in: SignedIn, client: StaffClient
) -> None:
    person = add_staff(app, "budi")
    for _ in range(5):
        client.sign_in("budi", "wrong password")
    signed_in(Role.ADMINISTRATOR).send(f"/staff/people/{person}/password")
    assert reread(app, person).locked_until is None
    assert client.sign_in("budi", PASSWORD).status_code == 400
    assert trail_of(app, "staff.password_reset")


def test_changing_ones_password_signs_out_other_browsers_only(app: Flask) -> None:
    add_staff(app, "budi")
    here, there = app.test_client(), app.test_client()
    for browser in (here, there):
        assert isinstance(browser, StaffClient)
        browser.sign_in("budi")
    new = {"old_password": PASSWORD, "password": "gajah makan pagi"}
    assert isinstance(here, StaffClient)
    assert here.send("/staff/account", new, page="/staff/account").status_code == 302
    assert here.get("/staff/").status_code == 200
    assert there.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("not mine at all", "gajah makan pagi", "this is not your password"),
        (PASSWORD, "short", "fewer than 10"),
        (PASSWORD, "xx-budi-budi-xx", "contains the username"),
        (PASSWORD, "Password123", "first that anybody would try"),
        (PASSWORD, "ababababababab", "first that anybody would try"),
        (PASSWORD, PASSWORD, "it is the one you have"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(
    app: Flask, client: StaffClient, old: str, new: str, words: str
) -> None:
    add_staff(app, "budi")
    client.sign_in("budi")
    form = {"old_password": old, "password": new}
    reply = client.send("/staff/account", form, page="/staff/account")
    assert reply.status_code == 400
    assert words in reply.text


def test_the_trail_is_filtered_and_read_page_by_page(app: Flask, signed_in: SignedIn) -> None:
    for number in range(55):
        add_staff(app, f"person-{number}")
    auditor = signed_in(Role.AUDITOR)
    first = auditor.get("/staff/trail?action=staff.created&actor=system")
    assert "Page 1 of 2" in first.text
    assert "/staff/trail?action=staff.created&amp;actor=system&amp;page=2" in first.text
    assert first.text.count("<code>staff.created</code>") == 50
    beyond = auditor.get("/staff/trail?action=staff.created&page=99").text
    assert "Page 2 of 2" in beyond
    assert "No lines" in auditor.get("/staff/trail?first=2026-03-03").text
    assert "No lines" in auditor.get("/staff/trail?last=2026-03-01").text
    assert "No lines" not in auditor.get("/staff/trail?first=2026-03-02&last=2026-03-02").text


def test_accounts_are_found_by_name(app: Flask, signed_in: SignedIn) -> None:
    add_staff(app, "budi", name="Budi Contoh")
    administrator = signed_in(Role.ADMINISTRATOR)
    assert "Budi Contoh" in administrator.get("/staff/people?q=CONTOH").text
    assert "Nobody found" in administrator.get("/staff/people?q=100%25").text
