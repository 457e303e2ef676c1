"""The grammars of goals and problems: a sentence is well-typed PDDL, and a goal is a sentence."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from ipc import Instance
from tasks import BLOCKS, CHAIN, towers

from goalsmith.domains.errors import PddlError, TranslationError
from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reader import read_condition, read_domain, read_problem, read_task
from goalsmith.domains.writer import write_condition, write_problem
from goalsmith.translate.grammar.goals import goal_grammar
from goalsmith.translate.grammar.problems import problem_grammar
from goalsmith.translate.grammar.text_forms import lark

pytest.importorskip("llguidance", reason="pip install llguidance")

from grammar_samples import Sampler, changed, matcher

DELIVERY = """
(define (domain delivery)
  (:requirements :typing :fluents)
  (:types truck drone - vehicle vehicle parcel - thing place)
  (:constants depot - place)
  (:predicates (at ?t - thing ?p - place) (in ?c - parcel ?v - vehicle)
    (charged ?d - drone) (docked ?v - (either truck drone) ?v - place) (raining))
  (:functions (fuel ?v - vehicle) (total-cost))
  (:action wait :parameters () :precondition (raining) :effect (not (raining))))
"""

IPC = (
    Instance("storage", 1),  # either
    Instance("agricola-sat18-strips", 1),  # constants, functions, 18 types
    Instance("citycar-sat14-adl", 1),
    Instance("parcprinter-sat11-strips", 1),
    Instance("schedule", 2),
    Instance("freecell", 1),  # untyped
    Instance("airport-adl", 1),
)


def delivery(objects: str = "van - truck bee - drone box Crate - parcel Bern - place") -> Task:
    problem = f"""
    (define (problem d) (:domain delivery) (:objects {objects})
      (:init (= (total-cost) 0)) (:goal (and)))
    """
    return read_task(DELIVERY, problem)


def goal_of(sentence: str, task: Task) -> Condition:
    found = re.fullmatch(r"\(:goal (.*?)\)(?: \(:metric (?:minimize|maximize) .*\))?", sentence)
    assert found
    return read_condition(found[1], task)


def one_line(text: str) -> str:
    return re.sub(r"\s+\)", ")", re.sub(r"\s+", " ", text.strip()))


def has_quantifier(condition: Condition) -> bool:
    return bool(re.search(r"\((forall|exists) ", write_condition(condition)))


def library_tasks() -> list[pytest.param]:
    return [pytest.param(bundled(name).instances[0].task, id=name) for name in names()]


@pytest.mark.parametrize("task", library_tasks())
def test_every_sentence_reads_as_a_goal_of_the_task(task: Task) -> None:
    sampler = Sampler(goal_grammar(task), seed=1)
    seen = set()
    for _ in range(60):
        sentence = sampler.sample(12).text
        goal = goal_of(sentence, task)
        # Where all is of type `object`, the writer leaves that out.
        assert f"(:goal {write_condition(goal)})" == sentence.replace(" - object)", ")")
        seen.add(sentence)
    assert len(seen) > 20


@pytest.mark.parametrize("instance", IPC, ids=str)
def test_every_sentence_reads_as_a_goal_of_competition_tasks(
    instance: Instance, data: Path
) -> None:
    task = instance.load(data)
    sampler = Sampler(goal_grammar(task, metric=True), seed=2)
    for _ in range(60):
        goal_of(sampler.sample(12).text, task)


@pytest.mark.parametrize("name", names())
def test_the_goals_of_the_library_are_sentences(name: str) -> None:
    instances = bundled(name).instances
    goals = [i.task for i in instances if not has_quantifier(i.task.problem.goal)]
    assert goals
    for task in goals[:3]:
        assert matcher(lark(goal_grammar(task)))(f"(:goal {write_condition(task.problem.goal)})")


@pytest.mark.parametrize("instance", IPC, ids=str)
def test_goals_of_the_competition_are_sentences(instance: Instance, data: Path) -> None:
    task = instance.load(data)
    assert not has_quantifier(task.problem.goal)
    assert matcher(lark(goal_grammar(task)))(f"(:goal {write_condition(task.problem.goal)})")


@pytest.mark.parametrize("name", ("logistics", "satellite", "office-errands", "blocksworld"))
def test_what_the_reader_refuses_is_no_sentence(name: str) -> None:
    task = bundled(name).instances[0].task
    grammar = goal_grammar(task)
    passes = matcher(lark(grammar))
    dice = random.Random(name)
    words = [o.name for o in task.objects] + [p.name for p in task.domain.predicates]
    words += ["?x1", "?x2", "not", "and", "nobody", *(t.name for t in task.domain.types)]
    sampler = Sampler(grammar, seed=3)
    refused = 0
    for _ in range(150):
        sentence = sampler.sample(10).text
        assert passes(sentence)
        other = changed(sentence, words, dice)
        try:
            goal_of(other, task)
        except (PddlError, AssertionError):
            refused += 1
            assert not passes(other), other
    assert refused > 50


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("(at box nowhere)", "unknown object"),
        ("(at Bern box)", "swapped types"),
        ("(charged van)", "an object of a sibling type"),
        ("(flying bee)", "unknown predicate"),
        ("(at box)", "too few arguments"),
        ("(charged bee bee)", "too many arguments"),
        ("(charged ?x1)", "an unbound variable"),
        ("(forall (?x1 - drone) (charged ?x2))", "a variable of no quantifier"),
        ("(and (forall (?x1 - drone) (charged ?x1)) (charged ?x1))", "a variable out of reach"),
        ("(forall (?x1 - truck) (charged ?x1))", "a variable of a sibling type"),
        ("(forall (?x1 - thing) (charged ?x1))", "a variable of a wider type"),
        ("(forall (?x1 - cloud) (raining))", "an unknown type"),
        ("(and)", "nothing"),
        ("(>= (fuel box) 3)", "a function of another type"),
        ("(>= 3 4)", "a comparison of numbers"),
        ("(= van bee)", "an equality that is settled"),
        ("(at box Bern) ", "a space too many"),
    ],
)
def test_no_sentence_has(inner: str, why: str) -> None:
    assert not matcher(lark(goal_grammar(delivery())))(f"(:goal {inner})"), why


@pytest.mark.parametrize(
    "inner",
    [
        "(at box depot)",
        "(at van Bern)",
        "(docked bee Bern)",
        "(not (raining))",
        "(imply (raining) (or (in box van) (in Crate bee)))",
        "(forall (?x1 - parcel) (exists (?x2 - vehicle) (and (in ?x1 ?x2) (not (= ?x1 Crate)))))",
        "(forall (?x1 - drone) (charged ?x1))",
        "(forall (?x1 - thing) (at ?x1 depot))",
        "(>= (fuel van) (+ (fuel bee) 2.5))",
        "(exists (?x1 - vehicle) (= (fuel ?x1) -3))",
    ],
)
def test_a_sentence_may_be(inner: str) -> None:
    assert matcher(lark(goal_grammar(delivery())))(f"(:goal {inner})")


def test_a_metric_follows_only_where_it_is_asked_for() -> None:
    sentence = "(:goal (raining)) (:metric minimize (+ (total-cost) (fuel van)))"
    assert matcher(lark(goal_grammar(delivery(), metric=True)))(sentence)
    assert matcher(lark(goal_grammar(delivery(), metric=True)))("(:goal (raining))")
    assert not matcher(lark(goal_grammar(delivery())))(sentence)
    without = towers("(free)")
    assert goal_grammar(without, metric=True) == goal_grammar(without)


def test_predicates_and_types_without_objects_are_left_out() -> None:
    text = lark(goal_grammar(delivery("box - parcel")))
    assert "(at " in text
    for absent in ("(in ", "(charged ", "(docked ", "(fuel ", "- drone", "- vehicle"):
        assert absent not in text


def test_each_object_is_listed_once() -> None:
    text = lark(goal_grammar(delivery(), metric=True))
    for name in ("van", "bee", "box", "Crate", "Bern", "depot"):
        assert text.count(f'"{name}"') == 1


def test_two_thousand_objects_of_many_types_stay_small() -> None:
    types = " ".join(f"t{i} - t{i // 2}" for i in range(1, 40))
    heads = " ".join(f"(p{i} ?a - t{i} ?b - t{40 - i})" for i in range(1, 40))
    domain = read_domain(
        f"(define (domain wide) (:types t0 - object {types}) (:predicates {heads}))"
    )
    objects = " ".join(f"thing-{i} - t{i % 39 + 1}" for i in range(2000))
    problem = f"(define (problem w) (:domain wide) (:objects {objects}) (:init) (:goal (and)))"
    task = Task(domain, read_problem(problem, domain))
    text = lark(goal_grammar(task))
    assert len(text) < 200_000
    passes = matcher(text)
    hierarchy = TypeHierarchy(domain, task.objects)
    first, second = hierarchy.objects_of(("t3",)), hierarchy.objects_of(("t37",))
    assert passes(f"(:goal (p3 {first[-1]} {second[0]}))")
    assert not passes(f"(:goal (p3 {second[0]} {first[-1]}))")


def test_bounds_make_the_sentences_finite() -> None:
    grammar = goal_grammar(towers("(free)"), max_parts=2, max_depth=1)
    passes = matcher(lark(grammar))
    assert passes("(:goal (and (not (free)) (clear a)))")
    assert not passes("(:goal (and (free) (free) (free)))")
    assert not passes("(:goal (and (and (free))))")
    assert not passes("(:goal (not (not (free))))")
    longest = max(len(Sampler(grammar, seed).sample(99).text) for seed in range(300))
    assert longest < 60


def test_a_task_of_which_nothing_can_be_said_has_no_grammar() -> None:
    domain = read_domain("(define (domain empty) (:predicates (on ?x ?y)))")
    problem = read_problem("(define (problem e) (:domain empty) (:init) (:goal (and)))", domain)
    with pytest.raises(TranslationError, match="no object"):
        goal_grammar(Task(domain, problem))


def test_more_objects_than_can_be_listed_are_refused() -> None:
    blocks = " ".join(f"b{i}" for i in range(10_001))
    with pytest.raises(TranslationError, match="10001 objects"):
        goal_grammar(towers("(free)", on="(free)", blocks=blocks))


def test_equal_tasks_have_equal_grammars_and_others_do_not() -> None:
    one, same = goal_grammar(towers("(free)")), goal_grammar(towers("(clear a)"))
    assert one == same
    assert hash(one) == hash(same)
    assert one.text == same.text
    texts = {
        one.text,
        goal_grammar(towers("(free)", blocks="a b")).text,
        goal_grammar(towers("(free)"), max_parts=3).text,
        goal_grammar(towers("(free)"), max_depth=3).text,
        goal_grammar(delivery()).text,
        goal_grammar(delivery(), metric=True).text,
        problem_grammar(read_domain(BLOCKS)).text,
    }
    assert len(texts) == 7


# Whole problems

UNTYPED_FAULTS = {"unknown-object", "duplicate-object", "duplicate-number", "more"}
"""What no context-free grammar can rule out."""


@pytest.mark.parametrize("name", names())
def test_sampled_problems_are_at_fault_only_in_their_names(name: str) -> None:
    domain = bundled(name).domain
    grammar = problem_grammar(domain)
    passes = matcher(lark(grammar))
    sampler = Sampler(grammar, seed=4, names=tuple("abcdefgh"))
    for _ in range(30):
        text = sampler.sample(10).text
        assert passes(text)
        try:
            read_problem(text, domain)
        except PddlError as error:
            found = {d.code for d in error.diagnostics}
            assert found <= UNTYPED_FAULTS | {"type-mismatch"}, error


@pytest.mark.parametrize("name", names())
def test_the_problems_of_the_library_are_sentences(name: str) -> None:
    library = bundled(name)
    passes = matcher(lark(problem_grammar(library.domain)))
    for instance in library.instances[:2]:
        problem = instance.task.problem
        if has_quantifier(problem.goal) or problem.requirements:
            continue
        assert passes(one_line(write_problem(problem)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("(raining)", "(snowing)"), "an unknown predicate"),
        (("(charged bee)", "(charged bee bee)"), "another arity"),
        (("- drone", "- plane"), "an unknown type"),
        (("(:domain delivery)", "(:domain other)"), "another domain"),
        (("(in box bee)", "(in ?x1 bee)"), "an unbound variable"),
        (("box", "bo x"), "another arity by a space in a name"),
        (("(= (fuel bee) 3)", "(= (fuel bee) full)"), "a value that is no number"),
    ],
)
def test_no_problem_has(change: tuple[str, str], why: str) -> None:
    passes = matcher(lark(problem_grammar(read_domain(DELIVERY))))
    text = (
        "(define (problem p-1) (:domain delivery) (:objects bee - drone box - parcel) "
        "(:init (raining) (charged bee) (= (fuel bee) 3)) (:goal (in box bee)) "
        "(:metric minimize (fuel bee)))"
    )
    assert passes(text)
    assert change[0] in text
    assert not passes(text.replace(*change)), why


def test_derived_atoms_are_no_initial_facts() -> None:
    passes = matcher(lark(problem_grammar(read_domain(CHAIN))))
    text = "(define (problem p) (:domain chain) (:objects q) (:init ({} q)) (:goal (live q)))"
    assert passes(text.format("lit"))
    assert not passes(text.format("live"))
