"""Leases: at most one process drives a run, and one that is gone is replaced.

The fence that each taking raises is compared in the very transaction that writes, so it does not
matter how wrong a process is about the time.
"""

from __future__ import annotations

import math
from typing import Final

from goalsmith.domains.errors import InputError, LeaseLostError
from goalsmith.execute.store.database import Transaction
from goalsmith.execute.store.plain import MAX_NAME, checked_text
from goalsmith.execute.store.rows import Lease
from goalsmith.execute.store.runs import require

MAX_LEASE: Final = 86_400.0
"""Seconds that a lease may last."""

_TAKE = """INSERT INTO leases (run, owner, until, fence) VALUES (?, ?, clock() + ?, 1)
    ON CONFLICT (run) DO UPDATE
    SET owner = excluded.owner, until = excluded.until, fence = leases.fence + 1
    WHERE leases.owner IS NULL OR leases.until <= clock()
    RETURNING until, fence"""

_RENEW = """UPDATE leases SET until = clock() + ?
    WHERE run = ? AND fence = ? AND owner IS NOT NULL RETURNING owner, until"""

# The row is locked, so that nobody takes the lease before what it allows is written.
_HELD = "SELECT owner, fence FROM leases WHERE run = ? FOR NO KEY UPDATE"


def take(transaction: Transaction, run: str, owner: str, seconds: float) -> Lease | None:
    """Takes the lease of a run; None if somebody has it whose time is not over."""
    if not checked_text(owner, "the owner's name", MAX_NAME):
        raise InputError("the owner of a lease must have a name")
    _check(seconds)
    require(transaction, run)
    rows = transaction.execute(_TAKE, [run, owner, seconds])
    if not rows:
        return None
    until, fence = rows[0]
    return Lease(run, owner, until, fence)


def renew(transaction: Transaction, lease: Lease, seconds: float) -> Lease:
    """The lease, lasting so many seconds from now, even if its time was over meanwhile."""
    _check(seconds)
    rows = transaction.execute(_RENEW, [seconds, lease.run, lease.fence])
    if not rows:
        raise _lost(transaction, lease.run, lease.fence)
    owner, until = rows[0]
    return Lease(lease.run, owner, until, lease.fence)


def release(transaction: Transaction, lease: Lease) -> None:
    """Gives a lease back; one that was lost is let be."""
    sql = "UPDATE leases SET owner = NULL WHERE run = ? AND fence = ?"
    transaction.execute(sql, [lease.run, lease.fence])


def guard(transaction: Transaction, run: str, fence: int) -> None:
    """Raises LeaseLostError unless the fence is that of the last taking, not given back."""
    rows = transaction.execute(_HELD, [run])
    if not rows or rows[0][0] is None or rows[0][1] != fence:
        raise _lost(transaction, run, fence)


def _lost(transaction: Transaction, run: str, fence: int) -> LeaseLostError:
    rows = transaction.execute(_HELD, [run])
    if not rows or rows[0][0] is None:
        holder = "nobody holds it now"
    else:
        holder = f"{rows[0][0]} has taken it (fence {rows[0][1]})"
    return LeaseLostError(
        f"the lease of run {run} with fence {fence} is not in force: {holder}; what its "
        "owner would write is refused"
    )


def _check(seconds: float) -> None:
    if not (math.isfinite(seconds) and 0 < seconds <= MAX_LEASE):
        raise InputError(f"a lease lasts more than 0 and at most {MAX_LEASE:g} s, not {seconds}")
