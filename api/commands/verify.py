"""`goalsmith verify`: does a certificate hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goalsmith.commands.options import DomainArgument, Json, ProblemArgument


def verify(
    certificate: Annotated[
        Path,
        typer.Argument(metavar="CERTIFICATE", help="A file from `solve --certificate`."),
    ],
    domain: DomainArgument,
    problem: ProblemArgument,
    as_json: Json = False,
) -> None:
    """Check a certificate against its task: exit code 0 if all in it is so, 1 if anything is not.

    The plan is replayed by code of its own, which no engine and no other command uses. What an
    engine claims beyond the plan, such as that none is cheaper, stays a claim.

    Example: goalsmith verify plan.json blocksworld p1
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.reader import load_text
    from goalsmith.solve.certificate.verify import verify as check
    from goalsmith.world import World

    task = World.of(domain).task(problem)
    fault = check(load_text(certificate), task)
    outcome = Outcome.YES if fault is None else Outcome.NO
    if as_json:
        out.say_json(outcome, valid=fault is None, fault=fault)
    elif fault is None:
        out.say(Text("the certificate is right: its plan reaches the goal", style="green"))
    else:
        out.say(Text(f"the certificate is wrong: {fault}", style="red"))
    out.leave(outcome)
