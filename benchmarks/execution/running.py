"""Trials run, several at once if asked, each result kept as soon as it is there."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import partial
from threading import Event

from goalsmith.benchmarks.execution.metrics import Metrics, measure
from goalsmith.benchmarks.execution.repeating import repeat
from goalsmith.benchmarks.execution.trials import Method, Row, Standing, Trial
from goalsmith.benchmarks.execution.worlds import faults_at
from goalsmith.benchmarks.rows import RowFile
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.execute.budget import Budget
from goalsmith.execute.monitor.monitor import Solver, execute
from goalsmith.execute.simulation.simulator import Simulator
from goalsmith.solve import Limits as SolverLimits
from goalsmith.solve import solve

POLL = 0.1
"""Seconds between looks at the cancel flag; the end of a trial is noticed at once."""

Listener = Callable[[Row, bool], None]
"""Hears a row and whether it is new: just made, rather than found in the file."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What came of some trials.

    Attributes:
        rows: of the trials in their order; those that were not done are missing.
        known: how many of the rows were in the file already.
        interrupted: whether it was stopped before all trials were done.
    """

    rows: tuple[Row, ...]
    known: int = 0
    interrupted: bool = False


def run_trials(
    trials: Iterable[Trial],
    *,
    results: RowFile[Row] | None = None,
    jobs: int = 1,
    solver: Solver | None = None,
    on_row: Listener | None = None,
    cancel: Event | None = None,
) -> Trials:
    """Runs the trials that the file has no row of.

    Args:
        trials: what to run.
        results: where rows are looked up and kept. Only the calling thread uses it.
        jobs: how many run at once, in threads, since engines are processes. Times are best measured
            one by one.
        solver: plans anew; by default `solve` with the trial's limits, nothing kept between
            answers.
        on_row: called in the calling thread, once a row is in the file.
        cancel: set to stop; finished rows are kept, and what is under way is not.

    Raises:
        InputError: the number of jobs is not positive, or the file cannot be written.
    """
    if jobs < 1:
        raise InputError(f"at least one job is needed, not {jobs}")
    cancel = cancel or Event()
    waiting = deque(enumerate(trials))
    total = len(waiting)
    done: dict[int, Row] = {}
    known = 0

    def take(index: int, row: Row, new: bool) -> None:
        done[index] = row
        if new and results is not None:
            results.add(row)
        if on_row is not None:
            on_row(row, new)

    pending: dict[Future[Row | None], int] = {}
    stop = Event()
    with ThreadPoolExecutor(jobs, "goalsmith-trial") as executor:
        try:
            while (waiting or pending) and not cancel.is_set():
                while waiting and len(pending) < jobs:
                    index, trial = waiting.popleft()
                    row = None if results is None else results.find(trial.key)
                    if row is not None:
                        known += 1
                        take(index, row, new=False)
                        continue
                    pending[executor.submit(run_trial, trial, solver, stop)] = index
                finished, _ = wait(pending, POLL, FIRST_COMPLETED)
                for future in finished:
                    row = future.result()
                    if row is not None:
                        take(pending[future], row, new=True)
                    del pending[future]
        finally:
            stop.set()
    rows = tuple(row for _, row in sorted(done.items()))
    return Trials(rows, known, len(rows) < total)


def run_trial(
    trial: Trial, solver: Solver | None = None, cancel: Event | None = None
) -> Row | None:
    """Runs a trial; None if it was stopped before its end.

    Args:
        trial: what to run.
        solver: plans anew; by default `solve` with the trial's limits.
        cancel: set by another thread to stop.
    """
    cancel = cancel or Event()
    if solver is None:
        solver = partial(solve, limits=SolverLimits(trial.limits.seconds), cancel=cancel)
    scenario = trial.scenario
    task, plan = scenario.task, scenario.plan
    world = Simulator(task, faults_at(trial.rate, trial.seed, trial.kinds))
    began = time.monotonic()
    if trial.method is Method.REPEAT:
        repeated = repeat(task, plan, world, cancel=cancel)
        reached, reason = repeated.reached, repeated.reason
        metrics = Metrics(executed=len(repeated.steps))
    else:
        acts = trial.limits.acts(plan)
        run = execute(
            task,
            plan,
            world,
            solver,
            policy=trial.method.value,
            stability=trial.stability,
            budget=Budget(replans=acts, steps=acts),
            cancel=cancel,
        )
        reached, reason = run.reached, run.reason
        metrics = measure(run.journal)
    seconds = time.monotonic() - began
    standing = Standing.REACHED if reached else _standing(trial, world.observe(), solver)
    if cancel.is_set():
        return None
    return Row(
        trial.key,
        scenario.domain,
        scenario.instance,
        trial.seed,
        trial.rate,
        trial.method,
        " ".join(sorted(trial.kinds)),
        trial.stability,
        standing,
        printable(reason),
        len(plan),
        sum((h.fault is not None) + len(h.events) for h in world.happened),
        seconds=seconds,
        **asdict(metrics),
    )


def _standing(trial: Trial, state: State, solver: Solver) -> Standing:
    """Whether the goal can still be reached from where a run ended without it."""
    outcome = solver(trial.scenario.task.with_state(state)).outcome
    if outcome is Outcome.SOLVED:
        return Standing.GIVEN_UP
    return Standing.UNREACHABLE if outcome is Outcome.UNSOLVABLE else Standing.UNKNOWN
