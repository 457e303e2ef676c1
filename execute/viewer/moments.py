"""What was observed in a run, as the page is told of it: moments, each by its difference."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from goalsmith.domains.formula import Atom, Condition
from goalsmith.domains.language import State
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_expression
from goalsmith.execute.divergence import Divergence
from goalsmith.execute.viewer.names import Names, goal_parts
from goalsmith.execute.viewer.views import Moment, Rows

_NOTHING = State(frozenset())


class Moments:
    """The states that were observed, and how far the goal held in them.

    Attributes:
        rows: the moments, from the first.
        goals: the goals that the run has had, part by part, from the one that it began with.
    """

    def __init__(self, names: Names, goal: Condition) -> None:
        self.rows = Rows[Moment]()
        self.goals = [goal_parts(goal)]
        self._names = names
        self._unmet: tuple[int, ...] | None = None
        self._stale: frozenset[Atom] = frozenset()

    @property
    def latest(self) -> int:
        """The index of the last moment; 0 before the first."""
        return max(len(self.rows) - 1, 0)

    def turn(self, goal: Condition) -> None:
        """The run has another goal."""
        self.goals.append(goal_parts(goal))
        self._unmet = None

    def look(
        self,
        sequence: int,
        at: float,
        step: int | None,
        states: tuple[State | None, State | None],
        semantics: Semantics,
        divergence: Divergence,
        stale: frozenset[Atom],
    ) -> int | None:
        """Something was observed, after a step or after none.

        Args:
            sequence: the entry of the journal that tells of it.
            at: when.
            step: the index of the step.
            states: the one before and the one observed.
            semantics: of the run's task, with the goal that it has now.
            divergence: what was otherwise than expected.
            stale: what was not seen, and is taken to hold.

        Returns:
            The index of the moment; None if nothing was new, and it is none of its own.
        """
        before, state = states[0] or _NOTHING, states[1] or _NOTHING
        if before == state and step is None and stale == self._stale and len(self.rows):
            return None
        numbers = dict(state.numbers)
        terms = {term for term, _ in state.numbers ^ before.numbers}
        unmet = self._unmet_in(state, semantics)
        facts = self._names.facts
        moment = Moment(
            sequence=sequence,
            at=at,
            step=step,
            added=facts(state.atoms - before.atoms),
            removed=facts(before.atoms - state.atoms),
            numbers=tuple(sorted((str(t), _number(numbers.get(t))) for t in terms)),
            blurred=facts(stale - self._stale),
            sighted=facts(self._stale - stale),
            unmet=None if unmet == self._unmet else unmet,
            goal=len(self.goals) - 1,
        )
        self._unmet, self._stale = unmet, stale
        return self.rows.add(self._with(moment, divergence), sequence)

    def compare(self, sequence: int, divergence: Divergence) -> None:
        """What was otherwise than expected at the last moment, said after it."""
        self.rows.put(-1, self._with(self.rows[-1], divergence), sequence)

    def _with(self, moment: Moment, divergence: Divergence) -> Moment:
        return replace(
            moment,
            missing=self._names.facts(divergence.missing),
            unexpected=self._names.facts(divergence.unexpected),
            changed=tuple(
                (str(c.term), _number(c.expected), _number(c.observed)) for c in divergence.changed
            ),
            difference=divergence.summary(),
        )

    def _unmet_in(self, state: State, semantics: Semantics) -> tuple[int, ...]:
        """The parts of the goal that do not hold."""
        unmet = set(semantics.unmet(semantics.facts(state), semantics.task.problem.goal))
        return tuple(i for i, part in enumerate(self.goals[-1]) if part in unmet)


def _number(value: Fraction | None) -> str | None:
    return None if value is None else write_expression(value)
