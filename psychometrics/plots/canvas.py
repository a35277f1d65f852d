"""What all figures share: size, colours that colour-blind people tell apart, quiet frames."""

from __future__ import annotations

from itertools import cycle, islice

from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe & Ito 2008: distinguishable with every common kind of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999933")
GREY = "#666666"
WIDTH, HEIGHT = 7.0, 4.2


def colours(count: int) -> list[str]:
    """``count`` colours in a fixed order, from the start again when they run out."""
    return list(islice(cycle(COLOURS), count))


def new_figure(height: float = HEIGHT) -> Figure:
    """An empty figure of the common width, in inches, laid out so that no label is cut off."""
    return Figure(figsize=(WIDTH, height), layout="constrained")


def label(axes: Axes, title: str, x: str, y: str) -> None:
    """Title and axis labels; frames only where there are numbers to read off."""
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)


def add_legend(axes: Axes, least: int = 2) -> None:
    """A legend beside the axes, where it hides no line; none for fewer than ``least`` names."""
    handles, names = axes.get_legend_handles_labels()
    if len(names) >= least:
        columns = 1 + (len(names) - 1) // 16
        axes.legend(
            handles, names, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8, ncols=columns
        )
