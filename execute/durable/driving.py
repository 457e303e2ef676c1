"""Driving a run that a store holds: from where its journal ends to its end, or until it must wait.

All that a driver knows of a run is in the store, so that any process, on any machine, can go on
with it. Whoever drives holds the run's lease. A driver that is killed, or that loses the lease,
leaves nothing behind that the next has to clear away.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event as Flag
from typing import TypeAlias

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, read_plan, write_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute.durable.holding import Holding
from goalsmith.execute.durable.mail import StoreInbox
from goalsmith.execute.durable.recorder import Halted, Recorder
from goalsmith.execute.durable.settings import RunSettings
from goalsmith.execute.environment import Environment
from goalsmith.execute.environments.simulated import KeptSimulator
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.journal.journal import Listener
from goalsmith.execute.memory import avoiding, recall, remember
from goalsmith.execute.monitor.monitor import Run, Solver, execute
from goalsmith.execute.store import RunRow, RunStatus, Store
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.solver import solve

MakeWorld: TypeAlias = Callable[[Task], Environment]


@dataclass(frozen=True, slots=True)
class Driven:
    """How a drive ended.

    Attributes:
        status: what the run waits for now.
        outcome: how the run ended; QUESTION where it waits for a person, INTERRUPTED where the
            driver was asked to halt.
        reason: why, in a sentence.
        run: what the monitor says; None where the driver was asked to halt.
    """

    status: RunStatus
    outcome: Outcome
    reason: str
    run: Run | None = None


def submit(
    store: Store,
    task: Task,
    plan: Plan | None,
    settings: RunSettings,
    *,
    name: str = "",
    world: str = "",
) -> RunRow:
    """Puts a run in a store, for somebody to drive.

    Args:
        store: where it is put.
        task: what is to be done.
        plan: the plan to begin with; None: whoever drives the run asks for one first.
        settings: how it is to be carried out.
        name: for a person.
        world: the name of the world that it acts in.

    Raises:
        InputError: a text is too long to be kept.
    """
    return store.create_run(
        domain_pddl=write_domain(task.domain),
        problem_pddl=write_problem(task.problem),
        plan=None if plan is None else write_plan(plan),
        settings=settings.plain(),
        name=name or task.problem.name,
        world=world,
    )


def drive(
    store: Store,
    holding: Holding,
    *,
    world: MakeWorld | None = None,
    solver: Solver | None = None,
    halt: Flag | None = None,
    halted: RunStatus = RunStatus.RUNNING,
    stay: bool = True,
    pause: Callable[[float], object] | None = None,
    on_event: Listener | None = None,
) -> Driven:
    """Goes on with a run from its journal until it ends, or must wait, or the driver must halt.

    Args:
        store: where the run is.
        holding: its lease, within its `with` block.
        world: makes what the run acts in; by default the simulator that its settings say.
        solver: asked for plans; by default the engines that its settings say.
        halt: set by another thread to leave the run before its next step.
        halted: what the run waits for then.
        stay: whether to wait for people's messages; else the run is left waiting for them.
        pause: waits for so many seconds at most while the run waits for a message; by default
            until `halt` is set.
        on_event: told of each entry of the journal.

    Raises:
        InputError: the run has ended, or what it was given cannot be read.
        StoreError: the store cannot be used, or the journal or the settings are those of a later
            goalsmith or damaged, or the run's world is not a simulated one.
        LeaseLostError: somebody else has taken the run; what this driver did is recorded as far as
            it was before that.
    """
    flag = halt or Flag()
    row = store.run(holding.lease.run)
    recorder = Recorder(store, holding, flag, on_event)
    try:
        run = _execute(store, row, recorder, holding, world, solver, flag, stay, pause)
    except Halted:
        # What waits for a person goes on waiting for that.
        status = halted if recorder.status is not RunStatus.WAITING else RunStatus.WAITING
        recorder.keep(status)
        return Driven(status, Outcome.INTERRUPTED, "it was left before its next step")
    status = RunStatus.WAITING if run.outcome is Outcome.QUESTION else RunStatus.ENDED
    if row.world and status is RunStatus.ENDED:
        with suppress(InputError):
            # The run has ended, whatever becomes of what it learned.
            remember(store, row.id)
    return Driven(status, run.outcome, run.reason, run)


def _execute(
    store: Store,
    row: RunRow,
    recorder: Recorder,
    holding: Holding,
    world: MakeWorld | None,
    solver: Solver | None,
    halt: Flag,
    stay: bool,
    pause: Callable[[float], object] | None,
) -> Run:
    if row.status is RunStatus.ENDED and row.outcome != Outcome.INTERRUPTED.label:
        raise InputError(f"run {row.id} has ended: {row.outcome or 'it does not say how'}")
    given = store.given(row.id)
    task = read_task(given.domain_pddl, given.problem_pddl)
    settings = RunSettings.read(given.settings, task)
    # A plan that leads nowhere is refused, and the solver asked for another, on the record.
    plan = Plan() if given.plan is None else read_plan(given.plan, task)
    before = Decoder(task).entries(store.entries(row.id))

    def waiting(seconds: float) -> None:
        holding.check()
        if halt.is_set():
            raise Halted
        (pause or halt.wait)(seconds)

    ask = solver or solver_of(settings, halt)
    if row.world:
        ask = avoiding(ask, recall(store, row.world, task).avoid)
    return execute(
        task,
        plan,
        world(task) if world is not None else _simulated(store, row, task, settings),
        ask,
        policy=settings.policy,
        stability=settings.stability,
        budget=settings.budget,
        review=settings.review,
        safe_stop=settings.safe_stop,
        parallel=settings.parallel,
        inbox=StoreInbox(store, row.id, task, recorder, waiting, stay),
        before=[entry.event for entry in before],
        elapsed=before[-1].seconds if before else 0.0,
        on_event=recorder,
        name=row.id,
    )


def solver_of(settings: RunSettings, cancel: Flag | None = None) -> Solver:
    """Asks the engines that a run's settings say. `cancel` is set by another thread to stop."""
    default = Limits()
    limits = Limits(
        settings.time_limit or default.seconds, settings.memory_limit or default.memory_mb
    )

    def ask(task: Task) -> Solution:
        return solve(task, engine=settings.engine, limits=limits, cancel=cancel)

    return ask


def _simulated(store: Store, row: RunRow, task: Task, settings: RunSettings) -> Environment:
    if settings.simulator is None:
        raise StoreError(
            f"run {row.id} acts in a world that only the program knows that began it: go on with "
            "it from there (`Runs(…).resume(environment=…)`)"
        )
    chosen = settings.simulator
    return KeptSimulator(store, row.id, task, chosen.faults, delay=chosen.step_delay)
