"""The database: one declarative base, reading, and writing in transactions.

On PostgreSQL transactions run side by side. SQLite has one writer, and under gevent a greenlet that blocks inside
SQLite blocks all others, so there the turn to write is taken *before* ``BEGIN IMMEDIATE``, from a lock the hub knows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from exam_engine.errors import ExamEngineError


class DatabaseUnavailableError(ExamEngineError):
    """The database does not answer; whoever asked must try again later."""

    code = "database.unavailable"
    status = 503


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, timezone-aware on both databases (SQLite forgets the zone, so it is put back)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base of every package's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012  SQLAlchemy reads it so


class Database:
    """A connection pool and the two ways to use it: ``read()`` and ``transaction()``."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine = _make_engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._kept: Connection | None = None
        self._turn: AbstractContextManager[Any] = threading.RLock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; what it changed is rolled back.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        with _outage_named(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are committed, durably, when the block ends well, and undone when it raises.

        Raises:
            DatabaseUnavailableError: the database does not answer; nothing was changed unless the link broke
                in the very moment of the commit, so whatever is written here must bear being written again.
        """
        with _outage_named(), self._turn, Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                if self.is_sqlite:
                    session.execute(text("BEGIN IMMEDIATE"))
                yield session

    @contextmanager
    def kept_transaction(self) -> Iterator[Session]:
        """Like `transaction`, on a connection that stays open and is not asked for a sign of life before each use.

        For the one thread that commits all the time: a broken link is noticed by the first statement, and the next
        call opens a new one. Only one thread may use it.

        Raises:
            DatabaseUnavailableError: as in `transaction`.
        """
        if self.is_sqlite:
            with self.transaction() as session:
                yield session
            return
        with _outage_named():
            if self._kept is None or self._kept.invalidated or self._kept.closed:
                self._kept = self.engine.connect()
            try:
                with Session(self._kept, expire_on_commit=False) as session, session.begin():
                    yield session
            except DBAPIError:
                self._kept.close()
                self._kept = None
                raise

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseUnavailableError: it gives none.
        """
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _outage_named() -> Iterator[None]:
    """Turn a broken link into the package's own error; other database errors pass through."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _is_outage(error):
            raise DatabaseUnavailableError from error
        raise


def _is_outage(error: DBAPIError) -> bool:
    name = type(error.orig).__name__
    message = str(error.orig)
    return name in {"OperationalError", "AdminShutdown", "InterfaceError", "CannotConnectNow"} and (
        "no such" not in message and "syntax" not in message
    )


def _make_engine(url: str, pool_size: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            connect_args={"connect_timeout": 5},
        )
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: `transaction()` begins them, with the write lock.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
