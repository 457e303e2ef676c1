"""What the commands share that answer a run which waits for review."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from goalsmith.commands.driving import SHORT, plan_in_review, task_now
from goalsmith.commands.stores import open_runs

if TYPE_CHECKING:
    from goalsmith.domains.language import Task
    from goalsmith.execute.messages import Message
    from goalsmith.execute.store import RunRow, Store


def review(
    run: str, url: str | None, as_json: bool, answer: Callable[[int, Task], Message]
) -> None:
    """Sends a run the answer to its question whether a plan may be carried out.

    Args:
        run: the run's id, or how it begins.
        url: its store.
        as_json: say what was done as JSON.
        answer: the message, from the version of the plan that waits and the run's task as it is.

    Raises:
        InputError: no plan of the run waits for review, or it was answered already.
    """
    from goalsmith import output as out
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.durable import send
    from goalsmith.execute.store import RunStatus

    with open_runs(url) as store:
        row = store.run(run)
        version = plan_in_review(store, row)
        if version is None or row.status is RunStatus.ENDED:
            raise InputError(f"no plan of run {row.id} waits for review: it is {row.status}")
        message = answer(version, task_now(store, row))
        _require_unanswered(store, row, version, message)
        number = send(store, row.id, message)
    if as_json:
        sent = {"id": row.id, "version": version, "message": number, "kind": message.kind}
        out.say_json(Outcome.YES, run=sent)
    elif row.owner:
        out.remark(f"plan {version} of run {row.id}: {message.kind}")
    else:
        short = row.id[:SHORT]
        out.remark(
            f"plan {version} of run {row.id}: {message.kind}; the run goes on with "
            f"`goalsmith resume {short}`, or as soon as a worker sees it"
        )
    out.leave(Outcome.YES)


def _require_unanswered(store: Store, row: RunRow, version: int, message: Message) -> None:
    """Raises InputError if an answer, or what makes it void, is on its way to the run.

    The run takes the first answer and refuses the next, which whoever sends it should know now.
    """
    from goalsmith.domains.errors import InputError
    from goalsmith.execute.messages import Approve, Cancel, Edit, NewGoal, Reject

    short = row.id[:SHORT]
    for sent in store.messages(row.id):
        if sent.taken_at_sequence is not None:
            continue
        match sent.kind:
            case Approve.kind | Edit.kind | Reject.kind:
                raise InputError(
                    f"plan {version} of run {row.id} was answered already ({sent.kind}, message "
                    f"{sent.number}), which the run takes up as it goes on: goalsmith resume "
                    f"{short}; to end it instead: goalsmith cancel {short}"
                )
            case Cancel.kind:
                raise InputError(f"run {row.id} was cancelled (message {sent.number})")
            case NewGoal.kind if message.kind == Approve.kind:
                raise InputError(
                    f"run {row.id} was given another goal (message {sent.number}), for which plan "
                    f"{version} was not made: goalsmith resume {short} finds the plan to approve"
                )
