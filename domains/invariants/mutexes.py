"""Mutex groups: sets of atoms of which at most one holds in any state, from the schemas alone.

An invariant `{(on ?counted ?x), (clear ?x), (holding ?x)}` has an instance for every ?x. Its weight
in a state is the number of its atoms that hold. An invariant is kept only if it is proved that no
step increases the weight of an instance that has weight 0 or 1: one that has weight 1 at first is a
mutex group for good, and the atoms of one with weight 0 never hold. Nothing is said of an instance
that has a greater weight at first.

The proof follows Helmert ("Concise finite-domain representations for PDDL planning tasks",
Artificial Intelligence 173, 2009, section 5): no step adds two atoms of an instance, and one that
adds an atom also deletes one that held. A candidate that fails is refined by predicates that the
same step deletes. Going beyond it, the proof is by induction: a step that needs two atoms of one
instance is never applicable while the weight is at most 1. So `(stack ?x ?x)` does no harm.

In addition an invariant may be `conserved`: a step that deletes the only atom that holds in an
instance adds another. An instance of weight 1 then has weight 1 for good: exactly one atom holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import permutations
from math import factorial

from goalsmith.domains.effort import Effort, SpentError
from goalsmith.domains.formula import Atom, Equal, Not, instantiate
from goalsmith.domains.invariants.families import Invariant, Part, possible
from goalsmith.domains.invariants.knowledge import Knowledge, LiftedEffect, Literal, Schema
from goalsmith.domains.language import Domain, TypeHierarchy

__all__ = ["Invariant", "Part", "mutex_groups"]

MAX_CANDIDATES = 600
"""Candidates tried for one domain."""

MAX_PARTS = 8
"""Parts of a candidate."""

MAX_PARAMETERS = 6
"""Parameters of a candidate; beyond, their orders would be too many to go through."""

BUDGET = 1_000_000
"""Literals and effects that the proofs look at for one domain: some seconds.

Of the competition's domains agricola takes the most, some 50 thousand.
"""

Situation = tuple[Schema, tuple[str, ...], Knowledge]
"""An action, an instance's parameters as terms of it, and what is known before a step of it."""


@lru_cache(maxsize=64)
def mutex_groups(domain: Domain, budget: int = BUDGET) -> tuple[Invariant, ...]:
    """The invariants found for a domain, in a fixed order.

    What is not proved when the budget is spent is left out. Which instances of the invariants are
    mutex groups depends on the initial state: those with weight 1. The weight of an atom that a
    rule derives is not considered; no such atom is in any.
    """
    return _Synthesis(domain, Effort(budget)).run()


class _Synthesis:
    def __init__(self, domain: Domain, effort: Effort) -> None:
        self._effort = effort
        self._schemas = [Schema(action, effort) for action in domain.actions]
        self._effects = sum(1 + len(s.adds) + len(s.deletes) for s in self._schemas)
        self._hierarchy = TypeHierarchy(domain)
        constants = {c.name: c.types for c in domain.constants}
        for schema in self._schemas:
            schema.types.update(constants)
        derived = {rule.predicate for rule in domain.derived}
        changing = domain.changing_predicates()
        # In the order declared: the number of parameters of those that steps change.
        self._predicates = {
            p.name: len(p.parameters)
            for p in domain.predicates
            if p.name in changing and p.name not in derived
        }

    def run(self) -> tuple[Invariant, ...]:
        found: list[Invariant] = []
        # Each is proved by itself: those found hold whatever became of the others.
        with suppress(SpentError):
            found.extend(self._proved())
        return tuple(sorted(found, key=str))

    def _proved(self) -> Iterator[Invariant]:
        """Each candidate that is proved, refined where it fails."""
        waiting = deque(self._first())
        seen: set[Invariant] = set()
        while waiting and len(seen) < MAX_CANDIDATES:
            candidate = waiting.popleft()
            self._effort.spend(factorial(len(candidate.parts[0].places)))
            candidate = candidate.ordered()
            if candidate in seen:
                continue
            seen.add(candidate)
            self._effort.spend(self._effects)  # all are looked through
            heavy = next(self._too_heavy(candidate), None)
            if heavy is not None:
                waiting.extend(self._excluding(candidate, *heavy))
                continue
            unbalanced = next(self._unbalanced(candidate), None)
            if unbalanced is not None:
                waiting.extend(self._refined(candidate, *unbalanced))
            elif len(candidate.parts) > 1 or candidate.parts[0].counted is not None:
                conserved = all(self._conserves(candidate, s) for s in self._schemas)
                yield Invariant(candidate.parts, conserved)

    def _first(self) -> Iterator[Invariant]:
        """The candidates to begin with: of one predicate, with one place counted or none."""
        for predicate, arity in self._predicates.items():
            places = range(arity)
            for counted in (None, *places):
                kept = tuple(p for p in places if p != counted)
                if len(kept) <= MAX_PARAMETERS:
                    yield Invariant((Part(predicate, kept, counted),))

    def _too_heavy(self, candidate: Invariant) -> Iterator[Situation]:
        """Situations in which a step may make two atoms of one instance true that were false."""
        for schema in self._schemas:
            adds = [e for e in schema.adds if candidate.part(e.atom.predicate)]
            for index, one in enumerate(adds):
                self._effort.spend(len(adds) - index)
                for each in adds[index:]:
                    if each is one and not one.variables:
                        continue
                    other = schema.apart(one) if each is one else each
                    together = _both_added(candidate, one.atom, other.atom)
                    if together is None:
                        continue
                    key = _key(candidate, one.atom)
                    for before in schema.before(one, other, also=together):
                        if possible(candidate, key, before):
                            yield schema, key, before

    def _unbalanced(self, candidate: Invariant) -> Iterator[Situation]:
        """Situations in which no deletion makes up for an addition."""
        for schema in self._schemas:
            for effect in schema.adds:
                if not candidate.part(effect.atom.predicate):
                    continue
                key = _key(candidate, effect.atom)
                for before in schema.before(effect, also=[Not(effect.atom)]):
                    if possible(candidate, key, before) and not self._balanced(
                        candidate, schema, key, before
                    ):
                        yield schema, key, before

    def _balanced(
        self, candidate: Invariant, schema: Schema, key: tuple[str, ...], before: Knowledge
    ) -> bool:
        """Whether some atom of the instance that holds before does not hold after."""
        for atom in before.true():
            part = candidate.part(atom.predicate)
            if part is None or not before.all_same(part.key(atom.args), key):
                continue
            self._effort.spend(len(schema.adds) + len(schema.deletes))
            if any(self._deletes(schema, before, d, atom) for d in schema.deletes) and not any(
                possible(candidate, key, again) for again in _readding(schema, before, atom)
            ):
                return True
        return False

    def _deletes(
        self, schema: Schema, before: Knowledge, deletion: LiftedEffect, atom: Atom
    ) -> bool:
        """Whether a deletion certainly takes place for an atom."""
        if deletion.atom.predicate != atom.predicate:
            return False
        names = self._matched(schema, before, deletion, deletion.atom.args, atom.args)
        return names is not None and before.entails(instantiate(deletion.condition, names))

    def _matched(
        self,
        schema: Schema,
        before: Knowledge,
        effect: LiftedEffect,
        args: Iterable[str],
        terms: Iterable[str],
    ) -> dict[str, str] | None:
        """The choice of an effect's variables that makes arguments equal to terms, if certain."""
        wanted = {p.name: p.types for p in effect.variables}
        names: dict[str, str] = {}
        for arg, term in zip(args, terms, strict=True):
            if arg in wanted and arg not in names:
                if not self._fits(schema.types[term], wanted[arg]):
                    return None
                names[arg] = term
            elif not before.same(names.get(arg, arg), term):
                return None
        return names

    def _fits(self, types: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
        """Whether everything of any of the types is also of one of those wanted."""
        return all(self._hierarchy.fits((t,), wanted) for t in types)

    def _conserves(self, candidate: Invariant, schema: Schema) -> bool:
        """Whether a step that deletes an instance's only atom certainly adds one to it."""
        for deletion in schema.deletes:
            if not candidate.part(deletion.atom.predicate):
                continue
            self._effort.spend(len(schema.adds))
            for before in schema.before(deletion, also=[deletion.atom]):
                if possible(candidate, _key(candidate, deletion.atom), before) and not any(
                    self._replaces(candidate, schema, before, deletion, e) for e in schema.adds
                ):
                    return False
        return True

    def _replaces(
        self,
        candidate: Invariant,
        schema: Schema,
        before: Knowledge,
        deletion: LiftedEffect,
        effect: LiftedEffect,
    ) -> bool:
        if not candidate.part(effect.atom.predicate):
            return False
        keys = _key(candidate, effect.atom), _key(candidate, deletion.atom)
        names = self._matched(schema, before, effect, *keys)
        if names is None or len(names) < len(effect.variables):
            return False  # a variable that is free may have no object to stand for
        return before.entails(instantiate(effect.condition, names))

    def _refined(
        self, candidate: Invariant, schema: Schema, key: tuple[str, ...], before: Knowledge
    ) -> Iterator[Invariant]:
        """Candidates with one part more, whose deletion may make up for an addition."""
        deleted = {e.atom.predicate for e in schema.deletes}
        for refined, predicate in self._with_part(candidate, key, before):
            if predicate in deleted:
                yield refined

    def _excluding(
        self, candidate: Invariant, _schema: Schema, key: tuple[str, ...], before: Knowledge
    ) -> Iterator[Invariant]:
        """Candidates with one part more, of whose instances none allows the situation."""
        for refined, _ in self._with_part(candidate, key, before):
            if not possible(refined, key, before):
                yield refined

    def _with_part(
        self, candidate: Invariant, key: tuple[str, ...], before: Knowledge
    ) -> Iterator[tuple[Invariant, str]]:
        """Candidates that have in the instance one atom more of those known to hold."""
        if len(candidate.parts) >= MAX_PARTS:
            return
        for atom in before.true():
            arity = len(atom.args)
            if atom.predicate not in self._predicates or candidate.part(atom.predicate):
                continue
            if not len(key) <= arity <= len(key) + 1:
                continue
            for places in permutations(range(arity), len(key)):
                if before.all_same(key, [atom.args[p] for p in places]):
                    rest = [p for p in range(arity) if p not in places]
                    part = Part(atom.predicate, places, rest[0] if rest else None)
                    yield Invariant((*candidate.parts, part)), atom.predicate


def _key(candidate: Invariant, atom: Atom) -> tuple[str, ...]:
    part = candidate.part(atom.predicate)
    assert part is not None
    return part.key(atom.args)


def _both_added(candidate: Invariant, one: Atom, other: Atom) -> list[Literal] | None:
    """What holds where two atoms, different and false before, are added to one instance.

    None where that cannot be.
    """
    pairs = zip(_key(candidate, one), _key(candidate, other), strict=True)
    together: list[Literal] = [Not(one), Not(other), *(Equal(a, b) for a, b in pairs)]
    if one.predicate == other.predicate:
        part = candidate.part(one.predicate)
        assert part is not None
        if part.counted is None:
            return None
        together.append(Not(Equal(one.args[part.counted], other.args[part.counted])))
    return together


def _readding(schema: Schema, before: Knowledge, atom: Atom) -> Iterator[Knowledge]:
    """What is known where a step adds an atom that it also deletes; the atom then holds after."""
    for each in schema.adds:
        if each.atom.predicate != atom.predicate:
            continue
        addition = schema.apart(each)
        same = [Equal(a, b) for a, b in zip(addition.atom.args, atom.args, strict=True)]
        for case in schema.cases(addition.condition):
            again = before.with_also((*same, *case))
            if again.consistent:
                yield again
