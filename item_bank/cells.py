"""Opens a workbook from outside, within limits, and gives its rows as texts. Knows nothing of items."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from item_bank.faults import Fault, Problem
from item_bank.layout import NO, YES, SheetLayout

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 150 * MEGABYTE
MAX_PARTS = 500
MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CHARACTERS = 32_767
"""What a spreadsheet cell can hold."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class UnreadableError(Exception):
    """Not a workbook that can be read at all; for use within the package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True)
class Row:
    """A row: its number in the sheet, and the texts of its filled cells by header."""

    number: int
    texts: dict[str, str]


@dataclass
class Sheet:
    """The rows of a sheet below its header, without empty ones, and what is wrong with its cells."""

    layout: SheetLayout
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: set[tuple[int, str]] = field(default_factory=set)

    def fault(self, row: int | None, column: str | None, code: str, **params: object) -> None:
        """Note what is wrong in a place; a cell that is broken already is left at that."""
        if row is not None and column is not None and (row, column) in self.broken:
            return
        letter = self.letters.get(column) if column else None
        self.faults.append(Fault(self.layout.name, row, column, Problem.of(code, **params), letter))


class Workbook:
    """A workbook opened twice: once for what was typed, once for the stored results of formulas.

    Raises:
        UnreadableError: no workbook, or too large.
    """

    def __init__(self, content: bytes) -> None:
        _refuse_bombs(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # on styles and extensions, which do not concern us
                self._typed = load_workbook(io.BytesIO(content), read_only=True)
                self._results = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except Exception as error:
            # openpyxl raises whatever its parsers meet; from outside there is one way to be unreadable.
            raise UnreadableError(Problem.of("file.not_xlsx")) from error

    def sheet(self, layout: SheetLayout) -> Sheet | None:
        """The sheet of that layout, read; None if the workbook has none.

        Raises:
            UnreadableError: its part of the file is damaged.
        """
        if layout.name not in self._typed.sheetnames:
            return None
        sheet = Sheet(layout)
        try:
            rows = self._rows(layout.name)
            headers = _headers(sheet, next(rows, ()))
            for number, cells in enumerate(rows, 2):
                if number > MAX_ROWS + 1:
                    if any(typed.value is not None for typed, _ in cells):
                        sheet.fault(None, None, "sheet.too_many_rows", limit=MAX_ROWS)
                    break
                _read_row(sheet, headers, number, cells)
        except (ValueError, KeyError, SyntaxError, zipfile.BadZipFile, TypeError, AttributeError, EOFError) as error:
            raise UnreadableError(Problem.of("file.not_xlsx")) from error
        return sheet

    def _rows(self, name: str) -> Iterator[tuple[tuple[Any, Any], ...]]:
        # A file may claim any size: the limits are ours, and one more of each tells that there is more.
        typed, results = (
            book[name].iter_rows(min_row=1, max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1)
            for book in (self._typed, self._results)
        )
        for typed_row, result_row in zip(typed, results, strict=True):
            yield tuple(zip(typed_row, result_row, strict=True))


def _refuse_bombs(content: bytes) -> None:
    too_large = Problem.of("file.too_large", limit=MAX_FILE // MEGABYTE, unpacked=MAX_UNPACKED // MEGABYTE)
    if len(content) > MAX_FILE:
        raise UnreadableError(too_large)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableError(Problem.of("file.not_xlsx")) from error
    # Reading stops at the size a part declares, so the declared sizes bound what can be unpacked.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableError(too_large)


def _headers(sheet: Sheet, cells: tuple[tuple[Any, Any], ...]) -> list[str | None]:
    """The header of each column (None where it has no usable one); what is wrong with them is noted."""
    headers: list[str | None] = []
    for index, (_, result) in enumerate(cells, 1):
        text = str(result.value).strip() if result.value is not None else ""
        if text and index > MAX_COLUMNS:
            sheet.fault(1, None, "sheet.too_many_columns", limit=MAX_COLUMNS)
        known = text in sheet.layout.columns
        if known and text in sheet.letters:
            sheet.fault(1, text, "header.twice")
        elif known:
            sheet.letters[text] = get_column_letter(index)
        elif text:
            place = Fault(sheet.layout.name, 1, text, Problem.of("header.unknown", header=text))
            sheet.faults.append(Fault(place.sheet, 1, text, place.problem, get_column_letter(index)))
        headers.append(text if known else ("" if not text else None))
    for column in sheet.layout.required:
        if column not in sheet.letters:
            sheet.fault(1, column, "header.missing")
    return headers


def _read_row(sheet: Sheet, headers: list[str | None], number: int, cells: tuple[tuple[Any, Any], ...]) -> None:
    texts: dict[str, str] = {}
    for index, (header, (typed, result)) in enumerate(zip(headers, cells, strict=False), 1):
        if header is None or typed.value is None:
            continue
        if header == "":
            _note_headless(sheet, number, index, typed.value)
            continue
        text, problem = _text_of(typed, result, header)
        if problem:
            sheet.fault(number, header, problem.code, **dict(problem.params))
            sheet.broken.add((number, header))
        elif text:
            texts[header] = text
    if texts or any(row == number for row, _ in sheet.broken):
        sheet.rows.append(Row(number, texts))


def _note_headless(sheet: Sheet, number: int, index: int, value: object) -> None:
    if str(value).strip():
        problem = Problem.of("header.none")
        sheet.faults.append(Fault(sheet.layout.name, number, None, problem, get_column_letter(index)))


def _text_of(typed: Any, result: Any, header: str) -> tuple[str, Problem | None]:
    value = result.value
    if value is None:
        return "", Problem.of("cell.formula")
    if result.data_type == "e":
        return "", Problem.of("cell.error", value=value)
    if isinstance(value, date | time | timedelta):
        return "", Problem.of("cell.date")
    if isinstance(value, bool):
        return (YES if value else NO, None) if header == "fixed_options" else ("", Problem.of("cell.truth"))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # Spreadsheet programs store a line break as CR LF, some with the CR escaped.
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if CONTROL.search(text):
        return "", Problem.of("cell.control")
    if len(text) > MAX_CHARACTERS:
        return "", Problem.of("cell.too_long", limit=MAX_CHARACTERS)
    return text, None
