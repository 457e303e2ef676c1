"""Derived atoms: the least fixpoint of the rules, kept up to date as facts change.

Rules are completed in groups, each after those that it uses, and only when someone asks for an atom
of the group or of one that uses it: what only the goal reads is not computed before the goal is
asked. From then on a group is kept up to date.

Anew, a group is computed semi-naively: after the first round a rule is evaluated only with an atom
that the round before found, since nothing else can be new (Ullman, Principles of Database and
Knowledge-Base Systems, volume 1, 1988, chapter 3).

When facts change, what may have rested on them is deleted first, then what still follows is derived
again, then what follows besides is added (delete and rederive: Gupta, Mumick and Subrahmanian,
"Maintaining views incrementally", SIGMOD 1993). What is deleted may be too much but never too
little, so it is found from the atoms that no step changes, which are the same before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from goalsmith.domains.components import components
from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import And, Atom, Condition, function_terms_in
from goalsmith.domains.joins import Query
from goalsmith.domains.language import DerivedRule
from goalsmith.domains.layout import Layout
from goalsmith.domains.occurrences import apart, occurrences, quantified, rest, weakened
from goalsmith.domains.stratify import used_predicates

MANY = 100
"""Groups whose conditions use changing predicates more often are computed anew, rule by rule: each
use has joins of its own, so that the work for one changed atom grows as the square of that."""

GroundAtom: TypeAlias = tuple[str, Args]
_Change: TypeAlias = tuple[str, bool]
"""A predicate of which an atom changes, and whether it becomes true."""
_Triggers: TypeAlias = dict[_Change, list[tuple[str, Query]]]
"""For each change the derived predicates that it may concern, and what finds their atoms."""


@dataclass(slots=True)
class _Group:
    """Rules that are completed together.

    Attributes:
        heads: the predicates that they derive.
        needs: the predicates that their conditions use.
        whole: for each rule its predicate, and what finds all that it derives.
        proofs: for each predicate what tells whether a rule derives a given atom of it.
        gaining: what derives atoms from an atom that changes.
        losing: what finds the derived atoms that may rest on what an atom was before it changed.
        reads_numbers: whether numbers matter.
        uses: how often the conditions use a predicate that changes.
    """

    heads: Set[str]
    needs: Set[str]
    whole: list[tuple[str, Query]] = field(default_factory=list)
    proofs: dict[str, list[Query]] = field(default_factory=dict)
    gaining: _Triggers = field(default_factory=dict)
    losing: _Triggers = field(default_factory=dict)
    reads_numbers: bool = False
    uses: int = 0

    def add(self, rule: DerivedRule, evaluator: Evaluator, changing: Set[str]) -> None:
        """Takes in a rule. `changing` are the predicates that steps change, directly or not."""
        condition = apart(rule.condition)
        layout = Layout(evaluator)
        layout.declare(rule.parameters)
        layout.declare(tuple(quantified(condition)))
        head = tuple([p.name for p in rule.parameters])
        predicate = rule.predicate
        self.whole.append((predicate, Query(layout, (), lambda: condition, head)))
        self.proofs.setdefault(predicate, []).append(Query(layout, head, lambda: condition))
        for use in occurrences(condition):
            if use.predicate not in changing:
                continue
            self.uses += 1
            besides = partial(rest, condition, use.path)
            gain = Query(layout, use.args, besides, head)
            self.gaining.setdefault((use.predicate, use.positive), []).append((predicate, gain))
            before = partial(_before, Atom(predicate, head), besides, changing)
            loss = Query(layout, use.args, before, head)
            self.losing.setdefault((use.predicate, not use.positive), []).append((predicate, loss))
        self.reads_numbers |= any(True for _ in function_terms_in(rule.condition))

    def reads(self, predicate: str, now: bool) -> bool:
        """Whether it matters that an atom becomes true, or false."""
        return (predicate, now) in self.gaining or (predicate, now) in self.losing


def _before(head: Atom, besides: Callable[[], Condition], changing: Set[str]) -> Condition:
    """What must have held before for an atom that is derived still to rest on another."""
    return And((head, weakened(besides(), changing)))


class Derivation:
    """Computes the atoms that rules derive.

    Args:
        evaluator: evaluates formulas over the objects of the task.
        rules: the rules.
        fluents: the predicates that steps change.
    """

    def __init__(
        self, evaluator: Evaluator, rules: tuple[DerivedRule, ...], fluents: Set[str]
    ) -> None:
        self._evaluator = evaluator
        self._components = components(rules)
        self._place = {
            rule.predicate: place
            for place, component in enumerate(self._components)
            for rule in component
        }
        self.predicates = frozenset(self._place)
        self._changing = self.predicates | fluents
        self._groups: dict[int, _Group] = {}

    def _group(self, place: int) -> _Group:
        """A group, made ready when it is first asked for."""
        group = self._groups.get(place)
        if group is None:
            rules = self._components[place]
            needs = {used for rule in rules for used, _ in used_predicates(rule.condition)}
            group = self._groups[place] = _Group({rule.predicate for rule in rules}, needs)
            for rule in rules:
                group.add(rule, self._evaluator, self._changing)
        return group

    def defer(self, facts: Facts) -> None:
        """Leaves the derived atoms to be computed anew when they are asked for."""
        facts.defer(self.predicates, self._complete_up_to)

    def _complete_up_to(self, facts: Facts, predicate: str) -> None:
        """Computes a deferred predicate, and before it all deferred ones that it needs."""
        open_ = {self._place[predicate]}
        waiting = [predicate]
        while waiting:
            for used in self._group(self._place[waiting.pop()]).needs:
                place = self._place.get(used)
                if place is not None and place not in open_ and facts.is_deferred(used):
                    open_.add(place)
                    waiting.append(used)
        for place in sorted(open_):
            group = self._group(place)
            try:
                _complete(facts, group)
            except BaseException:
                # Whoever is interrupted here may still keep the facts: half a relation is wrong.
                facts.defer(group.heads, self._complete_up_to)
                raise

    def ranks(self, facts: Facts) -> dict[GroundAtom, int]:
        """For each derived atom the round in which it is found.

        Whatever follows at all follows from basic facts and from derived atoms of lower rank, so an
        explanation that heeds ranks never goes round in circles. The facts do not change.
        """
        ranks: dict[GroundAtom, int] = {}
        rank = 0
        for place in range(len(self._components)):
            for found in _complete(facts, self._group(place)):
                rank += 1
                ranks.update(dict.fromkeys(found, rank))
        return ranks

    def update(
        self,
        facts: Facts,
        deleted: Iterable[GroundAtom],
        added: Iterable[GroundAtom],
        numbers: bool,
    ) -> None:
        """Makes the derived atoms right after atoms were deleted and added, or numbers changed.

        Those that are deferred stay so.
        """
        changes = [(predicate, args, False) for predicate, args in deleted]
        changes += [(predicate, args, True) for predicate, args in added]
        for place, rules in enumerate(self._components):
            if facts.is_deferred(rules[0].predicate):
                continue
            group = self._group(place)
            numeric = numbers and group.reads_numbers
            if not numeric and not any(group.reads(p, now) for p, _, now in changes):
                continue
            if numeric or group.uses > MANY:
                before = _atoms(facts, group)
                _complete(facts, group)
                after = _atoms(facts, group)
            else:
                before = _delete(facts, group, changes)
                after = _rederive(facts, group, changes, before)
            changes += [(predicate, args, False) for predicate, args in before - after]
            changes += [(predicate, args, True) for predicate, args in after - before]


def _atoms(facts: Facts, group: _Group) -> set[GroundAtom]:
    return {(head, args) for head in group.heads for args in facts.relation(head)}


def _complete(facts: Facts, group: _Group) -> list[list[GroundAtom]]:
    """The least fixpoint of a group's rules; what each round finds."""
    for predicate in group.heads:
        facts.replace(predicate, ())
    found = {(head, args) for head, query in group.whole for args in query.heads(facts)}
    rounds = []
    while new := [(head, args) for head, args in found if facts.add(head, args)]:
        rounds.append(new)
        if group.uses > MANY:
            found = {(head, args) for head, query in group.whole for args in query.heads(facts)}
            continue
        found = {
            (head, args)
            for predicate, by in new
            for head, query in group.gaining.get((predicate, True), ())
            for args in query.heads(facts, by)
        }
    return rounds


def _delete(facts: Facts, group: _Group, changes: list[tuple[str, Args, bool]]) -> set[GroundAtom]:
    """Deletes every atom that may rest on what has changed; gives what was deleted."""
    lost: set[GroundAtom] = set()
    waiting = list(changes)
    while waiting:
        predicate, by, now = waiting.pop()
        for head, query in group.losing.get((predicate, now), ()):
            for args in query.heads(facts, by):
                facts.remove(head, args)
                lost.add((head, args))
                waiting.append((head, args, False))
    return lost


def _rederive(
    facts: Facts,
    group: _Group,
    changes: list[tuple[str, Args, bool]],
    lost: set[GroundAtom],
) -> set[GroundAtom]:
    """Adds what follows from the facts as they are now; gives what was added."""
    gained: set[GroundAtom] = set()
    waiting = list(changes)
    for predicate, args in lost:
        if any(query.holds(facts, args) for query in group.proofs[predicate]):
            facts.add(predicate, args)
            gained.add((predicate, args))
            waiting.append((predicate, args, True))
    while waiting:
        predicate, by, now = waiting.pop()
        for head, query in group.gaining.get((predicate, now), ()):
            for args in query.heads(facts, by):
                if facts.add(head, args):
                    gained.add((head, args))
                    waiting.append((head, args, True))
    return gained
