"""Standards: where a cut comes from, how well it is met, and what a score is worth.

``angoff``            cuts from judgments of items (Angoff in rounds, Ebel)
``bookmark``          cuts from a booklet of items in order of difficulty
``examinees``         cuts from judgments of people: contrasting groups, borderline, Hofstee
``classification``    accuracy, consistency, kappa (`Decisions`, `Classification`)
``item_response``     these for a test with item parameters: Rudner, Lee
``livingston_lewis``  these from scores and a reliability
``thresholds``        the probability that a person truly meets each threshold, and all
``true_scores``       the same for a raw score on a form
``validity``          correlation with a criterion, range restriction, attenuation
``composites``        domains as one score: weights, validity, reliability
"""

from psychometrics.standards.angoff import (
    AgreementWithData,
    Angoff,
    AngoffRounds,
    VarianceComponents,
    angoff,
    angoff_rounds,
    ebel,
    variance_components,
)
from psychometrics.standards.bookmark import (
    RP67,
    Booklet,
    Bookmark,
    Guessing,
    Placement,
    bookmark,
    ordered_booklet,
)
from psychometrics.standards.classification import Classification, Decisions
from psychometrics.standards.composites import (
    IncrementalValidity,
    RegressionValidity,
    composite_reliability,
    effective_weights,
    fixed_weights_validity,
    incremental_validity,
    regression_validity,
)
from psychometrics.standards.examinees import (
    BorderlineRegression,
    ContrastingGroups,
    EstimatedCut,
    Hofstee,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    hofstee,
)
from psychometrics.standards.item_response import lee, lee_in_population, population_grid, rudner, rudner_in_population
from psychometrics.standards.livingston_lewis import LivingstonLewis, TrueScores, livingston_lewis
from psychometrics.standards.thresholds import (
    ThresholdChances,
    chances_from_draws,
    correlated_chances,
    independent_chances,
)
from psychometrics.standards.true_scores import probability_true_score_reaches, true_score, true_score_crossings
from psychometrics.standards.validity import (
    Correlation,
    IndirectRestriction,
    attenuation,
    correlation,
    direct_restriction,
    fisher_interval,
    indirect_restriction,
    restriction_by_third,
)

__all__ = [
    "RP67",
    "AgreementWithData",
    "Angoff",
    "AngoffRounds",
    "Booklet",
    "Bookmark",
    "BorderlineRegression",
    "Classification",
    "ContrastingGroups",
    "Correlation",
    "Decisions",
    "EstimatedCut",
    "Guessing",
    "Hofstee",
    "IncrementalValidity",
    "IndirectRestriction",
    "LivingstonLewis",
    "Placement",
    "RegressionValidity",
    "ThresholdChances",
    "TrueScores",
    "VarianceComponents",
    "angoff",
    "angoff_rounds",
    "attenuation",
    "bookmark",
    "borderline_group",
    "borderline_regression",
    "chances_from_draws",
    "composite_reliability",
    "contrasting_groups",
    "correlated_chances",
    "correlation",
    "direct_restriction",
    "ebel",
    "effective_weights",
    "fisher_interval",
    "fixed_weights_validity",
    "hofstee",
    "incremental_validity",
    "independent_chances",
    "indirect_restriction",
    "lee",
    "lee_in_population",
    "livingston_lewis",
    "ordered_booklet",
    "population_grid",
    "probability_true_score_reaches",
    "regression_validity",
    "restriction_by_third",
    "rudner",
    "rudner_in_population",
    "true_score",
    "true_score_crossings",
    "variance_components",
]
