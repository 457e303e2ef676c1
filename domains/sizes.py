"""The sizes that a generator of problems can be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError


@dataclass(frozen=True, slots=True)
class Size:
    """A whole number that a generator takes, with the range in which it makes sense.

    `meaning` says in a few words what is counted: "blocks on the table".
    """

    name: str
    default: int
    low: int
    high: int
    meaning: str


def chosen_sizes(sizes: Sequence[Size], given: Mapping[str, int]) -> dict[str, int]:
    """A value for every size: the one given, or its default.

    Raises:
        InputError: there is no size of a given name, or its value is out of range.
    """
    by_name = {size.name: size for size in sizes}
    for name, value in given.items():
        size = by_name.get(name)
        if size is None:
            raise InputError(f"unknown size `{name}`: {did_you_mean(name, by_name, 'size')}")
        if isinstance(value, bool) or not isinstance(value, int):
            raise InputError(f"{name} must be a whole number, not {value!r}")
        if not size.low <= value <= size.high:
            raise InputError(
                f"{name} ({size.meaning}) must be from {size.low} to {size.high}, not {value}"
            )
    return {name: given.get(name, size.default) for name, size in by_name.items()}
