"""What can go wrong in a simulated world, how often, and what did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.plans import Step

ANY_ACTION = "*"
"""In place of an action's name: a step of any action."""


class FaultKind(Enum):
    """How an act can go wrong. The value is its name on paper.

    After any of them the world is in a state that the domain's own steps lead to, so in a domain
    without dead ends no fault puts a goal out of reach. This is why EFFECT_LOST loses a step whole:
    half a step (the block is let go, but stands nowhere) is a state that the domain does not know,
    and from which nothing may lead back.
    """

    ACTION_FAILS = "action-fails"
    """The step is reported as failed, and nothing changes."""
    EFFECT_LOST = "effect-lost"
    """The step is reported as done, but none of its effects took place."""
    MOVED_BY_ITSELF = "moved-by-itself"
    """The step takes place; then another applicable step that changes something does so unasked."""
    EFFECT_LATE = "effect-late"
    """The step is reported as done, but takes place only as the next act begins, if it still is
    applicable then."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults and events a simulated world has.

    A fault befalls an act, at most one each. Events happen between two acts, after the world was
    last observed: as many as the dice say. What `steps` lets happen are steps of the domain, with
    the property that `FaultKind` describes; `toggles` can make any state at all, and so put a goal
    out of reach.

    Attributes:
        seed: of the dice; the same seed and acts bring the same faults and events.
        action_fails, effect_lost, moved, effect_late: how likely each kind is at an act, 0 to 1.
            They are tried in this order.
        limit: how many faults and events happen in all; None for any number.
        scripted: faults that happen at the n-th act, counted from 1, whatever the dice say.
        steps: by an action's name, or `ANY_ACTION`, how likely an applicable step of it that
            changes something is to take place unasked before an act.
        toggles: by a predicate's name, or an atom such as `(open lab)`, how likely it is before an
            act that the atom, or one of the predicate's, becomes false if true and true if false.

    Raises:
        InputError: a rate is not between 0 and 1, the limit is negative, or an act is before 1.
    """

    seed: int = 0
    action_fails: float = 0.0
    effect_lost: float = 0.0
    moved: float = 0.0
    limit: int | None = None
    scripted: Mapping[int, FaultKind] = field(default_factory=dict, hash=False)
    effect_late: float = 0.0
    steps: Mapping[str, float] = field(default_factory=dict, hash=False)
    toggles: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        kinds = ((kind.value, rate) for kind, rate in self.rates)
        for name, rate in (*kinds, *self.steps.items(), *self.toggles.items()):
            if not 0 <= rate <= 1:
                raise InputError(f"the rate of {name} must be between 0 and 1, not {rate}")
        if self.limit is not None and self.limit < 0:
            raise InputError(f"the limit of faults must not be negative, and is {self.limit}")
        if any(act < 1 for act in self.scripted):
            raise InputError("acts of scripted faults are counted from 1")

    @property
    def rates(self) -> tuple[tuple[FaultKind, float], ...]:
        """Each kind with its rate, in the order in which they are tried."""
        return (
            (FaultKind.ACTION_FAILS, self.action_fails),
            (FaultKind.EFFECT_LOST, self.effect_lost),
            (FaultKind.MOVED_BY_ITSELF, self.moved),
            (FaultKind.EFFECT_LATE, self.effect_late),
        )


@dataclass(frozen=True, slots=True)
class Toggled:
    """An atom that became true, or false, by itself."""

    atom: Atom
    holds: bool

    def __str__(self) -> str:
        return str(self.atom) if self.holds else f"(not {self.atom})"


@dataclass(frozen=True, slots=True)
class Happening:
    """What an act really did, and what happened just before it.

    Attributes:
        act: the how many-th act it was, from 1.
        step: the step asked for.
        took_place: whether the step's effects took place at this act.
        fault: what went wrong; None also where the step was refused as not applicable.
        by_itself: the step that took place unasked after it, if any.
        came_late: the step of the act before, if it took place only as this act began.
        events: the steps that took place unasked, and the atoms that changed by themselves, before
            this act and after the one before it, in their order.
    """

    act: int
    step: Step
    took_place: bool
    fault: FaultKind | None = None
    by_itself: Step | None = None
    came_late: Step | None = None
    events: tuple[Step | Toggled, ...] = ()
