"""Random item tables and responses for property tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from psychometrics.items import ItemTable, Model
from psychometrics.responses import Missing, MissingPolicy, Treatment

IGNORE = MissingPolicy(Treatment.MISSING, Treatment.MISSING, Treatment.MISSING)
LOWEST = MissingPolicy(Treatment.LOWEST, Treatment.LOWEST, Treatment.LOWEST)
EXAM = MissingPolicy(Treatment.LOWEST, Treatment.MISSING, Treatment.MISSING)

# Models whose categories are in an order that ability follows.
ORDERED = tuple(model for model in Model if model is not Model.NOMINAL)

slopes = st.floats(0.2, 3.0)
locations = st.floats(-3.0, 3.0)


@st.composite
def records(draw: st.DrawFn, name: str, models: tuple[Model, ...] = tuple(Model)) -> dict[str, Any]:
    """One valid record of any of the models."""
    model = draw(st.sampled_from(models))
    record: dict[str, Any] = {"item": name, "model": model.value}
    if "a" in model.fields:
        record["a"] = draw(slopes)
    if "b" in model.fields:
        record["b"] = draw(locations)
    if "c" in model.fields:
        record["c"] = draw(st.floats(0.0, 0.4))
    if "d" in model.fields:
        record["d"] = draw(st.floats(0.7, 1.0))
    if "steps" in model.fields:
        steps = draw(st.lists(locations, min_size=1, max_size=4))
        if model is Model.GRM:
            # Graded steps must rise: each next one stands a little above the last.
            steps = [step + 0.05 * i for i, step in enumerate(sorted(steps))]
        record["steps"] = steps
    if model is Model.NOMINAL:
        count = draw(st.integers(2, 5))
        # Options that all have one slope would say nothing about ability.
        unequal = st.lists(st.floats(-2.0, 2.0), min_size=count, max_size=count)
        record["slopes"] = draw(unequal.filter(lambda slopes: max(slopes) - min(slopes) > 0.2))
        record["intercepts"] = draw(st.lists(locations, min_size=count, max_size=count))
    return record


@st.composite
def tables(
    draw: st.DrawFn, models: tuple[Model, ...] = tuple(Model), most_items: int = 8
) -> ItemTable:
    """A table of one to ``most_items`` items."""
    count = draw(st.integers(1, most_items))
    return ItemTable.from_dicts([draw(records(f"item-{i}", models)) for i in range(count)])


@st.composite
def scored(
    draw: st.DrawFn, models: tuple[Model, ...] = tuple(Model), missing: bool = True
) -> tuple[ItemTable, Any]:
    """A table and an int8 matrix of responses that fits it."""
    table = draw(tables(models))
    codes = [int(code) for code in Missing] if missing else []
    row = st.tuples(
        *(st.sampled_from([*range(categories), *codes]) for categories in table.categories.tolist())
    )
    return table, np.array(draw(st.lists(row, min_size=1, max_size=6)), dtype=np.int8)
