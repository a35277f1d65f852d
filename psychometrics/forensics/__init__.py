"""Are these answers the person's own, and is this item still secret?

``matching``             identical answers of all pairs of persons, right and wrong apart
``similarity``           omega, weighted omega, GBT and M4 of pairs, whoever copied
``copying``              omega and GBT of a copier given the source's answers
``k_index``              K, K1 and K2: wrong answers shared with a source, without a model
``screening``            all pairs of a session: omega or GBT, false discoveries, the suspects
``discovery``            which of many p-values are discoveries
``clusters``             the groups that suspicious pairs form
``person_fit``           lz, lz* and extended caution indices (infit and outfit: `psychometrics.fit`)
``guttman``              Guttman errors, U3, ZU3, HT: person fit without a model
``response_times``       the lognormal model of response times, its fit to a person
``rapid_guessing``       time thresholds, response time effort, fast right answers
``preknowledge``         suspected items against the rest of a person's test
``item_monitor``         an item's answers as they come: has it become easier?
``person_monitor``       a person's answers in their order: did something change?

A statistic is a reason to look, never a verdict: each page of results needs a person to read it.
"""

from psychometrics.forensics.clusters import Cluster, Clusters, find_clusters
from psychometrics.forensics.copying import Copying, copying
from psychometrics.forensics.discovery import Dependence, adjusted_p_values, discoveries
from psychometrics.forensics.guttman import PatternFit, pattern_fit
from psychometrics.forensics.item_monitor import Alarm, ItemCusum, MovingWindow
from psychometrics.forensics.k_index import KIndex, k_index
from psychometrics.forensics.matching import MatchCounts, match_counts
from psychometrics.forensics.pairing import every_pair
from psychometrics.forensics.person_fit import Index, PersonFit, person_fit
from psychometrics.forensics.person_monitor import PersonCusum, person_cusum
from psychometrics.forensics.preknowledge import Preknowledge, preknowledge
from psychometrics.forensics.rapid_guessing import (
    Effort,
    FastRightAnswers,
    effort_moderated,
    fast_right_answers,
    mixture_thresholds,
    normative_thresholds,
    response_effort,
)
from psychometrics.forensics.response_times import (
    SpeedAccuracy,
    SpeedFit,
    TimeModel,
    fit_response_times,
    speed_accuracy,
    speed_fit,
)
from psychometrics.forensics.screening import Screening, all_p_values, screen_pairs
from psychometrics.forensics.similarity import PairSimilarity, TwoWaySimilarity, similarity, two_way_similarity
from psychometrics.forensics.skewed import Tail
from psychometrics.forensics.surface import Statistic

__all__ = [
    "Alarm",
    "Cluster",
    "Clusters",
    "Copying",
    "Dependence",
    "Effort",
    "FastRightAnswers",
    "Index",
    "ItemCusum",
    "KIndex",
    "MatchCounts",
    "MovingWindow",
    "PairSimilarity",
    "PatternFit",
    "PersonCusum",
    "PersonFit",
    "Preknowledge",
    "Screening",
    "SpeedAccuracy",
    "SpeedFit",
    "Statistic",
    "Tail",
    "TimeModel",
    "TwoWaySimilarity",
    "adjusted_p_values",
    "all_p_values",
    "copying",
    "discoveries",
    "effort_moderated",
    "every_pair",
    "fast_right_answers",
    "find_clusters",
    "fit_response_times",
    "k_index",
    "match_counts",
    "mixture_thresholds",
    "normative_thresholds",
    "pattern_fit",
    "person_cusum",
    "person_fit",
    "preknowledge",
    "response_effort",
    "screen_pairs",
    "similarity",
    "speed_accuracy",
    "speed_fit",
    "two_way_similarity",
]
