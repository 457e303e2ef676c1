"""Searches through relations that only grow: for which objects do all parts of a clause hold?

A clause is turned into a chain of functions over one list of names, a slot for each term. Each
looks up one atom by the places that are known by then, tests a part, or tries the objects of a
variable. The order is chosen beforehand, greedily: what is known first, then what is expected to
leave the fewest tuples.

What matters of a solution is only what follows from it. As soon as all variables of the heads are
known, a search goes on only if some head is new, and then no further than to the first solution
(the projections of Helmert, "Concise finite-domain representations for PDDL planning tasks",
Artificial Intelligence 173, 2009, section 6, serve the same end).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from operator import itemgetter

from goalsmith.domains.facts import Args
from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Equal,
    Exists,
    Forall,
    Not,
    Or,
    conjuncts,
    free_variables,
    negation,
)
from goalsmith.domains.growing_relations import Relations

Search = Callable[[list[str]], bool]
"""A search, given the names that are known by now; whether it is over. Tests are such too."""

Link = Callable[[Search], Search]
"""What a chain does at one place, given what comes after."""

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
    members: Callable[[tuple[str, ...]], frozenset[str]]
    compare: Callable[[Condition, Mapping[str, str]], bool]

    def heads(
        self, clause: Clause, add: Callable[[str, Args], None], seed: Atom | None = None
    ) -> Follow:
        """A function that adds all heads which are new, by the tuple that it is called with.

        The tuple is one of `seed`, an atom that the clause needs beside its parts; without a seed
        it is empty.
        """
        if not all(clause.members.values()):
            return lambda _: None
        return _Chain(self, clause).heads(add, seed or Atom(""))

    def solution(self, clause: Clause) -> dict[str, str] | None:
        """Objects for the variables under which the parts hold; None if there are none."""
        return _Chain(self, clause).solution() if all(clause.members.values()) else None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a clause, the terms that must be known to test it, and whether that is dear."""

    condition: Condition
    terms: frozenset[str]
    dear: bool = False


class _Chain:
    """One search in the making."""

    def __init__(self, searches: Searches, clause: Clause) -> None:
        self._searches = searches
        self._relations = searches.relations
        self._clause = clause
        self._members = dict(clause.members)
        self._slots: dict[str, int] = {}

    def heads(self, add: Callable[[str, Args], None], seed: Atom) -> Follow:
        heads = [
            (h.predicate, self._relations.tuples(h.predicate), self._picked(h.args))
            for h in self._clause.heads
        ]

        def new(search: Search) -> Search:
            """Goes on where a head is new, and adds the heads if that succeeds."""

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

        variables = {a for h in self._clause.heads for a in h.args if a.startswith("?")}
        search = self._search(self._clause.parts, set(seed.args), variables, new)
        # Where the seed's terms go, each once; an object or a term that is repeated must fit.
        outs = [
            (place, self._slot(term), self._members[term])
            for place, term in enumerate(seed.args)
            if term in self._members and seed.args.index(term) == place
        ]
        fits = self._picked(seed.args)
        names = self._names()

        def run(args: Args) -> None:
            for place, slot, allowed in outs:
                if args[place] not in allowed:
                    return
                names[slot] = args[place]
            if fits(names) == args:
                search(names)

        return run

    def solution(self) -> dict[str, str] | None:
        variables = sorted(self._members)
        search = self._search(self._clause.parts, set(), set(variables), lambda rest: rest)
        slots = {variable: self._slot(variable) for variable in variables}
        names = self._names()
        return {v: names[slot] for v, slot in slots.items()} if search(names) else None

    # The order

    def _search(
        self, parts: Iterable[Condition], known: set[str], wanted: Set[str], then: Link
    ) -> Search:
        """A search through parts; `then` comes in as soon as the wanted variables are known."""
        left: list[_Part] = []
        for part in parts:
            left += self._prepared(part, known)
        links: list[Link] = []
        waiting = True
        while True:
            ready = [p for p in left if p.terms <= known and not (waiting and p.dear)]
            if ready:
                left = [p for p in left if not (p.terms <= known and not (waiting and p.dear))]
                ready.sort(key=lambda p: p.dear)
                links.append(_tested([self._test(p.condition) for p in ready]))
            atoms = [p.condition for p in left if isinstance(p.condition, Atom)]
            if waiting and wanted <= known:
                waiting = False
                links.append(then)
            elif atoms:
                best = min(atoms, key=lambda atom: self._expected(atom, known))
                left = [p for p in left if p.condition is not best]
                links.append(self._looked_up(best, known))
                known.update(best.args)
            else:
                # Variables of which nothing is asked come last.
                asked = {term for p in left for term in p.terms} - known
                unknown = sorted(asked & wanted) or sorted(asked)
                if waiting and not unknown:
                    unknown = sorted(wanted - known)
                if not unknown:
                    break
                links.append(self._tried(unknown[0]))
                known.add(unknown[0])
        search: Search = _over
        for link in reversed(links):
            search = link(search)
        return search

    def _prepared(self, part: Condition, known: set[str]) -> Iterator[_Part]:
        """A part; an atom with a variable for each place, and which of them must be equal."""
        if not isinstance(part, Atom):
            yield _Part(part, free_variables(part), _is_dear(part))
            return
        args: list[str] = []
        for term in part.args:
            if term not in self._members:
                known.add(term)
            elif term in args and term not in known:
                other = f"{term} {len(self._members)} again"
                self._members[other] = self._members[term]
                yield _Part(Equal(term, other), frozenset((term, other)))
                args.append(other)
                continue
            args.append(term)
        yield _Part(Atom(part.predicate, tuple(args)), frozenset(args))

    def _expected(self, atom: Atom, known: Set[str]) -> float:
        """How many of an atom's tuples agree with the terms that are known, roughly."""
        most = 1.0
        for term in atom.args:
            if term not in known:
                most *= len(self._members[term])
        if atom.predicate in self._searches.growing:
            return most
        size = len(self._relations.tuples(atom.predicate))
        for place, term in enumerate(atom.args):
            if term in known:
                objects = len(self._relations.index(atom.predicate, (place,)))
                most = min(most, size / max(objects, 1))
        return min(most, size)

    # The links

    def _looked_up(self, atom: Atom, known: Set[str]) -> Link:
        spend = self._relations.spend
        fixed = tuple(p for p, term in enumerate(atom.args) if term in known)
        index = self._relations.index(atom.predicate, fixed)
        key = self._picked([atom.args[p] for p in fixed])
        outs = [
            (place, self._slot(term), self._members[term])
            for place, term in enumerate(atom.args)
            if term not in known
        ]

        def link(rest: Search) -> Search:
            def run(names: list[str]) -> bool:
                tuples = index.get(key(names))
                if tuples is None:
                    return False
                spend(len(tuples))
                for args in tuples:
                    for place, slot, allowed in outs:
                        name = args[place]
                        if name not in allowed:
                            break
                        names[slot] = name
                    else:
                        if rest(names):
                            return True
                return False

            return run

        return link

    def _tried(self, variable: str) -> Link:
        spend, slot, objects = self._relations.spend, self._slot(variable), self._members[variable]

        def link(rest: Search) -> Search:
            def run(names: list[str]) -> bool:
                spend(len(objects))
                for name in objects:
                    names[slot] = name
                    if rest(names):
                        return True
                return False

            return run

        return link

    def _test(self, condition: Condition) -> Search:
        """A test of a condition whose free variables are all known."""
        match condition:
            case Atom(relation, args):
                known, pick = self._relations.tuples(relation), self._picked(args)
                return lambda names: pick(names) in known
            case Equal(left, right):
                one, other = self._slot(left), self._slot(right)
                return lambda names: names[one] == names[other]
            case Not(Atom() | Equal() as part):
                test = self._test(part)
                return lambda names: not test(names)
            case And(parts):
                tests = [self._test(part) for part in parts]
                return lambda names: all(test(names) for test in tests)
            case Or(parts):
                tests = [self._test(part) for part in parts]
                return lambda names: any(test(names) for test in tests)
            case Exists(parameters, part):
                self._members |= {p.name: self._searches.members(p.types) for p in parameters}
                known_terms = set(free_variables(condition))
                wanted = {p.name for p in parameters}
                return self._search(conjuncts(part), known_terms, wanted, lambda rest: rest)
            case Forall(parameters, part):
                counterexample = self._test(Exists(parameters, negation(part)))
                return lambda names: not counterexample(names)
            case _:
                slots = {v: self._slot(v) for v in free_variables(condition)}
                compare = self._searches.compare
                return lambda names: compare(condition, {v: names[s] for v, s in slots.items()})

    # The slots

    def _slot(self, term: str) -> int:
        return self._slots.setdefault(term, len(self._slots))

    def _names(self) -> list[str]:
        """A name in each slot: objects stay, variables are written over."""
        return list(self._slots)

    def _picked(self, terms: Iterable[str]) -> Callable[[list[str]], Args]:
        """A function that takes the tuple of terms from the slots."""
        slots = [self._slot(term) for term in terms]
        if len(slots) == 1:
            only = slots[0]
            return lambda names: (names[only],)
        return itemgetter(*slots) if slots else lambda _: ()


def _tested(tests: list[Search]) -> Link:
    if len(tests) == 1:
        return lambda rest: lambda names: tests[0](names) and rest(names)

    def link(rest: Search) -> Search:
        def run(names: list[str]) -> bool:
            for test in tests:
                if not test(names):
                    return False
            return rest(names)

        return run

    return link


def _over(_: list[str]) -> bool:
    return True


def _is_dear(condition: Condition) -> bool:
    """Whether a test is itself a search, better put off until it matters."""
    match condition:
        case Exists() | Forall():
            return True
        case And(parts) | Or(parts):
            return any(map(_is_dear, parts))
        case _:
            return False
