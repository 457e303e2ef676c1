"""Landmarks against their definition, and the goal taken apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from ipc import Instance
from tasks import chain, one_way, towers

from goalsmith.domains.formula import Add, And, Atom, Effect, Equal, instantiate
from goalsmith.domains.language import Action, Task
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.reachability import Reachability
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve import solve
from goalsmith.solve.explain.decomposition import decomposition
from goalsmith.solve.explain.landmarks import landmarks


def names(atoms: tuple[Atom, ...]) -> list[str]:
    return [str(atom) for atom in atoms]


def test_the_landmarks_of_a_tower_and_their_order() -> None:
    found = landmarks(towers("(and (on a b) (on b c))"))
    assert set(names(found.atoms)) == {"(hand a)", "(hand b)", "(on a b)", "(on b c)"}
    assert names(found.before(Atom("on", ("a", "b")))) == ["(hand a)"]
    assert names(found.before(Atom("on", ("b", "c")))) == ["(hand b)"]
    assert [set(names(level)) for level in found.levels(found.atoms)] == [
        {"(hand a)", "(hand b)"},
        {"(on a b)", "(on b c)"},
    ]


def test_a_choice_has_the_landmarks_that_all_its_ways_share() -> None:
    domain = """(define (domain d) (:predicates (key) (left) (right) (in))
      (:action fetch :parameters () :effect (key))
      (:action go-left :parameters () :precondition (key) :effect (left))
      (:action go-right :parameters () :precondition (key) :effect (right))
      (:action enter :parameters () :precondition (or (left) (right)) :effect (in)))"""
    task = read_task(domain, "(define (problem p) (:domain d) (:init) (:goal (in)))")
    assert names(landmarks(task).atoms) == ["(key)", "(in)"]


def test_derived_atoms_and_conditional_effects_have_landmarks() -> None:
    assert "(wire p q)" not in names(landmarks(chain("", "(live q)")).atoms)
    domain = """(define (domain d) (:predicates (on) (up ?x) (done))
      (:action press :parameters () :effect (on))
      (:action lift :parameters () :effect (forall (?x) (when (on) (up ?x))))
      (:action end :parameters () :precondition (forall (?x) (up ?x)) :effect (done)))"""
    text = "(define (problem p) (:domain d) (:objects a b) (:init) (:goal (done)))"
    found = landmarks(read_task(domain, text))
    assert names(found.atoms) == ["(on)", "(up a)", "(up b)", "(done)"]


def test_an_unreachable_goal_is_said_to_be() -> None:
    assert not landmarks(one_way("(never)")).reachable
    assert landmarks(one_way("(and (left) (right))")).reachable


def test_without_time_there_are_no_landmarks() -> None:
    found = landmarks(towers("(on a b)"), seconds=0)
    assert not found.complete
    assert found.atoms == ()


def without(task: Task, atom: Atom) -> Task:
    """The task in which no action makes an atom true. Its effects must be plain."""

    def applies(effect: Effect, own: dict[str, str]) -> bool:
        return isinstance(effect, Add) and atom == instantiate(effect.atom, own)

    actions: list[Action] = []
    for action in task.domain.actions:
        for args in product([o.name for o in task.objects], repeat=len(action.parameters)):
            own = dict(zip((p.name for p in action.parameters), args, strict=True))
            kept = tuple(e for e in action.effects if not applies(e, own))
            fixed = And(tuple(Equal(name, value) for name, value in own.items()))
            condition = And((fixed, action.precondition))
            name = f"{action.name}-{len(actions)}"
            actions.append(replace(action, name=name, precondition=condition, effects=kept))
    return replace(task, domain=replace(task.domain, actions=tuple(actions)))


@pytest.mark.parametrize(
    ("task", "names_of"),
    [
        (towers("(and (on a b) (on b c))", blocks="a b c"), "abc"),
        (towers("(table a)", "(on a b) (on b c) (table c) (clear a)"), "abc"),
        (one_way("(left)"), ""),
    ],
)
def test_landmarks_are_just_the_atoms_that_the_relaxed_goal_needs(
    task: Task, names_of: str
) -> None:
    found = set(landmarks(task).atoms)
    first = set(task.problem.init)
    every = {
        Atom(predicate.name, args)
        for predicate in task.domain.predicates
        for args in product(names_of, repeat=len(predicate.parameters))
    }
    for atom in every - first:
        reachable = Reachability(without(task, atom)).possible(task.problem.goal)
        assert (atom in found) == (not reachable), atom
    assert found <= every


@pytest.mark.parametrize("name", ["blocks", "logistics00", "gripper", "miconic-fulladl", "rovers"])
def test_a_plan_makes_every_landmark_true_in_an_order_that_fits(data: Path, name: str) -> None:
    task = Instance(name, 1).load(data)
    plan = solve(task).plan
    assert plan is not None
    found = landmarks(task)
    assert found.atoms
    semantics = Semantics(task)
    state = semantics.initial_state()
    first: dict[Atom, int] = {}
    for index, step in enumerate(plan):
        state = semantics.apply(state, step)
        for atom in state.atoms:
            first.setdefault(atom, index)
    for atom in found.atoms:
        assert all(first[before] <= first[atom] for before in found.before(atom))


# The goal taken apart


def test_each_part_of_the_goal_has_the_steps_that_serve_it() -> None:
    task = towers("(and (on a b) (on c d))", blocks="a b c d")
    plan = read_plan("(lift a)\n(pile a b)\n(lift c)\n(pile c d)", task)
    found = decomposition(task, plan)
    assert [str(part.condition) for part in found.subgoals] == ["(on a b)", "(on c d)"]
    first, second = found.subgoals
    assert (first.achievers, first.steps, first.own) == ((1,), (0, 1), ())
    # The hand is free again since (pile a b).
    assert (second.achievers, second.steps, second.own) == ((3,), (0, 1, 2, 3), (2, 3))
    assert (first.after, second.after) == ((), (0,))
    assert list(found.graph().edges) == [(0, 1)]
    assert names(first.landmarks) == ["(hand a)"]
    assert found.idle == ()


def test_what_holds_from_the_start_has_no_steps_and_idle_steps_are_named() -> None:
    task = towers("(and (table a) (table b))")
    plan = read_plan("(lift c)\n(lower c)", task)
    found = decomposition(task, plan)
    assert [part.steps for part in found.subgoals] == [(), ()]
    assert found.idle == (0, 1)


def test_an_empty_plan_can_be_taken_apart() -> None:
    found = decomposition(towers("(table a)"), Plan())
    assert found.subgoals[0].achievers == ()
