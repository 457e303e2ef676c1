"""Simulated worlds in a store: what each is like now, and every act in it.

A world lies beside the run that acts in it and is no part of it: an act changes the world in a
transaction of its own, before the run has heard of it, as it is with worlds that are real.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from goalsmith.domains.errors import StoreError
from goalsmith.execute.store.database import Transaction
from goalsmith.execute.store.plain import MAX_NAME, MAX_TEXT, Plain, checked_text, decode, encode
from goalsmith.execute.store.rows import ActRow, SimulationRow
from goalsmith.execute.store.runs import require

_FIRST: Final = """INSERT INTO simulations (run, acts, snapshot) VALUES (?, 0, 'null')
    ON CONFLICT (run) DO NOTHING"""

# The row is locked, so that acts come one after the other.
_COUNT: Final = "SELECT acts FROM simulations WHERE run = ? FOR NO KEY UPDATE"

_AGAIN: Final = """UPDATE acts SET asked = asked + 1 WHERE run = ? AND key = ?
    RETURNING number, time, step, report, asked"""

_INSERT: Final = """INSERT INTO acts (run, key, number, time, step, report, asked)
    VALUES (?, ?, ?, clock(), ?, ?, 1) RETURNING time"""

_INSERT_WORLD: Final = "INSERT INTO simulations (run, acts, snapshot) VALUES (?, ?, ?)"

_INSERT_ACT: Final = """INSERT INTO acts (run, key, number, time, step, report, asked)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""

_CHANGE: Final = "UPDATE simulations SET acts = ?, snapshot = ? WHERE run = ?"

_ACTS: Final = """SELECT key, number, time, step, report, asked FROM acts
    WHERE run = ? ORDER BY number"""


def find(transaction: Transaction, run: str, since: int) -> SimulationRow | None:
    """The world of a run; None if there were as many acts in it as `since`, or were none."""
    sql = "SELECT acts, snapshot FROM simulations WHERE run = ? AND acts <> ?"
    rows = transaction.execute(sql, [run, since])
    if not rows:
        return None
    acts, snapshot = rows[0]
    return SimulationRow(acts, _decoded(snapshot, run))


def keep(
    transaction: Transaction,
    run: str,
    number: int,
    key: str,
    step: str,
    report: Plain,
    snapshot: Plain,
) -> ActRow | None:
    """Keeps an act and what the world is like after it, unless there was one with its key.

    Returns:
        The act with this key, be it this one or an earlier; None if the next act has another
        number, since somebody else has acted.
    """
    checked_text(key, "the key of an act", MAX_NAME)
    rows = transaction.execute(_COUNT, [run])
    if not rows:
        require(transaction, run)
        transaction.execute(_FIRST, [run])
        rows = transaction.execute(_COUNT, [run])
    again = transaction.execute(_AGAIN, [run, key])
    if again:
        had, time, said, answer, asked = again[0]
        return ActRow(key, had, time, said, _decoded(answer, run), asked)
    if rows[0][0] != number - 1:
        return None
    said = checked_text(step, "a step", MAX_TEXT)
    values: list[str | int] = [run, key, number, said, encode(report, "the report of an act")]
    ((time,),) = transaction.execute(_INSERT, values)
    transaction.execute(_CHANGE, [number, encode(snapshot, "a simulated world"), run])
    return ActRow(key, number, time, step, report, 1)


def insert(
    transaction: Transaction, run: str, world: SimulationRow, acts: Iterable[ActRow]
) -> None:
    """Puts a world with all its acts in the store. Raises InputError if it cannot be stored."""
    snapshot = encode(world.snapshot, "a simulated world")
    transaction.execute(_INSERT_WORLD, [run, world.acts, snapshot])
    transaction.execute_many(
        _INSERT_ACT,
        [
            (
                run,
                checked_text(act.key, "the key of an act", MAX_NAME),
                act.number,
                float(act.time),
                checked_text(act.step, "a step", MAX_TEXT),
                encode(act.report, "the report of an act"),
                act.asked,
            )
            for act in acts
        ],
    )


def acts(transaction: Transaction, run: str) -> tuple[ActRow, ...]:
    """The acts in the world of a run, in order."""
    rows = transaction.execute(_ACTS, [run])
    if not rows:
        require(transaction, run)
    return tuple(ActRow(k, n, t, s, _decoded(r, run), a) for k, n, t, s, r, a in rows)


def _decoded(text: str, run: str) -> Plain:
    try:
        return decode(text)
    except ValueError as error:
        raise StoreError(f"the simulated world of run {run} is damaged: {error}") from None
