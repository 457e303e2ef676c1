"""A window of a plan as a small task of its own.

A few variables are kept, all others are frozen at the value that they have at the window's start.
Operators that would change a frozen variable are left out, conditions on frozen variables are
decided, and what remains is renumbered. Every plan of the small task is, step for step, applicable
at the window's start and leads to what the rest of the plan needs. Whether a kept variable may be
changed at all is thus decided by which variables are kept: the task is a restriction, never a
relaxation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from goalsmith.solve.grounded.sas import (
    ANY,
    Axiom,
    Fact,
    Operator,
    SasEffect,
    SasTask,
)
from goalsmith.solve.grounded.task import GroundedTask, GroundOperator

LOOK = 256
"""Operators between two looks at whether to stop."""


def project(
    task: GroundedTask,
    state: Sequence[int],
    need: Mapping[int, int],
    kept: Collection[int],
    bound: int,
    stopped: Callable[[], bool] = lambda: False,
) -> SasTask | None:
    """The task of getting from `state` to `need` by changing only the `kept` variables.

    Its operators are named by the numbers of the original ones. None if stopped before it is made.

    Args:
        task: what the window is cut from.
        state: the value of each variable at the window's start.
        need: variables and values to be reached.
        kept: basic variables that may change.
        bound: operators that cost as much are of no use.
        stopped: asked now and then. With many operators this takes a second and more.
    """
    return _Window(task, state, need, kept).task(bound, stopped)


class _Window:
    def __init__(
        self,
        task: GroundedTask,
        state: Sequence[int],
        need: Mapping[int, int],
        kept: Collection[int],
    ) -> None:
        self.whole = task
        self.state = state
        self.need = need
        self.kept = set(kept)
        # What follows from kept variables changes with them.
        self.following = {
            axiom.variable
            for axiom in task.sas.axioms
            if not self.kept.isdisjoint(task.axioms.rests_on(axiom.variable))
        }
        self.numbers = {v: n for n, v in enumerate(sorted(self.kept | self.following))}

    def task(self, bound: int, stopped: Callable[[], bool]) -> SasTask | None:
        sas = self.whole.sas
        candidates = {
            each.number: each
            for variable in sorted(self.kept)
            for each in self.whole.writers[variable]
            if each.cost < bound
        }
        cheapest: dict[tuple[tuple[Fact, ...], tuple[SasEffect, ...]], Operator] = {}
        for count, each in enumerate(candidates.values()):
            if count % LOOK == 0 and stopped():
                return None
            if not self._possible(each.precondition):
                continue
            operator = self._operator(each)
            if operator is not None:
                key = (operator.prevail, operator.effects)
                known = cheapest.get(key)
                if known is None or operator.cost < known.cost:
                    cheapest[key] = operator
        axioms = [a for axiom in sas.axioms if (a := self._axiom(axiom)) is not None]
        order = sorted(self.numbers)
        return SasTask(
            True,
            tuple(sas.variables[v] for v in order),
            (),
            # The file states the values that derived variables have by default.
            tuple(
                self.state[v] if self.whole.is_basic(v) else sas.variables[v].default for v in order
            ),
            tuple((self.numbers[v], n) for v, n in sorted(self.need.items()) if v in self.numbers),
            tuple(cheapest.values()),
            tuple(axioms),
        )

    def _possible(self, facts: Sequence[Fact]) -> bool:
        """Whether all facts over frozen variables hold."""
        numbers, state = self.numbers, self.state
        for variable, value in facts:
            if state[variable] != value and variable not in numbers:
                return False
        return True

    def _facts(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """The facts over kept variables."""
        numbers = self.numbers
        return tuple([(numbers[v], value) for v, value in facts if v in numbers])

    def _operator(self, each: GroundOperator) -> Operator | None:
        """An operator whose frozen preconditions hold; None if it would change what is frozen."""
        operator = each.operator
        effects = []
        for effect in operator.effects:
            fires = not effect.conditions or self._possible(effect.conditions)
            number = self.numbers.get(effect.variable)
            if number is None:
                if fires and self.state[effect.variable] != effect.after and not self._idle(effect):
                    return None
            elif fires:
                conditions = self._facts(effect.conditions) if effect.conditions else ()
                effects.append(SasEffect(conditions, number, effect.before, effect.after))
            elif effect.before != ANY:
                # The value before is asked of the operator even if the effect does not fire.
                return None
        if not effects:
            return None
        prevail = self._facts(operator.prevail)
        return Operator(str(each.number), prevail, tuple(effects), each.cost)

    def _idle(self, effect: SasEffect) -> bool:
        """Whether changing a frozen variable matters to nobody."""
        variable = effect.variable
        return variable in self.whole.unread and (
            self.need.get(variable, effect.after) == effect.after
        )

    def _axiom(self, axiom: Axiom) -> Axiom | None:
        number = self.numbers.get(axiom.variable)
        if number is None:
            return None
        if not self._possible(axiom.conditions):
            return None
        return Axiom(self._facts(axiom.conditions), number, axiom.before, axiom.after)
