"""How alike the answers of all pairs in a room are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from psychometrics.errors import DataError
from psychometrics.plots.canvas import label, new_figure

_NAMED = 40


def similarity_heat_map(similarity: ArrayLike, names: Sequence[str], title: str = "Similarity of answers") -> Figure:
    """Persons x persons as colours; the diagonal is left out, since all are like themselves.

    ``similarity``: a symmetric matrix, larger is more alike (matches, omega, or -log10 p); NaN is
    left white. Names are written for up to 40 persons. Raises `DataError` for another shape, fewer
    than two persons, or as many names as there are not persons.
    """
    values = np.array(similarity, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.shape[0] < 2:
        raise DataError(field="similarity", shape=values.shape)
    if len(names) != values.shape[0]:
        raise DataError(field="names", names=len(names), persons=values.shape[0])
    np.fill_diagonal(values, np.nan)
    figure = new_figure(height=6.0)
    axes = figure.add_subplot()
    # Without smoothing between cells: one cell is one pair.
    image = axes.imshow(values, cmap="cividis", interpolation="nearest")
    figure.colorbar(image, ax=axes, shrink=0.8)
    label(axes, title, "", "")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    if len(names) <= _NAMED:
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        axes.set_yticks(range(len(names)), names, fontsize=7)
    return figure
