"""Answers drawn from the models, one item an examinee: each at the examinee's own item."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from psychometrics.adaptive.bank import ItemBank
from psychometrics.arrays import Codes, Floats, Integers
from psychometrics.items import ItemTable
from psychometrics.models import category_probabilities


def draw_answers(bank: ItemBank, items: Integers, theta: Floats, rng: np.random.Generator) -> Codes:
    """The category each examinee of true ability ``theta`` chooses in the item given."""
    table = bank.table
    uniform = rng.random(items.size)
    curve = expit(table.a[items] * (theta - table.steps[items, 0])) if bank.dichotomous.any() else uniform
    right = table.c[items] + (table.d[items] - table.c[items]) * curve
    answers = (uniform < right).astype(np.int8)
    graded = ~bank.dichotomous[items]
    for item in np.unique(items[graded]).tolist():
        rows = np.flatnonzero(items == item)
        reached = category_probabilities(ItemTable((table.items[item],)), theta[rows])[:, 0].cumsum(axis=1)
        answers[rows] = np.minimum((uniform[rows, None] >= reached).sum(axis=1), table.categories[item] - 1)
    return answers
