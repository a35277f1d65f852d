"""Item parameters in files: JSON for programs, CSV for spreadsheets, every fault named by its place.

JSON is a list of records as `ItemTable.to_dicts` gives them. CSV has the columns ``item`` and
``model`` and one for each number: ``a``, ``b``, ``c``, ``d``, ``step1`` ..., ``slope1`` ...,
``intercept1`` ...; a cell is empty where the model has no such parameter. Numbers are written so
that they read back to the same double.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from psychometrics.errors import ItemFileError, ItemParameterError
from psychometrics.items import ItemParameters, ItemTable

_SINGLE = ("a", "b", "c", "d")
# The list a numbered column belongs to.
_LISTS = {"step": "steps", "slope": "slopes", "intercept": "intercepts"}
_NUMBERED = re.compile(r"(step|slope|intercept)([1-9]\d*)")


def save_items(table: ItemTable, path: str | Path) -> None:
    """Write the table; the ending of the name, ``.json`` or ``.csv``, says how.

    Raises `ItemFileError` for another ending, `OSError` where the file cannot be written.
    """
    path = Path(path)
    path.write_text(_to_csv(table) if _kind(path) == ".csv" else _to_json(table), encoding="utf-8", newline="")


def load_items(path: str | Path) -> ItemTable:
    """Read a table that `save_items` or a spreadsheet wrote.

    Raises `ItemFileError` with the file, and the line (CSV) or the record (JSON), the item, the
    field and what is wrong with it; `OSError` where the file cannot be read.
    """
    path = Path(path)
    kind = _kind(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemFileError(path.name, reason="not_utf8", byte=error.start) from None
    records = _from_csv(text, path.name) if kind == ".csv" else _from_json(text, path.name)
    items: list[ItemParameters] = []
    seen: set[str] = set()
    for place, record in records:
        try:
            entry = ItemParameters.from_dict(record)
            if entry.item in seen:
                raise ItemParameterError(entry.item, "item", "duplicate", entry.item)
        except ItemParameterError as error:
            details = {"item": error.item, "value": error.value}
            raise ItemFileError(path.name, place, error.field, error.reason, **details) from error
        seen.add(entry.item)
        items.append(entry)
    if not items:
        raise ItemFileError(path.name, reason="empty")
    return ItemTable(tuple(items))


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in (".json", ".csv"):
        raise ItemFileError(path.name, reason="unknown_ending", value=path.suffix)
    return kind


def _to_json(table: ItemTable) -> str:
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in table.to_dicts())
    return f"[\n{lines}\n]\n"


def _from_json(text: str, file: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    try:
        records = json.loads(text)
    except json.JSONDecodeError as error:
        raise ItemFileError(file, f"line {error.lineno}", reason="not_json", value=error.msg) from None
    if not isinstance(records, list):
        raise ItemFileError(file, reason="not_a_list")
    for number, record in enumerate(records, 1):
        place = f"record {number}"
        if not isinstance(record, dict):
            raise ItemFileError(file, place, reason="not_a_record", value=record)
        yield place, record


def _to_csv(table: ItemTable) -> str:
    rows = [_flat(record) for record in table.to_dicts()]
    used = {column for row in rows for column in row}
    widest = int(table.categories.max())
    numbered = [f"{name}{i}" for name in _LISTS for i in range(1, widest + 1)]
    columns = ["item", "model", *(column for column in (*_SINGLE, *numbered) if column in used)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _flat(record: Mapping[str, object]) -> dict[str, object]:
    row: dict[str, object] = {}
    singular = {plural: name for name, plural in _LISTS.items()}
    for field, value in record.items():
        if isinstance(value, list):
            row |= {f"{singular[field]}{i}": number for i, number in enumerate(value, 1)}
        else:
            row[field] = value
    return row


def _from_csv(text: str, file: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text), restkey="", strict=True)
    columns = list(reader.fieldnames or ())
    for column in columns:
        if column not in ("item", "model", *_SINGLE) and not _NUMBERED.fullmatch(column):
            raise ItemFileError(file, "line 1", column, "unknown_column")
        if columns.count(column) > 1:
            raise ItemFileError(file, "line 1", column, "duplicate_column")
    try:
        for row in reader:
            place = f"line {reader.line_num}"
            if "" in row:
                raise ItemFileError(file, place, reason="too_many_cells", item=row.get("item"))
            yield place, _record(row, file, place)
    except csv.Error as error:
        raise ItemFileError(file, f"line {reader.reader.line_num}", reason="not_csv", value=str(error)) from None


def _record(row: Mapping[str, str | None], file: str, place: str) -> dict[str, object]:
    """The record of a row: empty cells are left out, numbered columns become lists without gaps."""
    record: dict[str, object] = {}
    lists: dict[str, dict[int, float]] = {}
    for column, cell in row.items():
        if not cell or not cell.strip():
            continue
        if column in ("item", "model"):
            record[column] = cell.strip()
            continue
        number = _number(cell, file, place, column, row.get("item"))
        if found := _NUMBERED.fullmatch(column):
            lists.setdefault(_LISTS[found[1]], {})[int(found[2])] = number
        else:
            record[column] = number
    for field, values in lists.items():
        if sorted(values) != list(range(1, len(values) + 1)):
            raise ItemFileError(file, place, field, "gap", item=row.get("item"), value=sorted(values))
        record[field] = [values[i] for i in sorted(values)]
    return record


def _number(cell: str, file: str, place: str, column: str, item: str | None) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ItemFileError(file, place, column, "not_a_number", item=item, value=cell) from None
