"""What migrations make is what the code expects."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from exam_engine import migrate
from exam_engine.database import Database
from tests.conftest import PARTS


def test_a_new_database_has_every_table_and_column_the_code_knows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    migrate.upgrade(url, PARTS)
    database = Database(url)
    assert migrate.at_head(database.engine, PARTS)
    with database.engine.connect() as connection:
        wanted = migrate.metadata(("exam_engine", *PARTS))
        found = compare_metadata(MigrationContext.configure(connection), wanted)
    database.close()
    kinds = ("add_table", "remove_table", "add_column", "remove_column")
    assert [change for change in found if change[0] in kinds] == []
