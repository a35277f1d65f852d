"""Groups of persons that suspicious pairs hang together in: a leak seldom stops at two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from psychometrics.arrays import Floats, Integers
from psychometrics.errors import RuleError
from psychometrics.forensics.pairing import check_pairs


@dataclass(frozen=True)
class Cluster:
    """``members``: numbers of persons, rising. ``edges`` of the ``possible`` pairs are suspicious.

    ``strongest`` is the pair with the smallest p-value, ``smallest_p``; ``median_p`` that of the
    edges. ``hub`` is the member with most edges: often the source.
    """

    members: tuple[int, ...]
    edges: int
    strongest: tuple[int, int]
    smallest_p: float
    median_p: float
    hub: int

    @property
    def possible(self) -> int:
        """How many pairs the members form."""
        return len(self.members) * (len(self.members) - 1) // 2

    @property
    def density(self) -> float:
        """Edges among possible ones: 1 if everyone resembles everyone, small for a chain."""
        return self.edges / self.possible


@dataclass(frozen=True, eq=False)
class Clusters:
    """Largest first. ``of_person``: the place in ``clusters`` of each person's, -1 if in none."""

    clusters: tuple[Cluster, ...]
    of_person: Integers


def find_clusters(pairs: ArrayLike, p_values: ArrayLike, persons: int) -> Clusters:
    """Connected components of the graph whose edges are the pairs given.

    ``pairs``: edges x 2, numbers of persons; ``p_values``: one an edge. Raises `RuleError`.

    >>> found = find_clusters([[0, 1], [1, 4], [2, 3]], [0.002, 0.0001, 0.003], persons=6)
    >>> [cluster.members for cluster in found.clusters], found.of_person.tolist()
    ([(0, 1, 4), (2, 3)], [0, 0, 1, 1, 0, -1])
    >>> found.clusters[0].strongest, found.clusters[0].hub
    ((1, 4), 1)
    """
    edges = check_pairs(np.asarray(pairs, dtype=np.int64).reshape(-1, 2), persons)
    p = np.asarray(p_values, dtype=np.float64)
    if p.shape != (len(edges),) or np.isnan(p).any():
        raise RuleError(field="p_values", shape=p.shape, pairs=len(edges))
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(persons, persons))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[edges[:, 0]], kind="stable")
    starts = np.flatnonzero(np.diff(label[edges[order, 0]], prepend=-1))
    groups = np.split(order, starts[1:]) if len(edges) else []
    clusters = [_describe(edges[rows], p[rows]) for rows in groups]
    clusters.sort(key=lambda cluster: (-len(cluster.members), cluster.smallest_p, cluster.members))
    of_person = np.full(persons, -1, dtype=np.int64)
    for place, cluster in enumerate(clusters):
        of_person[list(cluster.members)] = place
    return Clusters(tuple(clusters), of_person)


def _describe(edges: Integers, p: Floats) -> Cluster:
    members, degree = np.unique(edges, return_counts=True)
    strongest = edges[p.argmin()]
    return Cluster(
        members=tuple(members.tolist()),
        edges=len(np.unique(np.sort(edges, axis=1), axis=0)),
        strongest=(int(strongest[0]), int(strongest[1])),
        smallest_p=float(p.min()),
        median_p=float(np.median(p)),
        hub=int(members[degree.argmax()]),
    )
