"""Imports change all or nothing, twice changes nothing; what is imported is found and decided about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM, Actor, AuditEntry
from exam_engine.clock import ManualClock
from exam_engine.database import Database
from exam_engine.errors import NotFoundError
from exam_engine.items.document import ItemDocument
from item_bank import catalogue
from item_bank.catalogue import Query, approved_documents, current_version, decide, search
from item_bank.faults import Fault, Problem
from item_bank.importing import BankFileFaultyError, ImportPlan, apply_import, plan_import
from item_bank.models import BankImport, BankItem, ItemVersion, VersionState
from item_bank.spreadsheet import BankFile
from tests.conftest import START
from tests.item_bank.workbooks import SVG, item, weighted

AUTHOR = Actor(None, "sari")
REVIEWER = Actor(None, "budi")


@pytest.fixture
def bank(any_database_app: Flask) -> Database:
    return engine_of(any_database_app).database


def file(*documents: ItemDocument, faults: tuple[Fault, ...] = ()) -> BankFile:
    return BankFile("bank.xlsx", "0" * 64, documents, faults)


def load(bank: Database, *documents: ItemDocument, actor: Actor = AUTHOR) -> ImportPlan:
    with bank.transaction() as session:
        return apply_import(session, file(*documents), "bank.xlsx", START, actor)


def judge(bank: Database, code: str, *, approve: bool = True, actor: Actor = REVIEWER, reason: str = "") -> None:
    with bank.transaction() as session:
        version = current_version(session, code)
        decide(session, version.id, approve, reason, START + timedelta(hours=1), actor)


def count(bank: Database, table: type) -> int:
    with bank.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_new_items_are_drafts_of_who_imported_them(bank: Database) -> None:
    assert load(bank, item("X-1"), weighted("W-1")).added == ("X-1", "W-1")
    with bank.read() as session:
        version = current_version(session, "W-1")
        (trail,) = session.scalars(select(AuditEntry).filter_by(action="bank.imported"))
    assert (version.number, version.state, version.created_by) == (1, "draft", "sari")
    assert version.weighted
    assert version.content == weighted("W-1")
    assert trail.detail["added"] == ["X-1", "W-1"]


def test_importing_twice_changes_nothing(bank: Database) -> None:
    load(bank, item("X-1"), weighted("W-1"))
    judge(bank, "X-1")
    assert load(bank, item("X-1"), weighted("W-1")) == ImportPlan((), (), ("X-1", "W-1"), ())
    assert (count(bank, ItemVersion), count(bank, BankImport)) == (2, 1)
    with bank.read() as session:
        assert current_version(session, "X-1").state == VersionState.APPROVED


def test_a_changed_item_becomes_a_new_draft_and_the_old_version_stays(bank: Database) -> None:
    load(bank, item("X-1"))
    judge(bank, "X-1")
    assert load(bank, item("X-1", key="B"), item("X-2")) == ImportPlan(("X-2",), ("X-1",), (), ())
    with bank.read() as session:
        newest, oldest = catalogue.versions_of(session, "X-1")
        assert approved_documents(session) == ()
    assert (newest.number, newest.state, newest.content.key) == (2, "draft", "B")
    assert (oldest.number, oldest.state, oldest.content.key) == (1, "approved", "A")


def test_a_file_with_faults_changes_nothing(bank: Database) -> None:
    faulty = file(item("X-1"), faults=(Fault("Items", 3, "key", Problem.of("key.or_points"), "P"),))
    with pytest.raises(BankFileFaultyError) as caught, bank.transaction() as session:
        apply_import(session, faulty, "bank.xlsx", START, AUTHOR)
    assert caught.value.faults == faulty.faults
    assert count(bank, BankItem) == 0


def test_a_plan_changes_nothing(bank: Database) -> None:
    with bank.transaction() as session:
        assert plan_import(session, file(item("X-1"))).added == ("X-1",)
    assert count(bank, BankItem) == 0


def test_a_stimulus_does_not_change_behind_the_back_of_items_not_in_the_file(bank: Database) -> None:
    old, new = {"stimulus_code": "S", "stimulus": "lama"}, {"stimulus_code": "S", "stimulus": "baru"}
    load(bank, item("X-1", **old), item("X-2", **old))
    with pytest.raises(BankFileFaultyError) as caught:
        load(bank, item("X-1", **new))
    (fault,) = caught.value.faults
    assert "X-2" in str(fault)
    assert load(bank, item("X-1", **new), item("X-2", **new)).changed == ("X-1", "X-2")


def test_search_narrows_by_words_language_domain_and_state(bank: Database) -> None:
    figure = {"svg": SVG, "alt": "x"}
    load(bank, item("X-1", prompt="Ibu Kota"), item("X-2", language="en", figure=figure), weighted("W_1"))
    judge(bank, "X-1")
    with bank.read() as session:

        def codes(**wanted: object) -> list[str]:
            return [row.item.code for row in search(session, Query(**wanted)).rows]  # type: ignore[arg-type]

        assert codes() == ["W_1", "X-1", "X-2"]
        assert codes(text="kota IBU") == ["X-1"]
        assert codes(text="w_") == ["W_1"]
        assert codes(text="_") == ["W_1"]
        assert codes(language="en") == ["X-2"]
        assert codes(domain="WGT") == ["W_1"]
        assert codes(state=VersionState.APPROVED) == ["X-1"]
        assert codes(page=2) == []
        assert current_version(session, "X-2").has_figure
        assert codes(domain="KEY", topic="Logika") == []
        assert {count.domain: count.total for count in catalogue.topic_counts(session)} == {"KEY": 2, "WGT": 1}


def test_pages_hold_so_many_and_know_the_total(bank: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 2)
    load(bank, *(item(f"X-{n}") for n in range(5)))
    with bank.read() as session:
        page = search(session, Query(page=3))
    assert ([row.item.code for row in page.rows], page.total, page.pages) == (["X-4"], 5, 3)


def test_nobody_approves_their_own_version_but_the_system(bank: Database) -> None:
    load(bank, item("X-1"))
    with pytest.raises(catalogue.SelfApprovalError):
        judge(bank, "X-1", actor=AUTHOR)
    judge(bank, "X-1")
    load(bank, item("X-2"), actor=SYSTEM)
    judge(bank, "X-2", actor=SYSTEM)
    with bank.read() as session:
        assert [document.code for document in approved_documents(session, "id")] == ["X-1", "X-2"]
        assert approved_documents(session, "en") == ()
        trail = session.scalars(select(AuditEntry).filter_by(action="item.approved").order_by(AuditEntry.id)).all()
    assert [(entry.actor, entry.object_id) for entry in trail] == [("budi", "X-1"), ("system", "X-2")]


def test_an_item_is_returned_with_a_reason_and_decided_once(bank: Database) -> None:
    load(bank, item("X-1"))
    with pytest.raises(catalogue.ReasonMissingError):
        judge(bank, "X-1", approve=False, reason="  ")
    judge(bank, "X-1", approve=False, reason="kunci ganda")
    with bank.read() as session:
        version = current_version(session, "X-1")
    assert (version.state, version.decided_by, version.decision_reason) == ("returned", "budi", "kunci ganda")
    with pytest.raises(catalogue.AlreadyDecidedError):
        judge(bank, "X-1")


def test_a_version_that_is_no_longer_current_is_not_decided_about(bank: Database) -> None:
    load(bank, item("X-1"))
    with bank.read() as session:
        old = current_version(session, "X-1").id
    load(bank, item("X-1", key="B"))
    with pytest.raises(catalogue.AlreadyDecidedError), bank.transaction() as session:
        decide(session, old, True, None, START, REVIEWER)


def test_what_is_not_there_is_not_found(bank: Database, clock: ManualClock) -> None:
    with bank.transaction() as session:
        with pytest.raises(NotFoundError):
            current_version(session, "X-9")
        with pytest.raises(NotFoundError):
            decide(session, 99, True, None, clock.now(), REVIEWER)
