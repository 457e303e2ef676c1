"""`goalsmith demo`: goalsmith once through, on a bundled domain, without a model or a key."""

from __future__ import annotations

from typing import Annotated

import typer

from goalsmith.commands.options import Json

DOMAIN = "software-release"
FIRST_LOSS, FIRST_MOVE = 4, 7
"""The steps of the run at which the demo's world misbehaves: an effect is lost, something happens
by itself. Which thing happens is drawn from the seed."""


def demo(
    domain: Annotated[
        str, typer.Option("--domain", help="A bundled domain.", metavar="NAME")
    ] = DOMAIN,
    seed: Annotated[int, typer.Option("--seed", help="What goes wrong.", metavar="N")] = 1,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the problem as PDDL, too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """See it work: English goal, problem, plan with reasons, a run in which things go wrong.

    Example: goalsmith demo --verbose
    """
    from rich.rule import Rule
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render, show
    from goalsmith.domains.library import bundled
    from goalsmith.domains.writer import write_problem
    from goalsmith.execute import FaultKind, Faults
    from goalsmith.planner import Planner

    library = bundled(domain)
    instance = library.instances[0]
    planner = Planner(domain, offline=True)
    console = out.console(stderr=as_json)

    def heading(words: str) -> None:
        console.print()
        if console.is_terminal:
            console.print(Rule(Text(words, style="bold"), align="left"))
        else:
            console.print(Text(f"== {words}"))

    heading("1. A goal in English")
    console.print(Text(f"{library.wording.title}: “{instance.goal_text}”"))
    heading("2. The problem understood, said back")
    translation = planner.translate(instance.goal_text, instance.task)
    for part in render.understood(translation, planner.world):
        console.print(part)
    if verbose:
        console.print(Text(write_problem(translation.task.problem), style="dim"))
    heading("3. A plan, validated, and why each step stands where it does")
    solution = planner.solve(translation.task)
    if solution.plan is None:
        out.line(render.no_plan(solution), "red", stderr=True)
        out.leave(solution.outcome)
    order = planner.order(translation.task, solution.plan)
    console.print(render.plan_table(solution.plan, order, planner.world))
    console.print(Text(render.verdict(solution, translation.task), style="green"))
    heading("4. Carried out in a world that misbehaves")
    faults = Faults(
        seed=seed,
        scripted={FIRST_LOSS: FaultKind.EFFECT_LOST, FIRST_MOVE: FaultKind.MOVED_BY_ITSELF},
    )
    narrator = show.Narrator(console, planner.world)
    run = planner.execute(translation.task, solution.plan, faults=faults, on_event=narrator.tell)
    console.print(Text(f"{len(run.steps)} steps taken, {run.replans} replans", style="dim"))
    if as_json:
        out.say_json(
            run.outcome,
            translation=render.translation_fields(translation),
            solution=render.solution_fields(solution, order),
            run=show.run_fields(run),
        )
    out.leave(run.outcome)
