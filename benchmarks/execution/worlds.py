"""Simulated worlds in which things go wrong at a given rate."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from goalsmith.domains.errors import InputError
from goalsmith.execute.simulation.faults import ANY_ACTION, FaultKind, Faults


class Trouble(StrEnum):
    """What can go wrong: the kinds of faults, and what happens unasked before an act.

    Each leaves the world in a state that the domain's own steps lead to.
    """

    ACTION_FAILS = FaultKind.ACTION_FAILS.value
    EFFECT_LOST = FaultKind.EFFECT_LOST.value
    MOVED_BY_ITSELF = FaultKind.MOVED_BY_ITSELF.value
    EFFECT_LATE = FaultKind.EFFECT_LATE.value
    UNASKED = "unasked"
    """An applicable step takes place after the world was observed and before the act."""


def faults_at(
    rate: float, seed: int, kinds: Collection[Trouble] = tuple(Trouble), limit: int | None = None
) -> Faults:
    """The faults of a world in which each of some kinds has an equal share of a rate.

    A simulator tries one kind after the other, and what is tried later has its chance only where
    nothing came before: its rate is raised accordingly.

    Args:
        rate: the chance of any fault at an act, 0 to 1. What happens unasked is not a fault, and
            may come together with one.
        seed: of the world's dice.
        kinds: what can go wrong; at least one.
        limit: how often something goes wrong in all; None: any number of times.

    Raises:
        InputError: the rate is not between 0 and 1, or there are no kinds.
    """
    if not kinds:
        raise InputError("at least one kind of fault is needed")
    if not 0 <= rate <= 1:
        raise InputError(f"a rate of faults must be between 0 and 1, not {rate}")
    share = rate / len(set(kinds))
    rates = dict.fromkeys(FaultKind, 0.0)
    left = 1.0
    for kind, _ in Faults().rates:
        if Trouble(kind.value) in kinds:
            rates[kind] = min(1.0, share / left)
            left -= share
    return Faults(
        seed=seed,
        action_fails=rates[FaultKind.ACTION_FAILS],
        effect_lost=rates[FaultKind.EFFECT_LOST],
        moved=rates[FaultKind.MOVED_BY_ITSELF],
        effect_late=rates[FaultKind.EFFECT_LATE],
        steps={ANY_ACTION: share} if Trouble.UNASKED in kinds else {},
        limit=limit,
    )
