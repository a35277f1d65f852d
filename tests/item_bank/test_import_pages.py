"""Importing in the browser: what is imported is what was reported, and a file with faults changes nothing."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from exam_engine.clock import ManualClock
from item_bank.models import BankImport, BankUpload, ItemVersion
from item_bank.spreadsheet import read_bank
from tests.conftest import ROOT, StaffClient, add_staff, signed_in_client
from tests.item_bank.pages import KEYED, bytes_of, confirm, count, decide, facts, load, plain, report, rows, upload
from tests.item_bank.workbooks import item, row, weighted, workbook

SAMPLE = ROOT / "item_bank/sample/skd-bank.xlsx"


def test_an_empty_bank_says_how_to_fill_it(author: StaffClient, reviewer: StaffClient) -> None:
    page = author.get("/bank/").text
    assert "The bank is empty" in page
    assert 'href="/bank/template.xlsx"' in page and 'href="/bank/import"' in page
    assert "/bank/import" not in reviewer.get("/bank/").text


def test_the_template_can_be_downloaded_and_read_again(author: StaffClient) -> None:
    reply = author.get("/bank/template.xlsx")
    assert "attachment" in reply.headers["Content-Disposition"]
    assert read_bank(io.BytesIO(reply.data), "template").faults == ()


def test_an_upload_is_reported_on_and_imported_when_confirmed(bank: Flask, author: StaffClient) -> None:
    content = SAMPLE.read_bytes()
    many = len(read_bank(io.BytesIO(content), "sample").documents)
    told = facts(report(author, content))
    assert (told["New items"], told["Changed items"], told["Faults"]) == (str(many), "0", "0")
    assert count(bank, ItemVersion) == 0
    assert f"Imported: {many} new, 0 changed, as drafts." in confirm(author, content).text
    assert count(bank, ItemVersion) == many
    with engine_of(bank).database.read() as session:
        imported = session.scalars(select(BankImport)).one()
        trail = session.scalars(select(AuditEntry).filter_by(action="bank.imported")).one()
    assert imported.digest == hashlib.sha256(content).hexdigest()
    assert trail.actor == imported.by != "system"


def test_importing_twice_changes_nothing(bank: Flask, author: StaffClient) -> None:
    load(author, KEYED, weighted("W-1"))
    content = bytes_of(KEYED, weighted("W-1"))
    page = report(author, content)
    assert "Nothing would change" in page.text and "/confirmed" not in page.text
    assert "Nothing changed" in confirm(author, content).text
    assert (count(bank, ItemVersion), count(bank, BankImport)) == (2, 1)


def test_every_fault_is_named_and_the_file_cannot_be_confirmed(bank: Flask, author: StaffClient) -> None:
    wrong = (row(), row(item="X-2", key="F"), row(item="X-1"), row(item="X-3", points_A=1, language="fr"))
    content = workbook(*wrong).getvalue()
    page = report(author, content)
    assert ["Items", "3", "P · key", "“F” is not one of the options A, B"] in rows(page)
    assert ["Items", "4", "A · item", "“X-1” stands in row 2 already"] in rows(page)
    assert ["Items", "5", "B · language", "“fr” is not one of: id, en"] in rows(page)
    assert "nothing was changed" in page.text and "/confirmed" not in page.text
    refused = confirm(author, content)
    assert refused.status_code == 422
    assert ["Items", "3", "P · key", "“F” is not one of the options A, B"] in rows(refused)
    assert (count(bank, ItemVersion), count(bank, BankImport)) == (0, 0)


def test_a_report_names_what_changes_and_what_deserves_a_second_look(
    author: StaffClient, reviewer: StaffClient
) -> None:
    load(author, KEYED, item("X-2"))
    decide(reviewer, "X-1", "approve")
    changed = KEYED.model_copy(update={"key": "A", "topic": "Analogi"})
    page = report(author, bytes_of(changed, item("X-2"), item("N-1", domain="KEJ")))
    told = facts(page)
    assert (told["New items"], told["Changed items"], told["Unchanged items"]) == ("1", "1", "1")
    assert ["X-1", "1", "approved", "topic, key"] in rows(page)
    found = re.findall(r'<p class="hint">(.*?)</p>', page.text.split("Worth a second look")[1])
    warnings = [plain(line) for line in found]
    assert warnings == [
        "Domains new to the bank: KEJ. Are they spelt as in the exam&#39;s definition?",
        "Approved items that change: 1. They go into no paper until approved again.",
        "Items that get another key: 1.",
        "Items whose parameters are simulated, not measured: 1.",
        "Items without parameters, not calibrated: 1.",
        "Items without an explanation for reviewers: 1.",
    ]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "", "Choose a file first."),
        (b"code,key", "bank.csv", "“bank.csv” is not an Excel workbook (.xlsx). Nothing was changed."),
        (b"", "bank.xlsx", "“bank.xlsx” is empty. Nothing was changed."),
    ],
)
def test_what_is_no_workbook_is_refused_on_the_page(
    bank: Flask, author: StaffClient, content: bytes, name: str, told: str
) -> None:
    reply = upload(author, content, name)
    assert reply.status_code == 400
    assert told in reply.text and 'type="file"' in reply.text
    assert count(bank, BankUpload) == 0


def test_a_damaged_workbook_is_a_fault_of_the_report(author: StaffClient) -> None:
    page = report(author, b"PK but no workbook")
    assert ["bank.xlsx", "–", "–", "this is not an Excel workbook (.xlsx)"] in rows(page)


def test_a_file_beyond_the_limit_is_refused_in_words(bank: Flask, author: StaffClient) -> None:
    reply = upload(author, bytes(21 * 1024 * 1024))
    assert reply.status_code == 413
    assert "at most 20 MB" in author.get("/bank/import").text and "20 MB" in reply.text
    assert count(bank, BankUpload) == 0


def test_only_the_last_file_of_the_same_person_can_be_confirmed(bank: Flask, author: StaffClient) -> None:
    first, second = bytes_of(item("X-1")), bytes_of(item("X-2"))
    report(author, first)
    other = signed_in_client(bank, Role.AUTHOR)
    assert "no longer kept" in confirm(other, first).text
    report(author, second)
    assert "no longer kept" in confirm(author, first).text
    assert count(bank, ItemVersion) == 0
    assert "Imported: 1 new" in confirm(author, second).text


def test_uploads_expire(bank: Flask, clock: ManualClock) -> None:
    add_staff(bank, "sari", Role.AUTHOR)
    browser = bank.test_client()
    assert isinstance(browser, StaffClient)
    browser.sign_in("sari")
    content = bytes_of(item("X-1"))
    report(browser, content)
    clock.advance(hours=2)
    browser.sign_in("sari")
    assert "no longer kept" in confirm(browser, content).text
    assert (count(bank, ItemVersion), count(bank, BankUpload)) == (0, 1)
    report(signed_in_client(bank, Role.AUTHOR), bytes_of(item("X-2")))
    with engine_of(bank).database.read() as session:
        assert session.scalars(select(BankUpload.at)).all() == [clock.now()]
