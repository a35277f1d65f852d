"""What the wall shows: the truth of the tables and the log, told in time, and nothing that is not a proctor's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from exam_engine import sweeper
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from exam_engine.clock import to_ms
from exam_engine.database import DatabaseUnavailableError
from exam_engine.delivery.models import Attempt, LogEvent
from exam_engine.exams.paper import arrange
from exam_engine.sittings.models import Sitting
from proctoring import incidents
from proctoring.models import Incident
from tests import world
from tests.conftest import MakeApp
from tests.proctoring.conftest import Proctor, Room
from tests.world import Device

Make = Callable[..., Proctor]


@pytest.fixture
def watcher(room: Room, proctor: Make) -> Proctor:
    """A proctor who watches the room."""
    somebody = proctor()
    assert somebody.connect()
    assert somebody.watch(room.sitting)["ok"]
    return somebody


def snapshot(watcher: Proctor, room: Room) -> dict[str, Any]:
    reply: dict[str, Any] = watcher.watch(room.sitting)["snapshot"]
    return reply


def row_of(watcher: Proctor, room: Room, place: int) -> dict[str, Any]:
    row: dict[str, Any] = snapshot(watcher, room)["rows"][place]
    return row


class TestSnapshot:
    def test_it_tells_the_sitting(self, watcher: Proctor, room: Room) -> None:
        told = snapshot(watcher, room)["sitting"]
        assert told == {
            "id": room.sitting,
            "exam": "Ujian kecil – Sesi 1",
            "site": "Kota Uji",
            "room": "Ruang 1",
            "opens_at": to_ms(world.START),
            "closes_at": to_ms(world.START) + 7_200_000,
            "items": 10,
        }

    def test_everybody_admitted_has_a_row_signed_in_or_not(self, watcher: Proctor, room: Room) -> None:
        rows = snapshot(watcher, room)["rows"]
        assert [(row["number"], row["state"]) for row in rows] == [
            ("UJI-0001", "running"),
            ("UJI-0002", "running"),
            ("UJI-0003", "absent"),
        ]
        assert rows[2] == {
            "admission": rows[2]["admission"],
            "attempt": None,
            "number": "UJI-0003",
            "name": "Peserta UJI-0003",
            "seat": None,
            "state": "absent",
            "ended_by": None,
            "item": None,
            "answered": 0,
            "flagged": 0,
            "deadline": None,
            "paused_at": None,
            "connected": False,
            "silent": False,
            "last_signal": None,
            "waiting_device": None,
            "alerts": {"focus_lost": 0, "fullscreen_left": 0, "clipboard": 0, "silence": 0, "second_device": 0},
            "open_incidents": 0,
        }

    def test_a_row_tells_how_far_a_candidate_is(self, any_database_app: Flask, watcher: Proctor, room: Room) -> None:
        room.send(0, "navigated", 4)
        room.send(0, "answered", 4, "B")
        room.send(0, "answered", 5, "A")
        room.send(0, "answered", 5, None)
        room.send(0, "flagged", 4, True)
        row = row_of(watcher, room, 0)
        with engine_of(any_database_app).database.read() as session:
            seed = session.get_one(Attempt, row["attempt"]).seed
        assert (row["answered"], row["flagged"]) == (1, 1)
        assert row["item"] == arrange(room.world.paper, seed).refs.index(4) + 1
        assert row["deadline"] == to_ms(world.START) + 3_600_000
        assert row["last_signal"] == to_ms(room.clock.now())

    def test_signs_are_counted_and_open_incidents_too(self, watcher: Proctor, room: Room) -> None:
        for signal in ("focus_lost", "focus_lost", "copied", "pasted", "fullscreen_left"):
            room.send(0, "presence", value=signal)
        watcher.told()
        row = row_of(watcher, room, 0)
        assert row["alerts"] == {
            "focus_lost": 2, "fullscreen_left": 1, "clipboard": 2, "silence": 0, "second_device": 0,
        }  # fmt: skip
        assert row["open_incidents"] == 3

    def test_a_device_that_waits_is_shown_with_its_lane(
        self, any_database_app: Flask, watcher: Proctor, room: Room
    ) -> None:
        Device.of(any_database_app, "1" * 32).sign_in("UJI-0001")
        (delta,) = watcher.told()
        assert delta["rows"][0]["waiting_device"] == 2
        assert delta["rows"][0]["alerts"]["second_device"] == 1
        assert [(each["rule"], each["severity"]) for each in delta["incidents"]] == [("second_device", "serious")]
        assert [each["kind"] for each in delta["signals"]] == ["second_device"]

    def test_an_incident_whose_worker_died_is_found_when_somebody_watches(
        self, any_database_app: Flask, watcher: Proctor, room: Room
    ) -> None:
        now = room.clock.now()
        with engine_of(any_database_app).database.transaction() as session:
            session.add(
                LogEvent(
                    attempt_id=room.attempts[0],
                    lane=1,
                    seq=1,
                    kind="presence",
                    item=None,
                    value="printed",
                    at=now,
                    received_at=now,
                )
            )
        told = snapshot(watcher, room)
        assert [each["rule"] for each in told["incidents"]] == ["printed"]
        assert told["rows"][0]["open_incidents"] == 1

    def test_the_queries_do_not_grow_with_the_room(self, make_app: MakeApp, tmp_path: Path) -> None:
        counts = []
        for candidates in (2, 12):
            app = make_app(parts=("proctoring",), data_dir=_made(tmp_path / str(candidates)))
            built = world.build(app, candidates)
            for registration in built.registrations:
                device = Device.of(app)
                device.sign_in(registration)
                device.start()
            counts.append(_queries_of_a_snapshot(app, built.sitting_id))
        assert counts[0] == counts[1] <= 12


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _queries_of_a_snapshot(app: Flask, sitting_id: int) -> int:
    engine = engine_of(app)
    seen: list[str] = []
    event.listen(engine.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    wall = app.extensions["proctoring"].broadcast._wall
    with engine.database.read() as session:
        wall.snapshot(session, session.get_one(Sitting, sitting_id))
    return len(seen)


class TestDeltas:
    def test_an_answer_shows_as_a_number_and_nothing_else(self, watcher: Proctor, room: Room) -> None:
        room.send(0, "answered", 3, "C")
        (delta,) = watcher.told()
        assert [(row["number"], row["answered"]) for row in delta["rows"]] == [("UJI-0001", 1)]
        assert delta["signals"] == delta["incidents"] == []

    def test_no_answer_key_or_point_is_ever_told(self, watcher: Proctor, room: Room) -> None:
        room.send(0, "answered", 1, "A")
        room.send(0, "submitted")
        sweeper.sweep(watcher.app)
        told = json.dumps([watcher.told(), snapshot(watcher, room)])
        for secret in ("RAHASIA", '"A"', '"key"', '"value"', "answers", "score", "points", "theta", "raw", "passed"):
            assert secret not in told

    def test_a_sign_comes_as_row_incident_and_signal(self, watcher: Proctor, room: Room) -> None:
        room.send(1, "presence", value="focus_lost")
        (delta,) = watcher.told()
        now = to_ms(room.clock.now())
        assert delta["now"] == now
        assert delta["signals"] == [{"attempt": room.attempts[1], "kind": "focus_lost", "at": now}]
        (incident,) = delta["incidents"]
        assert incident == {
            "id": incident["id"],
            "attempt": room.attempts[1],
            "rule": "focus_lost",
            "severity": "warn",
            "at": now,
            "count": 1,
            "state": "open",
            "note": None,
        }
        assert [row["alerts"]["focus_lost"] for row in delta["rows"]] == [1]

    def test_what_happens_at_once_is_one_delta(self, watcher: Proctor, room: Room) -> None:
        for place in (0, 1, 0, 1):
            room.send(place, "presence", value="copied")
        (delta,) = watcher.told()
        assert [row["number"] for row in delta["rows"]] == ["UJI-0001", "UJI-0002"]
        assert [each["count"] for each in delta["incidents"]] == [2, 2]
        assert len(delta["signals"]) == 4
        assert watcher.told() == []

    def test_the_same_events_sent_again_are_told_once(self, watcher: Proctor, room: Room) -> None:
        device = room.devices[0]
        sent = device.event("presence", room.clock.now(), value="copied")
        for _ in range(3):
            device.send(sent)
        (delta,) = watcher.told()
        assert [each["count"] for each in delta["incidents"]] == [1]
        assert len(delta["signals"]) == 1

    def test_silence_is_an_event_too(self, any_database_app: Flask, watcher: Proctor, room: Room) -> None:
        for place in (0, 1):
            room.send(place, "navigated", 1)
        sweeper.note_silence(any_database_app)
        room.clock.advance(seconds=100)
        room.send(1, "navigated", 2)
        sweeper.note_silence(any_database_app)
        (delta,) = watcher.told()
        by_number = {row["number"]: row for row in delta["rows"]}
        assert by_number["UJI-0001"]["silent"] and not by_number["UJI-0002"]["silent"]
        assert [(each["rule"], each["attempt"]) for each in delta["incidents"]] == [("silence", room.attempts[0])]
        assert [each["kind"] for each in delta["signals"]] == ["silence"]

    def test_sockets_that_come_and_go_are_shown(self, any_database_app: Flask, watcher: Proctor, room: Room) -> None:
        socket = engine_of(any_database_app).sockets.test_client(
            any_database_app, namespace="/candidate", flask_test_client=room.devices[0].client
        )
        (delta,) = watcher.told()
        assert [row["connected"] for row in delta["rows"]] == [True]
        assert row_of(watcher, room, 0)["connected"]
        socket.disconnect("/candidate")
        (delta,) = watcher.told()
        assert [row["connected"] for row in delta["rows"]] == [False]

    def test_the_end_by_the_clock_is_told(self, any_database_app: Flask, watcher: Proctor, room: Room) -> None:
        room.clock.advance(minutes=61)
        sweeper.sweep(any_database_app)
        (delta,) = watcher.told()
        assert [(row["state"], row["ended_by"]) for row in delta["rows"]] == [("ended", "deadline")] * 2

    def test_nothing_is_read_for_a_sitting_nobody_watches_but_incidents_are_kept(
        self, any_database_app: Flask, room: Room
    ) -> None:
        room.send(0, "presence", value="copied")
        any_database_app.extensions["proctoring"].broadcast.tell()
        with engine_of(any_database_app).database.read() as session:
            assert [each.rule for each in session.scalars(select(Incident))] == ["clipboard"]


class TestDeeds:
    def test_pause_and_resume(self, watcher: Proctor, room: Room) -> None:
        one = f"attempts/{room.attempts[0]}"
        assert watcher.do(f"{one}/pause", reason="fire drill").json == {"ok": True}
        row = watcher.told()[0]["rows"][0]
        assert (row["state"], row["paused_at"]) == ("paused", to_ms(room.clock.now()))
        room.clock.advance(minutes=10)
        assert watcher.do(f"{one}/resume", reason="over").status_code == 200
        row = watcher.told()[0]["rows"][0]
        assert (row["state"], row["deadline"]) == ("running", to_ms(world.START) + 70 * 60_000)

    def test_every_deed_is_in_the_audit_trail_with_who_and_why(
        self, any_database_app: Flask, watcher: Proctor, room: Room
    ) -> None:
        one = f"attempts/{room.attempts[0]}"
        assert watcher.do(f"{one}/message", text="Sit down, please.").status_code == 200
        assert watcher.do(f"{one}/extend", minutes=5, reason="came late").status_code == 200
        assert watcher.do(f"{one}/end", reason="caught").status_code == 200
        with engine_of(any_database_app).database.read() as session:
            query = select(AuditEntry).where(AuditEntry.object_type == "attempt", AuditEntry.staff_id.is_not(None))
            entries = session.scalars(query.order_by(AuditEntry.id)).all()
        assert [(each.action, each.reason) for each in entries] == [
            ("attempt.message", "message"),
            ("attempt.extended", "came late"),
            ("attempt.ended", "caught"),
        ]
        assert watcher.told()[0]["rows"][0]["ended_by"] == "proctor"

    def test_a_second_device_is_let_in_or_turned_away(
        self, any_database_app: Flask, watcher: Proctor, room: Room
    ) -> None:
        one = f"attempts/{room.attempts[0]}"
        Device.of(any_database_app, "1" * 32).sign_in("UJI-0001")
        assert watcher.do(f"{one}/refuse", lane=2, reason="stranger").status_code == 200
        Device.of(any_database_app, "2" * 32).sign_in("UJI-0001")
        assert watcher.told()[0]["rows"][0]["waiting_device"] == 3
        assert watcher.do(f"{one}/consent", lane=3, reason="laptop broke").status_code == 200
        assert watcher.told()[0]["rows"][0]["waiting_device"] is None

    @pytest.mark.parametrize(
        ("deed", "body", "code"),
        [
            ("pause", {}, "intervention.reason_missing"),
            ("extend", {"reason": "x"}, "input.invalid"),
            ("extend", {"reason": "x", "minutes": "5"}, "input.invalid"),
            ("extend", {"reason": "x", "minutes": 0}, "input.invalid"),
            ("pause", {"reason": "x", "secret": 1}, "input.invalid"),
            ("resume", {"reason": "x"}, "attempt.state"),
            ("consent", {"reason": "x", "lane": 9}, "not_found"),
            ("dance", {}, "not_found"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, watcher: Proctor, room: Room, deed: str, body: dict[str, Any], code: str
    ) -> None:
        reply = watcher.do(f"attempts/{room.attempts[0]}/{deed}", **body)
        error = reply.json["error"]
        assert error["code"] == code
        assert error["message"] and error["hint"]

    def test_without_the_token_of_the_page_nothing_is_done(self, watcher: Proctor, room: Room) -> None:
        reply = watcher.browser.post(f"/proctor/api/attempts/{room.attempts[0]}/pause", json={"reason": "x"})
        assert (reply.status_code, reply.json["error"]["code"]) == (400, "csrf")

    def test_a_room_is_paused_and_resumed_as_one(self, watcher: Proctor, room: Room) -> None:
        whole = f"sittings/{room.sitting}"
        assert watcher.do(f"{whole}/pause", reason="power cut").json == {"ok": True, "reached": 2}
        assert [row["state"] for row in watcher.told()[0]["rows"]] == ["paused", "paused"]
        again = watcher.do(f"{whole}/pause", reason="power cut")
        assert (again.status_code, again.json["error"]["code"]) == (409, "proctoring.nobody_reached")
        chosen = watcher.do(f"{whole}/resume", reason="power is back", attempts=[room.attempts[1]])
        assert chosen.json["reached"] == 1
        assert [row["state"] for row in watcher.told()[0]["rows"]] == ["running"]

    def test_a_room_is_never_ended_as_one(self, watcher: Proctor, room: Room) -> None:
        assert watcher.do(f"sittings/{room.sitting}/end", reason="x").status_code == 404

    def test_an_incident_that_was_looked_at_opens_again_when_it_goes_on(
        self, any_database_app: Flask, watcher: Proctor, room: Room
    ) -> None:
        room.send(0, "presence", value="focus_lost")
        (incident,) = watcher.told()[0]["incidents"]
        assert watcher.do(f"incidents/{incident['id']}/seen", note="a pop-up").json == {"ok": True}
        (delta,) = watcher.told()
        assert [(each["state"], each["note"]) for each in delta["incidents"]] == [("seen", "a pop-up")]
        assert delta["rows"][0]["open_incidents"] == 0
        room.clock.advance(seconds=30)
        room.send(0, "presence", value="focus_lost")
        (again,) = watcher.told()[0]["incidents"]
        assert (again["id"], again["state"], again["count"]) == (incident["id"], "open", 2)
        with engine_of(any_database_app).database.read() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "incident.seen")).one()
        assert entry.reason == "a pop-up"


def test_while_the_database_is_down_nothing_gathered_is_lost(
    any_database_app: Flask, watcher: Proctor, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise DatabaseUnavailableError

    room.send(0, "presence", value="copied")
    with monkeypatch.context() as outage:
        outage.setattr(incidents, "record", down)
        with pytest.raises(DatabaseUnavailableError):
            any_database_app.extensions["proctoring"].broadcast.tell()
    (delta,) = watcher.told()
    assert [each["rule"] for each in delta["incidents"]] == ["clipboard"]
    assert [each["kind"] for each in delta["signals"]] == ["copied"]
