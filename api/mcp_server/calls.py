"""Calls that take long: in threads, with progress for the client, and stopped if it cancels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Event
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from goalsmith.mcp_server.bounds import CALLS

_R = TypeVar("_R")

LOOK: Final = 0.2
"""Seconds between two looks for something to report."""


class Calls:
    """Runs work in threads, of which only so many compute at the same time.

    What is quick, such as a look at a run, does not wait for what takes long.
    """

    def __init__(self, most: int = CALLS) -> None:
        self._room = anyio.CapacityLimiter(most)
        self._quick_room = anyio.CapacityLimiter(most)

    async def do(
        self,
        work: Callable[[Event], _R],
        report: Callable[[], Awaitable[None]] | None = None,
        *,
        quick: bool = False,
    ) -> _R:
        """What some work returns or raises.

        If the call is cancelled, the event that the work is given is set, and its end waited for:
        what is not waited for could pile up.

        Args:
            work: what is to be done.
            report: awaited now and then while it goes on, and once after it.
            quick: whether it is over at once.
        """
        room = self._quick_room if quick else self._room
        cancel = Event()
        done: list[_R] = []
        failed: list[Exception] = []

        async def watch() -> None:
            try:
                while True:
                    await anyio.sleep(LOOK)
                    if report is not None:
                        await report()
            finally:
                cancel.set()

        # An exception that left the group's block would come out in a group of exceptions.
        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            try:
                done.append(await anyio.to_thread.run_sync(work, cancel, limiter=room))
                if report is not None:
                    await report()
            except Exception as error:
                failed.append(error)
            group.cancel_scope.cancel()
        if failed:
            raise failed[0]
        return done[0]
