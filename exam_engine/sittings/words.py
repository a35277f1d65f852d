"""Words for where sittings and attempts stand."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

PHASES: dict[str, tuple[LazyString, str]] = {
    "planned": (_l("planned"), "info"),
    "open": (_l("open"), "good"),
    "running": (_l("under way"), "good"),
    "over": (_l("over"), ""),
    "cancelled": (_l("cancelled"), "bad"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    "absent": (_l("not signed in"), ""),
    "admitted": (_l("signed in"), "info"),
    "running": (_l("at work"), "good"),
    "paused": (_l("paused"), "warn"),
    "submitted": (_l("submitted"), "info"),
}


def init_app(app: Flask) -> None:
    """Give templates the words (text, tone) for phases and states."""
    app.jinja_env.globals["phase_words"] = PHASES
    app.jinja_env.globals["state_words"] = STATES
