"""The answer log's writer: one per process, and every commit takes all that wait.

A request's greenlet hands its batch over and sleeps until the commit that holds it is on disk, or until it is told
why not. Commits are few and large when many save at once, and immediate when one does.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError

from exam_engine import signals
from exam_engine.clock import Clock
from exam_engine.database import Database, DatabaseUnavailableError
from exam_engine.delivery.door import Admitted, Receipt, Request, admit
from exam_engine.errors import ExamEngineError

CROWD = 4
GATHER_SECONDS = 0.0008


class _Waiting:
    """A batch whose sender sleeps. A bare lock wakes it: a `Future` costs as much as the rest of a save."""

    __slots__ = ("_lock", "_outcome", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self._outcome: Receipt | BaseException | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    def wake(self, outcome: Receipt | BaseException) -> None:
        """Tell the sender what came of it."""
        self._outcome = outcome
        self._lock.release()

    def result(self, timeout: float) -> Receipt:
        """Sleep until told; raises what the batch was refused with, or `DatabaseUnavailableError` after the timeout."""
        if not self._lock.acquire(timeout=timeout) or self._outcome is None:
            raise DatabaseUnavailableError
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome


class AnswerLog:
    """Appends device events durably, many batches to a commit."""

    def __init__(self, app: Flask, database: Database, clock: Clock, *, group_size: int) -> None:
        self._app = app
        self._database = database
        self._clock = clock
        self._group_size = group_size
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None
        self.on_group: Callable[[int, float], None] = lambda batches, seconds: None
        """Called after every commit with its number of batches and its duration, for the metrics."""

    def append(self, request: Request, timeout: float = 30.0) -> Receipt:
        """Append a batch; returns when it is on disk.

        Raises:
            DatabaseUnavailableError: it could not be written; sending it again is right, and harmless.
            DeviceUnknownError, DeviceNotActiveError, AttemptStateError: it was refused.
        """
        self._ensure_writer()
        waiting = _Waiting(request)
        self._waiting.put(waiting)
        return waiting.result(timeout)

    def _ensure_writer(self) -> None:
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write_forever, name="answer-log", daemon=True)
                    self._writer.start()

    def _write_forever(self) -> None:
        group: list[_Waiting] = []
        while True:
            first = self._waiting.get()
            # Where many save at once, a moment's wait gathers more of them into each commit; one alone never waits.
            if len(group) >= CROWD:
                time.sleep(GATHER_SECONDS)
            group = [first, *self._take_waiting()]
            self._write(group)

    def _take_waiting(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        while len(taken) < self._group_size - 1:
            try:
                taken.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return taken

    def _write(self, group: list[_Waiting]) -> None:
        started = time.perf_counter()
        try:
            admitted = self._commit([waiting.request for waiting in group])
        except ExamEngineError as error:
            _fail(group, error)
        except Exception as error:
            # One batch the database chokes on must not sink its neighbours: each gets a commit of its own.
            if len(group) > 1:
                for waiting in group:
                    self._write([waiting])
            else:
                self._app.logger.exception("answer log: batch failed")
                _fail(group, DatabaseUnavailableError() if isinstance(error, DBAPIError) else error)
        else:
            for waiting, outcome in zip(group, admitted.outcomes, strict=True):
                waiting.wake(outcome)
            self.on_group(len(group), time.perf_counter() - started)
            self._tell(admitted)

    def _commit(self, requests: list[Request]) -> Admitted:
        with self._database.kept_transaction() as session:
            return admit(session, requests, self._clock.now())

    def _tell(self, admitted: Admitted) -> None:
        try:
            if admitted.events:
                signals.events_committed.send(self._app, events=admitted.events)
            for attempt_id, sitting_id in admitted.ended:
                signals.attempt_changed.send(
                    self._app, attempt_id=attempt_id, sitting_id=sitting_id, kind="ended"
                )
        except Exception:
            # The answers are safe; a listener's failure must not stop the writer.
            self._app.logger.exception("answer log: a listener failed")


def _fail(group: list[_Waiting], error: BaseException) -> None:
    for waiting in group:
        waiting.wake(error)
