"""What is wrong with a file, and where: codes with params, put into words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from item_bank.words import PROBLEMS


@dataclass(frozen=True)
class Problem:
    """What is wrong: a code of `item_bank.words.PROBLEMS` and what fills its places. ``str()`` puts it into words."""

    code: str
    params: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, code: str, **params: object) -> Problem:
        """A problem with these params."""
        return cls(code, tuple(sorted(params.items())))

    def __str__(self) -> str:
        return str(PROBLEMS[self.code]) % dict(self.params)


@dataclass(frozen=True)
class Fault:
    """A problem and its place; ``letter`` is the column's letter where the column is in the file.

    ``row`` is None when the whole sheet is meant, ``column`` when the whole row is.
    """

    sheet: str
    row: int | None
    column: str | None
    problem: Problem
    letter: str | None = None

    def __str__(self) -> str:
        cell = f"{self.letter or ''}{self.row or ''}"
        place = f"{self.sheet}!{cell}" if cell else self.sheet
        return f"{place} ({self.column}): {self.problem}" if self.column else f"{place}: {self.problem}"
