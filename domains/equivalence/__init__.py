"""When two problems over one domain say the same.

Two tasks are equal if their domains, objects, initial states, initial numbers and metrics are, in
canonical form, and the same reachable states meet their goals. They are equal up to renaming if
some renaming of the problems' objects makes them equal; the domain's constants keep their names.

What is guaranteed:

- EQUAL and EQUAL_UP_TO_RENAMING are proofs: the canonical forms are the same, or the goals are
  after they are completed by laws that hold in every reachable state (mutex groups, relations
  without cycles, static atoms; see `laws`), or no admissible state meets just one of them, or all
  reachable states were looked at. Two goals that no reachable state meets are equal.
- DIFFERENT is a proof where the ground is STATED (something else than the goals differs) or
  REACHED (a reachable state, which is given, meets just one goal). Where the ground is IMPLIED, an
  admissible state, one that obeys all laws found, meets just one goal, but was not shown to be
  reachable; or, up to renaming, the completed goals cannot be mapped to each other. That is right
  wherever the laws are complete, as they are for the usual forms of blocksworld and gripper. With
  `strict`, UNKNOWN is answered instead. In a task with few atoms it hardly occurs: its reachable
  states are searched.
- UNKNOWN means that the budget was spent, or that goals with numbers, derived atoms or quantifiers
  too large to expand differ in form and no state was found that tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import prod
from time import monotonic

from goalsmith.domains.canonical import CanonicalTask, canonical_lowered
from goalsmith.domains.effort import Effort, SpentError
from goalsmith.domains.equivalence.completion import Completer
from goalsmith.domains.equivalence.differences import (
    difference_of,
    differences_when_aligned,
    goal_difference,
    size,
    stated_differences,
)
from goalsmith.domains.equivalence.reach import state_that_tells_apart
from goalsmith.domains.equivalence.refinement import isomorphisms
from goalsmith.domains.equivalence.structures import is_rough, names_objects_in_metric, structure
from goalsmith.domains.equivalence.verdict import Comparison, Difference, Ground, Verdict
from goalsmith.domains.formula import (
    Atom,
    Condition,
    Or,
    atoms_in,
    conjuncts,
    negation,
)
from goalsmith.domains.invariants.laws import Laws
from goalsmith.domains.language import State, Task, TypeHierarchy
from goalsmith.domains.normal_form import joined
from goalsmith.domains.renaming import lowered, renamed
from goalsmith.domains.semantics import Semantics


@dataclass(frozen=True, slots=True)
class Budget:
    """What a comparison may cost.

    `pairings`: pairings of objects tried in looking for a renaming. `renamings`: renamings under
    which goals are compared one by one. `choices`: choices in looking for an admissible state.
    `states`: reachable states looked at, in tasks that have at most `atoms` ground atoms.
    `seconds`: wall time for all of these; answers that need less do not depend on it.
    """

    pairings: int = 500
    renamings: int = 8
    choices: int = 500
    states: int = 250
    atoms: int = 80
    seconds: float = 1.0


DEFAULT_BUDGET = Budget()


def compare(
    first: Task,
    second: Task,
    *,
    up_to_renaming: bool,
    budget: Budget = DEFAULT_BUDGET,
    strict: bool = False,
) -> Verdict:
    """Whether two tasks say the same; see above for what each answer guarantees."""
    first, second = lowered(first), lowered(second)
    one, two = canonical_lowered(first), canonical_lowered(second)
    verdict = _Comparer(first, second, one, two, budget).verdict(up_to_renaming)
    if strict and not verdict.proved:
        return Verdict(Comparison.UNKNOWN, Ground.SPENT, verdict.difference)
    return verdict


class _Comparer:
    def __init__(
        self, first: Task, second: Task, one: CanonicalTask, two: CanonicalTask, budget: Budget
    ) -> None:
        self._first, self._second = first, second
        self._one, self._two = one, two
        self._budget = budget
        self._constants = frozenset(c.name for c in first.domain.constants)
        self._deadline = monotonic() + budget.seconds
        self._states = Effort(budget.states, self._deadline)

    def verdict(self, up_to_renaming: bool) -> Verdict:
        one, two = self._one, self._two
        if one == two:
            return Verdict(Comparison.EQUAL, Ground.STATED)
        if one.domain != two.domain:
            lines = one.domain.splitlines(), two.domain.splitlines()
            return _different(Ground.STATED, difference_of("domain", *lines))
        stated = stated_differences(one, two)
        if stated:
            if up_to_renaming:
                return self._renamed()
            return _different(Ground.STATED, min(stated, key=size))
        completer = Completer(Laws(self._second))
        verdict = self._goals(one.goal, two.goal, completer)
        if verdict.equal or not up_to_renaming:
            return verdict
        return self._renamed()

    # Goals over the same objects and the same initial state

    def _goals(self, first: Condition, second: Condition, completer: Completer) -> Verdict:
        """Compares goals over the second task's objects and initial state."""
        completed = completer.complete(first), completer.complete(second)
        if completed[0] == completed[1]:
            return Verdict(Comparison.EQUAL, Ground.IMPLIED)
        difference = goal_difference(first, second, completed)
        state: State | None = None
        try:
            state = self._admissible(first, second, completer)
            if state is None:
                return Verdict(Comparison.EQUAL, Ground.IMPLIED)
        except SpentError:
            pass  # a reachable state may still be found
        if _ground_atoms(self._second) <= self._budget.atoms:
            try:
                reached = state_that_tells_apart(self._second, first, second, state, self._states)
                if reached is None:
                    return Verdict(Comparison.EQUAL, Ground.EXHAUSTED)
                return _different(Ground.REACHED, difference, reached)
            except SpentError:
                pass
        return self._judged(first, second, state, difference)

    def _judged(
        self, first: Condition, second: Condition, state: State | None, difference: Difference
    ) -> Verdict:
        """What the initial state and an admissible state show."""
        semantics = Semantics(self._second)
        initial = semantics.initial_state()
        shown = [(initial, Ground.REACHED)]
        if state is not None:
            # Derived atoms and numbers are judged by their meaning here.
            shown.append((State(state.atoms, initial.numbers), Ground.IMPLIED))
        for each, ground in shown:
            if semantics.holds(each, first) != semantics.holds(each, second):
                return _different(ground, difference, each)
        return Verdict(Comparison.UNKNOWN, Ground.SPENT, difference)

    def _admissible(
        self, first: Condition, second: Condition, completer: Completer
    ) -> State | None:
        """An admissible state that meets one goal and not the other; None if there is none."""
        effort = Effort(self._budget.choices, self._deadline)
        for met, missed in ((first, second), (second, first)):
            unmet = joined(Or, [negation(part) for part in conjuncts(missed)])
            found = completer.admissible([met, unmet], effort)
            if found is not None:
                return State(frozenset(Atom(*atom) for atom in found))
        return None

    # Up to renaming

    def _renamed(self) -> Verdict:
        one, two = self._one, self._two
        effort = Effort(self._budget.pairings, self._deadline)
        parts = [tuple(conjuncts(c.goal)) for c in (one, two)]
        try:
            mapping = self._mapping(parts[0], parts[1], effort)
            if mapping is not None:
                return _same_but_for(mapping, Ground.STATED)
            mapping = self._mapping((), (), effort)
            if mapping is None:
                return self._unlike()
            completer = Completer(Laws(self._second))
            return self._goals_renamed(mapping, completer, effort)
        except SpentError:
            return Verdict(Comparison.UNKNOWN, Ground.SPENT)

    def _mapping(
        self, first: Iterable[Condition], second: Iterable[Condition], effort: Effort
    ) -> dict[str, str] | None:
        """A renaming of the first task under which these parts of goals are the same."""
        return next(self._mappings(first, second, effort), None)

    def _mappings(
        self, first: Iterable[Condition], second: Iterable[Condition], effort: Effort
    ) -> Iterator[dict[str, str]]:
        one = structure(self._one, self._constants, first)
        two = structure(self._two, self._constants, second)
        found = isomorphisms(one, two, effort)
        try:
            for mapping in found:
                pairs = mapping.items()
                yield {a: b for a, b in pairs if isinstance(a, str) and isinstance(b, str)}
        except RecursionError:  # more pairings, one within the other, than Python allows
            raise SpentError from None

    def _goals_renamed(
        self, mapping: dict[str, str], completer: Completer, effort: Effort
    ) -> Verdict:
        """Compares goals where the rest is the same up to renaming."""
        own = Completer(Laws(self._first))
        first, second = own.complete(self._one.goal), completer.complete(self._two.goal)
        if first is None and second is None:
            return _same_but_for(mapping, Ground.IMPLIED)
        if first is None or second is None:
            return self._one_by_one(completer, effort, [])
        found = self._mapping(first.literals | first.rest, second.literals | second.rest, effort)
        if found is not None:
            return _same_but_for(found, Ground.IMPLIED)
        parts = (*first.literals, *second.literals, *first.rest, *second.rest)
        if any(_is_opaque(part, completer.laws) for part in parts):
            return self._one_by_one(completer, effort, None)
        # If all that follows was found, a renaming must map what follows as well.
        likely = self._mappings(first.literals, second.literals, effort)
        return self._one_by_one(completer, effort, list(islice(likely, self._budget.renamings + 1)))

    def _one_by_one(
        self, completer: Completer, effort: Effort, likely: list[dict[str, str]] | None
    ) -> Verdict:
        """Compares goals under one renaming after the other.

        Where there are too many to try them all, only those that are likely to do are tried, and
        one other for the sake of the difference; None says that any may do.
        """
        most = self._budget.renamings
        renamings = list(islice(self._mappings((), (), effort), most + 1))
        all_tried = len(renamings) <= most
        settled = all_tried
        if not all_tried and likely is not None:
            settled = len(likely) <= most
            renamings = [*likely, renamings[0]]
        verdicts = []
        for names in renamings[: most + 1]:
            task = Task(self._first.domain, renamed(self._first.problem, names))
            verdict = self._goals(canonical_lowered(task).goal, self._two.goal, completer)
            if verdict.equal:
                return _same_but_for(names, verdict.ground)
            verdicts.append(verdict)
        difference = min((v.difference for v in verdicts), key=size)
        if not settled or any(v.comparison is Comparison.UNKNOWN for v in verdicts):
            return Verdict(Comparison.UNKNOWN, Ground.SPENT, difference)
        proved = all_tried and all(v.proved for v in verdicts)
        ground = Ground.REACHED if proved else Ground.IMPLIED
        return Verdict(Comparison.DIFFERENT, ground, difference)

    def _unlike(self) -> Verdict:
        """No renaming makes the tasks the same, goals left aside: the smallest difference."""
        if names_objects_in_metric(self._one) or names_objects_in_metric(self._two):
            return Verdict(Comparison.UNKNOWN, Ground.SPENT)
        found = differences_when_aligned(self._first, self._one, self._two)
        return _different(Ground.STATED, min(found, key=size))


def _different(ground: Ground, difference: Difference, state: State | None = None) -> Verdict:
    return Verdict(Comparison.DIFFERENT, ground, replace(difference, state=state))


def _same_but_for(names: dict[str, str], ground: Ground) -> Verdict:
    return Verdict(Comparison.EQUAL_UP_TO_RENAMING, ground, renaming=tuple(sorted(names.items())))


def _is_opaque(part: Condition, laws: Laws) -> bool:
    """Whether the laws do not say all about a part: it has numbers, derived atoms, quantifiers."""
    return is_rough(part) or any(laws.derived(atom.predicate) for atom in atoms_in(part))


def _ground_atoms(task: Task) -> int:
    """The number of atoms that fit the types, of predicates that actions change."""
    changing = task.domain.changing_predicates()
    hierarchy = TypeHierarchy(task.domain, task.objects)
    return sum(
        prod(len(hierarchy.objects_of(parameter.types)) for parameter in p.parameters)
        for p in task.domain.predicates
        if p.name in changing
    )
