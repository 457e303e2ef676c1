"""A simulated world as plain data, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.observation import take_in
from goalsmith.execute.store.plain import Plain

FORMAT: Final = 1
"""The version of the form that snapshots have."""

_KEYS: Final = ("format", "acts", "troubles", "true", "false", "numbers", "late")

_SHOWN: Final = 80
"""Characters of a wrong text that an error repeats."""

_NUMBER: Final = re.compile(r"-?\d{1,4000}(?:/\d{1,4000})?")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A simulated world at a moment.

    Attributes:
        state: what is true.
        acts: how many acts there were.
        troubles: how many faults and events there were.
        late: the step that takes place when the next act begins.
    """

    state: State
    acts: int
    troubles: int
    late: Step | None


def write(initial: State, world: Snapshot) -> dict[str, Plain]:
    """The data of a world that began in an initial state.

    `true` and `false` are the atoms that have become so; `numbers` those that changed, as texts
    such as `3` or `1/3`, null for one that has lost its value.
    """
    state, before = world.state, dict(initial.numbers)
    numbers: dict[str, Plain] = {str(t): str(v) for t, v in state.numbers - initial.numbers}
    numbers.update((str(t), None) for t in before.keys() - dict(state.numbers).keys())
    return {
        "format": FORMAT,
        "acts": world.acts,
        "troubles": world.troubles,
        "true": [str(atom) for atom in sorted(state.atoms - initial.atoms)],
        "false": [str(atom) for atom in sorted(initial.atoms - state.atoms)],
        "numbers": dict(sorted(numbers.items())),
        "late": None if world.late is None else str(world.late),
    }


def read(semantics: Semantics, data: Mapping[str, Plain]) -> Snapshot:
    """The world of which data is a snapshot.

    Args:
        semantics: of the task that the world follows.
        data: what `write` made of it.

    Raises:
        InputError: it has another form, or names what the task does not have.
    """
    if not isinstance(data, Mapping) or set(data) != set(_KEYS):
        raise InputError(f"a snapshot has the keys {', '.join(_KEYS)}, and no others")
    if data["format"] != FORMAT:
        raise InputError(f"the snapshot's format is not {FORMAT}, the one that is known here")
    initial = semantics.initial_state()
    true = frozenset(atom(semantics, text) for text in _texts(data, "true"))
    false = frozenset(atom(semantics, text) for text in _texts(data, "false"))
    if true & initial.atoms or not false <= initial.atoms:
        raise InputError("the snapshot is of a world that began in another initial state")
    late = data["late"]
    return Snapshot(
        State((initial.atoms - false) | true, _numbers(semantics, initial, data["numbers"])),
        _count(data, "acts"),
        _count(data, "troubles"),
        None if late is None else _step(semantics, late),
    )


def atom(semantics: Semantics, text: object) -> Atom:
    """The atom of a task that a text such as `(on a b)` is, and not a derived one.

    Raises:
        InputError: it is none.
    """
    predicate, *args = _words(text)
    found = Atom(predicate, tuple(args))
    if predicate in semantics.derived:
        raise InputError(f"{_short(text)} is derived: it follows from other facts")
    take_in(semantics, State(frozenset({found})), State(frozenset()))
    return found


def _step(semantics: Semantics, text: object) -> Step:
    action, *args = _words(text)
    step = Step(action, tuple(args))
    semantics.transition(step)
    return step


def _numbers(
    semantics: Semantics, initial: State, said: object
) -> frozenset[tuple[FunctionTerm, Fraction]]:
    if not isinstance(said, Mapping):
        raise InputError(f"the snapshot's `numbers` is a {type(said).__name__}, not an object")
    numbers = dict(initial.numbers)
    for text, value in said.items():
        function, *args = _words(text)
        term = FunctionTerm(function, tuple(args))
        if function not in semantics.fluent_functions:
            raise InputError(f"{_short(text)} is no number that changes in this task")
        if value is None:
            numbers.pop(term, None)
        else:
            numbers[term] = _number(value)
    found = frozenset(numbers.items())
    take_in(semantics, State(frozenset(), found), State(frozenset(), initial.numbers))
    return found


def _number(value: object) -> Fraction:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        try:
            return Fraction(value)
        except ZeroDivisionError:
            pass
    raise InputError(f"a number of a snapshot is a text such as `3` or `1/3`, not {_short(value)}")


def _words(text: object) -> list[str]:
    """The words between a pair of parentheses."""
    if isinstance(text, str) and text.startswith("(") and text.endswith(")"):
        words = text[1:-1].split()
        if words and not any("(" in word or ")" in word for word in words):
            return words
    raise InputError(f"a text such as `(on a b)` is expected, not {_short(text)}")


def _texts(data: Mapping[str, Plain], key: str) -> list[Plain]:
    texts = data[key]
    if not isinstance(texts, list):
        raise InputError(f"the snapshot's `{key}` is a {type(texts).__name__}, not a list")
    return texts


def _count(data: Mapping[str, Plain], key: str) -> int:
    count = data[key]
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise InputError(f"the snapshot's `{key}` is no count: {_short(count)}")
    return count


def _short(value: object) -> str:
    return repr(value)[:_SHOWN]
