"""Items and workbooks to test the bank with."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook

from exam_engine.items.document import ItemDocument
from item_bank.layout import FIGURES, ITEMS, STIMULI
from item_bank.spreadsheet import BankFile, read_bank, write_bank

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" /></svg>'


def item(code: str = "X-1", **changes: Any) -> ItemDocument:
    """A keyed item."""
    document: dict[str, Any] = {
        "code": code,
        "language": "id",
        "domain": "KEY",
        "prompt": f"Soal {code}",
        "options": [{"id": "A", "text": "satu"}, {"id": "B", "text": "dua"}],
        "key": "A",
    }
    return ItemDocument.model_validate(document | changes)


def weighted(code: str = "W-1", points: tuple[int, ...] = (1, 3, 5), **changes: Any) -> ItemDocument:
    """An item whose options carry points."""
    options = [
        {"id": letter, "text": f"pilihan {letter}", "points": value}
        for letter, value in zip("ABCDEFGH", points, strict=False)
    ]
    return item(code, **{"domain": "WGT", "options": options, "key": None, **changes})


ROW: dict[str, Any] = {
    "item": "X-1",
    "language": "id",
    "domain": "TIU",
    "prompt": "Berapa?",
    "A": "satu",
    "B": "dua",
    "key": "A",
}


def row(**changes: Any) -> dict[str, Any]:
    """A row of Items without faults, with these cells changed (None empties one)."""
    return ROW | changes


def workbook(
    *items: dict[str, Any],
    stimuli: tuple[dict[str, Any], ...] = (),
    figures: tuple[dict[str, Any], ...] = (),
    columns: tuple[str, ...] = ITEMS.columns,
) -> io.BytesIO:
    """A workbook as an author's program would save it."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    sheets = ((ITEMS.name, columns, items), (STIMULI.name, STIMULI.columns, stimuli))
    for name, headers, rows in (*sheets, (FIGURES.name, FIGURES.columns, figures)):
        sheet = book.create_sheet(name)
        sheet.append(headers)
        for cells in rows:
            sheet.append([cells.get(header) for header in headers])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def read(*items: dict[str, Any], **others: Any) -> BankFile:
    """What is read from such a workbook."""
    return read_bank(workbook(*items, **others), "bank.xlsx")


def faults(*items: dict[str, Any], **others: Any) -> list[str]:
    """What is wrong with such a workbook: ``place (column) code``."""
    return [
        f"{fault.sheet}!{fault.letter or ''}{fault.row or ''} ({fault.column}) {fault.problem.code}"
        for fault in read(*items, **others).faults
    ]


def exported(*documents: ItemDocument) -> BankFile:
    """These items written to a file and read again."""
    file = io.BytesIO()
    write_bank(file, documents)
    file.seek(0)
    return read_bank(file, "bank.xlsx")
