import os
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from pathlib import Path

import pool_calls
import pytest
from processes import PATIENCE, eventually

from goalsmith.benchmarks import Store, find_tasks, run_batch
from goalsmith.benchmarks.batches.pool import Backstop, WorkerLostError, WorkerPool, available_cores
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.domains.errors import EngineError, InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES, Limits
from goalsmith.solve.programs.usage import tree

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
no_kairos = pytest.mark.skipif(bool(ENGINES["kairos"].missing()), reason="Kairos is not installed")

TESTS = str(Path(__file__).parent)

DOMAIN = """(define (domain lamps) (:requirements :strips)
  (:predicates (lamp ?x) (lit ?x))
  (:action light :parameters (?x) :precondition (lamp ?x) :effect (lit ?x)))
"""
PROBLEM = """(define (problem p{0}) (:domain lamps)
  (:objects a b) (:init (lamp a) (lamp b)) (:goal (lit a)))
"""


@pytest.fixture(autouse=True)
def _calls(monkeypatch):
    """Workers find the calls of the tests."""
    monkeypatch.setenv("PYTHONPATH", TESTS)


@pytest.fixture
def pool():
    pools = []

    def make(*arguments, **more):
        pools.append(WorkerPool(*arguments, **more))
        return pools[-1]

    yield make
    for each in pools:
        each.kill()


@pytest.fixture
def tasks(tmp_path):
    folder = tmp_path / "lamps"
    folder.mkdir()
    (folder / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    for number in range(1, 5):
        (folder / f"p{number}.pddl").write_text(PROBLEM.format(number), encoding="utf-8")
    return find_tasks([folder])


def alive(pid):
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def until(condition):
    assert eventually(condition)


def number_in(path):
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return int(text) if text else 0


def test_calls_are_done_in_other_processes_that_are_kept(pool):
    workers = pool(2)
    seen = {workers.submit(pool_calls.process).result(PATIENCE) for _ in range(6)}
    assert 1 <= len(seen) <= 2
    assert os.getpid() not in seen


def test_errors_of_a_call_are_raised_here_and_the_worker_is_kept(pool):
    workers = pool(1)
    before = workers.submit(pool_calls.process).result(PATIENCE)
    with pytest.raises(ValueError, match="no such luck"):
        workers.submit(pool_calls.fail, "plain").result(PATIENCE)
    with pytest.raises(RuntimeError, match="OddError: one"):
        workers.submit(pool_calls.fail, "odd").result(PATIENCE)
    assert workers.submit(pool_calls.process).result(PATIENCE) == before


@linux
def test_each_worker_has_a_core_of_its_own_and_so_has_what_it_starts(pool):
    cores = available_cores()[:2]
    workers = pool(len(cores), cores=cores)
    asked = [workers.submit(pool_calls.cores) for _ in range(4)]
    seen = [each.result(PATIENCE) for each in asked]
    assert all(own == child for own, child in seen)
    assert {own for own, _ in seen} <= {f"[{core}]" for core in cores}
    assert f"[{cores[0]}]" in {own for own, _ in seen}


@linux
def test_a_core_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="core 1023"):
        WorkerPool(1, cores=[1023])


def test_a_pool_without_workers_is_refused():
    with pytest.raises(InputError, match="at least one worker"):
        WorkerPool(0)


def test_a_call_whose_worker_dies_is_done_again_by_another(pool, tmp_path):
    workers = pool(1)
    before = workers.submit(pool_calls.process).result(PATIENCE)
    after = workers.submit(pool_calls.die_once, str(tmp_path / "mark")).result(PATIENCE)
    assert after != before


def test_a_call_that_kills_its_workers_is_given_up_and_the_pool_goes_on(pool):
    workers = pool(1)
    with pytest.raises(WorkerLostError, match=r"3 workers were lost.*code -9"):
        workers.submit(pool_calls.die).result(PATIENCE)
    assert workers.submit(pool_calls.count, 1).result(PATIENCE) == 2


def test_what_a_lost_worker_wrote_last_is_told(pool):
    with pytest.raises(WorkerLostError, match="code 3: what a pity"):
        pool(1).submit(pool_calls.speak_and_die, "what a pity").result(PATIENCE)


@linux
def test_a_call_that_does_not_end_is_ended_with_its_engines(pool, tmp_path):
    workers = pool(1, backstop=Backstop(seconds=3.0))
    workers.submit(pool_calls.process).result(PATIENCE)
    with pytest.raises(WorkerLostError, match="no answer after 3 seconds"):
        workers.submit(pool_calls.begin_and_sleep, str(tmp_path / "mark")).result(PATIENCE)
    until(lambda: not alive(number_in(tmp_path / "mark")))
    until(lambda: not alive(number_in(tmp_path / "pid")))
    assert workers.submit(pool_calls.count, 1).result(PATIENCE) == 2


@linux
def test_a_worker_that_is_stopped_amid_a_call_is_replaced(pool):
    workers = pool(1, backstop=Backstop(seconds=3.0))
    with pytest.raises(WorkerLostError, match="no answer after 3 seconds"):
        workers.submit(pool_calls.stop_for_good).result(PATIENCE)
    assert workers.submit(pool_calls.count, 1).result(PATIENCE) == 2


@linux
def test_a_worker_that_holds_too_much_memory_is_ended(pool):
    workers = pool(1, backstop=Backstop(memory_mb=200.0))
    with pytest.raises(WorkerLostError, match="more than 200"):
        workers.submit(pool_calls.hold_on, 300).result(PATIENCE)


@linux
def test_a_worker_that_has_grown_large_is_replaced_after_its_call(pool, monkeypatch):
    monkeypatch.setattr("goalsmith.benchmarks.batches.pool.MOST_MEMORY_KEPT", 150)
    workers = pool(1)
    small = workers.submit(pool_calls.hold, 1).result(PATIENCE)
    large = workers.submit(pool_calls.hold, 200).result(PATIENCE)
    assert (small == large, workers.submit(pool_calls.process).result(PATIENCE) == large) == (
        True,
        False,
    )


@linux
def test_killing_the_pool_ends_calls_their_engines_and_those_that_wait(pool, tmp_path):
    workers = pool(1)
    running = workers.submit(pool_calls.begin_and_sleep, str(tmp_path / "mark"))
    waiting = workers.submit(pool_calls.count, 1)
    until(lambda: number_in(tmp_path / "pid"))
    workers.kill()
    with pytest.raises(CancelledError):
        running.result(0)
    assert waiting.cancelled()
    until(lambda: not alive(number_in(tmp_path / "mark")))
    until(lambda: not alive(number_in(tmp_path / "pid")))


def test_leaving_a_block_waits_for_the_calls_begun_in_it():
    with WorkerPool(1) as workers:
        calls = [workers.submit(pool_calls.count, number) for number in range(3)]
    assert [each.result(0) for each in calls] == [1, 2, 3]
    with pytest.raises(RuntimeError):
        workers.submit(pool_calls.count, 1)


def test_workers_that_do_not_start_are_an_error_that_says_why(pool, monkeypatch):
    command = [sys.executable, "-c", "raise SystemExit('broken installation')"]
    monkeypatch.setattr("goalsmith.benchmarks.batches.pool.COMMAND", command)
    with pytest.raises(EngineError, match=r"does not start.*broken installation"):
        pool(1).submit(pool_calls.count, 1).result(PATIENCE)


@no_kairos
def test_a_batch_is_done_by_the_pool_and_no_process_is_left(tasks, tmp_path):
    with Store(tmp_path / "store.sqlite") as store:
        alone = Configuration("alone", "kairos")
        limits = Limits(PATIENCE)
        batch = run_batch(tasks, configurations=[alone], jobs=2, store=store, limits=limits)
        assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 4
        assert {r.engine for r in batch.results} == {"kairos"}
        if sys.platform == "linux":
            until(lambda: not [p for p in tree(os.getpid()) if is_worker(p)])


def is_worker(pid):
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"goalsmith.benchmarks.batches.worker" in command


RUNNER = """
import sys
from pathlib import Path
import pool_calls
from goalsmith.benchmarks.batches.pool import WorkerPool

with WorkerPool(1) as workers:
    workers.submit(pool_calls.begin_and_sleep, sys.argv[1]).result()
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_runner_that_is_ended(number, tmp_path):
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path / "mark")], stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: number_in(tmp_path / "pid"))
        left = [pid for pid in tree(runner.pid) if pid != runner.pid]
        assert number_in(tmp_path / "pid") in left
        runner.send_signal(number)
        runner.wait(PATIENCE)
    finally:
        runner.kill()
        runner.wait()
    until(lambda: not any(map(alive, left)))
