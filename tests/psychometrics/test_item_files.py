"""Tables survive files, and a fault in a file is named by its line, item and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from psychometrics.errors import ItemFileError
from psychometrics.item_files import load_items, save_items
from psychometrics.items import ItemTable
from tests.psychometrics.strategies import tables


@pytest.mark.parametrize("ending", ["json", "csv"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_what_is_saved_is_loaded_to_the_last_bit(tmp_path: Path, ending: str, table: ItemTable) -> None:
    path = tmp_path / f"bank.{ending}"
    save_items(table, path)
    assert load_items(path) == table


@pytest.mark.parametrize(
    ("text", "place", "field", "reason"),
    [
        ("item,model,a,b\nq,2PL,1.0,x\n", "line 2", "b", "not_a_number"),
        ("item,model,a,b\nq,2PL,1.0,0\nr,2PL,,0\n", "line 3", "a", "missing"),
        ("item,model,a,b\nq,2PL,1.0,0\nq,2PL,1,0\n", "line 3", "item", "duplicate"),
        ("item,model,a,b\nq,2PL,1.0,nan\n", "line 2", "b", "not_finite"),
        ("item,model,a,difficulty\n", "line 1", "difficulty", "unknown_column"),
        ("item,model,a,a\n", "line 1", "a", "duplicate_column"),
        ("item,model,a,b\nq,2PL,1,0,5\n", "line 2", None, "too_many_cells"),
        ("item,model,a,step1,step3\nq,GPCM,1,0,5\n", "line 2", "steps", "gap"),
        ('item,model,a,b\nq,"2PL,1,0\n', "line 2", None, "not_csv"),
        ("item,model\n", "", None, "empty"),
        ("", "", None, "empty"),
    ],
)
def test_a_fault_in_a_spreadsheet_is_named_by_its_line(
    tmp_path: Path, text: str, place: str, field: str | None, reason: str
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ItemFileError) as caught:
        load_items(path)
    assert (caught.value.place, caught.value.field, caught.value.reason) == (place, field, reason)
    assert caught.value.file == "bank.csv"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[{", "line 1", "not_json"),
        ("{}", "", "not_a_list"),
        ("[1]", "record 1", "not_a_record"),
        ('[{"item": "q", "model": "Rasch", "b": 0}, {"item": "r", "model": "Rasch"}]', "record 2", "missing"),
        ("[]", "", "empty"),
    ],
)
def test_a_fault_in_json_is_named_by_its_record(tmp_path: Path, text: str, place: str, reason: str) -> None:
    path = tmp_path / "bank.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ItemFileError) as caught:
        load_items(path)
    assert (caught.value.place, caught.value.reason) == (place, reason)


def test_other_endings_and_other_encodings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ItemFileError, match="unknown_ending"):
        load_items(tmp_path / "bank.xls")
    (tmp_path / "bank.csv").write_bytes(b"item,model\n\xff\xfe")
    with pytest.raises(ItemFileError, match="not_utf8"):
        load_items(tmp_path / "bank.csv")
