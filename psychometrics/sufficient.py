"""Where the weighted sum of the responses says all there is to know about theta.

Of Rasch, 2PL and (generalized) partial credit items the likelihood is
exp(theta * s) / product of Z_j(theta) with s = sum of a_j x_j, up to a factor without theta
(Birnbaum 1968; Andersen 1977). With every item answered, all persons share the denominator:
a score is a function of s alone.
"""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Codes, Floats
from psychometrics.blocks import blocks_of, map_blocks
from psychometrics.items import ItemTable, Model

_WEIGHTED = frozenset({Model.RASCH, Model.TWO_PL, Model.PCM, Model.GPCM})


def sum_is_sufficient(table: ItemTable) -> bool:
    """Whether all items are of models of which the weighted sum is sufficient."""
    return _WEIGHTED.issuperset(table.models)


def weighted_sums(table: ItemTable, resolved: Codes) -> Floats:
    """The sum of a_j x_j of each person, NaN if any response is missing."""
    sums = np.empty(resolved.shape[0])

    def work(rows: slice) -> None:
        part = resolved[rows]
        sums[rows] = part.astype(np.float64) @ table.a
        if part.min() < 0:
            sums[rows][(part < 0).any(axis=1)] = np.nan

    map_blocks(work, blocks_of(resolved.shape[0]))
    return sums


def count_answered(resolved: Codes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many responses of each person are not missing."""
    answered = np.full(resolved.shape[0], resolved.shape[1], dtype=np.int64)

    def work(rows: slice) -> None:
        part = resolved[rows]
        if part.min() < 0:
            answered[rows] = (part >= 0).sum(axis=1)

    map_blocks(work, blocks_of(resolved.shape[0]))
    return answered
