"""What is in the bank: searching it, and deciding about versions. An item's newest version is its current one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from exam_engine import audit
from exam_engine.audit import SYSTEM, Actor
from exam_engine.errors import ExamEngineError, NotFoundError
from exam_engine.items.document import ItemDocument
from item_bank.models import BankItem, ItemVersion, VersionState

PAGE_SIZE = 50
_MAX_REASON = 500


class SelfApprovalError(ExamEngineError):
    """Whoever made a version does not decide about it."""

    code = "bank.self_approval"
    status = 403


class AlreadyDecidedError(ExamEngineError):
    """The version is no draft any more, or a newer one has taken its place."""

    code = "bank.decided"
    status = 409


class ReasonMissingError(ExamEngineError):
    """An item is returned without saying why."""

    code = "bank.reason_missing"
    status = 400


@dataclass(frozen=True)
class Query:
    """What is searched for. ``text`` are words that must all occur; ``page`` counts from 1; empty means any."""

    text: str = ""
    language: str | None = None
    domain: str | None = None
    topic: str | None = None
    state: VersionState | None = None
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of current versions, by item code, and how many there are in all."""

    rows: tuple[ItemVersion, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def current_versions() -> Select[ItemVersion]:
    """The current version of every item, to be narrowed further."""
    other = aliased(ItemVersion)
    newest = select(func.max(other.number)).where(other.item_id == ItemVersion.item_id).scalar_subquery()
    of_items = select(ItemVersion).join(ItemVersion.item).options(contains_eager(ItemVersion.item))
    return of_items.where(ItemVersion.number == newest)


def search(session: Session, query: Query) -> Page:
    """The current versions that fit, one page of them; a page beyond the last is empty."""
    fitting = _fitting(query)
    number = max(1, query.page)
    total = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    page = fitting.order_by(BankItem.code).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Page(tuple(session.scalars(page)), number, total)


def neighbours(session: Session, query: Query, code: str) -> tuple[str | None, str | None]:
    """The codes before and after ``code`` among the items that fit, whether or not it fits itself."""
    fitting = _fitting(query).with_only_columns(BankItem.code)
    before = fitting.where(BankItem.code < code).order_by(BankItem.code.desc())
    after = fitting.where(BankItem.code > code).order_by(BankItem.code)
    return session.scalar(before.limit(1)), session.scalar(after.limit(1))


def _fitting(query: Query) -> Select[ItemVersion]:
    fitting = current_versions()
    for word in query.text.lower().split():
        fitting = fitting.where(ItemVersion.search_text.contains(word, autoescape=True))
    if query.language:
        fitting = fitting.where(ItemVersion.language == query.language)
    if query.domain:
        fitting = fitting.where(ItemVersion.domain == query.domain)
    if query.topic:
        fitting = fitting.where(ItemVersion.topic == query.topic)
    if query.state:
        fitting = fitting.where(ItemVersion.state == query.state.value)
    return fitting


def current_version(session: Session, code: str) -> ItemVersion:
    """The current version of an item.

    Raises:
        NotFoundError: no such item.
    """
    version = session.scalar(current_versions().where(BankItem.code == code))
    if version is None:
        raise NotFoundError(field="item", item=code)
    return version


def versions_of(session: Session, code: str) -> tuple[ItemVersion, ...]:
    """All versions of an item, newest first (none if there is no such item)."""
    versions = select(ItemVersion).join(ItemVersion.item).where(BankItem.code == code)
    return tuple(session.scalars(versions.order_by(ItemVersion.number.desc())))


@dataclass(frozen=True)
class TopicCount:
    """How many items a topic of a domain has, by the state of their current version."""

    domain: str
    topic: str
    drafts: int
    approved: int
    returned: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.drafts + self.approved + self.returned


def topic_counts(session: Session) -> tuple[TopicCount, ...]:
    """The counts of every topic there are items of, by domain and topic."""
    rows = current_versions().with_only_columns(ItemVersion.domain, ItemVersion.topic, ItemVersion.state).subquery().c
    place = (rows.domain, rows.topic)
    states = (VersionState.DRAFT, VersionState.APPROVED, VersionState.RETURNED)
    sums = (func.sum(case((rows.state == state.value, 1), else_=0)) for state in states)
    counted = session.execute(select(*place, *sums).group_by(*place).order_by(*place))
    return tuple(TopicCount(*row) for row in counted)


def decide(
    session: Session, version_id: int, approve: bool, reason: str | None, at: datetime, actor: Actor
) -> ItemVersion:
    """Approve a draft, or return it to its author with a reason. The system may approve what it imported itself.

    Raises:
        NotFoundError: no such version.
        AlreadyDecidedError: it is no draft, or not the current version.
        SelfApprovalError: the actor made it.
        ReasonMissingError: it is returned without a reason.
    """
    version = session.get(ItemVersion, version_id, with_for_update={"of": ItemVersion})
    if version is None:
        raise NotFoundError(field="version")
    newest = session.scalar(select(func.max(ItemVersion.number)).filter_by(item_id=version.item_id))
    if version.state != VersionState.DRAFT or version.number != newest:
        raise AlreadyDecidedError
    if actor != SYSTEM and actor.name == version.created_by:
        raise SelfApprovalError
    reason = (reason or "").strip()[:_MAX_REASON] or None
    if not approve and reason is None:
        raise ReasonMissingError(field="reason")
    version.state = (VersionState.APPROVED if approve else VersionState.RETURNED).value
    version.decided_at, version.decided_by, version.decision_reason = at, actor.name, reason
    audit.record(
        session,
        at,
        actor,
        f"item.{version.state}",
        "item",
        version.item.code,
        reason=reason,
        version=version.number,
        digest=version.digest,
    )
    return version


def approved_documents(session: Session, language: str | None = None) -> tuple[ItemDocument, ...]:
    """The items whose current version is approved, by code.

    An item with a newer draft is left out: whatever the draft mends should not go into a paper.
    """
    wanted = current_versions().where(ItemVersion.state == VersionState.APPROVED.value)
    if language:
        wanted = wanted.where(ItemVersion.language == language)
    return tuple(version.content for version in session.scalars(wanted.order_by(BankItem.code)))
