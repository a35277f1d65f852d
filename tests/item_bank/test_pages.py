"""The bank's pages: what is imported is what was reported, a preview holds no key, and nobody approves their own."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from exam_engine.clock import ManualClock
from item_bank import catalogue
from item_bank.models import BankImport, BankUpload, ItemVersion
from item_bank.preview import preview_of
from item_bank.spreadsheet import read_bank, write_bank
from tests.conftest import ROOT, StaffClient, add_staff, signed_in_client
from tests.item_bank.workbooks import SVG, item, row, weighted, workbook

SAMPLE = ROOT / "item_bank/sample/skd-bank.xlsx"
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


@pytest.fixture
def bank(any_database_app: Flask) -> Flask:
    return any_database_app


@pytest.fixture
def author(bank: Flask) -> StaffClient:
    return signed_in_client(bank, Role.AUTHOR)


@pytest.fixture
def reviewer(bank: Flask) -> StaffClient:
    return signed_in_client(bank, Role.REVIEWER)


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
    return {_plain(name): _plain(value) for name, value in pairs}


def rows(page: TestResponse) -> list[list[str]]:
    """The cells of all tables of a page, row by row, without marks."""
    found = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)
    return [[_plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)] for line in found]


def _plain(html: str) -> str:
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


# Importing


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
    warnings = [_plain(line) for line in re.findall(r'<p class="hint">(.*?)</p>', page.text.split("Worth a second look")[1])]
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


# Finding


def test_items_are_found_by_words_domain_topic_state_and_language(
    author: StaffClient, reviewer: StaffClient
) -> None:
    load(author, KEYED, item("X-2", prompt="Ibu kota?", language="en"), weighted("W-1"))
    decide(reviewer, "W-1", "approve")

    def found(search: str) -> list[str]:
        return re.findall(r'<td class="nowrap"><a href="/bank/items/([^"?]+)', author.get(f"/bank/?{search}").text)

    assert found("") == ["W-1", "X-1", "X-2"]
    assert found("q=kota+IBU") == ["X-2"]
    assert found("domain=KEY") == ["X-1", "X-2"]
    assert found("topic=Logika") == ["X-1"]
    assert found("state=approved") == ["W-1"]
    assert found("language=en&domain=KEY") == ["X-2"]
    assert found("state=nonsense&page=x") == ["W-1", "X-1", "X-2"]
    assert "Nothing found" in author.get("/bank/?q=nothing+like+it").text
    assert ["KEY", "2", "2", "0", "0", "1"] in rows(author.get("/bank/"))
    assert ["WGT", "1", "0", "1", "0", "0"] in rows(author.get("/bank/"))


def test_long_lists_come_in_pages(author: StaffClient) -> None:
    load(author, *(item(f"X-{n:02}") for n in range(51)))
    first, last = author.get("/bank/?domain=KEY").text, author.get("/bank/?domain=KEY&page=2").text
    assert "51 items" in first and 'href="/bank/?domain=KEY&amp;page=2"' in first
    assert "X-00" in first and "X-50" not in first and "X-50" in last
    beyond = author.get("/bank/?domain=KEY&page=9")
    assert (beyond.status_code, beyond.location) == (302, "/bank/?domain=KEY&page=2")


# One item


def test_a_preview_shows_what_candidates_see_and_no_key(author: StaffClient) -> None:
    load(author, KEYED)
    page = author.get("/bank/items/X-1")
    shown = preview_part(page)
    for text in ("Bacalah &lt;ini&gt;.", "Yang mana?", "Pilih satu.", "satu", "dua", 'alt="Sebuah garis"'):
        assert text in shown, text
    assert 'src="data:image/svg+xml,%3Csvg%20xmlns' in shown and "<svg" not in shown
    for secret in ("Sebab dua itu benar", "1.25", "3PL", "Key", "checked", "X-1"):
        assert secret not in shown, secret
    told = facts(page)
    assert (told["Key"], told["Model"]) == ("B", "3PL")
    assert "Sebab dua itu benar" in page.text
    assert told["Source"] == "simulated" and "made up, not measured" in page.text


def test_a_preview_is_the_same_whatever_is_right() -> None:
    other = KEYED.model_copy(update={"key": "A", "explanation": "", "parameters": None})
    assert preview_of(KEYED) == preview_of(other)


def test_points_and_steps_of_a_weighted_item_stand_beside_the_preview(author: StaffClient) -> None:
    steps = {"model": "GPCM", "a": 0.8, "steps": [-1.0, 0.5], "source": "kalibrasi 2025"}
    load(author, weighted("W-1", parameters=steps))
    page = author.get("/bank/items/W-1")
    told = facts(page)
    assert (told["Points"], told["Steps"]) == ("A: 1 · B: 3 · C: 5", "-1.0; 0.5")
    assert told["Source"] == "kalibrasi 2025" and "made up" not in page.text
    assert "Points" not in preview_part(page)


def test_items_lead_to_their_neighbours_among_those_searched_for(author: StaffClient) -> None:
    load(author, item("X-1"), item("X-2", domain="OTHER"), item("X-3"))
    assert 'rel="next" href="/bank/items/X-2"' in author.get("/bank/items/X-1").text
    page = author.get("/bank/items/X-3?domain=KEY").text
    assert 'rel="prev" href="/bank/items/X-1?domain=KEY"' in page and 'rel="next"' not in page


def test_that_a_key_was_shown_is_in_the_audit_trail(bank: Flask, author: StaffClient) -> None:
    load(author, KEYED)
    author.get("/bank/items/X-1")
    with engine_of(bank).database.read() as session:
        trail = session.scalars(select(AuditEntry).filter_by(action="item.viewed")).one()
    assert (trail.object_id, trail.detail["version"]) == ("X-1", 1)


def test_an_unknown_item_is_not_there(author: StaffClient) -> None:
    assert author.get("/bank/items/NONE").status_code == 404


# Review


def test_a_reviewer_approves_with_a_comment(bank: Flask, author: StaffClient, reviewer: StaffClient) -> None:
    load(author, item("X-1"))
    page = decide(reviewer, "X-1", "approve", "Jelas dan benar")
    assert "X-1 is approved." in page.text and "Jelas dan benar" in page.text
    assert "/decision" not in page.text
    with engine_of(bank).database.read() as session:
        trail = session.scalars(select(AuditEntry).filter_by(action="item.approved")).one()
    assert (trail.object_id, trail.reason) == ("X-1", "Jelas dan benar")


def test_returning_needs_a_reason_which_the_author_reads(author: StaffClient, reviewer: StaffClient) -> None:
    load(author, item("X-1"))
    refused = decide(reviewer, "X-1", "return")
    assert refused.status_code == 400
    assert "A reason is needed to return an item." in refused.text
    assert "X-1 is returned to its author." in decide(reviewer, "X-1", "return", "Dua kunci").text
    assert "Dua kunci" in author.get("/bank/items/X-1").text


def test_nobody_decides_about_a_version_of_their_own(bank: Flask) -> None:
    both = signed_in_client(bank, Role.AUTHOR, Role.REVIEWER)
    load(both, item("X-1"))
    assert "You made this version yourself." in both.get("/bank/items/X-1").text
    with engine_of(bank).database.read() as session:
        version = catalogue.current_version(session, "X-1").id
    form = {"version": version, "decision": "approve"}
    assert both.send("/bank/items/X-1/decision", form, page="/bank/items/X-1").status_code == 403
    with engine_of(bank).database.read() as session:
        assert catalogue.current_version(session, "X-1").state == "draft"


def test_a_decision_is_about_the_version_that_was_shown(author: StaffClient, reviewer: StaffClient) -> None:
    load(author, item("X-1"))
    version = re.search(r'name="version" value="(\d+)"', reviewer.get("/bank/items/X-1").text).group(1)
    load(author, item("X-1", key="B"))
    form = {"version": version, "decision": "approve"}
    late = reviewer.send("/bank/items/X-1/decision", form, page="/bank/items/X-1")
    assert late.status_code == 409
    assert facts(late)["Differs from version 1"] == "key"


# Who may


@pytest.mark.parametrize("path", ["/bank/", "/bank/items/X-1", "/bank/template.xlsx", "/bank/import"])
def test_other_roles_are_refused(bank: Flask, path: str) -> None:
    everybody_else = set(Role) - {Role.AUTHOR, Role.REVIEWER}
    assert signed_in_client(bank, *everybody_else).get(path).status_code == 403
    assert "/staff/sign-in" in bank.test_client().get(path).location


def test_reviewers_do_not_import_and_authors_do_not_decide(author: StaffClient, reviewer: StaffClient) -> None:
    load(author, item("X-1"))
    assert reviewer.get("/bank/import").status_code == 403
    assert reviewer.send(f"/bank/import/{'0' * 64}/confirmed", page="/bank/items/X-1").status_code == 403
    assert "/decision" not in author.get("/bank/items/X-1").text
    assert author.send("/bank/items/X-1/decision", page="/bank/items/X-1").status_code == 403


def test_the_entry_leads_authors_and_reviewers_to_the_bank(bank: Flask, author: StaffClient) -> None:
    assert 'href="/bank/"' in author.get("/staff/account").text
    assert 'href="/bank/"' not in signed_in_client(bank, Role.OFFICER).get("/staff/account").text


def test_the_pages_speak_indonesian(bank: Flask) -> None:
    browser = signed_in_client(bank, Role.AUTHOR, language="id")
    browser.environ_base.pop("HTTP_ACCEPT_LANGUAGE")
    assert "<h1>Bank soal</h1>" in browser.get("/bank/").text


def test_every_template_of_the_bank_is_used() -> None:
    folder = ROOT / "item_bank/templates"
    texts = [path.read_text("utf-8") for kind in ("views*.py", "templates/**/*.html") for path in _files(kind)]
    for template in folder.rglob("*.html"):
        assert any(f'"item_bank/{template.name}"' in text for text in texts), template.name


def _files(pattern: str) -> list[Path]:
    return sorted((ROOT / "item_bank").glob(pattern))
