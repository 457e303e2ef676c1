"""`goalsmith order`: a plan with no more order than it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from goalsmith.commands.options import DomainArgument, Json, ProblemArgument, TimeLimit


def order(
    domain: DomainArgument,
    problem: ProblemArgument,
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLAN]",
            help="A plan file: one (action object …) to a line; without it the task is solved.",
        ),
    ] = None,
    form: Annotated[
        Literal["stages", "dot", "mermaid", "json"],
        typer.Option("--format", help="Stages to read, a drawing's source, or plain data."),
    ] = "stages",
    time_limit: TimeLimit = None,
    as_json: Json = False,
) -> None:
    """Show which steps of a plan may be taken at the same time, and which must wait.

    The plan is taken out of its order as far as its causal links allow. Steps of a stage do not
    interfere with one another.

    Example: goalsmith order logistics p1 --format dot
    """
    from rich.table import Table
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import read_plan
    from goalsmith.domains.reader import load_text
    from goalsmith.planner import Planner
    from goalsmith.solve.order import drawing
    from goalsmith.solve.order.partial_order import partial_order

    planner = Planner(domain, time_limit=time_limit)
    world = planner.world
    task = planner.task(problem)
    as_json = as_json or form == "json"
    if plan is not None:
        steps = read_plan(load_text(plan), task, str(plan))
    else:
        solution = planner.solve(task)
        if solution.plan is None:
            if as_json:
                out.say_json(solution.outcome, **render.solution_fields(solution))
            out.line(render.no_plan(solution), "red", stderr=True)
            out.leave(solution.outcome)
        steps = solution.plan
    found = partial_order(task, steps)
    if as_json:
        out.say_json(Outcome.YES, **drawing.fields(found))
    elif form == "dot":
        typer.echo(drawing.dot(found), nl=False)
    elif form == "mermaid":
        typer.echo(drawing.mermaid(found), nl=False)
    else:
        critical = found.critical_path()
        table = Table("stage", "", "step", "", box=None, pad_edge=False, header_style="dim")
        for number, stage in enumerate(found.stages, 1):
            for place, index in enumerate(stage):
                step = found.plan.steps[index]
                table.add_row(
                    Text("" if place else str(number), style="bold cyan", justify="right"),
                    Text(f"{index + 1}{'*' if index in critical else ''}", style="cyan"),
                    Text(world.wording.step(world.domain, step)),
                    Text(str(step), style="dim"),
                )
        out.say(table)
        width = found.width()
        wide = "" if width is None else f"; at most {width} independent of one another"
        said = f"{len(found.plan)} steps in {len(found.stages)} stages; longest chain "
        out.say(Text(f"{said}{len(critical)} (*){wide}"))
        if found.total:
            out.say(Text(f"left in its order: {found.total}", style="yellow"))
    out.leave(Outcome.YES)
