"""What could become true if nothing ever became false: delete-relaxed reachability.

An atom is relaxed reachable if it holds initially, or some action whose precondition is relaxed
reachable adds it (Bonet and Geffner, "Planning as heuristic search", Artificial Intelligence 129,
2001). Whatever is not relaxed reachable is not reachable at all; the converse does not hold.

The rules are followed semi-naively: after the first time, a rule is only looked at together with
an atom that is new (Ullman, Principles of Database and Knowledge-Base Systems, volume 1, 1988).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from itertools import combinations

from goalsmith.domains.effort import SpentError
from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    And,
    Atom,
    Condition,
    Equal,
    FunctionTerm,
    Not,
    Parameter,
)
from goalsmith.domains.growing_relations import Relations
from goalsmith.domains.language import Action, Task, TypeHierarchy
from goalsmith.domains.relaxed_clauses import alternatives, clauses, seeds
from goalsmith.domains.relaxed_joins import Clause, Follow, Searches
from goalsmith.domains.relaxed_rules import Relaxation, applied

BUDGET = 10_000_000
"""Tuples looked at by joins at most: some ten seconds."""

_VALUED = " (valued)"
"""Added to a function's name for the objects of which it has a value."""


class Reachability:
    """What is relaxed reachable in a task.

    `complete` says whether all was computed within the budget; if not, nothing may be concluded
    from what is missing.
    """

    def __init__(self, task: Task, budget: int = BUDGET) -> None:
        self.task = task
        self._relaxation = Relaxation(task)
        self._evaluator = Evaluator(TypeHierarchy(task.domain, task.objects))
        self._numbers = Facts((), task.problem.numbers)
        self._relations = Relations(budget)
        for fact in self._relaxation.facts():
            self._relations.add(fact.predicate, fact.args)
        for term, _ in task.problem.numbers:
            self._relations.add(term.function + _VALUED, term.args)
        self._members = self._evaluator.members
        found = clauses(self._relaxation.rules(), self._members)
        growing = frozenset(head.predicate for clause in found for head in clause.heads)
        self._searches = Searches(self._relations, growing, self._members, self._compare)
        self._new: deque[tuple[str, Args]] = deque()
        self.complete = True
        try:
            self._run(found)
        except SpentError:
            self.complete = False

    def applicable(self, action: str) -> bool:
        """Whether an action may become applicable."""
        return self.reachable(applied(action))

    def reachable(self, atom: Atom) -> bool:
        """Whether a ground atom may become true."""
        return atom.args in self._relations.tuples(atom.predicate)

    def possible(self, condition: Condition, parameters: tuple[Parameter, ...] = ()) -> bool | None:
        """Whether a condition may come to hold for some choice of objects.

        None where the budget was spent before it was known.
        """
        if not self.complete:
            return None
        try:
            return self._solution(self._relaxation.relaxed(condition), parameters) is not None
        except SpentError:
            self.complete = False
            return None

    def without_number(self, action: Action, term: FunctionTerm) -> FunctionTerm | None:
        """A number without initial value that a term of an action may come to stand for.

        The term's variables must be the action's parameters. Numbers of an object and itself, such
        as the distance from a place to the same place, are often left out, and not looked for.
        """
        if not self.complete:
            return None
        apart = (Not(Equal(a, b)) for a, b in combinations(term.args, 2) if a != b)
        missing = Not(Atom(term.function + _VALUED, term.args))
        condition = And((self._relaxation.relaxed(action.precondition), missing, *apart))
        try:
            found = self._solution(condition, action.parameters)
        except SpentError:
            self.complete = False
            return None
        if found is None:
            return None
        return FunctionTerm(term.function, tuple([found.get(a, a) for a in term.args]))

    def _solution(
        self, condition: Condition, parameters: tuple[Parameter, ...]
    ) -> dict[str, str] | None:
        for clause in alternatives(condition, parameters, self._members):
            found = self._searches.solution(clause)
            if found is not None:
                return found
        return None

    def _compare(self, condition: Condition, names: Mapping[str, str]) -> bool:
        """Whether a comparison of numbers that never change holds."""
        return self._evaluator.holds(self._numbers, condition, names)

    # The fixpoint

    def _run(self, found: tuple[Clause, ...]) -> None:
        # By relation: what follows from a new tuple, and which clauses must be read again.
        follow: dict[str, list[Follow]] = defaultdict(list)
        again: dict[str, set[int]] = defaultdict(set)
        for number, clause in enumerate(found):
            for seed, rest in seeds(clause, self._searches.growing, self._members):
                if rest is None:
                    again[seed.predicate].add(number)
                else:
                    follow[seed.predicate].append(self._lazily(rest, seed))
        whole = [self._lazily(clause) for clause in found]
        waiting = set(range(len(found)))
        while waiting:
            for number in sorted(waiting):
                whole[number](())
            waiting = set()
            while self._new:
                relation, args = self._new.popleft()
                for each in follow.get(relation, ()):
                    each(args)
                waiting |= again.get(relation, set())

    def _add(self, relation: str, args: Args) -> None:
        if self._relations.add(relation, args):
            self._new.append((relation, args))

    def _lazily(self, clause: Clause, seed: Atom | None = None) -> Follow:
        """What `Searches.heads` gives, compiled when it is first called: many are never."""
        made: list[Follow] = []

        def follow(args: Args) -> None:
            if not made:
                made.append(self._searches.heads(clause, self._add, seed))
            made[0](args)

        return follow
