"""Staff accounts on the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.cli import staff
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from exam_engine.errors import ExamEngineError
from tests.conftest import PASSWORD, StaffClient

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    settings = engine_of(app).settings

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(
            staff, arguments, obj=lambda **_: settings, input=typed, catch_exceptions=False
        )

    return run


def test_an_account_made_on_the_command_line_can_sign_in(
    run: Run, app: Flask, client: StaffClient
) -> None:
    done = run("add", "Sari", "--name", "Sari", "--role", "auditor", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert client.sign_in("sari").location == "/staff/"
    with engine_of(app).database.read() as session:
        entry = session.scalars(select(AuditEntry).filter_by(action="staff.created")).one()
    assert entry.actor.startswith("command line: ")


def test_a_proctor_is_bounded_to_a_room(run: Run) -> None:
    run("add", "sari", "--name", "Sari", "--role", "proctor@Gedung A/R1", typed=f"{PASSWORD}\n")
    assert "proctor@Gedung A/R1" in run("list").output
    run("roles", "sari", "--role", "proctor", "--role", "author")
    assert "author, proctor\n" in run("list").output


@pytest.mark.parametrize("role", ["king", "author@Gedung A"])
def test_a_role_that_is_none_is_refused(run: Run, role: str) -> None:
    assert run("add", "sari", "--name", "Sari", "--role", role).exit_code == 2


def test_a_weak_password_is_refused(run: Run) -> None:
    with pytest.raises(ExamEngineError):
        run("add", "sari", "--name", "Sari", typed="short\n")


def test_resetting_a_password_makes_it_temporary(run: Run, client: StaffClient) -> None:
    run("add", "sari", "--name", "Sari", typed=f"{PASSWORD}\n")
    run("reset-password", "sari", "--second-factor", typed="gajah makan pagi\n")
    client.sign_in("sari", "gajah makan pagi")
    assert client.get("/staff/").location == "/staff/new-password"
