"""The revisions make the tables of the models, and bring an installation with data to the newest ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, func, select

from exam_engine import migrate
from exam_engine.app import create_app, engine_of
from exam_engine.clock import ManualClock
from tests import world
from tests.conftest import PARTS, plain_settings
from tests.services.postgres import Postgres
from tests.world import START, Device

FIRST = ("engine_0001", "bank_0001", "proctoring_0001")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/migrated.sqlite3"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A plain connection to it, for looking into."""
    found = create_engine(url)
    yield found
    found.dispose()


def upgrade_to(url: str, *revisions: str) -> None:
    """Stop at these revisions, as the installation of an earlier release stands."""
    found = create_engine(url)
    with found.begin() as connection:
        config = migrate.configuration(PARTS)
        config.attributes["connection"] = connection
        for revision in revisions:
            command.upgrade(config, revision)
    found.dispose()


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table holds."""
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


def test_the_revisions_make_the_tables_of_the_models(url: str, engine: Engine) -> None:
    migrate.upgrade(url, PARTS)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, migrate.metadata((migrate.ENGINE, *PARTS))) == []


def test_upgrading_twice_changes_nothing(url: str, engine: Engine) -> None:
    migrate.upgrade(url, PARTS)
    migrate.upgrade(url, PARTS)
    assert migrate.at_head(engine, PARTS)


def test_an_upgrade_keeps_what_candidates_did(url: str, engine: Engine, tmp_path: Path) -> None:
    upgrade_to(url, *FIRST)
    assert not migrate.at_head(engine, PARTS)
    settings = plain_settings(tmp_path, parts=PARTS, database_url=url)
    app = create_app(settings, ManualClock(START))
    sitting = world.build(app)
    device = Device.of(app)
    device.sign_in(sitting.registrations[0])
    device.start()
    device.send(device.event("answered", START, 1, "B"))
    engine_of(app).database.close()
    before = counts(engine)
    assert before["event"] == 2 and before["paper"] == 1

    migrate.upgrade(url, PARTS)

    assert migrate.at_head(engine, PARTS)
    assert {name: number for name, number in counts(engine).items() if name in before} == before
    app = create_app(settings, ManualClock(START))
    again: Any = Device.of(app).sign_in(sitting.registrations[0]).get_json()
    engine_of(app).database.close()
    assert {ref: answer["value"] for ref, answer in again["answers"].items()} == {"1": "B"}


def test_each_part_has_one_line_of_revisions() -> None:
    heads = ScriptDirectory.from_config(migrate.configuration(PARTS)).get_heads()
    assert len(heads) == len(PARTS) + 1
