"""Calibration: item parameters from responses, by marginal maximum likelihood.

``calibrate``    the function: data and settings in, `Calibration` out
``result``       `Calibration`, its labelled parameters, its warnings
``priors``       prior densities of item parameters
``problem``      all arguments, checked and arranged
``plan``         what the caller says about items
``sample``       persons by group, as rows of bytes
``layout``       which parameters there are, and where they stand in one vector
``families``     curves of items with free parameters and their derivatives
``nodes``        the quadrature, chosen from the test's information
``expectation``  the E-step
``marginal``     the function climbed, its gradient, the metric of PX-EM
``ascent``       the climb
``start``        starting values
``estimate``     the order of work
``histogram``    ability distributions of any shape
``information``  observed information (Louis 1982)
``missing``      the part of it that the unseen abilities take away
``report``       from the vector back to tables
``common_slope`` a Rasch calibration as one of a common slope
``comparison``   likelihood ratio and score tests of nested models, G2 of all patterns
"""

from psychometrics.calibration.calibrate import calibrate
from psychometrics.calibration.common_slope import common_slope
from psychometrics.calibration.comparison import ModelTest, likelihood_ratio, pattern_test, score_test
from psychometrics.calibration.histogram import Histogram
from psychometrics.calibration.plan import EmptyCategory
from psychometrics.calibration.priors import Beta, LogNormal, Normal, Priors
from psychometrics.calibration.result import Calibration, CalibrationWarning, Caution, Parameter

__all__ = [
    "Beta",
    "Calibration",
    "CalibrationWarning",
    "Caution",
    "EmptyCategory",
    "Histogram",
    "LogNormal",
    "ModelTest",
    "Normal",
    "Parameter",
    "Priors",
    "calibrate",
    "common_slope",
    "likelihood_ratio",
    "pattern_test",
    "score_test",
]
