"""The one door into the answer log: who may write, what is late, what ends an attempt.

`admit` takes a whole group of batches through one transaction with a handful of statements, however many wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Integer, any_, bindparam, select, text, update
from sqlalchemy.orm import Session

from exam_engine.clock import from_ms
from exam_engine.delivery import attempt_clock
from exam_engine.delivery.attempt_clock import AttemptClock, AttemptStateError
from exam_engine.delivery.events import SentEvent
from exam_engine.delivery.models import Attempt, Device, LogEvent
from exam_engine.delivery.states import SERVER_LANE, AttemptState, DeviceState, EventKind
from exam_engine.delivery.status import COMMANDS, Command, Status
from exam_engine.delivery.tokens import DeviceToken, DeviceUnknownError
from exam_engine.errors import ExamEngineError

STORED_AT = "%Y-%m-%d %H:%M:%S.%f"


class DeviceNotActiveError(ExamEngineError):
    """Another device holds the attempt: this one may not write, nor read what its candidate has earned."""

    code = "device.waiting"
    status = 409


class DeviceRefusedError(ExamEngineError):
    """The proctor has turned this device away."""

    code = "device.refused"
    status = 409


@dataclass(frozen=True)
class Request:
    """One device's batch at the door."""

    token: DeviceToken
    heard: int
    events: Sequence[SentEvent]


@dataclass(frozen=True)
class CommittedEvent:
    """A device event that is on disk, for those who listen (`signals.events_committed`)."""

    attempt_id: int
    sitting_id: int
    lane: int
    seq: int
    kind: str
    item: int | None
    value: Any
    at: datetime
    received_at: datetime
    late: bool


@dataclass(frozen=True)
class Receipt:
    """What the device is told: its status, and which of its events are safe."""

    status: Status
    saved: tuple[int, ...]
    late: tuple[int, ...]


@dataclass(frozen=True)
class Admitted:
    """The outcome of a group: a receipt or an error per request, and what is new in the log."""

    outcomes: list[Receipt | ExamEngineError]
    events: list[CommittedEvent]
    ended: list[tuple[int, int]]
    """(attempt id, sitting id) of attempts that ended in this group."""


@dataclass(frozen=True)
class _Holder:
    """An attempt's row as the door reads it, for one of its devices."""

    sitting_id: int
    clock: AttemptClock
    server_seq: int
    device: DeviceState


def admit(session: Session, requests: Sequence[Request], now: datetime) -> Admitted:
    """Check and append a group of batches within the caller's transaction.

    Nothing may be acknowledged before that transaction is committed. Refused requests change nothing and do not
    disturb the others.
    """
    holders = _read_holders(session, requests)
    outcomes: list[Receipt | ExamEngineError | None] = [None] * len(requests)
    rows: dict[tuple[int, int, int], CommittedEvent] = {}
    for place, request in enumerate(requests):
        holder = holders.get((request.token.attempt_id, request.token.lane))
        refusal = _refusal(request, holder)
        if refusal is not None:
            outcomes[place] = refusal
            continue
        assert holder is not None
        for event in request.events:
            row = _committed(request.token, holder, event, now)
            rows.setdefault((row.attempt_id, row.lane, row.seq), row)
    new = _append(session, list(rows.values()))
    ended = _end_submitted(session, new, holders, now)
    _reopen_scores(session, new, holders, ended)
    commands = _commands(session, requests, holders)
    for place, request in enumerate(requests):
        if outcomes[place] is None:
            holder = holders[request.token.attempt_id, request.token.lane]
            outcomes[place] = _receipt(request, holder, rows, commands.get(request.token.attempt_id, ()))
    done = [outcome for outcome in outcomes if outcome is not None]
    return Admitted(done, new, ended)


def _read_holders(session: Session, requests: Sequence[Request]) -> dict[tuple[int, int], _Holder]:
    ids = {request.token.attempt_id for request in requests}
    if len(ids) == 1:
        found = session.execute(_HOLDERS_OF_ONE, {"ids": ids.pop()})
    else:
        query = _HOLDERS_SQLITE if session.get_bind().dialect.name == "sqlite" else _HOLDERS_POSTGRESQL
        found = session.execute(query, {"ids": list(ids)})
    return {
        (row.id, row.lane): _Holder(
            row.sitting_id,
            AttemptClock(
                AttemptState(row.state), row.started_at, row.deadline, row.paused_at, row.ended_at, row.ended_by
            ),
            row.server_seq,
            DeviceState(row.device),
        )
        for row in found
    }


_columns = (
    Attempt.id,
    Attempt.sitting_id,
    Attempt.state,
    Attempt.started_at,
    Attempt.deadline,
    Attempt.paused_at,
    Attempt.ended_at,
    Attempt.ended_by,
    Attempt.server_seq,
    Device.lane,
    Device.state.label("device"),
)
_joined = select(*_columns).join(Device, Device.attempt_id == Attempt.id)
# An array is one parameter however many wait, so the statement is made and prepared once.
_HOLDERS_POSTGRESQL = _joined.where(Attempt.id == any_(bindparam("ids", type_=ARRAY(Integer))))
_HOLDERS_SQLITE = _joined.where(Attempt.id.in_(bindparam("ids", expanding=True)))
_HOLDERS_OF_ONE = _joined.where(Attempt.id == bindparam("ids"))


def _refusal(request: Request, holder: _Holder | None) -> ExamEngineError | None:
    if holder is None:
        return DeviceUnknownError()
    if not request.events:
        return None
    if holder.device is DeviceState.REFUSED:
        return DeviceRefusedError()
    if holder.device is DeviceState.WAITING:
        return DeviceNotActiveError()
    if holder.clock.state is AttemptState.ADMITTED:
        return AttemptStateError(state=str(holder.clock.state))
    return None


def _committed(token: DeviceToken, holder: _Holder, event: SentEvent, now: datetime) -> CommittedEvent:
    # A device's clock may be wrong or lie: nothing happens in the future, nor before the start.
    happened = min(from_ms(event.at), now)
    if holder.clock.started_at is not None:
        happened = max(happened, holder.clock.started_at)
    return CommittedEvent(
        token.attempt_id,
        holder.sitting_id,
        token.lane,
        event.seq,
        event.kind,
        event.item,
        event.value,
        happened,
        now,
        holder.clock.is_late(now),
    )


# One statement whatever the number of rows; rows that are there already (a replay) are left as they are. Rows go in
# by primary key, so that two workers replaying the same events cannot wait for each other in a ring.
_APPEND_POSTGRESQL = text(
    "INSERT INTO event (attempt_id, lane, seq, kind, item, value, at, received_at, late)"
    " SELECT attempt_id, lane, seq, kind, item, CAST(value AS json), at, received_at, late"
    " FROM json_to_recordset(CAST(:rows AS json)) AS r(attempt_id int, lane smallint, seq int, kind text,"
    " item smallint, value text, at timestamptz, received_at timestamptz, late bool)"
    " ON CONFLICT DO NOTHING RETURNING attempt_id, lane, seq"
)
_FIELDS = ("attempt_id", "lane", "seq", "kind", "item", "value", "at", "received_at", "late")
_EXTRACTED = ", ".join(f"json_extract(r.value, '$.{name}')" for name in _FIELDS)
_APPEND_SQLITE = text(
    f"INSERT OR IGNORE INTO event ({', '.join(_FIELDS)}) SELECT {_EXTRACTED}"  # noqa: S608 - names of our own
    " FROM json_each(:rows) AS r WHERE true RETURNING attempt_id, lane, seq"
)


def _append(session: Session, rows: list[CommittedEvent]) -> list[CommittedEvent]:
    if not rows:
        return []
    rows.sort(key=lambda row: (row.attempt_id, row.lane, row.seq))
    sqlite = session.get_bind().dialect.name == "sqlite"
    zone = "" if sqlite else "+00:00"
    document = json.dumps(
        [
            {
                "attempt_id": row.attempt_id,
                "lane": row.lane,
                "seq": row.seq,
                "kind": row.kind,
                "item": row.item,
                "value": json.dumps(row.value),
                "at": row.at.strftime(STORED_AT) + zone,
                "received_at": row.received_at.strftime(STORED_AT) + zone,
                "late": row.late,
            }
            for row in rows
        ]
    )
    statement = _APPEND_SQLITE if sqlite else _APPEND_POSTGRESQL
    inserted = {tuple(key) for key in session.execute(statement, {"rows": document})}
    return [row for row in rows if (row.attempt_id, row.lane, row.seq) in inserted]


def _end_submitted(
    session: Session,
    new: list[CommittedEvent],
    holders: dict[tuple[int, int], _Holder],
    now: datetime,
) -> list[tuple[int, int]]:
    """End the attempts whose own device says so; an attempt that has ended already stays as it ended."""
    ended = []
    for event in new:
        holder = holders[event.attempt_id, event.lane]
        if event.kind != EventKind.SUBMITTED or holder.device is not DeviceState.ACTIVE:
            continue
        attempt = locked_attempt(session, event.attempt_id)
        if attempt is None or attempt.state == AttemptState.SUBMITTED:
            continue
        # Submitted offline and delivered after the time was up: the end is the deadline, as for everybody.
        at = event.at
        if attempt.deadline is not None and attempt.state == AttemptState.RUNNING:
            at = min(at, attempt.deadline)
        append_server_event(session, attempt, EventKind.ENDED, {"by": "candidate"}, at, now)
        for key, other in holders.items():
            if key[0] == attempt.id:
                holders[key] = replace(other, clock=clock_of(attempt), server_seq=attempt.server_seq)
        ended.append((event.attempt_id, event.sitting_id))
    return ended


def _reopen_scores(
    session: Session,
    new: list[CommittedEvent],
    holders: dict[tuple[int, int], _Holder],
    ended: list[tuple[int, int]],
) -> None:
    """Answers that come in after the end may change the score: mark it to be made again."""
    just_ended = {attempt_id for attempt_id, _ in ended}
    touched = {
        event.attempt_id
        for event in new
        if event.kind == EventKind.ANSWERED
        and event.attempt_id not in just_ended
        and holders[event.attempt_id, event.lane].clock.state is AttemptState.SUBMITTED
    }
    if touched:
        session.execute(update(Attempt).where(Attempt.id.in_(touched)).values(scored=False))


def _commands(
    session: Session, requests: Sequence[Request], holders: dict[tuple[int, int], _Holder]
) -> dict[int, tuple[Command, ...]]:
    """Server events some device of the group has not heard yet, by attempt. Mostly there are none."""
    behind = {
        request.token.attempt_id
        for request in requests
        if (holder := holders.get((request.token.attempt_id, request.token.lane))) is not None
        and request.heard < holder.server_seq
    }
    return {attempt_id: read_commands(session, attempt_id) for attempt_id in behind}


def _receipt(
    request: Request,
    holder: _Holder,
    rows: dict[tuple[int, int, int], CommittedEvent],
    commands: Sequence[Command],
) -> Receipt:
    seqs = tuple(event.seq for event in request.events)
    token = request.token
    return Receipt(
        Status(
            holder.clock,
            holder.device,
            holder.server_seq,
            tuple(command for command in commands if command.seq > request.heard),
        ),
        saved=seqs,
        late=tuple(seq for seq in seqs if rows[token.attempt_id, token.lane, seq].late),
    )


def read_commands(session: Session, attempt_id: int, after: int = 0) -> tuple[Command, ...]:
    """The commands of an attempt after a server event number, oldest first."""
    query = (
        select(LogEvent.seq, LogEvent.kind, LogEvent.at, LogEvent.value)
        .where(LogEvent.attempt_id == attempt_id, LogEvent.lane == SERVER_LANE, LogEvent.seq > after)
        .where(LogEvent.kind.in_(COMMANDS))
        .order_by(LogEvent.seq)
    )
    return tuple(Command(row.seq, row.kind, row.at, row.value or {}) for row in session.execute(query))


def locked_attempt(session: Session, attempt_id: int) -> Attempt | None:
    """The attempt, locked until the transaction ends, so that two changes of its clock cannot cross."""
    return session.scalar(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )


def append_server_event(
    session: Session,
    attempt: Attempt,
    kind: str,
    value: dict[str, Any],
    at: datetime,
    now: datetime | None = None,
) -> None:
    """Append a lane 0 event to a locked attempt and bring its row to what the event makes of it.

    Raises:
        AttemptStateError: the attempt's state does not allow it; nothing is changed.
    """
    clock = attempt_clock.apply(clock_of(attempt), kind, at, value)
    attempt.server_seq += 1
    session.add(
        LogEvent(
            attempt_id=attempt.id,
            lane=SERVER_LANE,
            seq=attempt.server_seq,
            kind=str(kind),
            value=value,
            at=at,
            received_at=now or at,
            late=False,
        )
    )
    attempt.state = clock.state
    attempt.started_at = clock.started_at
    attempt.deadline = clock.deadline
    attempt.paused_at = clock.paused_at
    attempt.ended_at = clock.ended_at
    attempt.ended_by = clock.ended_by
    session.flush()


def clock_of(attempt: Attempt) -> AttemptClock:
    """The clock's state as the attempt's row holds it."""
    return AttemptClock(
        AttemptState(attempt.state),
        attempt.started_at,
        attempt.deadline,
        attempt.paused_at,
        attempt.ended_at,
        attempt.ended_by,
    )
