"""Fit statistics of mirt and TAM, at the parameters those packages estimated."""

from __future__ import annotations

import numpy as np
import pytest

from psychometrics.fit import (
    FreeParameters,
    Projection,
    bock_x2,
    c2,
    grouped_g2,
    item_mean_squares,
    ld_x2,
    m2,
    person_mean_squares,
    q3,
    s_x2,
    step_mean_squares,
)
from psychometrics.items import ItemTable
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy
from tests.psychometrics.fit.data import LSAT6, RASCH, SAT12, SCIENCE, TAM, persons, rasch, sat12, science, two_pl
from tests.psychometrics.reference import columns, entry, lsat7, numbers

IGNORE, STANDARD = MissingPolicy.ignore_all(), Population()
LSAT7_FIT = "LSAT7 S-X2, X2, G2, infit/outfit, Zh (items)"


def close(found: object, expected: object, tolerance: float) -> None:
    """Equal to an absolute tolerance."""
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=0, atol=tolerance
    )


def test_lsat7_item_fit() -> None:
    expected, table = entry(LSAT7_FIT)["expected"], lsat7()
    responses = persons(entry(LSAT7_FIT)["data"]["table"])
    for found, key, name in (
        (s_x2(table, responses, IGNORE, STANDARD), "sx2", "S_X2"),
        (bock_x2(table, responses, IGNORE, STANDARD), "x2", "X2"),
        (grouped_g2(table, responses, IGNORE, STANDARD), "g2", "G2"),
    ):
        close(found.statistic, expected[key][name], 5e-3)
        close(found.df, expected[key][f"df.{name}"], 0)
        close(found.p, expected[key][f"p.{name}"], 1e-5)
        close(found.rmsea, expected[key][f"RMSEA.{name}"], 1e-5)
    squares = item_mean_squares(table, responses, IGNORE, STANDARD)
    close(squares.outfit, expected["infit"]["outfit"], 1e-5)
    close(squares.z_outfit, expected["infit"]["z.outfit"], 1e-3)
    close(squares.infit, expected["infit"]["infit"], 1e-5)
    close(squares.z_infit, expected["infit"]["z.infit"], 1e-3)
    close(squares.zh, expected["zh"]["Zh"], 1e-3)


def test_lsat7_local_dependence() -> None:
    reference = entry("LSAT7 local dependence LD-X2 and Q3")
    responses, expected = persons(reference["data"]["table"]), numbers(reference["expected"]["LD"])
    pairs = ld_x2(lsat7(), responses, IGNORE, STANDARD)
    lower, upper = np.tril_indices(5, -1), np.triu_indices(5, 1)
    close(np.abs(pairs.statistic[lower]), np.abs(expected[lower]), 1e-5)
    close(pairs.v[upper], expected[upper], 1e-6)
    close(q3(lsat7(), responses, IGNORE, STANDARD).q3, reference["expected"]["Q3"], 1e-5)


def test_lsat7_rasch_fit() -> None:
    reference = entry(RASCH)
    expected, responses = reference["expected"], persons(reference["data"]["table"])
    table, population = rasch(expected["coef"]), Population(0.0, expected["cov"][0][0] ** 0.5)
    squares = item_mean_squares(table, responses, IGNORE, population)
    for found, key in (
        (squares.outfit, "outfit"),
        (squares.z_outfit, "z.outfit"),
        (squares.infit, "infit"),
        (squares.z_infit, "z.infit"),
    ):
        close(found, expected["infit"][key], 2e-3)
    items = s_x2(table, responses, IGNORE, population)
    close(items.statistic, expected["sx2"]["S_X2"], 1e-4)
    # The difficulty and the population's sd cost one degree of freedom each.
    close(items.df, expected["sx2"]["df.S_X2"], 0)


def test_lsat6_item_and_model_fit() -> None:
    reference = entry(LSAT6)
    expected, responses = reference["expected"], persons(reference["data"]["table"])
    table = two_pl(expected["pl2"])
    items = s_x2(table, responses, IGNORE, STANDARD)
    close(items.statistic, expected["sx2"]["S_X2"], 1e-4)
    close(items.df, expected["sx2"]["df.S_X2"], 0)
    model(m2(table, responses, IGNORE, STANDARD), expected["m2"])


def test_sat12_item_model_and_person_fit() -> None:
    (table, responses), expected = sat12(), entry(SAT12)["expected"]
    items = s_x2(table, responses, IGNORE, STANDARD)
    close(items.df, expected["sx2"]["df.S_X2"], 0)
    close(items.statistic, expected["sx2"]["S_X2"], 5e-3)
    model(m2(table, responses, IGNORE, STANDARD), expected["m2"], 5e-3)
    found = person_mean_squares(table, responses[:20], IGNORE, STANDARD)
    close(found.zh, expected["Zh20"]["Zh"], 1e-3)
    close(found.outfit, expected["Zh20"]["outfit"], 1e-3)
    close(found.z_outfit, expected["Zh20"]["z.outfit"], 2e-3)
    close(found.infit, expected["Zh20"]["infit"], 1e-3)
    close(found.z_infit, expected["Zh20"]["z.infit"], 2e-3)


def test_science_item_model_and_person_fit() -> None:
    (table, responses), expected = science(), entry(SCIENCE)["expected"]
    items = s_x2(table, responses, IGNORE, STANDARD)
    close(items.statistic, expected["grm_sx2"]["S_X2"], 1e-3)
    close(items.df, expected["grm_sx2"]["df.S_X2"], 0)
    model(c2(table, responses, IGNORE, STANDARD), expected["M2"], 1e-3)
    close(person_mean_squares(table, responses[:10], IGNORE, STANDARD).zh, expected["grm_Zh10"]["Zh"], 1e-3)


def test_tam_step_fit() -> None:
    data, expected = entry(TAM)["data"]["data"], entry(TAM)["expected"]
    steps = np.array(expected["pcm_xsi"]["xsi"]).reshape(3, 3)
    table = ItemTable.from_dicts(
        {"item": name, "model": "PCM", "steps": list(row)} for name, row in zip(data, steps, strict=True)
    )
    population = Population(0.0, expected["pcm_var"][0][0] ** 0.5)
    found = step_mean_squares(table, columns(data, list(data)), IGNORE, population)
    # TAM draws abilities at random, and surprises far out weigh much in the outfit; ours integrates.
    np.testing.assert_allclose(found.outfit, expected["fit"]["Outfit"], rtol=0.05)
    close(found.infit, expected["fit"]["Infit"], 0.01)


def model(found: object, expected: dict[str, list[float]], tolerance: float = 1e-4) -> None:
    """Every index mirt reports."""
    for field, key in (
        ("statistic", "M2"),
        ("df", "df"),
        ("p", "p"),
        ("rmsea", "RMSEA"),
        ("rmsea_low", "RMSEA_5"),
        ("rmsea_high", "RMSEA_95"),
        ("srmsr", "SRMSR"),
        ("tli", "TLI"),
        ("cfi", "CFI"),
    ):
        assert getattr(found, field) == pytest.approx(expected[key][0], abs=tolerance), key


def test_leaving_out_the_population_as_mirt_does_never_makes_m2_smaller() -> None:
    reference = entry(RASCH)
    table = rasch(reference["expected"]["coef"])
    responses = persons(reference["data"]["table"])
    population = Population(0.0, reference["expected"]["cov"][0][0] ** 0.5)
    right = m2(table, responses, IGNORE, population)
    as_mirt = m2(table, responses, IGNORE, population, projection=Projection.ITEMS)
    assert right.df == as_mirt.df == 15 - FreeParameters().total(table)
    assert as_mirt.statistic >= right.statistic - 1e-9
