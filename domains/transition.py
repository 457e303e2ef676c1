"""An action made ready to be applied many times: its plain parts as lookups, the rest as formulas.

Most preconditions are conjunctions of atoms and most effects add or delete atoms outright. They are
compiled once per action to a predicate and a picker of arguments, so that a step costs a few set
operations; whatever else an action has is evaluated as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from operator import itemgetter
from typing import TypeAlias

from goalsmith.domains.errors import InputError
from goalsmith.domains.evaluation import Evaluator, UndefinedNumberError
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    Add,
    And,
    Assign,
    Atom,
    Bindings,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    Not,
    When,
    conjuncts,
)
from goalsmith.domains.joins import Query
from goalsmith.domains.language import Action
from goalsmith.domains.layout import Layout
from goalsmith.domains.occurrences import apart, quantified

GroundAtom: TypeAlias = tuple[str, Args]
_Pick: TypeAlias = Callable[[Args], Args]
_TakesPlace: TypeAlias = tuple[
    Add | Delete | Assign, Bindings, tuple[tuple[Condition, Bindings], ...]
]


_KINDS = {
    "assign": "assigned",
    "increase": "added to",
    "decrease": "added to",
    "scale-up": "scaled",
    "scale-down": "scaled",
}
"""Kinds of changes to a number. Those of different kinds do not commute, so that PDDL 2.1 gives a
step which mixes them no meaning (Fox and Long, JAIR 20, 2003, definition 10)."""


@dataclass(slots=True)
class Changes:
    """What a step changes: true atoms deleted, false ones added, each once, and numbers set."""

    deleted: list[GroundAtom] = field(default_factory=list)
    added: list[GroundAtom] = field(default_factory=list)
    numbers: dict[FunctionTerm, Fraction] = field(default_factory=dict)
    kinds: dict[FunctionTerm, str] = field(default_factory=dict)
    """How each number is changed: only changes of one kind can be made in any order."""

    def atoms(self) -> Iterator[tuple[Atom, bool]]:
        """Each atom that changes, and whether it becomes true."""
        for predicate, args in self.deleted:
            yield Atom(predicate, args), False
        for predicate, args in self.added:
            yield Atom(predicate, args), True


class NotApplicableError(InputError):
    """A step was applied where it is not applicable."""


class Transition:
    """What an action asks for and does, for any objects in place of its parameters."""

    def __init__(self, action: Action, evaluator: Evaluator) -> None:
        self.action = action
        self._evaluator = evaluator
        self._names = tuple(p.name for p in action.parameters)
        self._constants: list[str] = []
        self._true: list[tuple[str, _Pick]] = []
        self._false: list[tuple[str, _Pick]] = []
        self._added: list[tuple[str, _Pick]] = []
        self._deleted: list[tuple[str, _Pick]] = []
        rest: list[Condition] = []
        for part in conjuncts(action.precondition):
            match part:
                case Atom():
                    self._true.append((part.predicate, self._picker(part)))
                case Not(Atom() as atom):
                    self._false.append((atom.predicate, self._picker(atom)))
                case _:
                    rest.append(part)
        other: list[Effect] = []
        for effect in action.effects:
            match effect:
                case Add(atom):
                    self._added.append((atom.predicate, self._picker(atom)))
                case Delete(atom):
                    self._deleted.append((atom.predicate, self._picker(atom)))
                case _:
                    other.append(effect)
        self._rest = self._query(And(tuple(rest))) if rest else None
        self._effects = tuple(other)
        self._tail = tuple(self._constants)

    def _query(self, condition: Condition) -> Query:
        """What tells whether a condition holds for given objects."""
        layout = Layout(self._evaluator)
        layout.declare(self.action.parameters)
        renamed = apart(condition)
        layout.declare(tuple(quantified(renamed)))
        return Query(layout, self._names, lambda: renamed)

    def _picker(self, atom: Atom) -> _Pick:
        """What takes an atom's arguments out of a step's objects and the action's constants."""
        places = []
        for term in atom.args:
            if term in self._names:
                places.append(self._names.index(term))
            else:
                if term not in self._constants:
                    self._constants.append(term)
                places.append(len(self._names) + self._constants.index(term))
        if not places:
            return lambda _: ()
        if len(places) == 1:
            only = places[0]
            return lambda values: (values[only],)
        return itemgetter(*places)

    def bindings(self, args: Args) -> Bindings:
        """The parameters and the objects that a step puts in their places."""
        return dict(zip(self._names, args, strict=True))

    def holds(self, facts: Facts, args: Args) -> bool:
        """Whether the precondition holds for these objects."""
        values = args + self._tail
        for predicate, pick in self._true:
            if not facts.holds(predicate, pick(values)):
                return False
        for predicate, pick in self._false:
            if facts.holds(predicate, pick(values)):
                return False
        return self._rest is None or self._rest.holds(facts, args)

    def applicable(self, facts: Facts, args: Args) -> bool:
        """Whether the precondition holds and every number that an effect needs has a value."""
        if not self.holds(facts, args):
            return False
        if self._effects:
            try:
                self.changes(facts, args)
            except NotApplicableError:
                return False
        return True

    def changes(self, facts: Facts, args: Args) -> Changes:
        """What a step changes in the facts that hold before it.

        Raises:
            NotApplicableError: a number that an effect needs has no value, or one is set twice.
        """
        values = args + self._tail
        changes = Changes()
        added = {(predicate, pick(values)) for predicate, pick in self._added}
        deleted = {(predicate, pick(values)) for predicate, pick in self._deleted}
        bindings = self.bindings(args)
        for effect, inner, _ in self._taking_place(facts, self._effects, bindings):
            match effect:
                case Add(atom):
                    added.add((atom.predicate, tuple([inner.get(a, a) for a in atom.args])))
                case Delete(atom):
                    deleted.add((atom.predicate, tuple([inner.get(a, a) for a in atom.args])))
                case Assign():
                    self._assign(facts, changes, effect, inner)
        # An atom both deleted and added is true after.
        changes.deleted += [atom for atom in deleted - added if facts.holds(*atom)]
        changes.added += [atom for atom in added if not facts.holds(*atom)]
        return changes

    def apply(self, facts: Facts, args: Args) -> Changes:
        """Makes a step's changes in the facts. Raises as `changes` does, with nothing changed.

        Derived atoms are left as they are.
        """
        if self._effects:
            changes = self.changes(facts, args)
            for predicate, ground in changes.deleted:
                facts.remove(predicate, ground)
            for predicate, ground in changes.added:
                facts.add(predicate, ground)
            facts.numbers.update(changes.numbers)
            return changes
        values = args + self._tail
        changes = Changes()
        deleted = changes.deleted
        for predicate, pick in self._deleted:
            ground = pick(values)
            if facts.remove(predicate, ground):
                deleted.append((predicate, ground))
        for predicate, pick in self._added:
            ground = pick(values)
            if facts.add(predicate, ground):
                atom = (predicate, ground)
                if atom in deleted:
                    deleted.remove(atom)
                else:
                    changes.added.append(atom)
        return changes

    def special_effects(self, facts: Facts, args: Args) -> Iterator[_TakesPlace]:
        """The conditional, universal and numeric effects that take place.

        Each is a simple effect with its bindings and the conditions, with theirs, that it rests on.
        """
        yield from self._taking_place(facts, self._effects, self.bindings(args))

    def _taking_place(
        self,
        facts: Facts,
        effects: tuple[Effect, ...],
        bindings: Bindings,
        reasons: tuple[tuple[Condition, Bindings], ...] = (),
    ) -> Iterator[_TakesPlace]:
        for effect in effects:
            match effect:
                case When(condition, inner):
                    if self._evaluator.holds(facts, condition, bindings):
                        found = (*reasons, (condition, bindings))
                        yield from self._taking_place(facts, inner, bindings, found)
                case ForEach(parameters, (When(condition, inner),)):
                    names = [p.name for p in parameters]
                    seen = set()
                    for match in self._evaluator.matches(facts, condition, bindings, parameters):
                        key = tuple([match[n] for n in names])
                        if key not in seen:
                            seen.add(key)
                            found = (*reasons, (condition, match))
                            yield from self._taking_place(facts, inner, match, found)
                case ForEach(parameters, inner):
                    objects_of = self._evaluator.hierarchy.objects_of
                    names = [p.name for p in parameters]
                    for chosen in product(*(objects_of(p.types) for p in parameters)):
                        extended = {**bindings, **dict(zip(names, chosen, strict=True))}
                        yield from self._taking_place(facts, inner, extended, reasons)
                case _:
                    yield effect, bindings, reasons

    def _assign(self, facts: Facts, changes: Changes, effect: Assign, bindings: Bindings) -> None:
        args = tuple([bindings.get(a, a) for a in effect.target.args])
        target = FunctionTerm(effect.target.function, args)
        kind = _KINDS[effect.operator]
        if changes.kinds.setdefault(target, kind) != kind:
            raise NotApplicableError(f"{target} is changed in two ways in one step")
        try:
            value = self._evaluator.value(facts, effect.value, bindings)
            before = changes.numbers.get(target)
            if effect.operator == "assign":
                if before is not None and before != value:
                    raise NotApplicableError(f"{target} is set twice in one step")
                changes.numbers[target] = value
                return
            if before is None:
                before = self._evaluator.value(facts, target)
        except UndefinedNumberError as error:
            raise NotApplicableError(f"{error} has no value") from None
        match effect.operator:
            case "increase":
                changes.numbers[target] = before + value
            case "decrease":
                changes.numbers[target] = before - value
            case "scale-up":
                changes.numbers[target] = before * value
            case _:
                if value == 0:
                    raise NotApplicableError(f"{target} is divided by zero")
                changes.numbers[target] = before / value
