"""Validation: where a plan fails and why, what it costs, and whether another validator agrees."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import kairos
import pytest
from ipc import Instance

from goalsmith.domains.formula import And, Not
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step, read_plan, write_plan
from goalsmith.domains.reader import read_condition, read_domain, read_problem, read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition, write_domain, write_problem
from goalsmith.solve.validation import Failure, validate

DOMAIN = """(define (domain yard) (:types truck place)
  (:predicates (at ?t - truck ?p - place) (free ?p - place) (ready) (linked ?a ?b - place)
    (near ?a ?b - place) (stuck ?t - truck))
  (:functions (fuel ?t - truck) (distance ?a ?b - place) (total-cost))
  (:derived (near ?a ?b - place) (or (linked ?a ?b) (linked ?b ?a)))
  (:derived (stuck ?t - truck)
    (exists (?p - place) (and (at ?t ?p) (not (exists (?q - place) (near ?p ?q))))))
  (:action drive :parameters (?t - truck ?a ?b - place)
    :precondition (and (at ?t ?a) (free ?b) (not (= ?a ?b)) (>= (fuel ?t) 1))
    :effect (and (not (at ?t ?a)) (at ?t ?b) (free ?a) (not (free ?b)) (decrease (fuel ?t) 1)
                 (increase (total-cost) (distance ?a ?b))))
  (:action close :parameters (?p - place) :precondition (free ?p)
    :effect (and (not (free ?p)) (forall (?q - place) (not (linked ?p ?q)))))
  (:action link :parameters (?a ?b - place) :precondition (not (near ?a ?b))
    :effect (linked ?a ?b))
  (:action prepare :parameters () :precondition (and (not (ready))
      (forall (?t - truck) (exists (?p - place) (at ?t ?p)))) :effect (ready)))"""
PROBLEM = """(define (problem p) (:domain yard) (:objects t - truck x y z - place)
  (:init (at t x) (free y) (free z) (linked x y) (= (fuel t) 2) (= (distance x y) 2.5)
    (= (distance y z) 0.25) (= (distance y x) 1) (= (distance x z) 4) (= (total-cost) 0))
  (:goal (at t z)) (:metric minimize (total-cost)))"""
TASK = read_task(DOMAIN, PROBLEM)


def verdict(plan: str, goal: str = "(at t z)") -> Failure | None:
    task = TASK.with_goal(read_condition(goal, TASK))
    return validate(task, read_plan(plan, task)).failure


def unmet(failure: Failure | None) -> list[str]:
    assert failure
    assert len(failure.unmet) == len(failure.reasons)
    return [write_condition(c) for c in failure.unmet]


# Valid plans


def test_a_valid_plan_has_a_cost_and_a_final_state() -> None:
    found = validate(TASK, read_plan("(drive t x y)\n(drive t y z)", TASK))
    assert found.valid
    assert found.cost == Fraction(11, 4)
    assert found.final_state
    assert {str(a) for a in found.final_state.atoms} == {
        *("(at t z)", "(free x)", "(free y)", "(linked x y)")
    }
    assert {(str(t), v) for t, v in found.final_state.numbers} == {("(fuel t)", 0)}


def test_the_final_state_is_the_one_that_the_steps_lead_to() -> None:
    plan = read_plan("(close y)\n(link y z)\n(prepare)\n(drive t x z)", TASK)
    semantics = Semantics(TASK)
    state = semantics.initial_state()
    for step in plan:
        state = semantics.apply(state, step)
    assert validate(TASK, plan).final_state == state


def test_without_a_metric_a_plan_costs_its_steps() -> None:
    task = replace(TASK, problem=replace(TASK.problem, metric=None))
    assert validate(task, read_plan("(drive t x y)\n(drive t y z)", task)).cost == 2


def test_a_metric_of_a_number_without_a_value_gives_no_cost() -> None:
    text = PROBLEM.replace("(total-cost)))", "(distance z z)))")
    task = read_task(DOMAIN, text)
    found = validate(task, read_plan("(drive t x y)\n(drive t y z)", task))
    assert found.valid
    assert found.cost is None


def test_the_empty_plan_is_valid_where_the_goal_holds() -> None:
    assert verdict("", "(at t x)") is None


# Where a plan fails, and why


def test_an_atom_that_nobody_ever_made_true_is_named_so() -> None:
    failure = verdict("(prepare)\n(drive t y z)")
    assert failure
    assert (failure.index, failure.step) == (1, Step("drive", ("t", "y", "z")))
    assert unmet(failure) == ["(at t y)"]
    assert failure.reasons == (
        "(at t y) does not hold: it is not true initially, and no step before adds it",
    )
    assert str(failure).startswith("step 2 (drive t y z) cannot be carried out: (at t y) does not")


def test_an_atom_is_told_to_be_deleted_by_the_last_step_that_did() -> None:
    failure = verdict("(drive t x y)\n(drive t y x)\n(close y)\n(close y)")
    assert failure
    assert failure.index == 3
    assert failure.reasons == ("(free y) does not hold: it was deleted by step 3 (close y)",)


def test_an_atom_that_must_be_false_is_told_to_be_true_since_when() -> None:
    failure = verdict("(prepare)\n(prepare)")
    assert failure
    assert failure.reasons == (
        "(not (ready)) does not hold: (ready) was added by step 1 (prepare)",
    )
    failure = verdict("", "(not (free y))")
    assert failure
    assert failure.reasons == ("(not (free y)) does not hold: (free y) holds initially",)


def test_every_unmet_condition_is_named_and_no_other() -> None:
    failure = verdict("(drive t x y)\n(drive t x y)")
    assert failure
    assert failure.index == 1
    assert unmet(failure) == ["(at t x)", "(free y)"]
    failure = verdict("(drive t x x)")
    assert unmet(failure) == ["(free x)", "(not (= x x))"]
    failure = verdict("(drive t x y)\n(drive t y x)\n(drive t x z)")
    assert unmet(failure) == ["(>= (fuel t) 1)"]


def test_a_goal_that_fails_is_reported_after_the_last_step() -> None:
    failure = verdict("(drive t x y)", "(and (at t z) (free x) (or (ready) (free y)))")
    assert failure
    assert (failure.index, failure.step) == (1, None)
    assert unmet(failure) == ["(at t z)", "(or (ready) (free y))"]
    assert str(failure).startswith("the goal does not hold at the end: (at t z) does not hold")


def test_a_derived_atom_is_not_said_to_be_what_it_is_not() -> None:
    # `(near x y)` follows initially and no more once `(linked x y)` is gone.
    failure = verdict("(drive t x y)\n(close x)", "(near x y)")
    assert failure
    assert unmet(failure) == ["(near x y)"]
    assert "not true initially" not in str(failure)
    assert "no step before adds it" not in str(failure)
    failure = verdict("(link y z)\n(link z y)")
    assert failure
    assert failure.index == 1
    assert "holds initially" not in str(failure)


def test_steps_that_are_not_of_the_task_are_failures_and_not_exceptions() -> None:
    for step, words in (
        (Step("fly", ("t",)), "unknown action `fly`"),
        (Step("drive", ("t", "x")), "takes 3 objects, not 2"),
        (Step("drive", ("x", "t", "y")), "is not of type truck"),
        (Step("drive", ("t", "x", "nowhere")), "is not of type place"),
    ):
        failure = validate(TASK, Plan((Step("prepare"), step))).failure
        assert failure
        assert (failure.index, failure.step, failure.unmet) == (1, step, ())
        assert words in failure.reasons[0]


def test_a_step_whose_number_has_no_value_fails_with_that_reason() -> None:
    failure = verdict("(drive t x z)\n(drive t z x)")
    assert failure
    assert failure.unmet == ()
    assert "(distance z x)" in failure.reasons[0]


def test_validation_changes_neither_the_task_nor_the_semantics_it_is_given() -> None:
    semantics = Semantics(TASK)
    plan = read_plan("(drive t x y)\n(drive t y z)", TASK)
    first = validate(TASK, plan, semantics)
    assert validate(TASK, plan, semantics) == first == validate(TASK, plan)


# Against Kairos's validator

COMPARED = [
    *("blocks", "gripper", "logistics98", "miconic", "miconic-fulladl", "miconic-simpleadl"),
    *("psr-middle", "philosophers", "openstacks-sat08-adl", "schedule", "zenotravel", "rovers"),
    *("freecell", "airport-adl", "elevators-sat08-strips", "woodworking-sat08-strips", "storage"),
    *("caldera-sat18-adl", "citycar-sat14-adl", "parcprinter-sat11-strips", "sokoban-sat08-strips"),
]


def walk(semantics: Semantics, rng: random.Random, length: int) -> tuple[Plan, State]:
    """A plan of random applicable steps, and the state that it leads to."""
    state = semantics.initial_state()
    steps = []
    for _ in range(length):
        choice = list(semantics.applicable_steps(state))
        if not choice:
            break
        steps.append(rng.choice(choice))
        state = semantics.apply(state, steps[-1])
    return Plan(tuple(steps)), state


def goal_in(semantics: Semantics, state: State, rng: random.Random) -> And:
    """A goal that holds in a state: atoms that are true there, changed ones first, and one not."""
    before = semantics.initial_state().atoms
    new, old = sorted(state.atoms - before), sorted(state.atoms & before)
    chosen = rng.sample(new, min(4, len(new))) + rng.sample(old, min(1, len(old)))
    return And((*chosen, *map(Not, sorted(before - state.atoms)[:2])))


def mutated(plan: Plan, semantics: Semantics, rng: random.Random) -> Plan:
    """The plan with a step dropped, doubled, swapped with another, or with another's objects."""
    steps = list(plan.steps)
    index = rng.randrange(len(steps))
    match rng.choice(("drop", "double", "swap", "objects", "move")):
        case "drop":
            del steps[index]
        case "double":
            steps.insert(rng.randrange(len(steps) + 1), steps[index])
        case "swap":
            other = rng.randrange(len(steps))
            steps[index], steps[other] = steps[other], steps[index]
        case "move":
            steps.insert(rng.randrange(len(steps)), steps.pop(index))
        case _:
            step = steps[index]
            places = semantics.actions[step.action].parameters
            if places:
                at = rng.randrange(len(places))
                name = rng.choice(semantics.hierarchy.objects_of(places[at].types))
                args = (*step.args[:at], name, *step.args[at + 1 :])
                steps[index] = Step(step.action, args)
    return Plan(tuple(steps))


def kairos_says(texts: tuple[str, str], plan: Plan) -> kairos.ValidationReport:
    parsed = kairos.parse_plan(write_plan(plan)) if plan.steps else kairos.Plan()
    report = kairos.validate_plan(*texts, parsed)
    assert report.status in (kairos.ValidationStatus.VALID, kairos.ValidationStatus.INVALID), [
        str(d) for d in report.diagnostics
    ]
    return report


def compare_with_kairos(data: Path, instance: Instance, plans: int, mutants: int) -> int:
    """Compares the verdicts on random plans and mutants of them; the number of plans refused."""
    task = instance.load(data)
    semantics = Semantics(task)
    rng = random.Random(str(instance))
    refused = 0
    differing = []
    for _ in range(plans):
        plan, end = walk(semantics, rng, 12)
        aimed = task.with_goal(goal_in(semantics, end, rng))
        texts = write_domain(aimed.domain), write_problem(aimed.problem)
        variants = [plan, *(mutated(plan, semantics, rng) for _ in range(mutants))]
        for number, variant in enumerate(variants):
            ours = validate(aimed, variant)
            assert number or ours.valid
            refused += not ours.valid
            theirs = kairos_says(texts, variant)
            if ours.valid != theirs.valid:
                differing.append((str(variant), ours.failure, [str(d) for d in theirs.diagnostics]))
            elif ours.valid and task.problem.metric and ours.cost is not None:
                assert float(ours.cost) == pytest.approx(theirs.metric)
    assert differing == []
    return refused


@pytest.mark.parametrize("name", COMPARED)
def test_verdicts_agree_with_those_of_another_validator(data: Path, name: str) -> None:
    assert compare_with_kairos(data, Instance(name, 1), plans=2, mutants=10) > 0


@pytest.mark.long
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("name", COMPARED)
def test_many_verdicts_agree_with_those_of_another_validator(
    data: Path, name: str, number: int
) -> None:
    compare_with_kairos(data, Instance(name, number), plans=3, mutants=15)


def test_kairos_agrees_on_the_effects_of_one_step() -> None:
    """Additions win over deletions, conditions are read before, universal effects reach all."""
    domain = read_domain(
        """(define (domain d) (:predicates (p ?x) (q ?x)) (:action a :parameters (?x ?y)
        :effect (and (not (p ?x)) (p ?y) (when (p ?x) (q ?x)) (when (q ?y) (not (q ?y)))
                     (forall (?z) (when (and (q ?z) (not (= ?z ?x))) (p ?z))))))"""
    )
    text = "(define (problem x) (:domain d) (:objects a b c) (:init (p a) (q b)) (:goal (and)))"
    task = Task(domain, read_problem(text, domain))
    semantics = Semantics(task)
    for one in "abc":
        for other in "abc":
            plan = Plan((Step("a", (one, other)),))
            end = semantics.apply(semantics.initial_state(), plan.steps[0])
            for name in "abc":
                for predicate in "pq":
                    atom = read_condition(f"({predicate} {name})", task)
                    aimed = task.with_goal(atom)
                    texts = write_domain(domain), write_problem(aimed.problem)
                    assert kairos_says(texts, plan).valid == (atom in end.atoms)
                    assert validate(aimed, plan).valid == (atom in end.atoms)
