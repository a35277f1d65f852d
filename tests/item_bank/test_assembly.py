"""Papers hold what the definition asks, drawn at random from what the exam can use."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM
from exam_engine.exams.catalogue import load_exam
from exam_engine.exams.definition import ExamDefinition
from exam_engine.items.document import ItemDocument
from item_bank.assembly import PaperNameTakenError, Shortfall, ShortfallError, assemble, publish
from tests import world
from tests.conftest import START
from tests.item_bank.workbooks import item, weighted


def definition(topics: dict[str, int] | None = None, items: int = 6) -> ExamDefinition:
    """The small exam: keyed items (with these topics) and 4 weighted ones."""
    document = world.definition().model_dump(mode="json")
    document["domains"][0] |= {"topics": topics or {}, "items": items}
    return ExamDefinition.model_validate(document)


WEIGHTED = [weighted(f"W-{n}") for n in range(6)]


def keyed(count: int, prefix: str = "K", **changes: str) -> list[ItemDocument]:
    return [item(f"{prefix}-{n}", **changes) for n in range(count)]


def shortfalls(definition: ExamDefinition, documents: list[ItemDocument]) -> tuple[Shortfall, ...]:
    with pytest.raises(ShortfallError) as caught:
        assemble(definition, documents, random.Random(1))
    return caught.value.shortfalls


def test_topics_get_their_numbers_and_the_rest_comes_from_the_whole_domain() -> None:
    bank = [*keyed(9, "A", topic="a"), *keyed(9, "B", topic="b"), *keyed(9, "C"), *WEIGHTED]
    paper = assemble(definition({"a": 2, "b": 3}), bank, random.Random(5))
    topics = [document.topic for document in paper.items if document.domain == "KEY"]
    assert topics[:5] == ["a", "a", "b", "b", "b"]
    assert len(paper.items) == 10


def test_the_same_seed_draws_the_same_paper_whatever_the_order_of_the_bank() -> None:
    bank = [*keyed(30), *WEIGHTED]
    papers = [assemble(definition(), documents, random.Random(7)) for documents in (bank, bank[::-1])]
    assert papers[0].digest == papers[1].digest
    assert assemble(definition(), bank, random.Random(8)).digest != papers[0].digest


def test_every_item_has_the_same_chance() -> None:
    rng = random.Random(3)
    drawn = [d.code for _ in range(600) for d in assemble(definition(), [*keyed(12), *WEIGHTED], rng).items]
    counts = [drawn.count(document.code) for document in keyed(12)]
    assert min(counts) > 240  # 300 expected each, standard deviation 12
    assert max(counts) < 360


def test_only_what_the_exam_can_use_is_drawn() -> None:
    useless = [
        *keyed(5, "E", language="en"),
        *(weighted(f"Q-{n}", domain="KEY") for n in range(5)),
        *(item(f"R-{n}", domain="WGT") for n in range(5)),
        *(weighted(f"S-{n}", points=(0, 9)) for n in range(5)),
        *keyed(5, "T", domain="OTHER"),
    ]
    assert shortfalls(definition(), [*keyed(2), *WEIGHTED[:1], *useless]) == (
        Shortfall("KEY", None, 6, 2),
        Shortfall("WGT", None, 4, 1),
    )


def test_every_topic_that_lacks_items_is_named() -> None:
    bank = [*keyed(1, "A", topic="a"), *keyed(9, "B", topic="b"), *WEIGHTED]
    found = shortfalls(definition({"a": 2, "b": 3, "c": 1}), bank)
    assert found == (Shortfall("KEY", "a", 2, 1), Shortfall("KEY", "c", 1, 0))
    assert str(found[0]) == "KEY / a: 2 wanted, 1 found"


@given(st.lists(st.integers(1, 4), max_size=8), st.integers(0, 1000))
def test_items_of_a_stimulus_come_all_or_none(sizes: list[int], seed: int) -> None:
    bank = [
        item(f"S{group}-{n}", stimulus_code=f"S{group}", stimulus="teks")
        for group, size in enumerate(sizes)
        for n in range(size)
    ]
    possible = {0}
    for size in sizes:
        possible |= {total + size for total in possible}
    if 6 not in possible:
        (shortfall,) = shortfalls(definition(), [*bank, *WEIGHTED])
        assert shortfall.found == max(total for total in possible if total < 6)
        return
    paper = assemble(definition(), [*bank, *WEIGHTED], random.Random(seed))
    codes = [document.stimulus_code for document in paper.items if document.domain == "KEY"]
    for code in set(codes):
        assert codes.count(code) == sizes[int(str(code)[1:])]


def test_a_published_paper_is_sealed_in_the_engine_once(any_database_app: Flask) -> None:
    engine = engine_of(any_database_app)
    bank = [*keyed(30), *WEIGHTED]
    with engine.database.transaction() as session:
        load_exam(session, definition(), START, SYSTEM)
        row, again = (
            publish(session, definition(), bank, "Paket A", random.Random(1), START, SYSTEM) for _ in range(2)
        )
        assert row is again
        with pytest.raises(PaperNameTakenError):
            publish(session, definition(), bank, "Paket A", random.Random(2), START, SYSTEM)
    assert engine.papers.paper(row.id).digest == row.digest
