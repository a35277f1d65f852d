"""Psychometrics in pure NumPy and SciPy: no web, no database, no clock, no global state.

Packages, each listing its modules in its own docstring:

``calibration``       item parameters from responses, by marginal maximum likelihood
``multidimensional``  abilities in several correlated domains at once
``fit``               do items, pairs and the model agree with the responses?
``classical``         difficulty, discrimination, options, scores
``fairness``          differential item functioning
``linking``           two calibrations on one scale
``equating``          scores of one form as scores of another
``adaptive``          the next item, stopping, simulation; multistage panels
``assembly``          forms and shadow tests by mixed-integer programming
``forensics``         person fit, similarity, response times, leaks
``standards``         cuts, classification, validity
``plots``             figures, with Matplotlib

Modules that all of these stand on, and scoring:

``items``             what the parameters of an item are, checked (`ItemTable`)
``item_files``        item parameters in JSON and CSV files
``responses``         what a response is, and what a missing one counts as (`Missing`, `MissingPolicy`)
``models``            the probability of every category, expected score, information
``likelihood``        sums over items for many persons at once, the base of all estimation
``blocks``            long matrices in blocks of rows, on a few threads
``quadrature``        the population and the grid on which posteriors are computed
``posteriors``        posteriors of many persons on a grid
``sufficient``        the weighted sum that says all of a person's answers, where there is one
``interpolation``     smooth functions between the nodes of a grid
``scoring``           EAP scores, the probability of being above a cut (`AbilityEstimate`)
``maximum``           ML, MAP and WLE scores
``sum_scores``        the distribution of the sum score, EAP for sum scores
``plausible``         plausible values, and estimates combined from them
``precision``         test information, conditional standard error, reliability of abilities
``reliability``       alpha, omega, split half; errors of observed scores
``scale``             from theta to the reported score (`ReportingScale`)
``raw``               points by key or by option weights, as a regulation fixes them
``simulate``          responses drawn from a model
``datasets``          small real data sets of the literature

Everywhere logit = a * (theta - b), without the scaling constant 1.702.
Persons are rows, items columns, categories the last axis.
"""
