"""Lists of applicants as spreadsheets write them: every fault has its line and column, and then nobody comes in."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.sittings.admission_list import Fault, read_admissions
from exam_engine.sittings.models import Admission
from tests import world
from tests.conftest import StaffClient, signed_in_client

HEADER = "registration,name,class,accommodation,birth_date,seat\n"
EXAM = world.definition()


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    """Faults are put into words as in a request of somebody who reads English."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def faults_of(text: str) -> list[tuple[int, str]]:
    """Line and column of every fault."""
    return [(fault.line, fault.column) for fault in read_admissions(text.encode(), EXAM).faults]


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(mark: str, delimiter: str, end: str) -> None:
    text = HEADER + "uji-0001, Peserta  Satu ,general,extra,1998-12-31,A1\n,,,,,\nUJI-0002,Peserta Dua,general,,,\n"
    text = mark + text.replace(",", delimiter).replace("\n", end)
    found = read_admissions(text.encode(), EXAM)
    assert found.faults == []
    first, second = found.applicants
    assert (first.registration, first.name) == ("UJI-0001", "Peserta Satu")
    assert (first.accommodation, first.seat) == ("extra", "A1")
    assert (second.registration, second.birth_date, second.seat) == ("UJI-0002", None, None)


@pytest.mark.usefixtures("in_english")
def test_every_fault_has_its_line_and_column() -> None:
    assert faults_of("registration,name\n") == [(1, "class")]
    assert faults_of("registration,name,class,colour\nA-1,B,general,x\n") == [(1, "colour")]
    assert faults_of("registration,name,class,name\n") == [(1, "name")]
    assert faults_of(HEADER + "UJI-1,,general,,,\nUJI-2,Dua,nobody,,,\n") == [(2, "name"), (3, "class")]
    assert faults_of(HEADER + "?,Satu,general,,,\n") == [(2, "registration")]
    assert faults_of(HEADER + "UJI-1,Satu,general,much,31-12-1998," + "x" * 21 + "\n") == [
        (2, "seat"),
        (2, "accommodation"),
        (2, "birth_date"),
    ]
    assert faults_of(HEADER + "UJI-1,Satu,general,,,\nuji-1,Dua,general,,,\n") == [(3, "registration")]
    assert faults_of(HEADER + "UJI-1,Satu,general,,,,extra cell\n") == [(2, "")]
    assert faults_of(HEADER) == [(1, "")]
    assert read_admissions(b"\xff\xfe", EXAM).faults == [
        Fault(1, "", "The file is not text in UTF-8. Save it as “CSV UTF-8”.")
    ]


@pytest.mark.usefixtures("in_english")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEADER + text).encode()))
def test_no_file_is_too_strange_to_be_told_of(data: bytes) -> None:
    found = read_admissions(data, EXAM)
    assert bool(found.faults) != bool(found.applicants)


def uploaded(client: StaffClient, sitting: int, text: str) -> int:
    """Upload a list as the officer's page does; the reply's status."""
    return client.send(f"/sittings/{sitting}/admissions", {"file": (BytesIO(text.encode()), "list.csv")}).status_code


def admitted(app: Flask) -> int:
    """How many are admitted."""
    with engine_of(app).database.read() as session:
        return session.query(Admission).count()


def test_a_list_with_a_fault_admits_nobody_and_a_good_one_all_once(app: Flask) -> None:
    sitting = world.build(app, candidates=1).sitting_id
    officer = signed_in_client(app, Role.OFFICER)
    good = HEADER + "UJI-0101,Satu,general,,,\nUJI-0102,Dua,general,,,\n"
    assert uploaded(officer, sitting, good + "UJI-0103,Tiga,nobody,,,\n") == 400
    assert admitted(app) == 1
    for _again in range(2):
        assert uploaded(officer, sitting, good) == 302
        assert admitted(app) == 3


def test_only_officers_admit(app: Flask) -> None:
    sitting = world.build(app, candidates=1).sitting_id
    for role in set(Role) - {Role.OFFICER}:
        assert uploaded(signed_in_client(app, role), sitting, HEADER + "UJI-9,X,general,,,\n") in (403, 404), role
    assert admitted(app) == 1
