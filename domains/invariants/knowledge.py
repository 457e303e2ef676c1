"""What is known before a step of an action schema: literals over its variables, and what follows.

Terms are variables of the schema, new variables for what a quantifier binds, and constants. A
`Knowledge` is inconsistent only where no state and no choice of objects meets all its literals;
so what is entailed is true. The reverse does not hold: parts of a condition that are not literals
are left out, which only makes the knowledge weaker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, product

from goalsmith.domains.effort import Effort
from goalsmith.domains.formula import (
    Add,
    And,
    Atom,
    Condition,
    Delete,
    Effect,
    Equal,
    Exists,
    ForEach,
    Not,
    Or,
    Parameter,
    When,
    instantiate,
    positive_form,
)
from goalsmith.domains.language import Action

MAX_CASES = 16
"""Cases that the disjunctions of a condition are split into; beyond, they are left out."""

Literal = Atom | Equal | Not
"""An atom or an equality, or the negation of one."""


class Knowledge:
    """A conjunction of literals, closed under equality.

    Whatever looks at literals takes a step of the effort for each, and raises SpentError when it
    does not suffice.
    """

    def __init__(self, literals: Iterable[Literal], effort: Effort) -> None:
        self.literals = tuple(literals)
        self._effort = effort
        effort.spend(len(self.literals))
        self._parents: dict[str, str] = {}
        for literal in self.literals:
            if isinstance(literal, Equal):
                self._unite(literal.left, literal.right)
        self._true = {self._atom(a) for a in self.literals if isinstance(a, Atom)}
        denied = [literal.part for literal in self.literals if isinstance(literal, Not)]
        self._false = {self._atom(a) for a in denied if isinstance(a, Atom)}
        self._different = {self._pair(e.left, e.right) for e in denied if isinstance(e, Equal)}
        self.consistent = self._consistent()

    def true(self) -> Iterator[Atom]:
        """The atoms that are known to hold, as they were written."""
        self._effort.spend(len(self.literals))
        return (literal for literal in self.literals if isinstance(literal, Atom))

    def with_also(self, literals: Iterable[Literal]) -> Knowledge:
        """This and more."""
        return Knowledge((*self.literals, *literals), self._effort)

    def same(self, left: str, right: str) -> bool:
        """Whether two terms are known to name the same object."""
        return self._root(left) == self._root(right)

    def all_same(self, left: Iterable[str], right: Iterable[str]) -> bool:
        """Whether terms are known to be the same one by one."""
        self._effort.spend()
        return all(self.same(a, b) for a, b in zip(left, right, strict=True))

    def entails(self, condition: Condition) -> bool:
        """Whether a condition certainly holds."""
        self._effort.spend()
        match condition:
            case And(parts):
                return all(map(self.entails, parts))
            case Or(parts):
                return any(map(self.entails, parts))
            case Atom():
                return not self.consistent or self._atom(condition) in self._true
            case Not(Atom() as atom):
                return not self.consistent or self._atom(atom) in self._false
            case Equal(left, right):
                return not self.consistent or self.same(left, right)
            case Not(Equal(left, right)):
                return not self.consistent or self._differ(left, right)
            case _:
                return False

    def _differ(self, left: str, right: str) -> bool:
        """Whether two terms cannot name the same object, given that all is consistent."""
        pair = self._pair(left, right)
        if len(pair) == 1:
            return False
        if pair in self._different or not any(term.startswith("?") for term in pair):
            return True
        # They differ, too, if an atom that holds would else be one that does not.
        suspects = [(name, args) for name, args in self._false if not pair.isdisjoint(args)]
        self._effort.spend(len(self._false) + len(suspects) * len(self._true))
        return any(
            name == other
            and all(a == b or pair == {a, b} for a, b in zip(args, terms, strict=True))
            for name, args in suspects
            for other, terms in self._true
        )

    def _pair(self, left: str, right: str) -> frozenset[str]:
        return frozenset((self._root(left), self._root(right)))

    def _root(self, term: str) -> str:
        while term in self._parents:
            term = self._parents[term]
        return term

    def _unite(self, left: str, right: str) -> None:
        left, right = self._root(left), self._root(right)
        if left != right:
            # A constant stays the root, so that two in one class are seen.
            child, parent = (left, right) if left.startswith("?") else (right, left)
            self._parents[child] = parent

    def _atom(self, atom: Atom) -> tuple[str, tuple[str, ...]]:
        return atom.predicate, tuple([self._root(a) for a in atom.args])

    def _consistent(self) -> bool:
        for term, parent in self._parents.items():
            if not term.startswith("?") and not parent.startswith("?"):
                return False
        return self._true.isdisjoint(self._false) and all(len(pair) > 1 for pair in self._different)


@dataclass(frozen=True, slots=True)
class LiftedEffect:
    """One atom that an action adds or deletes, under a condition, for all choices of variables."""

    atom: Atom
    adds: bool
    condition: Condition
    variables: tuple[Parameter, ...]


class Schema:
    """An action schema taken apart; no two of its variables have the same name.

    What is known before its steps takes its steps from the effort.
    """

    def __init__(self, action: Action, effort: Effort) -> None:
        self._effort = effort
        self._fresh = count()
        self.types = {p.name: p.types for p in action.parameters}
        self.precondition = positive_form(action.precondition)
        self._preconditions = self.cases(self.precondition)
        effects = [e for each in action.effects for e in self._flat(each, {}, (), ())]
        self.adds = tuple(e for e in effects if e.adds)
        self.deletes = tuple(e for e in effects if not e.adds)

    def before(self, *effects: LiftedEffect, also: Iterable[Literal] = ()) -> Iterator[Knowledge]:
        """What may be known before a step in which the effects take place: one of these cases."""
        also = tuple(also)
        conditions = [self.cases(e.condition) for e in effects]
        for chosen in product(self._preconditions, *conditions):
            literals = (*(each for case in chosen for each in case), *also)
            knowledge = Knowledge(literals, self._effort)
            if knowledge.consistent:
                yield knowledge

    def apart(self, effect: LiftedEffect) -> LiftedEffect:
        """The effect for another choice of its variables."""
        names = {p.name: self._new(p) for p in effect.variables}
        return LiftedEffect(
            Atom(effect.atom.predicate, tuple(names.get(a, a) for a in effect.atom.args)),
            effect.adds,
            instantiate(effect.condition, names),
            tuple(Parameter(names[p.name], p.types) for p in effect.variables),
        )

    def cases(self, condition: Condition) -> list[tuple[Literal, ...]]:
        """The literals of each alternative of a condition; what is bound gets new variables."""
        match condition:
            case Atom() | Equal() | Not(Atom() | Equal()):
                return [(condition,)]
            case And(parts):
                found: list[list[Literal]] = [[]]
                for part in parts:
                    more = self.cases(part)
                    if len(more) == 1:
                        for each in found:
                            each.extend(more[0])
                    elif len(found) * len(more) <= MAX_CASES:
                        found = [[*a, *b] for a in found for b in more]
                return list(map(tuple, found))
            case Or(parts):
                alternatives = [case for part in parts for case in self.cases(part)]
                return alternatives if len(alternatives) <= MAX_CASES else [()]
            case Exists(parameters, part):
                return self.cases(instantiate(part, {p.name: self._new(p) for p in parameters}))
            case _:
                return [()]

    def _new(self, parameter: Parameter) -> str:
        name = f"?{next(self._fresh)} {parameter.name}"
        self.types[name] = parameter.types
        return name

    def _flat(
        self,
        effect: Effect,
        names: Mapping[str, str],
        conditions: tuple[Condition, ...],
        variables: tuple[Parameter, ...],
    ) -> Iterator[LiftedEffect]:
        match effect:
            case Add(atom) | Delete(atom):
                renamed = Atom(atom.predicate, tuple(names.get(a, a) for a in atom.args))
                yield LiftedEffect(renamed, isinstance(effect, Add), And(conditions), variables)
            case When(condition, effects):
                more = (*conditions, instantiate(positive_form(condition), names))
                for each in effects:
                    yield from self._flat(each, names, more, variables)
            case ForEach(parameters, effects):
                fresh = {p.name: self._new(p) for p in parameters}
                own = tuple(Parameter(fresh[p.name], p.types) for p in parameters)
                for each in effects:
                    yield from self._flat(each, {**names, **fresh}, conditions, (*variables, *own))
