"""How far a run has come, worked out from its journal."""

from __future__ import annotations

import json
from dataclasses import dataclass

from goalsmith.agents.account import gathered
from goalsmith.agents.account import told as story_of
from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.language import Task
from goalsmith.domains.notebook import counted
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.journal.events import Event
from goalsmith.execute.journal.progress import Progress, progress_of
from goalsmith.execute.store import EntryRow, RunRow, RunStatus, Store
from goalsmith.mcp_server.answers import JournalEntry, RunPage, RunSummary
from goalsmith.mcp_server.bounds import MAX_BODY, MAX_ENTRIES, MAX_TOLD, MAX_WRONG
from goalsmith.mcp_server.catalogue import world_of
from goalsmith.mcp_server.environments import Approval, Configured


@dataclass(frozen=True, slots=True)
class Followed:
    """A run at a moment.

    Attributes:
        row: how it is listed.
        environment: the name of the environment that it acts in.
        progress: what its journal comes to.
        events: its journal.
    """

    row: RunRow
    environment: str
    progress: Progress
    events: tuple[Event, ...]

    @property
    def task(self) -> Task:
        """What it is to do: its task with the goal that it has now, from the state it is in."""
        task = self.progress.semantics.task
        return task if self.progress.state is None else task.with_state(self.progress.state)

    @property
    def review(self) -> int | None:
        """The version of the plan that waits for approval, if one does."""
        version, wishes = self.progress.version, self.progress.wishes
        waits = (
            version > 0
            and wishes.asked == version
            and version not in wishes.approved
            and wishes.rejected is None
            and self.row.status is not RunStatus.ENDED
        )
        return version if waits else None


def follow(store: Store, row: RunRow, environment: str) -> Followed:
    """A run as far as its journal has come.

    Raises:
        StoreError: the journal cannot be read, or its entries do not fit.
    """
    given = store.given(row.id)
    task = read_task(given.domain_pddl, given.problem_pddl)
    events = tuple(Decoder(task).events(store.entries(row.id)))
    try:
        progress = progress_of(Semantics(task), events)
    except StoreError:
        raise
    except InputError as error:
        raise StoreError(f"the journal of run {row.id} cannot be followed: {error}") from None
    return Followed(row, environment, progress, events)


def is_going(store: Store, row: RunRow) -> bool:
    """Whether a run goes on by itself, or has a message that it waited for."""
    if row.status is RunStatus.WAITING:
        return any(each.taken_at_sequence is None for each in store.messages(row.id))
    return row.status in (RunStatus.PENDING, RunStatus.RUNNING)


def summary(row: RunRow, environment: str) -> RunSummary:
    """A run as it is listed."""
    return RunSummary(
        run=row.id,
        name=row.name,
        environment=environment,
        status=row.status.value,
        outcome=row.outcome,
        driven=bool(row.owner),
        entries=row.entries,
    )


def page(store: Store, followed: Followed, since: int, limit: int = MAX_ENTRIES) -> RunPage:
    """A run, with its journal from an entry on."""
    progress = followed.progress
    given = [line for line in (store.given(followed.row.id).plan or "").splitlines() if line]
    rows = store.entries(followed.row.id, since, min(limit, MAX_ENTRIES))
    task = progress.semantics.task
    story = story_of(followed.events, task, world_of(task).wording)
    return RunPage(
        **summary(followed.row, followed.environment).model_dump(),
        goal=write_condition(task.problem.goal),
        reason=progress.ended.reason if progress.ended is not None else "",
        plan=[str(step) for step in progress.plan] if progress.version else given,
        version=progress.version,
        done=progress.index,
        steps=len(progress.steps),
        replans=progress.replans,
        wrong=list(gathered(story.wrong)[-MAX_WRONG:]),
        review=followed.review,
        journal=[_entry(row) for row in rows],
        next=rows[-1].sequence + 1 if rows else since,
    )


def told(page: RunPage, environment: Configured | None) -> str:
    """A run in a few sentences, and what can be done about it.

    Args:
        page: the run.
        environment: that in which it acts; None if this server has none of its name.
    """
    said = ": ".join(part for part in (page.outcome, page.reason) if part)
    state = f"{page.status}, {said}" if said else page.status
    if said.startswith(f"{page.status}: "):  # why it is paused
        state = said
    lines = [f"run {page.run} ({page.name}, in {page.environment}): {state}"]
    if page.version:
        lines.append(
            f"plan {page.version}: {page.done} of {len(page.plan)} steps are done; "
            f"{page.steps} taken in all, {counted(page.replans, 'replan')}"
        )
    if page.wrong:
        lines += ["went wrong:", *(f"- {each}" for each in page.wrong)]
    if page.review is not None:
        lines.append(f"plan {page.review} waits for approval: {_steps(page.plan)}")
    return "\n".join([*lines, *_advice(page, environment)])


def _advice(page: RunPage, environment: Configured | None) -> list[str]:
    if page.review is not None:
        if environment is not None and environment.approval is Approval.CLIENT:
            return [f"approve_run or reject_run answer it, with version {page.review}"]
        return [f"its owner alone answers it: goalsmith approve {page.run}"]
    match page.status:
        case RunStatus.PENDING | RunStatus.RUNNING if not page.driven and environment is None:
            return ["nobody goes on with it: this server has no environment of that name"]
        case RunStatus.PENDING:
            return ["it has not begun: it waits for its turn"]
        case RunStatus.PAUSED:
            return ["resume_run goes on with it, cancel_run ends it"]
        case RunStatus.ENDED if page.outcome == Outcome.INTERRUPTED.label:
            return ["resume_run goes on from there"]
        case _:
            return []


def _steps(plan: list[str]) -> str:
    shown, more = " ".join(plan[:MAX_TOLD]), len(plan) - MAX_TOLD
    return shown if more <= 0 else f"{shown} … and {more} more"


def _entry(row: EntryRow) -> JournalEntry:
    text = json.dumps(row.body)
    if isinstance(row.body, dict) and len(text) <= MAX_BODY:
        return JournalEntry(sequence=row.sequence, kind=row.kind, body=row.body, shortened=None)
    return JournalEntry(sequence=row.sequence, kind=row.kind, body=None, shortened=text[:MAX_BODY])
