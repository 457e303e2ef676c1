"""The world as a run sees it: something to observe and to act upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from goalsmith.domains.language import State
from goalsmith.domains.plans import Step


@dataclass(frozen=True, slots=True)
class ActionReport:
    """What the world says of a step: whether it succeeded, and a sentence for a person.

    A report is a claim. What is true afterwards, only an observation tells.
    """

    succeeded: bool
    message: str = ""


class Environment(Protocol):
    """A world in which steps are carried out."""

    def observe(self) -> State:
        """What is true now. An exception ends the run short: without sight there is no next step.

        Derived atoms and numbers that only count costs may be left out; they are ignored.
        """
        ...

    def act(self, step: Step) -> ActionReport:
        """Carries a step out and returns when it is over.

        An exception counts as a failed step, its text as the message; KeyboardInterrupt and
        SystemExit end the run.
        """
        ...
