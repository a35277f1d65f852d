"""A crowd: many connected candidates, each saving now and then; how long a save takes, and what a candidate weighs."""

from __future__ import annotations

import random
import resource
import time
from contextlib import closing

from benchmarks.device import Device
from benchmarks.hall import Hall
from benchmarks.installation import Installation, Workers, installed
from benchmarks.load import percentile
from benchmarks.report import Goal, goals

SAVE_EVERY_SECONDS = 50.0
P99_SECONDS, BYTES_EACH = 0.100, 60 * 1024
SEED = 20260302


def measure(candidates: int, seconds: float) -> None:
    """Seat so many candidates, let them save for that long, and print what was found.

    Raises:
        RuntimeError: this process may not open so many connections.
    """
    _allow_files(candidates + 1000)
    with installed(candidates) as place, place.workers() as workers:
        before = workers.memory()
        begun = time.perf_counter()
        devices = [Device(each) for each in place.sign_in(workers, place.registrations)]
        print(f"{candidates:,} candidates signed in and began within {time.perf_counter() - begun:.0f} s", flush=True)
        with closing(Hall(workers.port, devices)) as hall:
            print(f"{hall.connect():.0f} s later {hall.joined:,} sockets were open", flush=True)
            due = _turns(candidates, seconds)
            print(f"now {len(due):,} saves within {seconds:g} s", flush=True)
            hall.save(due)
            _show(hall, place, workers, devices, before)


def _turns(candidates: int, seconds: float) -> list[tuple[float, int]]:
    """When who saves: everybody at a moment of their own, then again after every pause."""
    rng = random.Random(SEED)
    turns = []
    for number in range(candidates):
        moment = rng.uniform(0, SAVE_EVERY_SECONDS)
        while moment < seconds:
            turns.append((moment, number))
            moment += SAVE_EVERY_SECONDS
    return sorted(turns)


def _show(hall: Hall, place: Installation, workers: Workers, devices: list[Device], before: int) -> None:
    saves = hall.saves
    each = (workers.memory() - before) / len(devices)
    p50, p99 = (percentile(saves.latencies, percent) * 1000 for percent in (50, 99))
    pushes = sum(one.pushes for one in hall.sockets.values())
    print(f"\nSaves: {len(saves.latencies):,} acknowledged, {saves.failures} refused, {saves.unanswered} unanswered;")
    print(f"  p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {max(saves.latencies, default=0) * 1000:.0f} ms")
    rows = place.rows_of([device.attempt_id for device in devices])
    print(f"  {rows:,} rows in the log: {'equal' if rows == len(saves.latencies) else 'NOT EQUAL'}")
    print(f"Sockets: {hall.joined:,} of {len(devices):,} open at the end, {pushes:,} statuses pushed")
    print(f"Memory of the workers: {before / 2**20:.0f} MB before, {workers.memory() / 2**20:.0f} MB with the crowd")
    print("Goals:")
    print(
        goals(
            [
                Goal.at_most("p99 of saves", p99, 1000 * P99_SECONDS, "ms"),
                Goal.at_most("memory of a connected candidate", each / 1024, BYTES_EACH / 1024, "KB"),
            ]
        )
    )


def _allow_files(needed: int) -> None:
    """Let this process, and the servers it starts, open so many files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < needed:
        raise RuntimeError(f"{needed:,} open files are needed, the limit is {most:,} (ulimit -n)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
