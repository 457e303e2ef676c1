"""Where a join keeps the values of its variables."""

from __future__ import annotations

from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.formula import (
    And,
    Condition,
    Exists,
    Not,
    Or,
    Parameter,
    free_variables,
)
from goalsmith.domains.stages import Values


class Layout:
    """The places of a rule's variables and constants in the list of values."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.start: Values = []
        self._slots: dict[str, int] = {}
        self._members: dict[int, frozenset[str]] = {}
        self._free: dict[int, tuple[Condition, frozenset[int]]] = {}

    def declare(self, parameters: tuple[Parameter, ...]) -> tuple[int, ...]:
        """Places for variables, which keep the types that they are first declared with."""
        slots = []
        for parameter in parameters:
            slot = self.slot(parameter.name)
            self._members.setdefault(slot, self.evaluator.members(parameter.types))
            slots.append(slot)
        return tuple(slots)

    def slot(self, term: str) -> int:
        """The place of a variable, or of a constant, whose value is there from the start."""
        slot = self._slots.get(term)
        if slot is None:
            slot = self._slots[term] = len(self.start)
            self.start.append(term)
        return slot

    def members(self, slot: int) -> frozenset[str]:
        """The objects that a variable may stand for."""
        return self._members[slot]

    def is_variable(self, term: str) -> bool:
        """Whether a term is a variable."""
        return term.startswith("?")

    def free(self, condition: Condition) -> frozenset[int]:
        """The places of a condition's free variables."""
        known = self._free.get(id(condition))
        if known is None:
            # The condition is kept so that its id stays its own.
            known = self._free[id(condition)] = (condition, self._find_free(condition))
        return known[1]

    def _find_free(self, condition: Condition) -> frozenset[int]:
        match condition:
            case And(parts) | Or(parts):
                return frozenset().union(*map(self.free, parts))
            case Not(part):
                return self.free(part)
            case Exists(parameters, part):
                return self.free(part).difference([self.slot(p.name) for p in parameters])
            case _:
                return frozenset([self.slot(v) for v in free_variables(condition)])
