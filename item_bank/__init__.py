"""The item bank: items and their versions, review, import and export, assembly of papers for the engine."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Mount the bank: its words, its pages, and the entry that leads there."""
    from flask import Blueprint
    from flask_babel import lazy_gettext as _l

    from exam_engine.accounts.models import Role
    from exam_engine.web import navigation
    from exam_engine.web.errors import register_messages
    from exam_engine.web.navigation import NavEntry
    from item_bank.urls import register_urls
    from item_bank.words import MESSAGES

    register_messages(MESSAGES)
    # A blueprint without addresses: it only brings the folder of templates.
    app.register_blueprint(Blueprint("item_bank_templates", __name__, template_folder="templates"))
    register_urls(app)
    navigation.add(
        app,
        NavEntry(
            label=_l("Item bank"),
            endpoint="item_bank.items",
            roles={Role.AUTHOR, Role.REVIEWER},
            summary=_l("Search and preview items, import workbooks, review."),
            shortcut="b",
        ),
    )
