"""Named worlds in a store: one value of plain data for each, which says what is known of it.

Whoever changes the value reads and writes it in one transaction, in which nobody else can. Runs
name their world in a column of their own, and pruning them leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.execute.store.database import Database
from goalsmith.execute.store.plain import MAX_NAME, Plain, checked_text, decode, encode
from goalsmith.execute.store.store import Store

_FIRST: Final = """INSERT INTO worlds (name, created, changed, facts, steps, goals, body)
    VALUES (?, clock(), clock(), 0, 0, 0, 'null') ON CONFLICT (name) DO NOTHING"""

# The row is locked, so that changes come one after the other.
_BODY: Final = "SELECT body FROM worlds WHERE name = ? FOR NO KEY UPDATE"

_CHANGE: Final = """UPDATE worlds SET changed = clock(), facts = ?, steps = ?, goals = ?, body = ?
    WHERE name = ?"""

_EVERY: Final = "SELECT name, created, changed, facts, steps, goals FROM worlds"


@dataclass(frozen=True, slots=True)
class WorldRow:
    """A world, as it is listed. Times are in seconds since 1970.

    Attributes:
        name: its name.
        created: when something was first kept of it.
        changed: when that was changed last.
        facts: how many facts are kept.
        steps: of how many steps it is kept how they went.
        goals: how many goals are kept that were reached.
    """

    name: str
    created: float
    changed: float
    facts: int
    steps: int
    goals: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept of a world, and what its row counts."""

    body: Plain
    facts: int
    steps: int
    goals: int


class Worlds:
    """The worlds of a store. Every method is one transaction, and raises as a store's do.

    A method that takes a name raises InputError where none can be such.
    """

    def __init__(self, store: Store) -> None:
        self._database: Database = store.database

    def every(self) -> tuple[WorldRow, ...]:
        """All worlds, by name."""
        with self._database.reading() as transaction:
            rows = transaction.execute(_EVERY)
        # Here, since databases sort texts in orders of their own.
        return tuple(sorted((WorldRow(*row) for row in rows), key=lambda row: row.name))

    def get(self, name: str) -> Plain:
        """What is kept of a world; None if nothing is."""
        sql = "SELECT body FROM worlds WHERE name = ?"
        with self._database.reading() as transaction:
            rows = transaction.execute(sql, [_checked(name)])
        return _decoded(rows[0][0], name) if rows else None

    def change(self, name: str, change: Callable[[Plain], Kept]) -> None:
        """Keeps what `change` makes of what was kept before; it is given None if nothing was.

        Where it raises, everything stays as it was.
        """
        with self._database.writing() as transaction:
            transaction.execute(_FIRST, [_checked(name)])
            ((body,),) = transaction.execute(_BODY, [name])
            kept = change(_decoded(body, name))
            text = encode(kept.body, f"what is known of the world `{name}`")
            transaction.execute(_CHANGE, [kept.facts, kept.steps, kept.goals, text, name])

    def remove(self, name: str) -> bool:
        """Removes what is kept of a world; whether there was anything."""
        sql = "DELETE FROM worlds WHERE name = ? RETURNING name"
        with self._database.writing() as transaction:
            return bool(transaction.execute(sql, [_checked(name)]))


def _checked(name: str) -> str:
    if not name.strip():
        raise InputError("a world must have a name")
    return checked_text(name, "the world's name", MAX_NAME)


def _decoded(text: str, name: str) -> Plain:
    try:
        return decode(text)
    except ValueError as error:
        raise StoreError(f"what is known of the world `{name}` is damaged: {error}") from None
