"""Builds the application: one `Engine`, the Flask app around it, and the parts the profile mounts above it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from flask import Flask, current_app
from flask_socketio import SocketIO

from exam_engine.clock import Clock, SystemClock
from exam_engine.database import Database
from exam_engine.delivery.log import AnswerLog
from exam_engine.delivery.presence import Presence, make_presence
from exam_engine.exams.catalogue import PaperShelf
from exam_engine.settings import Settings
from exam_engine.websocket import use_plain_websockets


@dataclass(frozen=True)
class Engine:
    """What a running installation holds; views reach it through `current_engine`."""

    settings: Settings
    clock: Clock
    database: Database
    papers: PaperShelf
    log: AnswerLog
    presence: Presence
    sockets: SocketIO


def current_engine() -> Engine:
    """The engine of the app that handles this request."""
    engine: Engine = current_app.extensions["exam_engine"]
    return engine


def engine_of(app: Flask) -> Engine:
    """The engine inside an app."""
    engine: Engine = app.extensions["exam_engine"]
    return engine


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The WSGI application for these settings, with every part the profile names mounted."""
    from exam_engine import web
    from exam_engine.delivery.save_path import SavePath
    from exam_engine.delivery.sockets import register_sockets
    from exam_engine.urls import register_urls

    clock = clock or SystemClock()
    app = Flask("exam_engine", static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    database = Database(settings.effective_database_url, pool_size=settings.database_pool)
    sockets = SocketIO()
    app.extensions["exam_engine"] = Engine(
        settings=settings,
        clock=clock,
        database=database,
        papers=PaperShelf(database),
        log=AnswerLog(app, database, clock, group_size=settings.group_size),
        presence=make_presence(settings.redis_url),
        sockets=sockets,
    )
    web.init_app(app)
    register_urls(app)
    register_sockets(app, sockets)
    for part in settings.parts:
        importlib.import_module(part).init_app(app)
    app.wsgi_app = SavePath(app, app.wsgi_app)  # type: ignore[method-assign]
    sockets.init_app(
        app,
        async_mode="gevent",
        message_queue=settings.redis_url,
        channel="exam-engine",
        ping_interval=15,
        ping_timeout=10,
        http_compression=False,
        manage_session=False,
    )
    use_plain_websockets(sockets)
    return app
