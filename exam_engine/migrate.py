"""Database migrations of the engine and of the parts above it, each package with its own ``migrations/versions``."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.exc import SQLAlchemyError

from exam_engine.database import Base, Database, DatabaseUnavailableError

ENGINE = "exam_engine"
DATABASE_ERRORS = (SQLAlchemyError, DatabaseUnavailableError)


def upgrade(url: str, parts: tuple[str, ...]) -> None:
    """Bring the database at ``url`` to the newest revision of the engine and of these parts.

    Raises:
        DatabaseUnavailableError: it does not answer.
    """
    database = Database(url)
    try:
        database.ping()
        with database.engine.connect() as connection:
            _begin(connection)
            config = configuration(parts)
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")
            connection.commit()
    finally:
        database.close()


def at_head(engine: Engine, parts: tuple[str, ...]) -> bool:
    """Whether the database holds every revision of the engine and of these parts."""
    scripts = ScriptDirectory.from_config(configuration(parts))
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    held = {script.revision for script in scripts.iterate_revisions(current, "base")}
    # A revision that another one held depends on is held too, though it is not listed as a head.
    return bool(current) and set(scripts.get_heads()) <= held


def configuration(parts: tuple[str, ...]) -> Config:
    """Alembic's configuration, made here so that no ini file can be lost or differ."""
    folders = [folder_of(package) / "migrations" / "versions" for package in (ENGINE, *parts)]
    config = Config()
    config.set_main_option("script_location", str(folder_of(ENGINE) / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    config.attributes["metadata"] = metadata((ENGINE, *parts))
    return config


def metadata(packages: tuple[str, ...]) -> MetaData:
    """The tables of these packages: every module named ``models`` or declared beside its code is imported."""
    for package in packages:
        folder = folder_of(package)
        for module in pkgutil.walk_packages([str(folder)], f"{package}."):
            if module.name.rpartition(".")[2] in {"models", "audit"}:
                importlib.import_module(module.name)
    return Base.metadata


def folder_of(package: str) -> Path:
    """Where a package lies.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def _begin(connection: Connection) -> None:
    """One transaction for all revisions: an upgrade is done or it is not.

    SQLite rebuilds a table to change it, and dropping the old one would follow its foreign keys.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(text("BEGIN IMMEDIATE"))
