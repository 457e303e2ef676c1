"""Results of benchmark runs, kept in an SQLite file: a row for each task as soon as it is done.

A row is found again by what was solved, how, and by which code. Several processes may use a file
at once (https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any

from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

APPLICATION_ID = 0x676F616C
"""What marks an SQLite file as ours: `goal` in ASCII."""

SCHEMA_VERSION = 1

BUSY_SECONDS = 30.0
"""Seconds to wait for another process to finish its transaction."""

_OUTCOMES = {outcome.label: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Key:
    """What a result is a result of.

    Attributes:
        task_hash: SHA-256 of the domain's and the problem's text.
        engine_asked: the engine that was to solve it; empty where they race.
        time_limit: wall seconds for each engine.
        memory_limit: MiB for each engine.
        engine_versions: the installed engines with their versions.
        code_version: the version of goalsmith.
    """

    task_hash: str
    engine_asked: str
    time_limit: float
    memory_limit: int
    engine_versions: str
    code_version: str


@dataclass(frozen=True, slots=True)
class Result:
    """How solving a benchmark's task ended.

    Attributes:
        key: what was solved, how, and by which code.
        domain: the domain's name in its suite.
        problem: the problem's name.
        domain_path: the file that the domain was read from.
        problem_path: the file that the problem was read from.
        outcome: how it ended.
        engine: the engine that the answer comes from; empty when none was needed.
        evidence: the sentence that supports the outcome.
        cost: the plan's cost; None without a plan.
        plan_length: its number of steps.
        plan: the validated plan, one `(action object …)` to a line.
        wall_seconds: from reading the task to the validated answer.
        cpu_seconds: of the engine that answered, if it says.
        peak_memory_mb: likewise, in MiB.
        started: when the task was begun, as ISO 8601 in UTC.
    """

    key: Key
    domain: str
    problem: str
    domain_path: str
    problem_path: str
    outcome: Outcome
    engine: str = ""
    evidence: str = ""
    cost: int | float | None = None
    plan_length: int | None = None
    plan: str | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    started: str = ""


_KEY_COLUMNS = [f.name for f in fields(Key)]
_COLUMNS = _KEY_COLUMNS + [f.name for f in fields(Result) if f.name != "key"]

_SCHEMA = """
CREATE TABLE result (
    task_hash       TEXT NOT NULL,
    engine_asked    TEXT NOT NULL,
    time_limit      REAL NOT NULL,
    memory_limit    INTEGER NOT NULL,
    engine_versions TEXT NOT NULL,
    code_version    TEXT NOT NULL,
    domain          TEXT NOT NULL,
    problem         TEXT NOT NULL,
    domain_path     TEXT NOT NULL,
    problem_path    TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    engine          TEXT NOT NULL,
    evidence        TEXT NOT NULL,
    cost            NUMERIC,
    plan_length     INTEGER,
    plan            TEXT,
    wall_seconds    REAL NOT NULL,
    cpu_seconds     REAL,
    peak_memory_mb  REAL,
    started         TEXT NOT NULL,
    PRIMARY KEY (
        task_hash, engine_asked, time_limit, memory_limit, engine_versions, code_version
    )
)
"""
_PLACES = ", ".join("?" * len(_COLUMNS))
_WRITE = f"INSERT OR REPLACE INTO result ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608 - column names of ours
_MATCH = " AND ".join(f"{name} = ?" for name in _KEY_COLUMNS)
_FIND = f"SELECT {', '.join(_COLUMNS)} FROM result WHERE {_MATCH}"  # noqa: S608 - likewise
_ALL = f"SELECT {', '.join(_COLUMNS)} FROM result ORDER BY rowid"  # noqa: S608 - likewise


class Store:
    """A file of results; made where there is none. To be used by one thread, and closed.

    Raises:
        InputError: the file cannot be opened, is not a store, or is one of a later goalsmith.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        # Opening alone does not look at the file, so whatever is wrong shows in what follows.
        with self._speaking():
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None
            )
        try:
            with self._speaking():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def find(self, key: Key) -> Result | None:
        """The result under a key, if there is one."""
        with self._speaking():
            row = self._connection.execute(_FIND, astuple(key)).fetchone()
        return None if row is None else _result(row)

    def results(self) -> tuple[Result, ...]:
        """All results."""
        with self._speaking():
            return tuple(map(_result, self._connection.execute(_ALL).fetchall()))

    def write(self, result: Result) -> None:
        """Puts a result in the file, in place of one with the same key."""
        row = [getattr(result, name) for name in _COLUMNS[len(_KEY_COLUMNS) :]]
        row = [value.label if isinstance(value, Outcome) else value for value in row]
        with self._speaking():
            self._connection.execute(_WRITE, (*astuple(result.key), *row))

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        """Checks what the file is, and makes the table in one that is empty."""
        if self._is_empty():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                # Another process may have been quicker.
                if self._is_empty():
                    self._connection.execute(_SCHEMA)
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        if self._pragma("application_id") != APPLICATION_ID:
            raise InputError(f"{self.path} is an SQLite file, but not a store of benchmark results")
        version = self._pragma("user_version")
        if version > SCHEMA_VERSION:
            raise InputError(
                f"{self.path} was written by a later goalsmith (version {version} of the store; "
                f"this one reads {SCHEMA_VERSION})"
            )
        self._log_ahead()

    def _is_empty(self) -> bool:
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return not tables and not self._pragma("application_id")

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _log_ahead(self) -> None:
        """Turns on the write-ahead log, for which SQLite does not always wait by itself."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turns SQLite's errors into ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise InputError(f"{self.path} is not an SQLite file") from None
            raise InputError(f"the store {self.path} cannot be used: {error}") from None


def _result(row: tuple[Any, ...]) -> Result:
    count = len(_KEY_COLUMNS)
    values = dict(zip(_COLUMNS[count:], row[count:], strict=True))
    return Result(Key(*row[:count]), **values | {"outcome": _OUTCOMES[values["outcome"]]})
