"""Linking: item parameters of separate calibrations on one scale of ability.

``link``             one door: mean/mean, mean/sigma, robust, Haebara, Stocking-Lord
``transform``        the line theta = A theta + B and what it does to tables (`LinkingTransform`)
``anchors``          the items in common, checked
``moments``          constants from means and standard deviations
``curves``           constants from characteristic curves
``drift``            anchors that moved, and linking without them
``standard_errors``  of the constants: delta method, or drawn parameters
"""

from psychometrics.linking.anchors import Anchors, common_anchors
from psychometrics.linking.curves import Direction
from psychometrics.linking.drift import (
    DriftRule,
    DriftScreening,
    DriftStatistic,
    DriftStatistics,
    DriftStep,
    drift_statistics,
    screen_anchors,
)
from psychometrics.linking.link import CurveSettings, Linking, LinkingMethod, link
from psychometrics.linking.standard_errors import (
    LinkingErrors,
    ParameterCovariance,
    bootstrap_linking_errors,
    linking_errors,
)
from psychometrics.linking.transform import LinkingTransform

__all__ = [
    "Anchors",
    "CurveSettings",
    "Direction",
    "DriftRule",
    "DriftScreening",
    "DriftStatistic",
    "DriftStatistics",
    "DriftStep",
    "Linking",
    "LinkingErrors",
    "LinkingMethod",
    "LinkingTransform",
    "ParameterCovariance",
    "bootstrap_linking_errors",
    "common_anchors",
    "drift_statistics",
    "link",
    "linking_errors",
    "screen_anchors",
]
