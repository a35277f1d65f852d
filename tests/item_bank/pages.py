"""How tests use the bank's pages: upload, confirm, decide, and read what a page says."""

from __future__ import annotations

import hashlib
import io
import re

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from exam_engine.app import engine_of
from item_bank.spreadsheet import write_bank
from tests.conftest import StaffClient
from tests.item_bank.workbooks import SVG, item

PARAMETERS = {"model": "3PL", "a": 1.25, "b": -0.5, "c": 0.2, "source": "simulated"}
KEYED = item(
    "X-1",
    topic="Logika",
    stimulus_code="S-1",
    stimulus="Bacalah <ini>.",
    figure={"svg": SVG, "alt": "Sebuah garis"},
    prompt="Yang mana?\n\nPilih satu.",
    key="B",
    parameters=PARAMETERS,
    explanation="Sebab dua itu benar",
)


def bytes_of(*items: object) -> bytes:
    file = io.BytesIO()
    write_bank(file, items)  # type: ignore[arg-type]
    return file.getvalue()


def upload(browser: StaffClient, content: bytes, name: str = "bank.xlsx") -> TestResponse:
    return browser.send("/bank/import", {"file": (io.BytesIO(content), name)}, page="/bank/import")


def report(browser: StaffClient, content: bytes) -> TestResponse:
    reply = upload(browser, content)
    assert reply.status_code == 303, reply.text
    return browser.get(reply.location)


def confirm(browser: StaffClient, content: bytes) -> TestResponse:
    digest = hashlib.sha256(content).hexdigest()
    path = f"/bank/import/{digest}/confirmed"
    return browser.send(path, page="/bank/import", follow_redirects=True)


def load(browser: StaffClient, *items: object) -> None:
    content = bytes_of(*items)
    report(browser, content)
    assert "Imported:" in confirm(browser, content).text


def count(bank: Flask, table: type) -> int:
    with engine_of(bank).database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def facts(page: TestResponse) -> dict[str, str]:
    """What a page says in its lists of facts, without marks."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page.text, re.DOTALL)
    return {plain(name): plain(value) for name, value in pairs}


def rows(page: TestResponse) -> list[list[str]]:
    """The cells of all tables of a page, row by row, without marks."""
    found = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)] for line in found]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def preview_part(page: TestResponse) -> str:
    found = re.search(r'<section[^>]* id="preview">(.*?)</section>', page.text, re.DOTALL)
    assert found
    return found.group(1)


def decide(browser: StaffClient, code: str, decision: str, reason: str = "") -> TestResponse:
    page = browser.get(f"/bank/items/{code}")
    version = re.search(r'name="version" value="(\d+)"', page.text)
    form = {"version": version.group(1) if version else "0", "decision": decision, "reason": reason}
    address = f"/bank/items/{code}"
    return browser.send(f"{address}/decision", form, page=address, follow_redirects=True)
