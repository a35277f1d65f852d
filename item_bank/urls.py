"""The bank's addresses, page by page."""

from __future__ import annotations

from flask import Flask

from item_bank import views, views_import

PAGES = (
    ("/bank/", "items", views.items, ("GET",)),
    ("/bank/items/<code>", "item", views.item, ("GET",)),
    ("/bank/items/<code>/decision", "decide", views.decide, ("POST",)),
    ("/bank/import", "upload", views_import.upload, ("GET", "POST")),
    ("/bank/import/<digest>", "report", views_import.report, ("GET",)),
    ("/bank/import/<digest>/confirmed", "confirm", views_import.confirm, ("POST",)),
    ("/bank/template.xlsx", "template", views_import.template, ("GET",)),
)


def register_urls(app: Flask) -> None:
    """Add the bank's pages to the app."""
    for path, name, view, methods in PAGES:
        app.add_url_rule(path, f"item_bank.{name}", view, methods=list(methods))
