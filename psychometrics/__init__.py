"""Item response theory in pure NumPy and SciPy: no web, no database, no clock, no global state.

One module for one question:

``items``       what the parameters of an item are, checked (`ItemTable`)
``responses``   what a response is, and what a missing one counts as (`Missing`, `MissingPolicy`)
``models``      the probability of every category, expected score, information
``blocks``      long matrices in blocks of rows, on a few threads
``likelihood``  sums over items for many persons at once, the base of all estimation
``quadrature``  the population and the grid on which posteriors are computed
``scoring``     EAP scores, the probability of being above a cut (`AbilityEstimate`)
``maximum``     ML, MAP and WLE scores
``sum_scores``  the distribution of the sum score, EAP for sum scores
``precision``   test information, conditional standard error, reliability
``scale``       from theta to the reported score (`ReportingScale`)
``raw``         points by key or by option weights, as a regulation fixes them
``simulate``    responses drawn from a model
``item_files``  item parameters in JSON and CSV files
``plots``       figures, with Matplotlib
``datasets``    small real data sets of the literature

Everywhere logit = a * (theta - b), without the scaling constant 1.702.
Persons are rows, items columns, categories the last axis.
"""
