"""Journals of runs in a store, and the messages that their entries answer."""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.execute.store.database import Row, Transaction
from goalsmith.execute.store.plain import Plain, checked_kind, decode, decode_all, encode
from goalsmith.execute.store.rows import Draft, EntryRow, MessageRow
from goalsmith.execute.store.runs import require, require_going

_APPEND = "INSERT INTO entries (run, sequence, time, kind, body) VALUES (?, ?, clock(), ?, ?)"

_TAKE = """UPDATE messages SET taken_at_sequence = ?
    WHERE run = ? AND number = ? AND taken_at_sequence IS NULL RETURNING number"""

_SEND = "INSERT INTO messages (run, number, time, kind, body) VALUES (?, ?, clock(), ?, ?)"

_ENTRIES = """SELECT sequence, time, kind, body FROM entries
    WHERE run = ? AND sequence >= ? ORDER BY sequence"""

_MESSAGES = """SELECT number, time, kind, body, taken_at_sequence FROM messages
    WHERE run = ? AND number > ? ORDER BY number"""

_INSERT_ENTRY = "INSERT INTO entries (run, sequence, time, kind, body) VALUES (?, ?, ?, ?, ?)"

_INSERT_MESSAGE = """INSERT INTO messages (run, number, time, kind, body, taken_at_sequence)
    VALUES (?, ?, ?, ?, ?, ?)"""


def append(transaction: Transaction, run: str, drafts: Sequence[Draft], at: int | None) -> int:
    """Appends entries and returns the sequence number of the first."""
    if not drafts:
        raise InputError("there is no entry to append")
    rows = transaction.execute("SELECT max(sequence) FROM entries WHERE run = ?", [run])
    first = 0 if rows[0][0] is None else int(rows[0][0]) + 1
    if at is not None and at != first:
        raise InputError(f"the journal of run {run} goes on at {first}, not at {at}")
    written = [(checked_kind(d.kind, "an entry"), encode(d.body, d.kind)) for d in drafts]
    transaction.execute_many(_APPEND, [(run, first + i, *each) for i, each in enumerate(written)])
    return first


def take(transaction: Transaction, run: str, numbers: Sequence[int], sequence: int) -> None:
    """Marks messages as taken at an entry."""
    for number in numbers:
        if not transaction.execute(_TAKE, [sequence, run, number]):
            raise InputError(f"run {run} has no message {number} that was not taken before")


def entries(
    transaction: Transaction, run: str, since: int, limit: int | None
) -> tuple[EntryRow, ...]:
    """The entries of a journal from the one numbered `since`, in order, and at most `limit`."""
    sql = _ENTRIES
    values: list[str | int] = [run, since]
    if limit is not None:
        sql += " LIMIT ?"
        values.append(limit)
    rows = _of_run(transaction, run, sql, values)
    bodies = decode_all([row[3] for row in rows])
    if bodies is None:
        # One of them is damaged: which, it says.
        bodies = [_decoded(b, f"entry {s} of {run}") for s, _, _, b in rows]
    return tuple(EntryRow(s, t, k, body) for (s, t, k, _), body in zip(rows, bodies, strict=True))


def send(transaction: Transaction, run: str, kind: str, body: Plain) -> int:
    """Leaves a message for whoever drives a run, and returns its number."""
    checked_kind(kind, "a message")
    text = encode(body, f"the message `{kind}`")
    require_going(transaction, run)
    rows = transaction.execute("SELECT max(number) FROM messages WHERE run = ?", [run])
    number = int(rows[0][0] or 0) + 1
    transaction.execute(_SEND, [run, number, kind, text])
    return number


def messages(transaction: Transaction, run: str, after: int) -> tuple[MessageRow, ...]:
    """The messages to a run after the one numbered `after`, in order."""
    rows = _of_run(transaction, run, _MESSAGES, [run, after])
    return tuple(
        MessageRow(n, t, k, _decoded(b, f"message {n} to {run}"), taken)
        for n, t, k, b, taken in rows
    )


def insert(
    transaction: Transaction,
    run: str,
    entries: Sequence[EntryRow],
    messages: Sequence[MessageRow],
) -> None:
    """Puts entries and messages in the store as they were in another."""
    transaction.execute_many(
        _INSERT_ENTRY,
        [(run, e.sequence, e.time, e.kind, encode(e.body, "an entry")) for e in entries],
    )
    transaction.execute_many(
        _INSERT_MESSAGE,
        [
            (run, m.number, m.time, m.kind, encode(m.body, "a message"), m.taken_at_sequence)
            for m in messages
        ],
    )


def _of_run(transaction: Transaction, run: str, sql: str, values: Sequence[str | int]) -> list[Row]:
    rows = transaction.execute(sql, values)
    if not rows:
        require(transaction, run)
    return rows


def _decoded(text: str, what: str) -> Plain:
    try:
        return decode(text)
    except ValueError as error:
        raise StoreError(f"{what} is damaged: {error}") from None
