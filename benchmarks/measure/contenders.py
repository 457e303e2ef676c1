"""What is compared: goalsmith in this process, and others in processes of their own.

Fast Downward and unified-planning's engines are only ever started, never imported here. Everyone
has the same limit of wall time; whoever overruns it by more than GRACE is killed. Every plan is
validated by us: goalsmith does so itself, within its time; the others' plans are read and validated
after theirs.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from program import Ended, run

from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import load_task, read_task
from goalsmith.solve import Limits, solve, validate
from goalsmith.solve.programs.usage import tree

GRACE = 5.0
"""Seconds, for starting and for ending."""

KAIROS = """
import json, sys, time
import kairos
began, cpu = time.perf_counter(), time.process_time()
problem = kairos.load_problem(sys.argv[2], kairos.load_domain(sys.argv[1]))
result = kairos.Planner().solve(problem, timeout=float(sys.argv[3]), anytime=False)
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
steps = [(s.name, *s.args) for s in result.plan.steps] if result.plan else None
plan = None if steps is None else "\\n".join(f"({' '.join(step)})" for step in steps)
print()
print(json.dumps({"plan": plan, "wall": wall, "cpu": cpu}))
"""

UNIFIED_PLANNING = """
import json, sys, warnings
warnings.simplefilter("ignore")
from unified_planning.io import PDDLReader
from unified_planning.shortcuts import OneshotPlanner, get_environment
get_environment().credits_stream = None
if sys.argv[4] not in get_environment().factory.engines:
    sys.exit("not there")
problem = PDDLReader().parse_problem(sys.argv[1], sys.argv[2])
with OneshotPlanner(name=sys.argv[4]) as planner:
    found = planner.solve(problem, timeout=float(sys.argv[3])).plan
steps = [(a.action.name, *map(str, a.actual_parameters)) for a in found.actions] if found else None
plan = None if steps is None else "\\n".join(f"({' '.join(step)})" for step in steps)
print()
print(json.dumps({"plan": plan}))
"""

TINY = (
    "(define (domain tiny) (:predicates (p)) (:action a :parameters () :effect (p)))",
    "(define (problem tiny) (:domain tiny) (:init) (:goal (p)))",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender. Seconds.

    Attributes:
        solved: there is a plan that we found valid.
        outcome: what came of it, in a word.
        wall: wall time.
        cpu: CPU time of everything that took part.
        reading: wall time to read the files, where it is not part of `wall`.
        engines: the engines that were started, as far as goalsmith says so.
    """

    solved: bool
    outcome: str
    wall: float
    cpu: float
    reading: float = 0.0
    engines: int = 0


def goalsmith(domain: Path, problem: Path, seconds: float, engine: str | None = None) -> Run:
    """Runs goalsmith, warm, on a task that is read anew: nothing is kept of earlier runs."""
    began = time.perf_counter()
    task = load_task(domain, problem)
    reading = time.perf_counter() - began
    return goalsmith_on(task, seconds, engine, reading)


def goalsmith_on(
    task: Task, seconds: float, engine: str | None = None, reading: float = 0.0
) -> Run:
    """Runs goalsmith, warm, on a task that was read before; `reading` is what that took."""
    _warm_up()
    cpu, began = cpu_seconds(), time.perf_counter()
    solution = solve(task, engine=engine, limits=Limits(seconds=seconds))
    wall, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    engines = len(solution.attempts)
    outcome = solution.outcome.label
    return Run(solution.solved, outcome, wall, cpu, reading, engines)


def fast_downward(domain: Path, problem: Path, seconds: float, task: Task) -> Run:
    """The driver of Fast Downward, as it comes: LAMA's first iteration."""
    command = [*driver(), "--alias", "lama-first", "--overall-time-limit", whole(seconds)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ended = run([*command, str(domain), str(problem)], folder, seconds + GRACE)
        plan = folder / "sas_plan"
        text = plan.read_text(encoding="utf-8") if plan.exists() else None
    # Exit codes 10 and 11 of the driver are its proofs that there is no plan.
    without = "unsolvable" if ended.exit_code in (10, 11) else "no plan"
    return _judged(text, without, task, ended.wall_seconds, ended.cpu_seconds)


def kairos(domain: Path, problem: Path, seconds: float, task: Task) -> Run:
    """Kairos in one process, timed there once it is imported; the process keeps crashes away."""
    command = (sys.executable, "-c", KAIROS, domain, problem, f"{seconds}")
    said, ended = _answer(command, seconds)
    wall, cpu = said.get("wall", ended.wall_seconds), said.get("cpu", ended.cpu_seconds)
    return _judged(said["plan"], said["without"], task, wall, cpu)


def unified_planning(domain: Path, problem: Path, seconds: float, task: Task, engine: str) -> Run:
    """One of unified-planning's engines in a fresh process: all of that process counts."""
    command = (sys.executable, "-c", UNIFIED_PLANNING, domain, problem, f"{seconds}", engine)
    said, ended = _answer(command, seconds)
    return _judged(said["plan"], said["without"], task, ended.wall_seconds, ended.cpu_seconds)


def driver() -> list[str]:
    """The command of Fast Downward's driver in the wheel. Raises SystemExit without it."""
    wheel = find_spec("up_fast_downward")
    if wheel is None or wheel.origin is None:
        raise SystemExit("Fast Downward is in the package up-fast-downward")
    script = Path(wheel.origin).parent / "downward" / "fast-downward.py"
    return [sys.executable, str(script)]


def whole(seconds: float) -> str:
    """A time limit as the driver takes it."""
    return f"{max(1, round(seconds))}s"


def cost_of(text: str, task: Task) -> float | None:
    """A plan's cost by our reading of the task; None if it is no valid plan."""
    try:
        plan = read_plan(text, task)
    except GoalsmithError:
        return None
    verdict = validate(task, plan)
    return float(verdict.cost) if verdict.valid and verdict.cost is not None else None


def cpu_seconds() -> float:
    """CPU time of this process, of its children that have ended, and of all descendants that run.

    When a descendant ends, what it used moves from one of these sums to another, so a difference
    counts everything once.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    own = os.getpid()
    for pid in tree(own):
        if pid != own:
            with suppress(OSError):
                # The CPU clock of another process, by Linux's encoding of clock_getcpuclockid(3).
                total += time.clock_gettime((~pid << 3) | 2) + _reaped(pid)
    return total


def _reaped(pid: int) -> float:
    """CPU time of the children that a process has waited for: proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    times = fields.rpartition(")")[2].split()[13:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


@cache
def _tiny() -> Task:
    return read_task(*TINY)


def _warm_up() -> None:
    """Sees to it that a worker of Kairos stands ready."""
    solve(_tiny(), engine="kairos")


def _answer(command: Sequence[str | Path], seconds: float) -> tuple[dict[str, Any], Ended]:
    """What a script of ours prints last, and what it means if there is no plan in it."""
    with tempfile.TemporaryDirectory() as name:
        ended = run(command, Path(name), seconds + GRACE)
    if ended.exit_code != 0:
        without = "not there" if ended.errors.strip() == "not there" else "failed"
        return {"plan": None, "without": without}, ended
    said: dict[str, Any] = json.loads(ended.output.splitlines()[-1])
    return {"without": "no plan", **said}, ended


def _judged(text: str | None, without: str, task: Task, wall: float, cpu: float) -> Run:
    """A run with its plan validated; `without` is what came of it if there is none."""
    if text is None:
        return Run(False, without, wall, cpu)
    valid = cost_of(text, task) is not None
    return Run(valid, "solved" if valid else "invalid plan", wall, cpu)
