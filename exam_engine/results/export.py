"""The results table as a file. Text from outside never becomes a formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from exam_engine.exams.definition import TOTAL, ExamDefinition
from exam_engine.results.ranking import ResultLine

Cell = str | int | float | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def header(definition: ExamDefinition) -> list[str]:
    """The columns' names."""
    names = [_("Rank"), _("Registration number"), _("Name"), _("Class"), _("State")]
    for domain in definition.domains:
        names += [
            f"{domain.code} {_('raw')}",
            f"{domain.code} {_('ability')}",
            f"{domain.code} {_('standard error')}",
            f"{domain.code} {_('threshold met')}",
        ]
    totals = [_("Total raw"), _("Total ability"), _("Total threshold met"), _("All thresholds met")]
    return [*names, *totals, _("Late answers")]


def rows(lines: Iterable[ResultLine], definition: ExamDefinition) -> Iterable[list[Cell]]:
    """One row per candidate, in the order of the lines."""
    for line in lines:
        candidate, score = line.admission.candidate, line.score
        who = (candidate.registration, candidate.name, line.admission.applicant_class)
        row: list[Cell] = [line.rank, *who, line.state]
        for code in (domain.code for domain in definition.domains):
            domain = line.domain(code)
            row += [
                domain.raw if domain else None,
                domain.ability if domain else None,
                domain.standard_error if domain else None,
                _yes_no(line.mark(code)),
            ]
        row += [
            score.raw_total if score else None,
            score.ability_total if score else None,
            _yes_no(line.mark(TOTAL)),
            _yes_no(score.passed if score else None),
            score.late_answers if score else None,
        ]
        yield [harmless(cell) for cell in row]


def to_csv(lines: Sequence[ResultLine], definition: ExamDefinition) -> bytes:
    """CSV in UTF-8 with a byte order mark, which spreadsheets need to read it as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header(definition))
    writer.writerows(rows(lines, definition))
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(lines: Sequence[ResultLine], definition: ExamDefinition) -> bytes:
    """One sheet, header frozen. Every text cell is typed as text, so nothing in it is computed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Results")[:31])
    sheet.freeze_panes = "D2"
    bold = []
    for name in header(definition):
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for row in rows(lines, definition):
        sheet.append([_typed(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(sheet: Any, value: Cell) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _yes_no(met: bool | None) -> str | None:
    return None if met is None else (_("yes") if met else _("no"))
