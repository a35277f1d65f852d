"""Blocks cover all rows in order, errors come out, and BLAS gets its threads back."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from psychometrics import blocks
from psychometrics.blocks import blocks_of, map_blocks, one_blas_thread


@pytest.mark.parametrize("rows", [0, 1, 2047, 2048, 2049, 10_000])
def test_blocks_cover_every_row_once(rows: int) -> None:
    covered = [row for block in blocks_of(rows) for row in range(block.start, block.stop)]
    assert covered == list(range(rows))


def test_results_keep_the_order_of_the_blocks() -> None:
    data = np.arange(10_000)
    assert map_blocks(lambda rows: int(data[rows].sum()), blocks_of(10_000, 7)) == [
        int(data[rows].sum()) for rows in blocks_of(10_000, 7)
    ]


def test_an_error_in_a_block_is_raised() -> None:
    def fail(rows: slice) -> None:
        if rows.start:
            raise ValueError(rows.start)

    with pytest.raises(ValueError, match="5"):
        map_blocks(fail, blocks_of(10, 5))


def test_blas_has_one_thread_inside_and_its_own_number_again_after_the_last() -> None:
    control = blocks._openblas()
    assert control is not None, "NumPy's wheel carries an OpenBLAS whose threads can be set"
    read = control[0]
    before = read()
    with one_blas_thread():
        with one_blas_thread():
            assert read() == 1
        assert read() == 1
    assert read() == before
    crowd = [threading.Thread(target=map_blocks, args=(lambda rows: None, blocks_of(9, 2))) for _ in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert read() == before
