"""What one task says and another does not, section by section."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from goalsmith.domains.canonical import CanonicalTask, write_metric
from goalsmith.domains.completion import CompletedGoal
from goalsmith.domains.formula import Condition, conjuncts
from goalsmith.domains.normal_form import sort_key
from goalsmith.domains.verdict import Difference, Section
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
