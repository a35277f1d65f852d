"""Draws the figures of ``docs/psychometrics/``; run it when the examples there change.

SVG with text as text, and without dates and random names, so that a figure drawn again is the same file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from psychometrics.calibration import calibrate
from psychometrics.classical import option_statistics
from psychometrics.datasets import science
from psychometrics.fairness import mantel_haenszel
from psychometrics.fit import empirical_curves
from psychometrics.items import ItemTable, Model
from psychometrics.plots import curves, groups, observed, pairs, persons
from psychometrics.quadrature import Population
from psychometrics.responses import MissingPolicy
from psychometrics.scoring import eap_scores
from psychometrics.simulate import simulate_responses

FOLDER = Path(__file__).parents[1] / "docs" / "psychometrics" / "figures"
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "exam-engine", "font.family": "sans-serif"}
_POLICY = MissingPolicy.ignore_all()


def draw(folder: Path) -> list[Path]:
    """Write every figure into ``folder``; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with matplotlib.rc_context(_STYLE):
        for name, figure in _figures():
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None})
            written.append(path)
    return written


def _figures() -> Iterator[tuple[str, Figure]]:
    yield from _science()
    yield "options", _options()
    yield "dif", _dif()
    yield "similarity", _similarity()


def _science() -> Iterator[tuple[str, Figure]]:
    data = science()
    table = calibrate(data.responses, Model.GRM, _POLICY, names=data.items).table
    scores = eap_scores(table, data.responses, _POLICY, Population())
    empirical = empirical_curves(table, data.responses, _POLICY, Population(), groups=8)
    pairs_of_items = (("Comfort", "Work"), ("Future", "Benefit"))
    halves = {", ".join(pair): table.select(pair) for pair in pairs_of_items}
    yield "category-curves", curves.category_curves_plot(table, "Future")
    yield "information", curves.information_plot(table)
    yield "wright-map", persons.wright_map(table, scores.theta)
    yield "item-fit", observed.item_fit_plot(table, empirical[2])
    yield "forms", curves.forms_plot(halves, target=([-1.0, 1.0], [1.0, 1.0]))


def _options() -> Figure:
    """1,000 simulated persons, four options; option 3 attracts the able as much as the right one does."""
    rng = np.random.default_rng(8)
    table = ItemTable.from_dicts(
        {
            "item": f"i{i}",
            "model": "Nominal",
            "slopes": [-0.5, 1.0, -0.3, 0.8 if i == 0 else -0.6],
            "intercepts": [0] * 4,
        }
        for i in range(20)
    )
    choices = simulate_responses(table, rng.normal(size=1000), rng)
    return observed.option_curves_plot(option_statistics(choices, [1] * 20, MissingPolicy.count_blanks())[0], "TWK-1")


def _dif() -> Figure:
    """1,600 simulated persons; half of one group do not get the third item right."""
    rng = np.random.default_rng(4)
    names = [f"TIU-{number}" for number in range(1, 13)]
    labels = np.repeat(["majority", "minority"], 800)
    table = ItemTable.from_arrays(Model.TWO_PL, a=np.full(12, 1.2), b=np.linspace(-1.5, 1.5, 12), names=names)
    responses = simulate_responses(table, rng.normal(size=1600), rng)
    responses[(labels == "minority") & (rng.random(1600) < 0.35), 2] = 0
    return groups.dif_plot(mantel_haenszel(responses, _POLICY, labels, "minority"), names)


def _similarity() -> Figure:
    """Twenty-four simulated candidates; C-05 has copied 25 of 40 answers of C-17."""
    rng = np.random.default_rng(6)
    answers = rng.integers(0, 5, (24, 40))
    answers[4, :25] = answers[16, :25]
    same = (answers[:, None, :] == answers[None, :, :]).sum(axis=2)
    names = [f"C-{number:02}" for number in range(1, 25)]
    return pairs.similarity_heat_map(same, names, "Identical answers of 40")


if __name__ == "__main__":
    show: Callable[[str], object] = sys.stdout.write
    for drawn in draw(FOLDER):
        show(f"{drawn.relative_to(FOLDER.parents[2])}\n")
