"""Prints how long reading large problems takes, warm, beside Fast Downward's own parser.

Usage: reading.py DATA, the folder of test data. Fast Downward's parser runs in its own process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from goalsmith.domains.reader import load_domain, read_problem

ROUNDS = 5
SMALLEST = 250_000

FAST_DOWNWARD = """
import statistics, sys, time
domain, problem, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.argv = ["translate", domain, problem]
from fast_downward.translate import options
options.set_options([domain, problem])
from fast_downward.translate import pddl_parser
times = []
for _ in range(rounds):
    began = time.perf_counter()
    pddl_parser.open(domain, problem)
    times.append(time.perf_counter() - began)
print(statistics.median(times))
"""


def ours(domain_file: Path, problem_file: Path) -> float:
    """Median seconds for reading both files, warm."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        domain = load_domain(domain_file)
        read_problem(problem_file.read_text(encoding="utf-8"), domain)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def main() -> None:
    """Prints one line per large problem."""
    data = Path(sys.argv[1])
    print(f"{'problem':44} {'KB':>5} {'goalsmith':>10} {'Fast Downward':>14} {'ratio':>6}")
    for problem in sorted(data.glob("ipc/*/p??.pddl")):
        if problem.stat().st_size < SMALLEST:
            continue
        domain = problem.with_name("domain.pddl")
        mine = ours(domain, problem)
        command = [sys.executable, "-P", "-c", FAST_DOWNWARD, domain, problem, str(ROUNDS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        theirs = float(done.stdout.split()[-1])
        size = problem.stat().st_size // 1000
        name = f"{problem.parent.name}/{problem.stem}"
        print(f"{name:44} {size:>5} {mine:>9.3f}s {theirs:>13.3f}s {mine / theirs:>6.2f}")


if __name__ == "__main__":
    main()
