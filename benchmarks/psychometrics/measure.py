"""One way to time everything: medians of warm runs, a row printed as soon as it is known."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# A rival that takes longer than this is run once more, not five times.
_LONG = 20.0


@dataclass(frozen=True)
class Job:
    """What is measured: ours against rivals and goals.

    ``ours`` and each of ``rivals`` build what they need when called and give the piece to time.
    ``goal`` is in seconds; ``check`` turns our result into a note, such as its accuracy.
    With ``calls`` a single call is short: the time is the 99th percentile of so many. With ``steps``
    each call is another step of the same work: the time is their median.
    """

    name: str
    ours: Callable[[], Callable[[], Any]]
    goal: float | None = None
    rivals: dict[str, Callable[[], Callable[[], Any]]] = field(default_factory=dict)
    limit: Callable[[], Callable[[], Any]] | None = None
    least_ratio: float | None = None
    calls: int = 1
    steps: int = 1
    most_runs: int = 5
    check: Callable[[Any], str] | None = None
    # Some results are compared afterwards, such as estimates on the common rule.
    compare: Callable[[str, Any], str] | None = None


def run(job: Job, runs: int, with_rivals: bool) -> None:
    """Time the job and print its rows; a rival that is not installed or fails is said, not hidden."""
    seconds, result = _measure(job, job.ours(), runs)
    note = job.check(result) if job.check else ""
    note += job.compare("ours", result) if job.compare else ""
    goal = "" if job.goal is None else f"goal {_text(job.goal)} {'ok' if seconds <= job.goal else 'FAIL'}"
    print(f"\n{job.name}\n  {'ours':<12}{_text(seconds):>11}   {goal}   {note}".rstrip(), flush=True)
    if job.limit is not None:
        limit, _ = _median(job.limit(), runs)
        print(f"  {'BLAS alone':<12}{_text(limit):>11}   ours takes {seconds / limit:.1f} times as long", flush=True)
    best = (
        min(
            (
                took
                for name, rival in job.rivals.items()
                if (took := _rival(job, name, rival, seconds, runs)) is not None
            ),
            default=None,
        )
        if with_rivals
        else None
    )
    if best is not None and job.least_ratio is not None:
        verdict = "ok" if best / seconds >= job.least_ratio else "FAIL"
        print(f"  goal {job.least_ratio:g} times the best of them: {best / seconds:.1f} {verdict}", flush=True)


def _rival(job: Job, name: str, rival: Callable[[], Callable[[], Any]], ours: float, runs: int) -> float | None:
    try:
        work = rival()
    except ImportError:
        print(f"  {name:<12}{'':>11}   not installed: pip install 'exam-engine[bench]'", flush=True)
        return None
    try:
        seconds, result = _measure(job, work, runs)
    except Exception as error:
        # Whatever a rival raises is a finding about it, and no reason to lose the other rows.
        print(f"  {name:<12}{'':>11}   failed: {type(error).__name__}: {str(error)[:80]}", flush=True)
        return None
    note = job.compare(name, result) if job.compare else ""
    print(f"  {name:<12}{_text(seconds):>11}   {seconds / ours:,.1f} times ours   {note}".rstrip(), flush=True)
    return seconds


def _measure(job: Job, work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    if job.steps > 1:
        taken = [_timed(work) for _ in range(job.steps)]
        return statistics.median(seconds for seconds, _ in taken), taken[-1][1]
    if job.calls == 1:
        return _median(work, min(runs, job.most_runs))
    first, result = _timed(work)
    # A call that is not short at all need not be made thousands of times to be known.
    calls = job.calls if first < 1e-3 else min(job.calls, 100)
    return statistics.quantiles((_timed(work)[0] for _ in range(calls)), n=100)[-1], result


def _median(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Median seconds of ``runs`` after one that warms up, and the last result."""
    first, result = _timed(work)
    if first > _LONG:
        return first, result
    taken = []
    for _ in range(runs):
        seconds, result = _timed(work)
        taken.append(seconds)
    return statistics.median(taken), result


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _text(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1.0 else f"{seconds:.2f} s"
