"""The words of supervision's own errors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from exam_engine.web.messages import Message

MESSAGES = {
    "proctoring.nobody_reached": Message(
        _l("There is nobody this could be done to."),
        _l("Look at the states: only who is at work can be paused or given time, only who is paused can resume."),
    ),
}
