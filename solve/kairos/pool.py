"""Kairos's workers, kept warm and shared by all threads of this process."""

from __future__ import annotations

import atexit
import importlib.util
import os
from contextlib import suppress
from functools import cache
from threading import Event, Lock

from goalsmith.solve.kairos.client import StoppedError, Worker, WorkerGoneError

MOST_IDLE = 4
"""Workers kept at most."""


class Pool:
    """Idle workers, for any thread to take and give back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._owner = os.getpid()

    def take(self) -> Worker:
        """An idle worker, or a new one."""
        with self._lock:
            if self._owner != os.getpid():
                # After a fork the workers belong to the parent.
                self._idle.clear()
                self._owner = os.getpid()
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.kill()
        return Worker()

    def give_back(self, worker: Worker) -> None:
        """Keeps a worker for the next task, unless enough are idle."""
        with self._lock:
            if len(self._idle) < MOST_IDLE:
                self._idle.append(worker)
                return
        worker.kill()

    def close(self) -> None:
        """Ends all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        if self._owner == os.getpid():
            for worker in idle:
                worker.kill()


@cache
def shared_pool() -> Pool:
    """The pool of this process; its workers end with it."""
    pool = Pool()
    atexit.register(pool.close)
    return pool


def is_installed() -> bool:
    """Whether there is a Kairos to run."""
    return importlib.util.find_spec("kairos") is not None


def prepare() -> None:
    """Has a worker start by itself, so that it is ready by the time that there is a task for it.

    Does not wait. Where no worker can be started, that is told to whoever asks the engine.
    """
    if is_installed():
        pool = shared_pool()
        with suppress(OSError):
            pool.give_back(pool.take())


def await_worker(seconds: float, cancel: Event) -> None:
    """Waits until an idle worker can take a task at once, which one that must start cannot.

    Waits for `seconds` at most, and no longer once `cancel` is set. What goes wrong is told to
    whoever asks the engine.
    """
    pool = shared_pool()
    try:
        worker = pool.take()
    except OSError:
        return
    usable = False
    try:
        with suppress(StoppedError):
            worker.await_ready(seconds, cancel)
        usable = True
    except WorkerGoneError:
        pass
    finally:
        if usable:
            pool.give_back(worker)
        else:
            worker.kill()
