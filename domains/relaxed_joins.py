"""Searches through relations that only grow: for which objects do all parts of a clause hold?

What matters of a solution is only what follows from it. As soon as all variables of the heads are
known, a search goes on only if some head is new, and then no further than to the first solution
(the projections of Helmert, "Concise finite-domain representations for PDDL planning tasks",
Artificial Intelligence 173, 2009, section 6, serve the same end).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from goalsmith.domains.facts import Args
from goalsmith.domains.formula import Atom, Condition
from goalsmith.domains.growing_relations import Relations
from goalsmith.domains.relaxed_links import Chain, Compare, Link, Members, Search
from goalsmith.domains.relaxed_order import Order

Follow = Callable[[Args], None]
"""Adds what is new by a clause, given a tuple of the atom that it is seeded with."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Heads that follow where all parts hold, for any choice of objects for the variables.

    `members` has the objects that each variable may stand for. No quantifier in the parts binds a
    name that is bound elsewhere.
    """

    heads: tuple[Atom, ...]
    parts: tuple[Condition, ...]
    members: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Searches:
    """Makes clauses ready to be searched.

    `growing` are the relations on whose present size nothing should rest. `members` gives the
    objects of the types of a quantified variable; `compare` evaluates a comparison of numbers.
    """

    relations: Relations
    growing: Set[str]
    members: Members
    compare: Compare

    def heads(
        self, clause: Clause, add: Callable[[str, Args], None], seed: Atom | None = None
    ) -> Follow:
        """A function that adds all heads which are new, by the tuple that it is called with.

        The tuple is one of `seed`, an atom that the clause needs beside its parts; without a seed
        it is empty.
        """
        if not all(clause.members.values()):
            return lambda _: None
        terms = seed.args if seed else ()
        chain = self._chain(clause)
        then = self._if_new(clause, chain, add)
        variables = {a for h in clause.heads for a in h.args if a.startswith("?")}
        search = chain.search(clause.parts, set(terms), variables, then)
        # Where the seed's terms go, each once; an object or a term that is repeated must fit.
        outs = [
            (place, chain.slot(term), clause.members[term])
            for place, term in enumerate(terms)
            if term in clause.members and terms.index(term) == place
        ]
        fits = chain.picked(terms)
        names = chain.names()

        def follow(args: Args) -> None:
            for place, slot, allowed in outs:
                if args[place] not in allowed:
                    return
                names[slot] = args[place]
            if fits(names) == args:
                search(names)

        return follow

    def solution(self, clause: Clause) -> dict[str, str] | None:
        """Objects for the variables under which the parts hold; None if there are none."""
        if not all(clause.members.values()):
            return None
        chain = self._chain(clause)
        search = chain.search(clause.parts, set(), clause.members.keys(), lambda rest: rest)
        slots = {variable: chain.slot(variable) for variable in sorted(clause.members)}
        names = chain.names()
        return {v: names[slot] for v, slot in slots.items()} if search(names) else None

    def _chain(self, clause: Clause) -> Chain:
        order = Order(self.relations, self.growing, dict(clause.members))
        return Chain(self.relations, order, self.members, self.compare)

    def _if_new(self, clause: Clause, chain: Chain, add: Callable[[str, Args], None]) -> Link:
        """Goes on where a head is new, and adds the heads if that succeeds."""
        heads = [
            (h.predicate, self.relations.tuples(h.predicate), chain.picked(h.args))
            for h in clause.heads
        ]

        def link(search: Search) -> Search:
            def run(names: list[str]) -> bool:
                for _, known, pick in heads:
                    if pick(names) not in known:
                        break
                else:
                    return False
                if search(names):
                    for relation, _, pick in heads:
                        add(relation, pick(names))
                return False

            return run

        return link
