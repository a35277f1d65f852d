"""Every URL of results."""

from __future__ import annotations

from flask import Flask

from exam_engine.results import views


def register_urls(app: Flask) -> None:
    """Attach the pages."""
    base = "/sittings/<int:sitting_id>"
    app.add_url_rule(f"{base}/results", "results.results", views.results)
    app.add_url_rule(f"{base}/results.<form>", "results.download", views.download)
    app.add_url_rule(f"{base}/results/rescored", "results.rescore", views.rescore, methods=["POST"])
    app.add_url_rule(f"{base}/attempts/<int:attempt_id>", "results.record", views.record)
