import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest
from tasks import towers

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import FaultKind, Faults, Simulator
from goalsmith.execute.simulation.faults import ANY_ACTION, Toggled

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
    assert {h.fault for h in one.happened} == {None, *FaultKind} - {FaultKind.EFFECT_LATE}


def test_faults_happen_about_as_often_as_their_rate():
    simulator = Simulator(TASK, Faults(seed=3, action_fails=0.25))
    for _ in range(400):
        simulator.act(Step("knock", ("hall",)))
    assert 70 <= sum(h.fault is not None for h in simulator.happened) <= 130


def test_acts_of_several_threads_take_place_one_after_the_other():
    lifts = [Step("lift", (name,)) for name in "abc"] * 20
    simulator = Simulator(towers("(on a b)"), Faults(seed=4, steps={"lower": 0.5}))
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(simulator.act, lifts))
    assert [h.act for h in simulator.happened] == list(range(1, len(lifts) + 1))
    assert sum(r.succeeded for r in reports) == sum(h.took_place for h in simulator.happened)
    # One hand lifts one block at a time, however many threads ask.
    again = Simulator(towers("(on a b)"), Faults(seed=4, steps={"lower": 0.5}))
    for happening in simulator.happened:
        again.act(happening.step)
    assert again.happened == simulator.happened
    assert again.observe() == simulator.observe()


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
        ({"effect_late": -0.1}, "the rate of effect-late"),
        ({"steps": {"walk": 2}}, "the rate of walk must be between 0 and 1, not 2"),
        ({"toggles": {"(open lab)": 2}}, r"the rate of \(open lab\)"),
        ({"limit": -1}, "the limit of faults must not be negative"),
        ({"scripted": {0: FaultKind.EFFECT_LOST}}, "counted from 1"),
    ],
)
def test_faults_out_of_range_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        Faults(**wrong)


def test_a_late_effect_comes_as_the_next_act_begins():
    simulator = Simulator(TASK, Faults(scripted={1: FaultKind.EFFECT_LATE}))
    before = simulator.observe()
    assert simulator.act(WALK).succeeded
    assert simulator.observe() == before
    assert not simulator.happened[0].took_place
    assert simulator.act(BACK).succeeded  # which it could not be without the walk before it
    assert simulator.happened[1].came_late == WALK
    assert simulator.observe().atoms == before.atoms


def test_a_step_asked_for_again_while_it_is_late_is_refused_when_it_has_come():
    simulator = Simulator(TASK, Faults(scripted={1: FaultKind.EFFECT_LATE}))
    simulator.act(WALK)
    report = simulator.act(WALK)
    assert "(at hall)" in report.message
    assert Atom("at", ("lab",)) in simulator.observe().atoms


def test_a_late_step_that_cannot_take_place_any_more_is_lost():
    domain = """(define (domain one) (:predicates (door) (in))
      (:action enter :parameters () :precondition (door) :effect (in))
      (:action close :parameters () :precondition (door) :effect (not (door))))"""
    task = read_task(domain, "(define (problem p) (:domain one) (:init (door)) (:goal (in)))")
    scripted = {1: FaultKind.EFFECT_LATE, 2: FaultKind.EFFECT_LATE}
    simulator = Simulator(task, Faults(scripted=scripted))
    simulator.act(Step("close"))
    assert not simulator.act(Step("enter")).succeeded  # the door closed as this act began
    assert simulator.happened[1].came_late == Step("close")
    assert simulator.observe().atoms == frozenset()


def test_steps_take_place_unasked_before_an_act_of_the_chosen_actions_only():
    simulator = Simulator(TASK, Faults(seed=1, steps={"unlock": 1.0}))
    assert simulator.act(Step("knock", ("hall",))).succeeded
    assert simulator.happened[0].events == (Step("unlock", ("store",)),)
    assert Atom("open", ("store",)) in simulator.observe().atoms
    simulator.act(Step("knock", ("hall",)))
    assert simulator.happened[1].events == ()  # nothing is left to unlock


def test_what_happens_before_an_act_can_leave_its_step_inapplicable():
    simulator = Simulator(TASK, Faults(steps={"walk": 1.0}))
    report = simulator.act(WALK)
    assert simulator.happened[0].events == (WALK,)
    assert not report.succeeded
    assert "(at hall)" in report.message


def test_several_events_happen_between_two_acts():
    task = towers("(on a b)")
    faults = Faults(seed=2, steps={"lift": 1.0, ANY_ACTION: 1.0}, toggles={"(free)": 1.0})
    simulator = Simulator(task, faults)
    simulator.act(Step("lift", ("a",)))
    lifted, other, toggled = simulator.happened[0].events
    assert isinstance(lifted, Step)
    assert lifted.action == "lift"
    assert isinstance(other, Step)
    assert other.action in {"lower", "pile"}
    assert toggled == Toggled(Atom("free"), holds=False)
    assert str(toggled) == "(not (free))"


def test_an_atom_that_toggles_becomes_true_and_false_again():
    simulator = Simulator(TASK, Faults(toggles={"(open store)": 1.0}))
    seen = []
    for _ in range(3):
        simulator.act(Step("knock", ("hall",)))
        seen.append(Atom("open", ("store",)) in simulator.observe().atoms)
    assert seen == [True, False, True]
    toggled = [event for happening in simulator.happened for event in happening.events]
    assert [isinstance(each, Toggled) and each.holds for each in toggled] == seen


def test_each_atom_of_a_predicate_toggles_at_some_time():
    simulator = Simulator(TASK, Faults(toggles={"open": 1.0}))
    for _ in range(40):
        simulator.act(Step("knock", ("hall",)))
    toggled = {e.atom for h in simulator.happened for e in h.events if isinstance(e, Toggled)}
    assert toggled == {Atom("open", (room,)) for room in ("hall", "lab", "store")}


def test_events_happen_about_as_often_as_their_rates_and_independently():
    simulator = Simulator(TASK, Faults(toggles={"(open lab)": 0.25, "(open store)": 0.5}))
    for _ in range(400):
        simulator.act(Step("knock", ("hall",)))
    counts = {"lab": 0, "store": 0, "both": 0}
    for happening in simulator.happened:
        rooms = [e.atom.args[0] for e in happening.events if isinstance(e, Toggled)]
        for room in rooms:
            counts[room] += 1
        counts["both"] += len(rooms) == 2
    assert 70 <= counts["lab"] <= 130
    assert 160 <= counts["store"] <= 240
    assert 30 <= counts["both"] <= 75


def test_the_limit_bounds_faults_and_events_together():
    faults = Faults(action_fails=1.0, limit=3, toggles={"(open store)": 1.0})
    happened = _wander(faults).happened
    assert [len(h.events) for h in happened[:3]] == [1, 1, 0]
    assert [h.fault is not None for h in happened[:3]] == [True, False, False]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": {"wakl": 0.1}}, "did you mean `walk`"),
        ({"toggles": {"opne": 0.1}}, "did you mean `open`"),
        ({"toggles": {"(opne lab)": 0.1}}, "no predicate `opne` .*did you mean `open`"),
        ({"toggles": {"(open lbb)": 0.1}}, "no object `lbb` .*did you mean `lab`"),
        ({"toggles": {"(open moon)": 0.1}}, "no object `moon` .*known: `hall`, `lab` and `store`"),
        ({"toggles": {"(open)": 0.1}}, "has 0 objects instead of 1"),
        ({"toggles": {"(open": 0.1}}, r"a text such as `\(on a b\)` is expected"),
    ],
)
def test_events_that_the_task_does_not_know_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        Simulator(TASK, Faults(**wrong))


ALL_KINDS = Faults(
    seed=5,
    action_fails=0.15,
    effect_lost=0.15,
    moved=0.15,
    effect_late=0.3,
    steps={"walk": 0.1},
    toggles={"open": 0.2},
    limit=60,
)


@pytest.mark.parametrize("after", range(0, 40, 3))
def test_a_world_goes_on_from_its_snapshot_as_it_would_have(after):
    whole, broken_off = Simulator(TASK, ALL_KINDS), Simulator(TASK, ALL_KINDS)
    for act in range(40):
        whole.act((WALK, BACK)[act % 2])
    for act in range(after):
        broken_off.act((WALK, BACK)[act % 2])
    kept = json.loads(json.dumps(broken_off.snapshot()))
    restored = Simulator(TASK, ALL_KINDS)
    restored.restore(kept)
    assert restored.observe() == broken_off.observe()
    assert restored.snapshot() == kept
    for act in range(after, 40):
        restored.act((WALK, BACK)[act % 2])
    assert restored.happened == whole.happened[after:]
    assert restored.observe() == whole.observe()
    assert {h.fault for h in whole.happened} == {None, *FaultKind}


def test_a_snapshot_holds_what_changed_and_no_more():
    simulator = Simulator(TASK, Faults(scripted={2: FaultKind.EFFECT_LATE}))
    simulator.act(WALK)
    simulator.act(BACK)
    assert simulator.snapshot() == {
        "format": 1,
        "acts": 2,
        "troubles": 1,
        "true": ["(at lab)"],
        "false": ["(at hall)"],
        "numbers": {"(walked)": "1"},
        "late": "(walk lab hall)",
    }


def test_numbers_are_kept_exactly_and_so_is_the_lack_of_one():
    walked = FunctionTerm("walked")
    third = TASK.with_state(State(TASK_STATE.atoms, frozenset({(walked, Fraction(1, 3))})))
    simulator = Simulator(third)
    simulator.act(WALK)
    assert simulator.snapshot()["numbers"] == {"(walked)": "4/3"}
    without = replace(third, problem=replace(third.problem, numbers=()))
    for task, state in ((third, "4/3"), (third, None), (without, "-2")):
        restored = Simulator(task)
        restored.restore({**simulator.snapshot(), "numbers": {"(walked)": state}})
        expected = frozenset({(walked, Fraction(state))}) if state else frozenset()
        assert restored.observe().numbers == expected
        assert restored.snapshot()["numbers"] == {"(walked)": state}


TASK_STATE = Semantics(TASK).initial_state()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format is not 1"),
        ({"more": 1}, "has the keys format, acts"),
        ({"acts": -1}, "`acts` is no count"),
        ({"acts": True}, "`acts` is no count"),
        ({"troubles": "3"}, "`troubles` is no count"),
        ({"true": "(at lab)"}, "`true` is a str, not a list"),
        ({"true": [3]}, "is expected, not 3"),
        ({"true": ["at lab"]}, "is expected, not 'at lab'"),
        ({"true": ["()"]}, "is expected"),
        ({"true": ["(at (lab))"]}, "is expected"),
        ({"true": ["(at moon)"]}, "`moon` in .* is not an object"),
        ({"true": ["(sleeps lab)"]}, "declares nothing like"),
        ({"true": ["(at hall lab)"]}, "has 2 objects instead of 1"),
        ({"true": ["(at hall)"]}, "began in another initial state"),
        ({"false": ["(at lab)"]}, "began in another initial state"),
        ({"numbers": ["(walked)"]}, "`numbers` is a list"),
        ({"numbers": {"(walked)": 3}}, "a number of a snapshot is a text"),
        ({"numbers": {"(walked)": "1e999999999"}}, "a number of a snapshot is a text"),
        ({"numbers": {"(walked)": "1/0"}}, "a number of a snapshot is a text"),
        ({"numbers": {"(fuel)": "1"}}, "no number that changes"),
        ({"numbers": {"(walked lab)": "1"}}, "has 1 objects instead of 0"),
        ({"late": "(fly lab)"}, "unknown action `fly`"),
        ({"late": 7}, "is expected, not 7"),
    ],
)
def test_what_is_no_snapshot_of_this_task_is_refused_and_changes_nothing(change, message):
    simulator = Simulator(TASK)
    simulator.act(WALK)
    before = simulator.snapshot()
    with pytest.raises(InputError, match=message):
        simulator.restore({**Simulator(TASK).snapshot(), **change})
    assert simulator.snapshot() == before
    assert len(simulator.happened) == 1


def test_derived_atoms_are_no_part_of_a_snapshot():
    domain = """(define (domain lamp) (:requirements :derived-predicates)
      (:predicates (on) (lit)) (:derived (lit) (on))
      (:action switch :parameters () :precondition () :effect (on)))"""
    task = read_task(domain, "(define (problem p) (:domain lamp) (:init) (:goal (lit)))")
    simulator = Simulator(task)
    simulator.act(Step("switch"))
    kept = simulator.snapshot()
    assert kept["true"] == ["(on)"]
    with pytest.raises(InputError, match="is derived"):
        simulator.restore({**kept, "true": ["(on)", "(lit)"]})
    with pytest.raises(InputError, match="known: `on`"):
        Simulator(task, Faults(toggles={"lit": 0.5}))
