"""What one task says and another does not, section by section."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from goalsmith.domains.canonical import CanonicalTask, canonical_lowered, write_metric
from goalsmith.domains.equivalence.completion import CompletedGoal
from goalsmith.domains.equivalence.refinement import alignment
from goalsmith.domains.equivalence.structures import structure
from goalsmith.domains.equivalence.verdict import Difference, Section
from goalsmith.domains.formula import Condition, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.normal_form import sort_key
from goalsmith.domains.renaming import renamed
from goalsmith.domains.writer import write_condition


def difference_of(section: Section, first: Iterable[str], second: Iterable[str]) -> Difference:
    """What only one of two has, in the order given."""
    one, two = list(first), list(second)
    in_one, in_two = set(one), set(two)
    return Difference(
        section,
        tuple(part for part in one if part not in in_two),
        tuple(part for part in two if part not in in_one),
    )


def stated_differences(one: CanonicalTask, two: CanonicalTask) -> list[Difference]:
    """The differences outside of domain and goal."""
    sections: list[tuple[Section, list[list[str]]]] = [
        ("objects", [[f"{o.name} - {'/'.join(o.types)}" for o in t.objects] for t in (one, two)]),
        ("init", [[str(a) for a in t.init] for t in (one, two)]),
        ("numbers", [[f"(= {term} {value})" for term, value in t.numbers] for t in (one, two)]),
        ("metric", [[write_metric(t.metric)] if t.metric else [] for t in (one, two)]),
    ]
    found = [difference_of(section, *sides) for section, sides in sections if sides[0] != sides[1]]
    return [d for d in found if d.only_first or d.only_second]


def differences_when_aligned(
    first: Task, one: CanonicalTask, two: CanonicalTask
) -> list[Difference]:
    """The differences outside of domain and goal, under two ways to pair the objects.

    `first` is the task whose canonical form is `one`. There is at least one difference unless the
    tasks are the same, goals left aside, under one of the pairings.
    """
    constants = frozenset(c.name for c in first.domain.constants)
    found = []
    for names in (_by_name(one, two), _by_looks(one, two, constants)):
        problem = renamed(first.problem, names)
        aligned = canonical_lowered(Task(first.domain, problem))
        found += stated_differences(aligned, two)
    return found


def _by_name(one: CanonicalTask, two: CanonicalTask) -> dict[str, str]:
    """A renaming that keeps the names that both have, and pairs the others by type."""
    objects = {o.name: o.types for o in one.objects}
    others = {o.name: o.types for o in two.objects}
    left = [name for name in others if name not in objects]
    names = {}
    for name, types in objects.items():
        match = next((n for n in left if others[n] == types), None)
        if name not in others and match is not None:
            left.remove(match)
            names[name] = match
    return names


def _by_looks(one: CanonicalTask, two: CanonicalTask, constants: frozenset[str]) -> dict[str, str]:
    """A renaming that pairs objects of which much the same is said, as far as there are any."""
    pairs = alignment(
        structure(one, constants, conjuncts(one.goal)),
        structure(two, constants, conjuncts(two.goal)),
    )
    names = {a: b for a, b in pairs.items() if isinstance(a, str) and isinstance(b, str)}
    taken = set(names.values())
    for each in one.objects:
        if each.name not in names and each.name in taken:
            # What has no partner must not keep a name that another has now.
            names[each.name] = f"{each.name}-of-the-first"
    return names


def goal_difference(
    first: Condition,
    second: Condition,
    completed: tuple[CompletedGoal | None, CompletedGoal | None],
) -> Difference:
    """The parts of each goal, as it was given, that do not follow from the other's.

    Where there are none, those of the completed goals that the other does not have.
    """
    implied = [c.literals | c.rest if c else frozenset() for c in completed]
    given = [list(conjuncts(goal)) for goal in (first, second)]
    only = [[part for part in given[side] if part not in implied[1 - side]] for side in (0, 1)]
    if not any(only):
        only = [sorted(implied[s] - implied[1 - s], key=sort_key) for s in (0, 1)]
    return difference_of("goal", *(map(write_condition, parts) for parts in only))


def size(difference: Difference | None) -> float:
    """How many things only one side has; without a difference, infinite."""
    if difference is None:
        return inf
    return len(difference.only_first) + len(difference.only_second)
