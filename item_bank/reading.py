"""Reads a bank's workbook: every row becomes an item document or a list of what is wrong with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from exam_engine.items.document import Figure, ItemDocument
from item_bank.cells import MAX_FILE, Row, Sheet, UnreadableError, Workbook
from item_bank.faults import Fault, Problem
from item_bank.figures import FigureError, clean_svg
from item_bank.layout import FIGURES, ITEMS, STIMULI, SheetLayout
from item_bank.rows import document_of


@dataclass(frozen=True)
class BankFile:
    """What a file says: its items, in the file's order, and everything that is wrong with it.

    ``digest`` is the SHA-256 (hex) of the file. ``documents`` are the rows without faults.
    """

    name: str
    digest: str
    documents: tuple[ItemDocument, ...]
    faults: tuple[Fault, ...]


def read_bank(file: BinaryIO, name: str) -> BankFile:
    """Read a workbook. What is wrong with it is in ``faults``, all at once; a file never raises."""
    content = file.read(MAX_FILE + 1)
    digest = hashlib.sha256(content).hexdigest()
    try:
        documents, faults = _read(Workbook(content))
    except UnreadableError as error:
        return BankFile(name, digest, (), (Fault(name, None, None, error.problem),))
    return BankFile(name, digest, tuple(documents), tuple(faults))


def _read(workbook: Workbook) -> tuple[list[ItemDocument], list[Fault]]:
    items = workbook.sheet(ITEMS)
    if items is None:
        return [], [Fault(ITEMS.name, None, None, Problem.of("sheet.missing"))]
    stimuli = _sheet(workbook, STIMULI)
    figures = _sheet(workbook, FIGURES)
    texts = {code: row.texts.get("text") for code, row in _by_code(stimuli).items()}
    drawings = {code: _figure(figures, row) for code, row in _by_code(figures).items()}
    for row in stimuli.rows:
        _require(stimuli, row, "text")

    documents: list[ItemDocument] = []
    if not items.rows and not items.faults:
        items.fault(None, None, "file.no_items")
    rows = _by_code(items)
    for row in items.rows:
        document = document_of(items, row, texts, drawings)
        if document is not None and rows.get(document.code) is row:
            documents.append(document)
    return documents, [*_in_order(items), *_in_order(stimuli), *_in_order(figures)]


def _sheet(workbook: Workbook, layout: SheetLayout) -> Sheet:
    """A sheet that may be left out: then it is empty, and whatever refers to it is at fault."""
    return workbook.sheet(layout) or Sheet(layout)


def _by_code(sheet: Sheet) -> dict[str, Row]:
    """Rows by what stands in the sheet's first column; missing and repeated codes are faults."""
    column = sheet.layout.columns[0]
    rows: dict[str, Row] = {}
    for row in sheet.rows:
        code = row.texts.get(column)
        if code is None:
            _require(sheet, row, column)
        elif code in rows:
            sheet.fault(row.number, column, "value.twice", value=code, first=rows[code].number)
        else:
            rows[code] = row
    return rows


def _require(sheet: Sheet, row: Row, column: str) -> None:
    # A missing column is one fault, not one in every row.
    if column in sheet.letters and column not in row.texts:
        sheet.fault(row.number, column, "value.missing")


def _figure(sheet: Sheet, row: Row) -> Figure | None:
    """The drawing of a row, None if it is at fault."""
    _require(sheet, row, "alt")
    _require(sheet, row, "svg")
    texts: dict[str, Any] = row.texts
    if "svg" not in texts:
        return None
    try:
        svg = clean_svg(texts["svg"])
    except FigureError as error:
        sheet.fault(row.number, "svg", error.problem.code, **dict(error.problem.params))
        return None
    return Figure(svg=svg, alt=texts["alt"]) if "alt" in texts else None


def _in_order(sheet: Sheet) -> list[Fault]:
    columns = {column: index for index, column in enumerate(sheet.layout.columns)}
    return sorted(sheet.faults, key=lambda fault: (fault.row or 0, columns.get(fault.column or "", -1)))
