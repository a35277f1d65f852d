"""Random pools and blueprints, and forms counted and tried one by one without the package."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st

from psychometrics.assembly.blueprint import Blueprint, Count, ItemSets, Mean, Sum
from psychometrics.assembly.pool import ItemPool
from psychometrics.items import ItemTable, Model
from psychometrics.models import item_information


def bank(items: int, seed: int = 1, enemies: int = 0, stimuli: int = 0, size: int = 5) -> ItemPool:
    """A random 3PL pool: three domains, four levels, words, and stimuli of ``size`` items first."""
    rng = np.random.default_rng(seed)
    names = [f"i{number}" for number in range(items)]
    table = ItemTable.from_arrays(
        Model.THREE_PL,
        a=rng.lognormal(0.0, 0.3, items),
        b=rng.normal(0.0, 1.0, items),
        c=rng.uniform(0.1, 0.3, items),
        names=names,
    )
    categories = {
        "domain": [f"D{label}" for label in rng.integers(0, 3, items)],
        "level": [f"L{label}" for label in rng.integers(0, 4, items)],
    }
    owners = [f"S{number // size}" if number < stimuli * size else None for number in range(items)]
    return ItemPool(
        table,
        categories,
        {"words": rng.integers(20, 120, items).astype(float)},
        owners if stimuli else (),
        [tuple(names[i] for i in rng.choice(items, 2, replace=False)) for _ in range(enemies)],
    )


@st.composite
def small_pools(draw: st.DrawFn, most_items: int = 9) -> ItemPool:
    """Four to ``most_items`` items with two domains, words, enemies and a stimulus or two."""
    count = draw(st.integers(4, most_items))
    numbers: Any = st.lists(st.floats(0.3, 2.0), min_size=count, max_size=count)
    places: Any = st.lists(st.floats(-2.0, 2.0), min_size=count, max_size=count)
    names = [f"i{number}" for number in range(count)]
    labels = st.lists(st.sampled_from("XY"), min_size=count, max_size=count)
    owners = st.lists(st.sampled_from([None, None, "S", "T"]), min_size=count, max_size=count)
    pair = st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True)
    domain = draw(labels)
    domain[:2] = ["X", "Y"]
    stimuli = draw(owners)
    return ItemPool(
        ItemTable.from_arrays(Model.TWO_PL, a=draw(numbers), b=draw(places), names=names),
        {"domain": domain},
        {"words": [float(words) for words in draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))]},
        stimuli,
        draw(st.lists(pair, max_size=2)),
    )


@st.composite
def small_blueprints(draw: st.DrawFn) -> Blueprint:
    """Two to four items with a few rules that often can, and sometimes cannot, be met."""
    length = draw(st.integers(2, 4))
    rules: list[Any] = []
    if draw(st.booleans()):
        rules.append(Count({"domain": "X"}, least=draw(st.integers(0, length))))
    if draw(st.booleans()):
        rules.append(Count({"domain": "Y"}, most=draw(st.integers(0, length))))
    if draw(st.booleans()):
        rules.append(Sum("words", most=float(draw(st.integers(length, 6 * length)))))
    if draw(st.booleans()):
        rules.append(Mean("words", least=float(draw(st.integers(2, 6))), where={"domain": "X"}))
    if draw(st.booleans()):
        rules.append(ItemSets(most=draw(st.integers(0, 2)), items=(draw(st.integers(1, 2)), 2)))
    longer = draw(st.integers(0, 1))
    include = ("i0",) if draw(st.booleans()) else ()
    exclude = ("i1",) if draw(st.booleans()) else ()
    return Blueprint((length, length + longer), tuple(rules), include, exclude)


def keeps(pool: ItemPool, blueprint: Blueprint, form: tuple[str, ...]) -> bool:
    """Whether a form keeps a blueprint, by plain counting."""
    place = {name: number for number, name in enumerate(pool.names)}
    chosen = [place[name] for name in form]
    low, high = blueprint.lengths
    good = low <= len(chosen) <= high and len(set(form)) == len(form)
    good &= set(blueprint.include) <= set(form) and not set(blueprint.exclude) & set(form)
    good &= all(len(set(group) & set(form)) <= 1 for group in pool.enemies)
    return good and all(_keeps(pool, rule, chosen) for rule in blueprint.constraints)


def _keeps(pool: ItemPool, rule: Any, chosen: list[int]) -> bool:
    if isinstance(rule, ItemSets):
        owners = [pool.stimuli[item] for item in chosen if pool.stimuli and pool.stimuli[item]]
        few, many = rule.items
        sizes = [owners.count(owner) for owner in set(owners)]
        used = rule.least <= len(sizes) and (rule.most is None or len(sizes) <= rule.most)
        return used and all(few <= size and (many is None or size <= many) for size in sizes)
    inside = [
        item for item in chosen if all(pool.categories[key][item] == label for key, label in rule.where.items())
    ]
    low = -np.inf if rule.least is None else rule.least
    high = np.inf if rule.most is None else rule.most
    if isinstance(rule, Count):
        return bool(low <= len(inside) <= high)
    total = float(sum(np.asarray(pool.attributes[rule.attribute])[item] for item in inside))
    if isinstance(rule, Mean):
        return not inside or bool(low - 1e-9 <= total / len(inside) <= high + 1e-9)
    return bool(low - 1e-9 <= total <= high + 1e-9)


def all_forms(pool: ItemPool, blueprint: Blueprint) -> Iterator[tuple[str, ...]]:
    """Every form that keeps the blueprint."""
    low, high = blueprint.lengths
    for size in range(low, min(high, len(pool)) + 1):
        for form in combinations(pool.names, size):
            if keeps(pool, blueprint, form):
                yield form


def information(pool: ItemPool, form: tuple[str, ...], theta: list[float]) -> Any:
    """A form's information at each theta."""
    return item_information(pool.table.select(form), theta).sum(axis=1)
