"""A proctor sees and touches the rooms assigned, and no others: page, socket and deeds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select

from exam_engine.accounts.models import Grant, Role, StaffSession
from exam_engine.accounts.operations import RoleGrant
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from proctoring.models import Incident
from tests.proctoring.conftest import NEXT_DOOR, Proctor, Room

Make = Callable[..., Proctor]
OTHERS = [Role.OFFICER, Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR]


def test_the_list_shows_only_the_rooms_assigned(room: Room, proctor: Make) -> None:
    assert "Sesi 1" in proctor().browser.get("/proctor/").text
    elsewhere = proctor(NEXT_DOOR).browser.get("/proctor/").text
    assert "Sesi 1" not in elsewhere
    assert "Nothing to supervise now" in elsewhere


def test_a_proctor_of_the_whole_site_and_of_everywhere_sees_it(room: Room, proctor: Make) -> None:
    for grant in (RoleGrant(Role.PROCTOR, "Kota Uji"), RoleGrant(Role.PROCTOR)):
        assert proctor(grant).browser.get(f"/proctor/sittings/{room.sitting}").status_code == 200


def test_the_page_of_another_room_is_refused(room: Room, proctor: Make) -> None:
    assert proctor().browser.get(f"/proctor/sittings/{room.sitting}").status_code == 200
    assert proctor(NEXT_DOOR).browser.get(f"/proctor/sittings/{room.sitting}").status_code == 403
    assert proctor().browser.get("/proctor/sittings/4711").status_code == 404


@pytest.mark.parametrize("role", OTHERS)
def test_other_staff_have_no_wall(room: Room, proctor: Make, role: Role) -> None:
    somebody = proctor(role)
    assert somebody.browser.get("/proctor/").status_code == 403
    assert somebody.browser.get(f"/proctor/sittings/{room.sitting}").status_code == 403
    assert not somebody.connect()
    assert somebody.do(f"attempts/{room.attempts[0]}/pause", reason="x").status_code == 403


def test_the_socket_refuses_another_room(room: Room, proctor: Make) -> None:
    stranger = proctor(NEXT_DOOR)
    assert stranger.connect()
    assert stranger.watch(room.sitting) == {"ok": False, "error": "not_allowed"}
    room.send(0, "presence", value="focus_lost")
    assert stranger.told() == []


@pytest.mark.parametrize("wanted", [None, "1", True, {"a": 1}, 4711])
def test_the_socket_refuses_what_is_no_sitting(room: Room, proctor: Make, wanted: object) -> None:
    watcher = proctor()
    assert watcher.connect()
    assert watcher.watch(wanted)["ok"] is False  # type: ignore[arg-type]


def test_the_socket_refuses_who_is_not_signed_in(any_database_app: Flask, room: Room) -> None:
    assert not Proctor(any_database_app, any_database_app.test_client()).connect()  # type: ignore[arg-type]


def test_deeds_in_another_room_are_refused_and_change_nothing(
    any_database_app: Flask, room: Room, proctor: Make
) -> None:
    room.send(0, "presence", value="focus_lost")
    any_database_app.extensions["proctoring"].broadcast.tell()
    stranger = proctor(NEXT_DOOR)
    with engine_of(any_database_app).database.read() as session:
        incident = session.scalars(select(Incident.id)).one()
        before = len(session.scalars(select(AuditEntry.id)).all())
    one, all_of_them = f"attempts/{room.attempts[0]}", f"sittings/{room.sitting}"
    for deed in ("message", "pause", "resume", "extend", "end", "consent", "refuse"):
        reply = stranger.do(f"{one}/{deed}", **_filled(deed))
        assert (reply.status_code, reply.json["error"]["code"]) == (403, "forbidden")
    for deed in ("message", "pause", "resume", "extend"):
        assert stranger.do(f"{all_of_them}/{deed}", **_filled(deed)).status_code == 403
    assert stranger.do(f"incidents/{incident}/seen", note="x").status_code == 403
    with engine_of(any_database_app).database.read() as session:
        assert len(session.scalars(select(AuditEntry.id)).all()) == before
        assert session.get_one(Incident, incident).state == "open"


def _filled(deed: str) -> dict[str, object]:
    if deed == "message":
        return {"text": "x"}
    needs: dict[str, dict[str, object]] = {"extend": {"minutes": 5}, "consent": {"lane": 2}, "refuse": {"lane": 2}}
    return {"reason": "x", **needs.get(deed, {})}


def test_chosen_attempts_must_be_of_that_sitting(room: Room, proctor: Make) -> None:
    reply = proctor().do(f"sittings/{room.sitting}/pause", reason="x", attempts=[room.attempts[0], 4711])
    assert (reply.status_code, reply.json["error"]["field"]) == (404, "attempts")


def test_who_has_signed_out_is_shown_out(any_database_app: Flask, room: Room, proctor: Make) -> None:
    watcher = proctor()
    assert watcher.connect()
    assert watcher.watch(room.sitting)["ok"]
    watchers = any_database_app.extensions["proctoring"].watchers
    watchers.check()
    assert watcher.socket and watcher.socket.is_connected("/wall")
    with engine_of(any_database_app).database.transaction() as session:
        session.execute(delete(StaffSession))
    watchers.check()
    assert not watcher.socket.is_connected("/wall")


def test_who_is_given_another_room_is_shown_out(any_database_app: Flask, room: Room, proctor: Make) -> None:
    watcher = proctor()
    assert watcher.connect()
    assert watcher.watch(room.sitting)["ok"]
    with engine_of(any_database_app).database.transaction() as session:
        session.scalars(select(Grant)).one().room = "Ruang 2"
    any_database_app.extensions["proctoring"].watchers.check()
    assert watcher.socket and not watcher.socket.is_connected("/wall")


def test_a_session_that_ended_between_two_checks_cannot_watch_anything_more(
    any_database_app: Flask, room: Room, proctor: Make
) -> None:
    watcher = proctor()
    assert watcher.connect()
    with engine_of(any_database_app).database.transaction() as session:
        session.execute(delete(StaffSession))
    assert watcher.watch(room.sitting) == {"ok": False, "error": "not_allowed"}
