"""The array types named in signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Booleans: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int8]
FloatsLike: TypeAlias = float | Sequence[float] | Floats

# Bounds the memory of one step of a blocked computation: 4 million doubles are 32 MB.
_CELLS_PER_BLOCK = 4_000_000


def row_blocks(rows: int, cells_per_row: int) -> Iterator[slice]:
    """Slices that cover ``rows`` so that a block times ``cells_per_row`` stays small."""
    size = max(1, _CELLS_PER_BLOCK // max(1, cells_per_row))
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))
