"""Are these answers the person's own, and is this item still secret?

``matching``             identical answers of all pairs of persons, right and wrong apart
``similarity``           omega, weighted omega, GBT and M4 of pairs, whoever copied
``copying``              omega and GBT of a copier given the source's answers
``k_index``              K, K1 and K2: wrong answers shared with a source, without a model
``screening``            all pairs of a session: omega or GBT, false discoveries, the suspects
``discovery``            which of many p-values are discoveries
``clusters``             the groups that suspicious pairs form
``person_fit``           lz, lz* and extended caution indices (infit and outfit: `psychometrics.fit`)
``guttman``              Guttman errors, U3, ZU3, HT: person fit without a model
``response_times``       the lognormal model of response times, its fit to a person
``rapid_guessing``       time thresholds, response time effort, fast right answers
``preknowledge``         suspected items against the rest of a person's test
``item_monitor``         an item's answers as they come: has it become easier?
``person_monitor``       a person's answers in their order: did something change?

A statistic is a reason to look, never a verdict: each page of results needs a person to read it.
"""
