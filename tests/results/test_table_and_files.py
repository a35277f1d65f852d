"""Ranks, ties and files: what a sitting's results say, and that a file of them runs nothing."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.results.export import harmless
from exam_engine.sittings.models import Candidate
from exam_engine.sweeper import sweep
from tests import world
from tests.conftest import START, StaffClient, signed_in_client
from tests.world import Device, World


def hand_in(app: Flask, number: str, answers: dict[int, str]) -> None:
    """A candidate answers and hands in."""
    device = Device.of(app, key=number[-4:].rjust(32, "0"))
    device.sign_in(number)
    device.start()
    events = [device.event("answered", START, item, value) for item, value in answers.items()]
    assert device.send(*events, device.event("submitted", START)).status_code == 200


@pytest.fixture
def sitting(app: Flask) -> World:
    """Four candidates: two alike, a better one, and one who never came; one has a name that looks like a formula."""
    built = world.build(app, candidates=4)
    with engine_of(app).database.transaction() as session:
        first = session.query(Candidate).filter_by(registration="UJI-0001").one()
        first.name = '=HYPERLINK("http://example.org","+1")'
    keys = {ref: item.key for ref, item in enumerate(built.paper.items, 1) if item.key}
    right = [(ref, key) for ref, key in keys.items() if key]
    hand_in(app, "UJI-0001", dict(right[:3]))
    hand_in(app, "UJI-0002", dict(right[:3]))
    hand_in(app, "UJI-0003", dict(right))
    sweep(app)
    return built


def fetched(client: StaffClient, sitting: World, form: str) -> bytes:
    """The results as a file."""
    reply = client.get(f"/sittings/{sitting.sitting_id}/results.{form}")
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    return bytes(reply.data)


def test_equals_share_a_rank_and_the_absent_have_none(app: Flask, sitting: World) -> None:
    text = fetched(signed_in_client(app, Role.OFFICER), sitting, "csv").decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[0][:3] == ["Rank", "Registration number", "Name"]
    assert [(row[0], row[1]) for row in rows[1:]] == [
        ("1", "UJI-0003"),
        ("2", "UJI-0001"),
        ("2", "UJI-0002"),
        ("", "UJI-0004"),
    ]
    assert float(rows[1][rows[0].index("Total raw")]) == 30.0


def test_no_file_runs_a_formula(app: Flask, sitting: World) -> None:
    officer = signed_in_client(app, Role.OFFICER)
    text = fetched(officer, sitting, "csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert not any(cell.startswith(("=", "+", "@")) for row in csv.reader(StringIO(text)) for cell in row)
    sheet = load_workbook(BytesIO(fetched(officer, sitting, "xlsx"))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_texts_that_would_run_are_marked(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless(-1.5) == -1.5
    assert harmless("Peserta - Satu") == "Peserta - Satu"


def test_the_record_shows_every_answer_and_is_itself_recorded(app: Flask, sitting: World) -> None:
    officer = signed_in_client(app, Role.OFFICER)
    page = officer.get(f"/sittings/{sitting.sitting_id}/results").text
    address = f"/sittings/{sitting.sitting_id}/attempts/"
    attempt = page.split(address, 1)[1].split('"', 1)[0]
    record = officer.get(address + attempt)
    assert record.status_code == 200
    assert all(item.code in record.text for item in sitting.paper.items)
    trail = signed_in_client(app, Role.AUDITOR).get("/staff/trail").text
    assert "record.viewed" in trail and "results.exported" not in trail
    fetched(officer, sitting, "csv")
    assert "results.exported" in signed_in_client(app, Role.AUDITOR).get("/staff/trail").text


def test_results_are_not_for_everybody(app: Flask, sitting: World) -> None:
    for role in set(Role) - {Role.OFFICER, Role.ANALYST}:
        client = signed_in_client(app, role)
        for form in ("", ".csv", ".xlsx"):
            assert client.get(f"/sittings/{sitting.sitting_id}/results{form}").status_code in (403, 404), role
    assert app.test_client().get(f"/sittings/{sitting.sitting_id}/results.csv").status_code in (302, 401, 403)
