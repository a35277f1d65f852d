"""Events as a device sends them: their shape, checked before they come near the log."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from exam_engine.errors import ExamEngineError
from exam_engine.exams.paper import Paper

MAX_BATCH_BYTES = 65_536
MAX_BATCH_EVENTS = 200

Seq = Annotated[int, Field(ge=1, le=1_000_000)]
Milliseconds = Annotated[int, Field(ge=0, le=32_503_680_000_000)]
Ref = Annotated[int, Field(ge=1, le=10_000)]
PresenceSignal = Literal[
    "focus_lost",
    "focus_returned",
    "fullscreen_left",
    "fullscreen_entered",
    "copied",
    "cut",
    "pasted",
    "printed",
    "offline",
    "online",
    "reloaded",
]


class EventsMalformedError(ExamEngineError):
    """A batch that is not of the wire's form; ``field`` names the place."""

    code = "events.malformed"
    status = 400


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    seq: Seq
    at: Milliseconds


class Answered(_Sent):
    kind: Literal["answered"]
    item: Ref
    value: Annotated[str, Field(pattern=r"^[A-H]$")] | None


class Flagged(_Sent):
    kind: Literal["flagged"]
    item: Ref
    value: bool


class Navigated(_Sent):
    kind: Literal["navigated"]
    item: Ref
    value: None = None


class PresenceEvent(_Sent):
    kind: Literal["presence"]
    item: None = None
    value: PresenceSignal


class Submitted(_Sent):
    kind: Literal["submitted"]
    item: None = None
    value: None = None


SentEvent = Annotated[
    Answered | Flagged | Navigated | PresenceEvent | Submitted, Field(discriminator="kind")
]


class Batch(BaseModel):
    """What one request carries: events, and the number of the last server event the device has heard."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    heard: Annotated[int, Field(ge=0)] = 0
    events: Annotated[list[SentEvent], Field(max_length=MAX_BATCH_EVENTS)]


_batches: TypeAdapter[Batch] = TypeAdapter(Batch)


def read_batch(body: bytes) -> Batch:
    """The batch in a request's body.

    Raises:
        EventsMalformedError: too large, not JSON, or not of the wire's form.
    """
    if len(body) > MAX_BATCH_BYTES:
        raise EventsMalformedError(field="body", problem=f"more than {MAX_BATCH_BYTES} bytes")
    try:
        return _batches.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise EventsMalformedError(field=place, problem=first["msg"]) from error


def check_against_paper(batch: Batch, paper: Paper) -> None:
    """Refuse events about items or options the paper does not have.

    Raises:
        EventsMalformedError: names the event's number and the field.
    """
    for event in batch.events:
        if event.item is None:
            continue
        if event.item > len(paper.items):
            raise EventsMalformedError(field=f"events.{event.seq}.item", problem="no such item")
        if event.kind == "answered" and event.value is not None:
            if event.value not in _letters(paper, event.item):
                raise EventsMalformedError(field=f"events.{event.seq}.value", problem="no such option")


def _letters(paper: Paper, ref: int) -> tuple[str, ...]:
    return tuple(option.id for option in paper.item(ref).options)
