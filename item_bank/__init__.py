"""The item bank: items and their versions, review, import and export, assembly of papers for the engine."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Mount the bank: its words for errors and its pages."""
    from exam_engine.web.errors import register_messages
    from item_bank.urls import register_urls
    from item_bank.words import MESSAGES

    register_messages(MESSAGES)
    register_urls(app)
