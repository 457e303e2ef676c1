"""Goals that change while a run goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_execute_messages import Post
from test_execute_monitor import PAIR_TASK, Search
from test_execute_policies import Scripted
from test_execute_revision import MEND, PRESS, SWITCH, buttons

from goalsmith.domains.formula import And, Atom, Compare, Condition, FunctionTerm, Not
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    Approve,
    Change,
    Event,
    GoalChanged,
    Judged,
    Mailbox,
    MessageRefused,
    NewGoal,
    Policy,
    Review,
    Run,
    Simulator,
    StepBegun,
    Verdict,
    execute,
    revisions,
)
from goalsmith.execute.journal.progress import progress_of
from goalsmith.solve.solution import Solution


def lit(*lamps: str) -> Condition:
    return And(tuple(Atom("lit", (x,)) for x in lamps))


TASK = buttons()
THREE = TASK.with_goal(lit("a", "b", "c"))
ABC = Plan(PRESS[:3])


def nobody(_: Task) -> Solution:
    raise AssertionError("the solver should not have been asked")


def changed(goal: Condition, solver: object = nobody, look: int = 2, **options: object) -> Run:
    """A run for the first three lamps whose goal changes after its first step."""
    return execute(
        THREE,
        ABC,
        Simulator(THREE),
        solver,  # type: ignore[arg-type]
        inbox=Post((look, NewGoal(THREE.with_goal(goal), 1))),
        name="run",
        **options,  # type: ignore[arg-type]
    )


def of(run: Run, kind: type) -> list[Event]:
    return [e.event for e in run.journal if isinstance(e.event, kind)]


@pytest.mark.parametrize("policy", [Policy.STRICT, Policy.RELEVANT, Policy.NEVER])
def test_a_plan_that_still_serves_goes_on(policy: Policy) -> None:
    run = changed(lit("a", "b"), policy=policy)
    assert run.reached
    assert run.steps == PRESS[:2]
    assert of(run, GoalChanged) == [GoalChanged(lit("a", "b"), 1)]
    assert of(run, Judged) == [Judged(1, Verdict.GO_ON, "the goal changed", 1)]


def test_steps_that_the_new_goal_does_not_need_are_skipped() -> None:
    run = changed(lit("c"))
    assert run.reached
    assert run.steps == (PRESS[0], PRESS[2])
    [judged] = of(run, Judged)
    assert judged.verdict is Verdict.SKIP  # type: ignore[union-attr]
    assert judged.skipped == (PRESS[1],)  # type: ignore[union-attr]


def test_a_goal_that_asks_for_more_keeps_the_plan_and_goes_on_from_its_end() -> None:
    run = changed(lit("a", "b", "c", "d"), Search())
    assert run.reached
    assert run.steps == (*PRESS[:3], SWITCH[3])
    assert run.replans == 1
    [revision] = revisions(e.event for e in run.journal)
    assert revision.steps(Change.KEPT) == PRESS[1:3]
    assert revision.steps(Change.ADDED) == (SWITCH[3],)


def test_a_goal_that_holds_already_ends_the_run() -> None:
    run = changed(lit("a"))
    assert run.outcome is Outcome.REACHED
    assert run.steps == PRESS[:1]


def test_a_goal_out_of_reach_ends_the_run_with_the_reason() -> None:
    run = changed(And((lit("d"), Not(Atom("fuse")))), Search())
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason.startswith("the goal cannot be reached from here")
    assert run.reason.endswith("out of reach: (not (fuse))")


def test_a_policy_that_never_replans_says_that_it_cannot_follow() -> None:
    run = changed(lit("d"), policy=Policy.NEVER)
    assert run.outcome is Outcome.ENDED_SHORT
    assert run.reason == "the goal changed; the policy is never to replan"


def test_every_step_plans_for_the_new_goal() -> None:
    run = changed(lit("d"), Search(), policy=Policy.EVERY_STEP)
    assert run.reached
    assert run.final_state is not None
    assert Atom("lit", ("d",)) in run.final_state.atoms
    assert Atom("lit", ("b",)) not in run.final_state.atoms


def test_goals_may_change_again_and_again() -> None:
    post = Post(
        (1, NewGoal(THREE.with_goal(lit("a", "d")), 1)),
        (3, NewGoal(THREE.with_goal(lit("b", "d")), 2)),
        (3, NewGoal(THREE.with_goal(lit("a", "b", "c", "d")), 3)),
    )
    run = execute(THREE, ABC, Simulator(THREE), Search(), inbox=post)
    assert run.reached
    assert len(of(run, GoalChanged)) == 3
    assert run.final_state is not None
    assert Semantics(TASK).goal_holds(run.final_state)


def test_a_goal_of_another_world_is_refused_and_the_run_goes_on() -> None:
    other = Task(THREE.domain, replace(THREE.problem, objects=()))
    post = Post((1, NewGoal(PAIR_TASK, 1)), (1, NewGoal(other, 2)))
    run = execute(THREE, ABC, Simulator(THREE), nobody, inbox=post)
    assert run.reached
    assert run.steps == ABC.steps
    assert of(run, MessageRefused) == [
        MessageRefused(1, "the new goal is one of another domain"),
        MessageRefused(2, "the new goal is one of a problem with other objects"),
    ]


def test_a_goal_about_what_only_counted_is_refused() -> None:
    cheap = Compare("<=", FunctionTerm("total-cost"), FunctionTerm("total-cost"))
    post = Post((1, NewGoal(THREE.with_goal(And((lit("a"), cheap))), 1)))
    run = execute(THREE, ABC, Simulator(THREE), nobody, inbox=post)
    assert run.reached
    [refused] = of(run, MessageRefused)
    assert "total-cost, which the run does not watch" in refused.reason  # type: ignore[union-attr]


def test_a_new_goal_during_a_review_is_planned_for_before_it_is_asked_about_again() -> None:
    box = Mailbox()

    class Answers:
        def __init__(self) -> None:
            self.waits = 0

        def __call__(self) -> object:
            return box()

        def wait(self) -> bool:
            self.waits += 1
            if self.waits == 1:
                box.send(NewGoal(THREE.with_goal(lit("d"))))
            else:
                box.send(Approve(2))
            return True

    run = execute(
        THREE,
        ABC,
        Simulator(THREE),
        Search(),
        review=Review.REVISIONS,
        inbox=Answers(),  # type: ignore[arg-type]
    )
    assert run.reached
    assert run.steps == (SWITCH[3],)
    kinds = [e.event.kind for e in run.journal]
    assert kinds.count("review-asked") == 2
    assert kinds.index("plan-approved") < kinds.index("step-begun")


def test_a_run_whose_goal_changed_goes_on_from_every_cut() -> None:
    goal = lit("a", "b", "d")

    def world() -> Scripted:
        return Scripted(THREE, idle={PRESS[0]: 1}, beside={3: Step("fail")})

    def letters() -> Post:
        return Post((3, NewGoal(THREE.with_goal(goal), 1)))

    class Killed(BaseException):
        pass

    whole = execute(THREE, ABC, world(), Search(), inbox=letters(), name="run", max_replans=50)
    assert whole.reached
    assert MEND in whole.steps
    for cut in range(1, len(whole.journal)):
        before: list[Event] = []

        def kill(entry: object, cut: int = cut, before: list[Event] = before) -> None:
            before.append(entry.event)  # type: ignore[attr-defined]
            if len(before) == cut:
                raise Killed

        place, post = world(), letters()
        with pytest.raises(Killed):
            execute(THREE, ABC, place, Search(), inbox=post, on_event=kill, name="run")
        run = execute(
            THREE, ABC, place, Search(), inbox=post, before=before, name="run", max_replans=50
        )
        assert run.reached, (cut, run.reason)
        every = [*before, *(e.event for e in run.journal)]
        assert sum(isinstance(e, GoalChanged) for e in every) == 1
        assert Semantics(THREE.with_goal(goal)).goal_holds(place.state)
        folded = progress_of(Semantics(THREE), every)
        assert folded.state == place.state
        assert folded.semantics.task.problem.goal == goal
        numbers = [e.number for e in every if isinstance(e, StepBegun)]
        assert numbers == sorted(numbers)
