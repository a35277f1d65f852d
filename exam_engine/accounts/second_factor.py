"""The second factor: six digits from an app on the phone (TOTP, RFC 6238), each good once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

PERIOD = 30
ISSUER = "Exam engine"


def new_secret() -> str:
    """A new shared secret, base32, 160 bits."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The time step a code belongs to, or ``None`` when it is wrong or its step was used before.

    One step earlier and later is accepted, for phones whose clock is a little off (RFC 6238, section 5.2).
    """
    typed = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=PERIOD)
    now = int(at.timestamp()) // PERIOD
    for step in (now - 1, now, now + 1):
        is_new = last_step is None or step > last_step
        if is_new and hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def enrolment_address(secret: str, username: str) -> str:
    """The ``otpauth:`` address an authenticator app takes in."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=username, issuer_name=ISSUER)


def enrolment_picture(secret: str, username: str) -> str:
    """The same as a QR code: an SVG in a ``data:`` address, dark on white whatever the theme."""
    picture = segno.make(enrolment_address(secret, username), error="m")
    return picture.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def in_groups(secret: str) -> str:
    """The secret in groups of four, for typing it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
