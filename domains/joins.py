"""Joins made ready to be run many times: from a condition to loops over the atoms that can fit.

`Evaluator.matches` chooses the order of a join anew each time, by the facts at hand. Where the same
condition is asked at every step, as those of derived predicates are, the order is chosen once, when
the facts are first known, and each variable gets a fixed place in a list. What is left is one
function for each atom that binds variables, which calls the next one for each tuple that fits.
"""

from __future__ import annotations

from collections.abc import Callable

from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import Condition
from goalsmith.domains.join_order import Compiler
from goalsmith.domains.layout import Layout
from goalsmith.domains.stages import Op, collector, enough


class Query:
    """The instances of a condition that agree with a tuple: what it says of `head`, or whether any.

    Args:
        layout: the places of the condition's variables, of which no two quantifiers share a name.
        given: terms that the tuple's objects stand for; None where any object will do.
        condition: gives the condition, as `occurrences.apart` does, when it is first asked.
        head: the variables whose values are sought; None where it only matters whether any are.
    """

    def __init__(
        self,
        layout: Layout,
        given: tuple[str | None, ...],
        condition: Callable[[], Condition],
        head: tuple[str, ...] | None = None,
    ) -> None:
        self._layout = layout
        self._given = given
        self._condition = condition
        self._head = head
        self._find: Op | None = None
        self._fixed: tuple[tuple[int, int], ...] = ()
        self._bound: tuple[tuple[int, int, frozenset[str]], ...] = ()

    def heads(self, facts: Facts, args: Args = ()) -> set[Args]:
        """The values of the head in every instance that agrees with the tuple."""
        found: set[Args] = set()
        self._run(facts, args, found)
        return found

    def holds(self, facts: Facts, args: Args = ()) -> bool:
        """Whether any instance agrees with the tuple."""
        return self._run(facts, args, set())

    def _run(self, facts: Facts, args: Args, found: set[Args]) -> bool:
        find = self._find or self._compile(facts)
        values = self._layout.start.copy()
        for place, slot, members in self._bound:
            name = args[place]
            if name not in members:
                return False
            values[slot] = name
        for place, slot in self._fixed:
            if args[place] != values[slot]:
                return False
        return find(facts, values, found)

    def _compile(self, facts: Facts) -> Op:
        layout = self._layout
        fixed = []
        bound = []
        known: set[int] = set()
        for place, term in enumerate(self._given):
            if term is None:
                continue
            slot = layout.slot(term)
            if layout.is_variable(term) and slot not in known:
                known.add(slot)
                bound.append((place, slot, layout.members(slot)))
            else:
                fixed.append((place, slot))
        self._fixed = tuple(fixed)
        self._bound = tuple(bound)
        wanted = tuple([layout.slot(name) for name in self._head or ()])
        end = enough if self._head is None else collector(wanted)
        compiler = Compiler(layout, facts)
        self._find = compiler.chain([self._condition()], frozenset(known), wanted, end)
        return self._find
