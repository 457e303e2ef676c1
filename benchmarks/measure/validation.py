"""Prints what reading and validating a plan costs, beside two other validators.

Usage: validation.py DATA [--peers]. Warm, in one process: the two files and the plan are read, and
the plan is replayed. VAL itself is on no package index; its process takes 2 to 20 ms on small and
middle files. Kairos's validator is C++, like VAL. With --peers unified-planning's reader and
validator are measured too, as far as they take an instance within a minute.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan, write_plan
from goalsmith.domains.reader import load_task
from goalsmith.solve import Limits, solve, validate

ROUNDS = 7

DOMAINS = (
    "airport-adl", "blocks", "depot", "driverlog", "elevators-sat08-strips", "freecell", "gripper",
    "logistics98", "miconic", "miconic-fulladl", "nomystery-sat11-strips", "openstacks-sat08-adl",
    "philosophers", "psr-middle", "rovers", "satellite", "sokoban-sat08-strips", "tpp",
    "transport-sat08-strips", "visitall-sat11-strips", "zenotravel",
)  # fmt: skip

UNIFIED_PLANNING = """
import sys, time, warnings
warnings.simplefilter("ignore")
from unified_planning.io import PDDLReader
from unified_planning.engines import SequentialPlanValidator
from unified_planning.shortcuts import get_environment
get_environment().credits_stream = None
began = time.perf_counter()
reader = PDDLReader()
problem = reader.parse_problem(sys.argv[1], sys.argv[2])
plan = reader.parse_plan(problem, sys.argv[3])
with SequentialPlanValidator() as validator:
    verdict = validator.validate(problem, plan)
print(time.perf_counter() - began, verdict.status.name)
"""


def median_seconds(action: Callable[[], object]) -> float:
    """Median seconds of an action, after one run that does not count."""
    action()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def by_unified_planning(domain: Path, problem: Path, plan: Path) -> float | None:
    """Seconds that unified-planning takes, without its import; None if it fails or takes long."""
    command: list[str | Path] = [sys.executable, "-c", UNIFIED_PLANNING, domain, problem, plan]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    seconds, status = done.stdout.split()[-2:]
    return float(seconds) if status == "VALID" else None


def measure(domain: Path, problem: Path, peers: bool, scratch: Path) -> tuple[float, float, float]:
    """Our seconds for all, for the replay alone, and Kairos's seconds; prints a line."""
    import kairos

    task: Task = load_task(domain, problem)
    solution = solve(task, limits=Limits(seconds=60.0))
    name = f"{problem.parent.name}/{problem.stem}"
    if solution.plan is None:
        print(f"{name:36} {solution.outcome}")
        return 0.0, 0.0, 0.0
    plan: Plan = solution.plan
    text = write_plan(plan)
    file = scratch / "plan"
    file.write_text(text, encoding="utf-8")

    def everything() -> None:
        read = load_task(domain, problem)
        assert validate(read, read_plan(text, read)).valid

    def kairos_everything() -> None:
        # Kairos cannot read every file of the data as it stands; what it refuses is not compared.
        read = kairos.load_problem(problem, kairos.load_domain(domain))
        assert kairos.validate(read, kairos.parse_plan(text)).valid

    ours = median_seconds(everything)
    replay = median_seconds(lambda: validate(task, plan))
    try:
        theirs = median_seconds(kairos_everything)
    except kairos.PddlError:
        theirs = 0.0
    up = by_unified_planning(domain, problem, file) if peers else None
    ratio = f"{up / ours:>7.0f}x" if up else "      –"
    seconds = f"{up * 1000:>9.1f}" if up else "        –"
    print(
        f"{name:36} {len(plan):>5} {ours * 1000:>9.1f} {replay * 1000:>8.1f} "
        f"{theirs * 1000:>8.1f} {seconds} {ratio}",
        flush=True,
    )
    return ours, replay, up or 0.0


def main() -> None:
    """Prints a line for each instance and the medians."""
    import tempfile

    data = Path(sys.argv[1])
    peers = "--peers" in sys.argv
    print(
        f"{'milliseconds':36} {'steps':>5} {'all':>9} {'replay':>8} {'Kairos':>8} {'UP':>9} UP/all"
    )
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for domain in DOMAINS:
            for number in (1, 2, 4) if domain == "visitall-sat11-strips" else (1, 2):
                folder = data / "ipc" / domain
                files = folder / "domain.pddl", folder / f"p{number:02}.pddl"
                rows.append(measure(*files, peers, Path(scratch)))
    ours = [r[0] for r in rows if r[0]]
    print(f"median of all: {statistics.median(ours) * 1000:.1f} ms")
    ratios = [up / mine for mine, _, up in rows if up]
    if ratios:
        print(
            f"unified-planning: {statistics.median(ratios):.0f} times ours (median), "
            f"{min(ratios):.0f} times at least, on {len(ratios)} instances"
        )


if __name__ == "__main__":
    main()
