"""The paper: a form frozen for delivery. Items, keys, parameters and rules in one self-contained document."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exam_engine.exams.definition import ExamDefinition
from exam_engine.items.document import ItemDocument, digest


class Paper(BaseModel):
    """Frozen items and the definition they are delivered and scored under.

    An item's *ref* is its place in ``items``, counted from 1: it names the item in the answer log.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    definition: ExamDefinition
    items: tuple[ItemDocument, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_what_the_definition_asks(self) -> Paper:
        for domain in self.definition.domains:
            found = sum(item.domain == domain.code for item in self.items)
            if found != domain.items:
                raise ValueError(f"items: domain {domain.code} has {found} items, the exam asks for {domain.items}")
        if len(self.items) != self.definition.item_count:
            raise ValueError("items: there are items of domains the exam does not have")
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("items: an item occurs twice")
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain data, for storage."""
        return {
            "definition": self.definition.model_dump(mode="json"),
            "items": [item.to_json() for item in self.items],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the whole document."""
        return digest(self.to_json())

    def item(self, ref: int) -> ItemDocument:
        """The item of that ref (1-based)."""
        return self.items[ref - 1]

    def refs_of(self, domain: str) -> list[int]:
        """Refs of a domain's items, ascending."""
        return [ref for ref, item in enumerate(self.items, 1) if item.domain == domain]


@dataclass(frozen=True)
class Arrangement:
    """One candidate's order: refs as shown, and the option letters of each ref as shown."""

    refs: tuple[int, ...]
    options: dict[int, tuple[str, ...]]


def arrange(paper: Paper, seed: int) -> Arrangement:
    """The order of items and options for the attempt with that seed; the same seed gives the same order.

    Domains keep their order and items sharing a stimulus stay together, in the paper's order.
    """
    rng = random.Random(seed)
    order = paper.definition.order
    refs: list[int] = []
    for domain in paper.definition.domains:
        groups = _stimulus_groups(paper, domain.code)
        if order.items == "shuffled":
            rng.shuffle(groups)
        refs.extend(ref for group in groups for ref in group)
    options: dict[int, tuple[str, ...]] = {}
    for ref, item in enumerate(paper.items, 1):
        letters = [option.id for option in item.options]
        if order.options == "shuffled" and not item.fixed_options:
            rng.shuffle(letters)
        options[ref] = tuple(letters)
    return Arrangement(tuple(refs), options)


def _stimulus_groups(paper: Paper, domain: str) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for ref in paper.refs_of(domain):
        groups.setdefault(paper.item(ref).stimulus_code or ref, []).append(ref)
    return list(groups.values())


def candidate_view(paper: Paper, arrangement: Arrangement, start: int, count: int) -> list[dict[str, Any]]:
    """``count`` items from place ``start`` on, as a candidate may see them.

    Built field by field from what may be shown, so that nothing else can slip through: no key, no points, no
    parameters, no explanation, no item code.
    """
    return [_item_view(paper.item(ref), ref, arrangement) for ref in arrangement.refs[start : start + count]]


def _item_view(item: ItemDocument, ref: int, arrangement: Arrangement) -> dict[str, Any]:
    texts = {option.id: option.text for option in item.options}
    return {
        "ref": ref,
        "domain": item.domain,
        "prompt": item.prompt,
        "stimulus": item.stimulus,
        "figure": {"svg": item.figure.svg, "alt": item.figure.alt} if item.figure else None,
        "options": [{"id": letter, "text": texts[letter]} for letter in arrangement.options[ref]],
    }
