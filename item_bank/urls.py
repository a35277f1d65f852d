"""The bank's addresses, page by page."""

from __future__ import annotations

from flask import Flask


def register_urls(app: Flask) -> None:
    """Add the bank's pages to the app."""
