"""What goes wrong in the simulator, as options of a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from goalsmith.domains.language import Task
    from goalsmith.execute import Faults

FAULT_RATE = 0.15
"""How likely each kind of fault is at a step when faults are asked for."""

FaultSeed = Annotated[
    int | None,
    typer.Option(
        "--faults",
        help="Let steps fail, lose their effect or set off another, by this seed of the dice.",
        metavar="SEED",
    ),
]
FaultRate = Annotated[
    float | None,
    typer.Option(
        "--fault-rate",
        help="How likely each of these faults is at a step, 0 to 1.",
        metavar="RATE",
        show_default=str(FAULT_RATE),
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        help="An action that happens by itself before a step, and how likely: pick-up=0.1, or "
        "*=0.1 for any. Repeatable.",
        metavar="ACTION=RATE",
    ),
]
Toggles = Annotated[
    list[str] | None,
    typer.Option(
        "--toggle",
        help="A fact that changes by itself before a step, and how likely: '(open lab)=0.1', or "
        "open=0.1 for one of its kind. It may put the goal out of reach. Repeatable.",
        metavar="FACT=RATE",
    ),
]


def faults_of(
    task: Task,
    seed: int | None,
    rate: float | None,
    events: Sequence[str] | None,
    toggles: Sequence[str] | None,
) -> Faults:
    """What the options say; nothing goes wrong without one.

    Args:
        task: what the simulator follows.
        seed: of the dice of all of them; None: 0, and no faults unless a rate is given.
        rate: of each kind of fault but late effects; None: `FAULT_RATE`.
        events: texts such as `pick-up=0.1`.
        toggles: texts such as `(open lab)=0.1`.

    Raises:
        InputError: a text is not of that form, a rate is not between 0 and 1, or the task has no
            such action, fact or predicate.
    """
    from goalsmith.execute import Faults, Simulator

    if rate is None:
        rate = 0.0 if seed is None else FAULT_RATE
    faults = Faults(
        seed or 0,
        action_fails=rate,
        effect_lost=rate,
        moved=rate,
        steps=_rates("--event", "ACTION", "pick-up=0.1", events),
        toggles=_rates("--toggle", "FACT", "'(open lab)=0.1'", toggles),
    )
    if faults.steps or faults.toggles:
        # It says what the task does not have, before anything else is begun.
        Simulator(task, faults)
    return faults


def _rates(option: str, what: str, example: str, said: Sequence[str] | None) -> dict[str, float]:
    """The rates by what they are of."""
    from goalsmith.domains.diagnostics import printable
    from goalsmith.domains.errors import InputError

    rates: dict[str, float] = {}
    for text in said or ():
        name, equals, number = text.rpartition("=")
        # A fact as a person may write it: without regard to case and spaces.
        name = " ".join(name.lower().replace("(", " ( ").replace(")", " ) ").split())
        name = name.replace("( ", "(").replace(" )", ")")
        try:
            rate = float(number)
        except ValueError:
            rate = -1.0
        if not equals or not name or not 0 <= rate <= 1:
            raise InputError(
                f"{option} takes {what}=RATE with a rate from 0 to 1, such as {example}, and not "
                f"`{printable(text, 80)}`"
            )
        if name in rates:
            raise InputError(f"{option} names `{printable(name, 80)}` twice: give it one rate")
        rates[name] = rate
    return rates
