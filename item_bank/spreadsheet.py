"""The bank as a spreadsheet (XLSX): read it, write it, and the template for authors. See ``docs/item-bank.md``."""

from __future__ import annotations

from typing import BinaryIO

from item_bank.faults import Fault, Problem
from item_bank.guide import EXAMPLE_FIGURES, EXAMPLE_ITEMS, EXAMPLE_STIMULI
from item_bank.reading import BankFile, read_bank
from item_bank.writing import UnwritableError, write_bank, write_sheets

__all__ = ["BankFile", "Fault", "Problem", "UnwritableError", "read_bank", "write_bank", "write_template"]


def write_template(file: BinaryIO) -> None:
    """Write the workbook authors begin with: the guide, all columns, and two example items to overwrite."""
    write_sheets(file, EXAMPLE_ITEMS, EXAMPLE_STIMULI, EXAMPLE_FIGURES)
