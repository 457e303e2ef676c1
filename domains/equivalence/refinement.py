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

from goalsmith.domains.effort import Effort

Vertex = Hashable

ALIGNMENT_ROUNDS = 4
"""Rounds of refinement by which vertices are said to look alike."""


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


def alignment(first: Structure, second: Structure) -> dict[Vertex, Vertex]:
    """Vertices of two structures that look alike, paired: those that agree in most rounds first.

    Only vertices of the same kind are paired. Not an isomorphism in general: it is for showing
    where structures that are not isomorphic differ.
    """
    sides = (first, second)
    colours = [dict(side.kinds) for side in sides]
    rounds = [colours]
    for _ in range(ALIGNMENT_ROUNDS):
        numbers: dict[Hashable, int] = {}
        following: list[dict[Vertex, Hashable]] = []
        for side, known in zip(sides, colours, strict=True):
            seen: dict[Vertex, list[int]] = {vertex: [] for vertex in side.kinds}
            for label, ends in side.edges:
                view = (label, tuple([known[end] for end in ends]))
                for place, end in enumerate(ends):
                    seen[end].append(numbers.setdefault((view, place), len(numbers)))
            following.append({v: (known[v], tuple(sorted(seen[v]))) for v in side.kinds})
        names: dict[Hashable, int] = {}
        colours = [{v: names.setdefault(c, len(names)) for v, c in f.items()} for f in following]
        rounds.append(colours)
    pairs: dict[Vertex, Vertex] = {}
    taken: set[Vertex] = set()
    for one, other in reversed(rounds):
        free: dict[Hashable, list[Vertex]] = {}
        for vertex, colour in other.items():
            if vertex not in taken:
                free.setdefault(colour, []).append(vertex)
        for vertex, colour in one.items():
            if vertex not in pairs and free.get(colour):
                pairs[vertex] = free[colour].pop(0)
                taken.add(pairs[vertex])
    return pairs


class _Colouring:
    """The colour of each vertex, and the vertices of each colour. Lists of these never change."""

    def __init__(self, colours: list[int], classes: dict[int, list[int]]) -> None:
        self.colours = colours
        self.classes = classes

    def individualised(self, one: int, other: int) -> _Colouring:
        """The colouring in which two vertices of one colour have a colour of their own."""
        child = _Colouring(list(self.colours), dict(self.classes))
        colour = self.colours[one]
        rest = [v for v in self.classes[colour] if v not in (one, other)]
        child.split(colour, [rest, [one, other]])
        return child

    def split(self, colour: int, groups: list[list[int]]) -> list[int]:
        """Gives all parts of a class but the largest new colours; their vertices."""
        largest = max(groups, key=len)
        changed = []
        self.classes[colour] = largest
        for group in groups:
            if group is not largest:
                # Colours are numbered without gaps, and none is ever given up.
                fresh = len(self.classes)
                self.classes[fresh] = group
                for vertex in group:
                    self.colours[vertex] = fresh
                changed += group
        return changed


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

    def start(self) -> _Colouring | None:
        """The stable colouring; None if it shows that there is no isomorphism."""
        if self._loose[0] != self._loose[1]:
            return None
        kinds: dict[Hashable, int] = {}
        colours = []
        classes: dict[int, list[int]] = {}
        for index, name in enumerate(self._names):
            kind = (self._first if index < self._half else self._second).kinds[name]
            colour = kinds.setdefault((kind, frozenset(self._unary[index])), len(kinds))
            colours.append(colour)
            classes.setdefault(colour, []).append(index)
        if not all(self._balanced(members) for members in classes.values()):
            return None
        colouring = _Colouring(colours, classes)
        return colouring if self._refine(colouring, set(range(len(colours)))) else None

    def search(self, colouring: _Colouring, effort: Effort) -> Iterator[dict[Vertex, Vertex]]:
        """The isomorphisms that respect a stable colouring."""
        shared = [members for members in colouring.classes.values() if len(members) > 2]
        if not shared:
            pairs = map(sorted, colouring.classes.values())
            mapping = {self._names[one]: self._names[other] for one, other in pairs}
            if self._respects_edges(mapping):
                yield mapping
            return
        shared.sort(key=len)
        members = sorted(shared[0])
        chosen = members[0]
        for other in members[len(members) // 2 :]:
            effort.spend()
            child = colouring.individualised(chosen, other)
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

    def _balanced(self, members: Sequence[int]) -> bool:
        """Whether as many vertices are of the first structure as of the second."""
        return 2 * sum(vertex < self._half for vertex in members) == len(members)

    def _refine(self, colouring: _Colouring, touched: set[int]) -> bool:
        """Makes a colouring stable, in place; False if a class is not balanced.

        `touched` holds the vertices that may see something else than others of their class.
        """
        colours, classes = colouring.colours, colouring.classes
        while touched:
            by_class: dict[int, list[int]] = {}
            for vertex in touched:
                if len(classes[colours[vertex]]) > 1:
                    by_class.setdefault(colours[vertex], []).append(vertex)
            splits = []
            for colour, vertices in by_class.items():
                parts: dict[Hashable, list[int]] = {}
                for vertex in vertices:
                    parts.setdefault(self._signature(vertex, colours), []).append(vertex)
                if len(vertices) < len(classes[colour]):
                    moved = set(vertices)
                    parts[None] = [v for v in classes[colour] if v not in moved]
                if len(parts) > 1:
                    splits.append((colour, list(parts.values())))
            changed: list[int] = []
            for colour, groups in splits:
                if not all(map(self._balanced, groups)):
                    return False
                changed += colouring.split(colour, groups)
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
