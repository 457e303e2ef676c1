"""A canonical task as a relational structure: what renaming its objects leaves as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable

from goalsmith.domains.canonical import CanonicalTask, write_metric
from goalsmith.domains.equivalence.refinement import Structure, Vertex
from goalsmith.domains.formula import And, Atom, Compare, Condition, Exists, Forall, Not, Or
from goalsmith.domains.writer import write_condition

_TOKEN = re.compile(r"[^\s()]+")


def structure(
    task: CanonicalTask, constants: Collection[str], goal: Iterable[Condition]
) -> Structure:
    """The structure of a task with these parts in the place of its goal.

    Vertices are the objects and the inner parts of the goal; edges are the initial atoms and
    numbers, the goal's literals, and which part belongs to which. Structures that are isomorphic
    say the same up to renaming. The reverse holds unless a comparison of numbers, a quantifier or
    a metric names objects, since the order of their parts may depend on the names.
    """
    builder = _Builder(task, constants)
    for part in goal:
        builder.add_part(part, ())
    return Structure(builder.kinds, frozenset(builder.edges))


def is_rough(condition: Condition) -> bool:
    """Whether a condition has parts of which isomorphism may not see that they are the same."""
    match condition:
        case And(parts) | Or(parts):
            return any(map(is_rough, parts))
        case Not(part):
            return is_rough(part)
        case _:
            return isinstance(condition, Compare | Forall | Exists)


def names_objects_in_metric(task: CanonicalTask) -> bool:
    """Whether a task's metric names objects."""
    if task.metric is None:
        return False
    objects = {o.name for o in task.objects}
    return any(word in objects for word in _TOKEN.findall(write_metric(task.metric)))


class _Builder:
    def __init__(self, task: CanonicalTask, constants: Collection[str]) -> None:
        self._objects = {o.name for o in task.objects}
        self.kinds: dict[Vertex, Hashable] = {
            o.name: (o.types, o.name if o.name in constants else None) for o in task.objects
        }
        self.edges: set[tuple[Hashable, tuple[Vertex, ...]]] = set()
        for atom in task.init:
            self.edges.add((("init", atom.predicate), atom.args))
        for term, value in task.numbers:
            self.edges.add((("number", term.function, value), term.args))
        if task.metric is not None:
            self._add_text("metric", write_metric(task.metric), ())

    def add_part(self, part: Condition, parent: tuple[Vertex, ...]) -> None:
        """Adds a part of the goal; `parent` holds the vertex of the part that it belongs to."""
        match part:
            case Atom(predicate, args):
                self.edges.add((("goal", predicate, len(parent)), (*parent, *args)))
            case Not(Atom(predicate, args)):
                self.edges.add((("goal not", predicate, len(parent)), (*parent, *args)))
            case And(parts) | Or(parts):
                vertex = ("part", len(self.kinds))
                self.kinds[vertex] = isinstance(part, And)
                self.edges.add((("belongs to", len(parent)), (vertex, *parent)))
                for each in parts:
                    self.add_part(each, (vertex,))
            case _:
                self._add_text("goal", write_condition(part), parent)

    def _add_text(self, kind: str, text: str, parent: tuple[Vertex, ...]) -> None:
        """Adds an edge between the objects that a text names, with the rest as its label."""
        named: list[str] = []

        def placeholder(match: re.Match[str]) -> str:
            word = match[0]
            if word not in self._objects:
                return word
            named.append(word)
            return "#"

        label = _TOKEN.sub(placeholder, text)
        self.edges.add(((kind, label, len(parent)), (*parent, *named)))
