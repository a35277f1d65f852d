"""Long lists, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; ``number`` counts from 1."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int

    def address(self, number: int) -> str:
        """The address of another page of the same list, with the same filters."""
        values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
        return url_for(request.endpoint or "", **{**values, "page": number})


def page_of(session: Session, query: Select[T], size: int = PAGE_SIZE) -> Page[T]:
    """The page of an ordered query that the request's ``page`` asks for, at the nearest end when out of range."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    asked = request.args.get("page", 1, type=int)
    number = min(max(asked, 1), pages)
    rows = session.scalars(query.limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows, number, pages, total)
