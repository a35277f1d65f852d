"""The marginal log-posterior of all parameters, its gradient, and the metric in which to climb it.

By Fisher's identity the gradient is that of the complete-data log-likelihood at the expected
counts. The metric is what the EM algorithm would use: the information of the complete data,
block by block (one scoring step in it is the gradient EM algorithm of Lange 1995), and the
PX-EM step along the directions that a fixed population holds still (see `Invariance`).
Everything here is per person, so that what is learnt from a part of the persons holds for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Booleans, Floats
from psychometrics.calibration.expectation import Counts, Expectation
from psychometrics.calibration.families import Curves, curves, feasible
from psychometrics.calibration.layout import AT_BOUND, Block, Layout
from psychometrics.calibration.priors import Priors, PriorTerms, prior_terms
from psychometrics.items import ItemTable, Model
from psychometrics.models import category_curves
from psychometrics.quadrature import Grid, Population

_RIDGE = 1e-6
_HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Point:
    """The objective at one vector of parameters; ``value`` and ``gradient`` are per person."""

    x: Floats
    value: float
    log_prior: float
    gradient: Floats
    counts: Counts
    metric: Metric


@dataclass(frozen=True, eq=False)
class Metric:
    """An approximate inverse Hessian: blocks, single entries, and directions with their variances."""

    blocks: tuple[tuple[Block, Floats], ...]
    diagonal: Floats
    directions: tuple[tuple[Floats, float], ...]

    def apply(self, gradient: Floats) -> Floats:
        """The step for a gradient."""
        step = gradient * self.diagonal
        for block, inverse in self.blocks:
            part = gradient[block.parameters].reshape(block.count, block.width, 1)
            step[block.parameters] = (inverse @ part).ravel()
        for along, variance in self.directions:
            step += along * (variance * float(along @ gradient))
        return step


@dataclass(frozen=True, eq=False)
class Latent:
    """Nodes with the log mass of each group's population there: normal on a grid, or a histogram.

    ``log_masses`` (groups x nodes) is None for normal populations, which follow the parameters.
    """

    grid: Grid
    log_masses: Floats | None = None

    def log_prior(self, populations: Sequence[Population]) -> Floats:
        """Groups x nodes."""
        if self.log_masses is not None:
            return self.log_masses
        return np.array([one.log_density(self.grid.nodes) for one in populations]) + np.log(self.grid.weights)


class Marginal:
    """The function climbed, for one sample in one precision on one grid."""

    def __init__(
        self, layout: Layout, expectation: Expectation, persons: Floats, priors: Sequence[Priors], latent: Latent
    ) -> None:
        self.layout = layout
        self.latent = latent
        self.persons = persons
        self.total = float(persons.sum())
        self._expectation = expectation
        self._priors = priors
        self._anchors = anchor_log_p(layout, latent.grid.nodes)

    def on(self, latent: Latent) -> Marginal:
        """The same with other nodes or masses."""
        return Marginal(self.layout, self._expectation, self.persons, self._priors, latent)

    def allowed(self, x: Floats, way: Floats) -> Floats:
        """The step ``way`` from ``x`` within all bounds, shorter for an item that it would take too far.

        Only such an item is held back, not the whole step.
        """
        low, high = self.layout.bounds
        step = np.clip(x + way, np.minimum(low, x), np.maximum(high, x)) - x
        for block in self.layout.blocks:
            if block.model not in (Model.GRM, Model.FOUR_PL):
                continue
            here, part = self.layout.matrix(block, x), self.layout.matrix(block, step)
            for _ in range(_HALVINGS):
                bad = ~feasible(block.model, here + part)
                if not bad.any():
                    break
                part[bad] /= 2.0
            part[~feasible(block.model, here + part)] = 0.0
        return step

    def curves(self, x: Floats) -> list[Curves]:
        """The curves of each block."""
        layout, theta = self.layout, self.latent.grid.nodes
        return [curves(block.model, layout.matrix(block, x), block.categories, theta) for block in layout.blocks]

    def counts(self, x: Floats, shapes: Sequence[Curves]) -> Counts:
        """One E-step."""
        layout, nodes = self.layout, self.latent.grid.nodes.size
        cells = np.empty((int(layout.cell_starts[-1]), nodes))
        base = np.empty((len(layout.instances), nodes))
        for block, shape in zip(layout.blocks, shapes, strict=True):
            base[block.instances] = shape.log_p[:, :, 0]
            over = shape.log_p[:, :, 1:] - shape.log_p[:, :, :1]
            cells[block.cells] = over.transpose(0, 2, 1).reshape(-1, nodes)
        for at, log_p in self._anchors:
            base[at] = log_p[:, 0]
            cells[layout.cell_starts[at] : layout.cell_starts[at + 1]] = (log_p[:, 1:] - log_p[:, :1]).T
        populations = [layout.population(group, x) for group in range(len(layout.populations))]
        return self._expectation.counts(self.latent.grid.nodes, cells, base, self.latent.log_prior(populations))

    def at(self, x: Floats) -> Point:
        """Value, gradient and metric at ``x``."""
        layout, shapes = self.layout, self.curves(x)
        counts = self.counts(x, shapes)
        gradient, log_prior, metrics = np.zeros(layout.size), 0.0, []
        for block, shape in zip(layout.blocks, shapes, strict=True):
            observed = observed_counts(block, counts)
            slope = complete_gradient(shape, observed)
            information = _complete_information(shape, counts.instances[block.instances])
            terms = self.prior(block, x)
            if terms is not None:
                log_prior += terms.log
                slope += terms.gradient
                information += terms.information
            gradient[block.parameters] = slope.ravel()
            metrics.append((block, self._inverse(information)))
        diagonal = np.zeros(layout.size)
        for group in range(len(layout.populations)):
            self._population_part(group, x, counts.groups[group], gradient, diagonal)
        value = (counts.log_likelihood + log_prior) / self.total
        metric = Metric(tuple(metrics), diagonal, self._directions(x))
        return Point(x, value, log_prior, gradient / self.total, counts, metric)

    def prior(self, block: Block, x: Floats) -> PriorTerms | None:
        """Prior terms of a block: instances of items that share one `Priors` are computed together."""
        matrix = self.layout.matrix(block, x)
        mine = self._priors[block.instances]
        if all(one is mine[0] for one in mine):
            return prior_terms(mine[0], block.model, matrix, block.categories)
        log, gradient = 0.0, np.zeros_like(matrix)
        information = np.zeros((*matrix.shape, block.width))
        for row, one in enumerate(mine):
            terms = prior_terms(one, block.model, matrix[row : row + 1], block.categories)
            if terms is not None:
                log += terms.log
                gradient[row], information[row] = terms.gradient[0], terms.information[0]
        return PriorTerms(log, gradient, information)

    def _inverse(self, information: Floats) -> Floats:
        """Inverse per person, with a ridge that only the all but unidentified notice."""
        scale = np.einsum("ipp->ip", information)
        scale += _RIDGE * scale + _RIDGE
        return np.asarray(np.linalg.inv(information) * self.total, dtype=np.float64)

    def _population_part(self, group: int, x: Floats, mass: Floats, gradient: Floats, diagonal: Floats) -> None:
        plan, population = self.layout.populations[group], self.layout.population(group, x)
        z = (self.latent.grid.nodes - population.mean) / population.sd
        persons = float(self.persons[group])
        if plan.mean is not None:
            gradient[plan.mean] = float(mass @ z) / population.sd
            diagonal[plan.mean] = self.total * population.sd**2 / persons
        if plan.log_sd is not None:
            gradient[plan.log_sd] = float(mass @ z**2 - mass.sum())
            diagonal[plan.log_sd] = self.total / (2.0 * persons)

    def _directions(self, x: Floats) -> tuple[tuple[Floats, float], ...]:
        found = []
        for invariance in self.layout.invariances:
            share = self.total / float(self.persons[invariance.group])
            sd = self.layout.population(invariance.group, x).sd
            variance = share / 2.0 if invariance.scale else share * sd**2
            found.append((self.layout.direction(invariance, x), variance))
        return tuple(found)


def anchor_log_p(layout: Layout, theta: Floats) -> list[tuple[int, Floats]]:
    """Log probabilities of each anchored instance, nodes x categories."""
    places = [at for at, one in enumerate(layout.instances) if one.anchor is not None]
    if not places:
        return []
    table = ItemTable(tuple(one.anchor for one in layout.instances if one.anchor is not None))
    log_p = category_curves(table, theta).log_p
    return [(at, log_p[:, row, : layout.instances[at].categories]) for row, at in enumerate(places)]


def observed_counts(block: Block, counts: Counts) -> Floats:
    """A block's expected counts, instances x nodes x categories."""
    shape = (block.count, block.categories - 1, counts.groups.shape[1])
    above = counts.cells[block.cells].reshape(shape).transpose(0, 2, 1)
    lowest = counts.instances[block.instances] - above.sum(axis=2)
    return np.concatenate((lowest[:, :, None], above), axis=2)


def complete_gradient(shape: Curves, observed: Floats) -> Floats:
    """Gradient of the complete-data log-likelihood, instances x parameters."""
    items, width = len(observed), shape.score.shape[3]
    gradient: Floats = (observed.reshape(items, 1, -1) @ shape.score.reshape(items, -1, width))[:, 0]
    return gradient


def _complete_information(shape: Curves, answered: Floats) -> Floats:
    """Expected information of the complete data, instances x parameters x parameters."""
    items, width = len(answered), shape.score.shape[3]
    weight = (np.exp(shape.log_p) * answered[:, :, None]).reshape(items, -1, 1)
    score = shape.score.reshape(items, -1, width)
    information: Floats = (score * weight).transpose(0, 2, 1) @ score
    return information


def bound_by(x: Floats, gradient: Floats, bounds: tuple[Floats, Floats]) -> Booleans:
    """Parameters at a bound that would leave it."""
    low, high = bounds
    held: Booleans = ((x <= low + AT_BOUND) & (gradient < 0)) | ((x >= high - AT_BOUND) & (gradient > 0))
    return held
