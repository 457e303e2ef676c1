"""Holding a run's lease for as long as it is driven."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Final

from goalsmith.domains.errors import InputError, LeaseLostError, StoreUnavailableError
from goalsmith.execute.store import Lease, Store

LEASE_SECONDS: Final = 15.0
"""Seconds after which others may go on with a run whose driver is gone."""

MIN_LEASE: Final = 0.5

RETRY: Final = 0.25
"""Seconds between two tries to take a lease."""

_RENEWALS: Final = 3
"""How often a lease is renewed in the time that it lasts."""


def new_owner() -> str:
    """A name for a driver that no other has: the machine, the process, and some digits."""
    return f"{socket.gethostname()[:100]}-{os.getpid()}-{secrets.token_hex(4)}"


class Holding:
    """A lease that is renewed by a thread of its own; for a `with` block, after which it is over.

    What the store refuses, it refuses by the lease's fence, so nothing depends on this thread being
    on time. It only tells the driver soon that there is no use in going on.

    Args:
        store: where the run is.
        lease: the one taken.
        seconds: how long it lasts after each renewal.

    Attributes:
        lost: set once somebody else may drive the run.
    """

    def __init__(self, store: Store, lease: Lease, seconds: float) -> None:
        self.lease = lease
        self.lost = Event()
        self._store = store
        self._seconds = seconds
        self._over = Event()
        self._thread = Thread(target=self._renew, name=f"lease of {lease.run}", daemon=True)

    def __enter__(self) -> Holding:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        try:
            self._store.release_lease(self.lease)
        except StoreUnavailableError:
            # Then it ends by itself. What is under way matters more, if there is something.
            if error is None:
                raise

    def check(self) -> None:
        """Raises LeaseLostError if the lease is known to be lost."""
        if self.lost.is_set():
            raise LeaseLostError(
                f"the lease of run {self.lease.run} could not be kept: somebody else may drive the "
                "run now"
            )

    def _renew(self) -> None:
        renewed = time.monotonic()
        while not self._over.wait(self._seconds / _RENEWALS):
            try:
                self._store.renew_lease(self.lease, self._seconds)
                renewed = time.monotonic()
            except LeaseLostError:
                self.lost.set()
                return
            except Exception:
                # The store cannot be reached, and may be again while there is time.
                if time.monotonic() - renewed > self._seconds:
                    self.lost.set()
                    return


def take(
    store: Store, run: str, *, owner: str | None = None, seconds: float = LEASE_SECONDS
) -> Holding | None:
    """Takes a run's lease; None if somebody has it whose time is not over.

    Args:
        store: where the run is.
        run: the run's id.
        owner: by default a new name.
        seconds: how long the lease lasts where it is not renewed.

    Raises:
        InputError: there is no such run, or the lease is too short or too long.
    """
    if seconds < MIN_LEASE:
        raise InputError(f"a lease must last {MIN_LEASE} s at least, not {seconds}")
    lease = store.take_lease(run, owner or new_owner(), seconds)
    return None if lease is None else Holding(store, lease, seconds)


def wait_to_take(
    store: Store,
    run: str,
    *,
    seconds: float = LEASE_SECONDS,
    halt: Event | None = None,
    on_wait: Callable[[str], object] | None = None,
) -> Holding:
    """Takes a run's lease, after a wait for the driver before if that one may be gone.

    Args:
        store: where the run is.
        run: the run's id.
        seconds: how long the lease lasts where it is not renewed, and how long is waited.
        halt: set by another thread to wait no longer.
        on_wait: told, once, who drives the run.

    Raises:
        InputError: somebody else drives the run, there is no such run, or the lease is too short.
    """
    flag = halt or Event()
    deadline = time.monotonic() + seconds + 1
    said = False
    while True:
        holding = take(store, run, seconds=seconds)
        if holding is not None:
            return holding
        owner = store.run(run).owner or "somebody"
        if on_wait is not None and not said:
            on_wait(owner)
            said = True
        if time.monotonic() > deadline or flag.wait(RETRY):
            raise InputError(
                f"{owner} drives run {run}: let it, or end the run with "
                f"`goalsmith cancel {run[:6]}`"
            )
