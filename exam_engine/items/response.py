"""Response processing: what a response to an item is worth, and which category it is for ability estimation."""

from __future__ import annotations

from exam_engine.exams.definition import Domain, KeyedScoring
from exam_engine.items.document import ItemDocument
from psychometrics.responses import Missing

Response = str | Missing


def points(item: ItemDocument, domain: Domain, response: Response) -> float:
    """Raw points under the domain's rule; any missing response earns the rule's ``blank``."""
    if isinstance(response, Missing):
        return domain.scoring.blank
    if isinstance(domain.scoring, KeyedScoring):
        return domain.scoring.correct if response == item.key else domain.scoring.wrong
    return float(_option_points(item, response))


def category(item: ItemDocument, response: str) -> int:
    """The response's category, 0 the lowest: right or wrong, or the rank of the option's points."""
    if item.is_weighted:
        return item.point_values.index(_option_points(item, response))
    return int(response == item.key)


def _option_points(item: ItemDocument, response: str) -> int:
    earned = next(option.points for option in item.options if option.id == response)
    assert earned is not None  # a weighted item has points on every option
    return earned
