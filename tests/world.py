"""A small world to test in: an exam of two domains, its paper, a sitting that is open, candidates admitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM
from exam_engine.clock import to_ms
from exam_engine.exams.catalogue import load_exam, publish_paper
from exam_engine.exams.definition import ExamDefinition, check_definition
from exam_engine.exams.paper import Paper
from exam_engine.items.document import ItemDocument
from exam_engine.sittings.operations import Applicant, SittingPlan, admit, open_sitting

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PIN = "246810"


def definition(**changes: Any) -> ExamDefinition:
    """An exam of 6 keyed and 4 weighted items, 60 minutes."""
    document: dict[str, Any] = {
        "code": "small",
        "version": "1",
        "title": {"id": "Ujian kecil", "en": "Small exam"},
        "language": "id",
        "minutes": 60,
        "domains": [
            {
                "code": "KEY",
                "name": {"id": "Berkunci", "en": "Keyed"},
                "items": 6,
                "scoring": {"rule": "keyed", "correct": 5},
            },
            {
                "code": "WGT",
                "name": {"id": "Berbobot", "en": "Weighted"},
                "items": 4,
                "scoring": {"rule": "option_weights", "weights": [1, 2, 3, 4, 5]},
            },
        ],
        "classes": [
            {
                "code": "general",
                "name": {"id": "Umum", "en": "General"},
                "thresholds": {"KEY": 15, "total": 20},
            }
        ],
        "accommodations": [
            {"code": "extra", "name": {"id": "Waktu tambahan", "en": "More time"}, "minutes": 90}
        ],
        "show_scores": True,
        "rules": {"id": ["Kerjakan sendiri."], "en": ["Work alone."]},
    }
    return check_definition(document | changes)


def paper(exam: ExamDefinition | None = None) -> Paper:
    """A paper for `definition`: the key of keyed item n is the n-th letter in turn; weights are 1 to 5 for A to E."""
    items = [
        ItemDocument.model_validate(
            {
                "code": f"KEY-{number}",
                "language": "id",
                "domain": "KEY",
                "prompt": f"Soal berkunci {number}?",
                "options": [{"id": letter, "text": f"Pilihan {letter}"} for letter in "ABCDE"],
                "key": "ABCDE"[(number - 1) % 5],
                "explanation": f"RAHASIA-{number}",
                "parameters": {"model": "2PL", "a": 1.1, "b": (number - 3) / 2, "source": "simulated"},
            }
        )
        for number in range(1, 7)
    ] + [
        ItemDocument.model_validate(
            {
                "code": f"WGT-{number}",
                "language": "id",
                "domain": "WGT",
                "prompt": f"Soal berbobot {number}?",
                "options": [
                    {"id": letter, "text": f"Sikap {letter}", "points": points}
                    for points, letter in enumerate("ABCDE", 1)
                ],
                "parameters": {
                    "model": "GPCM",
                    "a": 0.8,
                    "steps": [-1.5, -0.5, 0.5, 1.5],
                    "source": "simulated",
                },
            }
        )
        for number in range(1, 5)
    ]
    return Paper(definition=exam or definition(), items=tuple(items))


@dataclass
class World:
    """What was built, by id."""

    app: Flask
    sitting_id: int
    paper: Paper
    registrations: list[str]


def build(app: Flask, candidates: int = 3, opens_at: datetime = START, **changes: Any) -> World:
    """Load the exam, publish the paper, open a sitting for two hours and admit candidates UJI-0001…"""
    engine = engine_of(app)
    exam = definition(**changes)
    sheet = paper(exam)
    registrations = [f"UJI-{number:04}" for number in range(1, candidates + 1)]
    with engine.database.transaction() as session:
        load_exam(session, exam, opens_at, SYSTEM)
        row = publish_paper(session, sheet, "small-1", opens_at, SYSTEM)
        plan = SittingPlan(
            row.id, "Sesi 1", "Kota Uji", "Ruang 1", opens_at, opens_at + timedelta(hours=2)
        )
        secret = engine.settings.secret_key.get_secret_value()
        sitting = open_sitting(session, plan, PIN, opens_at, SYSTEM, secret)
        applicants = [Applicant(each, f"Peserta {each}", "general") for each in registrations]
        admit(session, sitting.id, applicants, opens_at, SYSTEM)
        return World(app, sitting.id, sheet, registrations)


@dataclass
class Device:
    """A candidate's device that speaks the wire through Flask's test client."""

    client: FlaskClient
    key: str = "0" * 32
    seq: int = 0
    last: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, app: Flask, key: str = "0" * 32) -> Device:
        return cls(app.test_client(), key)

    def sign_in(self, registration: str, pin: str = PIN) -> TestResponse:
        body = {"registration": registration, "pin": pin, "device": self.key}
        return self.client.post("/exam/api/sign-in", json=body)

    def start(self) -> TestResponse:
        return self.client.post("/exam/api/start", json={})

    def send(self, *events: dict[str, Any], heard: int = 0) -> TestResponse:
        return self.client.post("/exam/api/events", json={"heard": heard, "events": list(events)})

    def event(self, kind: str, at: datetime, item: int | None = None, value: Any = None) -> dict[str, Any]:
        """The next event of this device, numbered."""
        self.seq += 1
        body: dict[str, Any] = {"seq": self.seq, "kind": kind, "at": to_ms(at)}
        if item is not None:
            body["item"] = item
        if value is not None or kind == "answered":
            body["value"] = value
        return body
