"""The order in which a join goes through the parts of a condition.

Tests come first, then the atom that leaves the least choice by the sizes of the relations at hand.
Parts that share no open variable with what is sought, nor with each other, are tested one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    And,
    Atom,
    Compare,
    Condition,
    Equal,
    Exists,
    Forall,
    Imply,
    Not,
    Or,
    conjuncts,
    free_variables,
)
from goalsmith.domains.layout import Layout
from goalsmith.domains.stages import (
    Op,
    Values,
    assign,
    each,
    enough,
    every,
    never,
    opposite,
    picker,
    scan,
    some,
)


class Compiler:
    """Turns conditions into stages, in an order that suits given facts."""

    def __init__(self, layout: Layout, facts: Facts) -> None:
        self._layout = layout
        self._facts = facts

    def chain(
        self,
        parts: Iterable[Condition],
        bound: frozenset[int],
        wanted: tuple[int, ...],
        then: Op,
    ) -> Op:
        """Stages that call `then` for each way to bind what is wanted so that all parts hold."""
        tests = []
        waiting = []
        free = self._layout.free
        for part in _flat(parts):
            if free(part) <= bound:
                tests.append(self._test(part, bound))
            else:
                waiting.append(part)
        needed, others = self._apart(waiting, bound, wanted)
        tests += [self._bind(each, bound, (), enough) for each in others]
        run = self._bind(needed, bound, wanted, then)
        if run is enough and tests:
            run = tests.pop()
        if not tests:
            return run
        if len(tests) == 1:
            only = tests[0]
            return lambda facts, values, found: (
                only(facts, values, found) and run(facts, values, found)
            )

        def tested(facts: Facts, values: Values, found: set[Args]) -> bool:
            for test in tests:
                if not test(facts, values, found):
                    return False
            return run(facts, values, found)

        return tested

    def _apart(
        self, parts: list[Condition], bound: frozenset[int], wanted: tuple[int, ...]
    ) -> tuple[list[Condition], list[list[Condition]]]:
        """The parts that bind what is wanted, and groups of others that share no open variable.

        Of the latter one way to hold is as good as many, so that each is a test of its own.
        """
        if not parts:
            return [], []
        groups: list[tuple[frozenset[int], list[Condition]]] = [(frozenset(wanted) - bound, [])]
        for part in parts:
            shared = self._layout.free(part) - bound
            joined = [part]
            separate = []
            for slots, members in groups[1:]:
                if slots.isdisjoint(shared):
                    separate.append((slots, members))
                else:
                    shared |= slots
                    joined = members + joined
            if groups[0][0].isdisjoint(shared):
                groups[1:] = [*separate, (shared, joined)]
            else:
                groups = [(groups[0][0] | shared, groups[0][1] + joined), *separate]
        return groups[0][1], [members for _, members in groups[1:]]

    def _bind(
        self, parts: list[Condition], bound: frozenset[int], wanted: tuple[int, ...], then: Op
    ) -> Op:
        """Stages for parts that all have open variables."""
        layout = self._layout
        best = self._best(parts, bound)
        if best is not None:
            rest = [part for part in parts if part is not best]
            after = bound | layout.free(best)
            following = self.chain(rest, after, wanted, then)
            match best:
                case Atom():
                    return self._scan(best, bound, following)
                case Equal():
                    return self._assign(best, bound, following)
                case Or(alternatives):
                    opened = tuple(layout.free(best) - bound)
                    ways = [self.chain([a], bound, opened, following) for a in alternatives]
                    return some(ways)
                case Exists(parameters, part):
                    slots = layout.declare(parameters)
                    if any(s not in bound and not layout.members(s) for s in slots):
                        return never
                    return self.chain([part, *rest], bound, wanted, then)
        free = (s for part in parts for s in layout.free(part))
        opened = tuple([s for s in (*free, *wanted) if s not in bound])
        if not opened:
            return then
        return each(
            opened[0],
            layout.members(opened[0]),
            self.chain(parts, bound | {opened[0]}, wanted, then),
        )

    def _best(self, parts: list[Condition], bound: frozenset[int]) -> Condition | None:
        """The part to bind variables by: an equality, else the atom that leaves the least choice.

        Failing these, a disjunction of which every part selects, or what is quantified.
        """
        if len(parts) == 1 and isinstance(parts[0], Atom):
            return parts[0]
        best: Condition | None = None
        least = 0.0
        for part in parts:
            if isinstance(part, Equal) and part.left != part.right:
                if len(self._layout.free(part) - bound) == 1:
                    return part
            elif isinstance(part, Atom):
                size = self._estimate(part, bound)
                if best is None or size < least:
                    best, least = part, size
        if best is not None:
            return best
        for part in parts:
            if isinstance(part, Exists) or (isinstance(part, Or) and self._selects(part, bound)):
                return part
        return None

    def _estimate(self, atom: Atom, bound: frozenset[int]) -> float:
        """How many tuples the best index leaves, on average."""
        relation = self._facts.relation(atom.predicate)
        # What is empty now may fill: derived predicates are at first.
        size = len(relation) or len(self._layout.evaluator.members(("object",)))
        sizes = [size / self._distinct(atom, place) for place in self._fixed_places(atom, bound)]
        return min(sizes, default=float(size))

    def _distinct(self, atom: Atom, place: int) -> int:
        """How many different objects a predicate's tuples have in a place; at least 1."""
        return self._facts.distinct(atom.predicate, place) or 1

    def _fixed_places(self, atom: Atom, bound: frozenset[int]) -> list[int]:
        """The places of an atom whose object is known when it is looked up."""
        layout = self._layout
        return [
            place
            for place, term in enumerate(atom.args)
            if not layout.is_variable(term) or layout.slot(term) in bound
        ]

    def _selects(self, part: Condition, bound: frozenset[int]) -> bool:
        """Whether a part binds its variables by atoms; what only excludes is tested later."""
        match part:
            case Atom() | Equal():
                return True
            case And(parts):
                return any(self._selects(p, bound) for p in parts) or not parts
            case Or(parts):
                return all(self._selects(p, bound) for p in parts)
            case Exists(_, inner):
                return self._selects(inner, bound)
            case _:
                return self._layout.free(part) <= bound

    # Stages that bind

    def _scan(self, atom: Atom, bound: frozenset[int], then: Op) -> Op:
        """A loop over the tuples of an atom's predicate that agree with what is bound."""
        layout = self._layout
        predicate = atom.predicate
        slots = [layout.slot(term) for term in atom.args]
        fixed = self._fixed_places(atom, bound)
        best = fixed[0] if fixed else None
        if len(fixed) > 1:
            best = max(fixed, key=lambda place: self._distinct(atom, place))
        key = slots[best or 0]
        opened: dict[int, int] = {}
        same: list[tuple[int, int]] = []
        for place, slot in enumerate(slots):
            if place in fixed:
                if place != best:
                    same.append((place, slot))
            elif slot in opened:
                same.append((place, slot))
            else:
                opened[slot] = place
        new = [(place, slot, layout.members(slot)) for slot, place in opened.items()]
        return scan(predicate, best, key, tuple(new), tuple(same), then)

    def _assign(self, equal: Equal, bound: frozenset[int], then: Op) -> Op:
        """An open variable takes the value that it must equal."""
        layout = self._layout
        target, source = layout.slot(equal.left), layout.slot(equal.right)
        if not layout.is_variable(equal.left) or target in bound:
            target, source = source, target
        return assign(target, source, layout.members(target), then)

    # Tests, whose variables are all bound

    def _test(self, condition: Condition, bound: frozenset[int]) -> Op:
        layout = self._layout
        match condition:
            case Atom(predicate, args):
                pick = picker(tuple([layout.slot(a) for a in args]))
                return lambda facts, values, _: facts.holds(predicate, pick(values))
            case Not(part):
                return opposite(self._test(part, bound))
            case Equal(left, right):
                one, other = layout.slot(left), layout.slot(right)
                return lambda _, values, __: values[one] == values[other]
            case And(parts):
                return every([self._test(p, bound) for p in parts])
            case Or(parts):
                return some([self._test(p, bound) for p in parts])
            case Exists(parameters, part):
                slots = layout.declare(parameters)
                if any(s not in bound and not layout.members(s) for s in slots):
                    return never
                return self.chain([part], bound, (), enough)
            case Compare():
                holds = layout.evaluator.holds
                names = sorted(free_variables(condition))
                places = [layout.slot(name) for name in names]
                return lambda facts, values, _: holds(
                    facts, condition, {n: values[p] for n, p in zip(names, places, strict=True)}
                )
            case Imply() | Forall():
                raise ValueError(f"not prepared for joins: {condition}")


def _flat(parts: Iterable[Condition]) -> Iterator[Condition]:
    for part in parts:
        yield from conjuncts(part)
