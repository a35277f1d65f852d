"""What can go wrong, as classes with stable codes.

An error carries a code, the numbers and names to fill into its text, and an HTTP status. The edge
(`exam_engine.web.errors`) turns it into words in the person's language and a hint what to do. The codes are listed
for people in ``docs/errors.md``; a test holds the two together.
"""

from __future__ import annotations

from typing import ClassVar


class ExamEngineError(Exception):
    """Base of every error the product raises on purpose.

    ``params`` fill the message's ``%(name)s`` places; ``field`` names the input at fault, if one is.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, *, field: str | None = None, **params: object) -> None:
        self.field = field
        self.params = params
        super().__init__(f"{self.code} {field or ''} {params or ''}".strip())


class NotFoundError(ExamEngineError):
    """No such thing, or not for this person: the two are not told apart."""

    code = "not_found"
    status = 404


class ForbiddenError(ExamEngineError):
    """Signed in, but the role or the assigned rooms do not reach this far."""

    code = "forbidden"
    status = 403


class InvalidInputError(ExamEngineError):
    """A form or a request holds a value that cannot be; ``field`` and ``problem`` say which and why."""

    code = "input.invalid"
    status = 400


class TooManyRequestsError(ExamEngineError):
    """Guessing or hammering; ``retry_after`` is in seconds."""

    code = "too_many_requests"
    status = 429
