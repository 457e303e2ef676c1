"""What happens in a worker of a Dask cluster. Imported where `distributed` is, and only there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Event

from distributed import Worker, WorkerPlugin, get_worker

from goalsmith.benchmarks.batches.job import Job
from goalsmith.benchmarks.batches.pool import available_cores
from goalsmith.benchmarks.provenance import code_version, engine_versions
from goalsmith.benchmarks.results.result import Result
from goalsmith.domains.errors import UnsupportedError
from goalsmith.solve.programs.process import limit_cores


class Watch(WorkerPlugin):
    """Tells a batch's jobs on a worker to stop, once it is taken off the worker.

    Args:
        batch: a name for the batch, no other's.
        own: the workers were started for the batch, on the machine that drives it.
    """

    def __init__(self, batch: str, own: bool) -> None:
        self.name = batch
        self._own = own

    def setup(self, worker: Worker) -> None:
        """Called on each worker, also on one that comes later."""
        self.cancel = Event()
        if self._own:
            # Ctrl-C reaches all processes of a terminal, but it is the driver that ends the others.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            if cores := available_cores():
                core = cores[int(worker.name) % len(cores)]
                limit_cores(os.getpid(), frozenset({core}))

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask names it
        """Called when the batch is over, or the worker is."""
        self.cancel.set()


def do(batch: str, function: Callable[..., Result], job: Job) -> Result:
    """Does a job of a batch.

    Raises:
        UnsupportedError: this worker is not fit to do it. Other errors are those of `function`.
    """
    worker = get_worker()
    watch = worker.plugins.get(batch)
    if not isinstance(watch, Watch):
        raise RuntimeError("the batch is over")
    if reason := why_unfit(job.key.code_version, job.key.engine_versions, job.configuration.engine):
        raise UnsupportedError(f"the worker {worker.address} {reason}")
    return function(job, cancel=watch.cancel)


def why_unfit(
    code: str, engines: str, engine: str | None = None, dask_worker: Worker | None = None
) -> str:
    """Why this worker may do no jobs; empty when it may.

    Args:
        code: the version of goalsmith that is asked for.
        engines: the versions of engines that are.
        engine: the engine whose version it is; None: those that race.
        dask_worker: the worker, where it is not the one whose task this is; Dask knows it by this
            name.
    """
    threads = (dask_worker or get_worker()).state.nthreads
    if threads != 1:
        return f"has {threads} threads, and a job needs a worker to itself: use --nthreads 1"
    if code_version() != code:
        return f"has goalsmith {code_version()}, not {code}: install the same version"
    if engine_versions(engine) != engines:
        return f"has {engine_versions(engine)}, not {engines}: install the same versions"
    return ""
