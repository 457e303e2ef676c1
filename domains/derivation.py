"""Derived atoms: the least fixpoint of the rules, stratum by stratum, semi-naively.

After the first round a rule is evaluated only with one of its derived atoms among those found in
the round before, since nothing else can be new (Ullman, Principles of Database and Knowledge-Base
Systems, volume 1, 1988, chapter 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Exists,
    Or,
    function_terms_in,
    positive_form,
)
from goalsmith.domains.language import DerivedRule
from goalsmith.domains.stratify import strata, used_predicates

NEW = " (new)"
"""Added to a predicate's name for its atoms of the last round. No name in PDDL has a space."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, and its conditions for the later rounds: each looks at one atom of the last round."""

    rule: DerivedRule
    names: tuple[str, ...]
    recursive: bool
    later: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Rules that are completed together: what they derive, and what that depends on."""

    rules: tuple[_Rule, ...]
    heads: frozenset[str]
    uses: frozenset[str]
    reads_numbers: bool

    @classmethod
    def of(cls, rules: tuple[DerivedRule, ...]) -> _Stratum:
        uses = {used for r in rules for used, _ in used_predicates(r.condition)}
        numbers = any(True for r in rules for _ in function_terms_in(r.condition))
        heads = frozenset(rule.predicate for rule in rules)
        return cls(_prepared(rules), heads, frozenset(uses), numbers)


class Derivation:
    """Computes the atoms that rules derive."""

    def __init__(self, evaluator: Evaluator, rules: tuple[DerivedRule, ...]) -> None:
        self.evaluator = evaluator
        self.predicates = frozenset(rule.predicate for rule in rules)
        self._strata = tuple(_Stratum.of(stratum) for stratum in strata(rules))

    def derive(self, facts: Facts) -> None:
        """Computes the derived atoms anew."""
        for stratum in self._strata:
            self._complete(facts, stratum)

    def ranks(self, facts: Facts) -> dict[tuple[str, Args], int]:
        """For each derived atom the round in which it is found.

        Whatever follows at all follows from basic facts and from derived atoms of lower rank, so an
        explanation that heeds ranks never goes round in circles. The facts do not change.
        """
        ranks: dict[tuple[str, Args], int] = {}
        for stratum in self._strata:
            self._complete(facts, stratum, ranks)
        return ranks

    def update(self, facts: Facts, changed: set[str], numbers: bool) -> None:
        """Computes anew what may have changed with these predicates, or with numbers."""
        changed = set(changed)
        for stratum in self._strata:
            if (numbers and stratum.reads_numbers) or not changed.isdisjoint(stratum.uses):
                self._complete(facts, stratum)
                changed |= stratum.heads

    def _complete(
        self,
        facts: Facts,
        stratum: _Stratum,
        ranks: dict[tuple[str, Args], int] | None = None,
    ) -> None:
        """The least fixpoint of one stratum's rules; notes in which round each atom is found."""
        rank = max(ranks.values(), default=0) if ranks else 0
        heads = stratum.heads
        rules = stratum.rules
        for predicate in heads:
            facts.replace(predicate, ())
        new = self._round(facts, ((r, r.rule.condition) for r in rules))
        while any(new.values()):
            if ranks is not None:
                rank += 1
                ranks.update(((p, args), rank) for p, found in new.items() for args in found)
            for predicate in heads:
                facts.replace(predicate + NEW, new.get(predicate, ()))
            again = ((r, c) for r in rules if r.recursive for c in r.later)
            new = self._round(facts, again)
        for predicate in heads:
            facts.replace(predicate + NEW, ())

    def _round(
        self, facts: Facts, conditions: Iterator[tuple[_Rule, Condition]]
    ) -> dict[str, set[Args]]:
        """Adds what follows from the facts; the atoms that are new, by predicate."""
        found: dict[str, set[Args]] = {}
        for rule, condition in conditions:
            relation = facts.relation(rule.rule.predicate)
            heads = found.setdefault(rule.rule.predicate, set())
            matches = self.evaluator.matches(facts, condition, {}, rule.rule.parameters)
            for bindings in matches:
                head = tuple([bindings[name] for name in rule.names])
                if head not in relation:
                    heads.add(head)
        for predicate, heads in found.items():
            for head in heads:
                facts.add(predicate, head)
        return found


def _prepared(rules: tuple[DerivedRule, ...]) -> tuple[_Rule, ...]:
    heads = {rule.predicate for rule in rules}
    prepared = []
    for rule in rules:
        condition = positive_form(rule.condition)
        recursive = any(used in heads for used, _ in used_predicates(condition))
        later = _later(condition, heads)
        # Where a derived atom stands under a quantifier that all must meet, the rule is read whole.
        conditions = (rule.condition,) if later is None else tuple(later)
        prepared.append(_Rule(rule, tuple(p.name for p in rule.parameters), recursive, conditions))
    return tuple(prepared)


def _later(condition: Condition, heads: set[str]) -> list[Condition] | None:
    """The condition with, in turn, each atom of `heads` looked up among the last round's.

    None where that is not possible.
    """
    match condition:
        case Atom(predicate, args):
            return [Atom(predicate + NEW, args)] if predicate in heads else []
        case And(parts):
            found: list[Condition] = []
            for index, part in enumerate(parts):
                inner = _later(part, heads)
                if inner is None:
                    return None
                found += [And((*parts[:index], each, *parts[index + 1 :])) for each in inner]
            return found
        case Or(parts):
            branches = [_later(part, heads) for part in parts]
            if any(branch is None for branch in branches):
                return None
            return [each for branch in branches for each in branch or ()]
        case Exists(parameters, part):
            inner = _later(part, heads)
            return None if inner is None else [Exists(parameters, each) for each in inner]
        case _:
            return None if any(used in heads for used, _ in used_predicates(condition)) else []
