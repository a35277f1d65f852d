"""Whether this process lives, and whether it can do its work."""

from __future__ import annotations

import redis
from flask import Flask, Response, current_app, jsonify

from exam_engine import migrate
from exam_engine.app import Engine, current_engine, engine_of
from exam_engine.database import DatabaseUnavailableError

REDIS_TIMEOUT = 0.5


def init_app(app: Flask) -> None:
    """Serve ``/health/live`` and ``/health/ready``."""
    url = engine_of(app).settings.redis_url
    app.extensions["health_redis"] = url and redis.Redis.from_url(
        url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT
    )
    app.add_url_rule("/health/live", "health_live", live)
    app.add_url_rule("/health/ready", "health_ready", ready)


def live() -> Response:
    """This process answers."""
    return jsonify(status="ok")


def ready() -> Response:
    """Whether requests may be sent here: the database answers and its tables are those of this code.

    Redis carries only what can be lost, so without it the process is degraded and still ready.
    """
    engine = current_engine()
    checks = {
        "database": _database(engine),
        "migrations": _migrations(engine),
        "redis": _redis(),
    }
    is_ready = checks["database"] == checks["migrations"] == "ok"
    degraded = is_ready and checks["redis"] == "down"
    response = jsonify(
        status="degraded" if degraded else "ok" if is_ready else "unavailable", checks=checks
    )
    response.status_code = 200 if is_ready else 503
    return response


def _database(engine: Engine) -> str:
    try:
        engine.database.ping()
    except DatabaseUnavailableError:
        return "down"
    return "ok"


def _migrations(engine: Engine) -> str:
    try:
        at_head = migrate.at_head(engine.database.engine, engine.settings.parts)
    except migrate.DATABASE_ERRORS:
        return "unknown"
    return "ok" if at_head else "behind"


def _redis() -> str:
    client: redis.Redis | None = current_app.extensions["health_redis"]
    if not client:
        return "unused"
    try:
        client.ping()
    except redis.RedisError:
        return "down"
    return "ok"
