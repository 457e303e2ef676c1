"""Messages between people and runs, by way of a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.reader import read_condition, read_problem
from goalsmith.execute.durable.recorder import Recorder
from goalsmith.execute.messages import (
    Approve,
    Cancel,
    Edit,
    Message,
    NewGoal,
    Reject,
    Unreadable,
)
from goalsmith.execute.store import MessageRow, RunStatus, Store
from goalsmith.execute.store.plain import Plain

PATIENCE: Final = 0.3
"""Seconds between two looks for a message."""

LOOKS: Final = 30
"""How often is looked before a run that waits looks up."""


def send(store: Store, run: str, message: Message) -> int:
    """Leaves a message for whoever drives a run, and returns its number.

    A new goal must be one that the run's task can have; of its task only the goal is sent.

    Raises:
        InputError: there is no such run, or it has ended, or the message says nothing.
    """
    return store.send(run, message.kind, _body(message))


def _body(message: Message) -> dict[str, Plain]:
    match message:
        case Cancel(reason=reason):
            return {"reason": reason}
        case Approve(version=version):
            return {"version": version}
        case Reject(version=version, reason=reason):
            return {"version": version, "reason": reason}
        case Edit(version=version, plan=plan):
            return {"version": version, "plan": [str(step) for step in plan]}
        case NewGoal(task=task):
            from goalsmith.domains.writer import write_condition

            return {"goal": write_condition(task.problem.goal)}
        case Unreadable():
            raise InputError("a message that cannot be read cannot be sent")


def read_message(row: MessageRow, task: Task) -> Message:
    """What a message in a store says to a run of a task. Whatever is wrong with it, it says that.

    Bodies are objects: of `cancel`, with a `reason` or without; of `approve`, with the `version` of
    the plan; of `reject`, with that and perhaps a `reason`; of `edit`, with that and a `plan`, a
    list of steps or a text of one step to a line; of `new-goal`, with a `goal` or a `problem` in
    PDDL.
    """
    try:
        return _read(row, task)
    except InputError as error:
        return Unreadable(f"the message `{row.kind}` cannot be read: {error}", row.number)


def _read(row: MessageRow, task: Task) -> Message:
    body: Mapping[str, Plain] = row.body if isinstance(row.body, dict) else {}
    number = row.number
    match row.kind:
        case Cancel.kind:
            return Cancel(_text(body, "reason"), number)
        case Approve.kind:
            return Approve(_version(body), number)
        case Reject.kind:
            return Reject(_version(body), _text(body, "reason"), number)
        case Edit.kind:
            return Edit(_version(body), _plan(body, task), number)
        case NewGoal.kind if body.get("problem"):
            problem = read_problem(_text(body, "problem"), task.domain, "<message>")
            return NewGoal(Task(task.domain, problem), number)
        case NewGoal.kind:
            goal = read_condition(_text(body, "goal"), task, "<message>")
            return NewGoal(task.with_goal(goal), number)
        case _:
            raise InputError("there are no such messages")


def _text(body: Mapping[str, Plain], name: str) -> str:
    text = body.get(name) or ""
    if not isinstance(text, str):
        raise InputError(f"its `{name}` is no text")
    return text


def _version(body: Mapping[str, Plain]) -> int:
    version = body.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise InputError("it does not say which `version` of the plan is meant")
    return version


def _plan(body: Mapping[str, Plain], task: Task) -> Plan:
    said = body.get("plan")
    if isinstance(said, list) and all(isinstance(step, str) for step in said):
        said = "\n".join(map(str, said))
    if not isinstance(said, str):
        raise InputError("its `plan` is neither a text nor a list of steps")
    return read_plan(said, task, "<message>")


class StoreInbox:
    """The messages to a run in a store.

    Args:
        store: where the run is.
        run: its id.
        task: what it is to do.
        recorder: what keeps its journal.
        pause: waits for so many seconds, or less, and raises what ends the drive.
        stay: whether to wait for a message; else the run is left waiting.
    """

    def __init__(
        self,
        store: Store,
        run: str,
        task: Task,
        recorder: Recorder,
        pause: Callable[[float], None],
        stay: bool,
    ) -> None:
        self._store = store
        self._run = run
        self._task = task
        self._recorder = recorder
        self._pause = pause
        self._stay = stay
        self._taken = 0

    def __call__(self) -> Sequence[Message]:
        """The messages that were not taken yet, in order."""
        return [read_message(row, self._task) for row in self._rows()]

    def wait(self) -> bool:
        """Returns when there is a message, or after a while; False if the run is to be left.

        The run is said to be waiting before the last look, so that no message is overlooked: one
        that comes later finds a run that waits, and somebody goes on with it.
        """
        self._recorder.keep(RunStatus.WAITING)
        for _ in range(LOOKS):
            if self._rows():
                return True
            if not self._stay:
                return False
            self._pause(PATIENCE)
        return True

    def _rows(self) -> list[MessageRow]:
        rows = self._store.messages(self._run, self._taken)
        unread = [row for row in rows if row.taken_at_sequence is None]
        if rows:
            # All before the first unread one need not be read again.
            self._taken = (unread[0].number - 1) if unread else rows[-1].number
        return unread
