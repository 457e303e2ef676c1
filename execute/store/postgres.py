"""A store in PostgreSQL: any number of machines. Its tables are in a schema called `goalsmith`."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from goalsmith.domains.errors import StoreError, StoreUnavailableError, UnsupportedError
from goalsmith.execute.store.database import Row, Transaction, Value

if TYPE_CHECKING:
    from psycopg import Connection, Error

SCHEMES: Final = ("postgresql", "postgres")

CONNECT_SECONDS: Final = 10
"""Seconds to wait for a server to answer, unless the URL says `connect_timeout`."""

MIGRATION_LOCK: Final = 0x676F6172
"""The number of the advisory lock that whoever changes the schema holds."""

_URL = re.compile(
    r"postgres(?:ql)?://(?:[^:@/?#]*(?::(?P<password>[^@/?#]*))?@)?(?P<hosts>[^@/?#]*)"
    r"(?:/(?P<database>[^@?#]*))?(?:\?(?P<query>[^@#]*))?"
)
_HOSTS = re.compile(r"(?:(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:,]*)(?::[0-9]*)?(?:,(?!$)|$))*")
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

_FORM = (
    "the URL of the store is not of the form postgresql://user:password@host:port/database; what "
    "is special in a URL is percent-encoded in the parts of it (`@` in a password is %40)"
)

_SESSION = (
    ("search_path", "goalsmith", ""),
    # Where a server acknowledges before it has synced, a crash would lose what was acknowledged.
    ("synchronous_commit", "on", " WHERE current_setting('synchronous_commit') = 'off'"),
)

_CLAIMED = """SELECT 1 FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'goalsmith' AND c.relname = 'meta'"""


def open_postgres(url: str, patience: float) -> PostgresDatabase:
    """The database at `postgresql://user:password@host:port/database`.

    libpq reads it (https://www.postgresql.org/docs/current/libpq-connect.html).

    Raises:
        UnsupportedError: psycopg is not installed.
        StoreError: the URL is malformed.
        StoreUnavailableError: the server cannot be reached.
    """
    found = _URL.fullmatch(url)
    # libpq quotes what it does not understand, and that may be a part of the password.
    if found is None or not _HOSTS.fullmatch(found["hosts"]) or _HALF_ESCAPE.search(url):
        raise StoreError(_FORM)
    settings = parse_qsl(found["query"] or "", keep_blank_values=True)
    secrets = [value for name, value in settings if "password" in name.lower()]
    secrets.append(found["password"] or "")
    place = f"postgresql://{found['hosts']}/{found['database'] or ''}"
    return PostgresDatabase(url, place, secrets, patience)


class PostgresDatabase:
    """A PostgreSQL database. Not to be carried through a fork: each process opens its own.

    A connection that was lost between two transactions is made anew. A transaction during which it
    was lost is never repeated, since it may have been committed.

    Args:
        url: as libpq reads it.
        place: where it is, for a person.
        secrets: what no message may show.
        patience: seconds to wait for a lock.
    """

    def __init__(self, url: str, place: str, secrets: Sequence[str], patience: float) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise UnsupportedError(
                "a store in PostgreSQL needs psycopg: install it with "
                f"`pip install 'goalsmith[postgres]'` ({error})"
            ) from None
        self.place = place
        self._psycopg = psycopg
        self._url = url
        forms = {form for secret in secrets for form in (secret, unquote(secret)) if form}
        self._secrets = sorted(forms, key=len, reverse=True)
        self._patience = patience
        self._lock = threading.Lock()
        self._closed = False
        self._connection: Connection[Row] | None = None
        with self._lock:
            self._connected()

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that sees one state of the database and changes nothing."""
        return self._transaction(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that may change the database."""
        return self._transaction(b"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")

    @contextmanager
    def migrating(self) -> Iterator[Transaction]:
        """A transaction that may change the schema; others that would do so wait for it."""
        with self.writing() as transaction:
            transaction.execute("SELECT pg_advisory_xact_lock(?)", [MIGRATION_LOCK])
            yield transaction

    def is_claimed(self, transaction: Transaction) -> bool:
        """Whether there is a store of runs."""
        # By a query, which sees what was committed before it; a name such as 'goalsmith.meta' is
        # looked up in a cache, which may not know yet of tables that another has just made.
        return bool(transaction.execute(_CLAIMED))

    def claim(self, transaction: Transaction) -> None:
        """Makes the schema that the tables are in."""
        transaction.execute("CREATE SCHEMA IF NOT EXISTS goalsmith")

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._closed = True
            self._disconnect()

    @contextmanager
    def _transaction(self, begin: bytes) -> Iterator[Transaction]:
        with self._lock:
            connection = self._begun(begin)
            try:
                yield _PostgresTransaction(connection)
                connection.execute(b"COMMIT")
            except BaseException as error:
                self._undo(connection)
                if isinstance(error, self._psycopg.Error):
                    raise self._explained(error) from None
                raise

    def _begun(self, begin: bytes) -> Connection[Row]:
        """The connection, in a new transaction; one lost since the last is made anew, once."""
        for last in (False, True):
            connection = self._connected()
            try:
                connection.execute(begin)
                break
            except self._psycopg.Error as error:
                lost = connection.closed
                if lost:
                    self._disconnect()
                if last or not lost:
                    raise self._explained(error) from None
        return connection

    def _undo(self, connection: Connection[Row]) -> None:
        """Ends a failed transaction; without an answer of the server, by hanging up."""
        with suppress(self._psycopg.Error):
            connection.execute(b"ROLLBACK")
            return
        self._disconnect()

    def _connected(self) -> Connection[Row]:
        """The connection, made where there is none."""
        if self._closed:
            raise StoreError(f"the store {self.place} was closed")
        if self._connection is None:
            given: dict[str, Any] = {}
            if "connect_timeout" not in self._url:
                given["connect_timeout"] = CONNECT_SECONDS
            try:
                self._connection = self._psycopg.connect(self._url, autocommit=True, **given)
                for name, value, where in _SESSION:
                    self._set(name, value, where)
                self._set("lock_timeout", f"{max(1, round(self._patience * 1000))}", "")
            except self._psycopg.Error as error:
                self._disconnect()
                raise StoreUnavailableError(
                    f"PostgreSQL at {self.place} cannot be reached: {self._reason(error)}; check "
                    "that it runs and that user, password and database are right"
                ) from None
        return self._connection

    def _set(self, name: str, value: str, where: str) -> None:
        assert self._connection is not None
        self._connection.execute(f"SELECT set_config(%s, %s, false){where}".encode(), [name, value])

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _explained(self, error: Error) -> StoreError:
        reason = self._reason(error)
        if self._connection is None:
            return StoreUnavailableError(
                f"the connection to the store {self.place} was lost: {reason}; try again"
            )
        if isinstance(error, self._psycopg.errors.LockNotAvailable):
            return StoreUnavailableError(
                f"the store {self.place} was locked by another process for {self._patience:g} s: "
                "try again, or end the process that holds it"
            )
        if isinstance(error, self._psycopg.errors.DeadlockDetected):
            return StoreUnavailableError(
                f"the store {self.place} undid a write that crossed another: try again"
            )
        if isinstance(error, self._psycopg.errors.InsufficientPrivilege):
            return StoreError(
                f"the store {self.place} cannot be used: {reason}; grant the user the schema "
                "`goalsmith` and its tables, or name another user"
            )
        return StoreError(f"the store {self.place} cannot be used: {reason}")

    def _reason(self, error: Error) -> str:
        """What the server or libpq says, without a password."""
        reason = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
        for secret in self._secrets:
            reason = reason.replace(secret, "***")
        return reason[:500] or type(error).__name__


class _PostgresTransaction:
    """A transaction of PostgreSQL."""

    def __init__(self, connection: Connection[Row]) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Executes a statement and returns its rows, if it has any."""
        cursor = self._connection.execute(_own(sql), values)
        return cursor.fetchall() if cursor.description is not None else []

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Executes a statement without rows once for each of several rows of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_own(sql), rows)


@lru_cache(maxsize=256)
def _own(sql: str) -> bytes:
    clock = "extract(epoch FROM clock_timestamp())::double precision"
    return sql.replace("?", "%s").replace("clock()", clock).encode()
