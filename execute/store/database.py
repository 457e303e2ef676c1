"""What a store asks of a database: transactions in one dialect of SQL.

Statements are written once, in what SQLite (3.35) and PostgreSQL have in common, with `?` for a
value and two words more: `clock()` for the seconds since 1970 by the clock that all users of the
database share, and `FOR NO KEY UPDATE` after a row that must not change until the transaction ends,
which SQLite, where one transaction writes at a time, has no need of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Any, ...]


class Transaction(Protocol):
    """A transaction under way."""

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Executes a statement and returns its rows, if it has any."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Executes a statement without rows once for each of several rows of values."""
        ...


class Database(Protocol):
    """A database, to be used by any number of threads, one transaction at a time.

    Its methods raise StoreError, and StoreUnavailableError where trying again may help. A
    transaction is committed, and then safe on disk, when its block ends, and undone when the block
    raises.
    """

    place: str
    """Where it is, for a person; without a password."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that sees one state of the database and changes nothing."""
        ...

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that may change the database."""
        ...

    def migrating(self) -> AbstractContextManager[Transaction]:
        """A transaction that may change the schema; others that would do so wait for it."""
        ...

    def is_claimed(self, transaction: Transaction) -> bool:
        """Whether a store of runs is there. Raises StoreError if another program's data is."""
        ...

    def claim(self, transaction: Transaction) -> None:
        """Makes an empty database ready for the tables of a store of runs."""
        ...

    def close(self) -> None:
        """Closes the connection; what is not committed is undone."""
        ...
