"""A world's memory as plain data, with its facts, steps and goals in PDDL, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final, TypeVar

from goalsmith.domains.errors import StoreError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.plans import Step
from goalsmith.execute.memory.memory import (
    Fact,
    GoalRecord,
    Memory,
    Scope,
    Source,
    StepRecord,
    Term,
)
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.worlds import Kept

_NUMBER: Final = re.compile(r"-?[0-9]{1,100}(?:/[0-9]{1,100})?")
_GROUND: Final = re.compile(r"\([^()]*\)")

_Kind = TypeVar("_Kind")


class _Unreadable(Exception):  # noqa: N818 - becomes a StoreError that names the world
    """Why a value cannot be read. Never leaves this module."""


def words_of(text: str) -> tuple[str, ...] | None:
    """The words of a ground atom or step such as `(on a b)`; None if it is none."""
    words = tuple(text.strip()[1:-1].split()) if _GROUND.fullmatch(text.strip()) else ()
    return words or None


def kept(memory: Memory) -> Kept:
    """A memory as a store keeps it."""
    atoms: dict[str, Plain] = {}
    numbers: dict[str, Plain] = {}
    for term, fact in memory.facts.items():
        row: list[Plain] = [_plain_value(fact.value), fact.time, fact.source.value]
        (atoms if isinstance(term, Atom) else numbers)[str(term)] = row
    body: dict[str, Plain] = {
        "domain": memory.domain,
        "observed": memory.observed,
        "scopes": [
            [dict(sorted(s.predicates)), dict(sorted(s.functions)), [*sorted(s.objects)]]
            for s in memory.scopes
        ],
        "atoms": atoms,
        "numbers": numbers,
        "steps": {
            str(step): [r.worked, r.failed, r.in_a_row, r.time, r.message]
            for step, r in memory.steps.items()
        },
        "goals": {
            goal: [record.times, record.time, record.run, record.steps]
            for goal, record in memory.goals.items()
        },
        "runs": dict(memory.runs),
    }
    known = sum(fact.value is not None for fact in memory.facts.values())
    return Kept(body, known, len(memory.steps), len(memory.goals))


def memory_from(body: Plain, world: str) -> Memory:
    """The memory that plain data hold; an empty one for None.

    Raises:
        StoreError: it is damaged.
    """
    if body is None:
        return Memory()
    try:
        return _memory(body)
    except _Unreadable as error:
        raise StoreError(
            f"what is known of the world `{world}` is damaged ({error}): "
            "`goalsmith worlds forget` removes it"
        ) from None


def _memory(body: Plain) -> Memory:
    whole = _Fields(body)
    facts: dict[Term, Fact] = {}
    for text, row in whole.table("atoms"):
        predicate, *args = _words(text)
        facts[Atom(predicate, tuple(args))] = _fact(row, _truth)
    for text, row in whole.table("numbers"):
        function, *args = _words(text)
        facts[FunctionTerm(function, tuple(args))] = _fact(row, _number)
    steps: dict[Step, StepRecord] = {}
    for text, row in whole.table("steps"):
        action, *args = _words(text)
        worked, failed, in_a_row, time, message = _row(row, int, int, int, float, str)
        steps[Step(action, tuple(args))] = StepRecord(worked, failed, in_a_row, time, message)
    goals = {
        text: GoalRecord(*_row(row, int, float, str, int)) for text, row in whole.table("goals")
    }
    return Memory(
        whole.one("domain", str),
        whole.one("observed", float),
        tuple(map(_scope, whole.list("scopes"))),
        facts,
        steps,
        goals,
        {run: _checked(entries, int) for run, entries in whole.table("runs")},
    )


class _Fields:
    """An object of JSON whose values are of the kinds that are expected."""

    def __init__(self, body: Plain) -> None:
        self._body = _checked(body, dict)

    def one(self, name: str, kind: type[_Kind]) -> _Kind:
        return _checked(self._body.get(name), kind)

    def list(self, name: str) -> list[Plain]:
        return _checked(self._body.get(name), list)

    def table(self, name: str) -> Iterator[tuple[str, Plain]]:
        yield from _checked(self._body.get(name), dict).items()


def _checked(value: object, kind: type[_Kind]) -> _Kind:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise _Unreadable(f"a {kind.__name__} is expected in place of a {type(value).__name__}")
    return value


def _row(row: Plain, *kinds: type) -> list:  # type: ignore[type-arg]  # as many kinds as fields
    values = _checked(row, list)
    if len(values) != len(kinds):
        raise _Unreadable(f"{len(kinds)} values are expected in place of {len(values)}")
    return [_checked(value, kind) for value, kind in zip(values, kinds, strict=True)]


def _scope(row: Plain) -> Scope:
    predicates, functions, objects = _row(row, dict, dict, list)
    return Scope(
        frozenset((name, _checked(arity, int)) for name, arity in predicates.items()),
        frozenset((name, _checked(arity, int)) for name, arity in functions.items()),
        frozenset(_checked(name, str) for name in objects),
    )


def _words(text: str) -> tuple[str, ...]:
    words = words_of(text)
    if words is None:
        raise _Unreadable("what should be an atom or a step is none")
    return words


def _fact(row: Plain, read: Callable[[Plain], bool | Fraction]) -> Fact:
    values = _checked(row, list)
    if len(values) != 3:
        raise _Unreadable(f"3 values are expected in place of {len(values)}")
    value, time, source = values
    if source not in list(Source):
        raise _Unreadable("a fact does not say where it is from")
    known = None if value is None else read(value)
    return Fact(known, _checked(time, float), Source(_checked(source, str)))


def _truth(value: Plain) -> bool:
    return _checked(value, bool)


def _number(value: Plain) -> Fraction:
    text = _checked(value, str)
    if not _NUMBER.fullmatch(text) or text.endswith("/0"):
        raise _Unreadable("what should be a number is none")
    return Fraction(text)


def _plain_value(value: bool | Fraction | None) -> Plain:
    return str(value) if isinstance(value, Fraction) else value
