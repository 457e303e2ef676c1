"""Carrying a proposed plan through, in this process alone or kept in a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from goalsmith.agents.account import Account, Proposal, account
from goalsmith.agents.approval import Approval, Asking
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.writer import write_condition
from goalsmith.execute.budget import Budget
from goalsmith.execute.environment import Environment
from goalsmith.execute.journal.decoding import Decoder
from goalsmith.execute.journal.journal import Listener
from goalsmith.execute.messages import Review
from goalsmith.execute.monitor.monitor import execute
from goalsmith.execute.policies import Policy
from goalsmith.execute.store import RunRow, RunStatus, Store, open_store
from goalsmith.translate.saying import said

if TYPE_CHECKING:
    from goalsmith.planner import Planner


@dataclass(frozen=True, slots=True)
class Pursuit:
    """A plan that is to be carried out, and how.

    Attributes:
        planner: asked for plans.
        proposal: the goal, and the plan to begin with.
        environment: where it is carried out.
        policy: when to plan anew.
        approve: asked about plans that wait; None: none do.
        review: which plans wait.
        parallel: how many independent steps may be taken at the same time.
        budget: what the run may use.
        cancel: set by another thread to stop.
        on_event: told of each entry of the journal.
    """

    planner: Planner
    proposal: Proposal
    environment: Environment
    policy: Policy
    approve: Approval | None
    review: Review
    parallel: int
    budget: Budget
    cancel: Event
    on_event: Listener | None

    def here(self) -> Account:
        """Carries the plan out in this process alone."""
        assert self.proposal.plan is not None
        wording = self.planner.world.wording
        asking = None
        if self.approve is not None:
            asking = Asking(self.approve, self.proposal, wording, self.on_event)
        run = execute(
            self.proposal.task,
            self.proposal.plan,
            self.environment,
            partial(self.planner.solve, cancel=self.cancel),
            policy=self.policy,
            budget=self.budget,
            cancel=self.cancel,
            parallel=self.parallel,
            review=self.review,
            inbox=asking,
            on_event=self.on_event if asking is None else asking.hear,
        )
        return account(self.proposal, run, (entry.event for entry in run.journal), wording)

    def kept(self, store: Store | str, name: str) -> Account:
        """Carries the plan out with its journal in a store."""
        from goalsmith.execute.durable import RunSettings, submit

        chosen = self.planner.settings
        settings = RunSettings(
            policy=self.policy,
            budget=self.budget,
            review=self.review,
            parallel=self.parallel,
            engine=chosen.engine,
            time_limit=chosen.time_limit,
            memory_limit=chosen.memory_limit,
            wording=self.planner.world.wording_text,
        )
        with _opened(store) as opened:
            row = submit(opened, self.proposal.task, self.proposal.plan, settings, name=name)
            return _driven(
                self.planner,
                opened,
                row,
                self.proposal,
                self.environment,
                self.approve,
                self.cancel,
                self.on_event,
            )


def resumed(
    planner: Planner,
    task: Task,
    environment: Environment,
    run: str,
    store: Store | str,
    *,
    approve: Approval | None,
    cancel: Event,
    on_event: Listener | None,
) -> Account:
    """Goes on with a run that a store keeps.

    Args:
        planner: asked for plans.
        task: the agent's.
        environment: where it is carried out.
        run: the run's id, or its beginning.
        store: where it is kept.
        approve: asked about plans that wait.
        cancel: set by another thread to stop.
        on_event: told of each further entry of the journal.

    Raises:
        InputError: there is no such run, it has ended, is of another domain, or somebody else
            drives it.
    """
    with _opened(store) as opened:
        row = opened.run(run)
        given = opened.given(row.id)
        own = read_task(given.domain_pddl, given.problem_pddl)
        if own.domain != task.domain:
            raise InputError(f"run {row.id} is of another domain than this agent's")
        wording = planner.world.wording
        plan = None if given.plan is None else read_plan(given.plan, own)
        proposal = Proposal(
            goal=write_condition(own.problem.goal),
            goal_pddl=write_condition(own.problem.goal),
            said=said(own.problem.goal, own, wording),
            task=own,
            outcome=Outcome.SOLVED,
            evidence=f"run {row.id} was begun with it",
            plan=plan,
            steps=tuple(wording.step(own.domain, step) for step in plan or ()),
        )
        return _driven(planner, opened, row, proposal, environment, approve, cancel, on_event)


def _driven(
    planner: Planner,
    store: Store,
    row: RunRow,
    proposal: Proposal,
    environment: Environment,
    approve: Approval | None,
    cancel: Event,
    on_event: Listener | None,
) -> Account:
    """Drives a run in a store to its end; `cancel` leaves it, to be resumed."""
    from goalsmith.execute.durable import drive, wait_to_take

    wording = planner.world.wording
    decoder = Decoder(proposal.task)
    asking = None
    if approve is not None:
        asking = Asking(approve, proposal, wording, on_event)
        asking.recall(decoder.entries(store.entries(row.id)))
    with wait_to_take(store, row.id, halt=cancel) as holding:
        driven = drive(
            store,
            holding,
            world=lambda _: environment,
            solver=partial(planner.solve, cancel=cancel),
            halt=cancel,
            halted=RunStatus.PAUSED,
            stay=asking is not None,
            pause=None if asking is None else asking.by_mail(store, row.id),
            on_event=on_event if asking is None else asking.hear,
        )
    if driven.run is None:
        return Account(proposal, driven.outcome, driven.reason, run_id=row.id)
    events = decoder.events(store.entries(row.id))
    return account(proposal, driven.run, events, wording, row.id)


@contextmanager
def _opened(store: Store | str) -> Iterator[Store]:
    """The store, which is closed again if it was opened here."""
    if isinstance(store, Store):
        yield store
        return
    with open_store(store if ":" in store else f"sqlite:///{store}") as opened:
        yield opened
