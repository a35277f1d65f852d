"""Prior densities of item parameters: their logarithm and its derivatives.

A prior turns maximum likelihood into the posterior mode (Mislevy 1986). The densities are
normalised, so that the log prior reported is the one R's mirt reports.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betaln, expit

from psychometrics.arrays import Floats
from psychometrics.calibration.families import location_jacobian, locations, slope_count
from psychometrics.errors import RuleError
from psychometrics.items import Model


class Density(Protocol):
    """Log density, first derivative, and the negative second derivative (at least 0)."""

    def log_density(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Three arrays of the shape of ``x``."""


@dataclass(frozen=True)
class Normal:
    """Normal with this mean and standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _positive("priors.sd", self.sd)

    def log_density(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Log density and derivatives."""
        z = (x - self.mean) / self.sd
        log = -0.5 * z**2 - math.log(self.sd * math.sqrt(2.0 * math.pi))
        return log, -z / self.sd, np.full_like(x, self.sd**-2)


@dataclass(frozen=True)
class LogNormal:
    """The logarithm is normal with this mean and standard deviation; the density is of x itself."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _positive("priors.sd", self.sd)

    def log_density(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Log density and derivatives; minus infinity where x is not positive."""
        positive = x > 0
        safe = np.where(positive, x, 1.0)
        z = (np.log(safe) - self.mean) / self.sd
        log = -0.5 * z**2 - np.log(safe) - math.log(self.sd * math.sqrt(2.0 * math.pi))
        slope = -(1.0 + z / self.sd) / safe
        curvature = np.maximum(self.sd**-2 - 1.0 - z / self.sd, 0.0) / safe**2
        return np.where(positive, log, -np.inf), slope, curvature


@dataclass(frozen=True)
class Beta:
    """Beta density of an asymptote itself (not of its logit)."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        _positive("priors.alpha", self.alpha)
        _positive("priors.beta", self.beta)

    def log_density(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Log density, with derivatives by the logit ``x``."""
        p, up, down = expit(x), self.alpha - 1.0, self.beta - 1.0
        log = -up * np.logaddexp(0.0, -x) - down * np.logaddexp(0.0, x) - betaln(self.alpha, self.beta)
        return log, up * (1.0 - p) - down * p, np.maximum((up + down) * p * (1.0 - p), 0.0)


@dataclass(frozen=True)
class Priors:
    """Priors of item parameters; None is no prior. The same for all items that have the parameter.

    ``a``: `Normal` or `LogNormal`, on slopes (of a nominal item, on each option's).
    ``b``: `Normal`, on the difficulty or on each step.
    ``intercept``: `Normal`, on each intercept of logit = a theta + d.
    ``c``, ``d``: the lower and the upper asymptote: `Normal` on the logit, or `Beta`.

    >>> Priors(c=Normal(-1.4, 0.5)).c
    Normal(mean=-1.4, sd=0.5)
    """

    a: Normal | LogNormal | None = None
    b: Normal | None = None
    intercept: Normal | None = None
    c: Normal | Beta | None = None
    d: Normal | Beta | None = None


@dataclass(frozen=True, eq=False)
class PriorTerms:
    """Sum of log densities, gradient (items x parameters), negative Hessian (items x par. x par.)."""

    log: float
    gradient: Floats
    information: Floats


_Parts = list[tuple[Density, slice]]


def prior_terms(priors: Priors, model: Model, x: Floats, categories: int) -> PriorTerms | None:
    """The log prior of the items in the rows of ``x`` and its derivatives; None if there is none."""
    parts = _parts(priors, model, categories)
    if not parts and (priors.b is None or model is Model.NOMINAL):
        return None
    log, gradient = 0.0, np.zeros_like(x)
    information = np.zeros((*x.shape, x.shape[1]))
    diagonal = np.einsum("ipp->ip", information)
    for density, columns in parts:
        value, slope, curvature = density.log_density(x[:, columns])
        log += float(value.sum())
        gradient[:, columns] += slope
        diagonal[:, columns] += curvature
    if priors.b is not None and model is not Model.NOMINAL:
        value, slope, curvature = priors.b.log_density(locations(model, x, categories))
        jacobian = location_jacobian(model, x, categories)
        log += float(value.sum())
        gradient += np.einsum("isp,is->ip", jacobian, slope)
        information += np.einsum("isp,is,isq->ipq", jacobian, curvature, jacobian)
    return PriorTerms(log, gradient, information)


def _parts(priors: Priors, model: Model, categories: int) -> _Parts:
    slopes = slope_count(model, categories)
    after = slopes + categories - 1
    places: list[tuple[Density | None, slice, bool]] = [
        (priors.a, slice(0, slopes), slopes > 0),
        (priors.intercept, slice(slopes, after), True),
        (priors.c, slice(after, after + 1), model in (Model.THREE_PL, Model.FOUR_PL)),
        (priors.d, slice(after + 1, after + 2), model is Model.FOUR_PL),
    ]
    return [(density, columns) for density, columns, has in places if has and density is not None]


def _positive(field: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise RuleError(field=field, value=value)
