"""Writes a bank's workbook: an export of items, which reads back as the same items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from exam_engine.errors import ExamEngineError
from exam_engine.items.document import DichotomousParameters, Figure, ItemDocument, PolytomousParameters
from item_bank.cells import CONTROL, MAX_CHARACTERS
from item_bank.faults import Problem
from item_bank.guide import GUIDE_LINES
from item_bank.layout import FIGURES, GUIDE, ITEMS, NO, STEPS, STIMULI, YES, SheetLayout

Value = str | int | float
_WIDE = {"prompt", "explanation", "text", "svg", "alt"}


class UnwritableError(ExamEngineError):
    """A text does not fit in a cell, or holds characters no spreadsheet can hold."""

    code = "bank.unwritable"
    status = 422


def write_bank(file: BinaryIO, documents: Iterable[ItemDocument]) -> None:
    """Write items so that reading the file gives them back, in the same order.

    Raises:
        UnwritableError: an item's text cannot stand in a cell.
    """
    figures: dict[Figure, str] = {}
    stimuli: dict[str, str] = {}
    rows = []
    for document in documents:
        if document.figure is not None:
            figures.setdefault(document.figure, document.code)
        if document.stimulus_code is not None:
            stimuli.setdefault(document.stimulus_code, document.stimulus or "")
        row = _row(document, figures)
        _check(document.code, row | {"stimulus": document.stimulus or "", "figure": _longest(document.figure)})
        rows.append(row)
    write_sheets(
        file,
        rows,
        [{"stimulus": code, "text": text} for code, text in stimuli.items()],
        [{"figure": code, "alt": figure.alt, "svg": figure.svg} for figure, code in figures.items()],
    )


def write_sheets(
    file: BinaryIO,
    items: Iterable[Mapping[str, Value]],
    stimuli: Iterable[Mapping[str, Value]],
    figures: Iterable[Mapping[str, Value]],
) -> None:
    """Write a workbook of these rows (values by column), with the guide in front."""
    workbook = Workbook(write_only=True)
    _write_guide(workbook)
    for layout, rows in ((ITEMS, items), (STIMULI, stimuli), (FIGURES, figures)):
        _write_sheet(workbook, layout, rows)
    workbook.save(file)


def _row(document: ItemDocument, figures: Mapping[Figure, str]) -> dict[str, Value]:
    row: dict[str, Value | None] = {
        "item": document.code,
        "language": document.language,
        "domain": document.domain,
        "topic": document.topic,
        "stimulus": document.stimulus_code,
        "figure": figures[document.figure] if document.figure else None,
        "prompt": document.prompt,
        "key": document.key,
        "fixed_options": YES if document.fixed_options else NO,
        "explanation": document.explanation,
    }
    for option in document.options:
        row |= {option.id: option.text, f"points_{option.id}": option.points}
    return {column: value for column, value in (row | _parameters(document)).items() if value not in (None, "")}


def _parameters(document: ItemDocument) -> dict[str, Value | None]:
    parameters = document.parameters
    row: dict[str, Value | None] = {}
    if parameters is not None:
        row = {"model": parameters.model, "a": parameters.a, "parameter_source": parameters.source}
    if isinstance(parameters, DichotomousParameters):
        row |= {"b": parameters.b, "c": parameters.c if parameters.model == "3PL" else None}
    elif isinstance(parameters, PolytomousParameters):
        row |= dict(zip(STEPS, parameters.steps, strict=False))
    return row


def _longest(figure: Figure | None) -> str:
    return max(figure.svg, figure.alt, key=len) if figure else ""


def _check(code: str, row: Mapping[str, Value]) -> None:
    for column, value in row.items():
        if isinstance(value, str) and len(value) > MAX_CHARACTERS:
            problem = Problem.of("cell.too_long", limit=MAX_CHARACTERS)
        elif isinstance(value, str) and CONTROL.search(value):
            problem = Problem.of("cell.control")
        else:
            continue
        raise UnwritableError(item=code, column=column, problem=problem)


def _write_sheet(workbook: Any, layout: SheetLayout, rows: Iterable[Mapping[str, Value]]) -> None:
    sheet = workbook.create_sheet(layout.name)
    sheet.freeze_panes = "B2"
    for index, column in enumerate(layout.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = 60 if column in _WIDE else 14
    sheet.append([_header(sheet, column, column in layout.required) for column in layout.columns])
    for row in rows:
        sheet.append([_cell(sheet, row[column]) if column in row else None for column in layout.columns])


def _write_guide(workbook: Any) -> None:
    sheet = workbook.create_sheet(GUIDE)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 70
    for index, line in enumerate(GUIDE_LINES):
        cells = [_cell(sheet, text) for text in line]
        for cell in cells:
            cell.font = Font(bold=index == 0)
        sheet.append(cells)


def _header(sheet: Any, column: str, required: bool) -> Any:
    cell = WriteOnlyCell(sheet, column)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="FFD9E8DD" if required else "FFEDEFEE")
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    """A cell that holds the value and nothing else: a text that begins with "=" must not become a formula."""
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        value = repr(value)  # as a number it would lose its last digit
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text="\n" in value or len(value) > 60, vertical="top")
    return cell
