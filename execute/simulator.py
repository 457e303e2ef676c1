"""A simulated world in which a task's steps can go wrong, repeatably."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.environment import ActionReport, Attempt, Ending


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


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults a simulated world has. At most one befalls an act.

    Attributes:
        seed: of the dice; the same seed and acts bring the same faults.
        action_fails, effect_lost, moved: how likely each kind is at an act, 0 to 1. They are tried
            in this order.
        limit: how many faults happen in all; None for any number.
        scripted: faults that happen at the n-th act, counted from 1, whatever the dice say.

    Raises:
        InputError: a rate is not between 0 and 1, the limit is negative, or an act is before 1.

    """

    seed: int = 0
    action_fails: float = 0.0
    effect_lost: float = 0.0
    moved: float = 0.0
    limit: int | None = None
    scripted: Mapping[int, FaultKind] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for kind, rate in self.rates:
            if not 0 <= rate <= 1:
                raise InputError(f"the rate of {kind.value} must be between 0 and 1, not {rate}")
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
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """What an act really did.

    Attributes:
        act: the how many-th act it was, from 1.
        step: the step asked for.
        took_place: whether the step's effects took place.
        fault: what went wrong; None also where the step was refused as not applicable.
        by_itself: the step that took place unasked, if any.

    """

    act: int
    step: Step
    took_place: bool
    fault: FaultKind | None = None
    by_itself: Step | None = None


class Simulator:
    """A world that starts in a task's initial state and follows its domain, but for faults.

    A step that is not applicable is refused, with the unmet condition as the message, and changes
    nothing. A fault that would make no difference (nothing to lose, nothing that can move) does not
    happen and does not count towards the limit. To start elsewhere, give `task.with_state(…)`.
    """

    def __init__(self, task: Task, faults: Faults | None = None) -> None:
        self._semantics = Semantics(task)
        self._state = self._semantics.initial_state()
        self._faults = faults or Faults()
        # Apart from each other, so that what moves has no influence on when faults happen.
        self._dice = Random(f"dice {self._faults.seed}")
        self._choices = Random(f"choices {self._faults.seed}")
        self._happened: list[Happening] = []

    @property
    def happened(self) -> tuple[Happening, ...]:
        """What every act so far really did."""
        return tuple(self._happened)

    def observe(self) -> State:
        """The true state, all of it."""
        return self._state

    def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
        """Carries a step out, as far as the faults let it. Every attempt is one of its own."""
        del attempt
        act = len(self._happened) + 1
        fault = self._fault_at(act)
        try:
            after = self._semantics.apply(self._state, step)
        except InputError as error:
            self._happened.append(Happening(act, step, took_place=False))
            return ActionReport(False, str(error), Ending.REFUSED)
        if fault is FaultKind.ACTION_FAILS:
            self._happened.append(Happening(act, step, took_place=False, fault=fault))
            return ActionReport(False, "it was tried and nothing changed")
        if fault is FaultKind.EFFECT_LOST and after != self._state:
            self._happened.append(Happening(act, step, took_place=False, fault=fault))
            return ActionReport(True)
        self._state = after
        moved = self._move(step) if fault is FaultKind.MOVED_BY_ITSELF else None
        self._happened.append(Happening(act, step, True, fault if moved else None, moved))
        return ActionReport(True)

    def _fault_at(self, act: int) -> FaultKind | None:
        # All dice are thrown at every act, so that one kind's rate does not shift the others.
        hits = [kind for kind, rate in self._faults.rates if self._dice.random() < rate]
        limit = self._faults.limit
        if limit is not None and sum(h.fault is not None for h in self._happened) >= limit:
            return None
        return self._faults.scripted.get(act) or next(iter(hits), None)

    def _move(self, done: Step) -> Step | None:
        """Lets another step that changes something take place; None where there is none."""
        steps = [s for s in self._semantics.applicable_steps(self._state) if s != done]
        self._choices.shuffle(steps)
        for step in steps:
            try:
                after = self._semantics.apply(self._state, step)
            except InputError:
                continue  # its effects need a number that has no value
            if after != self._state:
                self._state = after
                return step
        return None
