"""One row of the sheet Items into an item document; the rules of the document are told in the words of the row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from exam_engine.items.document import Figure, ItemDocument
from item_bank.cells import Row, Sheet
from item_bank.layout import LETTERS, MODELS, NO, STEPS, YES

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_MAX_DOMAIN = 40
_MAX_POINTS = 1000
_OWN_PARAMETERS = {"2PL": ("a", "b"), "3PL": ("a", "b", "c"), "GPCM": ("a",)}
_BOUNDS = {"a": (0.0, 10.0), "b": (-10.0, 10.0), "c": (0.0, 1.0)}


def document_of(
    sheet: Sheet, row: Row, stimuli: Mapping[str, str | None], figures: Mapping[str, Figure | None]
) -> ItemDocument | None:
    """The document a row describes, or None after its faults have been noted on ``sheet``.

    ``stimuli`` and ``figures`` hold None where the code is there but its row is at fault.
    """
    return _RowReader(sheet, row).document(stimuli, figures)


class _RowReader:
    """Reads one row; notes every fault on the sheet and goes on."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self._sheet = sheet
        self._row = row
        self._faultless = not any(number == row.number for number, _ in sheet.broken)

    def document(
        self, stimuli: Mapping[str, str | None], figures: Mapping[str, Figure | None]
    ) -> ItemDocument | None:
        letters = self._options()
        points = self._points(letters)
        values = {
            "code": self._code(),
            "language": self._one_of("language", ("id", "en"), required=True),
            "domain": self._domain(),
            "topic": self._text("topic") or "",
            "prompt": self._required("prompt"),
            "stimulus_code": self._text("stimulus"),
            "stimulus": self._reference("stimulus", stimuli, "Stimuli"),
            "figure": self._reference("figure", figures, "Figures"),
            "options": [
                {"id": letter, "text": self._text(letter), "points": points.get(letter)} for letter in letters
            ],
            "fixed_options": self._one_of("fixed_options", (YES, NO)) == YES,
            "key": self._key(letters, weighted=bool(points)),
            "parameters": self._parameters(points),
            "explanation": self._text("explanation") or "",
        }
        return self._checked(values) if self._faultless else None

    def _checked(self, values: dict[str, Any]) -> ItemDocument | None:
        try:
            return ItemDocument.model_validate(values)
        except ValidationError as error:
            # The checks above speak the reader's language; this net holds should the document grow a rule.
            for problem in error.errors():
                self._fault(_column_of(problem["loc"]), "value.refused", detail=problem["msg"])
            return None

    def _fault(self, column: str | None, code: str, **params: object) -> None:
        self._faultless = False
        self._sheet.fault(self._row.number, column, code, **params)

    def _text(self, column: str) -> str | None:
        return self._row.texts.get(column)

    def _required(self, column: str) -> str | None:
        text = self._text(column)
        if text is None:
            self._faultless = False
            if column in self._sheet.letters or column not in self._sheet.layout.required:
                self._fault(column, "value.missing")
        return text

    def _code(self) -> str | None:
        code = self._text("item")
        if code is None:
            self._faultless = False  # noted already, with the repeated ones
        elif not _CODE.fullmatch(code):
            self._fault("item", "value.code", value=code)
        return code

    def _domain(self) -> str | None:
        domain = self._required("domain")
        if domain and len(domain) > _MAX_DOMAIN:
            self._fault("domain", "cell.too_long", limit=_MAX_DOMAIN)
        return domain

    def _one_of(self, column: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        text = self._required(column) if required else self._text(column)
        if text is None:
            return None
        found = {value.lower(): value for value in allowed}.get(text.lower())
        if found is None:
            self._fault(column, "value.not_one_of", value=text, allowed=", ".join(allowed))
        return found

    def _reference(self, column: str, known: Mapping[str, Any], sheet: str) -> Any:
        code = self._text(column)
        if code is None:
            return None
        if code not in known:
            self._fault(column, "reference.unknown", value=code, sheet=sheet)
        elif known[code] is None:
            self._faultless = False
        return known.get(code)

    def _options(self) -> tuple[str, ...]:
        # An option whose cell is at fault is still an option: its key and points are not to blame.
        filled = [letter for letter in LETTERS if self._is_given(letter)]
        for letter in LETTERS[:2]:
            self._required(letter)
        for letter in filled:
            if any(other not in filled for other in LETTERS[2 : LETTERS.index(letter)]):
                self._fault(letter, "options.gap")
        return tuple(filled)

    def _is_given(self, column: str) -> bool:
        return column in self._row.texts or (self._row.number, column) in self._sheet.broken

    def _points(self, letters: tuple[str, ...]) -> dict[str, int | None]:
        """Points by letter; empty for an item without any."""
        columns = {letter: f"points_{letter}" for letter in LETTERS}
        if not any(map(self._is_given, columns.values())):
            return {}
        points: dict[str, int | None] = {}
        for letter, column in columns.items():
            if letter in letters:
                points[letter] = self._whole(column)
            elif self._is_given(column):
                self._fault(column, "points.no_option")
        return points

    def _whole(self, column: str) -> int | None:
        text = self._required(column)
        if text is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,6}", text):
            self._fault(column, "value.not_whole", value=text)
            return None
        if abs(int(text)) > _MAX_POINTS:
            self._fault(column, "value.range", value=text, bounds=f"-{_MAX_POINTS}–{_MAX_POINTS}")
        return int(text)

    def _key(self, letters: tuple[str, ...], *, weighted: bool) -> str | None:
        key = self._text("key")
        if key is None:
            if not weighted:
                self._fault("key", "key.or_points")
            return None
        if weighted:
            self._fault("key", "key.and_points")
        if key.upper() not in letters:
            self._fault("key", "key.no_option", value=key, options=", ".join(letters))
        return key.upper()

    def _parameters(self, points: dict[str, int | None]) -> dict[str, Any] | None:
        model = self._one_of("model", MODELS)
        given = [name for name in (*_BOUNDS, *STEPS) if self._text(name) is not None]
        if model is None:
            if (given or self._text("parameter_source")) and self._text("model") is None:
                self._fault("model", "parameters.no_model")
            return None
        if (model == "GPCM") != bool(points):
            self._fault("model", "parameters.gpcm")
        own = (*_OWN_PARAMETERS[model], *(STEPS if model == "GPCM" else ()))
        for name in given:
            if name not in own:
                self._fault(name, "parameters.unused", model=model)
        parameters: dict[str, Any] = {"model": model, "source": self._required("parameter_source")}
        parameters |= {name: self._number(name) for name in _OWN_PARAMETERS[model] if self._required(name)}
        if model == "GPCM":
            parameters["steps"] = self._steps(points)
        return parameters

    def _steps(self, points: dict[str, int | None]) -> list[float | None]:
        categories = len({value for value in points.values() if value is not None})
        found = [name for name in STEPS if self._text(name) is not None]
        if points and (len(found) != categories - 1 or found != list(STEPS[: len(found)])):
            counts = {"categories": categories, "wanted": categories - 1, "found": len(found)}
            self._fault("step_1", "parameters.steps", **counts)
        return [self._number(name) for name in found]

    def _number(self, column: str) -> float | None:
        text = self._row.texts[column]
        try:
            number = float(text.replace(",", "."))  # an Indonesian author writes 0,75
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self._fault(column, "value.not_number", value=text)
            return None
        low, high = _BOUNDS.get(column, (-100.0, 100.0))
        at_edge = (column == "a" and number == low) or (column == "c" and number == high)
        if not low <= number <= high or at_edge:
            bounds = {"a": "0 < a ≤ 10", "c": "0 ≤ c < 1"}.get(column, f"{low:g} ≤ {column} ≤ {high:g}")
            self._fault(column, "value.range", value=text, bounds=bounds)
        return number + 0.0  # there is no minus zero in a bank


def _column_of(loc: tuple[int | str, ...]) -> str | None:
    """The column that a place in the document came from."""
    match loc:
        case ("options", int(index), "points"):
            return f"points_{LETTERS[index]}"
        case ("options", int(index), *_):
            return LETTERS[index]
        case ("parameters", _, "source"):
            return "parameter_source"
        case ("parameters", _, "steps", int(index), *_):
            return STEPS[index]
        case ("parameters", _, "a" | "b" | "c" as name):
            return str(name)
        case ("parameters", *_):
            return "model"
        case ("code",):
            return "item"
        case ("stimulus_code",):
            return "stimulus"
        case ("options",):
            return "A"
        case (str(name),):
            return name
    return None
