"""Steps that may be taken at the same time: non-interfering groups, one after the other.

Two steps interfere where one changes what the other reads, or both change the same thing in ways
that do not go together (PDDL 2.1, Fox and Long, JAIR 20, 2003, definition 12). What a step reads is
taken from its formulas as they stand, for all objects of a quantifier, whether or not it matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from goalsmith.domains.formula import (
    Assign,
    Atom,
    Bindings,
    Condition,
    Effect,
    ForEach,
    FunctionTerm,
    When,
    atoms_in,
    function_terms_in,
    instantiate,
    instantiate_expression,
)
from goalsmith.domains.language import Task
from goalsmith.solve.order.occurrence import Occurrence

_Fact: TypeAlias = Atom | FunctionTerm
"""What is read or changed. A variable among the arguments of what is read stands for any object."""


def stages(
    task: Task, steps: Sequence[Occurrence], orderings: Iterable[tuple[int, int]]
) -> tuple[tuple[int, ...], ...]:
    """The steps in groups: each in the first that the orderings allow and where none interferes.

    Args:
        task: what the steps belong to.
        steps: the steps of a plan.
        orderings: pairs of steps of which the first must come before the second.
    """
    before: list[list[int]] = [[] for _ in steps]
    for earlier, later in orderings:
        before[later].append(earlier)
    reader = _Reader(task)
    stage_of: list[int] = []
    groups: list[_Group] = []
    for index, step in enumerate(steps):
        reads = reader.reads(step)
        place = max((stage_of[each] + 1 for each in before[index]), default=0)
        while place < len(groups) and groups[place].interferes(step, reads):
            place += 1
        if place == len(groups):
            groups.append(_Group())
        groups[place].add(index, step, reads)
        stage_of.append(place)
    return tuple(tuple(group.steps) for group in groups)


class _Index:
    """Facts that are read or changed, found by those that they agree with."""

    def __init__(self) -> None:
        self._ground: set[_Fact] = set()
        self._open: dict[str, set[_Fact]] = {}
        self._all: dict[str, set[_Fact]] = {}

    def add(self, fact: _Fact) -> None:
        if _is_open(fact):
            self._open.setdefault(_name(fact), set()).add(fact)
        else:
            self._ground.add(fact)
        self._all.setdefault(_name(fact), set()).add(fact)

    def meets(self, fact: _Fact) -> bool:
        """Whether some fact here may be this one."""
        others = self._all if _is_open(fact) else self._open
        return fact in self._ground or any(_agree(fact, o) for o in others.get(_name(fact), ()))


class _Group:
    """Steps that do not interfere, with what they read and change."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self._adds: set[Atom] = set()
        self._deletes: set[Atom] = set()
        self._numbers: dict[FunctionTerm, str] = {}
        self._changed = _Index()
        self._read = _Index()

    def add(self, index: int, step: Occurrence, reads: set[_Fact]) -> None:
        """Adds a step of a plan with what it reads."""
        self.steps.append(index)
        self._adds |= step.adds
        self._deletes |= step.deletes
        self._numbers.update(step.numbers)
        for fact in _changed(step):
            self._changed.add(fact)
        for fact in reads:
            self._read.add(fact)

    def interferes(self, step: Occurrence, reads: set[_Fact]) -> bool:
        """Whether a step interferes with one of these."""
        if not (step.adds.isdisjoint(self._deletes) and step.deletes.isdisjoint(self._adds)):
            return True
        for term, kind in step.numbers.items():
            if term in self._numbers and (kind == "assigned" or self._numbers[term] != kind):
                return True
        return any(map(self._read.meets, _changed(step))) or any(map(self._changed.meets, reads))


class _Reader:
    """Finds what steps read."""

    def __init__(self, task: Task) -> None:
        self._actions = {a.name: a for a in task.domain.actions}
        self._rules: dict[str, list[Condition]] = {}
        for rule in task.domain.derived:
            self._rules.setdefault(rule.predicate, []).append(rule.condition)

    def reads(self, step: Occurrence) -> set[_Fact]:
        """The basic atoms and the numbers that a step's conditions and values read."""
        action = self._actions[step.step.action]
        bindings = dict(zip((p.name for p in action.parameters), step.step.args, strict=True))
        found = set(_in_condition(action.precondition, bindings))
        found.update(_in_effects(action.effects, bindings))
        derived = {f.predicate for f in found if isinstance(f, Atom) and f.predicate in self._rules}
        waiting = list(derived)
        while waiting:
            for condition in self._rules[waiting.pop()]:
                for fact in _in_condition(condition, {}):
                    if isinstance(fact, FunctionTerm) or fact.predicate not in self._rules:
                        found.add(fact)
                    elif fact.predicate not in derived:
                        derived.add(fact.predicate)
                        waiting.append(fact.predicate)
        return found


def _in_condition(condition: Condition, bindings: Bindings) -> Iterator[_Fact]:
    ground = instantiate(condition, bindings)
    yield from atoms_in(ground)
    yield from function_terms_in(ground)


def _in_effects(effects: tuple[Effect, ...], bindings: Bindings) -> Iterator[_Fact]:
    for effect in effects:
        match effect:
            case When(condition, inner):
                yield from _in_condition(condition, bindings)
                yield from _in_effects(inner, bindings)
            case ForEach(parameters, inner):
                hidden = {p.name for p in parameters}
                yield from _in_effects(
                    inner, {name: o for name, o in bindings.items() if name not in hidden}
                )
            case Assign(_, _, value):
                yield from function_terms_in(instantiate_expression(value, bindings))


def _changed(step: Occurrence) -> Iterator[_Fact]:
    yield from step.adds
    yield from step.deletes
    yield from step.numbers


def _name(fact: _Fact) -> str:
    """The predicate's or function's name. That the two may share one only costs time."""
    return fact.predicate if isinstance(fact, Atom) else fact.function


def _is_open(fact: _Fact) -> bool:
    return any(_varies(term) for term in fact.args)


def _varies(term: str) -> bool:
    return term.startswith("?")


def _agree(one: _Fact, other: _Fact) -> bool:
    """Whether two facts may be the same."""
    return type(one) is type(other) and all(
        a == b or _varies(a) or _varies(b) for a, b in zip(one.args, other.args, strict=True)
    )
