"""Why a task is unsolvable: parts of the goal that cannot be had, alone or together.

Alone: a part is impossible if it is not even reachable when nothing ever becomes false, or if an
engine proves it so. Together: a smallest set of parts that no plan achieves. A set is first made
small by leaving out parts as long as the rest stays unsolvable (deletion; Chinneck and Dravnieks,
ORSA Journal on Computing 3, 1991), then all smaller sets are tried. Whatever a found plan achieves
settles all its subsets, so that few are asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from goalsmith.domains.formula import And, Condition, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reachability import Reachability
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.solver import solve
from goalsmith.solve.validation import validate

BUDGET = 60.0
"""Seconds in all by default."""

PER_SET = 10.0
"""Seconds for one set of parts at most."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a goal cannot be reached, as far as was found out.

    Attributes:
        impossible: the parts of the goal that are impossible alone.
        together: a smallest set of parts proved not to be attainable together; empty if none was
            found, of one part if that is impossible alone.
        smallest: whether every smaller set is known to be attainable.
        unsettled: the parts of which it is not known whether they are attainable alone.
        solution: the answer for the whole goal; None if it was not asked for, since a part of it
            is unreachable.
    """

    impossible: tuple[Condition, ...]
    together: tuple[Condition, ...]
    smallest: bool
    unsettled: tuple[Condition, ...]
    solution: Solution | None


def conflict(
    task: Task,
    *,
    seconds: float = BUDGET,
    ask: Callable[[Task, Limits], Solution] | None = None,
) -> Conflict:
    """What cannot be had of a task's goal.

    Args:
        task: the task; its goal is taken as a conjunction.
        seconds: wall time in all.
        ask: what solves a task within limits; our engines unless given.

    Raises:
        UnsupportedError: no engine is installed.
    """
    return _Search(task, seconds, ask or _ask).conflict()


def _ask(task: Task, limits: Limits) -> Solution:
    return solve(task, limits=limits)


class _Search:
    """Asks about sets of parts of the goal, and remembers what was settled."""

    def __init__(self, task: Task, seconds: float, ask: Callable[[Task, Limits], Solution]) -> None:
        self._task = task
        self._end = time.monotonic() + seconds
        self._ask = ask
        self._parts = tuple(dict.fromkeys(conjuncts(task.problem.goal)))
        self._attained: list[frozenset[Condition]] = []
        self._refuted: list[frozenset[Condition]] = []
        self._semantics = Semantics(task)

    def conflict(self) -> Conflict:
        """The impossible parts, and a smallest set that cannot be had together."""
        reach = Reachability(self._task)
        for part in self._parts:
            if reach.possible(part) is False:
                self._refuted.append(frozenset((part,)))
        whole = None if self._refuted else self._answer(self._parts)
        impossible, unsettled = [], []
        for part in self._parts:
            attainable = self._attainable((part,))
            if attainable is None:
                unsettled.append(part)
            elif not attainable:
                impossible.append(part)
        together: tuple[Condition, ...] = ()
        smallest = False
        if impossible:
            together, smallest = (impossible[0],), True
        elif self._known(self._parts) is False:
            together = self._irreducible()
            together, smallest = self._smallest(together)
        return Conflict(tuple(impossible), together, smallest, tuple(unsettled), whole)

    def _irreducible(self) -> tuple[Condition, ...]:
        """An unattainable set from which, as far as is known, no part can be left out."""
        kept = self._parts
        for part in self._parts:
            rest = tuple(each for each in kept if each != part)
            if self._attainable(rest) is False:
                kept = rest
        return kept

    def _smallest(self, found: tuple[Condition, ...]) -> tuple[tuple[Condition, ...], bool]:
        """A smallest unattainable set, and whether all smaller ones are known to be attainable."""
        settled = True
        for size in range(1, len(found)):
            for chosen in combinations(self._parts, size):
                attainable = self._attainable(chosen)
                if attainable is False:
                    return chosen, settled
                if attainable is None:
                    settled = False
                    if time.monotonic() > self._end:
                        return found, False
        return found, settled

    def _known(self, parts: tuple[Condition, ...]) -> bool | None:
        """Whether what was asked settles a set: subsets of attained, supersets of refuted."""
        wanted = frozenset(parts)
        if any(wanted <= attained for attained in self._attained):
            return True
        if any(refuted <= wanted for refuted in self._refuted):
            return False
        return None

    def _attainable(self, parts: tuple[Condition, ...]) -> bool | None:
        """Whether some plan achieves all of these; None if it could not be settled."""
        known = self._known(parts)
        if known is None:
            self._answer(parts)
            known = self._known(parts)
        return known

    def _answer(self, parts: tuple[Condition, ...]) -> Solution | None:
        """Asks about a set and notes the answer; None when the time is spent."""
        left = self._end - time.monotonic()
        if left <= 0:
            return None
        task = self._task.with_goal(And(parts))
        solution = self._ask(task, replace(Limits(), seconds=min(left, PER_SET)))
        if solution.outcome is Outcome.UNSOLVABLE:
            self._refuted.append(frozenset(parts))
        elif solution.plan is not None:
            final = validate(task, solution.plan).final_state
            assert final is not None
            self._attained.append(
                frozenset(p for p in self._parts if self._semantics.holds(final, p))
            )
        return solution
