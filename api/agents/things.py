"""The objects of an agent's world, and what functions are given for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from goalsmith.agents.kinds import Hint, Kinds, require_name
from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Domain, Object

Objects: TypeAlias = Mapping[Hint, Iterable[str] | Mapping[str, object]]
"""Names of things by their types, or what functions are given for them, by name."""

MAX_OBJECTS = 10_000
"""Objects at most; planners are lost much earlier."""

_REMEDY = (
    "; what functions are given for it may be anything, if the objects are a mapping from names to "
    "values"
)


@dataclass(frozen=True, slots=True)
class Things:
    """The objects of a problem.

    Attributes:
        objects: those that are not constants of the domain.
        values: what functions are given for each, by name.
    """

    objects: tuple[Object, ...]
    values: Mapping[str, object]

    @classmethod
    def of(
        cls, given: Objects, kinds: Kinds, constants: Mapping[str, str], domain: Domain
    ) -> Things:
        """The objects that were given, the constants, and the members of enumerations and literals.

        Args:
            given: by their types. Constants and members may be listed again.
            kinds: the types.
            constants: the PDDL types of constants, by name.
            domain: which has those of them that its actions mention.

        Raises:
            InputError: a name is none that PDDL has or occurs twice, there are too many, or a type
                is not the domain's.
        """
        fixed = {name: kind.type.name for kind in kinds for name, _ in kind.members} | {**constants}
        mentioned = {constant.name for constant in domain.constants}
        objects = {
            name.lower(): Object(name, (kind,))
            for name, kind in fixed.items()
            if name not in mentioned
        }
        values = {name: _value(kinds, kind, name) for name, kind in fixed.items()}
        known = {kind.name for kind in domain.types} | {ANY_TYPE}
        for hint, names in given.items():
            types = kinds.of(hint, "the objects", "object")
            if not known.issuperset(types):
                raise InputError(
                    f"the objects: the type {listed(types, 'or')} was not there when the agent was "
                    "made: use `kit.know([...])` before"
                )
            if isinstance(names, str):
                raise InputError(f"the objects: a list of names is expected, not `{names[:80]}`")
            for name in names:
                if not isinstance(name, str):
                    raise InputError(f"the objects: a name is a text, not {name!r:.80}")
                require_name(name, "the objects", _REMEDY)
                if fixed.get(name) == types[0]:
                    continue
                if name.lower() in objects or name in values:
                    raise InputError(f"the objects: `{name}` occurs twice; names have no case")
                if len(objects) >= MAX_OBJECTS:
                    raise InputError(f"the objects: more than {MAX_OBJECTS}")
                objects[name.lower()] = Object(str(name), types)
                if isinstance(names, Mapping):
                    values[str(name)] = names[name]
                else:
                    values[str(name)] = _value(kinds, types[0], name)
        return cls(tuple(objects.values()), values)


def _value(kinds: Kinds, type_name: str, name: str) -> object:
    kind = kinds.named(type_name)
    return kind.value(name) if kind else name
