"""`goalsmith compare`: do two problems say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.completing import instance_names
from goalsmith.commands.options import DomainArgument, Json

if TYPE_CHECKING:
    from goalsmith.domains.equivalence.verdict import Difference

UpToRenaming = Annotated[
    bool, typer.Option("--up-to-renaming", help="Let the objects have other names.")
]


def compare(
    domain: DomainArgument,
    first: Annotated[
        str,
        typer.Argument(
            help="A problem file, or an instance's name.", autocompletion=instance_names
        ),
    ],
    second: Annotated[
        str,
        typer.Argument(help="Another problem of the same domain.", autocompletion=instance_names),
    ],
    up_to_renaming: UpToRenaming = False,
    as_json: Json = False,
) -> None:
    """Say whether two problems mean the same: exit code 0 if so, 1 if not, 3 if undecided.

    Goals mean the same if the same reachable states meet them, however they are written.

    Example: goalsmith compare blocksworld p1 other.pddl --up-to-renaming
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.domains.equivalence import Budget
    from goalsmith.domains.equivalence import compare as compare_tasks
    from goalsmith.domains.equivalence.verdict import Comparison
    from goalsmith.domains.outcome import Outcome
    from goalsmith.world import World

    world = World.of(domain)
    # One comparison may take seconds: more states are searched than where many are made.
    budget = Budget(renamings=24, choices=5_000, states=20_000, atoms=1_000, seconds=5.0)
    tasks = world.task(first), world.task(second)
    verdict = compare_tasks(*tasks, up_to_renaming=up_to_renaming, budget=budget)
    outcome = {
        Comparison.DIFFERENT: Outcome.NO,
        Comparison.UNKNOWN: Outcome.CANNOT_SAY,
    }.get(verdict.comparison, Outcome.YES)
    if as_json:
        out.say_json(
            outcome,
            comparison=verdict.comparison.value,
            ground=verdict.ground.value,
            proved=verdict.proved,
            sentence=str(verdict),
            difference=verdict.difference and _as_dict(verdict.difference),
            renaming=dict(verdict.renaming),
        )
    else:
        style = {Outcome.YES: "green", Outcome.NO: "red"}.get(outcome, "yellow")
        out.say(Text(str(verdict), style=style))
        for old, new in verdict.renaming:
            out.say(Text(f"  {old} is {new}", style="dim"))
        if outcome is Outcome.NO and not verdict.proved:
            out.remark("no reachable state was found that meets just one of the goals")
    out.leave(outcome)


def _as_dict(difference: Difference) -> dict[str, object]:
    state = difference.state
    return {
        "section": difference.section,
        "only_first": difference.only_first,
        "only_second": difference.only_second,
        "state": None if state is None else sorted(map(str, state.atoms)),
    }
