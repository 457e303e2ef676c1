"""Jobs on many machines, through Dask (https://distributed.dask.org).

Dask starts its workers by SSH, on Slurm, Kubernetes and others. They need goalsmith and its engines
in the same versions as here, and no disk that is shared: a job holds the texts of its task. The job
of a worker that died is done again elsewhere, and one whose workers die again and again is given up
(`distributed.scheduler.allowed-failures`). Whoever may talk to a cluster may run any code on it, so
it belongs in a network of its own or behind `tls://`.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from goalsmith.benchmarks.batches.job import Job
from goalsmith.benchmarks.provenance import code_version, engine_versions
from goalsmith.benchmarks.results.result import Result
from goalsmith.domains.errors import EngineError, InputError, UnsupportedError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

CONNECT_SECONDS = 20.0
"""Seconds that a scheduler may take to answer."""

WORKER_SECONDS = 120.0
"""Seconds to wait for the first worker."""

AHEAD = 2
"""Jobs handed to the cluster for each worker: one that it does, and one so that it need not wait
for the next. The rest wait here."""

MOST_WORKERS = 1024
"""Workers of a cluster on this machine at most."""

MOST_NAMED = 3
"""Workers that an error names at most."""

_LOCAL = re.compile(r"local:([0-9]{1,9})")
_ADDRESS = re.compile(r"(?:tcp|tls)://\S+")


class ClusterExecutor(Executor):
    """An executor whose jobs are done by the workers of a Dask cluster, one at a time by each.

    Made by `cluster_executor`. What is called is given a keyword argument `cancel`, an event that
    is set when the executor is killed.

    Attributes:
        jobs: how many jobs keep all workers busy.
    """

    def __init__(self, client: Client, batch: str, jobs: int) -> None:
        self._client = client
        self._batch = batch
        self._calls = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        self.jobs = jobs

    # Jobs, and nothing else.
    def submit(  # type: ignore[override]
        self, fn: Callable[..., Result], job: Job, /
    ) -> Future[Result]:
        """A job to be done by a worker.

        The future raises what the function raised; UnsupportedError if the worker is not fit to do
        it; distributed.KilledWorker if several workers died with it.
        """
        from goalsmith.benchmarks.batches.cluster_worker import do

        future: Future[Result] = self._calls.submit(do, self._batch, fn, job)
        return future

    def kill(self) -> None:
        """Stops all jobs that are being done."""
        # A ValueError says that it was done before. Without a scheduler, workers end by themselves.
        with suppress(OSError, TimeoutError, ValueError):
            self._client.unregister_worker_plugin(self._batch)  # type: ignore[no-untyped-call]


@contextmanager
def cluster_executor(address: str, jobs: int | None = None) -> Iterator[ClusterExecutor]:
    """What does jobs on a cluster, to be given to `run_batch` with its own number of jobs.

    Args:
        address: of the scheduler, `tcp://host:port` or `tls://host:port`; or `local:N` for N worker
            processes on this machine, which end with the block, or with this process.
        jobs: how many jobs the cluster is to have in hand at most; by default twice as many as
            there are workers at the beginning. Workers that come later are used as well.

    Raises:
        InputError: the address is none, or nobody answers there.
        UnsupportedError: Dask is not installed, or a worker is not fit: it has other versions of
            goalsmith or its engines, or more than one thread.
        EngineError: there are no workers, or none can be started here: Dask starts processes that
            import the program, so a script must do its work under `if __name__ == "__main__":`.
    """
    if find_spec("distributed") is None:
        raise UnsupportedError(
            "clusters need Dask: pip install 'goalsmith[cluster]' here and on the workers"
        )
    local = _LOCAL.fullmatch(address)
    if local is None and not _ADDRESS.fullmatch(address):
        raise InputError(
            f"{address!r} is no cluster: `tcp://host:port`, `tls://host:port` or `local:N`"
        )
    if local is not None and not 1 <= int(local[1]) <= MOST_WORKERS:
        raise InputError(f"a cluster here has 1 to {MOST_WORKERS} workers, not {local[1]}")
    with ExitStack() as ending:
        ending.enter_context(_quiet())
        cluster = None
        if local is not None:
            cluster = _local(int(local[1]))
            ending.callback(_close, cluster)
        client = _connected(cluster or address)
        ending.callback(_close, client)
        executor = _executor(client, jobs, local is not None)
        ending.callback(executor.kill)
        yield executor


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Dask from logging on a person's terminal what comes back as an error of ours."""
    import distributed  # noqa: F401 - makes the loggers

    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _close(what: Client | LocalCluster) -> None:
    # What is gone cannot be closed.
    with suppress(OSError, TimeoutError):
        what.close()


def _local(workers: int) -> LocalCluster:
    """A cluster of processes on this machine."""
    from distributed import LocalCluster

    try:
        return LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            # Engines have limits of their own, and they are what needs memory.
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        raise EngineError(
            f"no cluster can be started here: {error} Its processes begin by importing the "
            'program that starts it, which must do its work under `if __name__ == "__main__":`'
        ) from None


def _connected(place: Any) -> Client:
    from distributed import Client

    try:
        return Client(  # type: ignore[no-untyped-call]
            place, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"no Dask scheduler answers at {place}: {said}") from None


def _executor(client: Client, jobs: int | None, own: bool) -> ClusterExecutor:
    """An executor on a cluster whose workers were found to be fit."""
    from goalsmith.benchmarks.batches.cluster_worker import Watch, why_unfit

    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        raise EngineError(
            f"the cluster has had no worker for {WORKER_SECONDS:g} seconds: start some with "
            "`dask worker ADDRESS --nthreads 1`"
        ) from None
    batch = f"goalsmith-{uuid.uuid4().hex}"
    versions = code_version(), engine_versions(None)
    try:
        client.register_plugin(Watch(batch, own))
        unfit = client.run(why_unfit, *versions)
    except OSError as error:
        raise EngineError(f"the cluster does not answer: {error}") from None
    except Exception as error:
        # The functions are found by name, in the goalsmith that is there.
        raise UnsupportedError(
            f"a worker cannot load goalsmith {versions[0]} ({type(error).__name__}: {error}): "
            "install the same version everywhere"
        ) from None
    reasons = [f"{worker} {reason}" for worker, reason in unfit.items() if reason]
    if reasons:
        more = f"; and {len(reasons) - MOST_NAMED} more" if len(reasons) > MOST_NAMED else ""
        raise UnsupportedError(f"the worker {'; '.join(reasons[:MOST_NAMED])}{more}")
    return ClusterExecutor(client, batch, jobs or AHEAD * len(unfit))
