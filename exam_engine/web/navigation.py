"""The staff's navigation: each feature adds its entry, each member of staff sees those of their roles."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from flask import Flask, current_app, request, url_for
from flask_babel.speaklater import LazyString

from exam_engine.accounts import access
from exam_engine.accounts.models import Role, Staff


@dataclass(frozen=True)
class NavEntry:
    """An entry: its words, where it leads, who sees it.

    ``summary`` is the line on the card of the staff's home; ``shortcut`` the letter after ``g`` on the keyboard.
    No ``roles`` means every member of staff.
    """

    label: LazyString | str
    endpoint: str
    roles: AbstractSet[Role] = field(default_factory=frozenset)
    summary: LazyString | str = ""
    shortcut: str = ""

    def is_for(self, staff: Staff) -> bool:
        """Whether that member of staff sees it."""
        return not self.roles or bool(staff.roles & self.roles)

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the page shown lies under it."""
        return request.path.startswith(self.url)


def init_app(app: Flask) -> None:
    """Give the app an empty navigation and templates their view of it."""
    app.extensions.setdefault("navigation", [])
    app.context_processor(_page_context)


def add(app: Flask, entry: NavEntry) -> None:
    """Add an entry after those added before.

    Raises:
        ValueError: its shortcut is taken.
    """
    entries: list[NavEntry] = app.extensions["navigation"]
    if entry.shortcut and any(other.shortcut == entry.shortcut for other in entries):
        raise ValueError(f"shortcut {entry.shortcut!r} is taken")
    entries.append(entry)


def entries_for(staff: Staff | None) -> list[NavEntry]:
    """What this person sees; nothing before signing in."""
    if staff is None:
        return []
    return [entry for entry in current_app.extensions["navigation"] if entry.is_for(staff)]


def _page_context() -> dict[str, object]:
    staff = access.staff_or_none()
    return {"staff": staff, "navigation": entries_for(staff)}
