"""Content as a wish beside information: the weighted deviations model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from psychometrics.adaptive.rules import RankedRule, Standing
from psychometrics.arrays import Booleans, Floats
from psychometrics.errors import InfeasibleError, RuleError


@dataclass(frozen=True, eq=False)
class WeightedDeviations(RankedRule):
    """Prefers information less the weighted distance from content bounds (Stocking & Swanson 1993).

    For an item of class k the items of each class expected at the end are those given, the item
    itself, and of the items then left the class's share in what is still open. What that
    lacks of ``bounds[class][0]`` or has above ``bounds[class][1]`` is weighted by
    ``weights[class]`` (1 unless given) and taken from ``information_weight`` x information relative
    to the best open item. Bounds are wishes here: `ContentBounds` are rules.
    """

    bounds: Mapping[str, tuple[float, float]]
    weights: Mapping[str, float] | None = None
    information_weight: float = 1.0

    def __post_init__(self) -> None:
        for name, (low, high) in self.bounds.items():
            if not 0 <= low <= high:
                raise RuleError(field="selection.bounds", content_class=name, value=(low, high))
        for name, weight in {**(self.weights or {}), "information": self.information_weight}.items():
            if not (math.isfinite(weight) and weight >= 0):
                raise RuleError(field="selection.weights", content_class=name, value=weight)

    def preference(self, state: Standing, open_items: Booleans, rng: np.random.Generator) -> Floats:
        """Relative information less the deviation an item of its class leads to."""
        information = np.where(open_items, state.information.at(state.theta), 0.0)
        best = np.maximum(information.max(axis=1, keepdims=True), 1e-300)
        deviation = self._deviations(state, open_items)[:, state.bank.class_of]
        preference: Floats = self.information_weight * information / best - deviation
        return preference

    def _deviations(self, state: Standing, open_items: Booleans) -> Floats:
        """Examinees x classes: the weighted deviation at the end if the next item is of that class."""
        classes = state.bank.classes
        if not classes:
            raise RuleError(field="selection", reason="bank_without_content")
        for name in self.bounds:
            if name not in classes:
                raise InfeasibleError(field="selection.bounds", content_class=name, available=0)
        low, high = np.array([self.bounds.get(name, (0.0, math.inf)) for name in classes]).T
        weight = np.array([(self.weights or {}).get(name, 1.0) for name in classes])
        left = np.stack([open_items[:, state.bank.class_of == k].sum(axis=1) for k in range(len(classes))], axis=1)
        share = left / np.maximum(left.sum(axis=1, keepdims=True), 1)
        after = state.given + max(state.most_items - state.step - 1, 0) * share
        expected = after[:, None, :] + np.eye(len(classes))
        deviation: Floats = (np.maximum(low - expected, 0.0) + np.maximum(expected - high, 0.0)) @ weight
        return deviation
