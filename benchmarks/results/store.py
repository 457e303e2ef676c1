"""Results of benchmark runs, kept in an SQLite file: a row for each job as soon as it is done.

A row is found again by what was solved, how, and by which code. Tasks that are the same but for
their names, as competitions took them over from one another, have a row each. What is long, and
seldom looked at, lies compressed in a table of its own, so that whoever counts rows does not read
it. Several processes may use a file at once (https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from types import TracebackType
from typing import Any

from goalsmith.benchmarks.results.result import Count, Key, Result
from goalsmith.benchmarks.results.schema import (
    MIGRATIONS,
    PACKED_TABLE,
    RESULT_TABLE,
    SCHEMA_VERSION,
)
from goalsmith.benchmarks.scores.attempt import Improvement
from goalsmith.benchmarks.suites.library_problem import is_library
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome

APPLICATION_ID = 0x676F616C
"""What marks an SQLite file as ours: `goal` in ASCII."""

BUSY_SECONDS = 30.0
"""Seconds to wait for another process to finish its transaction."""

MOST_UNPACKED = 2**28
"""Bytes that a plan, a log or a list of improvements may have."""

_OUTCOMES = {outcome.label: outcome for outcome in Outcome}


_PACKED = ("plan", "log", "improvements")
_KEY = tuple(f.name for f in fields(Key))
_NAMED = (*_KEY, "domain", "problem")
_PLAIN = tuple(f.name for f in fields(Result) if f.name not in ("key", *_PACKED))
# The key has the column called `configuration`.
_COLUMNS = (*_KEY, *(f"{n}_name" if n == "configuration" else n for n in _PLAIN))

_NAMES = ", ".join(_COLUMNS)
_WRITE = f"""
    INSERT INTO result ({_NAMES}) VALUES ({", ".join("?" * len(_COLUMNS))})
    ON CONFLICT ({", ".join(_NAMED)})
    DO UPDATE SET {", ".join(f"{n} = excluded.{n}" for n in _COLUMNS if n not in _NAMED)}
    RETURNING id
"""  # noqa: S608 - column names of ours, as below
_DROP_PACKED = "DELETE FROM packed WHERE id = ?"
_WRITE_PACKED = "INSERT INTO packed VALUES (?, ?, ?, ?)"
_PLAIN_ROWS = f"SELECT {_NAMES} FROM result"  # noqa: S608
_FULL_ROWS = f"SELECT {_NAMES}, {', '.join(_PACKED)} FROM result LEFT JOIN packed USING (id)"  # noqa: S608
_MATCH = " AND ".join(f"{name} = ?" for name in _KEY)
_FIND = f"{_FULL_ROWS} WHERE {_MATCH} ORDER BY result.id LIMIT 1"
# A sum of whole numbers alone would be an error where it has more than 64 bits.
_COUNT = """
    SELECT configuration_name, domain, outcome, count(*),
        sum(iif(cost BETWEEN -1e12 AND 1e12, cost, cost * 1.0)), sum(wall_seconds)
    FROM result GROUP BY configuration_name, domain, outcome ORDER BY min(id)
"""
_NAME = """
    UPDATE result SET configuration_name = ?1 WHERE configuration = ?2 AND configuration_name != ?1
"""

_PLACES = ("domain", "problem", "domain_path", "problem_path")
_FIND_PLACES = f"""
    SELECT id, started, {", ".join(_PLACES)} FROM result WHERE {_MATCH} ORDER BY id
"""  # noqa: S608
_PLACE = f"UPDATE OR IGNORE result SET {', '.join(f'{name} = ?' for name in _PLACES)} WHERE id = ?"  # noqa: S608


class Store:
    """A file of results; made where there is none. To be used by one thread, and closed.

    Args:
        path: where it is.
        reading: nothing is to be written: the file is left as it is, even if it is empty or of an
            old version, and may lie where nothing can be written.

    Raises:
        InputError: the file cannot be opened, is not a store, or is one of a later goalsmith.
    """

    def __init__(self, path: str | Path, *, reading: bool = False) -> None:
        self.path = Path(path)
        # Opening alone does not look at the file, so whatever is wrong shows in what follows.
        with self._speaking():
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None
            )
        try:
            with self._speaking():
                if reading:
                    self._leave_alone()
                self._prepare()
                if reading:
                    self._connection.execute("PRAGMA query_only = ON")
                else:
                    self._write_ahead()
        except BaseException:
            self.close()
            raise

    def find(self, key: Key) -> Result | None:
        """The result under a key, if there is one; of several names, that which came first."""
        with self._speaking():
            row = self._connection.execute(_FIND, astuple(key)).fetchone()
        return None if row is None else self._result(row)

    def results(self, *, packed: bool = True) -> tuple[Result, ...]:
        """All results, in the order in which their jobs were first done.

        Args:
            packed: whether plans, logs and improvements are wanted; without them it is quicker.
        """
        query = f"{_FULL_ROWS if packed else _PLAIN_ROWS} ORDER BY result.id"
        with self._speaking():
            return tuple(map(self._result, self._connection.execute(query).fetchall()))

    def counts(self) -> tuple[Count, ...]:
        """All results counted, which reads none of them one by one."""
        with self._speaking():
            rows = self._connection.execute(_COUNT).fetchall()
        return tuple(
            Count(configuration, domain, self._outcome(outcome), *figures)
            for configuration, domain, outcome, *figures in rows
        )

    def write(self, result: Result) -> None:
        """Puts a result in the file, in place of one with the same key and names."""
        plain = [getattr(result, name) for name in _PLAIN]
        plain = [value.label if isinstance(value, Outcome) else value for value in plain]
        improvements = [[each.seconds, each.cost] for each in result.improvements]
        packed = (
            _packed(result.plan),
            _packed(result.log),
            _packed(json.dumps(improvements)) if improvements else None,
        )
        with self._speaking(), self._transaction():
            (row,) = self._connection.execute(_WRITE, (*astuple(result.key), *plain)).fetchone()
            self._connection.execute(_DROP_PACKED, (row,))
            if any(packed):
                self._connection.execute(_WRITE_PACKED, (row, *packed))

    def place(self, result: Result) -> None:
        """Gives the task of a result that is kept the names and places that it has now.

        Where the task that it was found for is still in its place, that one keeps its row, and the
        result is written once more.
        """
        now = [getattr(result, name) for name in _PLACES]
        with self._speaking():
            rows = self._connection.execute(_FIND_PLACES, astuple(result.key)).fetchall()
            for row, started, *places in rows:
                if places == now and started == result.started:
                    return
                if places[:2] == now[:2]:
                    break
                if places[2:] == now[2:] or _is_gone(places[-1]):
                    self._connection.execute(_PLACE, (*now, row))
                    return
        self.write(result)

    def name(self, configuration: str, name: str) -> None:
        """Calls a configuration, given by its canonical text, by a name, in all results."""
        with self._speaking():
            self._connection.execute(_NAME, (name, configuration))

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
        """Checks what the file is; makes the tables in one that is empty, or of an old version."""
        if self._is_empty():
            with self._transaction():
                # Another process may have been quicker.
                if self._is_empty():
                    self._connection.execute(RESULT_TABLE)
                    self._connection.execute(PACKED_TABLE)
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self._pragma("application_id") != APPLICATION_ID:
            raise InputError(f"{self.path} is an SQLite file, but not a store of benchmark results")
        if self._pragma("user_version") in MIGRATIONS:
            with self._transaction():
                # Likewise.
                if statements := MIGRATIONS.get(self._pragma("user_version")):
                    self._migrate(statements)
        version = self._pragma("user_version")
        if version > SCHEMA_VERSION:
            raise InputError(
                f"{self.path} was written by a later goalsmith (version {version} of the store; "
                f"this one reads {SCHEMA_VERSION}): update goalsmith, or name another file"
            )

    def _leave_alone(self) -> None:
        """Sees to it that a file that is only read is not written either."""
        try:
            empty = self._is_empty()
        except sqlite3.OperationalError:
            log = self.path.with_name(f"{self.path.name}-wal")
            if not self.path.is_file() or log.exists():
                raise
            # SQLite writes beside a file that it reads, unless it is told that nobody else does.
            self._connection.close()
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None
            )
            empty = self._is_empty()
        ours = self._pragma("application_id") == APPLICATION_ID
        if empty or (ours and self._pragma("user_version") < SCHEMA_VERSION):
            copy = sqlite3.connect(":memory:", isolation_level=None)
            self._connection.backup(copy)
            self._connection.close()
            self._connection = copy

    def _write_ahead(self) -> None:
        """Has rows written in a way that others can read meanwhile."""
        self._log_ahead()
        # A row is safe from the end of this process at once. When the machine loses its power, the
        # last rows may be missing, and are done again; waiting for the disk would slow each down.
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def _migrate(self, statements: tuple[str, ...]) -> None:
        self._connection.create_function("pack", 1, _packed, deterministic=True)
        for statement in statements:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

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
    def _transaction(self) -> Iterator[None]:
        """All of some statements, or none of them."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turns SQLite's errors into ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise InputError(f"{self.path} is not an SQLite file") from None
            raise InputError(f"the store {self.path} cannot be used: {error}") from None

    def _outcome(self, label: str) -> Outcome:
        if label not in _OUTCOMES:
            raise InputError(f"the store {self.path} is damaged: it has an outcome {label!r}")
        return _OUTCOMES[label]

    def _result(self, row: tuple[Any, ...]) -> Result:
        """The result in a row, which may be followed by what is packed."""
        start = len(_KEY)
        values = dict(zip(_PLAIN, row[start : len(_COLUMNS)], strict=True))
        values["outcome"] = self._outcome(values["outcome"])
        values["outside"] = bool(values["outside"])
        if values["optimal"] is not None:
            values["optimal"] = bool(values["optimal"])
        if packed := row[len(_COLUMNS) :]:
            try:
                values["plan"], values["log"] = map(_unpacked, packed[:2])
                found = json.loads(_unpacked(packed[2]) or "[]")
                values["improvements"] = tuple(Improvement(*each) for each in found)
            except (zlib.error, ValueError, TypeError) as error:
                raise InputError(f"the store {self.path} is damaged: {error}") from None
        return Result(Key(*row[:start]), **values)


def _is_gone(place: str) -> bool:
    """Whether a file is no more. What the library makes is always there."""
    try:
        return not is_library(place) and not Path(place).exists()
    except OSError:
        return False


def _packed(text: str | None) -> bytes | None:
    return None if text is None else zlib.compress(text.encode())


def _unpacked(packed: bytes | None) -> str | None:
    if packed is None:
        return None
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, MOST_UNPACKED)
    if not unpacking.eof:
        raise ValueError("a text in it is cut off, or too long")
    return text.decode()
