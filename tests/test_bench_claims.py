"""Several runners on one store: each run is done once, and one that dies leaves none undone."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lamps import lamps_suite

from goalsmith.benchmarks import Key, Store, find_tasks, run_batch
from goalsmith.benchmarks.batches.job import prepare, run_job
from goalsmith.benchmarks.configurations import RACE
from goalsmith.benchmarks.results.claims import Claims
from goalsmith.solve import Limits

KEY = Key("hash", "race", 30.0, 1000, "versions", "code")

HOLDING = """
import sys
from dataclasses import fields
from pathlib import Path
from goalsmith.benchmarks import Key
from goalsmith.benchmarks.results.claims import Claims

claims = Claims(Path(sys.argv[1]))
kinds = {"float": float, "int": int, "str": str}
key = Key(*(kinds[f.type](v) for f, v in zip(fields(Key), sys.argv[2:], strict=True)))
print(claims.take(key), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    yield from _holding(tmp_path / "s.sqlite", KEY)


def _holding(store: Path, key: Key) -> Iterator[subprocess.Popen[str]]:
    """Another process that has claimed a run."""
    words = [store, *(getattr(key, name) for name in key.__slots__)]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_what_another_process_has_is_free_as_soon_as_it_is_killed(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    claims = Claims(tmp_path / "s.sqlite")
    assert not claims.take(KEY)
    assert claims.take(Key("another", *(getattr(KEY, name) for name in KEY.__slots__[1:])))
    other.kill()
    other.wait()
    assert claims.take(KEY)
    claims.close()


@pytest.mark.parametrize("finished", [True, False])
def test_a_batch_waits_for_what_another_runner_has_under_way(
    tmp_path: Path, finished: bool
) -> None:
    lamps_suite(tmp_path, "a", "ab")
    tasks = find_tasks([tmp_path])
    job = prepare(tasks[0], RACE, 0, Limits(seconds=20))
    store = tmp_path / "s.sqlite"
    ended = threading.Event()
    # The other runner ends once this one is done with the rest, with a row or without.
    for process in _holding(store, job.key):

        def end(*_: object, process: subprocess.Popen[str] = process) -> None:
            if not ended.is_set():
                ended.set()
                if finished:
                    with Store(store) as other:
                        other.write(run_job(job))
                process.kill()

        with Store(store) as kept, ThreadPoolExecutor(1) as threads:
            batch = run_batch(
                tasks, limits=Limits(seconds=20), store=kept, executor=threads, on_result=end
            )
    assert [row.problem for row in batch.results] == [task.name for task in tasks]
    assert (batch.skipped, batch.interrupted) == (int(finished), False)
