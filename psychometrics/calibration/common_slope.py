"""A Rasch calibration on the other usual scale: one slope for all items, abilities N(0, 1)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.calibration.result import Calibration, Parameter
from psychometrics.errors import RuleError
from psychometrics.items import ItemParameters, ItemTable, Model
from psychometrics.quadrature import Population

_WIDER = {Model.RASCH: Model.TWO_PL, Model.PCM: Model.GPCM}


def common_slope(calibration: Calibration) -> Calibration:
    """Rasch and PCM items as 2PL and GPCM items of one slope, the reference group N(0, 1).

    With theta = sd z the slope is sd and every step is divided by it; likelihood, number of
    parameters and fit stay the same. The reference group's ``sd`` becomes the parameter ``a`` of no
    item. `RuleError` if an item has a slope of its own, or the reference group's sd was not estimated.

    >>> from psychometrics.calibration import calibrate
    >>> from psychometrics.datasets import lsat6
    >>> from psychometrics.responses import MissingPolicy
    >>> data = lsat6()
    >>> rasch = calibrate(data.patterns, Model.RASCH, MissingPolicy.ignore_all(), weights=data.frequencies)
    >>> common_slope(rasch).table.a.round(3).tolist()
    [0.755, 0.755, 0.755, 0.755, 0.755]
    """
    place = _reference_sd(calibration)
    sd = float(calibration.estimates[place])
    values, lengths = _divided(calibration.estimates, place)
    intercepts, changes = _intercepts(calibration, place)
    return replace(
        calibration,
        table=_table(calibration.table, sd),
        tables={label: _table(table, sd) for label, table in calibration.tables.items()},
        populations={label: Population(one.mean / sd, one.sd / sd) for label, one in calibration.populations.items()},
        parameters=tuple(
            replace(one, field=_field(at == place, one)) for at, one in enumerate(calibration.parameters)
        ),
        estimates=values,
        covariance=_carried(calibration.covariance, lengths),
        intercepts=intercepts,
        intercept_covariance=_carried(calibration.intercept_covariance, changes),
    )


def _reference_sd(calibration: Calibration) -> int:
    """Where the reference group's sd stands; `RuleError` where this is no plain Rasch calibration."""
    if calibration.histograms:
        raise RuleError(field="calibration", reason="histogram")
    for item in calibration.table.items:
        if item.model not in _WIDER:
            raise RuleError(field="calibration", item=item.item, reason="slope of its own")
    label, population = next(iter(calibration.populations.items()))
    places = [at for at, one in enumerate(calibration.parameters) if one.field == "sd" and label in one.groups]
    if not places or population.mean != 0.0:
        raise RuleError(field="calibration", reason="the reference group's mean is not 0, or its sd is given")
    return places[0]


def _divided(values: Floats, place: int) -> tuple[Floats, Floats]:
    """Every length divided by the sd at ``place``, which stays; and the Jacobian."""
    sd = values[place]
    jacobian = np.eye(values.size) / sd
    jacobian[:, place] = -values / sd**2
    jacobian[place, place] = 1.0
    divided = values / sd
    divided[place] = sd
    return divided, jacobian


def _intercepts(calibration: Calibration, place: int) -> tuple[Floats, Floats]:
    """On the metric of estimation intercepts stay; log sd becomes a slope, populations are divided."""
    values = calibration.intercepts.copy()
    sd = float(np.exp(values[place]))
    jacobian = np.eye(values.size)
    jacobian[place, place] = sd
    for at, one in enumerate(calibration.parameters):
        if one.field == "mean":
            jacobian[at, at], jacobian[at, place] = 1.0 / sd, -values[at] / sd
            values[at] /= sd
        elif one.field == "sd" and at != place:
            jacobian[at, place] = -1.0
            values[at] -= np.log(sd)
    values[place] = sd
    return values, jacobian


def _carried(covariance: Floats | None, jacobian: Floats) -> Floats | None:
    return None if covariance is None else jacobian @ covariance @ jacobian.T


def _field(reference: bool, parameter: Parameter) -> str:
    return "a" if reference else parameter.field


def _table(table: ItemTable, sd: float) -> ItemTable:
    return ItemTable(
        tuple(
            ItemParameters(one.item, _WIDER[one.model], tuple(step / sd for step in one.steps), sd)
            for one in table.items
        )
    )
