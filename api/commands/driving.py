"""What the commands share that drive runs: the lease, the story as it happens, how it is left."""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console

    from goalsmith.domains.language import Task
    from goalsmith.execute import Entry
    from goalsmith.execute.durable import Driven, Holding
    from goalsmith.execute.store import RunRow, Store
    from goalsmith.execute.tracing import RunSpans
    from goalsmith.show import Narrator
    from goalsmith.world import World

_REVIEWED = ("plan-adopted", "plan-approved", "plan-edited", "plan-rejected")
"""The entries after which no plan waits for review, until there is another one that does."""

STDERR = 2
"""The file descriptor of standard error."""

SHORT = 6
"""Digits of a run's id that are shown to be typed."""


def finite(value: float | None) -> float | None:
    """An option's number as it is. Raises BadParameter for `nan` and `inf`, which ranges let by."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


LeaseSeconds = Annotated[
    float | None,
    typer.Option(
        "--lease",
        help="Seconds after which others may go on with a run if this process is gone.",
        metavar="S",
        show_default="15",
        min=0.5,
        max=86_400.0,
        callback=finite,
    ),
]


@contextmanager
def stopping() -> Iterator[Event]:
    """A flag that Ctrl-C and SIGTERM set; a second one ends the process there and then.

    A run outlives that like any other crash.
    """
    halt = Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        halt.set()
        signal.signal(number, signal.SIG_DFL)
        # Not through a stream that may be amid a write.
        os.write(STDERR, b"stopping after the present step; again: at once\n")

    own = (signal.SIGINT, signal.SIGTERM) if current_thread() is main_thread() else ()
    # A signal that is ignored stays so, as for a command in the background of a shell.
    heeded = [number for number in own if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield halt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def held(store: Store, run: RunRow, lease: float | None, halt: Event) -> Holding:
    """The run's lease, after a wait for the driver before if that one may be gone.

    Ctrl-C ends the wait, and with it the command.

    Raises:
        InputError: somebody else drives the run, or the lease is too short.
    """
    from goalsmith import output as out
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.durable import LEASE_SECONDS, wait_to_take

    def told(owner: str) -> None:
        out.remark(f"{owner} drives run {run.id[:SHORT]}; if it is gone, that shows soon")

    seconds = LEASE_SECONDS if lease is None else lease
    try:
        return wait_to_take(store, run.id, seconds=seconds, halt=halt, on_wait=told)
    except InputError:
        if not halt.is_set():
            raise
        out.leave(Outcome.INTERRUPTED)


def drive_here(
    store: Store,
    run: RunRow,
    console: Console,
    *,
    lease: float | None = None,
    world: World | None = None,
    spans: RunSpans | None = None,
) -> Driven:
    """Drives a run in this process and tells what happens; Ctrl-C pauses it.

    Somebody at the terminal is asked for a review. Where there is nobody, the run is left waiting.
    Where its story cannot be told any more, it goes on without.

    Args:
        store: where the run is.
        run: the run.
        console: where its story is told.
        lease: seconds that the lease lasts; None: the default.
        world: how its steps are said; None: as its domain says.
        spans: told of each entry of the journal, too.
    """
    from goalsmith import show
    from goalsmith.execute.durable import drive
    from goalsmith.execute.store import RunStatus

    if world is None:
        world = world_of(store, run.id)
    narrator = show.Narrator(console, world)
    story = _Story(narrator, run)
    attended = sys.stdin.isatty() and console.is_terminal
    with stopping() as halt:
        asking = _Asking(store, run, console, halt)

        def hear(entry: Entry) -> None:
            story.tell(entry)
            asking.hear(entry)
            if spans is not None:
                spans(entry)

        with held(store, run, lease, halt) as holding:
            narrator.hear(entries_of(store, run))
            return drive(
                store,
                holding,
                halt=halt,
                halted=RunStatus.PAUSED,
                stay=attended,
                pause=asking,
                on_event=hear,
            )


def entries_of(store: Store, run: RunRow) -> Sequence[Entry]:
    """The journal of a run, decoded. Raises StoreError if it cannot be read."""
    from goalsmith.domains.reader import read_task
    from goalsmith.execute.journal.decoding import Decoder

    rows = store.entries(run.id)
    if not rows:
        return ()
    given = store.given(run.id)
    return Decoder(read_task(given.domain_pddl, given.problem_pddl)).entries(rows)


def world_of(store: Store, run: str) -> World:
    """The domain of a run, with the wording that was kept with it.

    Raises:
        StoreError: what the run was given is damaged.
    """
    from goalsmith.domains.reader import read_domain
    from goalsmith.world import World

    given = store.given(run)
    wording = given.settings.get("wording")
    domain = read_domain(given.domain_pddl)
    return World.again(domain, wording if isinstance(wording, str) else "")


def plan_in_review(store: Store, run: RunRow) -> int | None:
    """The version of the plan of a run that waits for review; None if none does."""
    for entry in reversed(store.entries(run.id)):
        if entry.kind in _REVIEWED:
            break
        if entry.kind == "review-asked" and isinstance(entry.body, dict):
            version = entry.body.get("version")
            return version if isinstance(version, int) else None
    return None


def task_now(store: Store, run: RunRow) -> Task:
    """The task of a run from the state observed last, with the goal that it will have.

    Raises:
        StoreError: the journal cannot be read.
    """
    from goalsmith.domains.reader import read_task
    from goalsmith.domains.semantics import Semantics
    from goalsmith.execute.durable import read_message
    from goalsmith.execute.journal.decoding import Decoder
    from goalsmith.execute.journal.progress import progress_of
    from goalsmith.execute.messages import NewGoal
    from goalsmith.execute.monitor.situation import task_from

    given = store.given(run.id)
    task = read_task(given.domain_pddl, given.problem_pddl)
    progress = progress_of(Semantics(task), Decoder(task).events(store.entries(run.id)))
    task = progress.semantics.task
    if progress.state is not None:
        task = task_from(progress.semantics, progress.state)
    for message in store.messages(run.id):
        if message.taken_at_sequence is None:
            read = read_message(message, task)
            if isinstance(read, NewGoal):
                task = task.with_goal(read.task.problem.goal)
    return task


def say_how_left(run: RunRow, driven: Driven) -> None:
    """What somebody can do next, on standard error."""
    from goalsmith import output as out
    from goalsmith.execute.store import RunStatus

    short = run.id[:SHORT]
    match driven.status:
        case RunStatus.WAITING:
            out.remark(f"{driven.reason}: goalsmith approve {short}, or goalsmith reject {short}")
        case RunStatus.ENDED:
            out.remark(f"run {run.id}: goalsmith show {short}")
        case _:
            out.remark(f"{driven.reason}; it goes on with: goalsmith resume {short}")


def driven_fields(store: Store, run: RunRow, driven: Driven) -> dict[str, object]:
    """A run and how its drive ended, as plain data; its journal from the first entry."""
    from goalsmith import show

    journal = [
        {"sequence": entry.sequence, "event": entry.kind, **entry.body}
        for entry in store.entries(run.id)
        if isinstance(entry.body, dict)
    ]
    fields = {} if driven.run is None else show.run_fields(driven.run)
    return {
        "id": run.id,
        "status": driven.status.value,
        **fields,
        "reason": driven.reason,
        "journal": journal,
    }


class _Story:
    """Tells what happens for as long as somebody can read it.

    A reader that goes away, or a disk that is full, is no reason to leave a run amid its steps.
    """

    def __init__(self, narrator: Narrator, run: RunRow) -> None:
        self._narrator = narrator
        self._run = run
        self._over = False

    def tell(self, entry: Entry) -> None:
        """Prints an entry of the journal, if that is still possible."""
        if self._over:
            return
        try:
            self._narrator.tell(entry)
        except (OSError, UnicodeError, SystemExit) as error:
            # SystemExit is what rich makes of a pipe that nobody reads.
            self._over = True
            if isinstance(error, OSError):
                self._drop()
            why = "the pipe is closed" if isinstance(error, SystemExit) else error
            self._remark(f"the run goes on untold ({why})")

    def _drop(self) -> None:
        """Forgets what is left in the buffer, which would be written in vain at the end."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def _remark(self, what: str) -> None:
        from goalsmith import output as out
        from goalsmith.domains.diagnostics import printable

        with suppress(OSError):
            out.remark(f"{printable(what)}; see it with: goalsmith show {self._run.id[:SHORT]}")


class _Asking:
    """Asks at the terminal for a review, while others may answer elsewhere."""

    def __init__(self, store: Store, run: RunRow, console: Console, halt: Event) -> None:
        self._store = store
        self._run = run
        self._console = console
        self._halt = halt
        self._version = plan_in_review(store, run) or 0
        self._asked = 0

    def hear(self, entry: Entry) -> None:
        """Takes an entry of the run's journal into account."""
        from goalsmith.execute.journal.events import ReviewAsked

        if isinstance(entry.event, ReviewAsked):
            self._version = entry.event.version

    def __call__(self, seconds: float) -> None:
        """Waits so long for an answer, after the question if it was not asked yet."""
        import select

        if self._asked != self._version:
            self._asked = self._version
            question = f"  ? carry plan {self._version} out? yes, no, or leave it waiting (y/n/l)"
            self._console.print(question)
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        if ready:
            self._take(sys.stdin.readline().strip().lower()[:1])

    def _take(self, answer: str) -> None:
        from goalsmith.execute.durable import send
        from goalsmith.execute.messages import Approve, Reject

        match answer:
            case "y":
                send(self._store, self._run.id, Approve(self._version))
            case "n":
                send(self._store, self._run.id, Reject(self._version))
            case "l" | "":
                self._halt.set()
            case _:
                self._asked = 0
