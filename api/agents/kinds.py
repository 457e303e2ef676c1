"""Type hints as PDDL types: classes, NewTypes, enumerations, literals, and unions of these."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NewType, TypeAlias, Union, get_args, get_origin

from goalsmith.agents.places import typed_in
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Type

Hint: TypeAlias = Any
"""A type hint: a class, a NewType, a `Literal`, or a union of these."""

_PLAIN = frozenset({"abc", "builtins", "enum", "typing"})
"""Modules whose classes are no kinds of things of anybody's world."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_NAME = re.compile(r"[^\W\d_][\w-]*")

_RESERVED = frozenset(
    {"and", "or", "not", "imply", "forall", "exists", "when", "either"}
    | {"assign", "increase", "decrease", "scale-up", "scale-down"}
)
"""Words of PDDL that are no names where a name may stand."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A PDDL type with the Python type that it stands for.

    Attributes:
        type: the PDDL type.
        hint: the Python type.
        members: the objects of an enumeration or a literal, by name, with what functions are given
            for them.
    """

    type: Type
    hint: Hint
    members: tuple[tuple[str, object], ...] = ()

    @property
    def literal(self) -> bool:
        """Whether it is made of values alone."""
        origin: object = get_origin(self.hint)
        return origin is Literal

    def value(self, name: str) -> object:
        """What functions are given for an object: a `str` of the kind's own class, or the name."""
        known = dict(self.members).get(name, name)
        if isinstance(self.hint, type) and issubclass(self.hint, str) and type(known) is str:
            return self.hint(known)
        return known


class Kinds:
    """The types that functions speak of, each entered with those that it specialises."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def named(self, name: str) -> Kind | None:
        """The kind of a PDDL type; None for `object`."""
        return self._kinds.get(name)

    def of(self, hint: Hint, where: str, name: str) -> tuple[str, ...]:
        """The PDDL types of a hint.

        Args:
            hint: the type hint.
            where: what it belongs to, for errors.
            name: what a `Literal` is to be called, since it has no name of its own.

        Raises:
            InputError: it stands for no kind of things, or its name is taken by another.
        """
        if hint is str or hint is object:
            return (ANY_TYPE,)
        origin: object = get_origin(hint)
        if origin is Union or origin is types.UnionType:
            parts = [self.of(part, where, name) for part in get_args(hint)]
            return tuple(dict.fromkeys(each for part in parts for each in part))
        if origin is Literal:
            return (self._literal(hint, where, name),)
        if isinstance(hint, NewType):
            parents = self._parents((hint.__supertype__,), where)
            return (self._enter(hint.__name__, parents, hint, (), where),)
        if isinstance(hint, type) and hint.__module__ not in _PLAIN:
            members: tuple[tuple[str, object], ...] = ()
            if issubclass(hint, Enum):
                members = tuple((_member_name(each, where), each) for each in hint)
            parents = self._parents(hint.__bases__, where)
            return (self._enter(hint.__name__, parents, hint, members, where),)
        if hint is types.NoneType:
            raise InputError(
                f"{where}: a step has a thing in each of its places, and never None: give what may "
                "be left out a default, then it is no place of the action"
            )
        shown = getattr(hint, "__name__", None) or str(hint)
        raise InputError(
            f"{where}: `{shown[:80]}` is no kind of things: use a class of your own, such as "
            "`class Room(str): ...`, a NewType, an Enum, a Literal of texts, or str for any thing"
        )

    def _literal(self, hint: Hint, where: str, name: str) -> str:
        members = tuple(sorted(map(str, get_args(hint))))
        if not all(isinstance(each, str) for each in get_args(hint)):
            raise InputError(f"{where}: the values of a Literal must be texts: {hint}")
        for each in members:
            require_name(each, where)
        for kind in self:
            # Two literals with the same values are one kind, as they are to Python.
            if kind.literal and {n for n, _ in kind.members} == set(members):
                return kind.type.name
        return self._enter(name, (ANY_TYPE,), hint, tuple((m, m) for m in members), where)

    def _parents(self, bases: tuple[Hint, ...], where: str) -> tuple[str, ...]:
        above = [
            base
            for base in bases
            if isinstance(base, NewType)
            or (isinstance(base, type) and base.__module__ not in _PLAIN)
        ]
        return tuple(self.of(base, where, "")[0] for base in above) or (ANY_TYPE,)

    def _enter(
        self,
        called: str,
        parents: tuple[str, ...],
        hint: Hint,
        members: tuple[tuple[str, object], ...],
        where: str,
    ) -> str:
        name = pddl_name(called)
        require_name(name, where)
        if name == ANY_TYPE:
            raise InputError(f"{where}: a type cannot be called `{called}`: PDDL has it for all")
        known = self._kinds.get(name)
        if known is not None and known.hint != hint:
            if not (typed_in(hint) and typed_in(known.hint)):
                raise InputError(f"{where}: another type is called `{called}` already")
            del self._kinds[name]  # its cell was run again
            known = None
        for member, _ in members if known is None else ():
            for kind in self:
                if member in dict(kind.members):
                    raise InputError(
                        f"{where}: `{member}` is one of `{called}` and of `{kind.type.name}`"
                    )
        self._kinds.setdefault(name, Kind(Type(name, parents), hint, members))
        return name


def pddl_name(name: str) -> str:
    """A Python name as PDDL writes names: `MeetingRoom` and `meeting_room` are `meeting-room`."""
    return _HUMP.sub("-", name).strip("_").replace("_", "-").lower()


def require_name(name: str, where: str, remedy: str = "") -> None:
    """Raises InputError, with the remedy, for a text that PDDL does not read as one name."""
    if len(name) > 100 or not _NAME.fullmatch(name):
        raise InputError(
            f"{where}: `{name[:80]}` is no PDDL name: use a letter, then letters, digits, `-`, `_`"
            + remedy
        )
    if name.lower() in _RESERVED:
        raise InputError(f"{where}: `{name}` is a word of PDDL, and cannot be a name{remedy}")


def _member_name(member: Enum, where: str) -> str:
    """An enumeration's value if that is a text, or else its name in lower case."""
    name = member.value if isinstance(member.value, str) else pddl_name(member.name)
    require_name(name, where)
    return name
