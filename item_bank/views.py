"""The bank in the browser: find items, see one as candidates do, decide about it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine import audit
from exam_engine.accounts.access import current_actor, current_staff, requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from exam_engine.errors import ExamEngineError
from exam_engine.exams.definition import Text
from exam_engine.exams.models import ExamRow
from exam_engine.web.errors import describe
from exam_engine.web.pages import Page
from item_bank import catalogue
from item_bank.catalogue import Query
from item_bank.models import VersionState
from item_bank.preview import preview_of
from item_bank.report import SIMULATED, differences
from item_bank.words import LANGUAGES, STATES

FILTERS = ("q", "domain", "topic", "state", "language")


@requires(Role.AUTHOR, Role.REVIEWER)
def items() -> ResponseReturnValue:
    """GET /bank/"""
    query = _query()
    with current_engine().database.read() as session:
        found = catalogue.search(session, query)
        counts = catalogue.topic_counts(session)
        names = _domain_names(session)
    page = Page(found.rows, found.number, found.pages, found.total)
    if page.number > page.pages:
        return redirect(page.address(page.pages))
    return render_template(
        "item_bank/items.html",
        page=page,
        filters=_filters(),
        counts=counts,
        domain_names=names,
        states=STATES,
        languages_of_items=LANGUAGES,
    )


@requires(Role.AUTHOR, Role.REVIEWER)
def item(code: str) -> ResponseReturnValue:
    """GET /bank/items/<code>: shows the key, so that it was opened goes into the audit trail."""
    engine = current_engine()
    with engine.database.transaction() as session:
        shown = catalogue.current_version(session, code)
        detail: dict[str, Any] = {"version": shown.number, "digest": shown.digest}
        audit.record(session, engine.clock.now(), current_actor(), "item.viewed", "item", code, **detail)
    return _item(code, None)


@requires(Role.REVIEWER)
def decide(code: str) -> ResponseReturnValue:
    """POST /bank/items/<code>/decision: approve the version shown, or return it with a reason."""
    engine = current_engine()
    form = request.form
    approve = form.get("decision") == "approve"
    version_id = form.get("version", 0, type=int)
    try:
        with engine.database.transaction() as session:
            now, reason = engine.clock.now(), form.get("reason")
            version = catalogue.decide(session, version_id, approve, reason, now, current_actor())
    except ExamEngineError as error:
        return _item(code, error)
    words = _("%(item)s is approved.") if approve else _("%(item)s is returned to its author.")
    flash(words % {"item": version.item.code}, "good")
    return redirect(url_for("item_bank.item", code=version.item.code, **_filters()), 303)


def _item(code: str, error: ExamEngineError | None) -> ResponseReturnValue:
    with current_engine().database.read() as session:
        version = catalogue.current_version(session, code)
        versions = catalogue.versions_of(session, code)
        before, after = catalogue.neighbours(session, _query(), code)
        names = _domain_names(session)
    problem = describe(error) if error else None
    document = version.content
    page = render_template(
        "item_bank/item.html",
        version=version,
        versions=versions,
        changed=differences(versions[1].content, document) if len(versions) > 1 else (),
        item=document,
        preview=preview_of(document),
        before=before,
        after=after,
        filters=_filters(),
        may_decide=_may_decide(version.state),
        is_own=version.created_by == current_staff().username,
        simulated=document.parameters is not None and document.parameters.source == SIMULATED,
        problem=problem,
        typed=request.form,
        domain_names=names,
        states=STATES,
        languages_of_items=LANGUAGES,
    )
    return page, problem.status if problem else 200


def _may_decide(state: str) -> bool:
    return state == VersionState.DRAFT and Role.REVIEWER in current_staff().roles


def _query() -> Query:
    asked = request.args
    state = asked.get("state")
    return Query(
        text=asked.get("q", ""),
        language=asked.get("language") or None,
        domain=asked.get("domain") or None,
        topic=asked.get("topic") or None,
        state=VersionState(state) if state in set(VersionState) else None,
        page=asked.get("page", 1, type=int),
    )


def _filters() -> dict[str, Any]:
    """What the search asks for, to be carried along; empty ones left out."""
    return {name: value for name in FILTERS if (value := request.args.get(name, "").strip())}


def _domain_names(session: Session) -> dict[str, Text]:
    """What the exams call their domains, by code; of the exam loaded last where they differ."""
    exams = session.scalars(select(ExamRow).order_by(ExamRow.loaded_at, ExamRow.id))
    return {domain.code: domain.name for exam in exams for domain in exam.definition.domains}
