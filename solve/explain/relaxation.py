"""The delete relaxation of a task as rules: where a condition can hold, what it makes true can.

Negative conditions, and comparisons of numbers that change, are taken to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.formula import (
    TRUE,
    Add,
    And,
    Assign,
    Atom,
    Compare,
    Condition,
    Effect,
    Exists,
    Forall,
    ForEach,
    Not,
    Or,
    Parameter,
    When,
    function_terms_in,
    positive_form,
    simple_effects,
)
from goalsmith.domains.language import Task


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the condition is relaxed reachable, so are the heads."""

    parameters: tuple[Parameter, ...]
    condition: Condition
    heads: tuple[Atom, ...]


class Relaxation:
    """Relaxes the conditions of one task."""

    def __init__(self, task: Task) -> None:
        self._task = task
        effects = [e for a in task.domain.actions for e in simple_effects(a.effects)]
        self._changing = {e.target.function for e in effects if isinstance(e, Assign)}

    def rules(self) -> Iterator[Rule]:
        """The rules of derived predicates, then those of the actions."""
        for rule in self._task.domain.derived:
            head = Atom(rule.predicate, tuple(p.name for p in rule.parameters))
            yield Rule(rule.parameters, self.condition(positive_form(rule.condition)), (head,))
        for action in self._task.domain.actions:
            condition = self.condition(positive_form(action.precondition))
            yield from self._of_effects(action.parameters, condition, action.effects)

    def _of_effects(
        self, parameters: tuple[Parameter, ...], condition: Condition, effects: tuple[Effect, ...]
    ) -> Iterator[Rule]:
        heads = tuple(effect.atom for effect in effects if isinstance(effect, Add))
        if heads:
            yield Rule(parameters, condition, heads)
        for effect in effects:
            match effect:
                case When(own, inner):
                    both = And((condition, self.condition(positive_form(own))))
                    yield from self._of_effects(parameters, both, inner)
                case ForEach(own, inner):
                    # An inner variable hides an outer one of its name.
                    names = {p.name for p in own}
                    hidden = tuple(p for p in parameters if p.name in names)
                    outer = Exists(hidden, condition) if hidden else condition
                    rest = tuple(p for p in parameters if p.name not in names)
                    yield from self._of_effects((*rest, *own), outer, inner)

    def condition(self, condition: Condition) -> Condition:
        """A condition in negation normal form without what may become false or change."""
        match condition:
            case Not(Atom()):
                return TRUE
            case And(parts):
                return And(tuple(map(self.condition, parts)))
            case Or(parts):
                return Or(tuple(map(self.condition, parts)))
            case Forall(parameters, part):
                return Forall(parameters, self.condition(part))
            case Exists(parameters, part):
                return Exists(parameters, self.condition(part))
            case Compare() | Not(Compare()):
                changes = any(t.function in self._changing for t in function_terms_in(condition))
                return TRUE if changes else condition
            case _:
                return condition
