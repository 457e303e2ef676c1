"""What something needs, as a tree of `and` and `or` over numbered atoms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

Tree: TypeAlias = "int | tuple[str, tuple[Tree, ...]]"
"""A relaxed condition over numbered atoms: one of them, or `and`/`or` of parts."""

NOTHING: Tree = ("and", ())


def all_of(parts: Iterable[Tree | None]) -> Tree | None:
    """What all parts together need; None if one of them cannot be had."""
    kept = []
    for part in parts:
        if part is None:
            return None
        if part != NOTHING:
            kept.append(part)
    return kept[0] if len(kept) == 1 else ("and", tuple(kept))


def any_of(parts: Iterable[Tree | None]) -> Tree | None:
    """What any of the parts needs; None if none of them can be had."""
    kept = tuple(dict.fromkeys(part for part in parts if part is not None))
    if not kept or NOTHING in kept:
        return NOTHING if kept else None
    return kept[0] if len(kept) == 1 else ("or", kept)


def needed(tree: Tree, needs: list[int]) -> int:
    """What a condition needs: of `and` all that its parts need, of `or` what they all do."""
    if isinstance(tree, int):
        return needs[tree]
    kind, parts = tree
    if kind == "and":
        total = 0
        for part in parts:
            total |= needed(part, needs)
        return total
    common = -1
    for part in parts:
        common &= needed(part, needs)
    return common


def leaves(tree: Tree) -> Iterator[int]:
    """The numbers in a tree."""
    if isinstance(tree, int):
        yield tree
    else:
        for part in tree[1]:
            yield from leaves(part)
