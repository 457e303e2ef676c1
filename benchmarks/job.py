"""One task of a batch: read, solved, and put into a result, whatever happens."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from threading import Event

from goalsmith.benchmarks.provenance import code_version, engine_versions
from goalsmith.benchmarks.store import Key, Result
from goalsmith.benchmarks.suite import BenchmarkTask, as_text
from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import load_text, read_domain, read_problem
from goalsmith.solve import Limits, Solution, solve


@dataclass(frozen=True, slots=True)
class Job:
    """A task with the texts of its files, the engine to ask (None: they race) and its limits.

    It needs nothing that is not in it, so it may be sent to another machine.
    """

    task: BenchmarkTask
    key: Key
    domain_text: str
    problem_text: str
    engine: str | None
    limits: Limits


def prepare(task: BenchmarkTask, engine: str | None, limits: Limits) -> Job | Result:
    """The job that a task makes; where its files cannot be read, the result that says so."""
    try:
        texts = load_text(task.domain_path), load_text(task.problem_path)
    except InputError as error:
        # Without a text, the key can only be that of the places.
        places = as_text(f"unread\0{task.domain_path.absolute()}\0{task.problem_path.absolute()}")
        blank = _blank(task, _key(places, engine, limits))
        return replace(blank, outcome=error.outcome, evidence=as_text(error))
    key = _key("\0".join(texts), engine, limits)
    return Job(task, key, *texts, engine, limits)


def run_job(job: Job, cancel: Event | None = None) -> Result:
    """Solves a job's task.

    An error in the task, or one of ours in dealing with it, is a result.

    Raises:
        InputError: there is no engine of that name.
        UnsupportedError: the engine is not installed, or none is.
    """
    blank = _blank(job.task, job.key)
    started = time.monotonic()
    try:
        task = _read(job)
    except GoalsmithError as error:
        ended = replace(blank, outcome=error.outcome, evidence=as_text(error))
    except Exception as error:
        ended = replace(blank, evidence=_fault(error))
    else:
        try:
            solution = solve(task, engine=job.engine, limits=job.limits, cancel=cancel)
            ended = _solved(blank, solution)
        except GoalsmithError:
            # It is about the engines, so it would be the same for every task.
            raise
        except Exception as error:
            ended = replace(blank, evidence=_fault(error))
    return replace(ended, wall_seconds=time.monotonic() - started)


def _read(job: Job) -> Task:
    domain = read_domain(job.domain_text, str(job.task.domain_path))
    return Task(domain, read_problem(job.problem_text, domain, str(job.task.problem_path)))


def _key(text: str, engine: str | None, limits: Limits) -> Key:
    return Key(
        hashlib.sha256(text.encode()).hexdigest(),
        engine or "",
        float(limits.seconds),
        limits.memory_mb,
        engine_versions(engine),
        code_version(),
    )


def named(result: Result, task: BenchmarkTask) -> Result:
    """A result under the names and paths of a task."""
    return replace(
        result,
        domain=task.domain_name,
        problem=task.name,
        domain_path=as_text(task.domain_path.absolute()),
        problem_path=as_text(task.problem_path.absolute()),
    )


def _blank(task: BenchmarkTask, key: Key) -> Result:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return named(Result(key, "", "", "", "", Outcome.CANNOT_SAY, started=now), task)


def _solved(blank: Result, solution: Solution) -> Result:
    plan = solution.plan
    return replace(
        blank,
        outcome=solution.outcome,
        engine=solution.engine,
        evidence=solution.evidence,
        cost=_number(solution.cost),
        plan_length=None if plan is None else len(plan),
        plan=None if plan is None else str(plan),
        cpu_seconds=solution.statistics.cpu_seconds,
        peak_memory_mb=solution.statistics.peak_memory_mb,
    )


def _number(cost: Fraction | None) -> int | float | None:
    """A cost as SQLite can hold it: 64 bits, or the nearest floating-point number."""
    if cost is None:
        return None
    if cost.denominator == 1 and abs(cost) < 2**63:
        return cost.numerator
    try:
        return float(cost)
    except OverflowError:
        return None


def _fault(error: Exception) -> str:
    return as_text(f"internal error: {type(error).__name__}: {error}")
