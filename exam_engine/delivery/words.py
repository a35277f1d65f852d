"""Words for what a candidate's device, or a proctor, may be told."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from exam_engine.web.messages import Message

MESSAGES = {
    "device.unknown": Message(
        _l("This device is not signed in."), _l("Sign in with your registration number and the PIN.")
    ),
    "device.waiting": Message(
        _l("This exam is open on another device."), _l("Ask the proctor to let you go on here.")
    ),
    "device.refused": Message(
        _l("The proctor has refused this computer."), _l("Go to your own place, or ask the proctor and sign in again.")
    ),
    "sign_in.refused": Message(
        _l("The registration number and the PIN do not fit together."),
        _l("Check both. The registration number is on your card; the proctor tells the PIN."),
    ),
    "sitting.not_open": Message(
        _l("This sitting does not take candidates now."), _l("Ask the proctor when it begins.")
    ),
    "sitting.begun": Message(
        _l("Candidates have begun; this can no longer be changed."),
        _l("End single attempts from the proctor's page instead."),
    ),
    "attempt.state": Message(
        _l("The attempt's state does not allow this: %(state)s."), _l("Reload the page to see where it stands.")
    ),
    "paper.closed": Message(
        _l("The questions are not open on this device."), _l("Start the exam, or wait until it goes on.")
    ),
    "events.malformed": Message(
        _l("The server could not read what the device sent (%(field)s): %(problem)s"),
        _l("Reload the page. Your answers are kept on this device."),
    ),
    "request.not_json": Message(_l("The server does not read this kind of content."), _l("Send JSON in UTF-8.")),
    "intervention.reason_missing": Message(
        _l("A reason is needed."), _l("Say in a few words why; it stays in the audit trail.")
    ),
}
