"""The layout of a bank's spreadsheet: its sheets and their columns, as reader, writer and template know them."""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = tuple("ABCDEFGH")
POINTS = tuple(f"points_{letter}" for letter in LETTERS)
STEPS = tuple(f"step_{number}" for number in range(1, len(LETTERS)))
MODELS = ("2PL", "3PL", "GPCM")
YES, NO = "yes", "no"

GUIDE = "Guide"


@dataclass(frozen=True)
class SheetLayout:
    """A sheet: its columns in the order they are written, and those that must be there."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


ITEMS = SheetLayout(
    "Items",
    (
        *("item", "language", "domain", "topic", "stimulus", "figure", "prompt"),
        *LETTERS,
        "key",
        *POINTS,
        *("fixed_options", "model", "a", "b", "c"),
        *STEPS,
        *("parameter_source", "explanation"),
    ),
    ("item", "language", "domain", "prompt", "A", "B"),
)
STIMULI = SheetLayout("Stimuli", ("stimulus", "text"), ("stimulus", "text"))
FIGURES = SheetLayout("Figures", ("figure", "alt", "svg"), ("figure", "alt", "svg"))
