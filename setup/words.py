"""Compiles the translations: every ``messages.po`` becomes the ``messages.mo`` that the server reads."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Compile all catalogues of all packages."""
    for source in sorted(ROOT.glob("*/translations/*/LC_MESSAGES/*.po")):
        with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, read_po(po))


if __name__ == "__main__":
    main()
