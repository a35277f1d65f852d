"""The item table reads back what it writes and names what is wrong."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from psychometrics.errors import ItemParameterError, PsychometricsError
from psychometrics.items import ItemParameters, ItemTable, Model
from tests.psychometrics.strategies import tables

GOOD: dict[str, dict[str, Any]] = {
    "Rasch": {"b": 0.5},
    "2PL": {"a": 1.2, "b": 0.5},
    "3PL": {"a": 1.2, "b": 0.5, "c": 0.2},
    "4PL": {"a": 1.2, "b": 0.5, "c": 0.2, "d": 0.95},
    "PCM": {"steps": [0.4, -0.2]},
    "GPCM": {"a": 0.8, "steps": [0.4, -0.2]},
    "GRM": {"a": 0.8, "steps": [-0.4, 0.2]},
    "Nominal": {"slopes": [0.0, 0.7, -0.2], "intercepts": [0.0, 0.5, -1.0]},
}


@given(tables())
def test_a_table_survives_json(table: ItemTable) -> None:
    assert ItemTable.from_dicts(json.loads(json.dumps(table.to_dicts()))) == table


@pytest.mark.parametrize("model", GOOD)
def test_every_model_reads_its_own_fields(model: str) -> None:
    record = {"item": "i", "model": model, **GOOD[model]}
    assert ItemTable.from_dicts([record]).to_dicts() == [record]


@pytest.mark.parametrize(
    ("model", "change", "field", "reason"),
    [
        ("2PL", {"a": None}, "a", "missing"),
        ("2PL", {"a": 0.0}, "a", "out_of_range"),
        ("2PL", {"a": -21.0}, "a", "out_of_range"),
        ("2PL", {"a": "1.2"}, "a", "not_a_number"),
        ("2PL", {"a": True}, "a", "not_a_number"),
        ("2PL", {"b": float("nan")}, "b", "not_finite"),
        ("2PL", {"b": 1e6}, "b", "out_of_range"),
        ("2PL", {"c": 0.2}, "c", "unknown"),
        ("Rasch", {"a": 1.3}, "a", "unknown"),
        ("3PL", {"c": 1.0}, "c", "out_of_range"),
        ("3PL", {"c": -0.1}, "c", "out_of_range"),
        ("4PL", {"d": 0.1}, "d", "out_of_range"),
        ("4PL", {"d": float("inf")}, "d", "not_finite"),
        ("GPCM", {"steps": []}, "steps", "empty"),
        ("GPCM", {"steps": 0.3}, "steps", "not_a_number"),
        ("GPCM", {"steps": [0.1, "x"]}, "steps", "not_a_number"),
        ("GPCM", {"steps": [0.0] * 127}, "steps", "out_of_range"),
        ("GRM", {"steps": [0.2, 0.2]}, "steps", "not_increasing"),
        ("GRM", {"a": -0.8}, "steps", "not_increasing"),
        ("Nominal", {"slopes": [0.1]}, "slopes", "empty"),
        ("Nominal", {"slopes": [0.0, 0.1]}, "intercepts", "out_of_range"),
        ("Nominal", {"intercepts": [0.0, float("inf"), 0.0]}, "intercepts", "not_finite"),
        ("Nominal", {"a": 1.0}, "a", "unknown"),
        ("2PL", {"model": "5PL"}, "model", "unknown_model"),
        ("2PL", {"model": None}, "model", "missing"),
        ("2PL", {"item": ""}, "item", "missing"),
    ],
)
def test_a_bad_parameter_is_named(
    model: str, change: dict[str, Any], field: str, reason: str
) -> None:
    record = {"item": "TIU-7", "model": model, **GOOD[model], **change}
    with pytest.raises(ItemParameterError) as caught:
        ItemTable.from_dicts([record])
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert caught.value.item == record["item"]
    assert caught.value.code == "psychometrics.item_parameter"
    assert isinstance(caught.value, PsychometricsError)


def test_the_same_item_twice_is_refused() -> None:
    record = {"item": "i", "model": "Rasch", "b": 0.0}
    with pytest.raises(ItemParameterError, match="duplicate"):
        ItemTable.from_dicts([record, record])


def test_no_items_are_no_table() -> None:
    with pytest.raises(ItemParameterError, match="empty"):
        ItemTable.from_dicts([])


def test_parameters_built_directly_are_checked_too() -> None:
    with pytest.raises(ItemParameterError):
        ItemParameters("i", Model.TWO_PL, (0.0,), a=1.0, c=0.2)
    with pytest.raises(ItemParameterError):
        ItemParameters("i", Model.TWO_PL, (0.0, 1.0))


def test_selection_keeps_the_order_asked_for() -> None:
    table = ItemTable.from_dicts({"item": n, "model": "Rasch", "b": 0.0} for n in "abc")
    assert table.select(["c", "a"]).names == ("c", "a")
    with pytest.raises(ItemParameterError, match="missing"):
        table.select(["z"])


def test_arrays_hold_what_the_items_say() -> None:
    table = ItemTable.from_dicts({"item": m, "model": m, **fields} for m, fields in GOOD.items())
    assert table.categories.tolist() == [2, 2, 2, 2, 3, 3, 3, 3]
    assert table.max_score == 12
    assert table.a.tolist() == [1.0, 1.2, 1.2, 1.2, 1.0, 0.8, 0.8, 1.0]
    assert table.steepness.tolist() == pytest.approx([1.0, 1.2, 1.2, 1.2, 2.0, 1.6, 0.8, 0.9])
    assert table.slopes[7].tolist() == [0.0, 0.7, -0.2]
    assert np.isnan(table.steps[:4, 1]).all()
    assert table.items[4].b == pytest.approx(0.1)


def test_a_table_cannot_be_changed() -> None:
    table = ItemTable.from_dicts([{"item": "i", "model": "Rasch", "b": 0.0}])
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.items = ()  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        table.a[0] = 2.0


def test_a_negative_slope_is_an_item_keyed_wrongly_and_stays_what_it_is() -> None:
    table = ItemTable.from_dicts(
        [
            {"item": "i", "model": "2PL", "a": -1.0, "b": 0.3},
            {"item": "g", "model": "GRM", "a": -1.0, "steps": [0.5, -0.5]},
            {"item": "n", "model": "Nominal", "slopes": [0.3, -1.0, 2.0], "intercepts": [0, 0, 0]},
        ]
    )
    assert table.lowest_pattern.tolist() == [1, 2, 1]
    assert table.highest_pattern.tolist() == [0, 0, 2]


def test_tables_from_arrays_are_those_from_records() -> None:
    table = ItemTable.from_arrays(Model.GRM, a=[1.0, 2.0], steps=[[0.0, 1.0], [0.5, np.nan]], names=["p", "q"])
    assert table.to_dicts() == [
        {"item": "p", "model": "GRM", "a": 1.0, "steps": [0.0, 1.0]},
        {"item": "q", "model": "GRM", "a": 2.0, "steps": [0.5]},
    ]
    with pytest.raises(ItemParameterError):
        ItemTable.from_arrays(Model.TWO_PL, a=[1.0], b=[0.0, 1.0])
