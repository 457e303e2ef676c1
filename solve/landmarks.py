"""Facts that every plan must make true: the landmarks of the delete relaxation, and their order.

An atom is a landmark if no plan reaches the goal without it, were nothing ever made false. All such
atoms come out of one greatest fixpoint: what is needed for an atom is the atom itself and whatever
is needed by each of its achievers (Zhu and Givan, ICAPS 2003 doctoral consortium; Keyder, Richter
and Helmert, ECAI 2010). If an atom is among those needed for another, it comes true no later: a
natural order (Hoffmann, Porteous and Sebastia, JAIR 22, 2004).

Negative conditions and comparisons of numbers that change are taken to hold, so that some landmarks
of the task are missed; none is made up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    TRUE,
    Add,
    And,
    Assign,
    Atom,
    Bindings,
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
    instantiate,
    positive_form,
    simple_effects,
)
from goalsmith.domains.language import Task, TypeHierarchy

SECONDS = 10.0
"""Time allowed by default."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The landmarks of a task.

    Attributes:
        atoms: those that do not hold at first, in an order in which they can come true.
        needed: for each atom of the goal, and each landmark, the landmarks before it.
        complete: whether the time sufficed; if not, there are no atoms.
        reachable: whether the goal is reachable in the relaxation; if not, there is no plan.
    """

    atoms: tuple[Atom, ...] = ()
    needed: tuple[tuple[Atom, tuple[Atom, ...]], ...] = ()
    complete: bool = True
    reachable: bool = True

    def before(self, atom: Atom) -> tuple[Atom, ...]:
        """The landmarks that come true no later than an atom."""
        return dict(self.needed).get(atom, ())

    def levels(self, atoms: tuple[Atom, ...]) -> tuple[tuple[Atom, ...], ...]:
        """Landmarks in groups, each after those of earlier groups that must come before it."""
        needed = dict(self.needed)
        depths: dict[Atom, int] = {}
        for atom in sorted(atoms, key=lambda a: (len(needed.get(a, ())), a)):
            before = [depths[each] for each in needed.get(atom, ()) if each in depths]
            depths[atom] = 1 + max(before, default=0)
        return tuple(
            tuple(atom for atom, depth in depths.items() if depth == level)
            for level in range(1, max(depths.values(), default=0) + 1)
        )


_Tree: TypeAlias = "int | tuple[str, tuple[_Tree, ...]]"
"""A relaxed condition over numbered atoms: one of them, or `and`/`or` of parts."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where the condition is relaxed reachable, so are the heads."""

    parameters: tuple[Parameter, ...]
    condition: Condition
    heads: tuple[Atom, ...]


class _SpentError(Exception):
    """The time is spent. Never leaves this module."""


def landmarks(task: Task, seconds: float = SECONDS) -> Landmarks:
    """The landmarks of a task's delete relaxation, found within a time."""
    try:
        return _Finder(task, time.monotonic() + seconds).found()
    except _SpentError:
        return Landmarks(complete=False)


class _Finder:
    """Explores the relaxation, and computes what each atom needs, as sets of bits."""

    def __init__(self, task: Task, end: float) -> None:
        self._task = task
        self._end = end
        self._evaluator = Evaluator(TypeHierarchy(task.domain, task.objects))
        self._facts = Facts(task.problem.init, task.problem.numbers)
        effects = [e for a in task.domain.actions for e in simple_effects(a.effects)]
        self._changing = {e.target.function for e in effects if isinstance(e, Assign)}
        self._rules = tuple(self._all_rules())
        self._fluent = {head.predicate for rule in self._rules for head in rule.heads}
        self._numbers: dict[Atom, int] = {}

    def found(self) -> Landmarks:
        """The landmarks and their order."""
        achievers = self._explored()
        goal = self._relaxed(positive_form(self._task.problem.goal))
        tree = self._tree(goal, {})
        if tree is None:
            return Landmarks(reachable=False)
        needs = self._fixpoint(achievers)
        atoms = list(self._numbers)
        first = {self._number(atom) for atom in self._task.problem.init if atom in self._numbers}
        first_bits = sum(1 << number for number in first)

        def listed(bits: int) -> tuple[Atom, ...]:
            chosen = [i for i in range(len(atoms)) if bits >> i & 1]
            chosen.sort(key=lambda i: ((needs[i] & ~first_bits).bit_count(), atoms[i]))
            return tuple(atoms[i] for i in chosen)

        whole = _needed(tree, needs)
        assert whole is not None
        whole &= ~first_bits
        wanted = {atom for atom in _atoms(goal) if atom in self._numbers} | set(listed(whole))
        before = tuple(
            (atom, listed(needs[number] & ~first_bits & ~(1 << number)))
            for atom in sorted(wanted)
            for number in (self._numbers[atom],)
        )
        return Landmarks(listed(whole), before)

    def _number(self, atom: Atom) -> int:
        return self._numbers.setdefault(atom, len(self._numbers))

    # The relaxation

    def _all_rules(self) -> Iterator[_Rule]:
        for rule in self._task.domain.derived:
            head = Atom(rule.predicate, tuple(p.name for p in rule.parameters))
            yield _Rule(rule.parameters, self._relaxed(positive_form(rule.condition)), (head,))
        for action in self._task.domain.actions:
            condition = self._relaxed(positive_form(action.precondition))
            yield from self._of_effects(action.parameters, condition, action.effects)

    def _of_effects(
        self, parameters: tuple[Parameter, ...], condition: Condition, effects: tuple[Effect, ...]
    ) -> Iterator[_Rule]:
        heads = tuple(effect.atom for effect in effects if isinstance(effect, Add))
        if heads:
            yield _Rule(parameters, condition, heads)
        for effect in effects:
            match effect:
                case When(own, inner):
                    both = And((condition, self._relaxed(positive_form(own))))
                    yield from self._of_effects(parameters, both, inner)
                case ForEach(own, inner):
                    # An inner variable hides an outer one of its name.
                    names = {p.name for p in own}
                    hidden = tuple(p for p in parameters if p.name in names)
                    outer = Exists(hidden, condition) if hidden else condition
                    rest = tuple(p for p in parameters if p.name not in names)
                    yield from self._of_effects((*rest, *own), outer, inner)

    def _relaxed(self, condition: Condition) -> Condition:
        """A condition in negation normal form without what may become false or change."""
        match condition:
            case Not(Atom()):
                return TRUE
            case And(parts):
                return And(tuple(map(self._relaxed, parts)))
            case Or(parts):
                return Or(tuple(map(self._relaxed, parts)))
            case Forall(parameters, part):
                return Forall(parameters, self._relaxed(part))
            case Exists(parameters, part):
                return Exists(parameters, self._relaxed(part))
            case Compare() | Not(Compare()):
                changes = any(t.function in self._changing for t in function_terms_in(condition))
                return TRUE if changes else condition
            case _:
                return condition

    def _explored(self) -> list[tuple[_Tree, tuple[int, ...]]]:
        """The instances of rules that are relaxed reachable: what they need and what they make."""
        found: dict[tuple[int, tuple[str, ...]], None] = {}
        grown = True
        while grown:
            grown = False
            for index, rule in enumerate(self._rules):
                names = [p.name for p in rule.parameters]
                matches = self._evaluator.matches(self._facts, rule.condition, {}, rule.parameters)
                new = []
                for own in matches:
                    self._watch()
                    instance = (index, tuple([own[name] for name in names]))
                    if instance not in found:
                        found[instance] = None
                        new.append(own)
                for own in new:
                    for head in rule.heads:
                        args = tuple([own.get(a, a) for a in head.args])
                        grown = self._facts.add(head.predicate, args) or grown
        achievers = []
        for index, args in found:
            self._watch()
            rule = self._rules[index]
            own = dict(zip((p.name for p in rule.parameters), args, strict=True))
            tree = self._tree(rule.condition, own)
            assert tree is not None
            heads = tuple(self._number(_instance(head, own)) for head in rule.heads)
            achievers.append((tree, heads))
        return achievers

    def _tree(self, condition: Condition, own: Bindings) -> _Tree | None:
        """What a condition needs among the atoms that can change; None if it cannot hold."""
        match condition:
            case Atom():
                atom = _instance(condition, own)
                if not self._facts.holds(atom.predicate, atom.args):
                    return None
                return self._number(atom) if atom.predicate in self._fluent else ("and", ())
            case And(parts):
                return _all(self._tree(part, own) for part in parts)
            case Or(parts):
                return _any(self._tree(part, own) for part in parts)
            case Exists(parameters, part):
                matches = self._evaluator.matches(self._facts, part, own, parameters)
                return _any(self._tree(part, each) for each in matches)
            case Forall(parameters, part):
                matches = self._evaluator.matches(self._facts, TRUE, own, parameters)
                return _all(self._tree(part, each) for each in matches)
            case _:
                holds = self._evaluator.holds(self._facts, condition, own)
                return ("and", ()) if holds else None

    # The fixpoint

    def _fixpoint(self, achievers: list[tuple[_Tree, tuple[int, ...]]]) -> list[int]:
        """For each atom the atoms that it needs, itself included, as bits."""
        everything = (1 << len(self._numbers)) - 1
        needs = [everything] * len(self._numbers)
        for atom in self._task.problem.init:
            if atom in self._numbers:
                needs[self._numbers[atom]] = 1 << self._numbers[atom]
        users: dict[int, list[int]] = {}
        for index, (tree, _) in enumerate(achievers):
            for number in set(_leaves(tree)):
                users.setdefault(number, []).append(index)
        waiting = dict.fromkeys(range(len(achievers)))
        while waiting:
            self._watch()
            index = next(iter(waiting))
            del waiting[index]
            tree, heads = achievers[index]
            needed = _needed(tree, needs)
            for head in heads:
                less = needs[head] & (needed | 1 << head)
                if less != needs[head]:
                    needs[head] = less
                    waiting.update(dict.fromkeys(users.get(head, ())))
        return needs

    def _watch(self) -> None:
        if time.monotonic() > self._end:
            raise _SpentError


def _instance(atom: Atom, own: Bindings) -> Atom:
    ground = instantiate(atom, own)
    assert isinstance(ground, Atom)
    return ground


def _all(parts: Iterable[_Tree | None]) -> _Tree | None:
    kept = []
    for part in parts:
        if part is None:
            return None
        if part != ("and", ()):
            kept.append(part)
    return kept[0] if len(kept) == 1 else ("and", tuple(kept))


def _any(parts: Iterable[_Tree | None]) -> _Tree | None:
    kept = tuple(dict.fromkeys(part for part in parts if part is not None))
    if not kept or ("and", ()) in kept:
        return ("and", ()) if kept else None
    return kept[0] if len(kept) == 1 else ("or", kept)


def _needed(tree: _Tree, needs: list[int]) -> int:
    """What a condition needs: of `and` all that its parts need, of `or` what they all do."""
    if isinstance(tree, int):
        return needs[tree]
    kind, parts = tree
    if kind == "and":
        total = 0
        for part in parts:
            total |= _needed(part, needs)
        return total
    common = -1
    for part in parts:
        common &= _needed(part, needs)
    return common


def _leaves(tree: _Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for part in tree[1]:
            yield from _leaves(part)


def _atoms(condition: Condition) -> Iterator[Atom]:
    """The atoms that a conjunction asks for outright."""
    match condition:
        case Atom():
            yield condition
        case And(parts):
            for part in parts:
                yield from _atoms(part)
