import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import cluster_stub
import pytest
from processes import PATIENCE, eventually

from goalsmith.benchmarks import Store, find_tasks, run_batch
from goalsmith.benchmarks.batches.cluster import cluster_executor
from goalsmith.benchmarks.batches.job import prepare, run_job
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.domains.errors import EngineError, InputError, UnsupportedError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES, Limits

distributed = pytest.importorskip("distributed")
dask_config = pytest.importorskip("dask.config")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

STUB = Configuration("stub", "stub")
DOMAIN = """(define (domain lamps) (:requirements :strips)
  (:predicates (lamp ?x) (lit ?x))
  (:action light :parameters (?x) :precondition (lamp ?x) :effect (lit ?x)))
"""
PROBLEM = """(define (problem {0}) (:domain lamps)
  (:objects a b) (:init (lamp a) (lamp b)) (:goal (lit a)))
"""


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """The folder in which the stub leaves marks."""
    return tmp_path_factory.mktemp("marks")


@pytest.fixture(scope="module")
def cluster(marks):
    """A cluster of two worker processes that have the stub; its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cluster_stub.FOLDER, str(marks))
        settings = {
            "distributed.worker.preload": [cluster_stub.__file__],
            "distributed.scheduler.allowed-failures": 1,
        }
        with (
            dask_config.set(settings),
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
            ) as running,
        ):
            yield running.scheduler_address


@pytest.fixture
def tasks(tmp_path):
    def make(*names):
        folder = tmp_path / "lamps"
        folder.mkdir()
        (folder / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
        for name in names:
            (folder / f"{name}.pddl").write_text(PROBLEM.format(name), encoding="utf-8")
        return find_tasks([folder])

    return make


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _stub_here(monkeypatch):
    monkeypatch.setitem(ENGINES, "stub", cluster_stub.Stub())


def run(tasks, store, executor, **more):
    return run_batch(
        tasks,
        configurations=[STUB],
        jobs=executor.jobs,
        store=store,
        executor=executor,
        **more,
    )


def until(condition):
    assert eventually(condition)


def number_in(path):
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return int(text) if text else 0


def alive(pid):
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def test_a_batch_is_done_by_the_workers_of_a_cluster(cluster, tasks, store):
    with cluster_executor(cluster) as executor:
        assert executor.jobs == 4
        batch = run(tasks(*(f"p{i}" for i in range(1, 9))), store, executor)
    assert [(r.outcome, r.engine) for r in batch.results] == [(Outcome.SOLVED, "stub")] * 8
    assert store.results() != ()


def test_a_worker_needs_no_file_of_the_driver(cluster, tasks):
    [task] = tasks("p1")
    job = prepare(task, STUB, 0, Limits())
    task.domain_path.unlink()
    task.problem_path.unlink()
    with cluster_executor(cluster) as executor:
        assert executor.submit(run_job, job).result(PATIENCE).outcome is Outcome.SOLVED


def test_a_killed_workers_job_is_done_again_and_its_engines_die_with_it(
    cluster, tasks, store, marks
):
    (marks / "pid").unlink(missing_ok=True)

    def kill():
        until(lambda: number_in(marks / "pid"))
        os.kill(number_in(marks / "slow1"), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with cluster_executor(cluster) as executor:
        batch = run(tasks("p1", "slow1", "p2"), store, executor)
    killer.join(PATIENCE)
    assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 3
    asked = (marks / "asked").read_text(encoding="utf-8").split()
    assert asked.count("slow1") == 2
    until(lambda: not alive(number_in(marks / "pid")))


def test_a_job_that_kills_its_workers_is_a_failure_and_the_rest_is_done(
    cluster, tasks, store, marks
):
    with cluster_executor(cluster) as executor:
        batch = run(tasks("poison1", *(f"p{i}" for i in range(1, 6))), store, executor)
    found = {r.problem: r for r in batch.results}
    poisoned = found.pop("poison1")
    assert (poisoned.outcome, poisoned.outside) == (Outcome.CANNOT_SAY, True)
    assert "workers died" in poisoned.evidence
    assert {r.outcome for r in found.values()} == {Outcome.SOLVED}
    asked = (marks / "asked").read_text(encoding="utf-8").split()
    assert asked.count("poison1") == 2


def test_stopping_the_batch_stops_the_jobs_on_the_workers(cluster, tasks, store, marks):
    (marks / "pid").unlink(missing_ok=True)
    cancel = threading.Event()

    def stop():
        until(lambda: number_in(marks / "pid"))
        cancel.set()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with cluster_executor(cluster) as executor:
        batch = run(tasks("slow2"), store, executor, cancel=cancel)
        stopper.join(PATIENCE)
        assert batch.interrupted
        assert batch.results == ()
        until((marks / "slow2-cancel").exists)
    until(lambda: not alive(number_in(marks / "pid")))


DRIVER = """
import sys
from goalsmith.benchmarks import Store, find_tasks, run_batch
from goalsmith.benchmarks.batches.cluster import cluster_executor
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.solve import ENGINES
import cluster_stub

address, folder, store = sys.argv[1:]
with Store(store) as opened, cluster_executor(address) as executor:
    run_batch(
        find_tasks([folder]),
        configurations=[Configuration("stub", "stub")],
        jobs=executor.jobs,
        store=opened,
        executor=executor,
        on_result=lambda *_: print("done", flush=True),
    )
"""


def test_a_driver_that_was_killed_is_followed_by_one_that_does_the_rest(
    cluster, tasks, marks, tmp_path, monkeypatch
):
    # In the order of their names: all but the first wait.
    made = tasks("first", *(f"gated{i}" for i in range(1, 9)))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    store = tmp_path / "store.sqlite"
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, cluster, str(tmp_path / "lamps"), str(store)],
        stdout=subprocess.PIPE,
    )
    with driver:
        assert driver.stdout.readline() == b"done\n"
        driver.kill()
    (marks / "go").touch()
    with Store(store) as opened:
        kept = len(opened.results())
        with cluster_executor(cluster) as executor:
            batch = run(made, opened, executor)
    assert batch.skipped == kept == 1
    assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 9


CLUSTER = """
import sys
import time
import distributed

if __name__ == "__main__":
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as running:
        print(running.scheduler_address, flush=True)
        time.sleep(600)
"""


def test_a_scheduler_that_is_gone_is_an_error_and_what_is_finished_is_kept(
    tasks, store, tmp_path, marks, monkeypatch
):
    (marks / "pid").unlink(missing_ok=True)
    monkeypatch.setenv(cluster_stub.FOLDER, str(marks))
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__PRELOAD", f"['{cluster_stub.__file__}']")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as cluster:

        def kill():
            until(lambda: number_in(marks / "pid"))
            with Store(store.path) as own:
                until(own.results)
            cluster.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        address = cluster.stdout.readline().strip()
        with (
            pytest.raises(EngineError, match="scheduler is gone"),
            cluster_executor(address) as executor,
        ):
            # So long it tries to find a scheduler again that it had found.
            executor._client._timeout = 3.0
            run(tasks("p1", "slow3"), store, executor)
        killer.join(PATIENCE)
    assert [r.problem for r in store.results()] == ["p1"]
    until(lambda: not alive(number_in(marks / "pid")))


def test_workers_with_another_goalsmith_are_refused(cluster, monkeypatch):
    monkeypatch.setattr("goalsmith.benchmarks.batches.cluster.code_version", lambda: "0.0.0+other")
    with (
        pytest.raises(UnsupportedError, match=r"has goalsmith .*, not 0\.0\.0\+other"),
        cluster_executor(cluster),
    ):
        pass


def test_a_job_for_another_version_of_an_engine_is_refused_by_the_worker(cluster, tasks):
    [task] = tasks("p1")
    job = prepare(task, STUB, 0, Limits())
    other = replace(job, key=replace(job.key, engine_versions="stub 2"))
    with cluster_executor(cluster) as executor:
        future = executor.submit(run_job, other)
        with pytest.raises(UnsupportedError, match="not stub 2: install"):
            future.result(PATIENCE)


def test_workers_with_several_threads_are_refused():
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as running,
        pytest.raises(UnsupportedError, match=r"2 threads.*--nthreads 1"),
        cluster_executor(running.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("address", ["", "local:", "local:0", "http://x", "tcp://", "local:9999"])
def test_what_is_no_cluster_is_refused(address):
    with pytest.raises(InputError), cluster_executor(address):
        pass


def test_an_address_where_nobody_answers_is_refused(monkeypatch):
    monkeypatch.setattr("goalsmith.benchmarks.batches.cluster.CONNECT_SECONDS", 0.5)
    with (
        pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127"),
        cluster_executor("tcp://127.0.0.1:9"),
    ):
        pass


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr("goalsmith.benchmarks.batches.cluster.find_spec", lambda _: None)
    with (
        pytest.raises(UnsupportedError, match="pip install 'goalsmith"),
        cluster_executor("local:1"),
    ):
        pass


def test_a_cluster_here_is_started_and_ended(tasks, store, marks, monkeypatch):
    monkeypatch.setenv(cluster_stub.FOLDER, str(marks))
    with (
        dask_config.set({"distributed.worker.preload": [cluster_stub.__file__]}),
        cluster_executor("local:1") as executor,
    ):
        assert executor.jobs == 2
        batch = run(tasks("p1", "p2"), store, executor)
    assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 2
