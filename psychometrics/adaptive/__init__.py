"""Adaptive and multistage tests: choosing the next item, stopping, simulating.

``bank``         items with content, enemies and sets (`ItemBank`)
``choice``       the next item by any criterion of R's catR (`choose_item`)
``table``        maximum information looked up in a table (`SelectionTable`)
``rules``        selection rules behind one protocol (`MaximumInformation`, `ByCriterion`, ...)
``deviations``   content as a wish beside information (`WeightedDeviations`)
``exposure``     exposure control (`SympsonHetter`, `MaximumExposure`, `ItemEligibility`)
``calibration``  Sympson-Hetter parameters by simulation
``content``      content balance (`TargetShares`, `ContentBounds`)
``stopping``     length, standard error, SPRT, confidence interval and others (`Stopping`)
``design``       all of these in one value (`AdaptiveDesign`)
``session``      one examinee's test, replayable (`AdaptiveSession`)
``simulation``   many examinees at once (`simulate_adaptive`)
``report``       bias, errors, exposure, overlap of a simulation (`SimulationReport`)
``panels``       multistage panels: modules, stages, routing (`Panel`)
``routing``      routing points by information or by shares of the population
``multistage``   taking, scoring and simulating a panel
"""
