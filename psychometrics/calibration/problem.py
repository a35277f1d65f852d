"""Everything a calibration needs to know, checked and in order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from psychometrics.calibration.layout import Layout, lay_out
from psychometrics.calibration.plan import (
    EmptyCategory,
    Items,
    collapsed,
    describe_items,
    plan_instances,
    resolve,
)
from psychometrics.calibration.priors import Priors
from psychometrics.calibration.result import Caution
from psychometrics.calibration.sample import GroupSample, gather
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy


@dataclass(frozen=True, eq=False)
class Problem:
    """Items, persons by group, parameters; ``priors`` are those of the layout's instances."""

    items: Items
    samples: tuple[GroupSample, ...]
    layout: Layout
    priors: tuple[Priors, ...]
    notes: tuple[Caution, ...]

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """The groups' labels, the reference first."""
        return tuple(sample.label for sample in self.samples)


def pose(
    responses: ArrayLike,
    models: Model | Sequence[Model],
    policy: MissingPolicy,
    *,
    names: Sequence[str] | None,
    categories: int | Sequence[int] | None,
    weights: ArrayLike | None,
    groups: Sequence[Hashable] | None,
    reference: Hashable,
    priors: Priors | Mapping[str, Priors],
    fixed: ItemTable | None,
    free_by_group: Sequence[str],
    population: Population | None,
    histogram: bool,
    empty: EmptyCategory,
) -> Problem:
    """Check the arguments of `calibrate` and arrange them."""
    items = describe_items(responses, models, names, categories, priors, fixed)
    resolved = resolve(items, responses, policy)
    notes: tuple[Caution, ...] = ()
    if empty is EmptyCategory.COLLAPSE:
        items, resolved, changed = collapsed(items, resolved)
        notes = tuple(Caution("collapsed", name, "categories that nobody chose were taken out") for name in changed)
    samples = gather(resolved, items.categories, weights, groups, reference)
    instances = plan_instances(items, samples, free_by_group)
    layout = lay_out(instances, len(samples), population, histogram)
    if layout.scales > 1:
        if histogram:
            raise RuleError(field="population", reason="groups without a shared item have no common histogram")
        if set(free_by_group) < set(items.names):
            notes += (Caution("unlinked_groups", None, "groups share no item: each has a scale of its own"),)
    own = tuple(items.priors[one.item] for one in layout.instances)
    return Problem(items, tuple(samples), layout, own, notes)
