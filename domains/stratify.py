"""The order in which derived predicates can be computed: their strata.

A derived predicate that another one uses negated must be complete before that one is computed; if
it depends on its own negation, the rules have no meaning (Thiébaux, Hoffmann and Nebel, "In defense
of PDDL axioms", Artificial Intelligence 168, 2005).
"""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.formula import And, Atom, Condition, Exists, Forall, Imply, Not, Or
from goalsmith.domains.language import DerivedRule


def negative_cycle(rules: tuple[DerivedRule, ...]) -> str | None:
    """A derived predicate that depends on its own negation, if there is one."""
    if not isinstance(_levels(rules), str):
        return None
    uses: dict[str, list[str]] = {}
    negative: list[tuple[str, str]] = []
    for rule in rules:
        for used, negated in used_predicates(rule.condition):
            uses.setdefault(rule.predicate, []).append(used)
            if negated:
                negative.append((rule.predicate, used))
    return next(head for head, used in negative if head in _reachable(used, uses))


def _reachable(start: str, uses: dict[str, list[str]]) -> set[str]:
    """The predicate itself and all that it uses, directly or not."""
    seen = {start}
    waiting = [start]
    while waiting:
        for used in uses.get(waiting.pop(), ()):
            if used not in seen:
                seen.add(used)
                waiting.append(used)
    return seen


def strata(rules: tuple[DerivedRule, ...]) -> tuple[tuple[DerivedRule, ...], ...]:
    """The rules in groups to be computed one after the other.

    Raises:
        ValueError: a predicate depends on its own negation.
    """
    levels = _levels(rules)
    if isinstance(levels, str):
        raise ValueError(f"`{levels}` depends on its own negation")
    groups: dict[int, list[DerivedRule]] = {}
    for rule in rules:
        groups.setdefault(levels[rule.predicate], []).append(rule)
    return tuple(tuple(groups[level]) for level in sorted(groups))


def _levels(rules: tuple[DerivedRule, ...]) -> dict[str, int] | str:
    """Each derived predicate's level; or a predicate for which there is none.

    Such a predicate depends on one that depends on its own negation.
    """
    levels = {rule.predicate: 0 for rule in rules}
    uses = {
        (rule.predicate, used, negated)
        for rule in rules
        for used, negated in used_predicates(rule.condition)
        if used in levels
    }
    changed = True
    while changed:
        changed = False
        for head, used, negated in uses:
            least = levels[used] + negated
            if levels[head] < least:
                levels[head] = least
                changed = True
                if least > len(levels):
                    return head
    return levels


def used_predicates(condition: Condition, negated: bool = False) -> Iterator[tuple[str, bool]]:
    """Each predicate that a condition uses, and whether under a negation."""
    match condition:
        case Atom(predicate):
            yield predicate, negated
        case Not(part):
            yield from used_predicates(part, not negated)
        case And(parts) | Or(parts):
            for part in parts:
                yield from used_predicates(part, negated)
        case Forall(_, part) | Exists(_, part):
            yield from used_predicates(part, negated)
        case Imply(premise, conclusion):
            yield from used_predicates(premise, not negated)
            yield from used_predicates(conclusion, negated)
