"""The rules of derived predicates in the groups that must be completed together.

Predicates that use each other, directly or not, form a group: a strongly connected component of the
graph of uses (Tarjan, SIAM Journal on Computing 1, 1972). Groups come after those that they use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from goalsmith.domains.language import DerivedRule
from goalsmith.domains.stratify import strata, used_predicates


def components(rules: tuple[DerivedRule, ...]) -> tuple[tuple[DerivedRule, ...], ...]:
    """The rules in groups, each after those that it uses.

    Raises:
        ValueError: a predicate depends on its own negation.
    """
    strata(rules)
    of: dict[str, list[DerivedRule]] = {}
    for rule in rules:
        of.setdefault(rule.predicate, []).append(rule)
    uses = {
        head: [used for rule in own for used, _ in used_predicates(rule.condition) if used in of]
        for head, own in of.items()
    }
    return tuple(
        tuple([rule for head in sorted(group) for rule in of[head]]) for group in _connected(uses)
    )


def _connected(uses: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected components of a graph, each after all that it leads to."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in uses:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        open_[root] = None
        path = [(root, iter(uses[root]))]
        while path:
            head, successors = path[-1]
            for used in successors:
                if used not in number:
                    number[used] = lowest[used] = len(number)
                    open_[used] = None
                    path.append((used, iter(uses[used])))
                    break
                if used in open_:
                    lowest[head] = min(lowest[head], number[used])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[head])
                if lowest[head] == number[head]:
                    group: list[str] = []
                    while not group or group[-1] != head:
                        group.append(open_.popitem()[0])
                    yield group
