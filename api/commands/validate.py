"""`goalsmith validate`: does a plan do what it claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.options import DomainArgument, Json, ProblemArgument


def validate(
    domain: DomainArgument,
    problem: ProblemArgument,
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan file: one (action object …) to a line.")
    ],
    as_json: Json = False,
) -> None:
    """Replay a plan step by step: exit code 0 if it is valid, 1 if it is not.

    Example: goalsmith validate blocksworld p1 plan
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith import render
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import read_plan
    from goalsmith.domains.reader import load_text
    from goalsmith.domains.writer import write_condition
    from goalsmith.solve import validate as check
    from goalsmith.solve.solution import number
    from goalsmith.world import World

    task = World.of(domain).task(problem)
    steps = read_plan(load_text(plan), task, str(plan))
    verdict = check(task, steps)
    failure = verdict.failure
    outcome = Outcome.YES if failure is None else Outcome.NO
    if as_json:
        out.say_json(
            outcome,
            valid=verdict.valid,
            steps=len(steps),
            cost=number(verdict.cost),
            failure=None
            if failure is None
            else {
                "step": failure.index + 1 if failure.step else None,
                "action": str(failure.step) if failure.step else None,
                "unmet": [write_condition(u) for u in failure.unmet],
                "reasons": list(failure.reasons),
            },
        )
    elif failure is None:
        cost = render.cost_words(verdict.cost, task)
        out.say(Text(f"valid: {len(steps)} steps, cost {cost}", style="green"))
    else:
        out.say(Text(f"invalid: {failure}", style="red"))
    out.leave(outcome)
