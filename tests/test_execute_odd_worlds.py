"""Worlds, solvers and people that do not keep to what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from goalsmith.domains.formula import FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Approve,
    Message,
    MessageRefused,
    NewGoal,
    Review,
    execute,
)
from goalsmith.execute.durable import RunSettings, drive, submit, take
from goalsmith.execute.environment import Attempt
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.journal.events import StepReported
from goalsmith.execute.store import open_store
from goalsmith.solve.solution import Solution

LAMP = read_task(
    """(define (domain lamp)
      (:requirements :adl :numeric-fluents)
      (:predicates (plugged) (lit) (packed))
      (:functions (uses))
      (:action plug :parameters () :precondition () :effect (plugged))
      (:action switch :parameters () :precondition (not (lit))
        :effect (and (when (plugged) (lit)) (increase (uses) 0.5)))
      (:action pack :parameters () :precondition () :effect (packed)))""",
    """(define (problem evening) (:domain lamp) (:init (= (uses) 0))
      (:goal (and (lit) (<= (uses) 1))))""",
)
PLAN = read_plan("(plug)\n(switch)", LAMP)
USES = FunctionTerm("uses", ())


def no_plan(_task: object) -> Solution:
    return Solution(Outcome.NO_PLAN_FOUND)


class World:
    """Does what it is asked; what it says of that, a test may change."""

    def __init__(self) -> None:
        self.semantics = Semantics(LAMP)
        self.state = self.semantics.initial_state()

    def observe(self) -> Any:
        return self.state

    def act(self, step: Step, attempt: Attempt) -> Any:
        self.state = self.semantics.apply(self.state, step)
        return ActionReport(True)


class Measured(World):
    """Says numbers as a sensor has them."""

    def __init__(self, measure: Any) -> None:
        super().__init__()
        self.measure = measure

    def observe(self) -> Any:
        value = dict(self.state.numbers)[USES]
        return State(self.state.atoms, frozenset({(USES, self.measure(value))}))


class Reporting(World):
    """Reports whatever it was given."""

    def __init__(self, report: Any) -> None:
        super().__init__()
        self.report = report

    def act(self, step: Step, attempt: Attempt) -> Any:
        super().act(step, attempt)
        return self.report


def kept(folder: Path, world: World) -> tuple[Outcome, str, Sequence[Any]]:
    """How a run in a world ends, and its journal as it is read again."""
    with open_store(f"sqlite:///{folder}/runs.sqlite") as store:
        row = submit(store, LAMP, PLAN, RunSettings())
        holding = take(store, row.id)
        assert holding is not None
        with holding:
            driven = drive(store, holding, world=lambda _: world, solver=no_plan)
        return driven.outcome, driven.reason, Decoder(LAMP).entries(store.entries(row.id))


def test_numbers_of_a_sensor_are_compared_and_kept_exactly(tmp_path: Path) -> None:
    outcome, _, entries = kept(tmp_path, Measured(float))
    assert outcome is Outcome.REACHED
    assert entries[1].event.state.numbers == {(USES, Fraction(0))}
    run = execute(LAMP, PLAN, Measured(lambda value: float(value) + 0.1), no_plan, policy="never")
    [seen] = [e.event for e in run.journal if e.event.kind == "divergence-seen"][:1]
    assert seen.divergence.changed[0].observed == Fraction(1, 10)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "'nan', which is no finite number"),
        (float("inf"), "'inf', which is no finite number"),
        ("three", "'three', which is no finite number"),
        (True, "'True', which is no finite number"),
        (Fraction(10**5000, 3), "more than 10000 bits"),
    ],
)
def test_what_is_no_number_ends_a_run_with_the_reason(
    tmp_path: Path, value: object, said: str
) -> None:
    outcome, reason, entries = kept(tmp_path, Measured(lambda _: value))
    assert outcome is Outcome.ENDED_SHORT
    assert reason.startswith("the world could not be observed: (uses) is observed to be ")
    assert said in reason
    assert entries[-1].event.kind == "run-ended"


@pytest.mark.parametrize(
    ("report", "succeeded", "message"),
    [
        (ActionReport("yes"), True, ""),  # type: ignore[arg-type]
        (ActionReport(0), False, ""),  # type: ignore[arg-type]
        (ActionReport(True, None), True, ""),  # type: ignore[arg-type]
        (ActionReport(True, 5), True, "5"),  # type: ignore[arg-type]
        (ActionReport(False, "\x1b[2J\ud800\x00\nup"), False, "\ufffd[2J\ufffd\ufffd up"),
    ],
)
def test_a_claim_of_another_form_is_kept_so_that_it_can_be_read_again(
    tmp_path: Path, report: ActionReport, succeeded: bool, message: str
) -> None:
    *_, entries = kept(tmp_path, Reporting(report))
    [said] = [e.event for e in entries if isinstance(e.event, StepReported)][:1]
    assert said.succeeded is succeeded
    assert said.message == message


def test_an_ending_that_there_is_not_is_a_failed_step(tmp_path: Path) -> None:
    report = ActionReport(True, "", "vanished")  # type: ignore[arg-type]
    *_, entries = kept(tmp_path, Reporting(report))
    [said] = [e.event for e in entries if isinstance(e.event, StepReported)][:1]
    assert not said.succeeded
    assert "vanished" in said.message


def test_an_answer_of_a_solver_that_is_none_ends_the_run_with_the_reason() -> None:
    run = execute(LAMP, Plan(), World(), lambda _: None)  # type: ignore[arg-type, return-value]
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "the solver failed: TypeError: it returned NoneType, not a Solution"


def test_an_approval_does_not_cover_the_plan_for_a_goal_that_came_before_it() -> None:
    """Somebody approves plan 1 and does not know that the goal has just been changed."""
    other = LAMP.with_goal(
        read_task(
            _domain_text(), "(define (problem p) (:domain lamp) (:init) (:goal (packed)))"
        ).problem.goal
    )
    sent: list[Message] = []

    class Inbox:
        waits = 0

        def __call__(self) -> Sequence[Message]:
            return tuple(sent)

        def wait(self) -> bool:
            self.waits += 1
            if self.waits == 1:
                sent.extend((NewGoal(other, 1), Approve(1, 2)))
            return self.waits == 1

    def pack(_task: object) -> Solution:
        return Solution(Outcome.SOLVED, plan=read_plan("(pack)", LAMP))

    world = World()
    run = execute(LAMP, PLAN, world, pack, review=Review.PLAN, inbox=Inbox())
    assert run.outcome is Outcome.QUESTION
    assert run.steps == ()
    assert run.reason == "plan 2 waits for review"
    [refused] = [e.event for e in run.journal if isinstance(e.event, MessageRefused)]
    assert refused.message == 2


def _domain_text() -> str:
    from goalsmith.domains.writer import write_domain

    return write_domain(LAMP.domain)
