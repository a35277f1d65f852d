"""What tests share: an engine on a fresh database, a clock they move, staff who have signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exam_engine import migrate
from exam_engine.accounts.models import Role
from exam_engine.accounts.operations import NewStaff, RoleGrant, create_staff
from exam_engine.app import create_app, engine_of
from exam_engine.audit import SYSTEM
from exam_engine.clock import ManualClock
from exam_engine.database import Database
from exam_engine.settings import Settings, load_settings
from tests.services.postgres import Postgres
from tests.services.redis import RedisServer

ROOT = Path(__file__).parents[1]
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "kuda laut biru tua"
PARTS = ("item_bank", "proctoring")
MakeApp = Callable[..., Flask]


class AnyAssets:
    """Addresses for clients that need not be built for tests of the server."""

    def url(self, name: str) -> str:
        return f"/static/assets/{name}"

    def stylesheets(self, entry: str) -> list[str]:
        return [f"/static/assets/{entry}.css"]


class StaffClient(FlaskClient):
    """A browser of somebody who reads English and can fill in the forms of staff pages."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def send(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form as the page at ``page`` (default: the sign-in or account page) would."""
        page = options.pop("page", "/staff/sign-in")
        shown = self.get(page, follow_redirects=True)
        data = {**(form or {}), "csrf_token": csrf_token(shown)}
        return self.post(path, data=data, **options)

    def sign_in(self, username: str, password: str = PASSWORD, **form: Any) -> TestResponse:
        """Send the form of the sign-in page."""
        return self.send("/staff/sign-in", {"username": username, "password": password, **form})


def csrf_token(page: TestResponse) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, f"no form on this page:\n{page.text[:500]}"
    return found.group(1)


@pytest.fixture(scope="session", autouse=True)
def _compiled_translations() -> None:
    """Pages speak Indonesian only when catalogues are compiled, as ``make web`` does."""
    for source in ROOT.glob("*/translations/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as po, compiled.open("wb") as mo:
                write_mo(mo, read_po(po))


@pytest.fixture
def clock() -> ManualClock:
    """Stands at 08:00 in Jakarta on 2 March 2026 until a test moves it."""
    return ManualClock(START)


@pytest.fixture
def make_app(tmp_path: Path, clock: ManualClock) -> Iterator[MakeApp]:
    """Makes apps with given settings, their tables in place; the database is SQLite unless a URL is given."""
    made: list[Flask] = []

    def make(**overrides: Any) -> Flask:
        app = create_app(plain_settings(tmp_path, **overrides), clock)
        app.test_client_class = StaffClient
        app.extensions["assets"] = AnyAssets()
        settings = engine_of(app).settings
        metadata = migrate.metadata(("exam_engine", *settings.parts))
        metadata.create_all(engine_of(app).database.engine)
        made.append(app)
        return app

    yield make
    for app in made:
        engine_of(app).database.close()


def plain_settings(folder: Path, **overrides: Any) -> Settings:
    """Settings of a plain installation in a folder: no parts, no Redis, second factor optional."""
    values = {
        "data_dir": folder,
        "parts": (),
        "secret_key": "only-for-tests-" * 4,
        "secure_cookies": False,
        "second_factor": "optional",
        "log_level": "WARNING",
    }
    return load_settings("embedded", **(values | overrides))



@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test run."""
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis server of this test run."""
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgres+redis"])
def any_database_app(request: pytest.FixtureRequest, make_app: MakeApp) -> Flask:
    """The engine with its parts as embedded, and as scaled out: a test that takes it runs on both."""
    if request.param == "sqlite":
        return make_app(parts=PARTS)
    postgres: Postgres = request.getfixturevalue("postgres")
    redis_server: RedisServer = request.getfixturevalue("redis_server")
    redis_server.empty()
    return make_app(parts=PARTS, database_url=postgres.new_database(), redis_url=redis_server.url)


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """The engine without parts, on SQLite."""
    return make_app()


@pytest.fixture
def database(app: Flask) -> Database:
    """The database of `app`."""
    return engine_of(app).database


@pytest.fixture
def client(app: Flask) -> StaffClient:
    """A browser nobody has signed in with."""
    return app.test_client()  # type: ignore[return-value]


def add_staff(app: Flask, username: str, *grants: RoleGrant | Role, **options: Any) -> int:
    """An account with these roles and `PASSWORD`; returns its id."""
    engine = engine_of(app)
    given = frozenset(grant if isinstance(grant, RoleGrant) else RoleGrant(grant) for grant in grants)
    new = NewStaff(username, options.pop("name", username.title()), given, options.pop("language", "en"))
    temporary = options.pop("password_temporary", False)
    with engine.database.transaction() as session:
        staff = create_staff(
            session, engine.clock.now(), SYSTEM, new, PASSWORD, password_temporary=temporary
        )
    return staff.id


def signed_in_client(app: Flask, *grants: RoleGrant | Role, language: str = "en") -> StaffClient:
    """A browser in which somebody with these roles has signed in; every call makes a new person."""
    username = f"staff-{next(_numbers)}"
    add_staff(app, username, *grants, language=language)
    client = app.test_client()
    assert isinstance(client, StaffClient)
    reply = client.sign_in(username)
    assert reply.status_code == 302, reply.text
    return client


_numbers = count(1)


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., StaffClient]:
    """``signed_in(Role.OFFICER)``: a browser of `app` in which such a person has signed in."""
    return lambda *grants, **options: signed_in_client(app, *grants, **options)
