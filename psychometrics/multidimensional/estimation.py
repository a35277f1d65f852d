"""EAP and MAP of several correlated abilities: each borrows strength from the others.

The population is multivariate normal with a covariance that is known (see `latent`).
The posterior is that of Segall (1996); it is integrated to 1e-7 and better (five abilities and
more: 1e-5) by `separable` if every item shows one ability, else on one grid for all persons by
`composite`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import sici
from scipy.stats import multivariate_normal

from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.errors import ConvergenceError, RuleError
from psychometrics.multidimensional import composite
from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.multidimensional.separable import Dimension, Window, modes, over_windows
from psychometrics.multidimensional.tensor import Coupling
from psychometrics.quadrature import Grid
from psychometrics.responses import MissingPolicy, resolve_missing
from psychometrics.scoring import Method
from psychometrics.sufficient import count_answered

# Steps in conditional, reach in marginal standard deviations of the posterior.
_SHAPE = (0.75, 6.2)
# Of five abilities and more, so that half of them still have few enough places: errs by up to 1e-5.
_SHAPE_OF_MANY = (1.0, 5.5)
_MANY = 5
# An integral up to a cut is a sum of sinc functions, which need a shorter step.
_SHAPE_WITH_CUT = (0.5, 6.2)
_SHAPE_OF_MANY_WITH_CUT = (0.62, 4.6)
_MOST_ROUNDS = 12


@dataclass(frozen=True, eq=False)
class MultidimensionalEstimate:
    """Several abilities a person, in the order of the rows scored.

    ``theta`` and ``se``: persons x dimensions, in logits; ``covariance``: persons x dimensions x
    dimensions, of the posterior (for MAP: of its normal approximation at the mode); ``answered``:
    how many responses of the person took part.
    """

    method: Method
    theta: Floats
    covariance: Floats
    answered: Integers

    @property
    def se(self) -> Floats:
        """Standard errors, the square roots of the diagonals of ``covariance``."""
        errors: Floats = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        return errors

    def probability_above_all(self, cuts: Sequence[float]) -> Floats:
        """P(every ability is above its cut) if the posterior is normal; -inf for no cut.

        For stored scores, without the responses; `probability_above_all` assumes no such thing.
        """
        limits = _checked_cuts(cuts, self.theta.shape[1])
        kept = np.isfinite(limits)
        if not kept.any():
            return np.ones(len(self.theta))
        above = [
            multivariate_normal.cdf(
                theta - limits[kept], mean=np.zeros(kept.sum()), cov=covariance, abseps=1e-7, releps=1e-7, rng=1
            )
            for theta, covariance in zip(self.theta[:, kept], self.covariance[:, kept][:, :, kept], strict=True)
        ]
        return np.clip(np.array(above, dtype=np.float64), 0.0, 1.0)


def multidimensional_eap(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: MultivariatePopulation,
    grid: Grid | None = None,
) -> MultidimensionalEstimate:
    """Posterior means, and the whole posterior covariance of each person.

    ``responses``: persons x items, categories or `Missing` codes; a missing response counts as
    ``policy`` says, and an ability without any answered item is told by the others alone.
    ``grid``: one-dimensional nodes used in every dimension, their product the rule of integration,
    as R's mirt has it (``quadpts`` nodes on [-6, 6], equal weights); by default the rule is exact.
    Raises `RuleError` if dimensions and items need too large a grid.

    >>> from psychometrics.items import ItemTable, Model
    >>> table = ItemTable.from_arrays(Model.RASCH, b=[0.0, 0.0, 1.0])
    >>> items = MultidimensionalItems.simple_structure(table, [0, 0, 1])
    >>> population = MultivariatePopulation.standard([[1.0, 0.8], [0.8, 1.0]])
    >>> estimate = multidimensional_eap(items, [[1, 1, -3]], MissingPolicy.ignore_all(), population)
    >>> estimate.theta.round(3).tolist(), estimate.se.round(3).tolist()
    ([[0.704, 0.563]], [[0.847, 0.905]])
    """
    resolved = _checked(items, responses, policy, population)
    answered = count_answered(resolved)
    if not items.is_simple:
        nodes, log_mass, _ = composite.tensor_grid(items, population, grid)
        theta, covariance = composite.posterior_moments(items, resolved, population, nodes, log_mass)
    elif grid is not None:
        theta, covariance = _on_grid(items, resolved, population, grid)
    else:
        theta, covariance = _in_windows(_dimensions(items, population), resolved, population)
    return MultidimensionalEstimate(Method.EAP, theta, covariance, answered)


def multidimensional_map(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: MultivariatePopulation,
) -> MultidimensionalEstimate:
    """The mode of each posterior; the covariance is the inverse of minus its second derivatives.

    That is the observed information (as in R's mirt), which for 2PL and partial credit items is
    the expected one too; the one-dimensional `map_scores` takes the expected for all models.
    """
    resolved = _checked(items, responses, policy, population)
    size = population.dimensions
    theta = np.empty((len(resolved), size))
    hessian = np.empty((len(resolved), size, size))
    if items.is_simple:
        dimensions = _dimensions(items, population)

        def work(rows: slice) -> None:
            theta[rows], bend = modes(dimensions, population, resolved[rows])
            hessian[rows] = population.precision + bend[:, :, None] * np.eye(size)
    else:

        def work(rows: slice) -> None:
            theta[rows], hessian[rows] = composite.modes(items, resolved[rows], population)

    map_blocks(work, blocks_of(len(resolved)))
    covariance = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return MultidimensionalEstimate(Method.MAP, theta, covariance, count_answered(resolved))


def probability_above_all(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: MultivariatePopulation,
    cuts: Sequence[float],
) -> Floats:
    """P(every ability is above its cut | responses) of each person, by integration; -inf for no cut.

    ``cuts``: one a dimension, in logits. The indicator of an ability above its cut is integrated
    against the interpolant of the posterior in sinc functions (Stenger 1993, section 3.6), which
    keeps the posterior's smoothness: the error is below 1e-6 for posteriors near the normal.
    """
    resolved = _checked(items, responses, policy, population)
    limits = _checked_cuts(cuts, population.dimensions)
    if not items.is_simple:
        nodes, log_prior, step = composite.tensor_grid(items, population, None, fineness=_SHAPE_WITH_CUT[0])
        above = np.prod([_share_above(nodes[:, d], step[d], limits[d]) for d in range(limits.size)], axis=0)
        shares = composite.posterior_means(items, resolved, nodes, log_prior, above[:, None])[:, 0]
        return np.clip(shares, 0.0, 1.0)
    dimensions = _dimensions(items, population)
    centre, covariance = _in_windows(dimensions, resolved, population)
    shares = np.empty(len(resolved))

    def work(window: Window) -> None:
        kept = [
            mass * _share_above(window.centre[:, [d]] + offset, float(offset[1] - offset[0]), limits[d])
            for d, (mass, offset) in enumerate(zip(window.masses, window.offsets, strict=True))
        ]
        shares[window.persons] = window.coupling.mass(kept) / window.coupling.mass(window.masses)

    shape = _SHAPE_WITH_CUT if population.dimensions < _MANY else _SHAPE_OF_MANY_WITH_CUT
    over_windows(dimensions, population, resolved, centre, covariance, shape, work)
    return np.clip(shares, 0.0, 1.0)


def _in_windows(
    dimensions: list[Dimension], resolved: Codes, population: MultivariatePopulation
) -> tuple[Floats, Floats]:
    """Means and covariances: windows at the modes, made wider where the edge has weight."""
    size = population.dimensions
    theta = np.empty((len(resolved), size))
    covariance = np.empty((len(resolved), size, size))

    def start(rows: slice) -> None:
        theta[rows], bend = modes(dimensions, population, resolved[rows])
        hessian = population.precision + np.maximum(bend, 0.0)[:, :, None] * np.eye(size)
        covariance[rows] = np.linalg.inv(hessian)

    map_blocks(start, blocks_of(len(resolved)))
    step, reach = _SHAPE if size < _MANY else _SHAPE_OF_MANY
    # A normal posterior has a third of this at the edge of its window.
    most = math.exp(-0.5 * reach**2)
    left = np.arange(len(resolved))
    for _ in range(_MOST_ROUNDS):
        edges = np.empty((left.size, size))
        among = left

        def work(window: Window, among: Integers = among, edges: Floats = edges) -> None:
            found, rows = window.coupling.moments(window.masses), among[window.persons]
            theta[rows] = window.centre + found.mean
            covariance[rows] = found.second - found.mean[:, :, None] * found.mean[:, None, :]
            edges[window.persons] = found.edges

        shape = (step, reach)
        over_windows(dimensions, population, resolved[left], theta[left], covariance[left], shape, work)
        left = left[(edges > most).any(axis=1)]
        if not left.size:
            return theta, covariance
        reach *= 1.3
    raise ConvergenceError(field="responses", persons=int(left.size), first=int(left[0]))


def _on_grid(
    items: MultidimensionalItems, resolved: Codes, population: MultivariatePopulation, grid: Grid
) -> tuple[Floats, Floats]:
    """The same on the product of given nodes."""
    dimensions = [Dimension.at(items, d, grid.nodes) for d in range(population.dimensions)]
    offsets = [grid.nodes - mean for mean in population.mean]
    coupling = Coupling(offsets, population.precision, 0.0)
    theta = np.empty((len(resolved), len(offsets)))
    covariance = np.empty((len(resolved), len(offsets), len(offsets)))

    def work(rows: slice) -> None:
        masses = []
        for dimension in dimensions:
            heights = dimension.heights(resolved[rows])
            heights -= heights.max(axis=1, keepdims=True)
            masses.append(np.exp(heights) * grid.weights)
        found = coupling.moments(masses)
        theta[rows] = population.mean + found.mean
        covariance[rows] = found.second - found.mean[:, :, None] * found.mean[:, None, :]

    widest = grid.nodes.size ** ((len(offsets) + 1) // 2)
    map_blocks(work, blocks_of(len(resolved), max(1, min(1024, 1_000_000 // widest))))
    return theta, covariance


def _share_above(nodes: Floats, step: float, cut: float) -> Floats:
    """How much of the sinc function at each node lies above the cut, in units of the step."""
    if cut == -np.inf:
        return np.ones_like(nodes)
    share: Floats = 0.5 + sici(np.pi * (nodes - cut) / step)[0] / np.pi
    return share


def _dimensions(items: MultidimensionalItems, population: MultivariatePopulation) -> list[Dimension]:
    return [Dimension.of(items, population, d) for d in range(population.dimensions)]


def _checked(
    items: MultidimensionalItems,
    responses: ArrayLike,
    policy: MissingPolicy,
    population: MultivariatePopulation,
) -> Codes:
    if items.dimensions != population.dimensions:
        raise RuleError(field="population", dimensions=population.dimensions, items=items.dimensions)
    return resolve_missing(items.table, responses, policy)


def _checked_cuts(cuts: Sequence[float], dimensions: int) -> Floats:
    limits = np.asarray(cuts, dtype=np.float64)
    if limits.shape != (dimensions,) or np.isnan(limits).any() or (limits == np.inf).any():
        raise RuleError(field="cuts", value=limits.tolist(), dimensions=dimensions)
    return limits
