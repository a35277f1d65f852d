"""Several abilities at once: how they go together in a population, and which items show which.

Every item depends on the abilities through one weighted sum of them, its composite
(compensatory models: McKinley & Reckase 1983; Muraki & Carlson 1995 for graded items). So an item is
an ordinary item on the metric of its composite, and a row of loadings that says what that is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError
from psychometrics.items import ItemParameters, ItemTable, Model

_SLOPED = {Model.RASCH: Model.TWO_PL, Model.PCM: Model.GPCM}


@dataclass(frozen=True, eq=False)
class MultivariatePopulation:
    """Abilities are multivariate normal: ``mean`` (dimensions), ``covariance`` (square), in logits.

    Raises `RuleError` unless the covariance is symmetric and positive definite.
    """

    mean: Floats
    covariance: Floats

    def __post_init__(self) -> None:
        mean = np.array(self.mean, dtype=np.float64)
        covariance = np.array(self.covariance, dtype=np.float64)
        if mean.ndim != 1 or not mean.size or not np.isfinite(mean).all():
            raise RuleError(field="population.mean", value=mean.tolist())
        if covariance.shape != (mean.size, mean.size) or not np.isfinite(covariance).all():
            raise RuleError(field="population.covariance", shape=covariance.shape, dimensions=mean.size)
        if not np.allclose(covariance, covariance.T, rtol=0, atol=1e-10):
            raise RuleError(field="population.covariance", reason="not_symmetric")
        values = np.linalg.eigvalsh(covariance)
        if not values[0] > 1e-10 * values[-1]:
            raise RuleError(field="population.covariance", reason="not_positive_definite")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "covariance", covariance)

    @classmethod
    def standard(cls, correlation: ArrayLike) -> MultivariatePopulation:
        """Means 0, standard deviations 1 and this correlation matrix."""
        matrix = np.asarray(correlation, dtype=np.float64)
        return cls(np.zeros(len(matrix)), matrix)

    @property
    def dimensions(self) -> int:
        """How many abilities there are."""
        return self.mean.size

    @property
    def sd(self) -> Floats:
        """Standard deviation of each ability."""
        spread: Floats = np.sqrt(np.diag(self.covariance))
        return spread

    @property
    def correlation(self) -> Floats:
        """The correlation matrix of the abilities."""
        return self.covariance / np.outer(self.sd, self.sd)

    @property
    def precision(self) -> Floats:
        """The inverse of the covariance."""
        return np.asarray(np.linalg.inv(self.covariance), dtype=np.float64)

    def log_density(self, theta: Floats) -> Floats:
        """Log of the normal density at each row of ``theta``, points x dimensions."""
        off = theta - self.mean
        constant = self.dimensions * math.log(2.0 * math.pi) + np.linalg.slogdet(self.covariance)[1]
        density: Floats = -0.5 * (np.einsum("nd,de,ne->n", off, self.precision, off) + constant)
        return density


@dataclass(frozen=True, eq=False)
class MultidimensionalItems:
    """``table``: the items on the metric of their composites; ``loadings``: items x dimensions.

    The composite of an item is ``loadings`` times theta. Raises `RuleError` for loadings of
    another shape, not finite, or all 0 for some item.
    """

    table: ItemTable
    loadings: Floats

    def __post_init__(self) -> None:
        loadings = np.array(self.loadings, dtype=np.float64)
        if loadings.ndim != 2 or len(loadings) != len(self.table) or not loadings.shape[1]:
            raise RuleError(field="loadings", shape=loadings.shape, items=len(self.table))
        usable = np.isfinite(loadings).all(axis=1) & (loadings != 0).any(axis=1)
        if not usable.all():
            raise RuleError(field="loadings", item=self.table.names[int(np.argmin(usable))])
        object.__setattr__(self, "loadings", loadings)

    @classmethod
    def simple_structure(
        cls, table: ItemTable, dimension: Sequence[int], dimensions: int | None = None
    ) -> MultidimensionalItems:
        """Items that show one ability each, on that ability's own metric.

        ``dimension``: for each item the number of its ability, from 0. ``dimensions``: how many
        there are, if the last ones have no item.

        >>> table = ItemTable.from_arrays(Model.TWO_PL, a=[1.2, 0.9], b=[0.0, 0.5])
        >>> MultidimensionalItems.simple_structure(table, [0, 1]).loadings.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        place = np.asarray(dimension)
        if place.shape != (len(table),) or place.dtype.kind not in "iu":
            raise RuleError(field="dimension", shape=place.shape, items=len(table))
        count = int(place.max()) + 1 if dimensions is None else dimensions
        if place.min() < 0 or place.max() >= count:
            raise RuleError(field="dimension", dimensions=count, lowest=int(place.min()), highest=int(place.max()))
        return cls(table, np.eye(count)[place])

    @classmethod
    def from_intercepts(
        cls,
        model: Model,
        slopes: ArrayLike,
        intercepts: ArrayLike,
        *,
        c: ArrayLike | None = None,
        d: ArrayLike | None = None,
        names: Sequence[str] | None = None,
    ) -> MultidimensionalItems:
        """Items in the form slopes . theta + intercept, as R's mirt prints them.

        ``slopes``: items x dimensions. ``intercepts``: one a item, or items x steps: of the GRM
        falling, P(k or higher) = F(slopes . theta + intercept_k); of the GPCM
        P(k) proportional to exp(k slopes . theta + intercept_k), without the 0 of category 0; NaN
        where an item has fewer. ``c`` and ``d`` are the asymptotes of 3PL and 4PL items.

        >>> items = MultidimensionalItems.from_intercepts(Model.TWO_PL, [[1.2, 0.3]], [-0.5])
        >>> items.table.items[0].b
        0.5
        """
        matrix = np.asarray(intercepts, dtype=np.float64)
        loadings = np.asarray(slopes, dtype=np.float64)
        matrix = matrix.reshape(len(loadings), -1)
        if model is Model.NOMINAL:
            raise RuleError(field="model", model=model.value)
        if model is Model.GPCM or model is Model.PCM:
            matrix = np.diff(matrix, prepend=0.0, axis=1)
        unit = np.ones(len(loadings)) if "a" in model.fields else None
        if "b" in model.fields:
            table = ItemTable.from_arrays(model, a=unit, b=-matrix[:, 0], c=c, d=d, names=names)
        else:
            table = ItemTable.from_arrays(model, a=unit, steps=-matrix, names=names)
        return cls(table, loadings)

    @property
    def dimensions(self) -> int:
        """How many abilities there are."""
        return int(self.loadings.shape[1])

    @property
    def is_simple(self) -> bool:
        """Whether every item shows one ability only."""
        return bool(((self.loadings != 0).sum(axis=1) == 1).all())

    def on_dimension(self, dimension: int) -> tuple[ItemTable, list[int]] | None:
        """The items of a simple structure that show this ability, on its metric, and their columns."""
        columns = np.flatnonzero(self.loadings[:, dimension]).tolist()
        if not columns:
            return None
        scaled = [_rescaled(self.table.items[j], float(self.loadings[j, dimension])) for j in columns]
        return ItemTable(tuple(scaled)), columns


def _rescaled(item: ItemParameters, loading: float) -> ItemParameters:
    """The item as a function of theta, if it was one of loading * theta."""
    if loading == 1.0:
        return item
    if item.model is Model.NOMINAL:
        return replace(item, slopes=tuple(loading * slope for slope in item.slopes))
    return replace(
        item,
        model=_SLOPED.get(item.model, item.model),
        a=loading * item.a,
        steps=tuple(step / loading for step in item.steps),
    )
