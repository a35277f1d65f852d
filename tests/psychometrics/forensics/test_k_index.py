"""Shared wrong answers without a model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from psychometrics.errors import ResponseError
from psychometrics.forensics.k_index import k_index
from psychometrics.responses import Missing
from tests.psychometrics.forensics.cases import honest_session, plant_copiers
from tests.psychometrics.strategies import IGNORE, LOWEST

KEY = np.full(50, 3)


def test_k_is_the_binomial_tail_of_the_copiers_group() -> None:
    session = honest_session(300, 50, 3)
    found = k_index(session.responses, IGNORE, KEY, [[4, 9]])
    wrong = session.responses != 3
    group = wrong.sum(axis=1) == wrong[9].sum()
    same = (session.responses == session.responses[4]) & wrong[4]
    p = same.sum(axis=1)[group].mean() / wrong[4].sum()
    assert found.shared[0] == same[9].sum()
    assert found.group[0] == group.sum()
    assert found.k[0] == pytest.approx(binom.sf(same[9].sum() - 1, wrong[4].sum(), p))


def test_k1_and_k2_follow_the_least_squares_line_and_parabola() -> None:
    session = honest_session(300, 50, 3)
    found = k_index(session.responses, IGNORE, KEY, [[4, 9]])
    wrong = session.responses != 3
    score, share = wrong.sum(axis=1), ((session.responses == session.responses[4]) & wrong[4]).sum(axis=1)
    others = np.arange(300) != 4
    scores = np.unique(score[others])
    means = [share[others & (score == s)].mean() / wrong[4].sum() for s in scores]
    for degree, value in ((1, found.k1[0]), (2, found.k2[0])):
        p = np.polyval(np.polyfit(scores / 50, means, degree), score[9] / 50)
        assert value == pytest.approx(binom.sf(found.shared[0] - 1, found.source_wrong[0], p), rel=1e-6)


def test_a_copier_of_wrong_answers_stands_out() -> None:
    session = honest_session(500, 50, 6)
    session.responses[7] = np.where(np.arange(50) % 2, session.responses[7], (session.responses[7] % 3))
    session = plant_copiers(session, source=7, copiers=[20], share=0.6, seed=7)
    pairs = [[7, 20], *([7, other] for other in range(100, 200))]
    found = k_index(session.responses, IGNORE, KEY, pairs)
    for values in (found.k1, found.k2):
        assert values[0] < 1e-3
        assert values[0] == values.min()
        assert (values[1:] <= 0.05).mean() < 0.12


def test_blanks_are_shared_with_nobody() -> None:
    session = honest_session(40, 50, 8)
    blank = session.responses.copy()
    blank[:2, :20] = Missing.OMITTED
    for policy in (IGNORE, LOWEST):
        found = k_index(blank, policy, KEY, [[0, 1]])
        assert found.source_wrong[0] == (session.responses[0, 20:] != 3).sum()
    nothing = np.full((3, 50), Missing.OMITTED)
    empty = k_index(nothing, IGNORE, KEY, [[0, 1]])
    assert (empty.k[0], empty.k1[0], empty.k2[0]) == (1.0, 1.0, 1.0)
    with pytest.raises(ResponseError, match="key"):
        k_index(blank, IGNORE, KEY[1:], [[0, 1]])
