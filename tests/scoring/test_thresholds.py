"""Thresholds are compared with what the definition says, whatever candidates are ranked by."""

from __future__ import annotations

from typing import Any

import pytest

from exam_engine.delivery.projection import Answer, Projection
from exam_engine.exams.cli import bundled_definition
from exam_engine.exams.paper import Paper, arrange
from exam_engine.scoring.score import Outcome, ThresholdMark, score
from tests import world

RIGHT = {ref: "ABCDE"[(ref - 1) % 5] for ref in range(1, 7)} | dict.fromkeys(range(7, 11), "E")


def outcome_with(thresholds: dict[str, float], sheet: Paper | None = None, **rules: Any) -> Outcome:
    """Of a candidate who does everything as well as can be: 30 and 20 points, abilities above 50."""
    classes = [{"code": "general", "name": {"id": "Umum", "en": "General"}, "thresholds": thresholds}]
    exam = world.definition(classes=classes, **rules)
    sheet = sheet or world.paper()
    answers = {ref: Answer(value, world.START, False) for ref, value in RIGHT.items()}
    work = Projection(answers=answers, seen=set(RIGHT))
    return score(Paper(definition=exam, items=sheet.items), arrange(sheet, 1), work, "general")


@pytest.mark.parametrize("rank_by", ["raw", "ability"])
def test_points_are_what_thresholds_stand_on_unless_the_exam_says_otherwise(rank_by: str) -> None:
    outcome = outcome_with({"KEY": 30, "WGT": 20.5, "total": 50}, rank_by=rank_by)
    assert outcome.thresholds == (
        ThresholdMark("KEY", 30, 30, True),
        ThresholdMark("WGT", 20.5, 20, False),
        ThresholdMark("total", 50, 50, True),
    )


@pytest.mark.parametrize("rank_by", ["raw", "ability"])
def test_an_exam_may_put_them_on_the_scale_of_abilities(rank_by: str) -> None:
    outcome = outcome_with({"KEY": 51, "WGT": 89, "total": 51}, rank_by=rank_by, thresholds_on="ability")
    key, weighted = (domain.ability for domain in outcome.domains)
    assert key and weighted and outcome.ability_total
    assert outcome.thresholds == (
        ThresholdMark("KEY", 51, key.reported, True),
        ThresholdMark("WGT", 89, weighted.reported, False),
        ThresholdMark("total", 51, outcome.ability_total, True),
    )


def test_who_has_no_ability_meets_no_threshold_on_its_scale() -> None:
    sheet = world.paper()
    bare = tuple(item.model_copy(update={"parameters": None}) for item in sheet.items)
    sheet = Paper(definition=sheet.definition, items=bare)
    scale = {"mean": 0, "sd": 1, "minimum": -4, "maximum": 4}
    outcome = outcome_with({"KEY": -1, "total": -1}, sheet, thresholds_on="ability", reporting=scale)
    assert [(mark.reached, mark.met) for mark in outcome.thresholds] == [(None, False), (None, False)]


def test_the_sample_exam_for_health_workers_asks_for_points_it_can_give() -> None:
    health = bundled_definition("health")
    assert health.thresholds_on == "raw"
    most = {domain.code: domain.max_raw for domain in health.domains} | {"total": health.max_total}
    for each in health.classes:
        assert all(most[on] / 2 <= least < most[on] for on, least in each.thresholds.items())
