"""Taking in what an environment says is true, as a state of the task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Final

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm, Parameter
from goalsmith.domains.language import State
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.environment import Observation

MAX_BITS: Final = 10_000
"""Bits that the numerator and the denominator of an observed number may have."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A state of the task as far as it is known.

    Attributes:
        state: what was observed; where nothing was, what was expected.
        stale: the atoms of the state that were not observed, and hold by expectation alone.
    """

    state: State
    stale: frozenset[Atom] = frozenset()


def take_in(semantics: Semantics, seen: State | Observation, expected: State) -> Seen:
    """The state that was seen, without what follows from it or only counts.

    Derived atoms, and numbers that never change or only count costs, are dropped, so that states
    from elsewhere compare with those that the semantics predict. An atom or number that an
    observation does not tell keeps the value that is expected: a planner needs a whole state.
    Numbers become exact; of a float, the shortest decimal that Python writes for it is taken.

    Args:
        semantics: of the task that the state should belong to.
        seen: what an environment returned.
        expected: a state of the task; what both share is not checked again.

    Raises:
        InputError: it names what the task does not have, contradicts itself, has a value that is
            no number or too long, or is neither a State nor an Observation.
    """
    match seen:
        case State(atoms, numbers):
            state = State(_basic(semantics, atoms), frozenset(_numbers(semantics, numbers)))
            _check_all(semantics, state, expected)
            return Seen(state)
        case Observation():
            return _part(semantics, seen, expected)
        case _:
            raise InputError(
                f"an observation should be a State or an Observation, not a {type(seen).__name__}"
            )


def _part(semantics: Semantics, seen: Observation, expected: State) -> Seen:
    """The state expected, with what is known put in its place."""
    true, false = _basic(semantics, seen.true), _basic(semantics, seen.false)
    both = true & false
    if both:
        shown = listed([str(atom) for atom in sorted(both)[:3]])
        raise InputError(f"an observation says both that {shown} holds and that it does not")
    numbers = dict(expected.numbers)
    numbers.update(_numbers(semantics, seen.numbers))
    state = State((expected.atoms - false) | true, frozenset(numbers.items()))
    _check_all(semantics, state, expected)
    _check_all(semantics, State(false), expected)
    return Seen(state, expected.atoms - true - false)


def _basic(semantics: Semantics, atoms: Iterable[Atom]) -> frozenset[Atom]:
    return frozenset(a for a in atoms if a.predicate not in semantics.derived)


def _numbers(
    semantics: Semantics, numbers: Iterable[tuple[FunctionTerm, Fraction]]
) -> Iterable[tuple[FunctionTerm, Fraction]]:
    fluent = semantics.fluent_functions
    return ((term, _exact(term, value)) for term, value in numbers if term.function in fluent)


def _exact(term: FunctionTerm, value: object) -> Fraction:
    """A number as the journal can keep it. An environment is anyone's code."""
    if isinstance(value, float) and isfinite(value):
        # 0.1 as a sensor means it, and not the binary fraction next to it.
        value = Fraction(repr(float(value)))
    elif isinstance(value, int) and not isinstance(value, bool):
        value = Fraction(value)
    if not isinstance(value, Fraction):
        raise InputError(f"{term} is observed to be {str(value)[:80]!r}, which is no finite number")
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise InputError(f"{term} is observed to be a number of more than {MAX_BITS} bits")
    return value


def _check_all(semantics: Semantics, state: State, known: State) -> None:
    predicates = {p.name: p.parameters for p in semantics.task.domain.predicates}
    for atom in sorted(state.atoms - known.atoms):
        _check(semantics, str(atom), predicates.get(atom.predicate), atom.args)
    functions = {f.name: f.parameters for f in semantics.task.domain.functions}
    for term, _ in state.numbers - known.numbers:
        _check(semantics, str(term), functions.get(term.function), term.args)


def _check(
    semantics: Semantics,
    shown: str,
    parameters: tuple[Parameter, ...] | None,
    args: tuple[str, ...],
) -> None:
    if parameters is None:
        raise InputError(f"the domain declares nothing like {shown}")
    if len(args) != len(parameters):
        raise InputError(f"{shown} has {len(args)} objects instead of {len(parameters)}")
    for name, parameter in zip(args, parameters, strict=True):
        if name not in semantics.evaluator.members(parameter.types):
            wanted = listed(parameter.types, "or")
            raise InputError(f"`{name}` in {shown} is not an object of type {wanted}")
