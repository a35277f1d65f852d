"""The proctor's pages in both languages, and the entry that leads there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

import proctoring
from exam_engine.accounts.models import Role
from tests.conftest import signed_in_client
from tests.proctoring.conftest import HERE, Proctor, Room

PACKAGE = Path(proctoring.__file__).parent
WORDS = {"gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_": None, "_l": None}


def test_the_page_of_the_wall_carries_what_the_island_needs(room: Room, proctor: Callable[..., Proctor]) -> None:
    page = proctor().browser.get(f"/proctor/sittings/{room.sitting}").text
    assert f'id="wall" data-sitting="{room.sitting}" data-language="en" data-csrf="' in page
    assert "/static/assets/wall.js" in page


def test_the_pages_speak_indonesian(any_database_app: Flask, room: Room) -> None:
    page = signed_in_client(any_database_app, HERE, language="id")
    page.environ_base.pop("HTTP_ACCEPT_LANGUAGE")
    assert "<h1>Pengawasan</h1>" in page.get("/proctor/").text


def test_only_proctors_find_the_entry(any_database_app: Flask) -> None:
    assert 'href="/proctor/"' in signed_in_client(any_database_app, HERE).get("/proctor/").text
    assert 'href="/proctor/"' not in signed_in_client(any_database_app, Role.OFFICER).get("/staff/account").text


def test_every_word_has_an_indonesian_one() -> None:
    with (PACKAGE / "translations/id/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
    found = {message for _, _, message, _, _ in extract_from_dir(PACKAGE, methods, keywords=WORDS)}
    assert len(found) > 10
    without = [words for words in found if not (known := catalogue.get(words)) or not known.string]
    assert without == []
