"""The candidate's wire, as a device meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM
from exam_engine.clock import ManualClock, from_ms
from exam_engine.delivery import interventions
from exam_engine.delivery.models import Attempt
from exam_engine.sweeper import sweep
from tests import world
from tests.world import START, Device, World


@pytest.fixture
def sitting(any_database_app: Flask) -> World:
    return world.build(any_database_app)


@pytest.fixture
def device(sitting: World) -> Device:
    device = Device.of(sitting.app)
    assert device.sign_in("UJI-0001").status_code == 200
    assert device.start().json["state"] == "running"
    return device


def clock_of(sitting: World) -> ManualClock:
    clock = engine_of(sitting.app).clock
    assert isinstance(clock, ManualClock)
    return clock


def attempt_id(sitting: World) -> int:
    with engine_of(sitting.app).database.read() as session:
        return session.query(Attempt).order_by(Attempt.id).first().id


def test_a_candidate_signs_in_starts_and_gets_the_whole_time(sitting: World) -> None:
    device = Device.of(sitting.app)
    body = device.sign_in(" uji-0001 ").json
    assert body["state"] == "admitted"
    assert body["candidate"] == {"name": "Peserta UJI-0001", "registration": "UJI-0001"}
    assert body["exam"]["items"] == 10
    started = device.start().json
    assert from_ms(started["deadline"]) == START + timedelta(minutes=60)
    assert device.start().json["deadline"] == started["deadline"], "starting twice changes nothing"


@pytest.mark.parametrize(("registration", "pin"), [("UJI-0001", "999999"), ("UJI-9999", world.PIN)])
def test_a_wrong_number_and_a_wrong_pin_are_refused_alike(
    sitting: World, registration: str, pin: str
) -> None:
    reply = Device.of(sitting.app).sign_in(registration, pin)
    assert reply.status_code == 401
    assert reply.json["error"]["code"] == "sign_in.refused"
    assert reply.json["error"]["hint"]


def test_failed_sign_ins_of_candidates_are_counted(sitting: World) -> None:
    device = Device.of(sitting.app)
    device.sign_in("UJI-0001", "999999")
    device.sign_in("UJI-0001")
    assert 'exam_failed_sign_ins_total{kind="candidate"} 1.0' in device.client.get("/metrics").text


def test_guessing_pins_is_stopped(sitting: World) -> None:
    device = Device.of(sitting.app)
    codes = [device.sign_in("UJI-0001", f"{number:06}").status_code for number in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429


def test_nobody_starts_before_or_after_the_start_window(sitting: World) -> None:
    clock = clock_of(sitting)
    clock.advance(minutes=-10)
    early = Device.of(sitting.app)
    assert early.sign_in("UJI-0001").status_code == 200, "signing in early is fine"
    assert early.start().json["error"]["code"] == "sitting.not_open"
    clock.advance(minutes=131)
    assert early.start().status_code == 403
    assert Device.of(sitting.app, "1" * 32).sign_in("UJI-0002").status_code == 403


def test_what_was_acknowledged_is_there_after_a_reload(device: Device) -> None:
    reply = device.send(
        device.event("answered", START, 3, "B"),
        device.event("flagged", START, 3, True),
        device.event("navigated", START, 5),
    )
    assert reply.json["saved"] == [1, 2, 3]
    assert reply.json["late"] == []
    again = device.client.get("/exam/api/attempt").json
    assert again["answers"] == {"3": {"value": "B", "flag": True}}
    assert again["position"] == 5
    assert again["last_seq"] == 3


def test_sending_again_is_harmless(device: Device) -> None:
    first = device.event("answered", START, 1, "A")
    assert device.send(first).json["saved"] == [1]
    assert device.send(first, device.event("answered", START, 1, "C")).json["saved"] == [1, 2]
    assert device.client.get("/exam/api/attempt").json["answers"]["1"]["value"] == "C"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"seq": 0, "kind": "answered", "item": 1, "value": "A", "at": 1}, "seq"),
        ({"seq": 1, "kind": "answered", "item": 1, "value": "Z", "at": 1}, "value"),
        ({"seq": 1, "kind": "answered", "item": 99, "value": "A", "at": 1}, "item"),
        ({"seq": 1, "kind": "answered", "item": 1, "value": "F", "at": 1}, "value"),
        ({"seq": 1, "kind": "paused", "at": 1}, "events"),
        ({"seq": 1, "kind": "flagged", "item": 1, "value": "yes", "at": 1}, "value"),
        ({"seq": 1, "kind": "presence", "value": "slept", "at": 1}, "value"),
    ],
)
def test_events_of_another_form_are_refused_and_the_place_is_named(
    device: Device, event: dict[str, object], field: str
) -> None:
    reply = device.send(event)
    assert reply.status_code == 400
    assert reply.json["error"]["code"] == "events.malformed"
    assert field in reply.json["error"]["field"]


def test_a_post_that_is_not_json_is_refused(device: Device) -> None:
    reply = device.client.post("/exam/api/events", data={"events": "[]"})
    assert reply.status_code == 415


def test_a_forged_cookie_is_nobody(sitting: World) -> None:
    device = Device.of(sitting.app)
    device.client.set_cookie("exam_device", "1.1.1." + "0" * 64)
    assert device.send().json["error"]["code"] == "device.unknown"


def test_the_paper_is_shown_only_while_the_attempt_runs(sitting: World) -> None:
    device = Device.of(sitting.app)
    device.sign_in("UJI-0001")
    assert device.client.get("/exam/api/paper").json["error"]["code"] == "paper.closed"
    device.start()
    body = device.client.get("/exam/api/paper?from=0&count=50").json
    assert body["count"] == 10
    assert sorted(item["ref"] for item in body["items"]) == list(range(1, 11))
    assert {item["domain"] for item in body["items"][:6]} == {"KEY"}, "domains keep their order"
    assert body == device.client.get("/exam/api/paper?from=0&count=50").json, "the same order every time"


def test_nothing_a_candidate_must_not_see_is_in_any_reply(sitting: World) -> None:
    """A whole exam: every reply is searched for keys, points, parameters, explanations and item codes."""
    device, said = Device.of(sitting.app), []
    said.append(device.sign_in("UJI-0001").text)
    said.append(device.start().text)
    said.append(device.client.get("/exam/api/paper?from=0&count=50").text)
    for ref in range(1, 11):
        said.append(device.send(device.event("answered", START, ref, "A")).text)
    said.append(device.send(device.event("submitted", START)).text)
    sweep(sitting.app)
    said.append(device.client.get("/exam/api/result").text)
    said.append(device.client.get("/exam/api/attempt").text)
    for text in said:
        for secret in ("key", "RAHASIA", "points", "explanation", "KEY-1", "WGT-1", "simulated", "steps", '"a":'):
            assert secret not in text, f"{secret} in {text[:200]}"


def test_the_attempt_ends_at_its_deadline_whoever_sweeps(device: Device, sitting: World) -> None:
    clock = clock_of(sitting)
    device.send(device.event("answered", START, 1, "A"))
    clock.advance(minutes=61)
    sweep(sitting.app)
    status = device.send(heard=1).json
    assert status["state"] == "submitted"
    assert status["commands"][-1]["by"] == "clock"
    result = device.client.get("/exam/api/result").json
    assert result["ready"]
    assert result["scores"][0]["raw"] == 5


def test_an_answer_given_in_time_and_delivered_late_is_kept_marked_and_counted(
    device: Device, sitting: World
) -> None:
    clock = clock_of(sitting)
    offline = device.event("answered", START + timedelta(minutes=59), 1, "A")
    clock.advance(minutes=90)
    sweep(sitting.app)
    assert device.client.get("/exam/api/result").json["scores"][0]["raw"] == 0
    reply = device.send(offline).json
    assert (reply["saved"], reply["late"]) == ([1], [1])
    sweep(sitting.app)
    assert device.client.get("/exam/api/result").json["scores"][0]["raw"] == 5


def test_an_answer_given_after_the_end_is_kept_but_does_not_count(device: Device, sitting: World) -> None:
    clock = clock_of(sitting)
    clock.advance(minutes=70)
    sweep(sitting.app)
    reply = device.send(device.event("answered", START + timedelta(minutes=65), 1, "A")).json
    assert reply["late"] == [1]
    sweep(sitting.app)
    assert device.client.get("/exam/api/result").json["scores"][0]["raw"] == 0
    assert device.client.get("/exam/api/attempt").json["answers"]["1"]["value"] == "A"


def test_submitting_offline_before_the_deadline_ends_the_attempt_when_it_arrives(
    device: Device, sitting: World
) -> None:
    clock = clock_of(sitting)
    events = [
        device.event("answered", START + timedelta(minutes=20), 1, "A"),
        device.event("submitted", START + timedelta(minutes=30)),
    ]
    clock.advance(minutes=40)
    assert device.send(*events).json["state"] == "submitted"
    with engine_of(sitting.app).database.read() as session:
        attempt = session.get_one(Attempt, attempt_id(sitting))
        assert attempt.ended_at == START + timedelta(minutes=30)
        assert attempt.ended_by == "candidate"


def test_every_command_rides_in_the_next_reply_until_it_is_heard(device: Device, sitting: World) -> None:
    number = attempt_id(sitting)
    interventions.message(sitting.app, number, SYSTEM, "Duduklah.")
    interventions.pause(sitting.app, number, SYSTEM, "Listrik padam")
    status = device.send(heard=1).json
    assert [command["kind"] for command in status["commands"]] == ["message", "paused"]
    assert status["state"] == "paused"
    assert device.send(heard=status["server_seq"]).json["commands"] == []
    clock_of(sitting).advance(minutes=15)
    interventions.resume(sitting.app, number, SYSTEM, "Listrik hidup")
    interventions.extend(sitting.app, number, SYSTEM, 5, "Kebisingan")
    status = device.send(heard=3).json
    assert from_ms(status["deadline"]) == START + timedelta(minutes=80)


def test_a_second_device_waits_for_consent_and_the_first_is_told(device: Device, sitting: World) -> None:
    device.send(device.event("answered", START, 1, "A"))
    second = Device.of(sitting.app, "f" * 32)
    assert second.sign_in("UJI-0001").json["state"] == "waiting"
    assert second.client.get("/exam/api/paper").status_code == 409
    assert second.send(second.event("answered", START, 1, "B")).json["error"]["code"] == "device.waiting"
    assert "answers" not in second.client.get("/exam/api/attempt").json or not second.client.get(
        "/exam/api/attempt"
    ).json["answers"]
    interventions.consent(sitting.app, attempt_id(sitting), SYSTEM, 2, "Laptop rusak")
    assert second.client.get("/exam/api/attempt").json["answers"]["1"]["value"] == "A"
    assert device.send().json["state"] == "superseded"
    clock_of(sitting).advance(minutes=1)
    second.seq = 0
    assert second.send(second.event("answered", START + timedelta(minutes=1), 1, "B")).status_code == 200
    late_first = device.event("answered", START + timedelta(minutes=1), 1, "C")
    assert device.send(late_first).json["saved"] == [2], "kept, though it does not count"
    second.send(second.event("submitted", START + timedelta(minutes=1)))
    sweep(sitting.app)
    assert second.client.get("/exam/api/result").json["scores"][0]["raw"] == 0, "B counts, neither A nor C"


def test_a_refused_device_is_told_so_and_may_ask_anew(device: Device, sitting: World) -> None:
    second = Device.of(sitting.app, "f" * 32)
    second.sign_in("UJI-0001")
    interventions.refuse(sitting.app, attempt_id(sitting), SYSTEM, 2, "Bukan peserta")
    assert second.send().json["state"] == "refused"
    assert second.client.get("/exam/api/attempt").json["state"] == "refused"
    refusal = second.send(second.event("answered", START, 1, "B"))
    assert (refusal.status_code, refusal.json["error"]["code"]) == (409, "device.refused")
    assert second.client.get("/exam/api/result").json["error"]["code"] == "device.refused"
    assert device.send().json["state"] == "running"
    again = second.sign_in("UJI-0001").json
    assert (again["state"], again["lane"]) == ("waiting", 3)


@pytest.mark.parametrize("refused", [False, True])
def test_only_the_device_that_held_the_attempt_reads_its_answers_and_its_score(
    device: Device, sitting: World, refused: bool
) -> None:
    onlooker = Device.of(sitting.app, "f" * 32)
    onlooker.sign_in("UJI-0001")
    if refused:
        interventions.refuse(sitting.app, attempt_id(sitting), SYSTEM, 2, "Bukan peserta")
    device.send(device.event("answered", START, 1, "A"), device.event("submitted", START))
    sweep(sitting.app)
    assert device.client.get("/exam/api/result").json["total"] == 5
    reply = onlooker.client.get("/exam/api/result")
    assert reply.status_code == 409
    assert "scores" not in reply.json
    seen = onlooker.client.get("/exam/api/attempt").json
    assert (seen["answers"], seen["position"]) == ({}, None)
    assert onlooker.client.get("/exam/api/paper").json["error"]["code"] == "paper.closed"


def test_a_device_that_was_taken_over_from_reads_nothing_of_what_followed(device: Device, sitting: World) -> None:
    device.send(device.event("navigated", START, 1))
    second = Device.of(sitting.app, "f" * 32)
    second.sign_in("UJI-0001")
    interventions.consent(sitting.app, attempt_id(sitting), SYSTEM, 2, "Laptop rusak")
    second.send(second.event("answered", START, 1, "A"), second.event("submitted", START))
    sweep(sitting.app)
    seen = device.client.get("/exam/api/attempt").json
    assert (seen["state"], seen["answers"], seen["last_seq"]) == ("superseded", {}, 1)
    assert device.client.get("/exam/api/result").status_code == 409


def test_the_same_device_that_signs_in_again_goes_on_in_its_lane(device: Device, sitting: World) -> None:
    device.send(device.event("answered", START, 1, "A"))
    again = Device.of(sitting.app)
    body = again.sign_in("UJI-0001").json
    assert (body["state"], body["lane"], body["last_seq"]) == ("running", 1, 1)
