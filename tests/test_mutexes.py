"""Mutex groups and relations without cycles: what is found, and that no reachable state differs."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from ipc import QUICK, SLOW, Instance
from tasks import BLOCKS

from goalsmith.domains.effort import Effort
from goalsmith.domains.equivalence.completion import Completer
from goalsmith.domains.formula import And, Atom, Equal, Not, negation
from goalsmith.domains.invariants.acyclic import acyclic_relations, has_cycle
from goalsmith.domains.invariants.knowledge import Knowledge, Literal
from goalsmith.domains.invariants.laws import Laws
from goalsmith.domains.invariants.mutexes import mutex_groups
from goalsmith.domains.language import Domain, State, Task
from goalsmith.domains.reader import read_domain, read_task
from goalsmith.domains.renaming import lowered
from goalsmith.domains.semantics import Semantics

ALL = [
    *QUICK,
    *(pytest.param(domain, marks=pytest.mark.long) for domain in SLOW),
]


def groups(actions: str, predicates: str = "(p ?x) (q ?x) (r ?x ?y)") -> dict[str, bool]:
    """The invariants of a domain with these actions, and whether they are conserved."""
    text = f"(define (domain d) (:predicates {predicates}) {actions})"
    return {str(i): i.conserved for i in mutex_groups(read_domain(text))}


def action(parameters: str, precondition: str, effect: str) -> str:
    return (
        f"(:action a :parameters ({parameters}) :precondition (and {precondition})"
        f" :effect (and {effect}))"
    )


def walk(task: Task, steps: int, seed: int) -> list[State]:
    """The states of a random walk; it begins anew at dead ends."""
    semantics, dice = Semantics(task), random.Random(seed)
    states = [semantics.initial_state()]
    for _ in range(steps):
        applicable = list(semantics.applicable_steps(states[-1]))
        states.append(
            semantics.apply(states[-1], dice.choice(applicable)) if applicable else states[0]
        )
    return states


def test_the_groups_of_blocks_are_found() -> None:
    domain = read_domain(BLOCKS)
    assert {str(i): i.conserved for i in mutex_groups(domain)} == {
        "{(clear ?0), (hand ?0), (on _ ?0)}": True,
        "{(hand ?0), (on ?0 _), (table ?0)}": True,
        "{(free), (hand _)}": True,
    }


def test_blocks_never_stand_on_each_other_in_a_ring() -> None:
    assert [a.predicate for a in acyclic_relations(read_domain(BLOCKS))] == ["on"]


def test_a_ring_needs_a_check_that_the_block_is_free() -> None:
    careless = BLOCKS.replace("(and (hand ?x) (clear ?y))", "(hand ?x)")
    assert careless != BLOCKS
    found = {str(i) for i in mutex_groups(read_domain(careless))}
    assert "{(clear ?0), (hand ?0), (on _ ?0)}" not in found
    assert not acyclic_relations(read_domain(careless))


def test_a_step_that_adds_two_atoms_of_a_set_spoils_it() -> None:
    spoilt = action("?x ?y ?z", "(p ?x)", "(p ?y) (p ?z) (not (p ?x))")
    assert "{(p _)}" not in groups(spoilt)
    assert "{(p _)}" in groups(action("?x ?y", "(p ?x)", "(p ?y) (not (p ?x))"))


def test_a_deletion_only_balances_what_held_for_certain() -> None:
    assert "{(p _)}" not in groups(action("?x ?y", "", "(p ?y) (not (p ?x))"))
    sometimes = action("?x ?y", "(p ?x)", "(p ?y) (when (q ?x) (not (p ?x)))")
    assert "{(p _)}" not in groups(sometimes)
    together = action("?x ?y", "(p ?x)", "(when (q ?x) (and (p ?y) (not (p ?x))))")
    assert "{(p _)}" in groups(together)


def test_an_atom_that_is_deleted_and_added_again_balances_nothing() -> None:
    again = action("?x ?y ?z", "(p ?x)", "(q ?y) (not (p ?x)) (p ?x)")
    assert not any("(p _)" in g and "(q _)" in g for g in groups(again))


def test_an_addition_for_all_objects_is_too_heavy() -> None:
    everywhere = action("?x", "(p ?x)", "(not (p ?x)) (forall (?z) (p ?z))")
    assert "{(p _)}" not in groups(everywhere)
    if_some = action("?x", "(p ?x)", "(not (p ?x)) (forall (?z) (when (= ?z ?x) (q ?z)))")
    assert "{(p _), (q _)}" in groups(if_some)


def test_disjunctions_are_split_into_cases() -> None:
    either = action("?x ?y", "(or (p ?x) (q ?x))", "(not (p ?x)) (not (q ?x)) (p ?y)")
    assert "{(p _), (q _)}" in groups(either)
    nothing = action("?x ?y", "(or (p ?x) (= ?x ?y))", "(not (p ?x)) (p ?y)")
    assert "{(p _)}" not in groups(nothing)


def test_a_group_that_may_become_empty_is_not_conserved() -> None:
    lost = action("?x", "(p ?x)", "(not (p ?x))")
    assert groups(lost)["{(p _)}"] is False
    moved = action("?x ?y", "(p ?x)", "(not (p ?x)) (when (q ?y) (p ?y))")
    assert groups(moved).get("{(p _)}", False) is False


def needing(parts: int) -> Domain:
    """A domain whose action moves an atom, and needs very much of one instance of a group."""
    needed = " ".join(f"(exists (?y{i}) (r ?x ?y{i}))" for i in range(parts))
    effect = "(q ?x) (not (p ?x)) (r ?x ?z) (not (r ?z ?x))"
    moved = action("?x ?z", f"(p ?x) {needed}", effect)
    return read_domain(f"(define (domain d) (:predicates (p ?x) (q ?x) (r ?x ?y)) {moved})")


def test_a_precondition_of_very_many_parts_takes_no_more_work_than_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    budget, looked_up = 100_000, 0

    def root(self: Knowledge, term: str) -> str:
        nonlocal looked_up
        looked_up += 1
        assert looked_up < 20 * budget
        return root_of(self, term)

    root_of = Knowledge._root
    monkeypatch.setattr(Knowledge, "_root", root)
    monkeypatch.setattr("goalsmith.domains.invariants.acyclic.BUDGET", budget)
    groups_of = mutex_groups.__wrapped__
    few, domain = needing(20), needing(5000)
    assert set(groups_of(domain, budget)) < set(groups_of(few, budget))
    assert looked_up > budget  # so it was a lot
    acyclic_relations(domain)


def test_what_is_claimed_on_a_small_budget_is_what_is_proved_on_a_large_one() -> None:
    domain = read_domain(BLOCKS)
    claimed = [set(mutex_groups(domain, budget)) for budget in (0, 100, 300, 1000, 10_000)]
    assert claimed[0] == set()
    assert claimed[-1] == set(mutex_groups(domain))
    assert all(one <= other for one, other in pairwise(claimed))
    assert len({len(each) for each in claimed}) > 2


def test_a_predicate_of_very_many_places_is_in_no_group() -> None:
    terms = " ".join(f"?x{i}" for i in range(30))
    moved = action(terms, f"(p ?x0) (far {terms})", f"(q ?x0) (not (p ?x0)) (not (far {terms}))")
    found = groups(moved, predicates=f"(p ?x) (q ?x) (far {terms})")
    assert "{(p ?0), (q ?0)}" in found
    assert not any("far" in group for group in found)


def test_what_is_entailed_is_what_cannot_be_denied() -> None:
    dice = random.Random(0)
    terms = ("?a", "?b", "?c", "?d", "A", "B")

    def literal() -> Literal:
        one, other = dice.choice(terms), dice.choice(terms)
        positive = dice.choice((Equal(one, other), Atom("p", (one,)), Atom("r", (one, other))))
        return dice.choice((positive, Not(positive)))

    answers = Counter[tuple[str, bool]]()
    for _ in range(5000):
        known = Knowledge([literal() for _ in range(dice.randrange(7))], Effort(10_000))
        asked = literal()
        denied = negation(asked)
        assert isinstance(denied, Atom | Equal | Not)
        entailed = known.entails(asked)
        assert entailed is not known.with_also([denied]).consistent
        if known.consistent:
            answers[type(asked).__name__ + type(denied).__name__, entailed] += 1
    assert len(answers) == 8  # atoms and equalities, as they are and denied, follow or do not
    assert min(answers.values()) > 20


@pytest.mark.parametrize(
    ("arcs", "cyclic"),
    [
        ([], False),
        ([("a", "b"), ("b", "c")], False),
        ([("a", "b"), ("c", "b"), ("b", "d")], False),
        ([("a", "a")], True),
        ([("a", "b"), ("b", "c"), ("c", "a")], True),
        ([("x", "a"), ("a", "b"), ("b", "a"), ("b", "y")], True),
    ],
)
def test_cycles_are_seen(arcs: list[tuple[str, ...]], cyclic: bool) -> None:
    assert has_cycle(arcs) is cyclic


@pytest.mark.parametrize("domain", ALL)
@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.long)])
def test_no_reachable_state_breaks_what_is_proved(data: Path, domain: str, number: int) -> None:
    task = Instance(domain, number).load(data)
    invariants = mutex_groups(task.domain)
    states = walk(task, 60, seed=number)
    weights = [invariant.weights(states[0].atoms) for invariant in invariants]
    acyclic = [a for a in acyclic_relations(task.domain) if a.holds_in(states[0])]
    for state in states[1:]:
        for invariant, first in zip(invariants, weights, strict=True):
            now = invariant.weights(state.atoms)
            for key in now.keys() | first.keys():
                before, after = first.get(key, 0), now.get(key, 0)
                assert before > 1 or after <= before, f"{invariant} {key}"
                if invariant.conserved and before == 1:
                    assert after == 1, f"{invariant} {key}"
        for relation in acyclic:
            arcs = [a.args for a in state.atoms if a.predicate == relation.predicate]
            assert not has_cycle(arcs)


@pytest.mark.parametrize("domain", ALL)
def test_what_a_goal_implies_holds_where_the_goal_does(data: Path, domain: str) -> None:
    task = lowered(Instance(domain, 1).load(data))
    completer, semantics, dice = Completer(Laws(task)), Semantics(task), random.Random(3)
    for state in walk(task, 30, seed=3)[1:]:
        atoms = sorted(state.atoms)
        goal = And(tuple(dice.sample(atoms, min(len(atoms), dice.randrange(1, 6)))))
        completed = completer.complete(goal)
        assert completed is not None
        assert all(semantics.holds(state, literal) for literal in completed.literals)
        found = completer.admissible([goal], Effort(500))
        assert found is not None
        assert semantics.holds(State(frozenset(Atom(*a) for a in found)), goal)


def test_groups_depend_on_the_initial_state_for_their_weight() -> None:
    problem = """(define (problem two-hands) (:domain towers) (:objects a b c)
      (:init (free) (hand a) (table b) (clear b) (table c) (clear c)) (:goal (free)))"""
    task = read_task(BLOCKS, problem)
    hand = next(i for i in mutex_groups(task.domain) if i.part("free"))
    assert hand.weights(task.problem.init) == {(): 2}
    assert list(Laws(task).exact_groups())
    assert all(Laws(task).invariants[number] != hand for number, _ in Laws(task).exact_groups())
