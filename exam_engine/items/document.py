"""The item document: everything about one item version, immutable, as it travels from bank to paper."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

OptionId = Annotated[str, Field(pattern=r"^[A-H]$")]


class Part(BaseModel):
    """Base of the document's parts: frozen, and strict about unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Part):
    """A drawing: sanitised SVG, and words for who cannot see it."""

    svg: str = Field(min_length=1, max_length=32_000)
    alt: str = Field(min_length=1)


class Option(Part):
    """One thing to choose. ``points`` stands only in items with option weights."""

    id: OptionId
    text: str = Field(min_length=1)
    points: int | None = None


class DichotomousParameters(Part):
    """2PL or 3PL on the logistic metric: ``P = c + (1 - c) / (1 + exp(-a (theta - b)))``."""

    model: Literal["2PL", "3PL"]
    a: float = Field(gt=0, le=10)
    b: float = Field(ge=-10, le=10)
    c: float = Field(0, ge=0, lt=1)
    source: str = Field(min_length=1, description="where they come from; 'simulated' is shown as such")

    @model_validator(mode="after")
    def _only_3pl_guesses(self) -> Self:
        if self.model == "2PL" and self.c != 0:
            raise ValueError("c: a 2PL item has no lower asymptote")
        return self

    def to_record(self) -> dict[str, Any]:
        """The parameters as `psychometrics.items.ItemTable` reads them."""
        return self.model_dump(exclude={"source"} if self.model == "3PL" else {"source", "c"})


class PolytomousParameters(Part):
    """Generalised partial credit: slope and one step per boundary between neighbouring categories."""

    model: Literal["GPCM"]
    a: float = Field(gt=0, le=10)
    steps: tuple[float, ...] = Field(min_length=1)
    source: str = Field(min_length=1)

    def to_record(self) -> dict[str, Any]:
        """The parameters as `psychometrics.items.ItemTable` reads them."""
        return self.model_dump(exclude={"source"})


Parameters = Annotated[DichotomousParameters | PolytomousParameters, Field(discriminator="model")]


class ItemDocument(Part):
    """One item: what is shown, what is right, and what is known of it.

    Exactly one of ``key`` (keyed item) and points on every option (weighted item) is given.
    """

    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")
    language: Literal["id", "en"]
    domain: str = Field(min_length=1, max_length=40)
    topic: str = ""
    prompt: str = Field(min_length=1)
    stimulus_code: str | None = None
    stimulus: str | None = None
    figure: Figure | None = None
    options: tuple[Option, ...] = Field(min_length=2, max_length=8)
    fixed_options: bool = False
    key: OptionId | None = None
    parameters: Parameters | None = None
    explanation: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        ids = [option.id for option in self.options]
        if ids != sorted(set(ids)):
            raise ValueError("options: letters must be in order, each once")
        weighted = [option.points is not None for option in self.options]
        if self.key is None and not all(weighted):
            raise ValueError("key: neither a key nor points for every option")
        if self.key is not None and any(weighted):
            raise ValueError("key: an item has a key or points on its options, not both")
        if self.key is not None and self.key not in ids:
            raise ValueError(f"key: {self.key} is not one of the options {', '.join(ids)}")
        self._check_parameters()
        return self

    def _check_parameters(self) -> None:
        if self.parameters is None:
            return
        if (self.parameters.model == "GPCM") != self.is_weighted:
            raise ValueError("parameters: GPCM goes with option weights, 2PL and 3PL with a key")
        if isinstance(self.parameters, PolytomousParameters):
            categories = len(self.point_values)
            if len(self.parameters.steps) != categories - 1:
                raise ValueError(f"parameters: {categories} different points need {categories - 1} steps")

    @property
    def is_weighted(self) -> bool:
        """Whether options carry points instead of one being right."""
        return self.key is None

    @property
    def point_values(self) -> tuple[int, ...]:
        """The different points its options carry, ascending (empty for a keyed item)."""
        return tuple(sorted({option.points for option in self.options if option.points is not None}))

    def to_json(self) -> dict[str, Any]:
        """Plain data, for storage."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal documents have equal digests."""
        return digest(self.to_json())


def digest(document: object) -> str:
    """SHA-256 (hex) of a document's canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
