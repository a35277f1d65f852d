"""One examinee's adaptive test as a state machine an exam service can stop and take up again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from psychometrics.adaptive.cohort import Cohort, Ended
from psychometrics.adaptive.design import AdaptiveDesign
from psychometrics.adaptive.exposure import ExposureLedger
from psychometrics.arrays import Codes
from psychometrics.errors import DataError, ResponseError, RuleError
from psychometrics.responses import Missing


class AdaptiveSession:
    """A test in progress: ask `next_item`, give its answer to `administer`, until `finished`.

    What is drawn at a step depends on ``seed`` and the number of the step only, so the same seed,
    ledger and answers always give the same items: `replay` restores a session from its history,
    and proves it. ``ledger`` is the use of items so far, for exposure rules that look at it.

    >>> from psychometrics.adaptive.bank import ItemBank
    >>> from psychometrics.adaptive.stopping import Stopping
    >>> from psychometrics.items import ItemTable
    >>> from psychometrics.responses import MissingPolicy
    >>> table = ItemTable.from_dicts(
    ...     [{"item": f"b={b}", "model": "Rasch", "b": b} for b in (-1.0, 0.0, 1.0)]
    ... )
    >>> design = AdaptiveDesign(ItemBank(table), MissingPolicy.count_blanks(), Stopping(2))
    >>> session = AdaptiveSession(design, seed=1)
    >>> session.next_item()
    'b=0.0'
    >>> session.administer(1)
    >>> session.next_item(), round(session.theta, 3)
    ('b=1.0', 0.413)
    """

    def __init__(self, design: AdaptiveDesign, seed: int, ledger: ExposureLedger | None = None) -> None:
        self.design = design
        self.seed = seed
        self._cohort = Cohort(design, 1, self._generator(0), ledger)
        self.ended = Ended.RUNNING
        self._next = self._choose()

    @classmethod
    def replay(
        cls,
        design: AdaptiveDesign,
        seed: int,
        history: Iterable[tuple[str, int]],
        ledger: ExposureLedger | None = None,
    ) -> AdaptiveSession:
        """The session that has this history of (item, answer).

        Raises `DataError` at the first item that the design would not have given: the design,
        seed or ledger is not the one the history was made with.
        """
        session = cls(design, seed, ledger)
        for step, (item, answer) in enumerate(history):
            if session.finished or item != session.next_item():
                expected = None if session.finished else session.next_item()
                raise DataError(field="history", step=step, item=item, expected=expected)
            session.administer(answer)
        return session

    @property
    def finished(self) -> bool:
        """Whether the test is over; ``ended`` says why."""
        return self.ended is not Ended.RUNNING

    @property
    def theta(self) -> float:
        """Provisional ability, in logits."""
        return float(self._cohort.theta[0])

    @property
    def se(self) -> float:
        """Its standard error, in logits."""
        return float(self._cohort.se[0])

    @property
    def history(self) -> tuple[tuple[str, int], ...]:
        """The items given so far, in order, with the answers as recorded."""
        names = self.design.bank.table.names
        pairs = zip(self._cohort.items[0].tolist(), self._cohort.answers[0].tolist(), strict=True)
        return tuple((names[item], answer) for item, answer in pairs)

    @property
    def responses(self) -> Codes:
        """1 x bank items, `Missing.NOT_PRESENTED` where not given: for any scorer of the package."""
        row = np.full((1, len(self.design.bank)), Missing.NOT_PRESENTED, dtype=np.int8)
        row[0, self._cohort.items[0]] = self._cohort.answers[0]
        return row

    @property
    def decision(self) -> int:
        """How many cuts the examinee is placed above; -1 if the design does not classify."""
        return int(self._cohort.decisions()[0])

    def next_item(self) -> str:
        """The item to give now; asking again gives the same. Raises `RuleError` once finished."""
        if self.finished:
            raise RuleError(field="session", reason="finished", ended=self.ended.name)
        return self.design.bank.table.names[self._next]

    def administer(self, answer: int) -> None:
        """Take the answer to the item asked: a category, or a `Missing` code if it was omitted.

        Raises `ResponseError` for an answer the item does not have, and changes nothing then.
        """
        item = self.next_item()
        table = self.design.bank.table
        if not min(Missing) <= answer < table.categories[self._next]:
            raise ResponseError(field="answer", item=item, value=answer)
        self._cohort.record(np.array([self._next]), np.array([answer], dtype=np.int8))
        self.ended = Ended(int(self._cohort.ended()[0]))
        if not self.finished:
            self._next = self._choose()

    def _choose(self) -> int:
        return int(self._cohort.choose(self._generator(self._cohort.step + 1))[0])

    def _generator(self, step: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, step])
