"""The admission list: a CSV file of applicants, every fault named by line and column; with a fault it is not used."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from exam_engine.exams.definition import ExamDefinition
from exam_engine.sittings.operations import Applicant

REQUIRED = ("registration", "name", "class")
OPTIONAL = ("accommodation", "birth_date", "seat")
MOST_ROWS = 20_000
_REGISTRATION = re.compile(r"^[A-Z0-9][A-Z0-9./-]{2,39}$")


@dataclass(frozen=True)
class Fault:
    """Something wrong with the file; ``line`` counts from 1, the header being line 1."""

    line: int
    column: str
    problem: str


@dataclass(frozen=True)
class AdmissionList:
    """What a file holds: applicants to admit, or faults (then nothing is admitted)."""

    applicants: list[Applicant]
    faults: list[Fault]


def read_admissions(data: bytes, definition: ExamDefinition) -> AdmissionList:
    """Read a CSV file (UTF-8; comma, semicolon or tab). Never raises for what is in the file: it tells faults."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return AdmissionList([], [Fault(1, "", _("The file is not text in UTF-8. Save it as “CSV UTF-8”."))])
    if not text.strip() or "\0" in text:
        return AdmissionList([], [Fault(1, "", _("The file is empty or is not a CSV file."))])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip().lower() for name in next(rows)]
        faults = _header_faults(header)
        return AdmissionList([], faults) if faults else _read_rows(rows, header, definition)
    except csv.Error as error:
        return AdmissionList([], [Fault(rows.line_num, "", _("This line cannot be read: %(why)s", why=error))])


def _delimiter(text: str) -> str:
    first = text.splitlines()[0]
    return max(",;\t", key=first.count)


def _header_faults(header: list[str]) -> list[Fault]:
    faults = [Fault(1, name, _("This column is missing.")) for name in REQUIRED if name not in header]
    faults += [
        Fault(1, name, _("Unknown column. Known are: %(known)s.", known=", ".join((*REQUIRED, *OPTIONAL))))
        for name in header
        if name and name not in REQUIRED + OPTIONAL
    ]
    faults += [Fault(1, name, _("This column stands twice.")) for name in set(header) if header.count(name) > 1]
    return faults


def _read_rows(rows: csv._reader, header: list[str], definition: ExamDefinition) -> AdmissionList:  # type: ignore[name-defined]
    applicants: list[Applicant] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for cells in rows:
        line = rows.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if line > MOST_ROWS + 1:
            faults.append(Fault(line, "", _("More than %(most)s rows. Split the file.", most=MOST_ROWS)))
            break
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        found = _row_faults(row, line, len(cells) > len(header), definition)
        registration = row.get("registration", "").upper()
        if registration and registration in lines:
            found.append(
                Fault(line, "registration", _("Stands in line %(line)s already.", line=lines[registration]))
            )
        lines.setdefault(registration, line)
        faults += found
        if not found:
            applicants.append(_applicant(row))
    if not applicants and not faults:
        faults.append(Fault(1, "", _("The file has a header but no applicants.")))
    return AdmissionList([] if faults else applicants, faults)


def _row_faults(row: dict[str, str], line: int, too_long: bool, definition: ExamDefinition) -> list[Fault]:
    faults = [Fault(line, name, _("Must not be empty.")) for name in REQUIRED if not row.get(name)]
    if too_long:
        faults.append(Fault(line, "", _("More cells than the header has columns.")))
    if row.get("registration") and not _REGISTRATION.match(row["registration"].upper()):
        faults.append(Fault(line, "registration", _("3 to 40 letters, digits, dots, slashes or hyphens.")))
    if len(row.get("name", "")) > 160:
        faults.append(Fault(line, "name", _("At most 160 characters.")))
    if len(row.get("seat", "")) > 20:
        faults.append(Fault(line, "seat", _("At most 20 characters.")))
    known = {
        "class": [each.code for each in definition.classes],
        "accommodation": [each.code for each in definition.accommodations],
    }
    for column, codes in known.items():
        if row.get(column) and row[column] not in codes:
            faults.append(Fault(line, column, _("Must be one of: %(codes)s.", codes=", ".join(codes) or "–")))
    if row.get("birth_date") and _day(row["birth_date"]) is None:
        faults.append(Fault(line, "birth_date", _("Must be a date such as 1998-12-31.")))
    return faults


def _applicant(row: dict[str, str]) -> Applicant:
    return Applicant(
        registration=row["registration"].upper(),
        name=" ".join(row["name"].split()),
        applicant_class=row["class"],
        accommodation=row.get("accommodation") or None,
        birth_date=_day(row.get("birth_date", "")),
        seat=row.get("seat") or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
