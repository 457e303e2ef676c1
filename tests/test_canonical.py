"""The canonical form: what differs only in words has one hash, what differs in meaning does not."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from ipc import QUICK, SLOW, Instance
from tasks import BLOCKS, chain, towers

from goalsmith.domains.canonical import canonical, task_hash
from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import And, Atom, Condition, Imply, Not, Or, conjuncts
from goalsmith.domains.language import Object, Task, TypeHierarchy
from goalsmith.domains.normal_form import NormalForm
from goalsmith.domains.reader import read_task
from goalsmith.domains.renaming import lowered, renamed

COUNTED = """
(define (domain counted)
  (:requirements :typing :numeric-fluents :conditional-effects)
  (:types truck place - object van - truck)
  (:constants HOME - place)
  (:predicates (at ?t - truck ?p - place) (clean ?t - truck))
  (:functions (far ?a ?b - place) (total-cost))
  (:action go :parameters (?t - truck ?from ?to - place)
    :precondition (and (at ?t ?from) (not (= ?from ?to)))
    :effect (and (at ?t ?to) (not (at ?t ?from)) (increase (total-cost) (far ?from ?to))
      (forall (?v - van) (when (and (at ?v ?to) (clean ?v)) (not (clean ?t)))))))
"""

COUNTED_OTHERWISE = """
(define (domain another-name)
  (:requirements :adl :fluents)
  (:types van - truck place truck)
  (:functions (TOTAL-COST) (far ?x ?y - place))
  (:constants home - place)
  (:predicates (clean ?x - truck) (at ?x - truck ?y - place))
  (:action go :parameters (?a - truck ?b ?c - place)
    :precondition (and (not (= ?c ?b)) (and (at ?a ?b)))
    :effect (and (increase (total-cost) (far ?b ?c)) (not (at ?a ?b))
      (forall (?x - van) (when (and (clean ?x) (at ?x ?c)) (not (clean ?a)))) (at ?a ?c))))
"""

COUNTED_PROBLEM = """
(define (problem p) (:domain {domain})
  (:objects {objects})
  (:init {init})
  (:goal {goal})
  {metric})
"""


def counted(
    domain: str = COUNTED,
    objects: str = "a b - truck v - van there - place",
    init: str = "(at a home) (at b home) (at v there) (clean a) (= (far home there) 3)",
    goal: str = "(and (at a there) (at b there))",
    metric: str = "(:metric minimize (total-cost))",
) -> Task:
    name = "another-name" if domain == COUNTED_OTHERWISE else "counted"
    problem = COUNTED_PROBLEM.format(
        domain=name, objects=objects, init=init, goal=goal, metric=metric
    )
    return read_task(domain, problem)


def test_order_case_and_the_names_of_variables_do_not_matter() -> None:
    other = counted(
        COUNTED_OTHERWISE,
        objects="THERE - place V - van B A - truck",
        init="(= (far home there) 3.0) (clean A) (at v there) (at b HOME) (at a home) (at a home)",
        goal="(and (and (AT b there)) (at a there) (at b there))",
    )
    assert canonical(counted()) == canonical(other)
    assert task_hash(counted()) == task_hash(other)


def test_a_counter_that_is_left_out_begins_at_zero() -> None:
    init = "(at a home) (at b home) (at v there) (clean a) (= (far home there) 3)"
    assert task_hash(counted()) == task_hash(counted(init=init + " (= (total-cost) 0)"))
    assert task_hash(counted()) != task_hash(counted(init=init + " (= (total-cost) 1)"))


@pytest.mark.parametrize(
    "other",
    [
        counted(objects="a c - truck b v - van there - place"),
        counted(objects="a b v - truck there - place"),
        counted(init="(at a home) (at b home) (at v there) (= (far home there) 3)"),
        counted(init="(at a home) (at b home) (at v there) (clean a) (= (far home there) 4)"),
        counted(goal="(at a there)"),
        counted(metric="(:metric maximize (total-cost))"),
        counted(metric=""),
        counted(COUNTED.replace("(not (= ?from ?to))", "(clean ?t)")),
        counted(COUNTED.replace("(?v - van)", "(?v - truck)")),
    ],
)
def test_what_differs_in_meaning_differs_in_its_hash(other: Task) -> None:
    assert task_hash(other) != task_hash(counted())


def test_no_metric_is_the_number_of_steps() -> None:
    assert task_hash(counted(metric="")) == task_hash(
        counted(metric="(:metric minimize (total-time))")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(forall (?x) (clear ?x))", "(and (clear c) (clear a) (clear b))"),
        ("(exists (?x) (on ?x a))", "(or (on a a) (on b a) (on c a))"),
        ("(not (exists (?x) (on ?x a)))", "(forall (?z) (not (on ?z a)))"),
        ("(imply (free) (hand a))", "(or (not (free)) (hand a))"),
        (
            "(forall (?x ?y) (imply (on ?x ?y) (= ?x a)))",
            "(forall (?y ?x) (or (= a ?x) (not (on ?x ?y))))",
        ),
        ("(and (free) (or (free) (hand a)))", "(free)"),
        ("(and (free) (or (not (free)) (hand a)))", "(and (hand a) (free))"),
        ("(or (free) (not (free)))", "(and)"),
        ("(and (free) (not (free)))", "(or)"),
        ("(or (and (free) (clear a)) (free))", "(free)"),
    ],
)
def test_forms_that_say_the_same_have_one_hash(one: str, other: str) -> None:
    assert task_hash(towers(one)) == task_hash(towers(other))


def test_a_quantifier_over_very_many_choices_keeps_canonical_variables() -> None:
    blocks = " ".join(f"b{i}" for i in range(60))
    one = "(forall (?x ?y ?z) (not (and (on ?x ?y) (on ?y ?z))))"
    other = "(not (exists (?c) (exists (?a ?b) (and (on ?a ?b) (on ?c ?a)))))"
    kept = canonical(towers(one, blocks=blocks)).goal
    assert "forall" in canonical(towers(one, blocks=blocks)).text
    assert kept == canonical(towers(one.replace("?x", "?u"), blocks=blocks)).goal
    assert task_hash(towers(one, blocks=blocks)) != task_hash(towers(other, blocks="a b c"))


def test_a_chain_of_a_thousand_choices_is_folded_without_deep_recursion() -> None:
    chained = " ".join(f"(or (not (table b{i})) (table b{i + 1}))" for i in range(1500))
    blocks = " ".join(f"b{i}" for i in range(1501))
    task = towers(f"(and (table b0) {chained})", on="(table b0)", blocks=blocks)
    literals = {str(part) for part in conjuncts(canonical(task).goal)}
    assert {"(table b0)", "(table b1)", "(table b2)"} <= literals


def _formula(dice: random.Random, atoms: list[Condition], depth: int) -> Condition:
    if depth == 0 or dice.random() < 0.2:
        return dice.choice(atoms)
    parts = [_formula(dice, atoms, depth - 1) for _ in range(dice.randrange(4))]
    match dice.randrange(4):
        case 0:
            return And(tuple(parts))
        case 1:
            return Or(tuple(parts))
        case 2:
            return Not(_formula(dice, atoms, depth - 1))
        case _:
            return Imply(_formula(dice, atoms, depth - 1), _formula(dice, atoms, depth - 1))


def test_the_normal_form_keeps_the_meaning_of_random_formulas() -> None:
    dice = random.Random(5)
    domain = towers("(free)").domain
    hierarchy = TypeHierarchy(domain, (Object("a"),))
    normal, evaluator = NormalForm(hierarchy, expand=True), Evaluator(hierarchy)
    atoms: list[Condition] = [Atom("clear", (name,)) for name in "abcd"]
    for _ in range(400):
        formula = _formula(dice, atoms, 4)
        form = normal.condition(formula)
        assert normal.condition(form) == form
        for values in product((False, True), repeat=len(atoms)):
            facts = Facts(a for a, value in zip(atoms, values, strict=True) if value)  # type: ignore[misc]
            assert evaluator.holds(facts, form) == evaluator.holds(facts, formula)


def test_renaming_there_and_back_is_nothing() -> None:
    task = chain("(wire p q)", "(forall (?x) (live ?x))")
    away = {"p": "q", "q": "r", "r": "p"}
    back = {new: old for old, new in away.items()}
    there = Task(task.domain, renamed(task.problem, away))
    assert task_hash(there) != task_hash(task)
    assert task_hash(Task(task.domain, renamed(there.problem, back))) == task_hash(task)


@pytest.mark.parametrize("domain", [*QUICK, *SLOW])
def test_a_shuffled_competition_problem_has_the_same_hash(data: Path, domain: str) -> None:
    task = Instance(domain, 1).load(data)
    dice = random.Random(1)
    objects, init = list(task.problem.objects), list(task.problem.init)
    dice.shuffle(objects)
    dice.shuffle(init)
    problem = replace(task.problem, name="other", objects=tuple(objects), init=tuple(init))
    shuffled = Task(replace(task.domain, actions=task.domain.actions[::-1]), problem)
    assert task_hash(shuffled) == task_hash(task) == task_hash(lowered(task))
    assert task_hash(Task(task.domain, replace(problem, init=tuple(init[1:])))) != task_hash(task)


def test_letter_case_of_a_whole_domain_does_not_matter() -> None:
    problem = """(define (problem p) (:domain towers) (:objects a b)
      (:init (free) (table a) (on b a) (clear b)) (:goal (on a b)))"""
    assert task_hash(read_task(BLOCKS, problem)) == task_hash(
        read_task(BLOCKS.upper(), problem.upper())
    )
