"""The highest point of curves known at the nodes of an even grid."""

from __future__ import annotations

import numpy as np

from psychometrics.arrays import Floats


def highest_point(height: Floats, nodes: Floats) -> Floats:
    """Where each row of ``height`` (rows x nodes) is highest: the top of a parabola through three nodes.

    A row that is highest at an end of the grid has its top there.
    """
    top = height.argmax(axis=1)
    inner = np.clip(top, 1, nodes.size - 2)
    rows = np.arange(height.shape[0])
    before, at, after = (height[rows, inner + side] for side in (-1, 0, 1))
    bend = before - 2.0 * at + after
    shift = np.divide(0.5 * (before - after), bend, out=np.zeros_like(at), where=bend < 0)
    place = nodes[inner] + np.clip(shift, -1.0, 1.0) * (nodes[1] - nodes[0])
    peak: Floats = np.where(top == inner, place, nodes[top])
    return peak
