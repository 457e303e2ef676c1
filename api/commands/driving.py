"""What the commands share that drive runs: the lease, the story as it happens, how it is left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import Console

    from goalsmith.execute import Entry
    from goalsmith.execute.durable import Driven, Holding
    from goalsmith.execute.store import RunRow, Store
    from goalsmith.execute.tracing import RunSpans
    from goalsmith.world import World

STDERR = 2
"""The file descriptor of standard error."""

SHORT = 6
"""Digits of a run's id that are shown to be typed."""

LeaseSeconds = Annotated[
    float | None,
    typer.Option(
        "--lease",
        help="Seconds after which others may go on with a run if this process is gone.",
        metavar="S",
        show_default="15",
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

    Raises:
        InputError: somebody else drives the run, or the lease is too short.
    """
    from goalsmith import output as out
    from goalsmith.execute.durable import LEASE_SECONDS, wait_to_take

    def told(owner: str) -> None:
        out.remark(f"{owner} drives run {run.id[:SHORT]}; if it is gone, that shows soon")

    seconds = LEASE_SECONDS if lease is None else lease
    return wait_to_take(store, run.id, seconds=seconds, halt=halt, on_wait=told)


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
    attended = sys.stdin.isatty() and console.is_terminal
    with stopping() as halt:
        asking = _Asking(store, run, console, halt)

        def hear(entry: Entry) -> None:
            narrator.tell(entry)
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
    """The version of the plan that a run has asked for review last; None if it has for none."""
    for entry in reversed(store.entries(run.id)):
        if entry.kind == "review-asked" and isinstance(entry.body, dict):
            version = entry.body.get("version")
            return version if isinstance(version, int) else None
    return None


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
