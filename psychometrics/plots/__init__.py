"""Figures of what the package computes, with Matplotlib (the extra ``plots``).

``curves``    category curves, information, forms beside each other
``persons``   the Wright map
``observed``  option curves, fit of an item to what was observed
``groups``    differential item functioning
``pairs``     similarity of answers as a heat map

Every function gives a new `matplotlib.figure.Figure` and touches no global state of Matplotlib;
``figure.savefig("name.svg")`` writes it.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
except ImportError as error:
    raise ImportError("figures need Matplotlib: pip install 'exam-engine[plots]'") from error
