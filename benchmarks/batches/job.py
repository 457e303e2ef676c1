"""One task of a batch: read, solved, and put into a result, whatever happens."""

from __future__ import annotations

import hashlib
import platform
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from threading import Event

from goalsmith.benchmarks.batches.retrying import FAILURES, is_outside
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.benchmarks.provenance import code_version, engine_versions
from goalsmith.benchmarks.results.result import Key, Result
from goalsmith.benchmarks.scores.attempt import Improvement
from goalsmith.benchmarks.suites.suite import BenchmarkTask, as_text
from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import read_domain, read_problem
from goalsmith.solve import Limits, Solution, solve

LONGEST_LOG = 50_000
"""Characters of a log at most, its last ones."""

MOST_IMPROVEMENTS = 10_000
"""Improvements that are kept of a job, its last ones."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task with the texts of its files, and how it is to be solved.

    It needs nothing that is not in it, so it may be sent to another machine.
    """

    task: BenchmarkTask
    key: Key
    domain_text: str
    problem_text: str
    configuration: Configuration
    seed: int
    limits: Limits


def prepare(
    task: BenchmarkTask, configuration: Configuration, seed: int, limits: Limits
) -> Job | Result:
    """The job that a task makes; where its files cannot be read, the result that says so."""
    try:
        texts = task.load()
    except InputError as error:
        # Without a text, the key can only be that of the places.
        places = "\0".join(("unread", *task.places()))
        blank = _blank(task, _key(places, configuration, seed, limits), configuration)
        return replace(blank, outcome=error.outcome, evidence=as_text(error))
    key = _key("\0".join(texts), configuration, seed, limits)
    return Job(task, key, *texts, configuration, seed, limits)


def run_job(job: Job, cancel: Event | None = None) -> Result:
    """Solves a job's task.

    An error in the task, or one of ours in dealing with it, is a result.

    Raises:
        InputError: there is no engine of that name.
        UnsupportedError: the engine is not installed, or none is.
    """
    asked = job.configuration
    blank = _blank(job.task, job.key, asked)
    improvements: list[Improvement] = []
    started = time.monotonic()

    def better(solution: Solution) -> None:
        cost = _number(solution.cost)
        if cost is not None:
            improvements.append(Improvement(time.monotonic() - started, cost))

    try:
        task = _read(job)
    except GoalsmithError as error:
        ended = replace(blank, outcome=error.outcome, evidence=as_text(error))
    except Exception as error:
        ended = _fault(blank, error)
    else:
        try:
            solution = solve(
                task,
                engine=asked.engine,
                quality=asked.quality,
                limits=job.limits,
                cancel=cancel,
                search=asked.search,
                alias=asked.alias,
                options=dict(asked.options),
                seed=job.seed,
                on_solution=better,
            )
            ended = _solved(blank, solution)
        except GoalsmithError:
            # It is about the engines, so it would be the same for every task.
            raise
        except Exception as error:
            ended = _fault(blank, error)
    # Of the only plan that is asked for, the result itself says when it came.
    steps = () if asked.quality == "first" else tuple(improvements[-MOST_IMPROVEMENTS:])
    return replace(ended, improvements=steps, wall_seconds=time.monotonic() - started)


def _read(job: Job) -> Task:
    domain_place, problem_place = job.task.places()
    domain = _domain(job.domain_text, domain_place)
    return Task(domain, read_problem(job.problem_text, domain, problem_place))


@lru_cache(maxsize=8)
def _domain(text: str, place: str) -> Domain:
    """A domain that was read: neighbours in a batch have the same one."""
    return read_domain(text, place)


def _key(text: str, configuration: Configuration, seed: int, limits: Limits) -> Key:
    # No option of the command sets this limit, so that most keys can do without.
    limit = "" if limits.cpu_seconds is None else f"cpu={float(limits.cpu_seconds)!r} "
    return Key(
        hashlib.sha256(text.encode()).hexdigest(),
        limit + configuration.canonical,
        float(limits.seconds),
        limits.memory_mb,
        engine_versions(configuration.engine),
        code_version(),
        seed,
    )


def named(result: Result, task: BenchmarkTask, configuration: Configuration) -> Result:
    """A result under the names of a task and of a configuration, and the task's places."""
    domain_place, problem_place = task.places()
    return replace(
        result,
        configuration=configuration.name,
        domain=task.domain_name,
        problem=task.name,
        domain_path=domain_place,
        problem_path=problem_place,
    )


def _blank(task: BenchmarkTask, key: Key, configuration: Configuration) -> Result:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    unknown = Outcome.CANNOT_SAY
    blank = Result(key, "", "", "", "", unknown, started=now, host=as_text(platform.node()))
    return named(blank, task, configuration)


def _solved(blank: Result, solution: Solution) -> Result:
    plan = solution.plan
    statistics = solution.statistics
    accounts = solution.attempts or (solution,)
    failed = any(each.outcome in FAILURES for each in accounts)
    return replace(
        blank,
        outcome=solution.outcome,
        engine=solution.engine,
        evidence=as_text(solution.evidence),
        cost=_number(solution.cost),
        plan_length=None if plan is None else len(plan),
        plan=None if plan is None else str(plan),
        cpu_seconds=_cpu_seconds(solution),
        peak_memory_mb=statistics.peak_memory_mb,
        optimal=None if plan is None else solution.optimal,
        lower_bound=_number(solution.lower_bound),
        expansions=_count(statistics.expanded),
        evaluations=_count(statistics.evaluated),
        generated=_count(statistics.generated),
        log=_log(accounts) if failed or not solution.outcome.settled else None,
        outside=solution.outcome is Outcome.ENGINE_FAILED and is_outside(solution.evidence),
    )


def _log(accounts: Iterable[Solution]) -> str:
    """What each engine came to, and said about it."""
    lines = [f"{each.engine or 'goalsmith'}: {each.outcome}: {each.evidence}" for each in accounts]
    return as_text("\n".join(lines))[-LONGEST_LOG:]


def _cpu_seconds(solution: Solution) -> float | None:
    """What all engines that took part have used; None where none of them says."""
    told = [each.statistics.cpu_seconds for each in solution.attempts or (solution,)]
    known = [seconds for seconds in told if seconds is not None]
    return sum(known) if known else None


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


def _count(states: int | None) -> int | None:
    """A number of states as SQLite can hold it; engines may say anything."""
    return states if states is not None and 0 <= states < 2**63 else None


def _fault(blank: Result, error: Exception) -> Result:
    """What an error of ours, or of the machine, comes to."""
    said = as_text(f"internal error: {type(error).__name__}: {error}")
    log = as_text("".join(traceback.format_exception(error)))[-LONGEST_LOG:]
    return replace(blank, evidence=said, log=log, outside=is_outside(said))
