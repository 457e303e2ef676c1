"""What all who look for better plans of one task share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from threading import Event, Lock

from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.answer import Answer
from goalsmith.solve.anytime.incumbent import Incumbent
from goalsmith.solve.grounded.task import GroundOperator
from goalsmith.solve.grounded.translate import StepNames
from goalsmith.solve.improvement.improver import Improver
from goalsmith.solve.plain_types import with_plain_types
from goalsmith.solve.solution import OnSolution, Solution

WINDOWS = "windows"
"""What a plan that came from windows is said to be found by."""

ELIMINATION_SECONDS = 2.0
"""Time for taking needless steps out of a plan from a stream."""


class CommonGround:
    """A task in its forms, the best plan of it, and the plan that windows work on.

    Attributes:
        task: the task.
        aliased: the task as engines get it.
        offset: the metric's value at the start, from which engines do not count.
        incumbent: the best plan and the best bound.
        stop: set when all is over.
        ends: how engines ended.
        tried: set when grounding has ended, well or not.
        names: the grounded task and what its operators are called; None without one.
        file: where the grounded task is written.
        improver: the plan that windows work on; None before there is one.
    """

    def __init__(self, task: Task, on_solution: OnSolution) -> None:
        semantics = Semantics(task)
        self.task = task
        self.aliased = with_aliases(with_plain_types(task))
        start = semantics.facts(semantics.initial_state())
        self.offset = semantics.cost(start, 0) or Fraction(0)
        self.incumbent = Incumbent(task, on_solution)
        self.stop = Event()
        self.ends: list[Solution] = []
        self.tried = Event()
        self.names: StepNames | None = None
        self.file = Path()
        self.improver: Improver | None = None
        self._lock = Lock()

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be found."""
        unsolvable = any(end.outcome is Outcome.UNSOLVABLE for end in self.ends)
        return unsolvable or self.incumbent.settled

    def offer(self, text: str, source: str) -> None:
        """Takes a plan from a stream. What is not a plan of the task is let go."""
        try:
            plan = self.aliased.read_plan(text, source)
        except GoalsmithError:
            return
        if self.incumbent.offer(plan, source):
            self.catch_up()

    def note(self, answer: Answer, source: str) -> None:
        """Takes an answer's plan, and keeps the rest of what it says."""
        if answer.plan_text is not None:
            self.offer(answer.plan_text, source)
        self.ends.append(
            Solution(answer.outcome, source, answer.evidence, statistics=answer.statistics)
        )

    def raise_bound(self, cost: int, prover: str) -> None:
        """Takes a proof that no plan of the grounded task costs less."""
        self.incumbent.raise_bound(self.offset + cost, prover)

    def catch_up(self) -> None:
        """Hands the best plan, if it came from elsewhere, to the improver."""
        names, best = self.names, self.incumbent.best
        if names is None or best is None or best.plan is None:
            return
        operators = names.operators(best.plan)
        if operators is None:
            return
        with self._lock:
            if self.improver is None:
                self.improver = Improver(names.task, operators, self._better)
            elif not self.improver.offer(operators):
                return
        self.improver.eliminate(ELIMINATION_SECONDS, self.stop.is_set)

    def _better(self, steps: tuple[GroundOperator, ...]) -> None:
        assert self.names is not None
        self.incumbent.offer(self.names.plan(steps), WINDOWS)
