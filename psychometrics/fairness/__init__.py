"""Fairness: does an item behave alike for persons of two groups who are equally able (DIF)?

``strata``              who is compared with whom (`Matching`)
``mantel_haenszel``     items scored right or wrong, with the classes of ETS
``standardization``     the mean difference at equal scores, in points
``polytomous``          ordered categories (`mantel_test`); any categories and groups
``breslow_day``         whether the odds ratio changes with the score
``logistic``            uniform and nonuniform DIF by logistic or proportional-odds regression
``sibtest``             SIBTEST and crossing SIBTEST, of an item or a bundle
``models``              likelihood-ratio and Wald tests of item parameters, all groups calibrated together
``separate``            Lord's and Raju's tests, each group calibrated by itself
``areas``               the area between the curves of two groups
``purification``        matching on the items that show no DIF
``multiple_tests``      p-values of many items at once
``classes``             A, B, C, and the least sample for a verdict (`SampleRule`)
"""

from psychometrics.fairness.areas import CurveAreas, curve_areas
from psychometrics.fairness.breslow_day import BreslowDay, breslow_day
from psychometrics.fairness.classes import DifClass, SampleRule
from psychometrics.fairness.logistic import LikelihoodRatio, LogisticDif, logistic_dif
from psychometrics.fairness.mantel_haenszel import MantelHaenszel, mantel_haenszel
from psychometrics.fairness.models import ModelDif, Scheme, likelihood_ratio_dif, wald_dif
from psychometrics.fairness.multiple_tests import Adjustment, adjust
from psychometrics.fairness.polytomous import (
    GeneralizedMantelHaenszel,
    MantelTest,
    generalized_mantel_haenszel,
    mantel_test,
)
from psychometrics.fairness.purification import Purified, purify
from psychometrics.fairness.separate import AreaTests, ItemEstimates, LordTest, area_tests, lord_test
from psychometrics.fairness.sibtest import Sibtest, SibtestRule, sibtest, sibtest_items
from psychometrics.fairness.standardization import Standardization, Weights, standardization
from psychometrics.fairness.strata import Matching

__all__ = [
    "Adjustment",
    "AreaTests",
    "BreslowDay",
    "CurveAreas",
    "DifClass",
    "GeneralizedMantelHaenszel",
    "ItemEstimates",
    "LikelihoodRatio",
    "LogisticDif",
    "LordTest",
    "MantelHaenszel",
    "MantelTest",
    "Matching",
    "ModelDif",
    "Purified",
    "SampleRule",
    "Scheme",
    "Sibtest",
    "SibtestRule",
    "Standardization",
    "Weights",
    "adjust",
    "area_tests",
    "breslow_day",
    "curve_areas",
    "generalized_mantel_haenszel",
    "likelihood_ratio_dif",
    "logistic_dif",
    "lord_test",
    "mantel_haenszel",
    "mantel_test",
    "purify",
    "sibtest",
    "sibtest_items",
    "standardization",
    "wald_dif",
]
