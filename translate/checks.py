"""What is wrong, or doubtful, about a problem that was made of a text.

An error must be mended. A doubt is handed back once: a model that gives the same answer again
insists on it, and it is then kept beside the translation. A wish may well be impossible, hold
already, or be about objects that the text calls otherwise; the right translation says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from goalsmith.domains.checks import check_problem
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.formula import conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.writer import write_condition, write_problem
from goalsmith.solve.explain.conflict import conflict
from goalsmith.solve.solution import Limits, Solution
from goalsmith.translate.attribution import IMPOSSIBLE

Ask = Callable[[Task, Limits], Solution]
"""Solves a task within limits."""

SOLVE_SECONDS = 5.0
"""Wall seconds in which a goal is tried, unless said otherwise."""

_GOAL_DOUBTS = IMPOSSIBLE | {"goal-already-true"}
_INITIAL_DOUBTS = frozenset({"broken-invariant", "missing-fact", "one-way"})
DOUBTS = _GOAL_DOUBTS | _INITIAL_DOUBTS | {"object-forgotten", "object-not-mentioned"}
"""The codes of findings that a model may insist on."""

_MISFORMED = frozenset({"contradictory-goal"})


@dataclass(frozen=True, slots=True)
class Checks:
    """Which questions are asked about a problem that was made of a text.

    Attributes:
        seconds: wall seconds in which engines try to settle whether its goal can be reached; 0:
            they are not asked.
        ask: what solves a task within limits; None: our engines.
    """

    seconds: float = SOLVE_SECONDS
    ask: Ask | None = None

    def goal(self, task: Task) -> tuple[Diagnostic, ...]:
        """Findings about a goal over a situation that is given."""
        return self._all(task, write_problem(task.problem), _GOAL_DOUBTS, placed=False)

    def problem(self, task: Task, text: str) -> tuple[Diagnostic, ...]:
        """Findings about a whole problem that was read from a text in PDDL."""
        return self._all(task, text, _GOAL_DOUBTS | _INITIAL_DOUBTS, placed=True)

    def _all(
        self, task: Task, text: str, doubts: Iterable[str], placed: bool
    ) -> tuple[Diagnostic, ...]:
        if not any(True for _ in conjuncts(task.problem.goal)):
            return (Diagnostic("empty-goal", "the goal is empty: it asks for nothing"),)
        wanted = _MISFORMED.union(doubts)
        found = [f for f in check_problem(text, task.domain) if f.code in wanted]
        if not placed:
            # The text is ours: the model has never seen the places.
            found = [replace(f, source="", position=None, snippet="") for f in found]
        if not found and self.seconds > 0:
            found += self._unsolvable(task)
        return tuple(found)

    def _unsolvable(self, task: Task) -> list[Diagnostic]:
        """The finding that no plan reaches the goal, if that is proved within the time."""
        answer = conflict(task, seconds=self.seconds, ask=self.ask)
        proved = answer.solution is not None and answer.solution.outcome is Outcome.UNSOLVABLE
        if answer.impossible:
            parts = " ".join(map(write_condition, answer.impossible))
            message = f"no plan reaches the goal: impossible even alone: {parts}"
        elif answer.together:
            parts = " ".join(map(write_condition, answer.together))
            message = f"no plan reaches the goal: these cannot be had together: {parts}"
        elif proved:
            message = "no plan reaches the goal"
        else:
            return []
        hint = "check that the goal says what the request means"
        return [Diagnostic("unsolvable-goal", message, suggestion=hint)]


def errors(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that no answer may have."""
    return tuple(f for f in findings if f.code not in DOUBTS)
