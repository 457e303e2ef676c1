"""The world as a run sees it: something to observe and to act upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.plans import Step


class Ending(StrEnum):
    """How an act ended, as the world claims."""

    DONE = "done"
    FAILED = "failed"
    """It was tried, and went wrong."""
    REFUSED = "refused"
    """It was not tried: it is not applicable, not allowed, or unknown."""
    TIMED_OUT = "timed-out"
    """It was not over in time. It may still have its effects."""


@dataclass(frozen=True, slots=True)
class ActionReport:
    """What the world says of a step: whether it succeeded, and a sentence for a person.

    A report is a claim. What is true afterwards, only an observation tells.

    Attributes:
        succeeded: whether the step took place.
        message: for a person.
        ending: how it ended; by default what `succeeded` says.
    """

    succeeded: bool
    message: str = ""
    ending: Ending | None = None

    @property
    def how(self) -> Ending:
        """How it ended."""
        return self.ending or (Ending.DONE if self.succeeded else Ending.FAILED)


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of the world at a moment; of the rest, nothing is known.

    Attributes:
        true: atoms known to hold.
        false: atoms known not to hold.
        numbers: values known.
    """

    true: frozenset[Atom] = frozenset()
    false: frozenset[Atom] = frozenset()
    numbers: frozenset[tuple[FunctionTerm, Fraction]] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a step.

    Attributes:
        key: a name for this attempt that no other in any run has: a world that is asked twice with
            the same key has been asked once, the second time after a crash.
        number: 1, or 2 and more where the steps just before were the same one and went wrong.
    """

    key: str
    number: int = 1


class Environment(Protocol):
    """A world in which steps are carried out.

    Where steps are taken at the same time, `act` is called by several threads at once, and
    `observe` by another.
    """

    def observe(self) -> State | Observation:
        """What is true now: all of it, or what is known.

        An exception ends the run short: without sight there is no next step. Derived atoms and
        numbers that only count costs may be left out; they are ignored.
        """
        ...

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Carries a step out and returns when it is over.

        An exception counts as a failed step, its text as the message; KeyboardInterrupt and
        SystemExit end the run.
        """
        ...
