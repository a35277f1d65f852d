"""Abilities in several correlated domains at once: each borrows strength from the others.

``dimensions``  `MultivariatePopulation`; items with their loadings (`MultidimensionalItems`)
``estimation``  EAP and MAP, the chance to be above all cuts
``latent``      mean and covariance of the domains, estimated
``separable``   items that each show one domain
``composite``   items that show several
``tensor``      sums over a grid of several dimensions
``ascent``      the climb to a mode
"""

from psychometrics.multidimensional.dimensions import MultidimensionalItems, MultivariatePopulation
from psychometrics.multidimensional.estimation import (
    MultidimensionalEstimate,
    multidimensional_eap,
    multidimensional_map,
    probability_above_all,
)
from psychometrics.multidimensional.latent import LatentEstimate, estimate_population

__all__ = [
    "LatentEstimate",
    "MultidimensionalEstimate",
    "MultidimensionalItems",
    "MultivariatePopulation",
    "estimate_population",
    "multidimensional_eap",
    "multidimensional_map",
    "probability_above_all",
]
