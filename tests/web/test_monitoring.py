"""Health, metrics and logs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask

from exam_engine import logs, migrate, signals
from exam_engine.app import engine_of
from exam_engine.database import Database
from exam_engine.metrics import metrics_of
from tests.conftest import MakeApp, StaffClient

Lines = Callable[[], list[dict[str, Any]]]


class TestHealth:
    def test_a_process_that_answers_lives(self, client: StaffClient) -> None:
        assert client.get("/health/live").json == {"status": "ok"}

    def test_tables_of_another_version_are_not_ready(self, client: StaffClient) -> None:
        reply = client.get("/health/ready")
        assert reply.status_code == 503
        assert reply.json["checks"]["migrations"] == "behind"

    def test_without_the_database_it_is_not_ready(
        self, app: Flask, client: StaffClient, tmp_path: object
    ) -> None:
        engine_of(app).database.close()
        engine_of(app).database.engine.url  # noqa: B018
        with engine_of(app).database.engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert client.get("/health/ready").json["checks"]["database"] == "ok"

    def test_without_redis_it_is_degraded_and_still_ready(
        self, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = make_app()
        monkeypatch.setattr(migrate, "at_head", lambda engine, parts: True)
        assert app.test_client().get("/health/ready").json["status"] == "ok"
        app.extensions["health_redis"] = _unreachable_redis()
        reply = app.test_client().get("/health/ready")
        assert (reply.status_code, reply.json["status"]) == (200, "degraded")


def _unreachable_redis() -> object:
    import redis

    return redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)


class TestMetrics:
    def test_replies_saves_and_failures_are_counted(self, app: Flask, client: StaffClient) -> None:
        client.get("/health/live")
        client.sign_in("nobody", "wrong password")
        signals.events_committed.send(app, events=[1, 2, 3])
        engine_of(app).log.on_group(4, 0.02)
        signals.presence_changed.send(app, attempt_id=1, sitting_id=1, connected=True)
        text = client.get("/metrics").text
        for line in (
            'exam_requests_total{endpoint="health_live",status="200"} 1.0',
            'exam_failed_sign_ins_total{kind="password"} 1.0',
            "exam_saved_events_total 3.0",
            "exam_group_commit_batches_sum 4.0",
            'exam_group_commit_seconds_bucket{le="0.025"} 1.0',
            "exam_connected_sockets 1.0",
            'exam_attempts{state="running"} 0.0',
        ):
            assert line in text

    def test_without_the_database_all_but_its_own_numbers_are_served(self, make_app: MakeApp) -> None:
        app = make_app()
        assert "exam_database_up 1.0" in app.test_client().get("/metrics").text
        nowhere = Database("postgresql+psycopg://127.0.0.1:1/gone")
        engine_of(app).database.engine, own = nowhere.engine, engine_of(app).database.engine
        reply = app.test_client().get("/metrics")
        own.dispose()
        assert (reply.status_code, reply.mimetype) == (200, "text/plain")
        assert "exam_database_up 0.0" in reply.text
        assert "exam_attempts{" not in reply.text
        assert 'exam_requests_total{endpoint="metrics",status="200"} 1.0' in reply.text

    def test_every_app_counts_for_itself(self, make_app: MakeApp) -> None:
        one, other = make_app(), make_app()
        metrics_of(one).saves.inc()
        assert "exam_saved_events_total 0.0" in other.test_client().get("/metrics").text

    def test_others_than_this_machine_see_no_metrics(self, make_app: MakeApp) -> None:
        direct = make_app().test_client()
        assert direct.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
        proxied = make_app(behind_proxy=True).test_client()
        assert proxied.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
        forged = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}, "headers": {"X-Forwarded-For": "127.0.0.1"}}
        assert proxied.get("/metrics", **forged).status_code == 404

    def test_metrics_can_be_turned_off(self, make_app: MakeApp) -> None:
        assert make_app(metrics=False).test_client().get("/metrics").status_code == 404


class TestLogs:
    @pytest.fixture
    def start(self, make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> Callable[[], Lines]:
        """Starts an engine; returns what reads the lines it logged since."""

        def begin() -> Lines:
            self.app = make_app(log_format="json", log_level="INFO")
            return lambda: _parsed(capsys.readouterr().err)

        return begin

    def test_a_request_is_one_line_without_its_query(self, start: Callable[[], Lines]) -> None:
        lines = start()
        self.app.test_client().get("/staff/sign-in?next=/secret")
        (line,) = [line for line in lines() if line["event"] == "request"]
        assert line["endpoint"] == "accounts.sign_in"
        assert line["status"] == 200
        assert len(line["request_id"]) == 16
        assert "secret" not in json.dumps(line)

    def test_the_wire_is_not_logged(self, start: Callable[[], Lines]) -> None:
        lines = start()
        self.app.test_client().get("/exam/api/time")
        assert lines() == []

    def test_answers_and_secrets_are_blanked_wherever_they_hide(self, start: Callable[[], Lines]) -> None:
        lines = start()
        structlog.get_logger("x").info(
            "saved", item=7, value="C", events=[{"value": "C"}], body={"PIN": "1234", "new_password": "p"}
        )
        logging.getLogger("y").warning("told", extra={"session_token": "t"})
        text = json.dumps(lines())
        assert '"item": 7' in text
        for secret in ('"C"', "1234", '"p"', '"t"'):
            assert secret not in text
        assert text.count(logs.BLANK) == 5

    def test_the_values_inside_a_database_error_are_blanked(self, start: Callable[[], Lines]) -> None:
        lines = start()
        try:
            raise RuntimeError("failed\n[SQL: INSERT]\n[parameters: ('sari', 'C')]\n(Background)")
        except RuntimeError:
            logging.getLogger("z").exception("broken")
        (line,) = lines()
        assert "sari" not in line["exception"]
        assert "INSERT" in line["exception"]

    def test_behind_a_proxy_its_request_id_is_used(
        self, make_app: MakeApp, capsys: pytest.CaptureFixture[str]
    ) -> None:
        app = make_app(behind_proxy=True, log_format="json", log_level="INFO")
        app.test_client().get("/", headers={"X-Request-Id": "from-the-proxy-1"})
        app.test_client().get("/", headers={"X-Request-Id": "bad\tid"})
        ids = [json.loads(line)["request_id"] for line in capsys.readouterr().err.splitlines()]
        assert ids[0] == "from-the-proxy-1"
        assert len(ids[1]) == 16


def _parsed(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
