"""An item as a candidate sees it. Built field by field from what may be shown, so that no key can slip through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from exam_engine.items.document import ItemDocument

_EMPTY_LINE = re.compile(r"\n\s*\n")
_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Preview:
    """What is shown of an item: texts in paragraphs, options in the author's order, each with its letter.

    ``picture`` is the address of the figure (a ``data:`` URL), ``alt`` its words; both empty without a figure.
    """

    language: str
    domain: str
    stimulus: tuple[str, ...]
    picture: str
    alt: str
    prompt: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


def preview_of(document: ItemDocument) -> Preview:
    """The part of a document that candidates see."""
    figure = document.figure
    return Preview(
        language=document.language,
        domain=document.domain,
        stimulus=_paragraphs(document.stimulus or ""),
        picture=_address(figure.svg) if figure else "",
        alt=figure.alt if figure else "",
        prompt=_paragraphs(document.prompt),
        options=tuple((option.id, option.text) for option in document.options),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part for part in _EMPTY_LINE.split(text) if part)


def _address(svg: str) -> str:
    # As a picture a drawing can run nothing and load nothing; it needs its namespace there.
    named = svg if "xmlns=" in svg else svg.replace("<svg", f'<svg xmlns="{_SVG}"', 1)
    return f"data:image/svg+xml,{quote(named)}"
