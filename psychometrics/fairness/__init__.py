"""Fairness: does an item behave alike for persons of two groups who are equally able (DIF)?

``strata``              who is compared with whom (`Matching`)
``mantel_haenszel``     items scored right or wrong, with the classes of ETS
``standardization``     the mean difference at equal scores, in points
``polytomous``          ordered categories (`mantel_test`); any categories and groups
``breslow_day``         whether the odds ratio changes with the score
``logistic``            uniform and nonuniform DIF by logistic or proportional-odds regression
``sibtest``             SIBTEST and crossing SIBTEST, of an item or a bundle
``purification``        matching on the items that show no DIF
``multiple_tests``      p-values of many items at once
``classes``             A, B, C, and the least sample for a verdict (`SampleRule`)
"""

from psychometrics.fairness.breslow_day import BreslowDay, breslow_day
from psychometrics.fairness.classes import DifClass, SampleRule
from psychometrics.fairness.logistic import LikelihoodRatio, LogisticDif, logistic_dif
from psychometrics.fairness.mantel_haenszel import MantelHaenszel, mantel_haenszel
from psychometrics.fairness.multiple_tests import Adjustment, adjust
from psychometrics.fairness.polytomous import (
    GeneralizedMantelHaenszel,
    MantelTest,
    generalized_mantel_haenszel,
    mantel_test,
)
from psychometrics.fairness.purification import Purified, purify
from psychometrics.fairness.sibtest import Sibtest, SibtestRule, sibtest, sibtest_items
from psychometrics.fairness.standardization import Standardization, Weights, standardization
from psychometrics.fairness.strata import Matching

__all__ = [
    "Adjustment",
    "BreslowDay",
    "DifClass",
    "GeneralizedMantelHaenszel",
    "LikelihoodRatio",
    "LogisticDif",
    "MantelHaenszel",
    "MantelTest",
    "Matching",
    "Purified",
    "SampleRule",
    "Sibtest",
    "SibtestRule",
    "Standardization",
    "Weights",
    "adjust",
    "breslow_day",
    "generalized_mantel_haenszel",
    "logistic_dif",
    "mantel_haenszel",
    "mantel_test",
    "purify",
    "sibtest",
    "sibtest_items",
    "standardization",
]
