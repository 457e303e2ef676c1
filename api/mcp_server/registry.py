"""Which runs of a store were started by an MCP server, and in which environment each of them acts.

It is kept in a table beside the runs, so that a server goes on with its own runs after a restart
and lets all others be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goalsmith.domains.errors import InputError
from goalsmith.execute.store import RunStatus, Store
from goalsmith.mcp_server.bounds import MAX_RUNS

_TABLE: Final = """CREATE TABLE IF NOT EXISTS mcp_runs (
    run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    environment TEXT NOT NULL,
    wanted BIGINT NOT NULL
)"""

_NEWEST: Final = """SELECT m.run, m.environment, m.wanted FROM mcp_runs m
    JOIN runs r ON r.id = m.run ORDER BY r.created DESC, r.id LIMIT ?"""

_WANTED: Final = """SELECT m.run, m.environment, m.wanted FROM mcp_runs m
    JOIN runs r ON r.id = m.run WHERE m.wanted = 1 ORDER BY r.created, r.id"""

_OPEN: Final = """SELECT count(*) FROM mcp_runs m JOIN runs r ON r.id = m.run
    WHERE r.status <> ?"""

_HELD: Final = """SELECT count(*) FROM mcp_runs m JOIN leases l ON l.run = m.run
    WHERE m.environment = ? AND m.run <> ? AND l.owner IS NOT NULL AND l.until > clock()"""


@dataclass(frozen=True, slots=True)
class Started:
    """A run that a server started.

    Attributes:
        run: its id.
        environment: the name of the environment that it acts in.
        wanted: whether a server is to go on with it; not after its end, nor where it cannot.
    """

    run: str
    environment: str
    wanted: bool


class Registry:
    """The runs that servers started in a store. To be used by any number of threads.

    Every method is one transaction, and raises StoreError as a store's do.
    """

    def __init__(self, store: Store) -> None:
        self._database = store.database
        with self._database.migrating() as transaction:
            transaction.execute(_TABLE)

    def add(self, run: str, environment: str) -> None:
        """Keeps that a run was started in an environment, and is to be driven."""
        with self._database.writing() as transaction:
            sql = "INSERT INTO mcp_runs (run, environment, wanted) VALUES (?, ?, 1)"
            transaction.execute(sql, [run, environment])

    def find(self, run: str) -> Started:
        """A run by its whole id. Raises InputError if no server started it."""
        with self._database.reading() as transaction:
            sql = "SELECT run, environment, wanted FROM mcp_runs WHERE run = ?"
            rows = transaction.execute(sql, [run])
        if not rows:
            raise InputError(f"run {run} was not started here: it is its owner's")
        return _started(rows[0])

    def newest(self, limit: int = MAX_RUNS) -> tuple[Started, ...]:
        """The runs started last, the newest first, at most `limit`."""
        with self._database.reading() as transaction:
            return tuple(map(_started, transaction.execute(_NEWEST, [limit])))

    def wanted(self) -> tuple[Started, ...]:
        """The runs that are to be driven, the oldest first."""
        with self._database.reading() as transaction:
            return tuple(map(_started, transaction.execute(_WANTED)))

    def count_open(self) -> int:
        """How many of the runs have not ended."""
        with self._database.reading() as transaction:
            count: int = transaction.execute(_OPEN, [RunStatus.ENDED.value])[0][0]
        return count

    def want(self, run: str) -> None:
        """Says that a run is to be driven."""
        with self._database.writing() as transaction:
            transaction.execute("UPDATE mcp_runs SET wanted = 1 WHERE run = ?", [run])

    def settle(self, run: str, status: RunStatus) -> None:
        """Says that a run with this status is not to be driven; one that has another by now is."""
        sql = """UPDATE mcp_runs SET wanted = 0 WHERE run = ?
            AND EXISTS (SELECT 1 FROM runs r WHERE r.id = mcp_runs.run AND r.status = ?)"""
        with self._database.writing() as transaction:
            transaction.execute(sql, [run, status.value])

    def is_busy(self, environment: str, run: str) -> bool:
        """Whether somebody drives another run than this in an environment."""
        with self._database.reading() as transaction:
            return bool(transaction.execute(_HELD, [environment, run])[0][0])


def _started(row: tuple[str, str, int]) -> Started:
    run, environment, wanted = row
    return Started(run, environment, bool(wanted))
