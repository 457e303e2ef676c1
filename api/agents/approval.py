"""A function that is asked before a plan is carried out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from goalsmith.agents.account import Proposal
from goalsmith.domains.plans import Plan
from goalsmith.domains.wording import Wording
from goalsmith.execute.durable.mail import send
from goalsmith.execute.journal.events import (
    PlanAdopted,
    PlanApproved,
    PlanEdited,
    PlanRejected,
    ReviewAsked,
)
from goalsmith.execute.journal.journal import Entry, Listener
from goalsmith.execute.messages import Approve, Message, Reject
from goalsmith.execute.store import Store

Approval: TypeAlias = Callable[[Proposal], bool | str]
"""Says True if a plan may be carried out; False, or the reason in a text, if not."""


class Asking:
    """Asks a function about each plan that waits for review; a run's listener and its inbox.

    Args:
        approve: the function.
        proposal: the goal, and the first plan.
        wording: the domain's English, for later plans.
        on_event: told of each entry, too.
    """

    def __init__(
        self,
        approve: Approval,
        proposal: Proposal,
        wording: Wording,
        on_event: Listener | None = None,
    ) -> None:
        self._approve = approve
        self._proposal = proposal
        self._wording = wording
        self._on_event = on_event
        self._plans: dict[int, Plan] = {}
        self._waiting: int | None = None
        self._sent = 0
        self._unread: list[Message] = []

    def hear(self, entry: Entry) -> None:
        """Takes note of plans, and of those that wait."""
        self.recall((entry,))
        if self._on_event is not None:
            self._on_event(entry)

    def recall(self, entries: Iterable[Entry]) -> None:
        """Takes note of what was so before the run is gone on with."""
        for entry in entries:
            match entry.event:
                case (
                    PlanAdopted(version=version, plan=plan) | PlanEdited(version=version, plan=plan)
                ):
                    self._plans[version] = plan
                case ReviewAsked(version=version):
                    self._waiting = version
                case PlanApproved() | PlanRejected():
                    self._waiting = None

    def __call__(self) -> Sequence[Message]:
        """The answers that the run has not taken yet."""
        unread, self._unread = self._unread, []
        return unread

    def wait(self) -> bool:
        """Asks about the plan that waits."""
        answer = self._answer()
        if answer is not None:
            self._sent += 1
            self._unread.append(replace(answer, number=self._sent))
        return True

    def by_mail(self, store: Store, run: str) -> Callable[[float], object]:
        """What a run in a store does while it waits: asks, and sends the answer to itself."""

        def pause(seconds: float) -> None:
            answer = self._answer()
            if answer is None:
                time.sleep(seconds)
            else:
                send(store, run, answer)

        return pause

    def _answer(self) -> Approve | Reject | None:
        """The function's answer on the plan that waits; None if there is none, or it was given."""
        version, self._waiting = self._waiting, None
        if version is None:
            return None
        plan = self._plans[version]
        steps = tuple(self._wording.step(self._proposal.task.domain, step) for step in plan)
        said = self._approve(replace(self._proposal, plan=plan, steps=steps))
        if said is True:
            return Approve(version)
        return Reject(version, said if isinstance(said, str) else "")
