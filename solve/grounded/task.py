"""A grounded task made ready for many replays and windows: who reads and writes each variable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goalsmith.solve.grounded.axioms import AxiomEvaluator
from goalsmith.solve.grounded.sas import BASIC, Fact, Operator, SasTask


@dataclass(frozen=True, slots=True)
class GroundOperator:
    """An operator with what is asked of it over and over.

    Attributes:
        reads: basic variables that its applicability or its effects depend on, those that derived
            variables in its conditions depend on included.
        writes: variables that it may change.
        conditional: whether some effect has conditions of its own.
    """

    operator: Operator
    number: int
    cost: int
    precondition: tuple[Fact, ...]
    reads: frozenset[int]
    writes: frozenset[int]
    conditional: bool


class GroundedTask:
    """The grounded form of a task, with its dynamics.

    States are lists of values, one for each variable, derived ones included.
    """

    def __init__(self, sas: SasTask) -> None:
        self.sas = sas
        self.axioms = AxiomEvaluator(sas)
        self.operators = [self._ground(n, operator) for n, operator in enumerate(sas.operators)]
        self.named: dict[str, list[GroundOperator]] = {}
        self.writers: list[list[GroundOperator]] = [[] for _ in sas.variables]
        read: set[int] = {v for axiom in sas.axioms for v, _ in axiom.conditions}
        self.neighbours: list[set[int]] = [set() for _ in sas.variables]
        for each in self.operators:
            self.named.setdefault(each.operator.name, []).append(each)
            for variable in each.writes:
                self.writers[variable].append(each)
                self.neighbours[variable] |= each.reads | each.writes
            read |= each.reads
        self.unread = frozenset(range(len(sas.variables))) - read
        """Variables that no step looks at: only the goal does."""

    def _ground(self, number: int, operator: Operator) -> GroundOperator:
        precondition = operator.precondition
        looked_at = {v for v, _ in precondition}
        looked_at.update(v for e in operator.effects for v, _ in e.conditions)
        return GroundOperator(
            operator,
            number,
            self.sas.cost(operator),
            precondition,
            frozenset(b for v in looked_at for b in self.axioms.rests_on(v)),
            frozenset(e.variable for e in operator.effects),
            any(e.conditions for e in operator.effects),
        )

    def start(self) -> list[int]:
        """The initial state."""
        state = list(self.sas.initial)
        self.axioms.complete(state)
        return state

    def copy(self, state: list[int]) -> list[int]:
        """A state of its own with the same values."""
        return list(state)

    def take(self, state: list[int], operator: GroundOperator) -> bool:
        """Applies an operator in place; False, and nothing done, if it is not applicable."""
        for variable, value in operator.precondition:
            if state[variable] != value:
                return False
        self.apply(state, operator)
        return True

    def apply(self, state: list[int], operator: GroundOperator) -> None:
        """Applies an operator whose precondition holds, in place."""
        effects = operator.operator.effects
        if operator.conditional:
            effects = tuple(
                e for e in effects if all(state[v] == value for v, value in e.conditions)
            )
        for effect in effects:
            state[effect.variable] = effect.after
        if self.sas.axioms:
            self.axioms.complete(state)

    def reached(self, state: Sequence[int]) -> bool:
        """Whether the goal holds."""
        return all(state[variable] == value for variable, value in self.sas.goal)

    def replay(self, operators: Iterable[GroundOperator]) -> list[list[int]] | None:
        """The states that a plan passes, the initial one first; None if it is not a plan."""
        state = self.start()
        states = [list(state)]
        for operator in operators:
            if not self.take(state, operator):
                return None
            states.append(list(state))
        return states if self.reached(state) else None

    def is_basic(self, variable: int) -> bool:
        """Whether steps, not axioms, set a variable."""
        return self.sas.variables[variable].layer == BASIC
