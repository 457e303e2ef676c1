"""A store of runs: what they were given, their journals, messages to them, and who drives them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final

from goalsmith.domains.errors import StoreError
from goalsmith.execute.store import journals, leases, runs, simulations
from goalsmith.execute.store.database import Database
from goalsmith.execute.store.plain import Plain
from goalsmith.execute.store.postgres import SCHEMES, open_postgres
from goalsmith.execute.store.rows import (
    ActRow,
    Draft,
    EntryRow,
    Given,
    Lease,
    MessageRow,
    RunRow,
    RunStatus,
    SimulationRow,
)
from goalsmith.execute.store.schema import migrate
from goalsmith.execute.store.sqlite import SCHEME, default_url, open_sqlite

PATIENCE: Final = 30.0
"""Seconds to wait for another process's transaction to end."""


def open_store(url: str | None = None, patience: float = PATIENCE) -> Store:
    """Opens a store, which is made where there is none, and migrated where it is old.

    Args:
        url: `sqlite:///path` or `postgresql://user:password@host:port/database`; by default an
            SQLite file in the user's folder for data.
        patience: seconds to wait for another process's transaction to end.

    Raises:
        StoreError: there is no such place, it is not a store of runs, or is one of a later version.
        StoreUnavailableError: it is locked or cannot be reached.
        UnsupportedError: a driver is not installed.
    """
    url = default_url() if url is None else url
    scheme, colon, _ = url.partition(":")
    if scheme == SCHEME:
        database: Database = open_sqlite(url, patience)
    elif scheme in SCHEMES:
        database = open_postgres(url, patience)
    else:
        # What has a scheme may have a password too, and is not shown.
        what = f"starts with `{scheme[:20]}:`" if colon else f"is `{url[:200]}`"
        raise StoreError(
            "the URL of a store starts with sqlite:/// (for a file: sqlite:///runs.sqlite) or "
            f"postgresql://, and this one {what}"
        )
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """Runs in a database. To be used by any number of threads, and closed.

    Every method is one transaction, and what it has written is safe on disk when it returns. All of
    them raise StoreError where the database cannot be used (StoreUnavailableError where trying
    again may help), and InputError where there is no such run. A run is named by its whole id,
    which `run` finds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """The database, for what else is kept beside the runs."""
        return self._database

    @property
    def place(self) -> str:
        """Where the store is, for a person; without a password."""
        return self._database.place

    def close(self) -> None:
        """Closes the store."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def create_run(
        self,
        *,
        domain_pddl: str,
        problem_pddl: str,
        plan: str | None = None,
        settings: Mapping[str, Plain] | None = None,
        name: str = "",
        world: str = "",
        status: RunStatus = RunStatus.PENDING,
    ) -> RunRow:
        """Puts a new run in the store, with an empty journal.

        Args:
            domain_pddl: the domain's text.
            problem_pddl: the problem's text.
            plan: the plan's text, if there is one.
            settings: how it is to be carried out, by name; plain data.
            name: for a person.
            world: the name of the world that it acts in.
            status: what it waits for.

        Raises:
            InputError: a text is too long or is none, or the settings are not plain data.
        """
        given = Given(domain_pddl, problem_pddl, plan, dict(settings or {}))
        with self._database.writing() as transaction:
            now = transaction.execute("SELECT clock()")[0][0]
            row = RunRow(secrets.token_hex(8), name, now, now, status, "", world, False, 0, "")
            runs.insert(transaction, row, given)
        return row

    def add_run(
        self,
        row: RunRow,
        given: Given,
        entries: Sequence[EntryRow],
        messages: Sequence[MessageRow],
        world: SimulationRow | None = None,
        acts: Sequence[ActRow] = (),
    ) -> None:
        """Puts a whole run in the store, as it was in another, with its simulated world.

        Raises:
            InputError: there is a run with its id, or a value cannot be stored.
        """
        with self._database.writing() as transaction:
            runs.require_new(transaction, row.id)
            runs.insert(transaction, row, given)
            journals.insert(transaction, row.id, entries, messages)
            if world is not None:
                simulations.insert(transaction, row.id, world, acts)

    def runs(
        self,
        *,
        status: RunStatus | None = None,
        world: str | None = None,
        limit: int | None = None,
    ) -> tuple[RunRow, ...]:
        """The runs of a status and a world, or of any; the newest first, and at most `limit`."""
        with self._database.reading() as transaction:
            return runs.every(transaction, status, world, limit)

    def undriven(self, limit: int = 20) -> tuple[RunRow, ...]:
        """The runs that somebody could go on with and nobody does: the oldest, at most `limit`.

        They are pending, or running without an owner, or there are messages that they wait for.
        """
        with self._database.reading() as transaction:
            return runs.undriven(transaction, limit)

    def run(self, identity: str) -> RunRow:
        """The run that somebody means.

        Args:
            identity: its id, a beginning of it that no other run has, its name (of several with
                one name, the newest), or `latest`.

        Raises:
            InputError: there is none, or several ids start so; the message names the nearest.
        """
        with self._database.reading() as transaction:
            return runs.find(transaction, identity)

    def unfinished(self) -> RunRow:
        """The newest run that has not ended. Raises InputError if all have."""
        with self._database.reading() as transaction:
            return runs.unfinished(transaction)

    def given(self, run: str) -> Given:
        """What a run was given."""
        with self._database.reading() as transaction:
            return runs.given(transaction, run)

    def set_status(
        self, run: str, status: RunStatus, *, outcome: str = "", fence: int | None = None
    ) -> None:
        """Says what a run waits for, or how it ended.

        Args:
            run: the run's id.
            status: what it waits for.
            outcome: how it ended, in a word.
            fence: that of the writer's lease; None: it does not matter who holds the run.

        Raises:
            LeaseLostError: the fence is not the one in force.
        """
        with self._database.writing() as transaction:
            if fence is not None:
                leases.guard(transaction, run, fence)
            runs.set_status(transaction, run, status, outcome)

    def append(self, run: str, fence: int, kind: str, body: Plain, *, at: int | None = None) -> int:
        """Appends one entry to a run's journal and returns its number; see `append_all`."""
        return self.append_all(run, fence, [Draft(kind, body)], at=at)

    def append_all(
        self,
        run: str,
        fence: int,
        drafts: Sequence[Draft],
        *,
        at: int | None = None,
        takes: Sequence[int] = (),
        status: RunStatus | None = None,
        outcome: str = "",
    ) -> int:
        """Appends entries to a run's journal: all of them, or none.

        A transaction is synced once, so several entries together cost little more than one.

        Args:
            run: the run's id.
            fence: that of the writer's lease. A lease whose time is over is enough while nobody
                else has taken it.
            drafts: one entry or more.
            at: the number that the first must get; None: whichever is next.
            takes: numbers of the messages that these entries answer, to be marked as taken.
            status: what the run waits for from now on; None: as before.
            outcome: how it ended, together with `status`.

        Returns:
            The number of the first of them; the others follow without a gap.

        Raises:
            LeaseLostError: the fence is not the one in force.
            InputError: the journal goes on at another number than `at`, a message was taken before,
                or a body is not plain data.
        """
        with self._database.writing() as transaction:
            leases.guard(transaction, run, fence)
            first = journals.append(transaction, run, drafts, at)
            journals.take(transaction, run, takes, first)
            if status is not None:
                runs.set_status(transaction, run, status, outcome)
        return first

    def entries(self, run: str, since: int = 0, limit: int | None = None) -> tuple[EntryRow, ...]:
        """The entries of a journal from the one numbered `since`, in order, and at most `limit`."""
        with self._database.reading() as transaction:
            return journals.entries(transaction, run, since, limit)

    def send(self, run: str, kind: str, body: Plain = None) -> int:
        """Leaves a message for whoever drives a run, and returns its number, from 1.

        Raises:
            InputError: the run has ended, or the body is not plain data.
        """
        with self._database.writing() as transaction:
            return journals.send(transaction, run, kind, body)

    def messages(self, run: str, after: int = 0) -> tuple[MessageRow, ...]:
        """The messages to a run after the one numbered `after`, in order."""
        with self._database.reading() as transaction:
            return journals.messages(transaction, run, after)

    def take_lease(self, run: str, owner: str, seconds: float) -> Lease | None:
        """Takes the lease of a run; None if somebody has it whose time is not over.

        Args:
            run: the run's id.
            owner: a name that no other process has; one that asks again is refused like any other.
            seconds: how long it is to last.
        """
        with self._database.writing() as transaction:
            return leases.take(transaction, run, owner, seconds)

    def renew_lease(self, lease: Lease, seconds: float) -> Lease:
        """The lease, lasting so many seconds from now, even if its time was over meanwhile.

        Raises:
            LeaseLostError: it was given back, or somebody else has taken it.
        """
        with self._database.writing() as transaction:
            return leases.renew(transaction, lease, seconds)

    def release_lease(self, lease: Lease) -> None:
        """Gives a lease back; one that was lost is let be."""
        with self._database.writing() as transaction:
            leases.release(transaction, lease)

    def simulation(self, run: str, since: int = 0) -> SimulationRow | None:
        """The simulated world of a run; None if it has had as many acts as `since`, or none."""
        with self._database.reading() as transaction:
            return simulations.find(transaction, run, since)

    def keep_act(
        self, run: str, number: int, key: str, step: str, report: Plain, snapshot: Plain
    ) -> ActRow | None:
        """Keeps an act in the simulated world of a run, and what that is like after it.

        Args:
            run: the run's id.
            number: the how many-th act it is, from 1.
            key: the attempt's.
            step: what was to be done.
            report: what the world says of it.
            snapshot: the world after it.

        Returns:
            The act with this key, which may be an earlier one: then nothing was changed. None if
            the next act has another number, since somebody else has acted; nothing was changed.

        Raises:
            InputError: there is no such run, or the key is too long.
        """
        with self._database.writing() as transaction:
            return simulations.keep(transaction, run, number, key, step, report, snapshot)

    def acts(self, run: str) -> tuple[ActRow, ...]:
        """The acts in the simulated world of a run, in order."""
        with self._database.reading() as transaction:
            return simulations.acts(transaction, run)

    def prune(self, *, before: float | None = None, keep: int | None = None) -> tuple[str, ...]:
        """Removes ended runs that nobody holds, with all that belongs to them.

        Args:
            before: only those that ended before this time, in seconds since 1970.
            keep: those that ended last are kept, so many of them.

        Returns:
            The ids of the runs that were removed.

        Raises:
            InputError: neither is given.
        """
        with self._database.writing() as transaction:
            return runs.prune(transaction, before, keep)
