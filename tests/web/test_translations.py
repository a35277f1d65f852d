"""Everything that pages and commands say exists in Indonesian, with the same places to fill."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.conftest import ROOT

PARTS = ("exam_engine", "item_bank", "proctoring")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_ngettext": (1, 2)}


def said_by(part: str) -> Catalog:
    """Every word that the part's sources and templates mark for translation."""
    found = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(ROOT / part, METHODS, keywords=KEYWORDS):
        found.add(message, context=context)
    return found


@pytest.mark.parametrize("part", PARTS)
def test_every_word_has_an_indonesian_one_with_the_same_places(part: str) -> None:
    with (ROOT / part / "translations/id/LC_MESSAGES/messages.po").open("rb") as file:
        indonesian = read_po(file, "id")
    said = [message for message in said_by(part) if message.id]
    assert len(said) > 10
    for message in said:
        translated = indonesian.get(message.id, message.context)
        assert translated is not None and translated.string, f"no Indonesian for {message.id!r}"
        assert not list(translated.check(indonesian)), f"places differ in {message.id!r}"
