"""What holds in every state that a task can reach, as far as its domain and initial state tell.

The laws are: mutex groups, some of which have exactly one atom that holds; relations without
cycles; atoms that no action can add, or delete. A state that obeys them all is called admissible.
Every reachable state is admissible; the reverse need not be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from goalsmith.domains.effort import Effort, SpentError
from goalsmith.domains.formula import Atom
from goalsmith.domains.invariants.acyclic import acyclic_relations
from goalsmith.domains.invariants.families import Invariant, Part
from goalsmith.domains.invariants.knowledge import Schema
from goalsmith.domains.invariants.mutexes import BUDGET, mutex_groups
from goalsmith.domains.language import Domain, State, Task, TypeHierarchy
from goalsmith.domains.transition import GroundAtom

Group = tuple[int, tuple[str, ...]]
"""A mutex group: an invariant, by its number, and the parameters of an instance."""


@dataclass(frozen=True, slots=True)
class _Addition:
    """A way to become true: the arguments must fit the types, and static atoms must hold."""

    args: tuple[str, ...]
    types: tuple[tuple[str, ...] | None, ...]
    static: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class _Changes:
    """What the actions of a domain do to predicates."""

    additions: dict[str, tuple[_Addition, ...]]
    deleted: frozenset[str]
    derived: frozenset[str]
    parts: dict[str, tuple[tuple[int, Part], ...]]


class Laws:
    """The laws of one task, whose names are in lower case."""

    def __init__(self, task: Task) -> None:
        domain = task.domain
        self.task = task
        self._hierarchy = TypeHierarchy(domain, task.objects)
        self._changes = _changes(domain)
        self.init = frozenset((a.predicate, a.args) for a in task.problem.init)
        self._members = {
            types: frozenset(self._hierarchy.objects_of(types))
            for ways in self._changes.additions.values()
            for way in ways
            for types in way.types
            if types is not None
        }
        self.invariants = mutex_groups(domain)
        # Atoms that are in few groups first: they are the least likely to be excluded.
        self._parts = [
            sorted(
                i.parts,
                key=lambda p: (p.counted is not None, len(self._changes.parts[p.predicate])),
            )
            for i in self.invariants
        ]
        state = State(frozenset(task.problem.init))
        self._weights = [i.weights(state.atoms) for i in self.invariants]
        self._first = {
            (number, part.key(atom[1])): atom
            for atom in self.init
            for number, part in self._changes.parts.get(atom[0], ())
        }
        self.acyclic: frozenset[str] = frozenset(
            a.predicate for a in acyclic_relations(domain) if a.holds_in(state)
        )
        self._at_places: dict[tuple[str, int], tuple[str, ...]] = {}
        self._groups: dict[GroundAtom, tuple[Group, ...] | None] = {}

    def derived(self, predicate: str) -> bool:
        """Whether rules say where a predicate holds; the laws say nothing of it."""
        return predicate in self._changes.derived

    def always(self, atom: GroundAtom) -> bool:
        """Whether an atom holds at first and no action deletes it."""
        return atom in self.init and atom[0] not in self._changes.deleted

    def permanent(self) -> Iterator[GroundAtom]:
        """The atoms that hold for good, of predicates of which the laws say more than that."""
        for atom in self.init:
            if (atom[0] in self._changes.parts or atom[0] in self.acyclic) and self.always(atom):
                yield atom

    def groups(self, atom: GroundAtom) -> tuple[Group, ...] | None:
        """The mutex groups of an atom; None if it never holds."""
        try:
            return self._groups[atom]
        except KeyError:
            found = self._groups[atom] = self._find_groups(atom)
            return found

    def exact_groups(self) -> Iterator[Group]:
        """The groups of which exactly one atom holds in each state."""
        for number, invariant in enumerate(self.invariants):
            if invariant.conserved:
                for key, weight in self._weights[number].items():
                    if weight == 1:
                        yield number, key

    def members(self, group: Group) -> Iterator[GroundAtom]:
        """The atoms of a group that some state may have, those with few arguments first."""
        number, key = group
        for part in self._parts[number]:
            args = [""] * (len(key) + (part.counted is not None))
            for place, term in zip(part.places, key, strict=True):
                args[place] = term
            names = ("",) if part.counted is None else self._names(part.predicate, part.counted)
            for name in names:
                if part.counted is not None:
                    args[part.counted] = name
                atom = (part.predicate, tuple(args))
                if self.groups(atom) is not None:
                    yield atom

    def preferred(self, group: Group) -> Iterator[GroundAtom]:
        """The atoms of a group, first the one that holds in the initial state."""
        first = self._first.get(group)
        if first is not None:
            yield first
        yield from (atom for atom in self.members(group) if atom != first)

    def _names(self, predicate: str, place: int) -> tuple[str, ...]:
        """The objects that an atom of a predicate may ever have at a place, roughly."""
        known = self._at_places.get((predicate, place))
        if known is None:
            found = {args[place] for other, args in self.init if other == predicate}
            for addition in self._changes.additions.get(predicate, ()):
                term, types = addition.args[place], addition.types[place]
                names = {term} if types is None else set(self._members[types])
                for static in addition.static:
                    if static.args == (term,):
                        names = {n for n in names if (static.predicate, (n,)) in self.init}
                found |= names
            known = self._at_places[predicate, place] = tuple(sorted(found))
        return known

    def _find_groups(self, atom: GroundAtom) -> tuple[Group, ...] | None:
        predicate, args = atom
        if atom not in self.init and not any(
            self._may_add(addition, args) for addition in self._changes.additions.get(predicate, ())
        ):
            return None
        if predicate in self.acyclic and args[0] == args[1]:
            return None
        found = []
        for number, part in self._changes.parts.get(predicate, ()):
            key = part.key(args)
            weight = self._weights[number].get(key, 0)
            if weight == 0:
                return None
            if weight == 1:
                found.append((number, key))
        return tuple(found)

    def _may_add(self, addition: _Addition, args: tuple[str, ...]) -> bool:
        names: dict[str, str] = {}
        for term, types, name in zip(addition.args, addition.types, args, strict=True):
            if names.setdefault(term, name) != name:
                return False
            if types is None:
                if term != name:
                    return False
            elif name not in self._members[types]:
                return False
        return all(
            (static.predicate, tuple([names.get(a, a) for a in static.args])) in self.init
            for static in addition.static
        )


@lru_cache(maxsize=64)
def _changes(domain: Domain) -> _Changes:
    effort = Effort(BUDGET)
    schemas = [Schema(action, effort) for action in domain.actions]
    derived = frozenset(rule.predicate for rule in domain.derived)
    added = {e.atom.predicate for s in schemas for e in s.adds}
    deleted = frozenset(e.atom.predicate for s in schemas for e in s.deletes)
    fluent = added | deleted | derived
    constants = {c.name for c in domain.constants}
    additions: dict[str, list[_Addition]] = {}
    for schema in schemas:
        for effect in schema.adds:
            args = effect.atom.args
            types = tuple([schema.types[a] if a.startswith("?") else None for a in args])
            known = {*args, *constants}
            try:
                cases = [tuple(before.true()) for before in schema.before(effect)]
            except SpentError:
                cases = [()]  # as if the atom could be added without any conditions
            for case in cases:
                static = [a for a in case if a.predicate not in fluent and known.issuperset(a.args)]
                way = _Addition(args, types, tuple(dict.fromkeys(static)))
                additions.setdefault(effect.atom.predicate, []).append(way)
    parts: dict[str, list[tuple[int, Part]]] = {}
    invariants: tuple[Invariant, ...] = mutex_groups(domain)
    for number, invariant in enumerate(invariants):
        for part in invariant.parts:
            parts.setdefault(part.predicate, []).append((number, part))
    return _Changes(
        {p: tuple(dict.fromkeys(ways)) for p, ways in additions.items()},
        deleted,
        derived,
        {p: tuple(each) for p, each in parts.items()},
    )
