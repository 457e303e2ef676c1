"""Plans that wait for a person to approve, reject or edit them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from test_execute_monitor import PAIR_PLAN, PAIR_TASK, Search

from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    Approve,
    Cancel,
    Edit,
    Event,
    FaultKind,
    Faults,
    Message,
    MessageRefused,
    PlanApproved,
    PlanEdited,
    PlanRejected,
    Reject,
    Review,
    ReviewAsked,
    Run,
    RunEnded,
    Simulator,
    StepBegun,
    execute,
)
from goalsmith.execute.journal.progress import progress_of

PICK_UP, STACK = PAIR_PLAN
PUT_DOWN = Step("put-down", ("a",))
DETOUR = Plan((PICK_UP, PUT_DOWN, PICK_UP, STACK))


class Reviewer:
    """Answers one after another, each at a wait; then leaves."""

    def __init__(self, *answers: Callable[[int], Message]) -> None:
        self.answers = list(answers)
        self.unread: list[Message] = []
        self.waits = 0

    def __call__(self) -> Sequence[Message]:
        return tuple(self.unread)

    def wait(self) -> bool:
        self.waits += 1
        if not self.answers:
            return False
        self.unread.append(self.answers.pop(0)(len(self.unread) + 1))
        return True


def approve(version: int) -> Callable[[int], Message]:
    return lambda number: Approve(version, number)


def kinds(run: Run) -> list[str]:
    return [e.event.kind for e in run.journal]


def of(run: Run, kind: type) -> list[Event]:
    return [e.event for e in run.journal if isinstance(e.event, kind)]


def review(
    *answers: Callable[[int], Message],
    review: Review = Review.PLAN,
    world: Simulator | None = None,
    before: Sequence[Event] = (),
    **options: object,
) -> Run:
    return execute(
        PAIR_TASK,
        PAIR_PLAN,
        world or Simulator(PAIR_TASK),
        Search(),
        review=review,
        inbox=Reviewer(*answers),
        before=before,
        **options,  # type: ignore[arg-type]
    )


def test_no_step_is_taken_before_the_plan_is_approved() -> None:
    run = review(approve(1))
    assert run.reached
    assert kinds(run)[:7] == [
        "run-started",
        "observed",
        "plan-adopted",
        "review-asked",
        "plan-approved",
        "state-matched",  # the world is looked at again after a wait
        "step-begun",
    ]
    assert of(run, PlanApproved) == [PlanApproved(1, 1)]


def test_a_run_is_left_waiting_where_nobody_waits_with_it() -> None:
    world = Simulator(PAIR_TASK)
    run = review(world=world)
    assert run.outcome is Outcome.QUESTION
    assert run.reason == "plan 1 waits for review"
    assert run.steps == ()
    assert not of(run, RunEnded)
    before = [e.event for e in run.journal]
    again = review(world=world, before=before)
    assert again.outcome is Outcome.QUESTION
    assert kinds(again) == ["run-resumed", "state-matched"]  # it was asked for already
    assert again.journal[0].event.reason == "plan 1 waits for review"  # type: ignore[union-attr]
    before += [e.event for e in again.journal]
    done = review(approve(1), world=world, before=before)
    assert done.reached
    assert done.steps == PAIR_PLAN.steps


def test_a_rejected_plan_ends_the_run_with_the_reason() -> None:
    run = review(lambda number: Reject(1, "block a is hot", number))
    assert run.outcome is Outcome.REJECTED
    assert run.reason == "plan 1 was rejected: block a is hot"
    assert run.steps == ()
    assert of(run, PlanRejected) == [PlanRejected(1, "block a is hot", 1)]
    events = [e.event for e in run.journal]
    with pytest.raises(InputError, match="the run has ended: plan 1 was rejected"):
        review(before=events)
    cut = review(before=events[:-1])  # killed just before the end was recorded
    assert cut.outcome is Outcome.REJECTED


def test_an_edited_plan_takes_the_place_of_the_one_that_waited() -> None:
    run = review(lambda number: Edit(1, DETOUR, number))
    assert run.reached
    assert run.steps == DETOUR.steps
    assert run.plans == (PAIR_PLAN, DETOUR)
    assert of(run, PlanEdited) == [PlanEdited(2, DETOUR, 1, 1)]
    assert len(of(run, ReviewAsked)) == 1


def test_a_wrong_edit_is_refused_with_the_reason_and_the_run_keeps_waiting() -> None:
    run = review(
        lambda number: Edit(1, Plan((STACK,)), number),
        lambda number: Edit(1, Plan((PICK_UP,)), number),
        lambda number: Edit(1, Plan((Step("fly"),)), number),
        approve(1),
    )
    assert run.reached
    refused = of(run, MessageRefused)
    reasons = [e.reason for e in refused]  # type: ignore[union-attr]
    assert "step 1 (stack a b) cannot be carried out" in reasons[0]
    assert "the goal does not hold at the end" in reasons[1]
    assert "unknown action `fly`" in reasons[2]
    assert [e.message for e in refused] == [1, 2, 3]  # type: ignore[union-attr]
    assert of(run, PlanApproved) == [PlanApproved(1, 4)]


def test_an_answer_to_another_plan_than_the_one_that_waits_is_refused() -> None:
    run = review(approve(2), lambda number: Reject(3, "", number), approve(1))
    assert run.reached
    assert of(run, MessageRefused) == [
        MessageRefused(1, "plan 1 waits for review, and not plan 2"),
        MessageRefused(2, "plan 1 waits for review, and not plan 3"),
    ]


def failing() -> Simulator:
    return Simulator(PAIR_TASK, Faults(scripted={2: FaultKind.ACTION_FAILS}))


def test_only_the_first_plan_waits_unless_revisions_are_to_be_seen() -> None:
    run = review(approve(1), world=failing())
    assert run.reached
    assert run.replans == 1
    assert len(of(run, ReviewAsked)) == 1


def test_every_revision_waits_where_that_is_asked_for() -> None:
    run = review(approve(1), approve(2), world=failing(), review=Review.REVISIONS)
    assert run.reached
    assert of(run, ReviewAsked) == [ReviewAsked(1), ReviewAsked(2)]
    begun = [i for i, kind in enumerate(kinds(run)) if kind == "step-begun"]
    assert kinds(run).index("plan-approved") < begun[0]
    rejected = review(
        approve(1), lambda n: Reject(2, "", n), world=failing(), review=Review.REVISIONS
    )
    assert rejected.outcome is Outcome.REJECTED
    assert rejected.reason == "plan 2 was rejected"
    assert len(of(rejected, StepBegun)) == 2


def test_a_waiting_run_can_be_cancelled() -> None:
    run = review(lambda number: Cancel("never mind", number))
    assert run.outcome is Outcome.INTERRUPTED
    assert run.steps == ()


def test_a_world_that_changes_during_the_wait_is_seen_before_the_first_step() -> None:
    world = Simulator(PAIR_TASK)

    def late(number: int) -> Message:
        world.act(Step("pick-up", ("b",)))
        return Approve(1, number)

    run = review(late, world=world, review=Review.PLAN)
    assert run.reached
    assert run.replans == 1
    assert run.steps[0] == Step("put-down", ("b",))
    again = review(late, approve(2), world=Simulator(PAIR_TASK), review=Review.REVISIONS)
    assert again.reached


def test_a_review_needs_somebody_to_answer() -> None:
    with pytest.raises(InputError, match="inbox"):
        execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), review="plan")
    with pytest.raises(ValueError, match="perhaps"):
        execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), review="perhaps")


def test_a_run_under_review_goes_on_from_every_cut() -> None:
    answers = (
        lambda n: Edit(1, Plan((STACK,)), n),
        lambda n: Edit(1, DETOUR, n),
        approve(3),
    )
    whole = review(*answers, world=failing(), review=Review.REVISIONS, name="run")
    assert whole.reached
    for cut in range(1, len(whole.journal)):
        before = [e.event for e in whole.journal[:cut]]
        world = Simulator(PAIR_TASK)
        # The world as it was then, by the journal.
        state = progress_of(Semantics(PAIR_TASK), before).state
        if state is not None:
            world = Simulator(PAIR_TASK.with_state(state))
        reviewer = Reviewer(*(approve(v) for v in (1, 2, 3, 4, 5)), *(approve(v) for v in (2, 3)))
        reviewer.unread = [Cancel("", n) for n in (1, 2, 3)][: answered(before)]
        run = execute(
            PAIR_TASK,
            PAIR_PLAN,
            world,
            Search(),
            review=Review.REVISIONS,
            inbox=reviewer,
            before=before,
            name="run",
        )
        assert run.reached, (cut, run.reason)
        every = [*before, *(e.event for e in run.journal)]
        approved = {1: 0} | {e.version: i for i, e in enumerate(every) if _lets(e)}
        plan = 0
        for index, event in enumerate(every):
            if event.kind in ("plan-adopted", "plan-edited"):
                plan = event.version  # type: ignore[union-attr]
            if isinstance(event, StepBegun):
                assert approved[plan] < index


def _lets(event: Event) -> bool:
    return isinstance(event, PlanApproved | PlanEdited)


def answered(events: Sequence[Event]) -> int:
    return sum(getattr(e, "message", None) is not None for e in events if e.kind != "step-reported")
