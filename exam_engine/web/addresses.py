"""Addresses a visitor may be sent on to: our own paths only, never another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """``address`` if it is a path of this site, else ``otherwise``.

    Browsers read ``//host`` and ``/\\host`` as other sites and drop control characters, so both are refused.
    """
    if not address or not address.startswith("/") or address.startswith("//"):
        return otherwise
    if "\\" in address or any(ord(character) < 32 for character in address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc else address


def page_address() -> str:
    """Where the page shown lies, to come back to it."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
