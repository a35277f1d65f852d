"""From what the caller says about items to instances: names, models, categories, anchors, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.calibration.layout import Instance
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.sample import GroupSample
from psychometrics.errors import DataError, ItemParameterError, ResponseError, RuleError
from psychometrics.items import DICHOTOMOUS, ItemParameters, ItemTable, Model
from psychometrics.responses import MissingPolicy, resolve_missing


class EmptyCategory(Enum):
    """What is done about a category that nobody chose, which has no finite estimate."""

    ERROR = "error"
    COLLAPSE = "collapse"


@dataclass(frozen=True, eq=False)
class Items:
    """The columns of the responses: names, models, numbers of categories, anchors, priors."""

    names: tuple[str, ...]
    models: tuple[Model, ...]
    categories: Integers
    anchors: Mapping[str, ItemParameters]
    priors: tuple[Priors, ...]


def describe_items(
    responses: ArrayLike,
    models: Model | Sequence[Model],
    names: Sequence[str] | None,
    categories: int | Sequence[int] | None,
    priors: Priors | Mapping[str, Priors],
    fixed: ItemTable | None,
) -> Items:
    """Check what was said about the items against each other and the width of the responses."""
    matrix = np.asarray(responses)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ResponseError(field="responses", shape=matrix.shape)
    if matrix.dtype.kind not in "iu":
        raise ResponseError(field="responses", dtype=str(matrix.dtype))
    width = matrix.shape[1]
    named = tuple(names) if names is not None else tuple(f"item-{i}" for i in range(1, width + 1))
    _same_length("names", named, width)
    if len(set(named)) < width:
        twice = next(name for name in named if named.count(name) > 1)
        raise ItemParameterError(twice, "item", "duplicate", twice)
    chosen = (models,) * width if isinstance(models, Model) else tuple(models)
    _same_length("models", chosen, width)
    anchors = {item.item: item for item in fixed.items} if fixed is not None else {}
    unknown = set(anchors) - set(named)
    if unknown:
        raise ItemParameterError(min(unknown), "item", "unknown")
    counted = _categories(matrix, named, chosen, categories, anchors)
    chosen = tuple(anchors[name].model if name in anchors else model for name, model in zip(named, chosen, strict=True))
    return Items(named, chosen, counted, anchors, _by_item(priors, named))


def _same_length(field: str, given: Sequence[object], width: int) -> None:
    if len(given) != width:
        raise ResponseError(field=field, length=len(given), items=width)


def _by_item(priors: Priors | Mapping[str, Priors], names: tuple[str, ...]) -> tuple[Priors, ...]:
    if isinstance(priors, Priors):
        return (priors,) * len(names)
    for name in priors:
        if name not in names:
            raise ItemParameterError(name, "item", "unknown")
    none = Priors()
    return tuple(priors.get(name, none) for name in names)


def _categories(
    matrix: Codes,
    names: tuple[str, ...],
    models: tuple[Model, ...],
    given: int | Sequence[int] | None,
    anchors: Mapping[str, ItemParameters],
) -> Integers:
    if given is None:
        counted: Integers = np.maximum(matrix.max(axis=0).astype(np.int64) + 1, 2)
    else:
        counted = np.broadcast_to(np.asarray(given, dtype=np.int64), (len(names),)).copy()
    for column, (name, model) in enumerate(zip(names, models, strict=True)):
        if name in anchors:
            counted[column] = anchors[name].categories
        elif model in DICHOTOMOUS and given is None:
            counted[column] = 2
        if not 2 <= counted[column] <= 127 or (model in DICHOTOMOUS and name not in anchors and counted[column] != 2):
            raise RuleError(field="categories", item=name, model=model.value, value=int(counted[column]))
    return counted


def resolve(items: Items, responses: ArrayLike, policy: MissingPolicy) -> Codes:
    """The responses with the policy applied; `ResponseError` for one that fits no category."""
    frame = ItemTable(
        tuple(
            ItemParameters(name, Model.PCM, (0.0,) * (int(count) - 1))
            for name, count in zip(items.names, items.categories, strict=True)
        )
    )
    return resolve_missing(frame, responses, policy)


def collapsed(items: Items, resolved: Codes) -> tuple[Items, Codes, tuple[str, ...]]:
    """Categories that nobody chose taken out, those above moved down; names of the items changed."""
    written, counts, changed = resolved.copy(), items.categories.copy(), []
    for column, name in enumerate(items.names):
        if name in items.anchors or items.models[column] in DICHOTOMOUS:
            continue
        seen = np.unique(resolved[:, column])
        seen = seen[seen >= 0]
        if 2 <= seen.size < counts[column]:
            answered = resolved[:, column] >= 0
            written[answered, column] = np.searchsorted(seen, resolved[answered, column])
            counts[column] = seen.size
            changed.append(name)
    return Items(items.names, items.models, counts, items.anchors, items.priors), written, tuple(changed)


def plan_instances(items: Items, samples: Sequence[GroupSample], free_by_group: Sequence[str]) -> list[Instance]:
    """One instance an item, or one for each group that answered it where it is free by group."""
    for name in free_by_group:
        if name not in items.names:
            raise ItemParameterError(name, "item", "unknown")
        if name in items.anchors:
            raise RuleError(field="free_by_group", item=name, reason="fixed")
    apart = set(free_by_group)
    counts = [_category_counts(sample, items.categories) for sample in samples]
    instances = []
    for column, name in enumerate(items.names):
        answered = [group for group, count in enumerate(counts) if count[column].sum() > 0]
        if not answered and name not in items.anchors:
            raise DataError(field="responses", item=name, reason="nobody answered")
        parts = [(group,) for group in answered] if name in apart else [tuple(answered)]
        for part in parts:
            if name not in items.anchors:
                total = np.sum([counts[group][column] for group in part], axis=0)
                _require_categories(items, column, total)
            anchor = items.anchors.get(name)
            instances.append(Instance(column, items.models[column], int(items.categories[column]), part, anchor))
    return instances


def _category_counts(sample: GroupSample, categories: Integers) -> Floats:
    """Persons by item and category."""

    def count(rows: slice) -> Floats:
        codes, frequency = sample.codes[rows], sample.frequency[rows]
        found = np.zeros((len(categories), int(categories.max())))
        for category in range(found.shape[1]):
            found[:, category] = frequency @ (codes == category).astype(np.float64)
        return found

    return np.asarray(np.sum(map_blocks(count, blocks_of(len(sample.codes))), axis=0), dtype=np.float64)


def _require_categories(items: Items, column: int, counts: Floats) -> None:
    """All answers alike, or a category without any, have no finite estimate unless a prior gives one."""
    empty = np.flatnonzero(counts[: items.categories[column]] == 0)
    if empty.size and not _helped(items.priors[column], items.models[column], counts[: items.categories[column]]):
        alike = np.count_nonzero(counts) == 1
        reason = "all answers alike" if alike else "empty category"
        raise DataError(field="responses", item=items.names[column], reason=reason, categories=empty.tolist())


def _helped(priors: Priors, model: Model, counts: Floats) -> bool:
    """Whether a prior on intercepts or locations gives all parameters finite values.

    None can between two graded steps that enclose an empty category: they meet.
    """
    seen = np.flatnonzero(counts)
    if model is Model.GRM and (counts[seen[0] : seen[-1]] == 0).any():
        return False
    return priors.intercept is not None or (priors.b is not None and model is not Model.NOMINAL)
