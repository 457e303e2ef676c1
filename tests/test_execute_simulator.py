import pytest

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import FaultKind, Faults, Simulator

# A robot that walks around, opens doors it never closes, and counts its steps.
DOMAIN = """
(define (domain rooms)
  (:requirements :typing :numeric-fluents)
  (:types room)
  (:predicates (at ?r - room) (open ?r - room))
  (:functions (walked))
  (:action unlock :parameters (?r - room)
    :precondition (not (open ?r)) :effect (open ?r))
  (:action knock :parameters (?r - room)
    :precondition (at ?r) :effect (at ?r))
  (:action walk :parameters (?from ?to - room)
    :precondition (and (at ?from) (open ?to) (< (walked) 50))
    :effect (and (not (at ?from)) (at ?to) (increase (walked) 1))))
"""
PROBLEM = """
(define (problem p) (:domain rooms)
  (:objects hall lab store - room)
  (:init (at hall) (open hall) (open lab) (= (walked) 0))
  (:goal (at store)))
"""
TASK = read_task(DOMAIN, PROBLEM)
WALK = Step("walk", ("hall", "lab"))
BACK = Step("walk", ("lab", "hall"))


def test_without_faults_the_world_follows_the_semantics():
    simulator = Simulator(TASK)
    semantics = Semantics(TASK)
    expected = semantics.initial_state()
    for step in (WALK, Step("unlock", ("store",)), Step("walk", ("lab", "store"))):
        expected = semantics.apply(expected, step)
        assert simulator.act(step).succeeded
        assert simulator.observe() == expected
    assert [h.fault for h in simulator.happened] == [None, None, None]
    assert all(h.took_place for h in simulator.happened)


def test_a_step_that_is_not_applicable_is_refused_with_what_is_unmet():
    simulator = Simulator(TASK)
    before = simulator.observe()
    report = simulator.act(Step("walk", ("hall", "store")))
    assert not report.succeeded
    assert "(open store)" in report.message
    assert simulator.observe() == before
    assert not simulator.happened[0].took_place


def test_a_step_of_another_domain_is_refused():
    report = Simulator(TASK).act(Step("fly", ("hall",)))
    assert not report.succeeded
    assert "unknown action `fly`" in report.message


def test_a_failed_action_says_so_and_changes_nothing():
    simulator = Simulator(TASK, Faults(scripted={2: FaultKind.ACTION_FAILS}))
    assert simulator.act(WALK).succeeded
    before = simulator.observe()
    report = simulator.act(BACK)
    assert not report.succeeded
    assert report.message == "it was tried and nothing changed"
    assert simulator.observe() == before
    assert simulator.happened[1].fault is FaultKind.ACTION_FAILS


def test_a_lost_effect_is_reported_as_success_and_changes_neither_atoms_nor_numbers():
    simulator = Simulator(TASK, Faults(scripted={1: FaultKind.EFFECT_LOST}))
    before = simulator.observe()
    assert simulator.act(WALK).succeeded
    assert simulator.observe() == before
    assert simulator.happened[0].fault is FaultKind.EFFECT_LOST
    assert not simulator.happened[0].took_place


def test_a_step_without_effect_has_none_to_lose():
    simulator = Simulator(TASK, Faults(effect_lost=1.0, limit=1))
    assert simulator.act(Step("knock", ("hall",))).succeeded
    assert simulator.happened[0].fault is None
    simulator.act(WALK)
    assert simulator.happened[1].fault is FaultKind.EFFECT_LOST


def test_what_moves_by_itself_is_another_step_after_the_one_asked_for():
    simulator = Simulator(TASK, Faults(scripted={1: FaultKind.MOVED_BY_ITSELF}))
    semantics = Semantics(TASK)
    after = semantics.apply(semantics.initial_state(), WALK)
    assert simulator.act(WALK).succeeded
    happening = simulator.happened[0]
    assert happening.took_place
    assert happening.fault is FaultKind.MOVED_BY_ITSELF
    assert happening.by_itself is not None
    assert happening.by_itself.action in {"walk", "unlock"}  # knocking changes nothing
    assert simulator.observe() == semantics.apply(after, happening.by_itself) != after


def test_nothing_moves_by_itself_where_nothing_can():
    domain = """(define (domain one) (:predicates (done))
      (:action finish :parameters () :precondition (not (done)) :effect (done)))"""
    task = read_task(domain, "(define (problem p) (:domain one) (:init) (:goal (done)))")
    simulator = Simulator(task, Faults(moved=1.0))
    assert simulator.act(Step("finish")).succeeded
    assert simulator.observe().atoms == {Atom("done")}
    assert simulator.happened[0].fault is None


def test_the_step_asked_for_does_not_take_place_twice():
    domain = """(define (domain tally) (:requirements :numeric-fluents) (:functions (ticks))
      (:action tick :parameters () :precondition (< (ticks) 9) :effect (increase (ticks) 1)))"""
    problem = "(define (problem p) (:domain tally) (:init (= (ticks) 0)) (:goal (= (ticks) 9)))"
    simulator = Simulator(read_task(domain, problem), Faults(moved=1.0))
    assert simulator.act(Step("tick")).succeeded
    assert [value for _, value in simulator.observe().numbers] == [1]
    assert simulator.happened[0].fault is None


def _wander(faults: Faults, acts: int = 40) -> Simulator:
    """A walk to and fro, whatever the world makes of it."""
    simulator = Simulator(TASK, faults)
    for act in range(acts):
        simulator.act((WALK, BACK)[act % 2])
    return simulator


def test_the_same_seed_brings_the_same_faults_and_another_seed_others():
    faults = [Faults(seed, action_fails=0.2, effect_lost=0.2, moved=0.2) for seed in (1, 1, 2)]
    one, again, other = (_wander(f) for f in faults)
    assert one.happened == again.happened
    assert one.observe() == again.observe()
    assert one.happened != other.happened
    assert {h.fault for h in one.happened} == {None, *FaultKind}


def test_faults_happen_about_as_often_as_their_rate():
    simulator = Simulator(TASK, Faults(seed=3, action_fails=0.25))
    for _ in range(400):
        simulator.act(Step("knock", ("hall",)))
    assert 70 <= sum(h.fault is not None for h in simulator.happened) <= 130


def test_the_limit_bounds_faults_of_all_kinds_together():
    scripted = {1: FaultKind.EFFECT_LOST}
    simulator = _wander(Faults(action_fails=0.5, moved=0.5, limit=3, scripted=scripted))
    assert sum(h.fault is not None for h in simulator.happened) == 3
    assert simulator.happened[0].fault is FaultKind.EFFECT_LOST
    assert not any(h.fault for h in _wander(Faults(action_fails=1.0, limit=0)).happened)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"moved": 1.5}, "the rate of moved-by-itself must be between 0 and 1, not 1.5"),
        ({"action_fails": float("nan")}, "the rate of action-fails"),
        ({"limit": -1}, "the limit of faults must not be negative"),
        ({"scripted": {0: FaultKind.EFFECT_LOST}}, "counted from 1"),
    ],
)
def test_faults_out_of_range_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        Faults(**wrong)
