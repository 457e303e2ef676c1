"""A store in an SQLite file: one machine, any number of processes.

The file keeps a write-ahead log (https://www.sqlite.org/wal.html), so readers and the one writer do
not wait for each other, and the log is synced at every commit (`synchronous = FULL`), so that what
was acknowledged outlives a loss of power. Such a file must not lie on a network's file system.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from goalsmith.domains.errors import StoreError, StoreUnavailableError
from goalsmith.execute.store.database import Row, Transaction, Value

SCHEME: Final = "sqlite"

APPLICATION_ID: Final = 0x676F6172
"""What marks an SQLite file as a store of runs: `goar` in ASCII."""

_PREFIX = "sqlite:///"
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def default_url() -> str:
    """The store where none is named: in the user's folder for data (XDG Base Directory 0.8)."""
    return f"{_PREFIX}{_default_file()}"


def open_sqlite(url: str, patience: float) -> SqliteDatabase:
    """The database at `sqlite:///relative/path` or `sqlite:////absolute/path`.

    The file is made where there is none; a folder only where it is that of the default store.

    Raises:
        StoreError: the URL names no file, or the file cannot be opened.
    """
    name = url.removeprefix(_PREFIX)
    if not url.startswith(_PREFIX) or not name or name == ":memory:":
        raise StoreError(
            f"`{url}` names no file: write {_PREFIX}runs.sqlite, or {_PREFIX}/home/me/runs.sqlite "
            "with four slashes for a path from the root"
        )
    # Elsewhere these start the settings of a URL, and the same URL must not mean two files.
    if "?" in name or "#" in name or "\0" in name:
        raise StoreError(f"a path with `?`, `#` or NUL cannot be that of a store: {url!r}")
    path = Path(name)
    if path == _default_file():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the folder {path.parent} cannot be made: {error.strerror}; name another store"
            ) from None
    return SqliteDatabase(path, patience)


class SqliteDatabase:
    """An SQLite file. Not to be carried through a fork: each process opens its own.

    Args:
        path: the file.
        patience: seconds to wait for another process's transaction to end.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.place = str(path)
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        # Opening alone does not look at the file, so whatever is wrong shows in what follows.
        with self._speaking():
            self._connection = sqlite3.connect(
                path, timeout=patience, isolation_level=None, check_same_thread=False
            )
        try:
            with self._speaking():
                self._connection.create_function("clock", 0, time.time)
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._log_ahead()
        except BaseException:
            self.close()
            raise

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that sees one state of the database and changes nothing."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that may change the database."""
        return self._transaction("BEGIN IMMEDIATE")

    def migrating(self) -> AbstractContextManager[Transaction]:
        """A transaction that may change the schema; others that would do so wait for it."""
        return self.writing()

    def is_claimed(self, transaction: Transaction) -> bool:
        """Whether a store of runs is there. Raises StoreError if another program's data is."""
        ((mark,),) = transaction.execute("PRAGMA application_id")
        ((tables,),) = transaction.execute("SELECT count(*) FROM sqlite_master")
        if (mark or tables) and mark != APPLICATION_ID:
            raise StoreError(
                f"{self.place} is an SQLite file, but not a store of runs: name another file"
            )
        return bool(mark)

    def claim(self, transaction: Transaction) -> None:
        """Marks an empty file as a store of runs."""
        transaction.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Transaction]:
        with self._lock, self._speaking():
            self._connection.execute(begin)
            try:
                yield _SqliteTransaction(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have undone it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _log_ahead(self) -> None:
        """Turns on the write-ahead log, for which SQLite does not always wait by itself."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                # Turning it on changes the file, so not before it is known whose file this is.
                # In one transaction: between mark and tables, another may make the store.
                self._connection.execute("BEGIN")
                try:
                    self.is_claimed(_SqliteTransaction(self._connection))
                finally:
                    self._connection.execute("ROLLBACK")
                self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                if _code(error) not in _LOCKED or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turns SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _explained(self, error: sqlite3.Error) -> StoreError:
        place = self.place
        match _code(error):
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
                return StoreUnavailableError(
                    f"the store {place} was locked by another process for {self._patience:g} s: "
                    "try again, or end the process that holds it"
                )
            case sqlite3.SQLITE_NOTADB:
                return StoreError(f"{place} is not an SQLite file: name another file")
            case sqlite3.SQLITE_CANTOPEN:
                return StoreError(f"the store {place} cannot be opened: {self._why_not()}")
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
                return StoreError(
                    f"the store {place} cannot be written: allow writing to the file and to its "
                    "folder, where SQLite keeps its log, or name another store"
                )
            case sqlite3.SQLITE_FULL:
                return StoreError(f"the disk of the store {place} is full: make room")
            case sqlite3.SQLITE_CORRUPT:
                return StoreError(f"the store {place} is damaged ({error}): restore a copy of it")
            case _:
                return StoreError(f"the store {place} cannot be used: {error}")

    def _why_not(self) -> str:
        folder = self._path.parent
        if self._path.is_dir():
            return "it is a folder; name a file in it"
        if not folder.is_dir():
            return f"there is no folder {folder}; make it, or name another"
        return "allow reading and writing of the file and of its folder, or name another store"


class _SqliteTransaction:
    """A transaction of SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Executes a statement and returns its rows, if it has any."""
        return self._connection.execute(_own(sql), values).fetchall()

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Executes a statement without rows once for each of several rows of values."""
        self._connection.executemany(_own(sql), rows)


def _code(error: sqlite3.Error) -> int:
    """The code of an error: the low byte; the others tell finer (sqlite.org/rescode.html)."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _own(sql: str) -> str:
    return sql.replace(" FOR NO KEY UPDATE", "")


def _default_file() -> Path:
    folder = os.environ.get("XDG_DATA_HOME", "")
    # The standard has relative paths ignored.
    base = Path(folder) if folder and Path(folder).is_absolute() else Path.home() / ".local/share"
    return base / "goalsmith" / "runs.sqlite"
