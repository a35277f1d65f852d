"""The bundled exams say what the decree says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exam_engine.exams.cli import bundled_definition
from exam_engine.exams.definition import ExamDefinition, KeyedScoring, WeightedScoring

FACTS = Path(__file__).parents[3] / "shared" / "reference" / "exams" / "cpns-2024.yaml"


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """The facts of the civil-service selection of 2024."""
    if not FACTS.exists():
        pytest.fail(f"the reference facts are not there: {FACTS}")
    found: dict[str, Any] = yaml.safe_load(FACTS.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def skd() -> ExamDefinition:
    """The bundled exam."""
    return bundled_definition("skd")


def test_skd_has_the_decreed_domains(skd: ExamDefinition, facts: dict[str, Any]) -> None:
    decreed = facts["skd"]["domains"]
    assert [domain.code for domain in skd.domains] == [domain["id"] for domain in decreed]
    for domain, wanted in zip(skd.domains, decreed, strict=True):
        assert (domain.name.id, domain.items, domain.max_raw) == (wanted["name"], wanted["items"], wanted["max"])
        assert domain.scoring.blank == wanted["blank"]
        if isinstance(domain.scoring, KeyedScoring):
            assert (domain.scoring.correct, domain.scoring.wrong) == (wanted["correct"], wanted["wrong"])
        else:
            assert list(domain.scoring.weights) == wanted["option_weights"]
    assert skd.max_total == facts["skd"]["max_total"]


def test_skd_has_the_decreed_times(skd: ExamDefinition, facts: dict[str, Any]) -> None:
    minutes = facts["skd"]["minutes"]
    assert skd.minutes == minutes["default"]
    assert skd.minutes_for("sensory_blind") == minutes["sensory_blind_in_disability_class"]
    assert skd.sign_in_closes_minutes == facts["procedure"]["pin_closes_minutes_before_start"]


def test_skd_has_the_decreed_thresholds_and_ties(skd: ExamDefinition, facts: dict[str, Any]) -> None:
    assert {each.code: each.thresholds for each in skd.classes} == facts["skd"]["thresholds"]
    assert ["total", *skd.ties] == facts["shortlist"]["order"]


def test_every_domain_of_the_health_exam_is_ready_for_item_response_theory() -> None:
    health = bundled_definition("health")
    assert health.rank_by == "ability"
    assert not any(isinstance(domain.scoring, WeightedScoring) for domain in health.domains)
