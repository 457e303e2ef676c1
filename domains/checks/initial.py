"""Initial states that look wrong: two places at once, nothing where all others have something."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from goalsmith.domains.checks.subject import Subject, some
from goalsmith.domains.diagnostics import Diagnostic, listed
from goalsmith.domains.formula import Atom
from goalsmith.domains.invariants.mutexes import Invariant, mutex_groups
from goalsmith.domains.language import Object, Task
from goalsmith.domains.reachability import Reachability

FEW = 3
"""Others of its kind that an object is compared with at least."""

MANY = 5
"""The same where what they have in common is a static fact, of which some objects have several."""

MAX_TRIES = 5
"""Broken invariants looked into at most: each costs a few computations of what is reachable."""

MAX_TRIED = 3
"""Atoms of a broken invariant of which each is left out once to see whether it matters."""

NEARLY_ALL = 0.8
"""The share of a relation that makes the rest an exception."""


def repeated_facts(subject: Subject) -> Iterator[Diagnostic]:
    """Initial atoms that are stated more than once."""
    text = subject.problem_text
    if text is None:
        return
    for atom in text.places.repeated():
        first, *again = text.places.stated(atom)
        for place in again:
            yield text.finding(
                "duplicate-fact", f"`{atom}` is stated on line {first.position.line} already", place
            )


def broken_invariants(subject: Subject) -> Iterator[Diagnostic]:
    """Initial atoms of which the actions let at most one hold, as they do elsewhere.

    That a state has several is no fault in itself: an invariant may hold by accident, and mean
    nothing. So only those count that keep one atom true for good once one is; if several instances
    are broken, most must not be; and one of the atoms must be superfluous, that is, without it the
    goal and all actions are in reach as before.
    """
    problem, text = subject.problem, subject.problem_text
    if problem is None or text is None:
        return
    told = set()
    tries = MAX_TRIES
    for invariant in mutex_groups(subject.domain):
        weights = invariant.weights(problem.init)
        broken = [key for key, weight in weights.items() if weight > 1]
        right = len(weights) - len(broken)
        if not invariant.conserved or not broken or len(broken) > max(1, right // FEW):
            continue
        members = defaultdict(list)
        for atom in problem.init:
            members[_instance(invariant, atom)].append(atom)
        for key in broken:
            atoms = tuple(members[key])
            if atoms in told or (right < FEW and len(atoms) > 2):
                continue
            if not key and len({a.predicate for a in atoms}) == 1:
                continue  # things that are only told apart by where they are, such as boxes
            told.add(atoms)
            tries -= 1
            if tries < 0 or not any(_superfluous(subject, atom) for atom in atoms[:MAX_TRIED]):
                continue
            places = text.places.stated(atoms[1])
            yield text.finding(
                "broken-invariant",
                f"{some(atoms)} exclude each other: of {_family(invariant, key)}, exactly one is "
                "meant to hold at any time",
                places[0] if places else ":init",
            )


def _superfluous(subject: Subject, atom: Atom) -> bool:
    """Whether all that is relaxed reachable stays so where an atom does not hold initially."""
    problem = subject.task.problem
    init = tuple(each for each in problem.init if each != atom)
    before = subject.reachability
    after = Reachability(Task(subject.domain, replace(problem, init=init)))
    return (
        before.complete
        and after.complete
        and all(
            after.applicable(action.name) or not before.applicable(action.name)
            for action in subject.domain.actions
        )
        and after.possible(problem.goal) == before.possible(problem.goal)
    )


def _instance(invariant: Invariant, atom: Atom) -> tuple[str, ...] | None:
    part = invariant.part(atom.predicate)
    return part.key(atom.args) if part else None


def _family(invariant: Invariant, key: tuple[str, ...]) -> str:
    """An instance's atoms as a sentence lists them: `(at truck _)` and `(in truck _)`."""
    written = []
    for part in invariant.parts:
        args = ["…"] * (len(part.places) + (part.counted is not None))
        for place, name in zip(part.places, key, strict=True):
            args[place] = name
        written.append(f"`({' '.join((part.predicate, *args))})`")
    return listed(written)


def missing_facts(subject: Subject) -> Iterator[Diagnostic]:
    """Objects that lack what every other object of their kind has exactly once."""
    problem = subject.problem
    if problem is None:
        return
    kinds = _kinds(subject)
    told = set()
    for invariant in mutex_groups(subject.domain):
        if len(invariant.parts[0].places) != 1:
            continue
        weights = {key[0]: w for key, w in invariant.weights(problem.init).items()}
        for odd, others in _odd_ones(kinds, weights):
            if odd.name not in told:
                told.add(odd.name)
                family = _family(invariant, (odd.name,))
                yield _lacks(subject, odd, others, f"{family}, and no action gives it any")
    for predicate in subject.domain.predicates:
        if not subject.usage.static(predicate.name) or len(predicate.parameters) < 2:
            continue
        tuples = [a.args for a in problem.init if a.predicate == predicate.name]
        counts = Counter(args[0] for args in tuples)
        beside = {a for args in tuples for a in args[1:]}
        for odd, others in _odd_ones(kinds, counts, MANY):
            # In a chain, the last one has no next: such relations are left out.
            if odd.name not in told and not beside & {o.name for o in (*others, odd)}:
                told.add(odd.name)
                blanks = " …" * (len(predicate.parameters) - 1)
                yield _lacks(subject, odd, others, f"`({predicate.name} {odd.name}{blanks})`")


def _lacks(subject: Subject, odd: Object, others: tuple[Object, ...], what: str) -> Diagnostic:
    is_constant = odd in subject.domain.constants
    text = subject.domain_text if is_constant or not subject.problem_text else subject.problem_text
    message = f"`{odd.name}` lacks {what}; {some(o.name for o in others)} have it"
    return text.finding("missing-fact", message, odd.position)


def _kinds(subject: Subject) -> tuple[tuple[Object, ...], ...]:
    """The objects in groups of the same types and the same static properties."""
    properties = defaultdict(set)
    for atom in subject.task.problem.init:
        if len(atom.args) == 1 and subject.usage.static(atom.predicate):
            properties[atom.args[0]].add(atom.predicate)
    kinds = defaultdict(list)
    for each in subject.task.objects:
        kinds[each.types, frozenset(properties[each.name])].append(each)
    return tuple(map(tuple, kinds.values()))


def _odd_ones(
    kinds: tuple[tuple[Object, ...], ...], counts: Mapping[str, int], least: int = FEW
) -> Iterator[tuple[Object, tuple[Object, ...]]]:
    """Objects that have none where all others of their kind, some at least, have exactly one."""
    for kind in kinds:
        without = [each for each in kind if not counts.get(each.name)]
        others = tuple(each for each in kind if counts.get(each.name) == 1)
        if len(without) == 1 and len(others) >= least and len(others) == len(kind) - 1:
            yield without[0], others


def one_way_facts(subject: Subject) -> Iterator[Diagnostic]:
    """Facts such as a road that does not lead back, where nearly all others lead both ways."""
    problem, text = subject.problem, subject.problem_text
    if problem is None or text is None:
        return
    for predicate in subject.domain.predicates:
        if not subject.usage.static(predicate.name):
            continue
        atoms = {a.args: a for a in problem.init if a.predicate == predicate.name}
        for i, j in combinations(range(len(predicate.parameters)), 2):
            types = [p.types for p in predicate.parameters]
            # With a third of the same type it is a sum or an order, not a road.
            if types[i] != types[j] or types.count(types[i]) > 2:
                continue
            directed = [args for args in atoms if args[i] != args[j]]
            single = [args for args in directed if _swapped(args, i, j) not in atoms]
            mutual = len(directed) - len(single)
            if single and mutual >= max(2 * FEW, NEARLY_ALL * len(directed)):
                places = text.places.stated(atoms[single[0]])
                lacking = [Atom(predicate.name, _swapped(args, i, j)) for args in single]
                yield text.finding(
                    "one-way",
                    f"`{predicate.name}` holds both ways in {mutual} of {len(directed)} cases, but "
                    f"{some(lacking)} {'is' if len(lacking) == 1 else 'are'} not stated",
                    places[0] if places else ":init",
                )


def _swapped(args: tuple[str, ...], i: int, j: int) -> tuple[str, ...]:
    swapped = list(args)
    swapped[i], swapped[j] = args[j], args[i]
    return tuple(swapped)
