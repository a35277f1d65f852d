"""``python -m benchmarks.psychometrics [--only WORD] [--runs N] [--alone]``."""

from __future__ import annotations

import argparse

import numpy as np
import scipy

from benchmarks.psychometrics import adapting, assembling, calibrating, comparing, scoring
from benchmarks.psychometrics.measure import run
from psychometrics.blocks import processors

PARTS = (calibrating, scoring, adapting, comparing, assembling)


def main() -> None:
    """Run every job whose name holds the word; goals that are missed are printed as FAIL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="jobs whose name holds this word")
    parser.add_argument("--runs", type=int, default=5, help="warm runs of which the median counts")
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    options = parser.parse_args()
    print(f"{processors()} processors, NumPy {np.__version__}, SciPy {scipy.__version__}, medians of {options.runs}")
    for part in PARTS:
        for job in part.jobs():
            if options.only.lower() in job.name.lower():
                run(job, options.runs, with_rivals=not options.alone)


if __name__ == "__main__":
    main()
