"""Classical statistics: what the responses say without a model.

``item_statistics``  difficulty, item-total and item-rest correlations, biserials, upper-lower, alpha if deleted
``options``          distractors: who chooses which option, by score
``scores``           the distribution of the total score
``proportions``      Wilson's interval
"""

from psychometrics.classical.item_statistics import ItemFlag, ItemRule, ItemStatistics, item_statistics
from psychometrics.classical.options import OptionStatistics, option_statistics
from psychometrics.classical.proportions import wilson_interval
from psychometrics.classical.scores import ScoreDistribution, score_distribution

__all__ = [
    "ItemFlag",
    "ItemRule",
    "ItemStatistics",
    "OptionStatistics",
    "ScoreDistribution",
    "item_statistics",
    "option_statistics",
    "score_distribution",
    "wilson_interval",
]
