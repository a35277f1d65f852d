"""What a calibration gives back."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from psychometrics.arrays import Floats
from psychometrics.errors import DataError
from psychometrics.items import ItemTable
from psychometrics.quadrature import Grid, Population


class CalibrationWarning(UserWarning):
    """Something about a calibration that its user should look at."""


@dataclass(frozen=True)
class Caution:
    """One such thing: a ``code``, the item it is about (if it is about one), and a sentence.

    Codes: ``negative_slope``, ``asymptote_at_bound``, ``slope_at_bound``, ``location_at_bound``,
    ``sd_at_bound``, ``not_converged``, ``coarse_quadrature``, ``not_identified``, ``collapsed``,
    ``unlinked_groups``.
    """

    code: str
    item: str | None
    text: str

    def __str__(self) -> str:
        """Item and sentence, for people."""
        return f"{self.item}: {self.text}" if self.item else self.text


@dataclass(frozen=True)
class Parameter:
    """A free parameter: of an item (``field`` and, for steps and options, ``index``) or a population.

    ``field`` is that of the item table (``a``, ``b``, ``steps``, ``c``, ``d``, ``slopes``, ``intercepts``)
    or ``mean`` or ``sd``; ``groups`` are the labels of the groups that share it.
    """

    item: str | None
    field: str
    index: int
    groups: tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Item parameters, populations, and how they were arrived at.

    ``table``: all items, with the parameters of the reference group where they differ by group.
    ``tables``: for each group's label (None if there are no groups) the items it was given.
    ``populations``: mean and sd of each group; of a histogram its moments, and the histogram
    itself (nodes and probabilities that sum to 1) in ``histograms``.
    ``log_likelihood``: without the prior, from a last pass in double precision; ``log_prior``: the
    log density of the priors at the estimates.
    ``persons``: sum of the weights of all persons with an answer.
    ``converged``: whether the next step would have added less than the tolerance, and all slopes and
    intercepts are finite; ``gain``: how much it would have added to the log-likelihood;
    ``cycles``: E-steps over all persons; ``largest_change``: of any parameter in the last step.
    ``parameters``: what was estimated, by item and then by group, the order of ``estimates`` (on the
    metric of the tables: a, b, steps, c, d, mean, sd) and of ``covariance``.
    ``intercepts`` and ``intercept_covariance``: the same parameters in the same order on the metric
    of estimation: slopes, intercepts of logit = a theta + d instead of locations (for GPCM and PCM
    their sums), logits of asymptotes, log of sd.
    Covariances are None unless asked for. A parameter held at a bound has variance 0 there.
    """

    table: ItemTable
    tables: Mapping[Hashable, ItemTable]
    populations: Mapping[Hashable, Population]
    histograms: Mapping[Hashable, Grid]
    log_likelihood: float
    log_prior: float
    persons: float
    converged: bool
    cycles: int
    gain: float
    largest_change: float
    grid: Grid
    parameters: tuple[Parameter, ...]
    estimates: Floats
    intercepts: Floats
    covariance: Floats | None
    intercept_covariance: Floats | None
    histogram_parameters: int
    warnings: tuple[Caution, ...]

    @property
    def parameter_count(self) -> int:
        """How many parameters were estimated, the masses of a histogram among them."""
        return len(self.parameters) + self.histogram_parameters

    @property
    def deviance(self) -> float:
        """-2 log-likelihood."""
        return -2.0 * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's criterion (1974)."""
        return self.deviance + 2.0 * self.parameter_count

    @property
    def bic(self) -> float:
        """Schwarz's criterion (1978), with the number of persons."""
        return self.deviance + self.parameter_count * math.log(self.persons)

    @property
    def sabic(self) -> float:
        """BIC adjusted for sample size: (n + 2) / 24 for n (Sclove 1987)."""
        return self.deviance + self.parameter_count * math.log((self.persons + 2.0) / 24.0)

    @cached_property
    def standard_errors(self) -> Floats:
        """Standard errors of ``estimates``; `DataError` if none were asked for."""
        return self._errors(self.covariance)

    @cached_property
    def intercept_standard_errors(self) -> Floats:
        """Standard errors of ``intercepts``; `DataError` if none were asked for."""
        return self._errors(self.intercept_covariance)

    def places(self, item: str, field: str | None = None) -> tuple[int, ...]:
        """Where an item's parameters stand in ``parameters``, all or those of one field."""
        return tuple(
            place
            for place, one in enumerate(self.parameters)
            if one.item == item and (field is None or one.field == field)
        )

    @staticmethod
    def _errors(covariance: Floats | None) -> Floats:
        if covariance is None:
            raise DataError(field="covariance", reason="not asked for, or the information is singular")
        return np.sqrt(np.diag(covariance))
