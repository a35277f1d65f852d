"""``docs/exam-definition.md`` names every field with its default, and its examples say what the checker says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from exam_engine.exams.definition import (
    Accommodation,
    ApplicantClass,
    Domain,
    ExamDefinition,
    ExamDefinitionError,
    KeyedScoring,
    LateAnswers,
    MissingPolicy,
    Order,
    Reporting,
    WeightedScoring,
    check_definition,
    parse_definition,
)

PAGE = (Path(__file__).parents[2] / "docs" / "exam-definition.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\| \S[^|]* \|$", re.MULTILINE)
SECTIONS: dict[str, type[BaseModel]] = {
    "The exam": ExamDefinition,
    "`domains`": Domain,
    "`scoring` with `rule: keyed`": KeyedScoring,
    "`scoring` with `rule: option_weights`": WeightedScoring,
    "`ability`": MissingPolicy,
    "`classes`": ApplicantClass,
    "`accommodations`": Accommodation,
    "`order`": Order,
    "`late_answers`": LateAnswers,
    "`reporting`": Reporting,
}


def _blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(PAGE) if found == language]


def _rows(section: str) -> dict[str, str]:
    """Default by field, of the table under a heading."""
    body = PAGE.split(f"\n### {section}\n", 1)[1]
    return dict(ROW.findall(re.split(r"\n##+ ", body, maxsplit=1)[0]))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_is_described_and_no_other(section: str) -> None:
    assert list(_rows(section)) == list(SECTIONS[section].model_fields)


@pytest.mark.parametrize("section", SECTIONS)
def test_plain_defaults_are_those_of_the_checker(section: str) -> None:
    told = _rows(section)
    for name, field in SECTIONS[section].model_fields.items():
        if field.is_required():
            assert told[name].strip() == "", f"{name} must be given"
        elif isinstance(field.default, bool | int | float | str) and field.default != "":
            assert yaml.safe_load(told[name].strip().strip("`")) == field.default, name


def test_the_example_is_a_definition() -> None:
    definition = parse_definition(_blocks("yaml")[0])
    assert definition.item_count == 50


@pytest.mark.parametrize("name", ["skd", "health"])
def test_the_bundled_definitions_named_are_there(name: str) -> None:
    folder = Path(__file__).parents[2] / "exam_engine" / "exams" / "bundled"
    assert f"`{name}.yaml`" in PAGE
    assert parse_definition((folder / f"{name}.yaml").read_text("utf-8")).code == name


def test_the_faulty_example_has_the_faults_told() -> None:
    faulty, told = _blocks("yaml")[1], _blocks("text")[0].splitlines()
    with pytest.raises(ExamDefinitionError) as refusal:
        parse_definition(faulty)
    found = [f"{field}: {problem}" for field, problem in refusal.value.problems]
    assert [line for line in told if line not in found] == []


@pytest.mark.parametrize(
    ("told", "spoiled"),
    [
        ("domains: code CARE occurs twice", {"domains": 2}),
        ("classes.general.thresholds: TIU is none of CARE, total", {"thresholds": {"TIU": 1}}),
        ("ties: TIU is none of CARE", {"ties": ["TIU"]}),
        ("rules: none in the exam's language 'id'", {"rules": {"en": ["Be quiet."]}}),
    ],
)
def test_names_that_do_not_fit_are_told_so(told: str, spoiled: dict[str, object]) -> None:
    document = yaml.safe_load(_blocks("yaml")[0])
    document |= {"domains": document["domains"][:1], "ties": []}
    document["classes"][0]["thresholds"] = spoiled.get("thresholds", {})
    document |= {name: value for name, value in spoiled.items() if name in ("ties", "rules")}
    if "domains" in spoiled:
        document["domains"] *= 2
    with pytest.raises(ExamDefinitionError) as refusal:
        check_definition(document)
    assert refusal.value.problems == (("document", f"Value error, {told}"),)
    assert f"| `{told}` |" in PAGE
