"""What a condition that holds rests on: facts enough to make it hold, not necessarily the fewest.

Of several ways in which a condition holds the first in a fixed order is taken. A derived atom rests
on what some rule derived it from; only atoms of lower rank may serve there, so that the explanation
is well-founded, as the fixpoint itself is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    And,
    Atom,
    Bindings,
    Compare,
    Condition,
    Equal,
    Exists,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    function_terms_in,
    instantiate,
    positive_form,
)
from goalsmith.domains.language import DerivedRule
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.stratify import used_predicates

NO_LIMIT = 10**9
"""A rank above all."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A ground fact that something rests on: an atom that is true or false, or a number."""

    fact: Atom | FunctionTerm
    positive: bool = True

    def __str__(self) -> str:
        return str(self.fact) if self.positive else f"(not {self.fact})"


@dataclass(slots=True)
class Grounds:
    """What a condition rests on.

    Attributes:
        literals: basic facts and numbers.
        derived: derived atoms, still to be explained.
        absent: derived predicates of which some atom must not follow.
    """

    literals: dict[Literal, None] = field(default_factory=dict)
    derived: dict[Atom, None] = field(default_factory=dict)
    absent: dict[str, None] = field(default_factory=dict)

    def take(self, other: Grounds) -> None:
        """Adds what something else rests on."""
        self.literals.update(other.literals)
        self.derived.update(other.derived)
        self.absent.update(other.absent)


class Support:
    """Finds the grounds of conditions in given facts."""

    def __init__(self, semantics: Semantics, facts: Facts) -> None:
        self._evaluator = semantics.evaluator
        self._facts = facts
        self._is_derived = semantics.derived
        self._ranks = semantics.ranks(facts) if semantics.derived else {}
        self._rules: dict[str, list[DerivedRule]] = {}
        for rule in semantics.task.domain.derived:
            self._rules.setdefault(rule.predicate, []).append(rule)

    def of(
        self, condition: Condition, bindings: Bindings
    ) -> tuple[tuple[Literal, ...], tuple[str, ...]]:
        """The literals, and the basic predicates whose every atom matters, for one that holds."""
        grounds = self._grounds(positive_form(condition), bindings, NO_LIMIT)
        if grounds is None:
            return (), ()
        explained: set[Atom] = set()
        while waiting := [atom for atom in grounds.derived if atom not in explained]:
            for atom in waiting:
                explained.add(atom)
                grounds.take(self._derivation(atom))
        extents = {basic for absent in grounds.absent for basic in self._basic_predicates(absent)}
        literals = sorted(grounds.literals, key=lambda x: (not x.positive, str(x.fact)))
        return tuple(literals), tuple(sorted(extents))

    def _derivation(self, atom: Atom) -> Grounds:
        """What a rule derived an atom from."""
        rank = self._ranks[atom.predicate, atom.args]
        for rule in self._rules[atom.predicate]:
            names = (p.name for p in rule.parameters)
            head = dict(zip(names, atom.args, strict=True))
            grounds = self._grounds(positive_form(rule.condition), head, rank)
            if grounds is not None:
                return grounds
        raise AssertionError(f"{atom} follows from nothing")

    def _grounds(self, condition: Condition, bindings: Bindings, limit: int) -> Grounds | None:
        """What a condition rests on, with derived atoms below a rank only; None if on nothing."""
        grounds = Grounds()
        match condition:
            case Atom():
                ground = instantiate(condition, bindings)
                assert isinstance(ground, Atom)
                if not self._facts.holds(ground.predicate, ground.args):
                    return None
                if ground.predicate not in self._is_derived:
                    grounds.literals[Literal(ground)] = None
                elif self._ranks[ground.predicate, ground.args] < limit:
                    grounds.derived[ground] = None
                else:
                    return None
                return grounds
            case And(parts):
                return self._all(((p, bindings) for p in parts), limit)
            case Or(parts):
                return self._first(((p, bindings) for p in parts), limit)
            case Exists(parameters, part):
                names = [p.name for p in parameters]
                found = list(self._evaluator.matches(self._facts, part, bindings, parameters))
                found.sort(key=lambda b: [b[n] for n in names])
                return self._first(((part, b) for b in found), limit)
            case Forall(parameters, part):
                every = self._evaluator.matches(self._facts, And(), bindings, parameters)
                return self._all(((part, b) for b in every), limit)
        if not self._evaluator.holds(self._facts, condition, bindings):
            return None
        match condition:
            case Not(Atom() as atom):
                ground = instantiate(atom, bindings)
                assert isinstance(ground, Atom)
                if ground.predicate in self._is_derived:
                    grounds.absent[ground.predicate] = None
                else:
                    grounds.literals[Literal(ground, positive=False)] = None
            case Compare() | Not(Compare()):
                terms = function_terms_in(instantiate(condition, bindings))
                grounds.literals.update((Literal(t), None) for t in terms)
            case Equal() | Not() | Imply():
                pass
        return grounds

    def _all(self, parts: Iterable[tuple[Condition, Bindings]], limit: int) -> Grounds | None:
        grounds = Grounds()
        for part, bindings in parts:
            found = self._grounds(part, bindings, limit)
            if found is None:
                return None
            grounds.take(found)
        return grounds

    def _first(self, choices: Iterable[tuple[Condition, Bindings]], limit: int) -> Grounds | None:
        for part, bindings in choices:
            found = self._grounds(part, bindings, limit)
            if found is not None:
                return found
        return None

    def _basic_predicates(self, predicate: str) -> set[str]:
        """The predicates, not derived, that a derived one rests on."""
        seen: set[str] = set()
        waiting = [predicate]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                for rule in self._rules.get(each, ()):
                    waiting.extend(used for used, _ in used_predicates(rule.condition))
        return seen - self._is_derived
