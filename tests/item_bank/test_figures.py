"""Figures: what draws stays, what could do anything else is refused by name."""

from __future__ import annotations

import pytest

from item_bank.figures import MAX_CHARACTERS, FigureError, clean_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"'


def drawing(content: str, attributes: str = "") -> str:
    return f"{HEAD} {attributes}>{content}</svg>"


@pytest.mark.parametrize(
    "content",
    [
        '<rect x="1" y="1" width="5" height="5" fill="#fff" stroke="black" />',
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red" /></linearGradient></defs>'
        '<circle r="3" fill="url(#g)" />',
        '<g id="a"><path d="M0 0" /></g><use href="#a" x="3" />',
        '<text x="1" y="2" font-size="3">Rp 5.000 &lt; <tspan>x²</tspan> akhir</text>',
        "<title>Segitiga</title>",
    ],
)
def test_what_draws_stays_and_cleaning_twice_changes_nothing(content: str) -> None:
    clean = clean_svg(drawing(content))
    assert content in clean
    assert clean_svg(clean) == clean


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<script>alert(1)</script>", "figure.element"),
        ("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>", "figure.element"),
        ("<style>*{fill:red}</style>", "figure.element"),
        ("<image href='https://example.org/x.png' />", "figure.element"),
        ("<a href='#x'><path d='M0 0'/></a>", "figure.element"),
        ("<animate attributeName='href' to='x' />", "figure.element"),
        ("<set attributeName='onload' />", "figure.element"),
        ("<path d='M0 0' onclick='alert(1)' />", "figure.attribute"),
        ("<path d='M0 0' ONCLICK='alert(1)' />", "figure.attribute"),
        ("<path d='M0 0' fill='url(https://example.org/#a)' />", "figure.reference"),
        ("<path d='M0 0' fill='URL( //example.org )' />", "figure.reference"),
        ("<path d='M0 0' fill='u\\72l(x)' />", "figure.reference"),
        ("<path d='M0 0' style='fill:url(https://example.org/x)' />", "figure.reference"),
        ("<path d='M0 0' style='fill:red;background:url(x)' />", "figure.reference"),
        ("<use href='https://example.org/x.svg#a' />", "figure.reference"),
        ("<use xlink:href='other.svg#a' />", "figure.reference"),
        ("<use href='javascript:alert(1)' />", "figure.reference"),
        ("<g id='a'><use href='#b' /></g><use href='#a' />", "figure.nested_use"),
        ("<use id='a' href='#a' />", "figure.nested_use"),
        ("<g>" * 60 + "</g>" * 60, "figure.too_deep"),
        ("<desc>" + "x" * MAX_CHARACTERS + "</desc>", "figure.too_large"),
        ("<path", "figure.not_svg"),
    ],
)
def test_what_could_run_load_or_exhaust_is_refused(content: str, code: str) -> None:
    with pytest.raises(FigureError) as caught:
        clean_svg(drawing(content))
    assert caught.value.problem.code == code
    assert "%" not in str(caught.value.problem)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "figure.not_svg"),
        ("<html/>", "figure.not_svg"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "figure.no_size"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 1 1'>&a;</svg>", "figure.unsafe_xml"),
        ("<!DOCTYPE svg SYSTEM 'file:///etc/passwd'><svg viewBox='0 0 1 1'/>", "figure.unsafe_xml"),
        (drawing("", "onload='alert(1)'"), "figure.attribute"),
    ],
)
def test_what_is_no_plain_drawing_is_refused(text: str, code: str) -> None:
    with pytest.raises(FigureError) as caught:
        clean_svg(text)
    assert caught.value.problem.code == code


def test_what_editors_leave_behind_is_dropped() -> None:
    clean = clean_svg(
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="urn:editor" version="1.1" width="5" height="5">'
        '<!-- a comment --><metadata><i:x/></metadata><i:layers a="b"/>'
        '<path i:kind="arc" d="M0 0" style="fill:none;stroke:#000000;-editor-font:Sans"/></svg>'
    )
    assert clean == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5">'
        '<path d="M0 0" fill="none" stroke="#000000" /></svg>'
    )


def test_links_in_the_old_namespace_become_plain_ones() -> None:
    assert '<use href="#a" />' in clean_svg(drawing("<g id='a'/><use xlink:href='#a'/>"))
