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
from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    TRUE,
    And,
    Atom,
    Bindings,
    Condition,
    Exists,
    Forall,
    Or,
    instantiate,
    positive_form,
)
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.solve.explain.and_or import NOTHING, Tree, all_of, any_of, leaves, needed
from goalsmith.solve.explain.relaxation import Relaxation

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
        self._relaxation = Relaxation(task)
        self._rules = tuple(self._relaxation.rules())
        self._fluent = {head.predicate for rule in self._rules for head in rule.heads}
        self._numbers: dict[Atom, int] = {}

    def found(self) -> Landmarks:
        """The landmarks and their order."""
        achievers = self._explored()
        goal = self._relaxation.condition(positive_form(self._task.problem.goal))
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

        whole = needed(tree, needs)
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

    def _explored(self) -> list[tuple[Tree, tuple[int, ...]]]:
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

    def _tree(self, condition: Condition, own: Bindings) -> Tree | None:
        """What a condition needs among the atoms that can change; None if it cannot hold."""
        match condition:
            case Atom():
                atom = _instance(condition, own)
                if not self._facts.holds(atom.predicate, atom.args):
                    return None
                return self._number(atom) if atom.predicate in self._fluent else NOTHING
            case And(parts):
                return all_of(self._tree(part, own) for part in parts)
            case Or(parts):
                return any_of(self._tree(part, own) for part in parts)
            case Exists(parameters, part):
                matches = self._evaluator.matches(self._facts, part, own, parameters)
                return any_of(self._tree(part, each) for each in matches)
            case Forall(parameters, part):
                matches = self._evaluator.matches(self._facts, TRUE, own, parameters)
                return all_of(self._tree(part, each) for each in matches)
            case _:
                holds = self._evaluator.holds(self._facts, condition, own)
                return NOTHING if holds else None

    # The fixpoint

    def _fixpoint(self, achievers: list[tuple[Tree, tuple[int, ...]]]) -> list[int]:
        """For each atom the atoms that it needs, itself included, as bits."""
        everything = (1 << len(self._numbers)) - 1
        needs = [everything] * len(self._numbers)
        for atom in self._task.problem.init:
            if atom in self._numbers:
                needs[self._numbers[atom]] = 1 << self._numbers[atom]
        users: dict[int, list[int]] = {}
        for index, (tree, _) in enumerate(achievers):
            for number in set(leaves(tree)):
                users.setdefault(number, []).append(index)
        waiting = dict.fromkeys(range(len(achievers)))
        while waiting:
            self._watch()
            index = next(iter(waiting))
            del waiting[index]
            tree, heads = achievers[index]
            own = needed(tree, needs)
            for head in heads:
                less = needs[head] & (own | 1 << head)
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


def _atoms(condition: Condition) -> Iterator[Atom]:
    """The atoms that a conjunction asks for outright."""
    match condition:
        case Atom():
            yield condition
        case And(parts):
            for part in parts:
                yield from _atoms(part)
