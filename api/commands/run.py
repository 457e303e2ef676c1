"""`goalsmith run`: translate, solve, and carry the plan out in the simulator."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

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
from goalsmith.commands.stores import StoreUrl

FAULT_RATE = 0.15
"""How likely each kind of fault is at a step when faults are asked for."""


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
    faults: Annotated[
        int | None,
        typer.Option("--faults", help="Let things go wrong, by this seed.", metavar="SEED"),
    ] = None,
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
    base_url: BaseUrl = None,
    offline: Offline = False,
    engine: EngineName = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Plan for a goal and carry the plan out in the simulator, replanning when things go wrong.

    Example: goalsmith run "put blue on red" --domain blocksworld --problem p1 --faults 7
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render, show
    from goalsmith.domains.plans import write_plan
    from goalsmith.domains.writer import write_domain, write_problem
    from goalsmith.execute import Entry, Faults
    from goalsmith.execute.recorder import Recorder
    from goalsmith.execute.store import open_store
    from goalsmith.planner import Planner

    planner = Planner(
        domain,
        model=model,
        base_url=base_url,
        offline=offline,
        engine=engine,
        time_limit=time_limit,
        memory_limit=memory_limit,
    )
    console = out.console(stderr=as_json)
    task = planner.task(problem)
    fields: dict[str, object] = {}
    if text is not None:
        translation = planner.translate(text, task)
        task = translation.task
        fields["translation"] = render.translation_fields(translation)
        for part in render.understood(translation, planner.world):
            console.print(part)
    out.remark_missing_engines(planner.settings.engine)
    solution = planner.solve(task)
    if solution.plan is None:
        if as_json:
            fields["solution"] = render.solution_fields(solution)
            out.say_json(solution.outcome, **fields)
        out.line(render.no_plan(solution), "red", stderr=True)
        out.leave(solution.outcome)
    order = planner.order(task, solution.plan)
    fields["solution"] = render.solution_fields(solution, order)
    console.print(render.plan_table(solution.plan, order, planner.world))
    console.print(Text(render.verdict(solution, task), style="green"))
    chosen = None
    if faults is not None:
        rate = FAULT_RATE
        chosen = Faults(seed=faults, action_fails=rate, effect_lost=rate, moved=rate)
    narrator = show.Narrator(console, planner.world)
    with open_store(store) as opened_store:
        row = opened_store.create_run(
            domain_pddl=write_domain(task.domain),
            problem_pddl=write_problem(task.problem),
            plan=write_plan(solution.plan),
            settings={"policy": policy.value, "faults": faults, "max_replans": max_replans},
            name=text or task.problem.name,
        )
        with Recorder(opened_store, row) as recorder:

            def tell(entry: Entry) -> None:
                recorder(entry)
                narrator.tell(entry)

            ended = planner.execute(
                task,
                solution.plan,
                faults=chosen,
                max_replans=max_replans,
                policy=policy.value,
                on_event=tell,
                name=row.id,
            )
    out.remark(f"run {row.id}: goalsmith show {row.id[:6]}")
    if as_json:
        out.say_json(ended.outcome, **fields, run={"id": row.id, **show.run_fields(ended)})
    out.leave(ended.outcome)
