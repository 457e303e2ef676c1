"""Predicates and functions that nobody declared, from the places where they are used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goalsmith.agents.uses import Use
from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import ANY_TYPE, Parameter
from goalsmith.domains.language import Function, Predicate, TypeHierarchy


def inferred(
    uses: Iterable[Use], hierarchy: TypeHierarchy
) -> tuple[list[Predicate], list[Function]]:
    """The predicates and functions behind uses, in the order in which they first occur.

    A place has the type that all its uses share: one that takes in all others, or else the nearest
    that they specialise.

    Raises:
        InputError: two uses have a different number of places, or types that share nothing; or one
            name is used for a predicate and a function.
    """
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name.lower(), []).append(use)
    predicates: list[Predicate] = []
    functions: list[Function] = []
    for same in by_name.values():
        first = same[0]
        for use in same:
            if use.numeric != first.numeric:
                raise InputError(
                    f"`{first.name}` is {_kind(first)} in {first.place}, and {_kind(use)} in "
                    f"{use.place}"
                )
            if len(use.terms) != len(first.terms):
                raise InputError(
                    f"`{first.name}` has {_count(first)} in {first.place}, and {_count(use)} in "
                    f"{use.place}"
                )
        types = [_shared(same, index, hierarchy) for index in range(len(first.terms))]
        parameters = tuple(
            Parameter(name, kinds) for name, kinds in zip(_names(first, types), types, strict=True)
        )
        if first.numeric:
            functions.append(Function(first.name, parameters))
        else:
            predicates.append(Predicate(first.name, parameters))
    return predicates, functions


def _kind(use: Use) -> str:
    return "a number" if use.numeric else "a predicate"


def _count(use: Use) -> str:
    return f"{len(use.terms)} place" + ("" if len(use.terms) == 1 else "s")


def _shared(same: Sequence[Use], index: int, hierarchy: TypeHierarchy) -> tuple[str, ...]:
    """The types of a place. What is not known has none: the reader will tell."""
    known = [(use.types[index], use) for use in same if use.types[index]]
    if not known:
        return (ANY_TYPE,)
    every = list(dict.fromkeys(kinds for kinds, _ in known))
    for kinds in every:
        if all(hierarchy.fits((each,), kinds) for other in every for each in other):
            return kinds
    common = set.intersection(
        *(set(hierarchy.ancestors(each)) for kinds in every for each in kinds)
    ) - {ANY_TYPE}
    if not common:
        first, use = known[0]
        kinds, other = next(k for k in known if not hierarchy.fits(k[0], first))
        raise InputError(
            f"the {_nth(index)} place of `{use.name}` is {listed(first, 'or')} in {use.place}, and "
            f"{listed(kinds, 'or')} in {other.place}: give both a common base class, or use two "
            "predicates"
        )
    return (max(sorted(common), key=lambda name: len(hierarchy.ancestors(name))),)


def _nth(index: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    return names[index] if index < len(names) else f"{index + 1}th"


def _names(use: Use, types: Sequence[tuple[str, ...]]) -> list[str]:
    """Names for the places: of their types, or else of the variables in use, or numbered."""
    by_type = [f"?{kinds[0]}" for kinds in types]
    if len(set(by_type)) == len(by_type) and all(len(kinds) == 1 for kinds in types):
        return by_type
    variables = [term.lower() for term in use.terms]
    if len(set(variables)) == len(variables) and all(v.startswith("?") for v in variables):
        return list(use.terms)
    return [f"?x{number}" for number in range(1, len(types) + 1)]
