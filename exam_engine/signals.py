"""What the engine tells the packages above it, without naming them. Declared once, with their meaning.

Receivers run in the greenlet that sends: they must be quick and must not raise. Long work is spawned or queued.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

events_committed = _signals.signal("events-committed")
"""Device events are on disk. Sender: the app. ``events``: list of ``delivery.door.CommittedEvent``, new ones only."""

attempt_changed = _signals.signal("attempt-changed")
"""Server side change of an attempt is on disk (started, paused, resumed, extended, ended, message, device).
Sender: the app. ``attempt_id``, ``sitting_id``, ``kind``."""

device_waiting = _signals.signal("device-waiting")
"""A second device asks for an attempt. Sender: the app. ``attempt_id``, ``sitting_id``, ``lane``."""

presence_changed = _signals.signal("presence-changed")
"""A candidate's socket came or went. Sender: the app. ``attempt_id``, ``sitting_id``, ``connected``."""

attempt_scored = _signals.signal("attempt-scored")
"""Scores of an attempt are on disk. Sender: the app. ``attempt_id``."""
