"""Figures: SVG from outside, reduced to what draws. Whatever could run, load or style the page is refused by name.

An allow-list, after the elements and attributes of SVG 1.1 that only draw. Editors' own namespaces (layers, metadata)
are dropped in silence; ``style`` declarations become attributes, since pages allow no inline style.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from exam_engine.errors import ExamEngineError
from item_bank.faults import Problem

MAX_CHARACTERS = 32_000
MAX_DEPTH = 40
_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = frozenset(
    "svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop pattern clipPath mask marker".split()
)
_PRESENTATION = frozenset(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray "
    "stroke-dashoffset stroke-miterlimit opacity color display visibility font-family font-size font-style "
    "font-weight font-variant text-anchor text-decoration dominant-baseline alignment-baseline baseline-shift "
    "letter-spacing word-spacing writing-mode clip-path clip-rule mask marker-start marker-mid marker-end overflow "
    "paint-order shape-rendering text-rendering vector-effect stop-color stop-opacity transform-origin".split()
)
_GEOMETRY = frozenset(
    "id class x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy rotate d points width height viewBox preserveAspectRatio "
    "transform pathLength textLength lengthAdjust offset gradientUnits gradientTransform spreadMethod patternUnits "
    "patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerWidth markerHeight "
    "markerUnits orient refX refY href role aria-label aria-hidden".split()
)
_DROPPED = frozenset({"version", "baseProfile", "enable-background"})
_LOCAL_URL = re.compile(r"""url\(\s*(["']?)#[\w.:-]+\1\s*\)""")
_DANGER = re.compile(r"url\(|expression\(|@import|javascript:|data:|\\", re.IGNORECASE)


class FigureError(ExamEngineError):
    """A drawing that cannot be used; ``problem`` says why."""

    code = "bank.figure"
    status = 400

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(field="svg", problem=problem)


def clean_svg(text: str) -> str:
    """The drawing with nothing but what draws; cleaning it again gives the same text.

    Raises:
        FigureError: it is no SVG, too large, or holds an element, attribute or reference that is not allowed.
    """
    if len(text) > MAX_CHARACTERS:
        raise FigureError(Problem.of("figure.too_large", limit=MAX_CHARACTERS))
    root = _parsed(text)
    if root.tag not in (f"{{{_SVG}}}svg", "svg"):
        raise FigureError(Problem.of("figure.not_svg", detail="<svg>"))
    clean = _clean_element(root, 0)
    _refuse_copies_of_copies(clean)
    if not ("viewBox" in clean.attrib or {"width", "height"} <= clean.attrib.keys()):
        raise FigureError(Problem.of("figure.no_size"))
    clean.attrib = {"xmlns": _SVG} | clean.attrib
    written = ElementTree.tostring(clean, encoding="unicode")
    if len(written) > MAX_CHARACTERS:
        raise FigureError(Problem.of("figure.too_large", limit=MAX_CHARACTERS))
    return written


def _refuse_copies_of_copies(root: ElementTree.Element) -> None:
    """A ``use`` of what holds a ``use`` doubles at every level: a few lines could bring a browser to its knees."""
    copying = {part.get("id") for part in root.iter() for _ in part.iter("use")} - {None}
    for use in root.iter("use"):
        if use.get("href", "")[1:] in copying:
            raise FigureError(Problem.of("figure.nested_use", name=use.get("href")))


def _parsed(text: str) -> ElementTree.Element:
    # A declaration of another encoding would contradict the text we hold.
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    body = re.sub(r"^\s*<!DOCTYPE\s+svg\s+PUBLIC\s+[^\[\]<>]*>", "", body)
    try:
        return fromstring(body.strip(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise FigureError(Problem.of("figure.unsafe_xml")) from error
    except (ElementTree.ParseError, ValueError) as error:
        raise FigureError(Problem.of("figure.not_svg", detail=str(error))) from error


def _clean_element(element: ElementTree.Element, depth: int) -> ElementTree.Element:
    if depth > MAX_DEPTH:
        raise FigureError(Problem.of("figure.too_deep"))
    name = _local(element.tag)
    if name not in _ELEMENTS:
        raise FigureError(Problem.of("figure.element", name=name))
    clean = ElementTree.Element(name, _clean_attributes(name, element))
    clean.text = element.text
    for child in element:
        if _is_foreign(child.tag) or _local(child.tag) == "metadata":
            continue
        kept = _clean_element(child, depth + 1)
        kept.tail = child.tail
        clean.append(kept)
    return clean


def _clean_attributes(name: str, element: ElementTree.Element) -> dict[str, str]:
    clean: dict[str, str] = {}
    for attribute, value in element.attrib.items():
        if attribute == _XLINK_HREF:
            clean["href"] = _checked(name, "href", value)
        elif attribute == "style":
            clean |= _style_as_attributes(name, value)
        elif not attribute.startswith("{") and attribute not in _DROPPED:
            clean[attribute] = _checked(name, attribute, value)
    return clean


def _style_as_attributes(name: str, style: str) -> dict[str, str]:
    clean: dict[str, str] = {}
    for declaration in filter(str.strip, style.split(";")):
        key, _, value = declaration.partition(":")
        # Editors write down every default there is; of those, only what draws here is kept.
        if _DANGER.search(_LOCAL_URL.sub("", value)):
            raise FigureError(Problem.of("figure.reference", name="style", element=name))
        if key.strip() in _PRESENTATION:
            clean[key.strip()] = _checked(name, key.strip(), value.strip())
    return clean


def _checked(element: str, attribute: str, value: str) -> str:
    if attribute not in _PRESENTATION and attribute not in _GEOMETRY:
        raise FigureError(Problem.of("figure.attribute", name=attribute, element=element))
    outside = not value.startswith("#") if attribute == "href" else _DANGER.search(_LOCAL_URL.sub("", value))
    if outside:
        raise FigureError(Problem.of("figure.reference", name=attribute, element=element))
    return value


def _is_foreign(tag: str) -> bool:
    return tag.startswith("{") and not tag.startswith(f"{{{_SVG}}}")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
