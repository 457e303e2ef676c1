"""`goalsmith run`: translate, solve, and carry the plan out in the simulator."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from goalsmith.commands.driving import SHORT, LeaseSeconds, finite
from goalsmith.commands.mishaps import Events, FaultRate, FaultSeed, Toggles, faults_of
from goalsmith.commands.models import offering, required
from goalsmith.commands.options import (
    BaseUrl,
    DomainOption,
    EngineName,
    Json,
    MemoryLimit,
    ModelName,
    Offline,
    ProblemOption,
    TimeLimit,
)
from goalsmith.commands.stores import StoreUrl, open_runs
from goalsmith.commands.traces import TraceTo

if TYPE_CHECKING:
    from goalsmith.domains.language import Task
    from goalsmith.domains.plans import Plan
    from goalsmith.execute.memory import Recollection
    from goalsmith.execute.store import Store
    from goalsmith.execute.tracing import RunSpans
    from goalsmith.planner import Planner
    from goalsmith.solve.solution import Solution


class PolicyName(StrEnum):
    """When to plan anew."""

    STRICT = "strict"
    RELEVANT = "relevant"
    EVERY_STEP = "every-step"
    NEVER = "never"


def run(
    domain: DomainOption,
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="The goal, in English; by default the problem's own."),
    ] = None,
    problem: ProblemOption = None,
    faults: FaultSeed = None,
    fault_rate: FaultRate = None,
    event: Events = None,
    toggle: Toggles = None,
    max_replans: Annotated[
        int, typer.Option("--max-replans", help="How often to plan anew at most.", min=0)
    ] = 50,
    model: ModelName = None,
    policy: Annotated[
        PolicyName,
        typer.Option(
            "--policy",
            help="Replan at every difference, only if no end of the plan will do, after every "
            "step, or never.",
        ),
    ] = PolicyName.STRICT,
    stability: Annotated[
        float | None,
        typer.Option(
            "--stability",
            help="By what factor a new plan may cost more to keep more of the old one.",
            min=1.0,
            metavar="F",
            callback=finite,
        ),
    ] = None,
    parallel: Annotated[
        int,
        typer.Option("--parallel", help="Take so many independent steps at a time.", min=1),
    ] = 1,
    approve: Annotated[
        bool, typer.Option("--approve", help="Wait for a person before the plan is carried out.")
    ] = False,
    approve_all: Annotated[
        bool, typer.Option("--approve-all", help="Wait before each new plan, too.")
    ] = False,
    step_delay: Annotated[
        float,
        typer.Option(
            "--step-delay",
            help="Seconds that a step takes.",
            min=0.0,
            metavar="S",
            callback=finite,
        ),
    ] = 0.0,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Leave the run to whoever drives the store's runs."),
    ] = False,
    base_url: BaseUrl = None,
    offline: Offline = False,
    engine: EngineName = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    store: StoreUrl = None,
    world: Annotated[
        str | None,
        typer.Option(
            "--world",
            help="The world that the run acts in: what runs learned of it before is expected, and "
            "what this one learns is kept.",
            metavar="NAME",
        ),
    ] = None,
    lease: LeaseSeconds = None,
    trace: TraceTo = None,
    as_json: Json = False,
) -> None:
    """Plan for a goal and carry the plan out in the simulator, replanning when things go wrong.

    A run is kept as it goes on: after a crash, or Ctrl-C, `goalsmith resume` goes on with it.

    Example: goalsmith run "put blue on red" --domain blocksworld --problem p1 --faults 7
    """
    from goalsmith.solve.kairos.pool import prepare

    if engine in (None, "kairos"):
        # Its process starts while all else is loaded.
        prepare()
    from goalsmith import output as out
    from goalsmith.commands.driving import drive_here, driven_fields, say_how_left
    from goalsmith.commands.traces import run_spans
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute import Budget, Policy
    from goalsmith.execute.durable import RunSettings, Simulated, submit
    from goalsmith.execute.messages import Review
    from goalsmith.planner import Planner

    made = partial(
        Planner,
        domain,
        base_url=base_url,
        offline=offline,
        engine=engine,
        time_limit=time_limit,
        memory_limit=memory_limit,
    )
    planner = made(model=model)
    required(planner.settings.model, base_url, offline)
    console = out.console(stderr=as_json)
    task = planner.task(problem)
    settings = RunSettings(
        policy=Policy(policy.value),
        stability=stability,
        parallel=parallel,
        budget=Budget(replans=max_replans),
        review=Review("revisions" if approve_all else "plan" if approve else "none"),
        engine=planner.settings.engine,
        time_limit=planner.settings.time_limit,
        memory_limit=planner.settings.memory_limit,
        simulator=Simulated(faults_of(task, faults, fault_rate, event, toggle), step_delay),
        wording=planner.world.wording_text,
    )
    fields: dict[str, object] = {}
    with run_spans(trace, planner.domain.name) as spans, open_runs(store, new=True) as opened_store:
        asked = None if text is None else planner.model()
        if spans is not None and asked is not None:
            planner = made(model=spans.model(asked))
        with offering(asked, offline):
            task, plan = _planned(planner, task, text, opened_store, world, spans, fields, as_json)
        name = text or task.problem.name
        row = submit(opened_store, task, plan, settings, name=name, world=world or "")
        if spans is not None:
            spans.called(row.id)
        if detach:
            if as_json:
                out.say_json(Outcome.YES, **fields, run={"id": row.id, "status": row.status})
            out.remark(f"run {row.id} waits for a worker: goalsmith show {row.id[:SHORT]}")
            out.leave(Outcome.YES)
        driven = drive_here(
            opened_store, row, console, lease=lease, world=planner.world, spans=spans
        )
        say_how_left(row, driven)
        if as_json:
            out.say_json(driven.outcome, **fields, run=driven_fields(opened_store, row, driven))
    out.leave(driven.outcome)


def _planned(
    planner: Planner,
    task: Task,
    text: str | None,
    store: Store,
    world: str | None,
    spans: RunSpans | None,
    fields: dict[str, object],
    as_json: bool,
) -> tuple[Task, Plan]:
    """The task that a text makes of a task, and a plan for it, both told.

    What is told is put in `fields`, too. Where there is no plan, the command ends.
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.execute.memory import avoiding

    console = out.console(stderr=as_json)
    ask: Callable[[Task], Solution] = planner.solve
    if world is not None:
        recalled = _recalled(store, world, task)
        task, ask = recalled.task, avoiding(ask, recalled.avoid)
    if text is not None:
        translation = planner.translate(text, task)
        task = translation.task
        fields["translation"] = render.translation_fields(translation)
        console.print(*render.understood(translation, planner.world), sep="\n")
    out.remark_missing_engines(planner.settings.engine)
    solution = ask(task) if spans is None else spans.planning(partial(ask, task))
    if solution.plan is None:
        _leave_without_plan(solution, fields, as_json)
    order = planner.order(task, solution.plan)
    fields["solution"] = render.solution_fields(solution, order)
    console.print(render.plan_table(solution.plan, order, planner.world))
    console.print(Text(render.verdict(solution, task), style="green"))
    return task, solution.plan


def _recalled(store: Store, world: str, task: Task) -> Recollection:
    """What is remembered of a world; what is of note about it is said on standard error."""
    from goalsmith import output as out
    from goalsmith.execute.memory import recall

    recalled = recall(store, world, task)
    if recalled.changed:
        out.remark(f"as {world} was left: {recalled.changed.summary()}")
    for remark in recalled.left_out:
        out.remark(f"what is remembered of {world} does not fit: {remark}")
    return recalled


def _leave_without_plan(solution: Solution, fields: dict[str, object], as_json: bool) -> NoReturn:
    """Says why there is no plan, and ends the command."""
    from goalsmith import output as out
    from goalsmith import render

    if as_json:
        fields["solution"] = render.solution_fields(solution)
        out.say_json(solution.outcome, **fields)
    out.line(render.no_plan(solution), "red", stderr=True)
    out.leave(solution.outcome)
