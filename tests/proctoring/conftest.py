"""A room under supervision: candidates at work, a proctor, and what the wall is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask_socketio.test_client import SocketIOTestClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exam_engine.accounts.models import Role
from exam_engine.accounts.operations import RoleGrant
from exam_engine.app import engine_of
from exam_engine.clock import ManualClock
from exam_engine.delivery.models import Attempt
from tests import world
from tests.conftest import MakeApp, StaffClient, signed_in_client
from tests.services.postgres import Postgres
from tests.world import Device, World

HERE = RoleGrant(Role.PROCTOR, "Kota Uji", "Ruang 1")
NEXT_DOOR = RoleGrant(Role.PROCTOR, "Kota Uji", "Ruang 2")


class Proctor:
    """A proctor's browser: pages, deeds and the wall's socket."""

    def __init__(self, app: Flask, browser: StaffClient) -> None:
        self.app = app
        self.browser = browser
        self.socket: SocketIOTestClient | None = None

    def connect(self) -> bool:
        """Open the wall's socket; whether the server took it."""
        self.socket = engine_of(self.app).sockets.test_client(
            self.app, namespace="/wall", flask_test_client=self.browser
        )
        return bool(self.socket.is_connected("/wall"))

    def watch(self, sitting_id: int) -> dict[str, Any]:
        """Ask for a sitting; the answer."""
        assert self.socket is not None
        reply = self.socket.emit("watch", {"sitting": sitting_id}, namespace="/wall", callback=True)
        assert isinstance(reply, dict)
        return reply

    def told(self) -> list[dict[str, Any]]:
        """The deltas that have come since the last look."""
        assert self.socket is not None
        self.app.extensions["proctoring"].broadcast.tell()
        return [each["args"][0] for each in self.socket.get_received("/wall") if each["name"] == "delta"]

    def do(self, path: str, **body: Any) -> TestResponse:
        """Post a deed as the wall does, with the token of its page."""
        # Any page with a form has the token; the wall's own may be out of this proctor's reach.
        page = self.browser.get("/staff/account").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.browser.post(f"/proctor/api/{path}", json=body, headers={"X-CSRFToken": token})


@pytest.fixture(params=["sqlite", "postgres"])
def any_database_app(request: pytest.FixtureRequest, make_app: MakeApp) -> Flask:
    """The engine with its parts on both databases. Without Redis: Socket.IO's test client knows no message queue.

    What goes through Redis is tested on real servers in ``test_live.py``.
    """
    if request.param == "sqlite":
        return make_app(parts=("proctoring",))
    postgres: Postgres = request.getfixturevalue("postgres")
    return make_app(parts=("proctoring",), database_url=postgres.new_database())


@dataclass
class Room:
    """A sitting with candidates at work, and their devices by number from 0."""

    world: World
    devices: list[Device]
    attempts: list[int]
    clock: ManualClock

    @property
    def sitting(self) -> int:
        return self.world.sitting_id

    def send(self, place: int, kind: str, item: int | None = None, value: Any = None) -> None:
        """One event of a candidate's device, now."""
        device = self.devices[place]
        reply = device.send(device.event(kind, self.clock.now(), item, value))
        assert reply.status_code == 200, reply.text


@pytest.fixture
def room(any_database_app: Flask, clock: ManualClock) -> Room:
    """Three candidates, the first two at work."""
    built = world.build(any_database_app)
    devices = []
    for registration in built.registrations[:2]:
        device = Device.of(any_database_app)
        assert device.sign_in(registration).status_code == 200
        assert device.start().status_code == 200
        devices.append(device)
    wall = any_database_app.extensions["proctoring"]
    wall.broadcast.tell()
    with engine_of(any_database_app).database.read() as session:
        attempts = list(session.scalars(select(Attempt.id).order_by(Attempt.id)))
    return Room(built, devices, attempts, clock)


@pytest.fixture
def proctor(any_database_app: Flask) -> Callable[..., Proctor]:
    """``proctor(grant)``: somebody signed in with these roles, by default the proctor of the room."""

    def make(*grants: RoleGrant | Role) -> Proctor:
        return Proctor(any_database_app, signed_in_client(any_database_app, *(grants or (HERE,))))

    return make
