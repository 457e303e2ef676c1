"""Prints what starting costs: CPU seconds of fresh interpreters, beside an empty one."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 9

STATEMENTS = (
    "pass",
    "import goalsmith",
    "from goalsmith import Planner",
    "import goalsmith.cli",
    "import unified_planning.shortcuts",
)


def cpu_seconds(statement: str) -> float:
    """CPU seconds of one fresh interpreter that executes a statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures each statement in turn and prints the medians."""
    for statement in STATEMENTS:
        try:
            median = statistics.median(cpu_seconds(statement) for _ in range(ROUNDS))
        except subprocess.CalledProcessError:
            print(f"{statement:40} not installed")
            continue
        print(f"{statement:40} {median:.3f} CPU s")


if __name__ == "__main__":
    main()
