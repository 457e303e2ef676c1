"""What people tell a run while it goes on, and where a run takes that from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Condition
from typing import ClassVar, Protocol, TypeAlias

from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan


class Review(StrEnum):
    """Which plans wait for a person before they are carried out."""

    NONE = "none"
    PLAN = "plan"
    """The first."""
    REVISIONS = "revisions"
    """The first, and every later one."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop before the next step. `number` is the message's own, as in all of them."""

    kind: ClassVar[str] = "cancel"
    reason: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class NewGoal:
    """From now on, the goal is that of `task`, which has the domain and objects of the run's.

    Only its goal counts: the state is the one observed.
    """

    kind: ClassVar[str] = "new-goal"
    task: Task
    number: int = 0


@dataclass(frozen=True, slots=True)
class Approve:
    """The plan that waits may be carried out. `version` says which plan was seen."""

    kind: ClassVar[str] = "approve"
    version: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Reject:
    """The plan that waits is not wanted, and the run is to end."""

    kind: ClassVar[str] = "reject"
    version: int
    reason: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Carry out `plan` instead of the one that waits."""

    kind: ClassVar[str] = "edit"
    version: int
    plan: Plan
    number: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of which its inbox could make nothing, and why. The run refuses it."""

    kind: ClassVar[str] = "unreadable"
    reason: str
    number: int = 0


Message: TypeAlias = Cancel | NewGoal | Approve | Reject | Edit | Unreadable


class Inbox(Protocol):
    """Where a run finds messages. What it raises ends `execute`, and not the run."""

    def __call__(self) -> Sequence[Message]:
        """The messages that were not taken yet, in the order of their numbers.

        A message is taken when an event with its number is in the journal. One that comes back
        after that is passed over.
        """
        ...

    def wait(self) -> bool:
        """Returns when there may be a message, or after a while.

        False: nobody waits for one here. Then `execute` returns and leaves the run waiting, to be
        gone on with from its events.
        """
        ...


class Mailbox:
    """An inbox in this process, for any number of threads.

    Args:
        patience: seconds that a wait takes at most before the run looks up again.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self._patience = patience
        self._changed = Condition()
        self._sent = 0
        self._unread: list[Message] = []

    def send(self, message: Message) -> int:
        """Leaves a message, and returns the number that it gets, from 1."""
        with self._changed:
            self._sent += 1
            self._unread.append(replace(message, number=self._sent))
            self._changed.notify_all()
            return self._sent

    def __call__(self) -> Sequence[Message]:
        """The messages that were not returned yet."""
        with self._changed:
            unread, self._unread = self._unread, []
            return unread

    def wait(self) -> bool:
        """Returns when there is a message, or after `patience` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._unread), self._patience)
        return True
