"""Runs in a store: putting them in, finding them, saying what they wait for, removing them."""

from __future__ import annotations

import re
from typing import Final

from goalsmith.domains.diagnostics import listed, nearest
from goalsmith.domains.errors import InputError, StoreError
from goalsmith.execute.store.database import Row, Transaction
from goalsmith.execute.store.plain import MAX_NAME, MAX_TEXT, checked_text, decode, encode
from goalsmith.execute.store.rows import CANCEL, Given, RunRow, RunStatus

ID: Final = re.compile(r"[0-9a-f]{16}")
"""What an id looks like."""

LATEST: Final = "latest"
"""What the newest run may be called, whatever its name."""

_BEGINNING = re.compile(r"[0-9a-f]{1,16}")

_SHOWN = 8
"""Runs that an error names at most."""

_COMPARED = 1000
"""Runs, the newest, that an unknown id is compared with."""

_RUN = f"""SELECT r.id, r.name, r.created, r.changed, r.status, r.outcome, r.world,
    (SELECT count(*) FROM messages m
        WHERE m.run = r.id AND m.kind = '{CANCEL}' AND m.taken_at_sequence IS NULL),
    (SELECT max(e.sequence) FROM entries e WHERE e.run = r.id),
    (SELECT l.owner FROM leases l WHERE l.run = r.id AND l.until > clock())
    FROM runs r"""  # noqa: S608 - a constant of ours

_INSERT = """INSERT INTO runs (id, name, created, changed, status, outcome, world)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""

_INSERT_GIVEN = """INSERT INTO given (run, domain_pddl, problem_pddl, plan, settings)
    VALUES (?, ?, ?, ?, ?)"""

_HELD = """EXISTS (
        SELECT 1 FROM leases l WHERE l.run = r.id AND l.owner IS NOT NULL AND l.until > clock())"""

_UNDRIVEN = f"""{_RUN} WHERE (r.status IN (?, ?) OR r.status = ? AND EXISTS (
        SELECT 1 FROM messages m WHERE m.run = r.id AND m.taken_at_sequence IS NULL))
    AND NOT {_HELD} ORDER BY r.created, r.id LIMIT ?"""  # noqa: S608 - a constant of ours

_PRUNABLE = f"""SELECT r.id, r.changed FROM runs r WHERE r.status = ? AND NOT {_HELD}
    ORDER BY r.changed DESC, r.id"""  # noqa: S608 - a constant of ours


def insert(transaction: Transaction, row: RunRow, given: Given) -> None:
    """Puts a run in the store. Raises InputError if a text of it cannot be stored."""
    transaction.execute(
        _INSERT,
        [
            row.id,
            checked_text(row.name, "the run's name", MAX_NAME),
            row.created,
            row.changed,
            row.status.value,
            checked_text(row.outcome, "the outcome", MAX_NAME),
            checked_text(row.world, "the world's name", MAX_NAME),
        ],
    )
    plan = None if given.plan is None else checked_text(given.plan, "the plan", MAX_TEXT)
    transaction.execute(
        _INSERT_GIVEN,
        [
            row.id,
            checked_text(given.domain_pddl, "the domain", MAX_TEXT),
            checked_text(given.problem_pddl, "the problem", MAX_TEXT),
            plan,
            encode(given.settings, "the settings"),
        ],
    )


def every(
    transaction: Transaction, status: RunStatus | None, world: str | None, limit: int | None
) -> tuple[RunRow, ...]:
    """The runs of a status and a world, or of any; the newest first, and at most `limit`."""
    wanted: dict[str, str | int] = {}
    if status is not None:
        wanted["r.status = ?"] = status.value
    if world is not None:
        wanted["r.world = ?"] = checked_text(world, "the world's name", MAX_NAME)
    sql = _RUN + (" WHERE " + " AND ".join(wanted) if wanted else "")
    sql += " ORDER BY r.created DESC, r.id"
    values = list(wanted.values())
    if limit is not None:
        if limit < 0:
            raise InputError(f"a limit must be at least 0, not {limit}")
        sql += " LIMIT ?"
        values.append(limit)
    return tuple(_run_row(row) for row in transaction.execute(sql, values))


def undriven(transaction: Transaction, limit: int) -> tuple[RunRow, ...]:
    """The runs that somebody could go on with and nobody does, the oldest first.

    They are pending, or running without an owner, or there are messages that they wait for.
    """
    statuses = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.WAITING)
    rows = transaction.execute(_UNDRIVEN, [*(s.value for s in statuses), limit])
    return tuple(map(_run_row, rows))


def find(transaction: Transaction, identity: str) -> RunRow:
    """The run that somebody means; see `Store.run`."""
    wanted = identity.strip().lower()
    rows: list[Row] = []
    if _BEGINNING.fullmatch(wanted):
        sql = _RUN + " WHERE substr(r.id, 1, ?) = ? ORDER BY r.id LIMIT ?"
        rows = transaction.execute(sql, [len(wanted), wanted, _SHOWN])
    if not rows and wanted and "\0" not in identity:
        # A name in use is more than the word for the newest.
        sql = _RUN + " WHERE r.name = ? ORDER BY r.created DESC, r.id LIMIT 1"
        rows = transaction.execute(sql, [identity[:MAX_NAME]])
    if not rows and wanted == LATEST:
        rows = transaction.execute(_RUN + " ORDER BY r.created DESC, r.id LIMIT 1", [])
    if not rows:
        sql = "SELECT id FROM runs ORDER BY created DESC, id LIMIT ?"
        known = [row[0] for row in transaction.execute(sql, [_COMPARED])]
        raise InputError(f"there is no run `{identity[:80]}`: {_instead(wanted, known)}")
    if len(rows) > 1:
        several = listed([f"`{row[0]}`" for row in rows])
        more = ", and maybe others" if len(rows) == _SHOWN else ""
        raise InputError(f"several runs start with `{wanted}`: {several}{more}")
    return _run_row(rows[0])


def unfinished(transaction: Transaction) -> RunRow:
    """The newest run that has not ended. Raises InputError if all have."""
    sql = _RUN + " WHERE r.status <> ? ORDER BY r.created DESC, r.id LIMIT 1"
    rows = transaction.execute(sql, [RunStatus.ENDED.value])
    if not rows:
        raise InputError("all runs of this store are over: `goalsmith run` begins one")
    return _run_row(rows[0])


def given(transaction: Transaction, run: str) -> Given:
    """What a run was given."""
    sql = "SELECT domain_pddl, problem_pddl, plan, settings FROM given WHERE run = ?"
    rows = transaction.execute(sql, [run])
    if not rows:
        require(transaction, run)
        raise StoreError(f"the store is damaged: it lacks what run {run} was given")
    domain_pddl, problem_pddl, plan, settings = rows[0]
    try:
        value = decode(settings)
    except ValueError as error:
        raise StoreError(f"the settings of run {run} are damaged: {error}") from None
    if not isinstance(value, dict):
        raise StoreError(f"the settings of run {run} are damaged: they have no names")
    return Given(domain_pddl, problem_pddl, plan, value)


def require(transaction: Transaction, run: str) -> None:
    """Raises InputError unless there is a run with this id."""
    if not transaction.execute("SELECT 1 FROM runs WHERE id = ?", [run]):
        raise InputError(f"there is no run `{run[:80]}`")


def require_new(transaction: Transaction, run: str) -> None:
    """Raises InputError if there is a run with this id."""
    if transaction.execute("SELECT 1 FROM runs WHERE id = ?", [run]):
        raise InputError(f"the store has a run {run} already: name another store, or go on with it")


def require_going(transaction: Transaction, run: str) -> None:
    """Raises InputError unless there is such a run and it has not ended; it will not meanwhile."""
    sql = "SELECT status, outcome FROM runs WHERE id = ? FOR NO KEY UPDATE"
    rows = transaction.execute(sql, [run])
    if not rows:
        require(transaction, run)
    elif rows[0][0] == RunStatus.ENDED:
        raise InputError(f"run {run} has ended: {rows[0][1] or 'it does not say how'}")


def set_status(transaction: Transaction, run: str, status: RunStatus, outcome: str) -> None:
    """Says what a run waits for, or how it ended."""
    word = checked_text(outcome, "the outcome", MAX_NAME)
    sql = "UPDATE runs SET status = ?, outcome = ?, changed = clock() WHERE id = ? RETURNING id"
    if not transaction.execute(sql, [status.value, word, run]):
        require(transaction, run)


def prune(transaction: Transaction, before: float | None, keep: int | None) -> tuple[str, ...]:
    """Removes ended runs that nobody holds, with all that belongs to them; returns their ids."""
    if before is None and keep is None:
        raise InputError("say before when runs must have ended, or how many to keep")
    if keep is not None and keep < 0:
        raise InputError(f"the number of runs to keep must be at least 0, not {keep}")
    ended = transaction.execute(_PRUNABLE, [RunStatus.ENDED.value])[keep or 0 :]
    gone = tuple(run for run, changed in ended if before is None or changed < before)
    transaction.execute_many("DELETE FROM runs WHERE id = ?", [(run,) for run in gone])
    return gone


def _instead(wanted: str, known: list[str]) -> str:
    """What to say in place of an unknown id."""
    if not known:
        return "the store has none"
    # A beginning is compared with beginnings of its length.
    whole = {run[: max(1, len(wanted))]: run for run in reversed(known)}
    close = [f"`{whole[start]}`" for start in nearest(wanted, whole)]
    if close:
        return f"did you mean {listed(close, 'or')}?"
    return f"the newest are {listed([f'`{run}`' for run in known[:_SHOWN]])}"


def _run_row(row: Row) -> RunRow:
    run, name, created, changed, status, outcome, world, cancels, last, owner = row
    try:
        waits_for = RunStatus(status)
    except ValueError:
        raise StoreError(f"run {run} has a status that does not exist: {status!r}") from None
    entries = 0 if last is None else last + 1
    return RunRow(
        run, name, created, changed, waits_for, outcome, world, cancels > 0, entries, owner or ""
    )
