"""The ability of a test in progress, kept on the nodes of a grid: an answer costs a few rows.

EAP sums over the nodes. ML, MAP and WLE take the highest node and the top of the parabola through
it and its neighbours. Final scores are given by `psychometrics.scoring` and `psychometrics.maximum`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid

from psychometrics.adaptive.curves import GridCurves
from psychometrics.adaptive.tops import highest_point
from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.quadrature import Population
from psychometrics.scoring import Method


@dataclass(eq=False)
class ProvisionalScorer:
    """N examinees' sums on the grid: log-likelihood at nodes and points, information, Warm's J.

    `add` takes one answer each; `estimate` gives theta and its standard error, in logits.
    """

    curves: GridCurves
    population: Population
    method: Method
    sums: Floats
    information: Floats | None
    bias: Floats | None

    @classmethod
    def start(cls, curves: GridCurves, population: Population, method: Method, size: int) -> ProvisionalScorer:
        """Nothing answered yet."""
        needed = [method is not Method.EAP, method is Method.WLE]
        information, bias = (np.zeros((size, curves.size)) if need else None for need in needed)
        return cls(curves, population, method, np.zeros((size, curves.answers.shape[2])), information, bias)

    @property
    def log_likelihood(self) -> Floats:
        """At the nodes, examinees x nodes."""
        return self.sums[:, : self.curves.size]

    @property
    def at_points(self) -> Floats:
        """The log-likelihood at the extra points, examinees x points."""
        return self.sums[:, self.curves.size :]

    def add(self, items: Integers, resolved: Codes) -> None:
        """One item and one answer an examinee; a negative code adds nothing."""
        self.sums += self.curves.answers[items, np.maximum(resolved, -1)]
        answered = (resolved >= 0)[:, None]
        if self.information is not None:
            self.information += np.where(answered, self.curves.information[items], 0.0)
        if self.bias is not None:
            self.bias += np.where(answered, self.curves.bias_term[items], 0.0)

    def keep(self, rows: Integers) -> None:
        """Forget all examinees but these."""
        self.sums = self.sums[rows]
        self.information = None if self.information is None else self.information[rows]
        self.bias = None if self.bias is None else self.bias[rows]

    def estimate(self) -> tuple[Floats, Floats]:
        """Theta and standard error of each examinee.

        EAP: mean and sd of the posterior (Bock & Mislevy 1982). ML and WLE: 1 / sqrt(information)
        (Warm 1989); MAP: 1 / sqrt(information + 1 / sd^2). Without any answer ML and WLE, which
        say nothing then, stand at the population's mean with an infinite error.
        """
        if self.information is None:
            return self._eap()
        height = self.log_likelihood + self._added()
        theta = highest_point(height, self.curves.grid.nodes)
        information = _interpolated(self.information, self.curves.grid.nodes, theta)
        if self.method is Method.MAP:
            information = information + self.population.sd**-2
        nothing = self.information.max(axis=1) == 0.0
        with np.errstate(divide="ignore"):
            return np.where(nothing, self.population.mean, theta), 1.0 / np.sqrt(information)

    def _eap(self) -> tuple[Floats, Floats]:
        nodes, weights = self.curves.grid.nodes, self.curves.grid.weights
        density = self.log_likelihood + self.population.log_density(nodes)
        density -= density.max(axis=1, keepdims=True)
        np.exp(density, out=density)
        distance = nodes - self.population.mean
        powers = weights[:, None] * np.stack((np.ones(nodes.size), distance, distance**2), axis=1)
        total, first, second = (density @ powers).T
        mean = first / total
        return self.population.mean + mean, np.sqrt(np.maximum(second / total - mean**2, 0.0))

    def _added(self) -> Floats:
        nodes = self.curves.grid.nodes
        if self.method is Method.MAP:
            return self.population.log_density(nodes)
        if self.bias is None or self.information is None:
            return np.zeros(nodes.size)
        slope = np.divide(self.bias, 2.0 * self.information, out=np.zeros_like(self.bias), where=self.information > 0)
        weight: Floats = cumulative_trapezoid(slope, x=nodes, axis=1, initial=0)
        return weight


def _interpolated(values: Floats, nodes: Floats, place: Floats) -> Floats:
    position = (place - nodes[0]) / (nodes[1] - nodes[0])
    left = np.clip(position.astype(np.int64), 0, nodes.size - 2)
    rows, share = np.arange(place.size), position - left
    low, high = values[rows, left], values[rows, left + 1]
    result: Floats = low + share * (high - low)
    return result
