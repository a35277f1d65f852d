"""Every URL of the engine, feature by feature."""

from __future__ import annotations

from flask import Flask

from exam_engine.accounts.urls import register_urls as register_accounts
from exam_engine.delivery.urls import register_urls as register_delivery
from exam_engine.results.urls import register_urls as register_results
from exam_engine.sittings.urls import register_urls as register_sittings


def register_urls(app: Flask) -> None:
    """Attach all features' URLs."""
    register_delivery(app)
    register_accounts(app)
    register_sittings(app)
    register_results(app)
