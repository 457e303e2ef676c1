"""What the commands share that answer a run which waits for review."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from goalsmith.commands.driving import SHORT, plan_in_review
from goalsmith.commands.stores import open_runs

if TYPE_CHECKING:
    from goalsmith.domains.language import Task
    from goalsmith.execute.messages import Message


def review(
    run: str, url: str | None, as_json: bool, answer: Callable[[int, Task], Message]
) -> None:
    """Sends a run the answer to its question whether a plan may be carried out.

    Args:
        run: the run's id, or how it begins.
        url: its store.
        as_json: say what was done as JSON.
        answer: the message, from the version of the plan that waits and the run's task.

    Raises:
        InputError: no plan of the run waits for review.
    """
    from goalsmith import output as out
    from goalsmith.domains.errors import InputError
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.reader import read_task
    from goalsmith.execute.durable import send
    from goalsmith.execute.store import RunStatus

    with open_runs(url) as store:
        row = store.run(run)
        version = plan_in_review(store, row)
        if version is None or row.status is RunStatus.ENDED:
            raise InputError(f"no plan of run {row.id} waits for review: it is {row.status}")
        given = store.given(row.id)
        message = answer(version, read_task(given.domain_pddl, given.problem_pddl))
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
