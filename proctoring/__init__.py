"""Live supervision: what happens in the rooms, incidents, and a proctor's deeds. Mounted above the engine."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.web import navigation
from exam_engine.web.errors import register_messages
from exam_engine.web.navigation import NavEntry
from proctoring.broadcast import Broadcast
from proctoring.leases import make_leases
from proctoring.sockets import Watchers
from proctoring.urls import register_urls
from proctoring.wall import Wall
from proctoring.words import MESSAGES


@dataclass(frozen=True)
class Supervision:
    """What an app that supervises holds, as ``app.extensions["proctoring"]``."""

    broadcast: Broadcast
    watchers: Watchers


def init_app(app: Flask) -> None:
    """Mount supervision: pages, sockets, and the engine's signals."""
    engine = engine_of(app)
    connected = make_leases(engine, "connected")
    watched = make_leases(engine, "watched")
    wall = Wall(engine, connected)
    broadcast = Broadcast(app, wall, watched, connected)
    watchers = Watchers(app, wall, watched)
    app.extensions["proctoring"] = Supervision(broadcast, watchers)
    broadcast.listen()
    watchers.register(engine.sockets)
    # A blueprint without addresses: it only brings the folder of templates.
    app.register_blueprint(Blueprint("proctoring_templates", __name__, template_folder="templates"))
    register_urls(app)
    register_messages(MESSAGES)
    navigation.add(
        app,
        NavEntry(
            label=_l("Supervision"),
            endpoint="proctoring.sittings",
            roles={Role.PROCTOR},
            summary=_l("Watch the rooms assigned to you, live, and step in."),
            shortcut="w",
        ),
    )
