"""What people tell a run, and what it answers."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from test_execute_monitor import PAIR_PLAN, PAIR_TASK, Search

from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Approve,
    Attempt,
    Cancel,
    Event,
    Mailbox,
    Message,
    MessageRefused,
    Reject,
    RunEnded,
    RunResumed,
    Simulator,
    StepBegun,
    StopAsked,
    Unreadable,
    execute,
)
from goalsmith.execute.journal.progress import progress_of

PICK_UP, STACK = PAIR_PLAN
PUT_DOWN = Step("put-down", ("a",))


class Post:
    """An inbox that gives messages out before the n-th look, and again at every look after it."""

    def __init__(self, *letters: tuple[int, Message]) -> None:
        self.letters = letters
        self.looks = 0

    def __call__(self) -> Sequence[Message]:
        self.looks += 1
        return [message for look, message in self.letters if look <= self.looks]

    def wait(self) -> bool:
        return False


def events(journal: Sequence[object], kind: type) -> list[Event]:
    return [e.event for e in journal if isinstance(e.event, kind)]  # type: ignore[attr-defined]


def test_a_cancel_ends_the_run_before_its_next_step_and_says_why() -> None:
    run = execute(
        PAIR_TASK,
        PAIR_PLAN,
        Simulator(PAIR_TASK),
        Search(),
        inbox=Post((2, Cancel("the floor is wet", 7))),
    )
    assert run.outcome is Outcome.INTERRUPTED
    assert run.reason == "it was asked to stop (the floor is wet)"
    assert run.steps == (PICK_UP,)
    assert events(run.journal, StopAsked) == [StopAsked("the floor is wet", 7)]


def test_a_cancel_is_made_safe() -> None:
    world = Simulator(PAIR_TASK)
    run = execute(
        PAIR_TASK,
        PAIR_PLAN,
        world,
        Search(),
        inbox=Post((2, Cancel("", 1))),
        safe_stop=(PUT_DOWN, PUT_DOWN),
    )
    assert run.steps == (PICK_UP, PUT_DOWN)
    assert world.observe() == Semantics(PAIR_TASK).initial_state()


def test_a_stop_that_was_cut_off_is_completed_and_not_forgotten() -> None:
    class Killed(BaseException):
        pass

    whole = execute(
        PAIR_TASK,
        PAIR_PLAN,
        Simulator(PAIR_TASK),
        Search(),
        inbox=Post((2, Cancel("", 1))),
        safe_stop=(PUT_DOWN, PICK_UP),
        name="run",
    )
    assert whole.steps == (PICK_UP, PUT_DOWN, PICK_UP)
    for cut in range(1, len(whole.journal)):
        before: list[Event] = []

        def kill(entry: object, cut: int = cut, before: list[Event] = before) -> None:
            before.append(entry.event)  # type: ignore[attr-defined]
            if len(before) == cut:
                raise Killed

        world, post = Simulator(PAIR_TASK), Post((2, Cancel("", 1)))
        with pytest.raises(Killed):
            execute(
                PAIR_TASK,
                PAIR_PLAN,
                world,
                Search(),
                inbox=post,
                on_event=kill,
                safe_stop=(PUT_DOWN, PICK_UP),
                name="run",
            )
        run = execute(
            PAIR_TASK,
            PAIR_PLAN,
            world,
            Search(),
            inbox=post,
            before=before,
            safe_stop=(PUT_DOWN, PICK_UP),
            name="run",
        )
        assert run.outcome is Outcome.INTERRUPTED
        every = [*before, *(e.event for e in run.journal)]
        assert sum(isinstance(e, StopAsked) for e in every) == 1
        if any(isinstance(e, StopAsked) for e in before):
            assert run.steps == whole.steps
            assert run.reason == whole.reason
        folded = progress_of(Semantics(PAIR_TASK), every)
        assert folded.state == world.observe()
        assert folded.ended is not None


def test_a_run_that_was_stopped_goes_on_when_somebody_wants_it_to() -> None:
    world = Simulator(PAIR_TASK)
    post = Post((2, Cancel("", 1)))
    stopped = execute(
        PAIR_TASK, PAIR_PLAN, world, Search(), inbox=post, safe_stop=(PUT_DOWN,), name="run"
    )
    before = [e.event for e in stopped.journal]
    for policy in ("relevant", "strict"):
        other = Simulator(PAIR_TASK.with_state(world.observe()))
        run = execute(
            PAIR_TASK, PAIR_PLAN, other, Search(), inbox=post, before=before, policy=policy
        )
        assert run.reached
        assert run.steps == (PICK_UP, PUT_DOWN, *PAIR_PLAN.steps)
        assert isinstance(run.journal[0].event, RunResumed)
        assert not events(run.journal, StopAsked)  # the message was answered before


def test_a_message_is_answered_once_even_if_it_comes_again() -> None:
    post = Post((1, Approve(1, 3)), (2, Reject(1, "", 4)))
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), inbox=post)
    assert run.reached
    assert post.looks > 2
    assert events(run.journal, MessageRefused) == [
        MessageRefused(3, "no plan waits for review"),
        MessageRefused(4, "no plan waits for review"),
    ]


def test_a_message_that_nobody_can_read_is_refused_with_the_reason() -> None:
    post = Post((1, Unreadable("line 3 is no step: (fly a)", 5)))
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), inbox=post)
    assert run.reached
    assert events(run.journal, MessageRefused) == [MessageRefused(5, "line 3 is no step: (fly a)")]


def test_texts_of_people_are_cut_to_a_bounded_length() -> None:
    post = Post((1, Cancel("x" * 100_000, 1)))
    run = execute(PAIR_TASK, PAIR_PLAN, Simulator(PAIR_TASK), Search(), inbox=post)
    assert len(run.reason) < 1000


def test_what_an_inbox_raises_leaves_the_run_to_be_gone_on_with() -> None:
    class Broken(Post):
        def __call__(self) -> Sequence[Message]:
            super().__call__()
            if self.looks == 2:
                raise OSError("the store is gone")
            return ()

    heard: list[Event] = []
    world = Simulator(PAIR_TASK)
    with pytest.raises(OSError, match="the store is gone"):
        execute(
            PAIR_TASK,
            PAIR_PLAN,
            world,
            Search(),
            inbox=Broken(),
            on_event=lambda entry: heard.append(entry.event),
        )
    assert not any(isinstance(e, RunEnded) for e in heard)
    assert execute(PAIR_TASK, PAIR_PLAN, world, Search(), before=heard).reached


def test_a_mailbox_numbers_its_messages_and_gives_each_once() -> None:
    box = Mailbox()
    assert box.send(Cancel("a")) == 1
    assert box.send(Approve(1)) == 2
    assert box() == [Cancel("a", 1), Approve(1, 2)]
    assert box() == []
    assert box.send(Cancel("b")) == 3
    assert box() == [Cancel("b", 3)]


def test_a_mailbox_wakes_whoever_waits() -> None:
    box = Mailbox(patience=60.0)
    woken = threading.Event()

    def wait() -> None:
        assert box.wait()
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    box.send(Cancel())
    thread.join(30.0)
    assert woken.is_set()
    assert Mailbox(patience=0.0).wait()  # somebody should look up


def test_another_thread_stops_a_run_through_a_mailbox() -> None:
    box = Mailbox()

    class Slow(Simulator):
        def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
            box.send(Cancel("enough"))
            return super().act(step, attempt)

    run = execute(PAIR_TASK, PAIR_PLAN, Slow(PAIR_TASK), Search(), inbox=box)
    assert run.outcome is Outcome.INTERRUPTED
    assert len(events(run.journal, StepBegun)) == 1
