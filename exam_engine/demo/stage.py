"""What the demo needs in its database: staff, exams, papers and sittings. Setting it twice changes nothing."""

from __future__ import annotations

import importlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.accounts.models import Role, Staff
from exam_engine.accounts.operations import NewStaff, RoleGrant, create_staff
from exam_engine.app import Engine, engine_of
from exam_engine.audit import SYSTEM
from exam_engine.demo.candidates import HABITS, Person, people
from exam_engine.exams.catalogue import load_exam
from exam_engine.exams.cli import bundled_definition
from exam_engine.exams.models import ExamRow, PaperRow
from exam_engine.sittings.models import Sitting
from exam_engine.sittings.operations import Applicant, SittingPlan, admit, new_pin, open_sitting

SITE = "Lokasi contoh"
ROOM, OTHER_ROOM = "Ruang A", "Ruang B"
VISITORS = 12
WINDOW = timedelta(hours=8)
# A sitting is used again as long as a visitor can still begin and finish in it.
LEFT_AT_LEAST = timedelta(hours=2)
CLASSES = ("general", "general", "general", "cum_laude", "papua", "disability")


@dataclass(frozen=True)
class Account:
    """A member of staff of the demo. All have the demo profile's password."""

    username: str
    name: str
    grant: RoleGrant


ACCOUNTS = (
    Account("pengawas", "Pengawas contoh", RoleGrant(Role.PROCTOR, SITE, ROOM)),
    Account("petugas", "Petugas ujian contoh", RoleGrant(Role.OFFICER)),
    Account("penulis", "Penulis soal contoh", RoleGrant(Role.AUTHOR)),
    Account("penelaah", "Penelaah soal contoh", RoleGrant(Role.REVIEWER)),
    Account("analis", "Analis contoh", RoleGrant(Role.ANALYST)),
    Account("auditor", "Auditor contoh", RoleGrant(Role.AUDITOR)),
    Account("admin", "Administrator contoh", RoleGrant(Role.ADMINISTRATOR)),
)


@dataclass(frozen=True)
class Play:
    """A sitting of the demo, and who takes part in it."""

    sitting_id: int
    pin: str
    prefix: str
    simulated: int
    pace: float

    def cast(self) -> list[Person]:
        """The simulated candidates."""
        return people(self.prefix, self.simulated, self.pace, HABITS if self.pace else {})

    @property
    def visitors(self) -> list[str]:
        """Registration numbers kept free for people who try the demo."""
        return [f"{self.prefix}-{self.simulated + number:04}" for number in range(1, VISITORS + 1)]


@dataclass(frozen=True)
class Stage:
    """The sittings of the demo: one under way, and a short one whose results are there at once."""

    live: Play
    finished: Play


def prepare(app: Flask, candidates: int, pace: float) -> Stage:
    """Fill the database as far as it is not filled; returns the sittings to play."""
    engine = engine_of(app)
    with engine.database.transaction() as session:
        _add_staff(session, engine)
        for name in ("skd", "health"):
            load_exam(session, bundled_definition(name), engine.clock.now(), SYSTEM)
    for part in engine.settings.parts:
        if find_spec(f"{part}.demo"):
            importlib.import_module(f"{part}.demo").prepare(app)
    kept = _kept(engine)
    if kept is not None:
        return kept
    with engine.database.transaction() as session:
        stage = Stage(
            live=_play(session, engine, "skd", ROOM, candidates, pace),
            finished=_play(session, engine, "health", OTHER_ROOM, 30, 0),
        )
    _file(engine).write_text(json.dumps(asdict(stage)), "utf-8")
    _file(engine).chmod(0o600)
    return stage


def secret_key(data_dir: Path) -> str:
    """The key this data directory is signed with, made on the first run."""
    path = data_dir / "secret-key"
    if not path.exists():
        path.touch(0o600)
        path.write_text(secrets.token_hex(32), "utf-8")
    return path.read_text("utf-8").strip()


def paper_of(session: Session, play: Play) -> int:
    """The id of the paper of a play's sitting."""
    sitting = session.get(Sitting, play.sitting_id)
    assert sitting is not None
    return sitting.paper_id


def _add_staff(session: Session, engine: Engine) -> None:
    password = engine.settings.demo_password
    assert password is not None
    there = set(session.scalars(select(Staff.username)))
    for account in ACCOUNTS:
        if account.username not in there:
            new = NewStaff(account.username, account.name, frozenset({account.grant}))
            secret = password.get_secret_value()
            create_staff(session, engine.clock.now(), SYSTEM, new, secret, password_temporary=False)


def _kept(engine: Engine) -> Stage | None:
    """The sittings of an earlier run, while there is time left in them."""
    if not _file(engine).exists():
        return None
    found = json.loads(_file(engine).read_text("utf-8"))
    stage = Stage(**{name: Play(**play) for name, play in found.items()})
    with engine.database.read() as session:
        sitting = session.get(Sitting, stage.live.sitting_id)
        if sitting is None or sitting.closes_at < engine.clock.now() + LEFT_AT_LEAST:
            return None
    return stage


def _play(session: Session, engine: Engine, exam: str, room: str, simulated: int, pace: float) -> Play:
    now = engine.clock.now()
    paper = session.scalars(
        select(PaperRow).join(ExamRow).where(ExamRow.code == exam).order_by(PaperRow.id.desc())
    ).first()
    if paper is None:
        raise LookupError(f"no part of this profile published a paper for {exam}")
    number = len(session.scalars(select(Sitting.id).where(Sitting.exam_id == paper.exam_id)).all()) + 1
    title = f"{paper.paper.definition.title.id} – sesi {number}"
    plan = SittingPlan(paper.id, title, SITE, room, now - timedelta(minutes=5), now + WINDOW)
    pin = new_pin()
    sitting = open_sitting(session, plan, pin, now, SYSTEM, engine.settings.secret_key.get_secret_value())
    prefix = f"{exam.upper()[:3]}{number}"
    classes = [each.code for each in paper.paper.definition.classes]
    known = [each for each in CLASSES if each in classes] or classes
    applicants = [
        Applicant(f"{prefix}-{place:04}", f"Peserta Contoh {place:03}", known[place % len(known)], seat=f"{place:02}")
        for place in range(1, simulated + VISITORS + 1)
    ]
    admit(session, sitting.id, applicants, now, SYSTEM)
    return Play(sitting.id, pin, prefix, simulated, pace)


def _file(engine: Engine) -> Path:
    return engine.settings.data_dir / "demo.json"
