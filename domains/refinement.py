"""Isomorphisms of relational structures, by colour refinement with individualisation.

A vertex's colour is refined by the labels of its edges and the colours of their other ends until
nothing changes (the one-dimensional Weisfeiler-Leman algorithm). Both structures are refined
together, so that colours mean the same in both; where a colour has more vertices in one than in
the other, there is no isomorphism. Where vertices still share a colour, one of the first structure
is paired with each of the second in turn (McKay and Piperno, "Practical graph isomorphism, II",
Journal of Symbolic Computation 60, 2014). When a colour class splits, its largest part keeps the
colour, and only neighbours of the other parts are looked at again (Hopcroft's idea).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from goalsmith.domains.completion import Effort

Vertex = Hashable


@dataclass(frozen=True, slots=True)
class Structure:
    """Vertices, each of a kind, and labelled edges: tuples of any number of vertices."""

    kinds: Mapping[Vertex, Hashable]
    edges: frozenset[tuple[Hashable, tuple[Vertex, ...]]]


def isomorphisms(
    first: Structure, second: Structure, effort: Effort
) -> Iterator[dict[Vertex, Vertex]]:
    """Every isomorphism, as the vertex of the second for each of the first.

    Raises:
        SpentError: finding the next took more individualisations than the effort allows.
    """
    if len(first.kinds) != len(second.kinds) or len(first.edges) != len(second.edges):
        return
    refiner = _Refiner(first, second)
    colours = refiner.start()
    if colours is not None:
        yield from refiner.search(colours, effort)


class _Refiner:
    """Refines the disjoint union of two structures; vertices are numbered, the first's first."""

    def __init__(self, first: Structure, second: Structure) -> None:
        self._first, self._second = first, second
        self._names = [*first.kinds, *second.kinds]
        self._half = len(first.kinds)
        labels: dict[Hashable, int] = {}
        self._loose: list[set[int]] = [set(), set()]
        self._edges: list[tuple[int, tuple[int, ...]]] = []
        self._incident: list[list[tuple[int, int]]] = [[] for _ in self._names]
        self._unary: list[set[int]] = [set() for _ in self._names]
        numbers = [
            {name: index for index, name in enumerate(first.kinds)},
            {name: index + self._half for index, name in enumerate(second.kinds)},
        ]
        for side, structure in enumerate((first, second)):
            for label, ends in structure.edges:
                number = labels.setdefault(label, len(labels))
                if not ends:
                    self._loose[side].add(number)
                elif len(ends) == 1:
                    self._unary[numbers[side][ends[0]]].add(number)
                else:
                    self._add_edge(number, tuple([numbers[side][end] for end in ends]))

    def _add_edge(self, label: int, ends: tuple[int, ...]) -> None:
        index = len(self._edges)
        self._edges.append((label, ends))
        for place, end in enumerate(ends):
            self._incident[end].append((index, place))

    def start(self) -> list[int] | None:
        """The stable colours; None if they show that there is no isomorphism."""
        if self._loose[0] != self._loose[1]:
            return None
        kinds: dict[Hashable, int] = {}
        colours = []
        for index, name in enumerate(self._names):
            kind = (self._first if index < self._half else self._second).kinds[name]
            colours.append(kinds.setdefault((kind, frozenset(self._unary[index])), len(kinds)))
        if sorted(colours[: self._half]) != sorted(colours[self._half :]):
            return None
        return colours if self._refine(colours, set(range(len(colours)))) else None

    def search(self, colours: list[int], effort: Effort) -> Iterator[dict[Vertex, Vertex]]:
        """The isomorphisms that respect stable colours."""
        classes: dict[int, list[int]] = {}
        for index, colour in enumerate(colours):
            classes.setdefault(colour, []).append(index)
        shared = [members for members in classes.values() if len(members) > 2]
        if not shared:
            mapping = {self._names[one]: self._names[other] for one, other in classes.values()}
            if self._respects_edges(mapping):
                yield mapping
            return
        members = min(shared, key=len)
        chosen, *_ = members
        for other in members[len(members) // 2 :]:
            effort.spend()
            child = list(colours)
            child[chosen] = child[other] = len(colours) + max(colours)
            if self._refine(child, self._neighbours((chosen, other))):
                yield from self.search(child, effort)

    def _respects_edges(self, mapping: Mapping[Vertex, Vertex]) -> bool:
        return all(
            (label, tuple([mapping[end] for end in ends])) in self._second.edges
            for label, ends in self._first.edges
        )

    def _neighbours(self, vertices: Sequence[int]) -> set[int]:
        return {
            end
            for vertex in vertices
            for edge, _ in self._incident[vertex]
            for end in self._edges[edge][1]
        }

    def _refine(self, colours: list[int], touched: set[int]) -> bool:
        """Makes colours stable, in place; False if a class differs in size between the two."""
        members: dict[int, list[int]] = {}
        for index, colour in enumerate(colours):
            members.setdefault(colour, []).append(index)
        fresh = max(colours, default=0) + 1
        while touched:
            by_class: dict[int, list[int]] = {}
            for vertex in touched:
                colour = colours[vertex]
                if len(members[colour]) > 1:
                    by_class.setdefault(colour, []).append(vertex)
            changed: list[int] = []
            splits = []
            for colour, vertices in by_class.items():
                parts: dict[Hashable, list[int]] = {}
                for vertex in vertices:
                    parts.setdefault(self._signature(vertex, colours), []).append(vertex)
                untouched = len(members[colour]) - len(vertices)
                if untouched or len(parts) > 1:
                    splits.append((colour, list(parts.values()), vertices, untouched))
            for colour, parts_found, vertices, untouched in splits:
                groups = parts_found
                if untouched:
                    moved = set(vertices)
                    groups = [*groups, [v for v in members[colour] if v not in moved]]
                if any(2 * sum(v < self._half for v in g) != len(g) for g in groups):
                    return False
                largest = max(groups, key=len)
                members[colour] = largest
                for group in groups:
                    if group is not largest:
                        members[fresh] = group
                        for vertex in group:
                            colours[vertex] = fresh
                        changed += group
                        fresh += 1
            touched = self._neighbours(changed)
        return True

    def _signature(self, vertex: int, colours: list[int]) -> Hashable:
        """What a vertex sees: the labels of its edges, its place in them, their ends' colours."""
        seen = []
        for index, place in self._incident[vertex]:
            label, ends = self._edges[index]
            seen.append((label, place, tuple([colours[end] for end in ends])))
        seen.sort()
        return tuple(seen)
