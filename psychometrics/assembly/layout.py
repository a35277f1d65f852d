"""From rules to a mixed-integer program: blocks of columns, one for each form or group of forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, eye_array

from psychometrics.arrays import Booleans, Floats, Integers
from psychometrics.assembly.blueprint import Kind, Rule
from psychometrics.assembly.goals import GoalRows
from psychometrics.assembly.pool import ItemPool
from psychometrics.assembly.program import Program


@dataclass(frozen=True, eq=False)
class FormRows:
    """A form's rules as rows: first a column for each item of the pool, then one for each stimulus.

    ``item_least`` and ``item_most`` are the bounds of the item columns.
    """

    matrix: csr_array
    lower: Floats
    upper: Floats
    item_least: Floats
    item_most: Floats


def form_rows(rules: Sequence[Rule], pool: ItemPool) -> FormRows:
    """The rows of a list of rules; a rule about one item only becomes a bound of its column."""
    items, stimuli = len(pool), len(pool.stimulus_names)
    least, most = np.zeros(items), np.ones(items)
    columns: list[Integers] = []
    weights: list[Floats] = []
    bounds: list[tuple[float, float]] = []
    for rule in rules:
        if _bounds_one_item(rule):
            column = int(rule.columns[0])
            least[column] = max(least[column], rule.least)
            most[column] = min(most[column], rule.most)
            continue
        for row_columns, row_weights, lower, upper in _linear(rule, items):
            columns.append(row_columns)
            weights.append(row_weights)
            bounds.append((lower, upper))
    rows = np.repeat(np.arange(len(columns)), [row.size for row in columns])
    none = np.zeros(0, dtype=np.int64)
    cells = (np.concatenate([none, *weights]), (rows, np.concatenate([none, *columns])))
    matrix = csr_array(coo_array(cells, shape=(len(columns), items + stimuli)))
    edges = np.array(bounds, dtype=np.float64).reshape(-1, 2)
    return FormRows(matrix, edges[:, 0], edges[:, 1], least, most)


def _bounds_one_item(rule: Rule) -> bool:
    alone = rule.columns.size == 1 and rule.kind is Kind.SUM and rule.weights[0] == 1.0
    return alone and (rule.least, rule.most) in ((1, math.inf), (-math.inf, 0))


def _linear(rule: Rule, items: int) -> list[tuple[Integers, Floats, float, float]]:
    """A rule as rows (columns, weights, lower, upper)."""
    match rule.kind:
        case Kind.SUM:
            return [(rule.columns, rule.weights, rule.least, rule.most)]
        case Kind.STIMULI:
            return [(items + rule.columns, rule.weights, rule.least, rule.most)]
        case Kind.MEAN:
            # A mean is at least m exactly if the sum of (value - m) is at least 0.
            low = (rule.columns, rule.weights - rule.least, 0.0, math.inf)
            high = (rule.columns, rule.weights - rule.most, -math.inf, 0.0)
        case Kind.ITEM_SET:
            # The stimulus column is 1 if any of its items is used.
            columns = np.append(rule.columns, items + rule.stimulus)
            low = (columns, np.append(rule.weights, -rule.least), 0.0, math.inf)
            high = (columns, np.append(rule.weights, -rule.most), -math.inf, 0.0)
    return [row for row, edge in ((low, rule.least), (high, rule.most)) if math.isfinite(edge)]


@dataclass(frozen=True, eq=False)
class Block:
    """Columns of one form, or of ``count`` forms alike added up and relaxed (``integer`` False)."""

    rows: FormRows
    goal: GoalRows | None
    count: int
    integer: bool
    item_least: Floats
    item_most: Floats


class Layout:
    """Collects blocks and the rows between them; `program` is what they come to.

    Every block has a column for each item and each stimulus; the last column is y, which the
    goals share, so that the worst form is what counts.
    """

    def __init__(self, pool: ItemPool) -> None:
        self.items = len(pool)
        self.width = self.items + len(pool.stimulus_names)
        self.blocks: list[Block] = []
        self._extra = 0
        self._pieces: list[tuple[list[tuple[int | None, csr_array]], Floats, Floats]] = []

    def add(self, block: Block) -> int:
        """Add a block with the rules and the goal of its forms; its first column."""
        start = self.width * len(self.blocks)
        self.blocks.append(block)
        rows, count = block.rows, block.count
        self.rows([(start, rows.matrix)], rows.lower * count, rows.upper * count)
        if block.goal is not None:
            slope = csr_array(block.goal.slope[:, None] * count)
            parts = [(start, csr_array(block.goal.matrix)), (None, slope)]
            self.rows(parts, block.goal.lower * count, block.goal.upper * count)
        return start

    def rows(self, parts: list[tuple[int | None, csr_array]], lower: Floats, upper: Floats) -> None:
        """Rows made of matrices that begin at the columns given; None is the column y."""
        if lower.size:
            self._pieces.append((parts, lower, upper))

    def limit_use(self, starts: Sequence[int], uses: Floats, anchor: int | None, forms: int) -> None:
        """No item in more forms than its ``uses``, but those of the anchor block in all of them."""
        total = sum((self.blocks[start // self.width].item_most for start in starts), np.zeros(self.items))
        tight = np.flatnonzero(total > uses)
        pick = csr_array(eye_array(self.items, format="csr"))[tight]
        parts: list[tuple[int | None, csr_array]] = [(start, pick) for start in starts]
        if anchor is not None:
            spare = csr_array(-(forms - uses[tight])[:, None] * pick)
            parts.append((anchor, spare))
        self.rows(parts, np.full(tight.size, -np.inf), uses[tight])

    def hold(self, start: int, anchor: int) -> None:
        """The items of the anchor block are in the forms of the block at ``start``."""
        one = csr_array(eye_array(self.items, format="csr"))
        count = self.blocks[start // self.width].count
        free = np.full(self.items, np.inf)
        self.rows([(start, one), (anchor, csr_array(one * -count))], np.zeros(self.items), free)

    def limit_common(self, first: int, second: int, anchor: int | None, most: int) -> None:
        """Two forms share at most ``most`` items beside the anchor's."""
        one = csr_array(eye_array(self.items, format="csr"))
        shared = self._extra
        self._extra += self.items
        # A column of shared items >= first + second - 1 - anchor; extra columns follow the blocks.
        parts: list[tuple[int | None, csr_array]] = [(first, one), (second, one), (-1 - shared, csr_array(-one))]
        if anchor is not None:
            parts.append((anchor, csr_array(-one)))
        self.rows(parts, np.full(self.items, -np.inf), np.ones(self.items))
        total = csr_array(np.ones((1, self.items)))
        self.rows([(-1 - shared, total)], np.full(1, -np.inf), np.full(1, float(most)))

    def limit_overlap(self, start: int, form: Floats, most: int) -> None:
        """The forms of a block share at most ``most`` items each with a form already made."""
        count = self.blocks[start // self.width].count
        self.rows([(start, csr_array(form[None, :]))], np.full(1, -np.inf), np.full(1, float(most * count)))

    def program(self, sense: int, scale: float, y_bounds: tuple[float, float]) -> Program:
        """The program of all blocks: minimise ``sense`` y."""
        size = self.width * len(self.blocks) + self._extra + 1
        cost = np.zeros(size)
        cost[-1] = sense
        least, most, integer = self._column_bounds(size)
        least[-1], most[-1] = y_bounds
        structural = np.ones(size, dtype=np.bool_)
        for place in range(len(self.blocks)):
            structural[place * self.width : place * self.width + self.items] = False
        matrix, lower, upper = self._matrix(size)
        return Program(cost, matrix, lower, upper, least, most, integer, structural, scale)

    def _column_bounds(self, size: int) -> tuple[Floats, Floats, Booleans]:
        least, most, integer = np.zeros(size), np.ones(size), np.zeros(size, dtype=np.bool_)
        for place, block in enumerate(self.blocks):
            start = place * self.width
            most[start : start + self.width] = block.count
            least[start : start + self.items] = block.item_least
            most[start : start + self.items] = block.item_most
            integer[start : start + self.width] = block.integer
        return least, most, integer

    def _matrix(self, size: int) -> tuple[csc_array, Floats, Floats]:
        top, none = 0, np.zeros(0, dtype=np.int64)
        # The first entries are for a program without rows.
        rows: list[Integers] = [none]
        columns: list[Integers] = [none]
        values: list[Floats] = [np.zeros(0)]
        for parts, lower, _ in self._pieces:
            for start, part in parts:
                cells = part.tocoo()
                rows.append(cells.row.astype(np.int64) + top)
                columns.append(cells.col.astype(np.int64) + self._first(start, size))
                values.append(cells.data)
            top += lower.size
        places = (np.concatenate(rows), np.concatenate(columns))
        matrix = csc_array(coo_array((np.concatenate(values), places), shape=(top, size)))
        lowers = [np.zeros(0), *(lower for _, lower, _ in self._pieces)]
        uppers = [np.zeros(0), *(upper for _, _, upper in self._pieces)]
        return matrix, np.concatenate(lowers), np.concatenate(uppers)

    def _first(self, start: int | None, size: int) -> int:
        if start is None:
            return size - 1
        return start if start >= 0 else self.width * len(self.blocks) - 1 - start
