"""Numbers for monitoring, in Prometheus' format under ``/metrics``, for loopback peers only.

Every app has its own registry: with several workers each is scraped by itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sized

from flask import Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from exam_engine import signals
from exam_engine.app import engine_of
from exam_engine.database import Database, DatabaseUnavailableError
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.states import AttemptState

GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The numbers of one app; whoever makes something happen counts it here."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "exam_requests",
            "Requests answered",
            ["endpoint", "status"],
            registry=self.registry,
        )
        self.saves = Counter(
            "exam_saved_events", "Device events put on disk, each once", registry=self.registry
        )
        self.group_size = Histogram(
            "exam_group_commit_batches",
            "Batches in one commit of the answer log",
            buckets=GROUP_SIZES,
            registry=self.registry,
        )
        self.group_seconds = Histogram(
            "exam_group_commit_seconds",
            "Duration of one commit of the answer log",
            buckets=COMMIT_SECONDS,
            registry=self.registry,
        )
        self.sockets = Gauge(
            "exam_connected_sockets", "Candidates connected to this worker", registry=self.registry
        )
        self.failed_sign_ins = Counter(
            "exam_failed_sign_ins", "Failed sign-ins", ["kind"], registry=self.registry
        )
        self.scoring_failures = Counter(
            "exam_scoring_failures", "Attempts that could not be scored, each try", registry=self.registry
        )
        self._children: dict[tuple[str, int], Counter] = {}

    def count_request(self, endpoint: str | None, status: int) -> None:
        """Count one reply; the labelled counters are kept, for finding them costs more than counting."""
        key = (endpoint or "none", status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self.requests.labels(key[0], str(status))
        child.inc()

    def count_group(self, batches: int, seconds: float) -> None:
        """One commit of the answer log."""
        self.group_size.observe(batches)
        self.group_seconds.observe(seconds)

    def count_events(self, app: Flask, events: Sized) -> None:
        """New events on disk."""
        self.saves.inc(len(events))

    def count_presence(self, app: Flask, connected: bool, **_where: object) -> None:
        """A candidate's socket came or went."""
        self.sockets.inc(1 if connected else -1)


class _Stored(Collector):
    """What the database tells when somebody scrapes: attempts by state, and whether it tells anything at all.

    While it is down the other numbers matter most, so they must be served without it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        is_up, attempts = self.describe()
        try:
            with self._database.read() as session:
                rows = session.execute(select(Attempt.state, func.count()).group_by(Attempt.state))
                counts = {row[0]: row[1] for row in rows}
        except DatabaseUnavailableError:
            is_up.add_metric([], 0)
        else:
            is_up.add_metric([], 1)
            for state in AttemptState:
                attempts.add_metric([state.value], counts.get(state, 0))
        yield is_up
        yield attempts

    def describe(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        # Tells the registry the names without asking the database when the app is built.
        return (
            GaugeMetricFamily("exam_database_up", "Whether the database answers"),
            GaugeMetricFamily("exam_attempts", "Attempts by state", labels=["state"]),
        )


def init_app(app: Flask) -> None:
    """Count every reply, and serve the numbers when the settings say so."""
    engine = engine_of(app)
    metrics = Metrics()
    metrics.registry.register(_Stored(engine.database))
    app.extensions["metrics"] = metrics
    engine.log.on_group = metrics.count_group
    signals.events_committed.connect(metrics.count_events, app)
    signals.presence_changed.connect(metrics.count_presence, app)

    @app.after_request
    def _count(response: Response) -> Response:
        metrics.count_request(request.endpoint, response.status_code)
        return response

    if engine.settings.metrics:
        app.add_url_rule("/metrics", "metrics", show_metrics)


def metrics_of(app: Flask) -> Metrics:
    """The numbers of an app."""
    metrics: Metrics = app.extensions["metrics"]
    return metrics


def show_metrics() -> Response:
    """All numbers as text; to others than loopback peers this page does not exist."""
    if not _asked_from_here():
        raise NotFound
    text = generate_latest(metrics_of(current_app).registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _asked_from_here() -> bool:
    """Both the direct peer and the one a trusted proxy names must be this machine."""
    before_proxy = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    peers = (request.remote_addr, before_proxy or request.remote_addr)
    return all(_is_loopback(peer) for peer in peers)


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
