"""The area between an item's curves in two groups: how large is the DIF of the parameters?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import RuleError
from psychometrics.items import DICHOTOMOUS, ItemParameters, ItemTable
from psychometrics.models import expected_score
from psychometrics.quadrature import Population, even_grid


@dataclass(frozen=True, eq=False)
class CurveAreas:
    """One entry an item, in points of the item's score.

    ``signed``: reference minus focal curve over the whole line, above 0 if the item is harder for
    the focal group, in points x logits; ``unsigned``: the absolute difference. NaN if the area
    is not finite (asymptotes differ, slopes of unlike sign) or the item is nominal. ``weighted``:
    the difference expected for a person of the population; ``weighted_unsigned`` the expected
    absolute one; ``root_mean_square`` the root of the expected square (its square is the NCDIF of
    Raju, van der Linden & Fleer 1995).
    """

    signed: Floats
    unsigned: Floats
    weighted: Floats
    weighted_unsigned: Floats
    root_mean_square: Floats


def curve_areas(reference: ItemTable, focal: ItemTable, population: Population) -> CurveAreas:
    """Areas between expected-score curves on one scale (Raju 1988; Cohen, Kim & Baker 1993).

    The tables hold the same items in the same order, as the two groups know them; ``population``
    is the focal group's. Any models. Closed forms for dichotomous items of equal asymptotes and for
    signed areas, otherwise a trapezoid rule good to 1e-5. Raises `RuleError` if the items differ.

    >>> from psychometrics.items import Model
    >>> one, other = (ItemTable.from_arrays(Model.TWO_PL, a=[1.0], b=[b]) for b in (0.0, 0.5))
    >>> found = curve_areas(one, other, Population())
    >>> found.signed.tolist(), found.unsigned.tolist(), found.weighted.round(3).tolist()
    ([0.5], [0.5], [0.102])
    """
    if reference.names != focal.names or (reference.categories != focal.categories).any():
        raise RuleError(field="focal", items=focal.names)
    steep = max(float(reference.steepness.max()), float(focal.steepness.max()), 1.0)
    reach = 8.0 * population.sd
    # Absolute differences have a kink where the curves cross, so the nodes lie closer than usual.
    grid = even_grid(population.mean - reach, population.mean + reach, 0.05 * min(population.sd, 1.0 / steep))
    gap = expected_score(reference, grid.nodes) - expected_score(focal, grid.nodes)
    density = grid.weights * np.exp(population.log_density(grid.nodes))
    areas = np.array([_areas(one, other) for one, other in zip(reference.items, focal.items, strict=True)])
    return CurveAreas(areas[:, 0], areas[:, 1], density @ gap, density @ np.abs(gap), np.sqrt(density @ gap**2))


def raju_height(a_reference: float, b_reference: float, a_focal: float, b_focal: float) -> tuple[float, float]:
    """H of Raju (1988, eq. 12), whose size is the area between two 2PL curves, and its argument Y."""
    shift, bend = b_focal - b_reference, 1.0 / a_reference - 1.0 / a_focal
    if bend == 0.0:
        return shift, np.inf
    y = shift / bend
    return float(2.0 * bend * np.logaddexp(0.0, y) - shift), y


def _areas(reference: ItemParameters, focal: ItemParameters) -> tuple[float, float]:
    asymptotes = (reference.c, reference.d) == (focal.c, focal.d)
    if not (reference.steps and focal.steps and asymptotes and reference.a * focal.a > 0):
        return np.nan, np.nan
    height = (reference.d - reference.c) * float(np.sign(reference.a))
    signed = height * (sum(focal.steps) - sum(reference.steps))
    if reference.model in DICHOTOMOUS and focal.model in DICHOTOMOUS:
        area, _ = raju_height(abs(reference.a), reference.b, abs(focal.a), focal.b)
        return signed, abs(height * area)
    return signed, _numeric(reference, focal)


def _numeric(reference: ItemParameters, focal: ItemParameters) -> float:
    """Absolute area by the trapezoid rule, out to where both curves are flat to 1e-9."""
    margin = 22.0 / min(abs(reference.a), abs(focal.a))
    ends = (*reference.steps, *focal.steps)
    theta = np.linspace(min(ends) - margin, max(ends) + margin, 20_001)
    one, other = (expected_score(ItemTable((entry,)), theta)[:, 0] for entry in (reference, focal))
    return float(np.trapezoid(np.abs(one - other), theta))
