"""Simulated candidates: each has an ability, a pace and a habit. Their devices are real, only the people are not."""

from __future__ import annotations

import enum
import hashlib
import http.client
import math
import random
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog

from exam_engine.demo.wire_client import RefusedError, WireClient
from exam_engine.exams.paper import Paper
from exam_engine.items.document import DichotomousParameters, ItemDocument

PAUSE_LOOK_SECONDS = 2.0
RETRY_SECONDS = 3.0
HEARTBEAT_SECONDS = 20.0
ENDED = ("submitted", "superseded")
log = structlog.get_logger("demo.candidates")


class Habit(enum.StrEnum):
    """What a simulated candidate is prone to."""

    STEADY = "steady"
    HASTY = "hasty"
    WANDERS = "wanders"
    DROPS_OFF = "drops_off"
    COPIES = "copies"
    CHANGES_DEVICE = "changes_device"
    WAITS = "waits"
    ABSENT = "absent"


HABITS = {
    3: Habit.WANDERS,
    6: Habit.HASTY,
    7: Habit.DROPS_OFF,
    9: Habit.ABSENT,
    11: Habit.COPIES,
    12: Habit.COPIES,
    15: Habit.WANDERS,
    18: Habit.CHANGES_DEVICE,
    20: Habit.DROPS_OFF,
    22: Habit.HASTY,
    24: Habit.WANDERS,
    27: Habit.WAITS,
    29: Habit.DROPS_OFF,
    31: Habit.WANDERS,
    33: Habit.HASTY,
    36: Habit.DROPS_OFF,
    38: Habit.WANDERS,
}


@dataclass(frozen=True)
class Person:
    """One simulated candidate. ``pace`` is the mean number of seconds an item takes; 0 answers at once."""

    number: int
    registration: str
    ability: float
    pace: float
    habit: Habit = Habit.STEADY

    def generator(self, purpose: str) -> random.Random:
        """Randomness of this person's own: the same on every run."""
        return random.Random(f"{self.registration}/{purpose}")

    def device(self, which: int = 1) -> str:
        """The name of their first or second device."""
        return hashlib.sha256(f"{self.registration}/{which}".encode()).hexdigest()[:32]


def people(prefix: str, count: int, pace: float, habits: dict[int, Habit]) -> list[Person]:
    """``count`` persons numbered from 1, with abilities spread like a standard normal distribution."""
    return [
        Person(
            number,
            f"{prefix}-{number:04}",
            random.Random(f"{prefix}/{number}").gauss(0, 1),
            pace * (0.25 if habits.get(number) is Habit.HASTY else 1),
            habits.get(number, Habit.STEADY),
        )
        for number in range(1, count + 1)
    ]


def choose(item: ItemDocument, ability: float, rng: random.Random) -> str:
    """The option a person of that ability takes: by the item's model where it has one, else by a plain logistic."""
    letters = [option.id for option in item.options]
    if item.key is None:
        points = [option.points or 0 for option in item.options]
        weights = [math.exp((0.45 + 0.35 * ability) * value) for value in points]
        return rng.choices(letters, weights)[0]
    known = item.parameters
    a, b, c = (known.a, known.b, known.c) if isinstance(known, DichotomousParameters) else (1.0, 0.0, 0.2)
    if rng.random() < c + (1 - c) / (1 + math.exp(-a * (ability - b))):
        return item.key
    return rng.choice([letter for letter in letters if letter != item.key])


class Candidate(threading.Thread):
    """A person at a device, from signing in to submitting. Goes on after any failure, as a person would."""

    def __init__(self, person: Person, paper: Paper, address: tuple[str, int], pin: str) -> None:
        super().__init__(name=person.registration, daemon=True)
        self._person, self._paper, self._address, self._pin = person, paper, address, pin
        self._client = WireClient(*address, device=person.device())
        self._rng = person.generator("moods")
        # Two neighbours who copy share one source of answers.
        self._source = random.Random("copied") if person.habit is Habit.COPIES else person.generator("answers")

    def run(self) -> None:
        """Sit the exam."""
        if self._person.habit is Habit.ABSENT:
            return
        while True:
            try:
                self._sit()
                return
            except RefusedError as refused:
                if refused.status not in (409, 429, 503):
                    log.warning("a simulated candidate gives up", who=self._person.registration, code=refused.code)
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(RETRY_SECONDS)

    def _sit(self) -> None:
        attempt = self._client.sign_in(self._person.registration, self._pin)
        if attempt["state"] == "waiting":
            # After a restart: the attempt has gone on to their other computer before.
            attempt = self._take_device(2)
        if attempt["state"] in ENDED or self._person.habit is Habit.WAITS:
            return
        time.sleep(self._rng.uniform(0, self._person.pace))
        attempt = self._client.start()
        if self._person.pace:
            self._listen()
        answers = choices_of(self._paper, self._person.ability, self._source)
        done = {int(ref) for ref in attempt["answers"]}
        for place, item in enumerate(self._client.items(attempt["exam"]["items"]), 1):
            if item["ref"] not in done and not self._answer(place, item, answers[item["ref"]]):
                return
        self._client.note("submitted")
        self._send()
        self._client.drop()

    def _answer(self, place: int, item: dict[str, Any], choice: str) -> bool:
        """Think, answer, and do what the habit brings; false once the attempt has ended."""
        self._client.note("navigated", item["ref"])
        if self._person.pace:
            self._send()
            self._think(self._rng.expovariate(1 / self._person.pace))
        if not self._wait_while_paused():
            return False
        self._client.note("answered", item["ref"], choice)
        if self._rng.random() < 0.04:
            self._client.note("flagged", item["ref"], True)
        if self._person.pace or place % 6 == 0:
            self._send()
        if self._person.pace:
            self._follow_habit(place, item["ref"])
        return self._client.status["state"] not in ENDED

    def _follow_habit(self, place: int, ref: int) -> None:
        habit, rng = self._person.habit, self._rng
        if habit is Habit.WANDERS and rng.random() < 0.12:
            self._signal("focus_lost")
            time.sleep(rng.uniform(2, 9))
            self._signal("focus_returned")
        elif habit is Habit.COPIES and rng.random() < 0.12:
            self._signal(rng.choice(("copied", "pasted", "fullscreen_left")))
        elif habit is Habit.DROPS_OFF and rng.random() < 0.06:
            self._drop_off(rng.uniform(60, 110), ref)
        elif habit is Habit.CHANGES_DEVICE and place == 5:
            self._change_device()

    def _drop_off(self, seconds: float, ref: int) -> None:
        """The link fails; what is done meanwhile waits in the outbox."""
        self._client.drop()
        self._client.note("presence", value="offline")
        self._client.note("flagged", ref, True)
        time.sleep(seconds)
        self._client.note("presence", value="online")
        self._send()
        self._listen()

    def _change_device(self) -> None:
        """Their computer fails: another one asks for the attempt and waits for the proctor's consent.

        Where the proctor refuses it, they make do with the first one.
        """
        self._client.drop()
        first, self._client = self._client, WireClient(*self._address, device=self._person.device(2))
        self._client.sign_in(self._person.registration, self._pin)
        self._listen()
        while self._client.status["state"] == "waiting":
            self._think(HEARTBEAT_SECONDS)
        if self._client.status["state"] == "refused":
            self._client.drop()
            self._client = first
        self._client.start()

    def _take_device(self, which: int) -> dict[str, Any]:
        self._client.drop()
        self._client = WireClient(*self._address, device=self._person.device(which))
        return self._client.sign_in(self._person.registration, self._pin)

    def _signal(self, value: str) -> None:
        self._client.note("presence", value=value)
        self._send()

    def _think(self, seconds: float) -> None:
        """Do nothing for a while, but give a sign now and then, as the page does."""
        while seconds > HEARTBEAT_SECONDS:
            time.sleep(HEARTBEAT_SECONDS)
            seconds -= HEARTBEAT_SECONDS
            self._send()
        time.sleep(max(seconds, 0))

    def _wait_while_paused(self) -> bool:
        while self._client.status["state"] == "paused":
            time.sleep(PAUSE_LOOK_SECONDS)
            self._send()
        return self._client.status["state"] not in ENDED

    def _send(self) -> None:
        while True:
            try:
                self._client.send()
                if self._person.pace and not self._client.is_listening:
                    self._listen()
                return
            except RefusedError as refused:
                if refused.status != 503:
                    raise
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(RETRY_SECONDS)

    def _listen(self) -> None:
        threading.Thread(target=_listen_quietly, args=(self._client,), daemon=True).start()


def choices_of(paper: Paper, ability: float, rng: random.Random) -> dict[int, str]:
    """What a person of that ability answers to every item of a paper, by ref."""
    return {ref: choose(item, ability, rng) for ref, item in enumerate(paper.items, 1)}


def _listen_quietly(client: WireClient) -> None:
    try:
        client.listen()
    except Exception as error:
        # Without the socket everything still works: the status comes with every reply.
        log.debug("no socket", error=str(error))
