"""Fit: do items, pairs of items and the whole model agree with the responses?

``free``                  which parameters were estimated (they cost degrees of freedom)
``sum_score``             S-X2, the item test to rely on, and its tables
``ability_groups``        Bock's X2, G2, and the data of empirical plots
``mean_squares``          infit, outfit and Zh of items and persons at estimated abilities
``integrated``            infit and outfit over posteriors, of items and steps
``residual_correlations`` Q3 and adjusted Q3 of pairs of items
``pair_tables``           LD-X2 and LD-G2 of pairs of items
``limited_information``   M2, M2*, C2 with RMSEA, SRMSR, TLI and CFI
"""

from psychometrics.fit.ability_groups import EmpiricalCurve, bock_x2, empirical_curves, grouped_g2
from psychometrics.fit.free import FreeParameters
from psychometrics.fit.integrated import IntegratedMeanSquares, integrated_mean_squares, step_mean_squares
from psychometrics.fit.limited_information import ModelFit, Projection, c2, m2
from psychometrics.fit.mean_squares import MeanSquares, item_mean_squares, person_mean_squares
from psychometrics.fit.pair_tables import PairChiSquares, ld_g2, ld_x2, pair_tables
from psychometrics.fit.residual_correlations import Dependence, DependenceRule, ResidualCorrelations, q3
from psychometrics.fit.results import ItemChiSquares
from psychometrics.fit.sum_score import ScoreCells, s_x2, score_cells

__all__ = [
    "Dependence",
    "DependenceRule",
    "EmpiricalCurve",
    "FreeParameters",
    "IntegratedMeanSquares",
    "ItemChiSquares",
    "MeanSquares",
    "ModelFit",
    "PairChiSquares",
    "Projection",
    "ResidualCorrelations",
    "ScoreCells",
    "bock_x2",
    "c2",
    "empirical_curves",
    "grouped_g2",
    "integrated_mean_squares",
    "item_mean_squares",
    "ld_g2",
    "ld_x2",
    "m2",
    "pair_tables",
    "person_mean_squares",
    "q3",
    "s_x2",
    "score_cells",
    "step_mean_squares",
]
