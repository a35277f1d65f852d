"""How far candidates have come, asked in one statement: the same as the engine's own projection says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.clock import from_ms, to_ms
from exam_engine.database import Base, Database
from exam_engine.delivery.models import LogEvent
from exam_engine.delivery.projection import project
from exam_engine.delivery.reading import lines_of_many
from proctoring.progress import Progress, progress_of
from tests import world


@given(
    st.lists(
        st.tuples(
            st.integers(1, 2),
            st.sampled_from(["answered", "flagged", "navigated", "presence"]),
            st.integers(1, 3),
            st.booleans(),
            st.integers(0, 20),
        ),
        max_size=25,
    )
)
def test_it_says_what_the_projection_says(script: list[tuple[int, str, int, bool, int]]) -> None:
    database = Database("sqlite://")
    Base.metadata.tables["event"].create(database.engine)
    start = to_ms(world.START)
    values: dict[str, Callable[[bool], Any]] = {
        "answered": lambda yes: "A" if yes else None,
        "flagged": lambda yes: yes,
        "navigated": lambda yes: None,
        "presence": lambda yes: "copied",
    }
    with database.transaction() as session:
        for seq, (lane, kind, item, yes, second) in enumerate(script, 1):
            session.add(
                LogEvent(
                    attempt_id=1,
                    lane=lane,
                    seq=seq,
                    kind=kind,
                    value=values[kind](yes),
                    late=False,
                    item=None if kind == "presence" else item,
                    at=from_ms(start + second * 1000),
                    received_at=from_ms(start + 60_000),
                )
            )
    with database.read() as session:
        found = progress_of(session, [1]).get(1, Progress())
        expected = project(lines_of_many(session, [1]).get(1, []))
    database.close()
    assert found.answered == len(expected.answered)
    assert found.flagged == len(expected.flags)
    assert found.position == expected.position
