"""Clauses that were matched in full and yet are not taken, since that would be a guess."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from goalsmith.translate.controlled_english.things import Reach, Thing

MAX_CONDITIONS = 10_000
"""Conditions that a clause, and a whole text, may come to."""


def doubt(phrases: Mapping[int, Thing], negative: bool, imperative: bool) -> str:
    """Why a clause may not be taken; empty when it may.

    Args:
        phrases: by place, the noun phrases in it.
        negative: whether it denies.
        imperative: whether it is an imperative, and no statement.
    """
    things = phrases.values()
    every = [t for t in things if t.reach is Reach.EVERY]
    none = [t for t in things if t.reach is Reach.NONE]
    lists = [t for t in things if t.listed]
    if prod(len(t.objects) for t in things) > MAX_CONDITIONS:
        return f"it stands for more than {MAX_CONDITIONS} conditions"
    if len(lists) > 1:
        return "two lists in one clause may be meant in pairs or all with all: say each pair"
    if every and negative:
        return "`every` or `all` with `not` has two meanings: say `no …`, or name the objects"
    if none:
        if imperative:
            return "`no` is understood in statements only, such as `no … is …`"
        if negative or len(none) > 1 or every or lists:
            return "`no` together with `not`, `every`, a list or another `no` is not understood"
    elif every and _reflexive(phrases):
        return (
            "`every` or `all` takes in the object on the other side too: take it out, as in "
            "`all … except …`"
        )
    return ""


def _reflexive(phrases: Mapping[int, Thing]) -> bool:
    """Whether an object that a phrase for all objects takes in also stands in another place."""
    places = list(phrases.items())
    return any(
        first != second and set(thing.objects) & set(other.objects)
        for first, thing in places
        if thing.reach is Reach.EVERY
        for second, other in places
    )
