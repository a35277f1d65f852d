"""The bank's spreadsheet: what can be written reads back the same, and every fault is named by its place."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exam_engine.items.document import ItemDocument
from item_bank import cells
from item_bank.layout import ITEMS
from item_bank.spreadsheet import UnwritableError, read_bank, write_bank, write_template
from tests.item_bank.workbooks import SVG, exported, faults, item, read, row, weighted, workbook

# Any text a cell can hold; surrounding white space is the author's slip and is taken off.
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.just("\n")
TEXT = st.text(_CHARACTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
PLAIN = TEXT.filter(lambda text: "_x000D_" not in text)
SHORT = st.text("abcdefgh XYZ-123", min_size=1, max_size=12).map(str.strip).filter(bool)
DIFFICULTY = st.floats(-10, 10).map(lambda number: number + 0.0)
SLOPE = st.floats(0, 10, exclude_min=True)


@st.composite
def parameters(draw: st.DrawFn, categories: int | None) -> dict[str, Any] | None:
    if draw(st.booleans()) or categories == 1:
        return None
    shared = {"a": draw(SLOPE), "source": draw(PLAIN)}
    if categories is not None:
        return {"model": "GPCM", "steps": [draw(DIFFICULTY) for _ in range(categories - 1)], **shared}
    if draw(st.booleans()):
        return {"model": "2PL", "b": draw(DIFFICULTY), **shared}
    return {"model": "3PL", "b": draw(DIFFICULTY), "c": draw(st.floats(0, 1, exclude_max=True)) + 0.0, **shared}


@st.composite
def documents(draw: st.DrawFn, code: str) -> ItemDocument:
    letters = "ABCDEFGH"[: draw(st.integers(2, 8))]
    points = draw(st.none() | st.lists(st.integers(-5, 5), min_size=len(letters), max_size=len(letters)))
    return ItemDocument.model_validate(
        {
            "code": code,
            "language": draw(st.sampled_from(["id", "en"])),
            "domain": draw(SHORT),
            "topic": draw(st.just("") | PLAIN),
            "prompt": draw(PLAIN),
            **draw(st.sampled_from([{}, {"stimulus_code": "S 1", "stimulus": "=1+1\nbaris dua"}])),
            "figure": draw(st.sampled_from([None, {"svg": SVG, "alt": "garis"}, {"svg": SVG, "alt": "#N/A"}])),
            "options": [
                {"id": letter, "text": draw(PLAIN), "points": points[index] if points else None}
                for index, letter in enumerate(letters)
            ],
            "fixed_options": draw(st.booleans()),
            "key": None if points else draw(st.sampled_from(letters)),
            "parameters": draw(parameters(len(set(points)) if points else None)),
            "explanation": draw(st.just("") | PLAIN),
        }
    )


@st.composite
def banks(draw: st.DrawFn) -> list[ItemDocument]:
    codes = draw(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True), unique=True, max_size=4))
    return [draw(documents(code)) for code in codes]


@settings(max_examples=40, deadline=None)
@given(banks())
def test_what_is_exported_reads_back_the_same(bank: list[ItemDocument]) -> None:
    file = exported(*bank)
    assert [str(fault) for fault in file.faults] == ([] if bank else ["Items: there are no items in this file"])
    assert list(file.documents) == bank
    assert [document.digest for document in file.documents] == [document.digest for document in bank]


def test_the_template_reads_without_faults_and_explains_every_column() -> None:
    file = io.BytesIO()
    write_template(file)
    read_back = read_bank(file_at_start(file), "template.xlsx")
    assert not read_back.faults
    assert [document.code for document in read_back.documents] == ["CONTOH-1", "CONTOH-2"]
    guide = load_workbook(file)["Guide"]
    explained = " ".join(str(line[0].value) for line in guide.iter_rows())
    for column in ("item", "prompt", "key", "model", "parameter_source", "fixed_options"):
        assert column in explained


def file_at_start(file: io.BytesIO) -> io.BytesIO:
    file.seek(0)
    return file


def test_columns_may_stand_in_any_order() -> None:
    assert not faults(row(), columns=tuple(reversed(ITEMS.columns)))


def test_numbers_are_read_as_the_text_they_look_like() -> None:
    (document,) = read(row(A=5, B=2.0, C=0.5, prompt=" 12 ")).documents
    assert [option.text for option in document.options] == ["5", "2", "0.5"]
    assert document.prompt == "12"


def test_a_decimal_comma_and_words_in_capitals_are_understood() -> None:
    given = row(model="2pl", a="0,75", b=-1, parameter_source="simulated", fixed_options="YES", key="b")
    (document,) = read(given).documents
    assert document.parameters is not None
    assert document.parameters.a == 0.75
    assert document.fixed_options
    assert document.key == "B"


CALIBRATED = {"model": "3PL", "a": 1, "b": 0, "c": 0.2, "parameter_source": "x"}
POINTS = {"key": None, "points_A": 1, "points_B": 2}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"item": None}, "Items!A2 (item) value.missing"),
        ({"item": "a b"}, "Items!A2 (item) value.code"),
        ({"language": "fr"}, "Items!B2 (language) value.not_one_of"),
        ({"domain": None}, "Items!C2 (domain) value.missing"),
        ({"domain": "D" * 41}, "Items!C2 (domain) cell.too_long"),
        ({"stimulus": "S9"}, "Items!E2 (stimulus) reference.unknown"),
        ({"figure": "F9"}, "Items!F2 (figure) reference.unknown"),
        ({"prompt": "  "}, "Items!G2 (prompt) value.missing"),
        ({"A": date(2026, 1, 2)}, "Items!H2 (A) cell.date"),
        ({"A": True}, "Items!H2 (A) cell.truth"),
        ({"A": "=1+1"}, "Items!H2 (A) cell.formula"),
        ({"A": "#N/A"}, "Items!H2 (A) cell.error"),
        ({"B": None}, "Items!I2 (B) value.missing"),
        ({"D": "empat"}, "Items!K2 (D) options.gap"),
        ({"key": None}, "Items!P2 (key) key.or_points"),
        ({"key": "C"}, "Items!P2 (key) key.no_option"),
        (POINTS | {"key": "A"}, "Items!P2 (key) key.and_points"),
        (POINTS | {"points_A": None}, "Items!Q2 (points_A) value.missing"),
        (POINTS | {"points_A": 1.5}, "Items!Q2 (points_A) value.not_whole"),
        (POINTS | {"points_A": 5000}, "Items!Q2 (points_A) value.range"),
        (POINTS | {"points_C": 3}, "Items!S2 (points_C) points.no_option"),
        ({"fixed_options": "maybe"}, "Items!Y2 (fixed_options) value.not_one_of"),
        ({"model": "1PL"}, "Items!Z2 (model) value.not_one_of"),
        ({"a": 1}, "Items!Z2 (model) parameters.no_model"),
        (CALIBRATED | POINTS, "Items!Z2 (model) parameters.gpcm"),
        (CALIBRATED | {"a": 0}, "Items!AA2 (a) value.range"),
        (CALIBRATED | {"a": "besar"}, "Items!AA2 (a) value.not_number"),
        (CALIBRATED | {"b": None}, "Items!AB2 (b) value.missing"),
        (CALIBRATED | {"c": 1}, "Items!AC2 (c) value.range"),
        (CALIBRATED | {"model": "2PL"}, "Items!AC2 (c) parameters.unused"),
        (POINTS | {"model": "GPCM", "a": 1, "parameter_source": "x"}, "Items!AD2 (step_1) parameters.steps"),
        (CALIBRATED | {"parameter_source": None}, "Items!AK2 (parameter_source) value.missing"),
    ],
)
def test_a_fault_is_named_by_its_cell(changes: dict[str, Any], expected: str) -> None:
    assert faults(row(**changes)) == [expected]
    assert not read(row(**changes)).documents


def test_all_faults_of_all_rows_are_named_at_once() -> None:
    broken = {"figure": "F", "alt": "x", "svg": "?"}
    found = faults(row(domain=None, key="Z"), {}, row(language="xx"), figures=(broken,))
    assert found == [
        "Items!C2 (domain) value.missing",
        "Items!P2 (key) key.no_option",
        "Items!A4 (item) value.twice",
        "Items!B4 (language) value.not_one_of",
        "Figures!C2 (svg) figure.not_svg",
    ]


def test_a_fault_reads_as_a_line() -> None:
    (fault,) = read(row(domain=None)).faults
    assert str(fault) == "Items!C2 (domain): must be filled in"


def test_every_problem_fills_its_words() -> None:
    broken = [row(item=f"X{n}", **changes) for n, changes in enumerate([{"key": "Z"}, {"model": "x"}, {"D": "d"}])]
    for fault in read(*broken, row(item="X1", stimulus="?")).faults:
        assert "%" not in str(fault)


def test_stimuli_and_figures_are_taken_in() -> None:
    stimuli = ({"stimulus": "S1", "text": "Teks bersama"}, {"stimulus": "S2", "text": "tidak dipakai"})
    figures = ({"figure": 7, "alt": "garis", "svg": SVG},)
    (document,) = read(row(stimulus="S1", figure=7), stimuli=stimuli, figures=figures).documents
    assert (document.stimulus_code, document.stimulus) == ("S1", "Teks bersama")
    assert document.figure is not None
    assert document.figure.svg == SVG


def test_a_repeated_stimulus_and_one_without_text_are_faults() -> None:
    stimuli = ({"stimulus": "S1", "text": "a"}, {"stimulus": "S1", "text": "b"}, {"stimulus": "S3"}, {"text": "c"})
    assert faults(row(stimulus="S3"), stimuli=stimuli) == [
        "Stimuli!A3 (stimulus) value.twice",
        "Stimuli!B4 (text) value.missing",
        "Stimuli!A5 (stimulus) value.missing",
    ]


def test_headers_are_checked() -> None:
    without = tuple(column for column in ITEMS.columns if column != "domain")
    assert faults(row(), row(item="X-2"), columns=without) == ["Items!1 (domain) header.missing"]
    assert faults(row(), columns=(*ITEMS.columns, "kunci")) == ["Items!AM1 (kunci) header.unknown"]
    assert faults(row(), columns=(*ITEMS.columns, "key")) == ["Items!P1 (key) header.twice"]
    beyond = load_workbook(workbook(row()))
    beyond["Items"]["AP2"] = "catatan"
    file = io.BytesIO()
    beyond.save(file)
    (fault,) = read_bank(file_at_start(file), "x").faults
    assert (fault.letter, fault.row, fault.problem.code) == ("AP", 2, "header.none")


def test_a_missing_sheet_of_items_and_an_empty_one_are_faults() -> None:
    book = load_workbook(workbook(row()))
    book["Items"].title = "Item"
    file = io.BytesIO()
    book.save(file)
    assert [f.problem.code for f in read_bank(file_at_start(file), "x").faults] == ["sheet.missing"]
    assert faults() == ["Items! (None) file.no_items"]


def test_sheets_nobody_refers_to_may_be_left_out() -> None:
    book = load_workbook(workbook(row()))
    del book["Stimuli"], book["Figures"]
    file = io.BytesIO()
    book.save(file)
    assert not read_bank(file_at_start(file), "x").faults


@pytest.mark.parametrize("content", [b"", b"item;language", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_one_fault(content: bytes) -> None:
    (fault,) = read_bank(io.BytesIO(content), "bank.xlsx").faults
    assert str(fault) == "bank.xlsx: this is not an Excel workbook (.xlsx)"


def test_a_damaged_workbook_is_one_fault_wherever_it_is_cut_or_changed() -> None:
    whole = workbook(row()).getvalue()
    for place in range(0, len(whole), 97):
        for damaged in (whole[:place], whole[:place] + b"\x00\xff\x00" + whole[place + 3 :]):
            read_bank(io.BytesIO(damaged), "bank.xlsx")  # whatever it says, it does not raise


def test_a_zip_of_something_else_and_a_broken_sheet_are_one_fault() -> None:
    assert _problems(_zip({"readme.txt": b"hello"})) == ["file.not_xlsx"]
    with zipfile.ZipFile(workbook(row())) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert _problems(_zip(parts | {"xl/worksheets/sheet1.xml": sheet[:200]})) == ["file.not_xlsx"]
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">]>' + sheet
    assert _problems(_zip(parts | {"xl/worksheets/sheet1.xml": laughs})) == ["file.not_xlsx"]


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    bomb = _zip({f"xl/{part}.xml": b"0" * (cells.MAX_UNPACKED // 8) for part in range(9)})
    assert len(bomb.getvalue()) < cells.MEGABYTE
    assert _problems(bomb) == ["file.too_large"]


def test_too_many_rows_and_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_ROWS", 3)
    assert faults(*(row(item=f"X{n}") for n in range(4))) == ["Items! (None) sheet.too_many_rows"]
    assert not faults(*(row(item=f"X{n}") for n in range(3)))
    monkeypatch.setattr(cells, "MAX_COLUMNS", 38)
    assert "Items!1 (None) sheet.too_many_columns" in faults(row(), columns=(*ITEMS.columns, "q"))


def test_a_row_at_the_end_of_the_sheet_does_not_cost_all_rows_before_it() -> None:
    book = load_workbook(workbook(row()))
    book["Items"]["A1048576"] = "X"
    file = io.BytesIO()
    book.save(file)
    assert len(read_bank(file_at_start(file), "x").documents) == 1


def test_a_text_no_cell_can_hold_is_refused_on_export() -> None:
    with pytest.raises(UnwritableError):
        write_bank(io.BytesIO(), [item(prompt="x" * 40_000)])
    with pytest.raises(UnwritableError):
        write_bank(io.BytesIO(), [weighted(explanation="\x01")])


def _zip(parts: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file_at_start(file)


def _problems(file: io.BytesIO) -> list[str]:
    return [fault.problem.code for fault in read_bank(file, "bank.xlsx").faults]
