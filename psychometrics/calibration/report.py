"""From the long vector back to tables, populations, labelled parameters, covariances and warnings."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.calibration.estimate import Fit
from psychometrics.calibration.families import location_jacobian, locations, to_item
from psychometrics.calibration.information import observed_information
from psychometrics.calibration.layout import AT_BOUND, LOGIT_BOUND, SLOPE_BOUND, Block, Layout
from psychometrics.calibration.plan import Items
from psychometrics.calibration.result import Caution, Parameter
from psychometrics.errors import DataError, ItemParameterError
from psychometrics.items import ItemParameters, ItemTable, Model

# A share of a parameter's information that the others leave to it which is but rounding.
_SINGLE_ROUNDING, _DOUBLE_ROUNDING = 1e-6, 1e-9


def group_tables(items: Items, layout: Layout, x: Floats, labels: Sequence[Hashable]) -> dict[Hashable, ItemTable]:
    """The items each group was given, in the order of the columns."""
    entries = _entries(items, layout, x)
    tables = {}
    for group, label in enumerate(labels):
        mine = [(one.item, at) for at, one in enumerate(layout.instances) if group in one.groups]
        tables[label] = ItemTable(tuple(entries[at] for _, at in sorted(mine)))
    return tables


def whole_table(items: Items, layout: Layout, x: Floats) -> ItemTable:
    """Every item, with the parameters of the first group that has it."""
    entries = _entries(items, layout, x)
    first: dict[int, int] = {}
    for at in sorted(range(len(layout.instances)), key=lambda at: layout.instances[at].groups):
        first.setdefault(layout.instances[at].item, at)
    return ItemTable(tuple(entries[first[column]] for column in range(len(items.names))))


def _entries(items: Items, layout: Layout, x: Floats) -> list[ItemParameters]:
    entries = [one.anchor for one in layout.instances]
    for block in layout.blocks:
        for row, values in enumerate(layout.matrix(block, x)):
            at = block.instances.start + row
            name = items.names[layout.instances[at].item]
            try:
                entries[at] = to_item(name, block.model, values, block.categories)
            except ItemParameterError as error:
                raise DataError(field="responses", item=name, reason="no finite estimate", of=error.field) from error
    return [entry for entry in entries if entry is not None]


def parameter_labels(
    items: Items, layout: Layout, labels: Sequence[Hashable]
) -> tuple[tuple[Parameter, ...], Integers]:
    """The free parameters by item and group, then populations; and where each stands in the vector."""
    found: list[tuple[tuple[int, tuple[int, ...], int], Parameter, int]] = []
    for block in layout.blocks:
        fields = _fields(block)
        for row in range(block.count):
            one = layout.instances[block.instances.start + row]
            groups = tuple(labels[group] for group in one.groups)
            for p, (field, index) in enumerate(fields):
                place = block.parameters.start + row * block.width + p
                found.append(((one.item, one.groups, p), Parameter(items.names[one.item], field, index, groups), place))
    for group, plan in enumerate(layout.populations):
        for p, (field, position) in enumerate((("mean", plan.mean), ("sd", plan.log_sd))):
            if position is not None:
                found.append(((len(items.names), (group,), p), Parameter(None, field, 0, (labels[group],)), position))
    found.sort(key=lambda entry: entry[0])
    return tuple(entry[1] for entry in found), np.array([entry[2] for entry in found], dtype=np.int64)


def _fields(block: Block) -> list[tuple[str, int]]:
    steps = block.categories - 1
    if block.model is Model.NOMINAL:
        return [(field, k) for field in ("slopes", "intercepts") for k in range(1, steps + 1)]
    line = "steps" if "steps" in block.model.fields else "b"
    own = [("a", 0)] * block.slopes + [(line, k) for k in range(steps)]
    return own + [(field, 0) for field in ("c", "d") if field in block.model.fields]


def on_tables(layout: Layout, x: Floats) -> tuple[Floats, csr_array]:
    """The estimates on the metric of the tables, and the Jacobian of that metric by ``x``."""
    values, jacobian = x.copy(), np.eye(layout.size)
    for block in layout.blocks:
        if block.model is Model.NOMINAL:
            continue
        part = layout.matrix(block, x)
        places = np.arange(block.parameters.start, block.parameters.stop).reshape(block.count, block.width)
        lines = slice(block.slopes, block.slopes + block.categories - 1)
        values[places[:, lines]] = locations(block.model, part, block.categories)
        changes = location_jacobian(block.model, part, block.categories)
        jacobian[places[:, lines, None], places[:, None, :]] = changes
        asymptotes = places[:, lines.stop :]
        values[asymptotes] = expit(x[asymptotes])
        jacobian[asymptotes, asymptotes] = values[asymptotes] * (1.0 - values[asymptotes])
    for plan in layout.populations:
        if plan.log_sd is not None:
            values[plan.log_sd] = jacobian[plan.log_sd, plan.log_sd] = np.exp(x[plan.log_sd])
    return values, csr_array(jacobian)


def covariance(fit: Fit) -> Floats | None:
    """Inverse of the observed information, 0 for what is held at a bound; None if it is singular."""
    layout, x = fit.marginal.layout, fit.summit.point.x
    if layout.size > _independent_patterns(layout):
        return None
    big = sum(one.indicators.size for one in fit.designs) * fit.marginal.latent.grid.nodes.size > 1e8
    information = observed_information(fit.marginal, fit.designs, x, big)
    free = ~at_bounds(layout, x)
    inside = information[np.ix_(free, free)]
    scale = np.sqrt(np.abs(np.diag(inside)))
    try:
        factor = np.linalg.cholesky(inside / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    if np.diag(factor).min(initial=1.0) ** 2 < (_SINGLE_ROUNDING if big else _DOUBLE_ROUNDING):
        return None
    root = np.linalg.inv(factor) / scale
    result = np.zeros_like(information)
    result[np.ix_(free, free)] = root.T @ root
    return result


def _independent_patterns(layout: Layout) -> float:
    """How many shares of response patterns are free to vary: more parameters cannot be identified."""
    logs = np.zeros(len(layout.populations))
    for one in layout.instances:
        logs[list(one.groups)] += np.log(one.categories)
    return float(np.expm1(np.minimum(logs, 50.0)).sum())


def at_bounds(layout: Layout, x: Floats) -> Booleans:
    """Which parameters stand at a bound."""
    low, high = layout.bounds
    held: Booleans = (x <= low + AT_BOUND) | (x >= high - AT_BOUND)
    return held


def cautions(items: Items, layout: Layout, fit: Fit, singular: bool) -> list[Caution]:
    """What the estimates and the way to them call attention to."""
    x = fit.summit.point.x
    found = [note for block in layout.blocks for note in _block_cautions(items, layout, block, x)]
    for plan in layout.populations:
        if plan.log_sd is not None and at_bounds(layout, x)[plan.log_sd]:
            text = "sd of a population at its bound: no variance, or no end of it"
            found.append(Caution("sd_at_bound", None, text))
    if not fit.summit.converged:
        found.append(Caution("not_converged", None, f"not converged after {fit.summit.cycles} cycles"))
    if fit.coarse:
        found.append(Caution("coarse_quadrature", None, "the nodes are too few or too near for this test"))
    if singular:
        found.append(Caution("not_identified", None, "the information is singular: no standard errors"))
    return found


def _block_cautions(items: Items, layout: Layout, block: Block, x: Floats) -> list[Caution]:
    found = []
    part, stuck = layout.matrix(block, x), at_bounds(layout, x)[block.parameters].reshape(block.count, block.width)
    for row in range(block.count):
        name = items.names[layout.instances[block.instances.start + row].item]
        if block.slopes and block.model is not Model.NOMINAL and part[row, 0] < 0:
            text = f"slope {part[row, 0]:.3f} is below 0: higher ability, lower score; is the key right?"
            found.append(Caution("negative_slope", name, text))
        for p in np.flatnonzero(stuck[row]).tolist():
            found.append(_bound(name, p < block.slopes, p >= block.slopes + block.categories - 1))
    return found


def finite(layout: Layout, x: Floats) -> bool:
    """Whether no slope or intercept went to its bound for want of a finite estimate."""
    held = at_bounds(layout, x)
    return not any(
        held[block.parameters].reshape(block.count, block.width)[:, : block.slopes + block.categories - 1].any()
        for block in layout.blocks
    )


def _bound(name: str, slope: bool, asymptote: bool) -> Caution:
    if slope:
        return Caution("slope_at_bound", name, f"slope at its bound of {SLOPE_BOUND}: no finite estimate")
    if asymptote:
        return Caution("asymptote_at_bound", name, f"asymptote within {np.exp(-LOGIT_BOUND):.4f} of 0 or 1, held there")
    return Caution("location_at_bound", name, "intercept at its bound: no finite estimate")
