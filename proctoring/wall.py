"""The wall as the tables tell it: a whole sitting or a few of its rows, in the same handful of queries.

Only what a proctor may see is here: who, where, how far, how long, what was noticed. No answers, no keys, no points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_engine.app import Engine
from exam_engine.clock import to_ms
from exam_engine.delivery.models import Attempt, Device
from exam_engine.delivery.states import AttemptState, DeviceState
from exam_engine.exams.paper import arrange
from exam_engine.sittings.models import Admission, Candidate, Sitting
from proctoring import incidents
from proctoring.leases import Leases
from proctoring.models import Incident, IncidentState
from proctoring.progress import Progress, progress_of
from proctoring.rules import ALERTS

STATES = {
    None: "absent",
    AttemptState.ADMITTED: "signed_in",
    AttemptState.RUNNING: "running",
    AttemptState.PAUSED: "paused",
    AttemptState.SUBMITTED: "ended",
}
ENDED_BY = {"clock": "deadline"}


@dataclass(frozen=True)
class _Seen:
    """What is known of one attempt besides its own row."""

    progress: Progress
    connected: bool
    last_sign: float | None
    waiting_lane: int | None
    signs: dict[str, int]
    open_incidents: int


class Wall:
    """Reads the wall; ``connected`` tells whose sockets are up, on whichever worker."""

    def __init__(self, engine: Engine, connected: Leases) -> None:
        self._engine = engine
        self._connected = connected
        # Papers and seeds never change, and shuffling a paper for every glance would cost more than the queries.
        self._places = lru_cache(maxsize=4096)(self._order)

    def snapshot(self, session: Session, sitting: Sitting) -> dict[str, Any]:
        """Everything about a sitting, as a wall that begins to watch is told."""
        now = self._engine.clock.now()
        definition = sitting.exam.definition
        return {
            "now": to_ms(now),
            "sitting": {
                "id": sitting.id,
                "exam": _heading(definition.title.in_language(definition.language), sitting.title),
                "site": sitting.site,
                "room": sitting.room,
                "opens_at": to_ms(sitting.opens_at),
                "closes_at": to_ms(sitting.closes_at),
                "items": definition.item_count,
            },
            "rows": self.rows(session, sitting.id, now),
            "incidents": [incidents.to_wire(each) for each in incidents.newest(session, sitting.id)],
        }

    def rows(
        self, session: Session, sitting_id: int, now: datetime, attempt_ids: Collection[int] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a sitting by registration number: all, or those of some attempts."""
        query = (
            select(Admission, Attempt)
            .join(Candidate, Candidate.id == Admission.candidate_id)
            .outerjoin(Attempt, Attempt.admission_id == Admission.id)
            .where(Admission.sitting_id == sitting_id, Admission.withdrawn_at.is_(None))
            .order_by(Candidate.registration)
        )
        if attempt_ids is not None:
            query = query.where(Attempt.id.in_(attempt_ids))
        places: list[tuple[Admission, Attempt | None]] = [
            (admission, attempt) for admission, attempt in session.execute(query).unique()
        ]
        seen = self._seen(session, [attempt.id for _, attempt in places if attempt is not None])
        return [self._row(admission, attempt, seen, now) for admission, attempt in places]

    def _seen(self, session: Session, ids: list[int]) -> dict[int, _Seen]:
        progress = progress_of(session, ids)
        connected = self._connected.held(ids)
        last_signs = self._engine.presence.last_seen(ids)
        waiting = _waiting_lanes(session, ids)
        signs, still_open = _tally(session, ids)
        return {
            each: _Seen(
                known := progress.get(each, Progress()),
                each in connected,
                _latest(last_signs.get(each), known.heard_at),
                waiting.get(each),
                signs[each],
                still_open[each],
            )
            for each in ids
        }

    def _row(
        self, admission: Admission, attempt: Attempt | None, seen: dict[int, _Seen], now: datetime
    ) -> dict[str, Any]:
        row: dict[str, Any] = {
            "admission": admission.id,
            "attempt": None,
            "number": admission.candidate.registration,
            "name": admission.candidate.name,
            "seat": admission.seat,
            "state": STATES[None],
            "ended_by": None,
            "item": None,
            "answered": 0,
            "flagged": 0,
            "deadline": None,
            "paused_at": None,
            "connected": False,
            "silent": False,
            "last_signal": None,
            "waiting_device": None,
            "alerts": dict.fromkeys(ALERTS, 0),
            "open_incidents": 0,
        }
        return row if attempt is None else row | self._work(attempt, seen[attempt.id], now)

    def _work(self, attempt: Attempt, seen: _Seen, now: datetime) -> dict[str, Any]:
        by = attempt.ended_by
        return {
            "attempt": attempt.id,
            "state": STATES[AttemptState(attempt.state)],
            "ended_by": ENDED_BY.get(by, by) if by else None,
            "item": self._place(attempt, seen.progress.position),
            "answered": seen.progress.answered,
            "flagged": seen.progress.flagged,
            "deadline": to_ms(attempt.deadline) if attempt.deadline else None,
            "paused_at": to_ms(attempt.paused_at) if attempt.paused_at else None,
            "connected": seen.connected,
            "silent": self._is_silent(attempt, seen, now),
            "last_signal": round(seen.last_sign * 1000) if seen.last_sign is not None else None,
            "waiting_device": seen.waiting_lane,
            "alerts": {rule: seen.signs.get(rule, 0) for rule in ALERTS},
            "open_incidents": seen.open_incidents,
        }

    def _is_silent(self, attempt: Attempt, seen: _Seen, now: datetime) -> bool:
        if attempt.state != AttemptState.RUNNING or attempt.started_at is None or seen.connected:
            return False
        last = _latest(seen.last_sign, attempt.started_at)
        return last is not None and now.timestamp() - last > self._engine.settings.silence_seconds

    def _place(self, attempt: Attempt, ref: int | None) -> int | None:
        return None if ref is None else self._places(attempt.paper_id, attempt.seed).get(ref)

    def _order(self, paper_id: int, seed: int) -> dict[int, int]:
        """The place (from 1) of each ref in one candidate's order."""
        refs = arrange(self._engine.papers.paper(paper_id), seed).refs
        return {ref: place for place, ref in enumerate(refs, 1)}


def _latest(sign: float | None, moment: datetime | None) -> float | None:
    known = [each for each in (sign, moment.timestamp() if moment else None) if each is not None]
    return max(known, default=None)


def _waiting_lanes(session: Session, ids: list[int]) -> dict[int, int]:
    """The newest device of each attempt that waits for a proctor's consent."""
    query = (
        select(Device.attempt_id, func.max(Device.lane))
        .where(Device.attempt_id.in_(ids), Device.state == DeviceState.WAITING)
        .group_by(Device.attempt_id)
    )
    return dict(session.execute(query).all())


def _tally(session: Session, ids: list[int]) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    """Signs by rule, and incidents nobody has looked at, of each attempt."""
    signs: dict[int, dict[str, int]] = defaultdict(dict)
    still_open: dict[int, int] = defaultdict(int)
    query = (
        select(Incident.attempt_id, Incident.rule, Incident.state, func.sum(Incident.count), func.count())
        .where(Incident.attempt_id.in_(ids))
        .group_by(Incident.attempt_id, Incident.rule, Incident.state)
    )
    for attempt_id, rule, state, count, number in session.execute(query):
        signs[attempt_id][rule] = signs[attempt_id].get(rule, 0) + int(count)
        still_open[attempt_id] += number if state == IncidentState.OPEN else 0
    return signs, still_open


def _heading(exam: str, sitting: str) -> str:
    """Exam and sitting; officers often write the exam's title into the sitting's."""
    return sitting if exam in sitting else f"{exam} – {sitting}"
