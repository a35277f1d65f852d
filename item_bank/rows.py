"""One row of the sheet Items into an item document; the rules of the document are told in the words of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from exam_engine.items.document import Figure, ItemDocument
from item_bank.cells import Row, Sheet
from item_bank.layout import LETTERS, MODELS, NO, POINTS, STEPS, YES
from item_bank.row_reader import RowReader

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_MAX_DOMAIN = 40
_OWN_PARAMETERS = {"2PL": ("a", "b"), "3PL": ("a", "b", "c"), "GPCM": ("a",)}
_PARAMETERS = ("a", "b", "c", *STEPS)


def document_of(
    sheet: Sheet, row: Row, stimuli: Mapping[str, str | None], figures: Mapping[str, Figure | None]
) -> ItemDocument | None:
    """The document a row describes, or None after its faults have been noted on ``sheet``.

    ``stimuli`` and ``figures`` hold None where the code is there but its row is at fault.
    """
    return _ItemRow(sheet, row).document(stimuli, figures)


class _ItemRow(RowReader):
    """A row of the sheet Items."""

    def document(
        self, stimuli: Mapping[str, str | None], figures: Mapping[str, Figure | None]
    ) -> ItemDocument | None:
        letters = self._options()
        points = self._points(letters)
        values = {
            "code": self._code(),
            "language": self.one_of("language", ("id", "en"), required=True),
            "domain": self._domain(),
            "topic": self.text("topic") or "",
            "prompt": self.required("prompt"),
            "stimulus_code": self.text("stimulus"),
            "stimulus": self._reference("stimulus", stimuli, "Stimuli"),
            "figure": self._reference("figure", figures, "Figures"),
            "options": [
                {"id": letter, "text": self.text(letter), "points": points.get(letter)} for letter in letters
            ],
            "fixed_options": self.one_of("fixed_options", (YES, NO)) == YES,
            "key": self._key(letters, weighted=bool(points)),
            "parameters": self._parameters(points),
            "explanation": self.text("explanation") or "",
        }
        return self._checked(values) if self.faultless else None

    def _checked(self, values: dict[str, Any]) -> ItemDocument | None:
        try:
            return ItemDocument.model_validate(values)
        except ValidationError as error:
            # The checks above speak the reader's language; this net holds should the document grow a rule.
            for problem in error.errors():
                self.fault(_column_of(problem["loc"]), "value.refused", detail=problem["msg"])
            return None

    def _code(self) -> str | None:
        code = self.text("item")
        if code is None:
            self.faultless = False  # noted already, with the repeated ones
        elif not _CODE.fullmatch(code):
            self.fault("item", "value.code", value=code)
        return code

    def _domain(self) -> str | None:
        domain = self.required("domain")
        if domain and len(domain) > _MAX_DOMAIN:
            self.fault("domain", "cell.too_long", limit=_MAX_DOMAIN)
        return domain

    def _reference(self, column: str, known: Mapping[str, Any], sheet: str) -> Any:
        code = self.text(column)
        if code is None:
            return None
        if code not in known:
            self.fault(column, "reference.unknown", value=code, sheet=sheet)
        elif known[code] is None:
            self.faultless = False
        return known.get(code)

    def _options(self) -> tuple[str, ...]:
        # An option whose cell is at fault is still an option: its key and points are not to blame.
        filled = [letter for letter in LETTERS if self.is_given(letter)]
        for letter in LETTERS[:2]:
            self.required(letter)
        for letter in filled:
            if any(other not in filled for other in LETTERS[2 : LETTERS.index(letter)]):
                self.fault(letter, "options.gap")
        return tuple(filled)

    def _points(self, letters: tuple[str, ...]) -> dict[str, int | None]:
        """Points by letter; empty for an item without any."""
        columns = dict(zip(LETTERS, POINTS, strict=True))
        if not any(map(self.is_given, columns.values())):
            return {}
        points: dict[str, int | None] = {}
        for letter, column in columns.items():
            if letter in letters:
                points[letter] = self.whole(column)
            elif self.is_given(column):
                self.fault(column, "points.no_option")
        return points

    def _key(self, letters: tuple[str, ...], *, weighted: bool) -> str | None:
        key = self.text("key")
        if key is None:
            if not weighted:
                self.fault("key", "key.or_points")
            return None
        if weighted:
            self.fault("key", "key.and_points")
        if key.upper() not in letters:
            self.fault("key", "key.no_option", value=key, options=", ".join(letters))
        return key.upper()

    def _parameters(self, points: dict[str, int | None]) -> dict[str, Any] | None:
        model = self.one_of("model", MODELS)
        given = [name for name in _PARAMETERS if self.text(name) is not None]
        if model is None:
            if (given or self.text("parameter_source")) and self.text("model") is None:
                self.fault("model", "parameters.no_model")
            return None
        if (model == "GPCM") != bool(points):
            self.fault("model", "parameters.gpcm")
        own = (*_OWN_PARAMETERS[model], *(STEPS if model == "GPCM" else ()))
        for name in given:
            if name not in own:
                self.fault(name, "parameters.unused", model=model)
        parameters: dict[str, Any] = {"model": model, "source": self.required("parameter_source")}
        parameters |= {name: self.number(name) for name in _OWN_PARAMETERS[model] if self.required(name)}
        if model == "GPCM":
            parameters["steps"] = self._steps(points)
        return parameters

    def _steps(self, points: dict[str, int | None]) -> list[float | None]:
        categories = len({value for value in points.values() if value is not None})
        found = [name for name in STEPS if self.text(name) is not None]
        if points and (len(found) != categories - 1 or found != list(STEPS[: len(found)])):
            counts = {"categories": categories, "wanted": categories - 1, "found": len(found)}
            self.fault("step_1", "parameters.steps", **counts)
        return [self.number(name) for name in found]


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
