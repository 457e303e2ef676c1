"""Values of events from plain data: what each kind must look like, and what is said if it does not.

Nothing of what a store gives out is trusted: it may be damaged, or come from a later goalsmith.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Any, Final, TypeAlias

from goalsmith.domains.diagnostics import listed, printable
from goalsmith.domains.outcome import Outcome

Read: TypeAlias = Callable[[Any], Any]
"""Makes a value of plain data, or raises Unreadable."""

SHOWN: Final = 80
"""Characters that an error quotes of what it found."""

DAMAGED: Final = "what was stored is damaged"
OTHER: Final = "what was stored is damaged, or belongs to another task"

_NUMBER: Final = re.compile(r"-?[0-9]+(?:/[0-9]+)?")

_OUTCOMES: Final = {outcome.label: outcome for outcome in Outcome}


class Unreadable(Exception):  # noqa: N818 - becomes a StoreError that says where
    """Why a value cannot be read."""


def by_a_later_version() -> str:
    """Why something is not known here, and what helps."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        own = f" (it is {version('goalsmith')})"
    except PackageNotFoundError:
        own = ""
    return f"a later goalsmith has written it: update this one{own}, then resume the run"


def exactly(kind: type, what: str) -> Read:
    """Reads values of just this type, called so in errors."""

    def read(value: object) -> object:
        # Exactly: a bool is an int to Python.
        if type(value) is not kind:
            raise wrong(value, what)
        return value

    return read


def a_choice(kind: type[Enum]) -> Read:
    """Reads members of an enumeration by their values."""

    def read(value: object) -> Enum:
        try:
            return kind(value)
        except ValueError:
            known = listed([f"`{each.value}`" for each in kind], "or")
            raise Unreadable(
                f"`{printable(str(value), SHOWN)}` is none of {known}; {by_a_later_version()}"
            ) from None

    return read


def an_outcome(value: object) -> Outcome:
    """The outcome of this name."""
    found = _OUTCOMES.get(a_text(value))
    if found is None:
        raise Unreadable(
            f"there is no outcome `{printable(str(value), SHOWN)}`; {by_a_later_version()}"
        )
    return found


def an_index(name: str) -> int:
    """The whole number that a name is."""
    if not (name.isascii() and name.isdigit() and len(name) < 20):
        raise wrong(name, "a whole number")
    return int(name)


def a_number(value: object) -> float:
    """The value, if it is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(value, "a number")
    return float(value)


def a_fraction(value: object) -> Fraction:
    """The number that a text such as `1/3` is."""
    text = a_text(value)
    try:
        # The form is checked first: a text such as 1e999999999 would fill the memory.
        if _NUMBER.fullmatch(text):
            return Fraction(text)
    except (ValueError, ZeroDivisionError):
        pass
    raise wrong(value, "an exact number such as 3 or 1/3")


def a_text(value: object) -> str:
    """The value, if it is a text."""
    if not isinstance(value, str):
        raise wrong(value, "a text")
    return value


def a_list(value: object) -> list[Any]:
    """The value, if it is a list."""
    if not isinstance(value, list):
        raise wrong(value, "a list")
    return value


def an_object(value: object) -> dict[str, Any]:
    """The value, if it is an object of JSON."""
    if not isinstance(value, dict):
        raise wrong(value, "an object with names")
    return value


def wrong(value: object, expected: str) -> Unreadable:
    """What to raise for a value that is not as expected."""
    found = printable(repr(value)[: 2 * SHOWN], SHOWN)
    return Unreadable(f"{found} is not {expected}: {DAMAGED}")
