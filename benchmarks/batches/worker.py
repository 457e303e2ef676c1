"""A process of the pool: `python -P -m goalsmith.benchmarks.batches.worker [CORE]`.

Its standard input is a socket: it takes one call after the other from there, as pickles, and sends
back what each returned or raised, with the most memory that it has had. It ends when the other side
closes the socket; amid a call it is the group's watchdog that ends it. Both sides are the same code
of the same user, which is what makes pickles safe here.
"""

from __future__ import annotations

import os
import pickle
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def main() -> None:
    """Serves calls until the other side is gone."""
    if sys.platform == "linux" and len(sys.argv) > 1:
        # What this process starts stays on its core.
        os.sched_setaffinity(0, {int(sys.argv[1])})
    calls = Connection(os.dup(0))
    # Nothing that runs in here may read or write the calls.
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    _warm_up()
    try:
        calls.send_bytes(pickle.dumps((True, None, peak_memory_mb())))
        while True:
            calls.send_bytes(_answer(calls.recv_bytes()))
    except (EOFError, ConnectionError):
        return


def _warm_up() -> None:
    """Loads what jobs need, and starts the engine that most of them ask first."""
    from goalsmith.solve.kairos import pool as kairos_pool

    kairos_pool.prepare()
    import goalsmith.benchmarks.batches.job
    import goalsmith.domains.reader
    import goalsmith.solve.solver  # noqa: F401


def _answer(call: bytes) -> bytes:
    """What came of a call: whether it returned, the value or the error, the peak of memory."""
    try:
        function, arguments = pickle.loads(call)  # noqa: S301 - see above
        return _packed(True, function(*arguments))
    except Exception as error:
        try:
            said = _packed(False, error)
            # Some errors can be packed, but not unpacked.
            pickle.loads(said)  # noqa: S301 - likewise
        except Exception:
            said = _packed(False, RuntimeError(f"{type(error).__name__}: {error}"))
        return said


def _packed(returned: bool, value: Any) -> bytes:
    return pickle.dumps((returned, value, peak_memory_mb()), pickle.HIGHEST_PROTOCOL)


def peak_memory_mb() -> float:
    """The most memory that this process has had at a time, in MiB; 0 where that is not known."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
