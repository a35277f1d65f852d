"""One row's cells as values. Every fault is noted on the sheet, and reading goes on."""

from __future__ import annotations

import math
import re

from item_bank.cells import Row, Sheet

_MAX_POINTS = 1000
_BOUNDS = {"a": (0.0, 10.0), "b": (-10.0, 10.0), "c": (0.0, 1.0)}
_STEP_BOUNDS = (-100.0, 100.0)


class RowReader:
    """Reads a row; ``faultless`` turns False with the first fault."""

    def __init__(self, sheet: Sheet, row: Row) -> None:
        self._sheet = sheet
        self._row = row
        self.faultless = not any(number == row.number for number, _ in sheet.broken)

    def fault(self, column: str | None, code: str, **params: object) -> None:
        """Note what is wrong with a cell."""
        self.faultless = False
        self._sheet.fault(self._row.number, column, code, **params)

    def text(self, column: str) -> str | None:
        """What stands in a cell; None if it is empty or at fault."""
        return self._row.texts.get(column)

    def is_given(self, column: str) -> bool:
        """Whether something stands in a cell, be it at fault."""
        return column in self._row.texts or (self._row.number, column) in self._sheet.broken

    def required(self, column: str) -> str | None:
        """What stands in a cell that must be filled in."""
        text = self.text(column)
        if text is None:
            self.faultless = False
            # A required column that is missing is one fault of the header, not one in every row.
            if column in self._sheet.letters or column not in self._sheet.layout.required:
                self.fault(column, "value.missing")
        return text

    def one_of(self, column: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        """One of these words, as spelt here, whatever the case in the cell."""
        text = self.required(column) if required else self.text(column)
        if text is None:
            return None
        found = {value.lower(): value for value in allowed}.get(text.lower())
        if found is None:
            self.fault(column, "value.not_one_of", value=text, allowed=", ".join(allowed))
        return found

    def whole(self, column: str) -> int | None:
        """Points: a whole number."""
        text = self.required(column)
        if text is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,6}", text):
            self.fault(column, "value.not_whole", value=text)
            return None
        if abs(int(text)) > _MAX_POINTS:
            self.fault(column, "value.range", value=text, bounds=f"-{_MAX_POINTS}–{_MAX_POINTS}")
        return int(text)

    def number(self, column: str) -> float | None:
        """An item parameter, within the bounds the item document has for it."""
        text = self._row.texts[column]
        try:
            number = float(text.replace(",", "."))  # an Indonesian author writes 0,75
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fault(column, "value.not_number", value=text)
            return None
        low, high = _BOUNDS.get(column, _STEP_BOUNDS)
        at_edge = (column == "a" and number == low) or (column == "c" and number == high)
        if not low <= number <= high or at_edge:
            bounds = {"a": "0 < a ≤ 10", "c": "0 ≤ c < 1"}.get(column, f"{low:g} ≤ {column} ≤ {high:g}")
            self.fault(column, "value.range", value=text, bounds=bounds)
        return number + 0.0  # there is no minus zero in a bank
