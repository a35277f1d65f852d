"""The device's token: who is saving, told without asking the database."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from exam_engine.errors import ExamEngineError

COOKIE = "exam_device"


class DeviceUnknownError(ExamEngineError):
    """No token, or not one of ours: the candidate must sign in (again)."""

    code = "device.unknown"
    status = 401


@dataclass(frozen=True)
class DeviceToken:
    """An attempt, the lane of one device in it, and the paper (which never changes for an attempt)."""

    attempt_id: int
    lane: int
    paper_id: int


class TokenMint:
    """Makes and reads device tokens, signed with the installation's secret (HMAC-SHA256)."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"device-token" + secret.encode()).digest()
        # Reading is the first step of every save; the same few thousand tokens come again and again.
        self._read = lru_cache(maxsize=65_536)(self._verify)

    def issue(self, token: DeviceToken) -> str:
        """The text for the cookie."""
        body = f"{token.attempt_id}.{token.lane}.{token.paper_id}"
        return f"{body}.{self._signature(body)}"

    def read(self, text: str | None) -> DeviceToken:
        """The token in a cookie.

        Raises:
            DeviceUnknownError: there is none, or its signature is wrong.
        """
        token = self._read(text) if text else None
        if token is None:
            raise DeviceUnknownError
        return token

    def _signature(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()

    def _verify(self, text: str) -> DeviceToken | None:
        body, _, signature = text.rpartition(".")
        if not body or not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            return None
        attempt_id, lane, paper_id = (int(part) for part in body.split("."))
        return DeviceToken(attempt_id, lane, paper_id)


def keyed_digest(secret: str, purpose: str, text: str) -> str:
    """HMAC-SHA256 (hex) of a short secret (a PIN, a device key), so that the database alone does not give it away."""
    return hmac.new(secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
