"""`goalsmith solve`: a validated plan, or why there is none."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from goalsmith.commands.options import EngineName, Json, MemoryLimit, OutputFile, TimeLimit


def solve(  # noqa: PLR0915 - one option after the other
    domain: Annotated[
        str, typer.Argument(metavar="DOMAIN", help="A domain file, or a bundled domain's name.")
    ],
    problem: Annotated[
        str, typer.Argument(metavar="PROBLEM", help="A problem file, or an instance's name.")
    ],
    engine: EngineName = None,
    quality: Annotated[
        Literal["first", "anytime", "optimal"],
        typer.Option(
            "--quality",
            help="The first plan found, the best found in the time given, or one proved cheapest.",
        ),
    ] = "first",
    seed: Annotated[
        int, typer.Option("--seed", help="For chance in the search for better plans.", metavar="N")
    ] = 0,
    search: Annotated[
        str | None,
        typer.Option("--search", help="Fast Downward, with this search.", metavar="SEARCH"),
    ] = None,
    alias: Annotated[
        str | None,
        typer.Option("--alias", help="Fast Downward, with what it knows as this.", metavar="NAME"),
    ] = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    output: OutputFile = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", help="Write a certificate for `verify`.", metavar="FILE"),
    ] = None,
    cached: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Keep solutions, and look there first.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Find a plan and validate it.

    In a pipe the plan comes in the format of the planning competitions, on a terminal as a table
    with the reason for every step. Interrupted while it looks for better plans, the command gives
    the best that it has.

    Example: goalsmith solve blocksworld p1
    """
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import write_plan
    from goalsmith.planner import Planner
    from goalsmith.solve import Solution
    from goalsmith.solve import solve as solve_task
    from goalsmith.solve.cache import Cache

    planner = Planner(domain, engine=engine, time_limit=time_limit, memory_limit=memory_limit)
    task = planner.task(problem)
    if search is None and alias is None:
        out.remark_missing_engines(planner.settings.engine)
    found: list[Solution] = []
    began = time.monotonic()

    def better(each: Solution) -> None:
        found.append(each)
        if quality != "first":
            cost = render.cost_words(each.cost, task)
            out.remark(f"{time.monotonic() - began:6.1f} s  cost {cost}  {each.engine}")

    try:
        solution = solve_task(
            task,
            engine=planner.settings.engine,
            quality=quality,
            limits=planner.settings.limits(),
            search=search,
            alias=alias,
            seed=seed,
            on_solution=better,
            cache=Cache() if cached else None,
        )
        outcome = solution.outcome
    except KeyboardInterrupt:
        if quality == "first" or not found:
            raise
        solution, outcome = found[-1], Outcome.INTERRUPTED
    if solution.plan is None:
        if as_json:
            out.say_json(outcome, **render.solution_fields(solution))
        out.console(stderr=True).print(render.no_plan(solution))
        out.leave(outcome)
    text = write_plan(solution.plan, render.cost_words(solution.cost, task))
    if output is not None:
        out.write_file(output, text)
        out.remark(f"plan written to {output}")
    if certificate is not None:
        from goalsmith.solve.certificate import certificate as certified

        out.write_file(certificate, certified(task, solution))
        out.remark(f"certificate written to {certificate}")
    order = planner.order(task, solution.plan)
    if as_json:
        out.say_json(outcome, **render.solution_fields(solution, order))
    elif out.console().is_terminal:
        out.say(render.plan_table(solution.plan, order, planner.world))
        out.say(render.verdict(solution, task))
    else:
        if output is None:
            typer.echo(text, nl=False)
        out.console(stderr=True).print(render.verdict(solution, task))
    out.leave(outcome)
