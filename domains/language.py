"""The values that a PDDL domain and problem are made of, and the task that they form together.

All are frozen: two with the same content are equal and hash alike. Positions say where something
was declared and take no part in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from goalsmith.domains.diagnostics import Position
from goalsmith.domains.formula import (
    ANY_TYPE,
    TRUE,
    Assign,
    Atom,
    Condition,
    Effect,
    Expression,
    FunctionTerm,
    Parameter,
    simple_effects,
)


@dataclass(frozen=True, slots=True)
class Type:
    """A type and the types that it specialises (several after `either`)."""

    name: str
    parents: tuple[str, ...] = (ANY_TYPE,)
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Object:
    """A named thing of the world, of one type or of any of several."""

    name: str
    types: tuple[str, ...] = (ANY_TYPE,)
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A relation that atoms are made of."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Function:
    """A number that depends on objects."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Action:
    """An action schema: what must hold before, and what changes."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    precondition: Condition = TRUE
    effects: tuple[Effect, ...] = ()
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DerivedRule:
    """A rule that makes an atom true wherever its condition holds (an axiom)."""

    predicate: str
    parameters: tuple[Parameter, ...]
    condition: Condition
    position: Position | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """What a good plan makes small or large."""

    direction: Literal["minimize", "maximize"]
    expression: Expression | Literal["total-time"]


@dataclass(frozen=True, slots=True)
class Domain:
    """The laws of a world: types, predicates, functions, derived rules and actions."""

    name: str
    requirements: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    constants: tuple[Object, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    functions: tuple[Function, ...] = ()
    derived: tuple[DerivedRule, ...] = ()
    actions: tuple[Action, ...] = ()

    def action(self, name: str) -> Action:
        """The action of that name (spelled as declared). Raises KeyError when there is none."""
        for action in self.actions:
            if action.name == name:
                return action
        raise KeyError(name)

    def predicate(self, name: str) -> Predicate:
        """The predicate of that name (spelled as declared). Raises KeyError when there is none."""
        for predicate in self.predicates:
            if predicate.name == name:
                return predicate
        raise KeyError(name)

    def changing_predicates(self) -> frozenset[str]:
        """The predicates that actions change, and not those that only follow by derived rules."""
        effects = (effect for action in self.actions for effect in simple_effects(action.effects))
        return frozenset(e.atom.predicate for e in effects if not isinstance(e, Assign))

    def static_predicates(self) -> tuple[str, ...]:
        """The predicates that no action changes and no rule derives, in the order declared."""
        changing = self.changing_predicates().union(rule.predicate for rule in self.derived)
        return tuple(p.name for p in self.predicates if p.name not in changing)


@dataclass(frozen=True, slots=True)
class Problem:
    """A situation in a domain's world: objects, what is true at first, and what is wanted."""

    name: str
    domain_name: str
    objects: tuple[Object, ...] = ()
    init: tuple[Atom, ...] = ()
    numbers: tuple[tuple[FunctionTerm, Fraction], ...] = ()
    goal: Condition = TRUE
    metric: Metric | None = None
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What is true at a moment: the basic atoms that hold, and the numbers.

    Derived atoms are not part of it (they follow), nor are numbers that only count costs.
    """

    atoms: frozenset[Atom]
    numbers: frozenset[tuple[FunctionTerm, Fraction]] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """A domain with one of its problems: what a planner solves."""

    domain: Domain
    problem: Problem

    @property
    def objects(self) -> tuple[Object, ...]:
        """The domain's constants and the problem's objects; one declared in both counts once."""
        seen = {o.name for o in self.domain.constants}
        return self.domain.constants + tuple(o for o in self.problem.objects if o.name not in seen)

    def with_goal(self, goal: Condition) -> Task:
        """The same situation with another goal."""
        return Task(self.domain, replace(self.problem, goal=goal))

    def with_state(self, state: State) -> Task:
        """The same goal from another state. Numbers that it does not hold stay as they are."""
        numbers = dict(self.problem.numbers)
        numbers.update(state.numbers)
        return Task(
            self.domain,
            replace(self.problem, init=tuple(sorted(state.atoms)), numbers=tuple(numbers.items())),
        )

    def _repr_html_(self) -> str:
        """The task as notebooks show it."""
        from goalsmith.domains.notebook import task_html

        return task_html(self)


class TypeHierarchy:
    """Which types are whose subtypes, and which objects belong to which."""

    def __init__(self, domain: Domain, objects: tuple[Object, ...] = ()) -> None:
        self._parents = {t.name: t.parents for t in domain.types}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._objects = objects
        self._of_types: dict[tuple[str, ...], tuple[str, ...]] = {}

    def ancestors(self, name: str) -> frozenset[str]:
        """The type itself and everything above it, `object` included."""
        known = self._ancestors.get(name)
        if known is None:
            above = {name, ANY_TYPE}
            waiting = list(self._parents.get(name, ()))
            while waiting:
                parent = waiting.pop()
                if parent not in above:
                    above.add(parent)
                    waiting.extend(self._parents.get(parent, ()))
            known = self._ancestors[name] = frozenset(above)
        return known

    def fits(self, types: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
        """Whether something declared as any of `types` may stand where any of `wanted` is asked.

        A thing declared `either` fits when one of its types does, as in Fast Downward and VAL.
        """
        return any(w in self.ancestors(t) for t in types for w in wanted)

    def objects_of(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """The names of the objects that belong to any of the types, in the order declared."""
        found = self._of_types.get(types)
        if found is None:
            # Few different types are declared for many objects.
            fitting = {own for own in {o.types for o in self._objects} if self.fits(own, types)}
            found = tuple(o.name for o in self._objects if o.types in fitting)
            self._of_types[types] = found
        return found
