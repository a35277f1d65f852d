"""Equating: which score of one form is worth which score of another?

``frequencies``    how often each score occurred, alone or with an anchor
``continuous``     percentile ranks, and scores at a percentile rank
``groups``         forms taken by equivalent groups or by one group: `equate_groups`
``anchor``         forms taken by different groups that share items: `equate_anchor`
``moments``        the linear methods as functions of means and covariances, and their errors
``synthetic``      score distributions in one population (frequency estimation)
``smoothing``      log-linear presmoothing
``kernel``         equating with Gaussian kernels
``resampling``     standard errors, bias and mean squared error by bootstrap
``item_response``  true-score and observed-score equating from item parameters
``result``         `Equating`, the table of equivalents
"""

from psychometrics.equating.anchor import AnchorMethod, equate_anchor
from psychometrics.equating.frequencies import JointFrequencies, ScoreFrequencies
from psychometrics.equating.groups import GroupMethod, equate_groups
from psychometrics.equating.item_response import observed_score_equating, true_score_equating
from psychometrics.equating.kernel import best_bandwidth, kernel_equating
from psychometrics.equating.resampling import EquatingErrors, bootstrap_equating
from psychometrics.equating.result import Equating
from psychometrics.equating.smoothing import SmoothedFrequencies, SmoothedJoint, compare_degrees, smooth, smooth_joint

__all__ = [
    "AnchorMethod",
    "Equating",
    "EquatingErrors",
    "GroupMethod",
    "JointFrequencies",
    "ScoreFrequencies",
    "SmoothedFrequencies",
    "SmoothedJoint",
    "best_bandwidth",
    "bootstrap_equating",
    "compare_degrees",
    "equate_anchor",
    "equate_groups",
    "kernel_equating",
    "observed_score_equating",
    "smooth",
    "smooth_joint",
    "true_score_equating",
]
