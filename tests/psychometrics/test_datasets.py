"""The data sets that come with the package are those the reference numbers were computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from psychometrics.datasets import Dataset, lsat6, lsat7, science
from tests.psychometrics.reference import columns, entry


@pytest.mark.parametrize(
    ("load", "name", "count"), [(lsat6, "LSAT6 Rasch/2PL", "Freq"), (lsat7, "LSAT7 2PL MML", "freq")]
)
def test_lsat_has_the_published_frequencies(load: Callable[[], Dataset], name: str, count: str) -> None:
    table = entry(name)["data"]["table"]
    found = load()
    assert (columns(table, [column for column in table if column != count]) == found.patterns).all()
    assert found.frequencies.tolist() == table[count]
    assert found.responses.shape == (1000, 5)


def test_science_has_the_persons_of_the_reference() -> None:
    table = entry("Science GRM / GPCM / PCM / NRM")["data"]["table"]
    found = science()
    assert found.items == tuple(table)
    assert Counter(map(tuple, columns(table, list(table)) - 1)) == Counter(map(tuple, found.responses.astype(int)))
    assert np.unique(found.responses).tolist() == [0, 1, 2, 3]
