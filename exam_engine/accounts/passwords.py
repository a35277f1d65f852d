"""Passwords: argon2id digests and the few rules a new password must keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gevent
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from gevent import monkey

from exam_engine.errors import ExamEngineError

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 200
# 46 MiB, one pass: the first of the settings OWASP's Password Storage Cheat Sheet names for argon2id.
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1, type=Type.ID)
# Verified against when the username is unknown, so that the time taken does not tell.
_NOBODY = _hasher.hash("nobody signs in with this")
COMMONEST = frozenset(
    """
    1234567890 12345678910 0123456789 0987654321 1111111111 0000000000 1234512345 1q2w3e4r5t 1qaz2wsx3edc
    qwertyuiop qwerty12345 qwerty123456 q1w2e3r4t5 asdfghjkl1 zxcvbnm123 password12 password123 password1234
    password12345 passw0rd123 p@ssw0rd123 p@ssword123 admin12345 admin123456 administrator adminadmin welcome123
    welcome1234 letmein123 iloveyou12 iloveyou123 indonesia1 indonesia12 indonesia123 indonesia45 indonesia1945
    sayangkamu sayangku123 bismillah1 bismillah12 bismillah123 merdeka1945 garuda12345 rahasia123 rahasia1234
    katasandi1 katasandi123 katasandi1234 jakarta123 pancasila1 pancasila45 pancasila123 cpns123456 pppk123456
    ujian12345 selamat123 semangat45 semangat123 superadmin superadmin123 changeme123 examengine
    """.split()
)


class WeakPasswordError(ExamEngineError):
    """A new password that breaks a rule; ``problem`` says which."""

    code = "accounts.weak_password"
    status = 400


def check_new(password: str, username: str) -> None:
    """Let a new password pass or not.

    Raises:
        WeakPasswordError: too short or long, made of the username, one of the commonest, or one sign repeated.
    """
    plain = password.casefold()
    problem = None
    if len(password) < MIN_LENGTH:
        problem = _l("it has fewer than %(number)s characters", number=MIN_LENGTH)
    elif len(password) > MAX_LENGTH:
        problem = _l("it has more than %(number)s characters", number=MAX_LENGTH)
    elif username.casefold() in plain:
        problem = _l("it contains the username")
    elif plain in COMMONEST or len(set(plain)) < 3:
        problem = _l("it is among the first that anybody would try")
    if problem is not None:
        raise WeakPasswordError(field="password", problem=problem)


def digest(password: str) -> str:
    """The argon2id digest to keep."""
    return _beside_the_hub(lambda: _hasher.hash(password))


def matches(password: str, known: str | None) -> bool:
    """Whether the password is the one digested; ``None`` (nobody) takes as long and is never right."""
    return _beside_the_hub(lambda: _verify(password, known or _NOBODY)) and known is not None


def is_outdated(known: str) -> bool:
    """Whether a digest was made with other parameters than today's and should be made anew."""
    return _hasher.check_needs_rehash(known)


def _verify(password: str, known: str) -> bool:
    try:
        return _hasher.verify(known, password[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False


def _beside_the_hub(work: Callable[[], T]) -> T:
    """Hashing is heavy by design; under gevent it runs in a native thread, so that answers are saved meanwhile."""
    if not monkey.is_module_patched("threading"):
        return work()
    return gevent.get_hub().threadpool.apply(work)
