"""Events from their plain data: the way back from `Entry.as_dict()`, given the run's task.

What a field holds, its annotation in `goalsmith.execute.journal.events` tells, so that an event is
declared in one place only. A field that is not there has its default, since an earlier goalsmith
did not know it; one that is not known was written by a later goalsmith, and what it means, nobody
can tell here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from goalsmith.domains.diagnostics import listed, printable
from goalsmith.domains.errors import InputError, PddlError, StoreError
from goalsmith.domains.formula import Atom, Condition, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_condition
from goalsmith.domains.writer import write_condition
from goalsmith.execute.journal.events import Event
from goalsmith.execute.journal.journal import Entry
from goalsmith.execute.journal.plain_values import (
    DAMAGED,
    OTHER,
    SHOWN,
    Read,
    Unreadable,
    a_choice,
    a_fraction,
    a_list,
    a_number,
    a_text,
    an_index,
    an_object,
    an_outcome,
    by_a_later_version,
    exactly,
)
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.rows import EntryRow

_DECLARED: Final[dict[type, str]] = {
    Atom: "predicate",
    FunctionTerm: "function",
    Step: "action",
}
"""What a domain declares terms as."""


class Decoder:
    """Reads the events of one run.

    Args:
        task: the run's; what it does not declare, no event can name.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._goal = write_condition(task.problem.goal)
        self._objects = frozenset(o.name for o in task.objects)
        self._arities: dict[type, dict[str, int]] = {
            Atom: {p.name: len(p.parameters) for p in task.domain.predicates},
            FunctionTerm: {f.name: len(f.parameters) for f in task.domain.functions},
            Step: {a.name: len(a.parameters) for a in task.domain.actions},
        }
        # One value for each text: a journal names the same few thousand again and again.
        self._terms: dict[tuple[type, str], Any] = {}
        self._declared: dict[Any, Mapping[str, tuple[Any, bool]]] = {}
        self._readers: dict[Any, Read] = {
            bool: exactly(bool, "true or false"),
            int: exactly(int, "a whole number"),
            str: exactly(str, "a text"),
            float: a_number,
            Fraction: a_fraction,
            Outcome: an_outcome,
            Plan: self._plan,
            State: self._state,
            Condition: self._condition,
            **{kind: self._term(kind) for kind in self._arities},
        }

    def events(self, rows: Iterable[EntryRow]) -> tuple[Event, ...]:
        """The events of a journal, in order.

        Raises:
            StoreError: an entry was written by a later goalsmith, or is damaged.
        """
        return tuple(entry.event for entry in self.entries(rows))

    def entries(self, rows: Iterable[EntryRow]) -> tuple[Entry, ...]:
        """The entries of a journal with their events, in order. Raises as `events` does."""
        return tuple(map(self.entry, rows))

    def entry(self, row: EntryRow) -> Entry:
        """One entry of a journal with its event. Raises StoreError if it cannot be read."""
        try:
            if not isinstance(row.body, dict):
                raise Unreadable("it has no fields")
            body = dict(row.body)
            seconds = a_number(body.pop("seconds", 0.0))
            return Entry(row.sequence, seconds, self._event(row.kind, body))
        except Unreadable as error:
            where = f"entry {row.sequence} ({row.kind}) of the run's journal"
            raise StoreError(f"{where} cannot be read: {error}") from None

    def value(self, kind: type[Any], plain: Plain) -> Any:
        """A value of a dataclass from its fields by name, read as those of events are.

        Raises:
            StoreError: it was written by a later goalsmith, or is damaged.
        """
        try:
            return self._fields(kind, an_object(plain))
        except Unreadable as error:
            raise StoreError(str(error)) from None

    def event(self, kind: str, body: Mapping[str, Plain]) -> Event:
        """The event of a kind with these fields. Raises StoreError if there is none such."""
        try:
            return self._event(kind, body)
        except Unreadable as error:
            raise StoreError(f"the event {kind[:SHOWN]} cannot be read: {error}") from None

    def _event(self, kind: str, body: Mapping[str, Plain]) -> Event:
        found = _kinds().get(kind)
        if found is None:
            raise Unreadable(f"there is no such event here; {by_a_later_version()}")
        event: Event = self._fields(found, body)
        return event

    def _fields(self, kind: type[Any], body: Mapping[str, Plain]) -> Any:
        """A value of a dataclass from its fields by name."""
        known = self._declared.get(kind)
        if known is None:
            known = self._declared[kind] = _declared(kind)
        unknown = [name for name in body if name not in known]
        if unknown:
            names = listed([f"`{printable(name, SHOWN)}`" for name in unknown[:3]])
            raise Unreadable(f"it has what is not known here: {names}; {by_a_later_version()}")
        given: dict[str, Any] = {}
        for name, value in body.items():
            try:
                given[name] = self._reader(known[name][0])(value)
            except Unreadable as error:
                raise Unreadable(f"`{name}`: {error}") from None
        for name, (_, needed) in known.items():
            if needed and name not in body:
                raise Unreadable(f"`{name}` is missing: {DAMAGED}")
        try:
            return kind(**given)
        except InputError as error:
            raise Unreadable(str(error)) from None

    def _reader(self, annotation: Any) -> Read:
        """What reads values that are annotated so."""
        reader = self._readers.get(annotation)
        if reader is None:
            reader = self._readers[annotation] = self._made(annotation)
        return reader

    def _made(self, annotation: Any) -> Read:
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType) and NoneType in parts:
            # Not one part alone: a condition is itself a union.
            inner = self._reader(Union[tuple(part for part in parts if part is not NoneType)])  # noqa: UP007
            return lambda value: None if value is None else inner(value)
        if origin in (tuple, frozenset):
            each = self._reader(parts[0])
            make: Callable[[Iterable[Any]], Any] = origin
            return lambda value: make(map(each, a_list(value)))
        if origin is Mapping:
            key, item = parts
            name = self._reader(str) if key is str else an_index
            each = self._reader(item)
            return lambda value: {name(k): each(v) for k, v in an_object(value).items()}
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return a_choice(annotation)
        if isinstance(annotation, type) and is_dataclass(annotation):
            return lambda value: self._fields(annotation, an_object(value))
        raise TypeError(f"events cannot have fields of type {annotation}")

    # Values with a form of their own on paper

    def _term(self, kind: type) -> Read:
        """What reads a name with objects: an atom, a function's term or a step."""
        arities, terms, objects = self._arities[kind], self._terms, self._objects
        what = _DECLARED[kind]

        def read(value: object) -> Any:
            text = a_text(value)
            term = terms.get((kind, text))
            if term is not None:
                return term
            shown = printable(text, SHOWN)
            if not (text.startswith("(") and text.endswith(")") and len(text) > 2):
                raise Unreadable(f"`{shown}` is not of the form `(name object …)`: {DAMAGED}")
            name, *args = text[1:-1].split(" ")
            if name not in arities:
                raise Unreadable(f"the domain has no {what} as in `{shown}`: {OTHER}")
            if len(args) != arities[name]:
                raise Unreadable(f"`{shown}` has {len(args)} objects, not {arities[name]}")
            for arg in args:
                if arg not in objects:
                    raise Unreadable(f"the problem has no `{arg[:SHOWN]}`: {OTHER}")
            term = terms[kind, text] = kind(name, tuple(args))
            return term

        return read

    def _plan(self, value: object) -> Plan:
        return Plan(tuple(map(self._reader(Step), a_list(value))))

    def _state(self, value: object) -> State:
        body = an_object(value)
        if body.keys() != {"atoms", "numbers"}:
            raise Unreadable(f"a state has `atoms` and `numbers`: {DAMAGED}")
        term, numbers = self._reader(FunctionTerm), an_object(body["numbers"])
        return State(
            frozenset(map(self._reader(Atom), a_list(body["atoms"]))),
            frozenset((term(name), a_fraction(number)) for name, number in numbers.items()),
        )

    def _condition(self, value: object) -> Condition:
        text = a_text(value)
        if text == self._goal:
            # On paper a number such as 1/3 is cut short, and here it need not be read.
            return self._task.problem.goal
        try:
            return read_condition(text, self._task)
        except PddlError as error:
            shown, why = printable(text, SHOWN), error.diagnostics[0].message
            raise Unreadable(f"`{shown}` cannot be said in the domain ({why}): {OTHER}") from None


@cache
def _kinds() -> Mapping[str, type[Any]]:
    """The events by the names that entries have."""
    return {kind.kind: kind for kind in get_args(Event)}


def _declared(kind: type[Any]) -> Mapping[str, tuple[Any, bool]]:
    """The fields of a dataclass: what each is annotated with, and whether it must be given."""
    hints = get_type_hints(kind)
    return {
        f.name: (hints[f.name], f.default is MISSING and f.default_factory is MISSING)
        for f in fields(kind)
    }
