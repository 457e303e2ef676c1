"""Events come back from a journal exactly as they were, and what cannot be read is told."""

import json
from dataclasses import fields
from fractions import Fraction
from typing import get_args

import pytest
import tasks
from walks import walk

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.library import bundled, names
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.execute import (
    Divergence,
    DivergenceSeen,
    Ending,
    Event,
    Faults,
    Journal,
    Judged,
    NumberChange,
    Observation,
    Observed,
    RunEnded,
    RunStarted,
    Simulator,
    StateMatched,
    StepBegun,
    StepReported,
    StepSetAside,
    StepsTakenBack,
    Verdict,
    execute,
)
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.store import EntryRow
from goalsmith.solve import Solution, solve

RATES = {"action_fails": 0.15, "effect_lost": 0.15, "moved": 0.15}

TANK = """
(define (domain tank)
  (:requirements :numeric-fluents)
  (:predicates (at ?x))
  (:functions (fuel) (level ?x) (total-cost))
  (:action go :parameters (?x ?y)
    :precondition (and (at ?x) (>= (fuel) (/ 1 3)))
    :effect (and (at ?y) (not (at ?x)) (decrease (fuel) (/ 1 3)) (increase (total-cost) 2)))
  (:action pour :parameters (?x)
    :precondition (at ?x)
    :effect (and (increase (level ?x) (fuel)) (assign (fuel) 0.5))))
"""
TANK_PROBLEM = """
(define (problem p) (:domain tank) (:objects a b c)
  (:init (at a) (= (fuel) 7) (= (level a) 0.1) (= (level b) 0))
  (:goal (and (at c) (>= (level b) (/ 2 3)) (or (at c) (not (at a))) (forall (?x) (imply (at ?x)
    (exists (?y) (= ?x ?y)))))))
"""


def rows(entries):
    """What a store gives out for entries of a journal: they have been JSON meanwhile."""
    for entry in entries:
        body = json.loads(json.dumps(entry.as_dict()))
        kind, sequence = body.pop("event"), body.pop("sequence")
        yield EntryRow(sequence, 0.0, kind, body)


def check(task, entries):
    read = Decoder(task).entries(rows(entries))
    assert [e.as_dict() for e in read] == [e.as_dict() for e in entries]
    assert read == tuple(entries)


def tank():
    return read_task(TANK, TANK_PROBLEM)


def no_plan(task):
    return Solution(Outcome.NO_PLAN_FOUND)


@pytest.mark.parametrize("name", sorted(names()))
def test_every_event_of_faulty_runs_comes_back_as_it_was(name):
    instance = bundled(name).instances[0]
    seen = set()
    for seed, policy in enumerate(("strict", "relevant", "every-step", "never")):
        task, plan = walk(instance.task, seed, 12)
        world = Simulator(task, Faults(seed, **RATES))
        run = execute(task, plan, world, no_plan, policy=policy, name=f"run-{seed}")
        check(task, run.journal)
        seen |= {entry.event.kind for entry in run.journal}
    assert {"run-started", "observed", "step-begun", "step-reported", "run-ended"} <= seen


def test_events_of_runs_that_are_planned_anew_come_back():
    seen = set()
    for name, seed in (("gripper", 1), ("blocksworld", 2), ("software_release", 3)):
        task = bundled(name.replace("_", "-")).instances[0].task
        found = solve(task)
        world = Simulator(task, Faults(seed, **RATES))
        run = execute(task, found.plan, world, solve, max_replans=5)
        check(task, run.journal)
        seen |= {entry.event.kind for entry in run.journal}
    assert {"replan-begun", "replanned", "divergence-seen", "judged", "plan-adopted"} <= seen


class Hazy(Simulator):
    """A world of which only one atom and one number are seen."""

    def observe(self):
        state = super().observe()
        return Observation(
            frozenset(list(state.atoms)[:1]), numbers=frozenset(list(state.numbers)[:1])
        )


@pytest.mark.parametrize("world", [Simulator, Hazy])
def test_exact_numbers_come_back(world):
    steps = [Step("go", ("a", "b")), Step("pour", ("b",)), Step("go", ("b", "c"))]
    task = tank()
    for seed in range(8):
        faults = Faults(seed, action_fails=0.2, effect_lost=0.2, moved=0.4)
        run = execute(
            task, Plan(tuple(steps)), world(task, faults), no_plan, policy="never", name="r"
        )
        check(task, run.journal)
        assert run.journal[0].event.goal == task.problem.goal


def test_a_number_of_the_goal_that_paper_cuts_short_comes_back():
    text = TANK_PROBLEM.replace("(/ 2 3)", "0.5")
    task = read_task(TANK, text)
    third = type(task.problem.goal.parts[1])(">=", task.problem.goal.parts[1].left, Fraction(1, 3))
    task = task.with_goal(third)
    check(task, _recorded(RunStarted(third, Plan(), 1, 1)))


def _recorded(*events):
    journal = Journal()
    for event in events:
        journal.record(event)
    return tuple(journal)


def test_events_that_runs_seldom_have_come_back():
    task = tank()
    go = Step("go", ("a", "b"))
    semantics_state = Simulator(task).observe()
    [fuel] = [term for term, _ in semantics_state.numbers if term.function == "fuel"]
    gone = NumberChange(fuel, Fraction(1, 3), None)
    check(
        task,
        _recorded(
            Observed(semantics_state, semantics_state.atoms),
            StepBegun(3, 1, go, 2, "k-3"),
            StepReported(3, go, False, "línea\nnueva", Ending.TIMED_OUT),
            StateMatched(3, semantics_state.atoms),
            DivergenceSeen(3, Divergence(semantics_state.atoms, frozenset(), (gone,))),
            Judged(3, Verdict.SKIP, "why", 2, (go, go)),
            StepSetAside(go, 3),
            StepsTakenBack((go,), "no way around"),
            RunEnded(Outcome.ENDED_SHORT, ""),
        ),
    )


@pytest.mark.parametrize("kind", get_args(Event))
def test_the_fields_of_every_event_there_is_can_be_read(kind):
    # Of a type that nothing reads, this would be a TypeError.
    for name in (f.name for f in fields(kind)):
        only = {name: {"neither": "text", "nor": "number"}}
        with pytest.raises(StoreError, match=f"{kind.kind} cannot be read: `"):
            Decoder(tank()).event(kind.kind, only)


def test_an_event_of_a_later_goalsmith_is_told_with_what_to_do():
    decoder = Decoder(tank())
    with pytest.raises(StoreError, match=r"entry 7 \(step-teleported\).*later goalsmith.*update"):
        decoder.entry(EntryRow(7, 0.0, "step-teleported", {}))
    body = {"seconds": 0.5, "number": 1, "stale": [], "lane": 3}
    with pytest.raises(StoreError, match=r"entry 8 \(state-matched\).*`lane`.*later goalsmith"):
        decoder.entry(EntryRow(8, 0.0, "state-matched", body))
    ended = {"outcome": "won", "reason": ""}
    with pytest.raises(StoreError, match="no outcome `won`"):
        decoder.event("run-ended", ended)
    judged = {"number": 1, "verdict": "pray", "reason": "", "index": 1}
    with pytest.raises(StoreError, match="`verdict`: `pray` is none of"):
        decoder.event("judged", judged)


def test_a_journal_of_an_earlier_goalsmith_lacks_what_it_did_not_know():
    decoder = Decoder(tank())
    assert decoder.event("state-matched", {"number": 4}) == StateMatched(4)
    begun = {"number": 1, "index": 0, "step": "(go a b)", "attempt": 1}
    assert decoder.event("step-begun", begun) == StepBegun(1, 0, Step("go", ("a", "b")), 1)
    with pytest.raises(StoreError, match="`number` is missing"):
        decoder.event("state-matched", {})


@pytest.mark.parametrize(
    "step",
    ["go a b", "(go a)", "(fly a b)", "(go a z)", "()", "", "(go  a b)", 3, None, ["(go a b)"]],
)
def test_a_damaged_step_is_told(step):
    body = {"number": 1, "index": 0, "step": step, "attempt": 1}
    with pytest.raises(StoreError, match=r"step-begun cannot be read: `step`"):
        Decoder(tank()).event("step-begun", body)


@pytest.mark.parametrize(
    "number", ["1e9999999", "1/0", "0x3", "", "1 ", "٣", 3, 0.5, None, "9" * 5000]
)
def test_a_damaged_number_is_told(number):
    body = {"state": {"atoms": [], "numbers": {"(fuel)": number}}}
    with pytest.raises(StoreError, match=r"observed cannot be read: `state`"):
        Decoder(tank()).event("observed", body)


def test_an_entry_that_is_no_object_is_told():
    for body in (None, [], "x", 3):
        with pytest.raises(StoreError, match="no fields"):
            Decoder(tank()).entry(EntryRow(0, 0.0, "observed", body))


def test_the_journal_of_another_task_is_told():
    run = execute(tank(), Plan(), Simulator(tank()), no_plan)
    with pytest.raises(InputError, match="another task"):
        Decoder(tasks.towers("(on a b)")).events(rows(run.journal))
