"""Equating by item parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from psychometrics.equating import observed_score_equating, true_score_equating
from psychometrics.errors import RuleError
from psychometrics.items import ItemTable, Model
from psychometrics.models import expected_score
from psychometrics.quadrature import Population
from tests.psychometrics.strategies import tables

RISING = (Model.RASCH, Model.TWO_PL, Model.THREE_PL, Model.GPCM, Model.GRM)
GROUPS = (Population(), Population(0.4, 1.2))


def form(seed: int, shift: float) -> ItemTable:
    """Thirty items, harder by ``shift``."""
    rng = np.random.default_rng(seed)
    return ItemTable.from_arrays(
        Model.THREE_PL, a=rng.lognormal(0, 0.3, 30), b=rng.normal(shift, 1, 30), c=rng.uniform(0.1, 0.25, 30)
    )


@given(tables(RISING))
def test_a_form_equated_to_itself_stays_what_it_is(table: ItemTable) -> None:
    found = true_score_equating(table, table)
    np.testing.assert_allclose(found.equated, found.scores, atol=1e-6)
    observed = observed_score_equating(table, table, GROUPS)
    # Scores next to impossible have no rank of their own.
    np.testing.assert_allclose(observed.equated, observed.scores, atol=0.51)


def test_true_scores_belong_to_one_ability() -> None:
    x, y = form(1, 0.0), form(2, 0.5)
    theta = 0.7
    score_x, score_y = (float(expected_score(table, theta).sum()) for table in (x, y))
    found = true_score_equating(x, y)
    assert found.convert([score_x])[0] == pytest.approx(score_y, abs=0.05)
    assert (np.diff(found.equated) > 0).all()
    assert found.equated[0] == 0.0 and found.equated[-1] == 30.0


def test_there_and_back_is_where_one_was() -> None:
    x, y = form(1, 0.0), form(2, 0.5)
    there, back = true_score_equating(x, y), true_score_equating(y, x)
    above = there.scores > x.c.sum() + 1
    np.testing.assert_allclose(back.convert(there.equated[above]), there.scores[above], atol=0.05)


def test_below_guessing_scores_run_in_proportion() -> None:
    x, y = form(1, 0.0), form(2, 0.5)
    found = true_score_equating(x, y)
    assert found.equated[2] == pytest.approx(2 * y.c.sum() / x.c.sum())


def test_observed_and_true_scores_agree_in_the_middle() -> None:
    x, y = form(1, 0.0), form(2, 0.5)
    true, observed = true_score_equating(x, y), observed_score_equating(x, y, GROUPS, weight=1.0)
    np.testing.assert_allclose(observed.equated[14:26], true.equated[14:26], atol=0.3)


def test_items_without_a_rising_true_score_are_refused() -> None:
    nominal = ItemTable.from_dicts([{"item": "n", "model": "Nominal", "slopes": [0, 1], "intercepts": [0, 0]}])
    keyed_wrongly = ItemTable.from_arrays(Model.TWO_PL, a=[-1.0], b=[0.0])
    for table in (nominal, keyed_wrongly):
        with pytest.raises(RuleError, match="true_score_does_not_rise"):
            true_score_equating(form(1, 0.0), table)
    with pytest.raises(RuleError, match="weight"):
        observed_score_equating(form(1, 0.0), form(2, 0.0), GROUPS, weight=-0.1)
