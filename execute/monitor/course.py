"""One run under way: what it was given, its journal, and what its events come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from typing import TypeAlias

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.budget import Budget
from goalsmith.execute.claims import error_text
from goalsmith.execute.environment import Environment
from goalsmith.execute.journal.events import Event
from goalsmith.execute.journal.journal import Journal
from goalsmith.execute.journal.progress import Progress
from goalsmith.execute.messages import Inbox, Review
from goalsmith.execute.policies import Policy
from goalsmith.solve.solution import Solution

Solver: TypeAlias = Callable[[Task], Solution]

MESSAGE_LENGTH = 500
"""Characters kept of a message from outside."""


@dataclass(frozen=True, slots=True)
class Course:
    """One run under way. What changes is in its journal and, folded, in its progress.

    Attributes:
        environment: the world.
        solver: asked for a plan from an observed state.
        policy: when to plan anew.
        stability: by what factor a new plan may cost more than the solver's in order to keep more
            of the old one; None: it is the solver's, whatever it keeps.
        budget: what the run may use.
        review: which plans wait for a person.
        inbox: where messages come from; None: from nowhere.
        cancel: set by another thread to stop before the next step.
        safe_stop: steps to take then, as far as they are applicable.
        name: of the run, from which attempts get their keys.
        journal: its entries, as far as they were made by this process.
        progress: what all its events come to.
    """

    environment: Environment
    solver: Solver
    policy: Policy
    stability: float | None
    budget: Budget
    review: Review
    inbox: Inbox | None
    cancel: Flag
    safe_stop: tuple[Step, ...]
    name: str
    journal: Journal
    progress: Progress

    @property
    def semantics(self) -> Semantics:
        """Of the run's task, with the goal that it has now."""
        return self.progress.semantics

    @property
    def state(self) -> State:
        """The last state observed. A run begins with an observation."""
        state = self.progress.state
        assert state is not None
        return state

    def record(self, event: Event) -> None:
        """Adds an event to the journal, and to what is known of the run."""
        self.progress.take(event)
        self.journal.record(event)


def said(error: Exception) -> str:
    """What an exception says, on one line and cut to a bounded length."""
    return printable(error_text(error), MESSAGE_LENGTH)


def count(number: int, noun: str) -> str:
    """A number of things, in words such as `1 step` or `2 steps`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
