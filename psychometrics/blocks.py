"""Long matrices in blocks of rows, worked on by a few threads with one BLAS thread each.

A block small enough for the cache, and products that do not share a core, beat a BLAS that splits
every product: on a busy machine its threads wait for each other many times longer than they work.
Results come back in the order of the blocks, so sums do not depend on which thread was first.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

BLOCK_ROWS = 2048

_Result = TypeVar("_Result")


def blocks_of(rows: int, size: int = BLOCK_ROWS) -> list[slice]:
    """Slices of at most ``size`` rows that cover ``rows``, in order."""
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def map_blocks(work: Callable[[slice], _Result], blocks: Sequence[slice]) -> list[_Result]:
    """``work`` done on each block, in the order of the blocks; one block is done in this thread.

    ``work`` may write into rows of arrays that are its block's own. The first exception is raised.

    >>> map_blocks(lambda rows: rows.stop - rows.start, blocks_of(5000))
    [2048, 2048, 904]
    """
    threads = min(len(blocks), processors())
    if threads <= 1:
        return [work(rows) for rows in blocks]
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, blocks))


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, NumPy's OpenBLAS splits no product; nested and simultaneous uses end with the last.

    With another BLAS nothing happens: results are the same, only slower.
    """
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()


class _Limit:
    """Counts who wants one thread; the number found by the first is set again by the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before = 1

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1 and (control := _openblas()) is not None:
                get, put = control
                self._before = get()
                put(1)

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and (control := _openblas()) is not None:
                control[1](self._before)


_NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads")
# The one thing here that outlives a call: a BLAS has one number of threads for the whole process.
_LIMIT = _Limit()


@cache
def _openblas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """How to read and set the number of threads of the OpenBLAS that NumPy's wheel carries."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for file in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(file))
            for name in _NAMES:
                if hasattr(library, name.format("set")):
                    return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None
