"""`goalsmith solve`: a validated plan, or why there is none."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from goalsmith.commands.options import (
    DomainArgument,
    EngineName,
    Json,
    MemoryLimit,
    OutputFile,
    ProblemArgument,
    TimeLimit,
)


def solve(  # noqa: PLR0915 - one option after the other
    domain: DomainArgument,
    problem: ProblemArgument,
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
    from goalsmith.solve.kairos.pool import prepare

    if engine in (None, "kairos") and search is None and alias is None:
        # Its process starts while the files are read and all else is loaded.
        prepare()
    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import write_plan
    from goalsmith.planner import Planner
    from goalsmith.solve.solution import Solution
    from goalsmith.solve.solver import solve as solve_task

    planner = Planner(domain, engine=engine, time_limit=time_limit, memory_limit=memory_limit)
    task = planner.task(problem)
    if search is None and alias is None:
        out.remark_missing_engines(planner.settings.engine)
    cache = None
    if cached:
        from goalsmith.solve.cache import Cache

        cache = Cache()
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
            cache=cache,
        )
        outcome = solution.outcome
    except KeyboardInterrupt:
        if quality == "first" or not found:
            raise
        solution, outcome = found[-1], Outcome.INTERRUPTED
    if solution.plan is None:
        if as_json:
            out.say_json(outcome, **render.solution_fields(solution))
        out.line(render.no_plan(solution), "red", stderr=True)
        out.leave(outcome)
    text = write_plan(solution.plan, render.cost_words(solution.cost, task))
    sealed = ""
    if certificate is not None:
        from goalsmith.solve.certificate.certificate import certificate as certified

        # Made before anything is written: there are plans of which none can be made.
        sealed = certified(task, solution)
    if output is not None:
        out.write_file(output, text)
        out.remark(f"plan written to {output}")
    if certificate is not None:
        out.write_file(certificate, sealed)
        out.remark(f"certificate written to {certificate}")
    if as_json:
        order = planner.order(task, solution.plan)
        out.say_json(outcome, **render.solution_fields(solution, order))
    elif sys.stdout.isatty():
        order = planner.order(task, solution.plan)
        out.say(render.plan_table(solution.plan, order, planner.world))
        out.line(render.verdict(solution, task), "green")
    else:
        if output is None:
            typer.echo(text, nl=False)
        out.line(render.verdict(solution, task), "green", stderr=True)
    out.leave(outcome)
