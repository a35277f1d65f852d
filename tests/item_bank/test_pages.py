"""The bank's pages: a preview holds no key, nobody decides about their own, and who may do what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from exam_engine.accounts.models import Role
from exam_engine.app import engine_of
from exam_engine.audit import AuditEntry
from item_bank import catalogue
from item_bank.preview import preview_of
from tests.conftest import ROOT, StaffClient, signed_in_client
from tests.item_bank.pages import KEYED, decide, facts, load, preview_part, rows
from tests.item_bank.workbooks import item, weighted

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
