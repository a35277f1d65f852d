"""What the checker of exam definitions refuses, by field."""

from __future__ import annotations

import pytest

from exam_engine.exams.definition import ExamDefinitionError
from tests import world


@pytest.mark.parametrize(
    ("reporting", "field"),
    [
        ({"minimum": 90, "maximum": 10}, "reporting.maximum"),
        ({"minimum": 50, "maximum": 50}, "reporting.maximum"),
        ({"minimum": 95}, "reporting.maximum"),
        ({"maximum": 10}, "reporting.maximum"),
        ({"sd": 0}, "reporting.sd"),
        ({"sd": -1}, "reporting.sd"),
        ({"mean": float("nan")}, "reporting.mean"),
        ({"maximum": float("inf")}, "reporting.maximum"),
    ],
)
def test_a_scale_on_which_nothing_can_be_told_is_refused(reporting: dict[str, float], field: str) -> None:
    with pytest.raises(ExamDefinitionError) as refusal:
        world.definition(reporting=reporting)
    assert [name for name, _problem in refusal.value.problems] == [field]
