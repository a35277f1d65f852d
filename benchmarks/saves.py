"""Durable saves per second: the running server, one ORM transaction per request, and ``pgbench``, in turn.

``python -m benchmarks.saves`` prints the figures and how they stand to the goals; ``--crowd 10000`` measures a hall
of connected candidates instead. What is measured and how is told in ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import crowd, load, orm_way, pgbench
from benchmarks.device import Device
from benchmarks.installation import Installation, Workers, installed
from benchmarks.report import Goal, Series, goals

OURS, ORM, PGBENCH, NOTHING = "the engine", "ORM transaction per request", "pgbench", "empty route"
TIMES_ORM, SHARE_OF_PGBENCH, P99_SECONDS = 4, 0.35, 0.250
WARM_UP_SECONDS = 1.5


@dataclass
class Client:
    """The devices of one way to save, and what was acknowledged to them so far."""

    workers: Workers
    path: str
    devices: list[Device]
    acknowledged: int = 0

    def run(self, seconds: float) -> load.LoadResult:
        """Save as fast as replies come.

        Raises:
            RuntimeError: a save was refused, or never answered.
        """
        result = load.run(
            self.workers.port,
            self.path,
            [device.cookie for device in self.devices],
            lambda number, reply: self.devices[number].next_save(reply),
            seconds,
        )
        if result.failures or result.unanswered:
            raise RuntimeError(f"{self.path}: {result.failures} refused, {result.unanswered} unanswered")
        self.acknowledged += result.acknowledged
        return result


def main() -> int:
    """Measure, print, and return 0: a goal that is missed is a finding, not a failure of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saves", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--clients", type=int, default=64, help="clients that save at once (64)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each (3)")
    parser.add_argument("--seconds", type=float, default=6, help="length of a run (6)")
    parser.add_argument("--crowd", type=int, metavar="N", help="N connected candidates at a save per 50 s (10000)")
    parser.add_argument("--crowd-seconds", type=float, default=100, help="how long the crowd stays (100)")
    given = parser.parse_args()
    if given.crowd:
        crowd.measure(given.crowd, given.crowd_seconds)
    else:
        measure(given.clients, given.rounds, given.seconds)
    return 0


def measure(clients: int, rounds: int, seconds: float) -> None:
    """All four in turn, so that what else the machine does falls on each alike."""
    with installed(2 * clients) as place, place.workers() as ours, place.workers("benchmarks.rival") as rivals:
        devices = [Device(each) for each in place.sign_in(ours, place.registrations)]
        engine = Client(ours, "/exam/api/events", devices[:clients])
        orm = Client(rivals, orm_way.SAVE, devices[clients:])
        nothing = Client(rivals, orm_way.NOTHING, devices[clients:])
        ways: dict[str, Callable[[float], load.LoadResult | pgbench.Transactions]] = {
            OURS: engine.run,
            ORM: orm.run,
            PGBENCH: lambda length: pgbench.run(place.postgres, place.database, clients, length),
            NOTHING: nothing.run,
        }
        for way in ways.values():
            way(WARM_UP_SECONDS)
        found = {name: Series(name) for name in ways}
        for number in range(rounds):
            for name, way in ways.items():
                result = way(seconds)
                found[name].rates.append(result.rate)
                found[name].latencies += result.latencies
            print(f"round {number + 1}: " + ", ".join(f"{name} {s.rates[-1]:,.0f}/s" for name, s in found.items()))
        _show(found, clients, seconds)
        _show_kept(place, {OURS: engine, ORM: orm})


def _show(found: dict[str, Series], clients: int, seconds: float) -> None:
    print(f"\nPer second, {clients} clients, median of the rounds of {seconds:g} s each:")
    for series in found.values():
        p50, p99 = (load.percentile(series.latencies, percent) * 1000 for percent in (50, 99))
        print(
            f"  {series.name:<28} {series.rate:>8,.0f}   spread {series.spread:>4.0%}"
            f"   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms"
        )
    ours, orm, pg, nothing = (found[name] for name in (OURS, ORM, PGBENCH, NOTHING))
    print(f"\nThe engine saves at {ours.rate / nothing.rate:.0%} of the rate of a route that does nothing.")
    p99 = load.percentile(ours.latencies, 99) * 1000
    print("Goals:")
    print(
        goals(
            [
                Goal.at_least("against an ORM transaction per request", ours.rate / orm.rate, TIMES_ORM, "times"),
                Goal.at_least("against pgbench", 100 * ours.rate / pg.rate, 100 * SHARE_OF_PGBENCH, "%"),
                Goal.at_most(f"p99 at {clients} clients", p99, 1000 * P99_SECONDS, "ms"),
            ]
        )
    )


def _show_kept(place: Installation, clients: dict[str, Client]) -> None:
    print("Rows in the log against saves acknowledged:")
    for name, client in clients.items():
        rows = place.rows_of([device.attempt_id for device in client.devices])
        verdict = "equal" if rows == client.acknowledged else "NOT EQUAL"
        print(f"  {name:<28} {rows:,} rows, {client.acknowledged:,} acknowledged: {verdict}")


if __name__ == "__main__":
    sys.exit(main())
