"""An exam definition: the rules of an exam as a YAML document, checked field by field.

``docs/exam-definition.md`` describes the fields for authors of exams.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from exam_engine.errors import ExamEngineError

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Language = Literal["id", "en"]
TOTAL = "total"


class ExamDefinitionError(ExamEngineError):
    """A definition that cannot be used. ``problems`` names every field at fault and why."""

    code = "exam.definition_invalid"
    status = 400

    def __init__(self, source: str, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        listed = "; ".join(f"{field}: {problem}" for field, problem in problems)
        super().__init__(source=source, problems=listed)


class Model(BaseModel):
    """Strict about unknown fields: a misspelt rule must never be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Text(Model):
    """Words in both languages."""

    id: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The words in ``language``; Indonesian where the language is unknown."""
        return self.en if language == "en" else self.id


class KeyedScoring(Model):
    """One right option: so many points for it, for a wrong one, and for none."""

    rule: Literal["keyed"]
    correct: float = 1
    wrong: float = 0
    blank: float = 0


class WeightedScoring(Model):
    """Every option carries its own points; none given earns ``blank``."""

    rule: Literal["option_weights"]
    weights: tuple[float, ...] = Field(min_length=2, description="the points an option may carry")
    blank: float = 0


class MissingPolicy(Model):
    """How ability estimation reads what was not answered: as the lowest category, or as missing."""

    omitted: Literal["wrong", "missing"] = "wrong"
    not_reached: Literal["wrong", "missing"] = "missing"


class Domain(Model):
    """A competency that is scored."""

    code: Code
    name: Text
    items: int = Field(ge=1, le=500)
    topics: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    scoring: Annotated[KeyedScoring | WeightedScoring, Field(discriminator="rule")]
    ability: MissingPolicy = MissingPolicy()

    @model_validator(mode="after")
    def _topics_fit(self) -> Self:
        if self.topics and sum(self.topics.values()) > self.items:
            raise ValueError(f"topics ask for {sum(self.topics.values())} items, items is {self.items}")
        return self

    @property
    def max_raw(self) -> float:
        """The most points the domain can earn."""
        if isinstance(self.scoring, KeyedScoring):
            return self.items * self.scoring.correct
        return self.items * max(self.scoring.weights)


class ApplicantClass(Model):
    """A class of applicants and the thresholds that must *all* be met; keys are domain codes or ``total``.

    What they are compared with, the exam's ``thresholds_on`` says.
    """

    code: Code
    name: Text
    thresholds: dict[str, float]


class Accommodation(Model):
    """A right to more time: ``minutes`` is the whole time, in place of the exam's."""

    code: Code
    name: Text
    minutes: int = Field(ge=1, le=1440)


class Order(Model):
    """What is shuffled for each candidate. Items stay within their domain."""

    items: Literal["fixed", "shuffled"] = "shuffled"
    options: Literal["fixed", "shuffled"] = "shuffled"


class LateAnswers(Model):
    """Answers given in time but received after the end (the link was down): do they count?"""

    count: Literal["never", "given_in_time"] = "given_in_time"
    within_minutes: int = Field(1440, ge=0, description="received at most so long after the end")


class Reporting(Model):
    """The reporting scale of abilities: ``mean + sd * theta``, kept within the limits."""

    mean: float = 50
    sd: float = Field(10, gt=0)
    minimum: float = 10
    maximum: float = Field(90, validate_default=True)

    @field_validator("maximum")
    @classmethod
    def _above_minimum(cls, maximum: float, others: ValidationInfo) -> float:
        minimum = others.data.get("minimum")
        if minimum is not None and maximum <= minimum:
            raise ValueError(f"must be above minimum ({minimum:g})")
        return maximum


class ExamDefinition(Model):
    """All rules of one exam. Immutable once loaded; a change is a new ``version``."""

    code: Code
    version: Code
    basis: str = Field("", description="the decree or document the numbers come from")
    title: Text
    language: Language
    minutes: int = Field(ge=1, le=1440)
    domains: tuple[Domain, ...] = Field(min_length=1)
    classes: tuple[ApplicantClass, ...] = Field(min_length=1)
    accommodations: tuple[Accommodation, ...] = ()
    order: Order = Order()
    late_answers: LateAnswers = LateAnswers()
    reporting: Reporting = Reporting()
    rank_by: Literal["raw", "ability"] = "raw"
    thresholds_on: Literal["raw", "ability"] = "raw"
    ties: tuple[str, ...] = Field((), description="domain codes that part equal totals, in order")
    show_scores: bool = False
    fullscreen: bool = True
    sign_in_closes_minutes: int = Field(
        0, ge=0, description="a candidate's first sign-in ends so long before the start window ends"
    )
    rules: dict[Language, tuple[str, ...]] = Field(description="what the candidate reads beforehand")

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        codes = [domain.code for domain in self.domains]
        _no_twins("domains", codes)
        _no_twins("classes", [c.code for c in self.classes])
        _no_twins("accommodations", [a.code for a in self.accommodations])
        for applicant_class in self.classes:
            _known(f"classes.{applicant_class.code}.thresholds", applicant_class.thresholds, [*codes, TOTAL])
        _known("ties", self.ties, codes)
        if self.language not in self.rules:
            raise ValueError(f"rules: none in the exam's language {self.language!r}")
        return self

    @property
    def item_count(self) -> int:
        """Items in the whole paper."""
        return sum(domain.items for domain in self.domains)

    @property
    def max_total(self) -> float:
        """The most raw points a candidate can earn."""
        return sum(domain.max_raw for domain in self.domains)

    def domain(self, code: str) -> Domain:
        """The domain of that code (KeyError if none)."""
        return {domain.code: domain for domain in self.domains}[code]

    def applicant_class(self, code: str) -> ApplicantClass:
        """The class of that code (KeyError if none)."""
        return {c.code: c for c in self.classes}[code]

    def minutes_for(self, accommodation: str | None) -> int:
        """Whole minutes for a candidate with that accommodation code, or none."""
        granted = {a.code: a.minutes for a in self.accommodations}
        return granted[accommodation] if accommodation else self.minutes

    def rules_in(self, language: str) -> tuple[str, ...]:
        """The rules in a language, or in the exam's own when there are none in that."""
        return next((text for code, text in self.rules.items() if code == language), ()) or self.rules[self.language]


def _no_twins(field: str, codes: list[str]) -> None:
    twins = sorted({code for code in codes if codes.count(code) > 1})
    if twins:
        raise ValueError(f"{field}: code {', '.join(twins)} occurs twice")


def _known(field: str, used: Any, codes: list[str]) -> None:
    unknown = [code for code in used if code not in codes]
    if unknown:
        raise ValueError(f"{field}: {', '.join(unknown)} is none of {', '.join(codes)}")


def parse_definition(text: str, source: str = "definition") -> ExamDefinition:
    """Check a YAML text and return the definition.

    Raises:
        ExamDefinitionError: not YAML, or fields are missing, unknown or wrong; all are named at once.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "document"
        raise ExamDefinitionError(source, ((place, getattr(error, "problem", str(error))),)) from error
    return check_definition(document, source)


def check_definition(document: object, source: str = "definition") -> ExamDefinition:
    """Check plain data (as read from YAML or JSON) and return the definition.

    Raises:
        ExamDefinitionError: as ``parse_definition``.
    """
    try:
        return ExamDefinition.model_validate(document)
    except ValidationError as error:
        problems = tuple(
            (".".join(str(part) for part in problem["loc"]) or "document", problem["msg"])
            for problem in error.errors()
        )
        raise ExamDefinitionError(source, problems) from error


def read_definition(path: Path) -> ExamDefinition:
    """The definition in a file. Raises ``ExamDefinitionError`` or ``OSError``."""
    return parse_definition(path.read_text("utf-8"), path.name)
