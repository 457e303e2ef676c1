import os
import sys
import threading
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from goalsmith.benchmarks import Result, Store, find_tasks, run_batch
from goalsmith.benchmarks.batches.pool import WorkerLostError, available_cores
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.domains.errors import EngineError, InputError, UnsupportedError
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import load_task
from goalsmith.solve import ENGINES, Limits
from goalsmith.solve.answer import Answer
from goalsmith.solve.kairos import pool as kairos_pool
from goalsmith.solve.programs import process
from goalsmith.solve.solution import Statistics

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are pinned on Linux only")

DOMAIN = """(define (domain lamps) (:requirements :strips)
  (:predicates (lamp ?x) (lit ?x))
  (:action light :parameters (?x) :precondition (lamp ?x) :effect (lit ?x)))
"""
PROBLEM = """(define (problem {name}) (:domain lamps)
  (:objects a b) (:init (lamp a) (lamp b)) (:goal (lit a)))
"""
PLAN = Answer(Outcome.SOLVED, "found", "(light a)", statistics=Statistics(1.0, 0.5, 7.0))
LONG = 300.0
"""Seconds of a time limit, or until a test gives up, on however busy a machine."""


class Stub:
    """An engine that answers what a function says, and remembers which tasks it was given."""

    name = "stub"

    def __init__(self, answer=lambda task, limits, cancel: PLAN):
        self.asked = []
        self._answer = answer

    def missing(self):
        return ""

    def answer(self, task, limits, quality, cancel, on_plan=None):
        self.asked.append(task.problem.name)
        return self._answer(task, limits, cancel)


@pytest.fixture
def stub(monkeypatch):
    def use(*arguments):
        engine = Stub(*arguments)
        monkeypatch.setitem(ENGINES, "stub", engine)
        return engine

    return use


def run(tasks, engine="stub", jobs=1, **more):
    """A batch in threads, in which engines of this process can be asked."""
    with ThreadPoolExecutor(jobs) as threads:
        return run_batch(tasks, jobs=jobs, executor=threads, **asked(engine), **more)


def asked(engine):
    return {"configurations": [Configuration(engine, engine)]}


@pytest.fixture
def suite(tmp_path):
    """A function that makes a domain folder of so many tasks and finds them."""

    def make(count, name="lamps"):
        folder = tmp_path / "suite" / name
        folder.mkdir(parents=True)
        (folder / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
        for number in range(1, count + 1):
            text = PROBLEM.format(name=f"p{number}")
            (folder / f"p{number}.pddl").write_text(text, encoding="utf-8")
        return find_tasks([folder])

    return make


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store.sqlite") as opened:
        yield opened


def test_a_result_tells_the_plan_its_cost_and_what_it_took(stub, suite, store):
    stub()
    [task] = suite(1)
    [result] = run([task], limits=Limits(5.0, 100), store=store).results
    assert (result.domain, result.problem) == ("lamps", "p1")
    assert (result.outcome, result.engine, result.plan) == (Outcome.SOLVED, "stub", "(light a)")
    assert (result.cost, result.plan_length) == (1, 1)
    assert (result.cpu_seconds, result.peak_memory_mb) == (0.5, 7.0)
    assert 0 < result.wall_seconds < 60
    assert result.problem_path == str(task.problem_path)
    assert (result.key.configuration, result.key.time_limit) == ("stub", 5.0)


def test_a_second_batch_solves_nothing_that_the_store_holds(stub, suite, store):
    engine = stub()
    tasks = suite(5)
    first = run(tasks, jobs=2, store=store)
    news = []
    second = run(tasks, store=store, on_result=lambda _, new: news.append(new))
    assert len(engine.asked) == 5
    assert (first.skipped, second.skipped, news) == (0, 5, [False] * 5)
    assert second.results == first.results


def test_results_come_in_the_order_of_the_tasks(stub, suite, store):
    others = threading.Event()

    def late_first(task, limits, cancel):
        if task.problem.name == "p1":
            assert others.wait(LONG)
        return PLAN

    stub(late_first)
    finished = []

    def note(result, _):
        finished.append(result.problem)
        if len(finished) == 2:
            others.set()

    batch = run(suite(3), jobs=3, store=store, on_result=note)
    assert finished[-1] == "p1"
    assert [r.problem for r in batch.results] == ["p1", "p2", "p3"]


def test_other_limits_or_a_changed_file_are_solved_anew(stub, suite, store):
    engine = stub()
    tasks = suite(2)
    run(tasks, limits=Limits(1.0), store=store)
    run(tasks, limits=Limits(2.0), store=store)
    assert len(engine.asked) == 4
    tasks[0].problem_path.write_text(PROBLEM.format(name="changed"), encoding="utf-8")
    run(tasks, limits=Limits(2.0), store=store)
    assert engine.asked[4:] == ["changed"]


def test_a_known_task_in_another_place_is_reported_under_its_own_name(stub, suite, store):
    engine = stub()
    run(suite(1, "here"), store=store)
    batch = run(suite(1, "there"), store=store)
    assert len(engine.asked) == 1
    assert [(r.domain, "there" in r.problem_path) for r in batch.results] == [("there", True)]


def test_a_limit_is_a_result_and_a_failure_is_tried_again_when_asked(stub, suite, store):
    said = {"p1": Outcome.OUT_OF_TIME, "p2": Outcome.ENGINE_FAILED, "p3": Outcome.NO_PLAN_FOUND}
    engine = stub(lambda task, limits, cancel: Answer(said[task.problem.name], "so"))
    tasks = suite(3)
    run(tasks, store=store)
    run(tasks, store=store)
    assert len(engine.asked) == 3
    batch = run(tasks, store=store, retry=True)
    assert engine.asked[3:] == ["p2"]
    assert [r.outcome for r in batch.results] == list(said.values())


def test_a_wrong_plan_is_never_kept(stub, suite, store):
    stub(lambda task, limits, cancel: replace(PLAN, plan_text="(light b)"))
    [result] = run(suite(1), store=store).results
    assert (result.outcome, result.plan, result.cost) == (Outcome.INVALID_PLAN, None, None)


def test_a_row_is_in_the_store_as_soon_as_its_task_is_done(stub, suite, store):
    seen = []

    def look(result, new):
        with Store(store.path) as other:
            seen.append((new, other.find(result.key) == result, len(other.results())))

    stub()
    run(suite(3), store=store, on_result=look)
    assert seen == [(True, True, 1), (True, True, 2), (True, True, 3)]


def test_a_broken_task_is_a_row_and_the_batch_goes_on(stub, suite, store):
    stub()
    tasks = suite(4)
    tasks[0].problem_path.write_text("(define (problem p) (:goal (lit", encoding="utf-8")
    tasks[1].problem_path.write_bytes(b"\xff\xfe")
    tasks[2].problem_path.unlink()
    batch = run(tasks, jobs=2, store=store)
    bad = Outcome.BAD_INPUT
    assert [r.outcome for r in batch.results] == [bad, bad, bad, Outcome.SOLVED]
    assert "p1.pddl" in batch.results[0].evidence
    assert "not UTF-8" in batch.results[1].evidence
    assert "there is no file" in batch.results[2].evidence
    assert set(store.results()) == set(batch.results)


def test_a_file_that_could_not_be_read_is_looked_at_again(stub, suite, store):
    stub()
    tasks = suite(1)
    text = tasks[0].problem_path.read_text(encoding="utf-8")
    tasks[0].problem_path.unlink()
    run(tasks, store=store)
    tasks[0].problem_path.write_text(text, encoding="utf-8")
    [result] = run(tasks, store=store).results
    assert result.outcome is Outcome.SOLVED


def test_a_fault_of_ours_is_a_row_and_the_batch_goes_on(stub, suite, store):
    def fail(task, limits, cancel):
        if task.problem.name == "p1":
            raise RuntimeError("no such luck")
        return PLAN

    stub(fail)
    batch = run(suite(2), store=store)
    assert [r.outcome for r in batch.results] == [Outcome.CANNOT_SAY, Outcome.SOLVED]
    assert "RuntimeError: no such luck" in batch.results[0].evidence


def test_an_engine_that_is_missing_stops_the_batch_and_leaves_no_rows(stub, suite, store):
    stub().missing = lambda: "stub is not installed"
    with pytest.raises(UnsupportedError, match="stub is not installed"):
        run(suite(3), jobs=2, store=store)
    assert store.results() == ()


def test_no_jobs_are_refused(suite, store):
    with pytest.raises(InputError, match="at least one job"):
        run_batch(suite(1), jobs=0, store=store)


def test_as_many_tasks_run_at_once_as_there_are_jobs(stub, suite, store):
    barrier = threading.Barrier(3)
    lock = threading.Lock()
    running = [0, 0]

    def meet(task, limits, cancel):
        with lock:
            running[0] += 1
            running[1] = max(running)
        barrier.wait(LONG)
        with lock:
            running[0] -= 1
        return PLAN

    stub(meet)
    batch = run(suite(6), jobs=3, store=store)
    assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 6
    assert running[1] == 3


def test_cancelling_keeps_finished_rows_and_stops_the_rest(stub, suite, store):
    begun = threading.Event()

    def wait_from_the_second(task, limits, cancel):
        if task.problem.name == "p1":
            assert begun.wait(LONG)
            return PLAN
        begun.set()
        assert cancel.wait(LONG)
        return Answer(Outcome.INTERRUPTED, "stopped")

    engine = stub(wait_from_the_second)
    cancel = threading.Event()
    batch = run(
        suite(9),
        jobs=2,
        store=store,
        cancel=cancel,
        on_result=lambda *_: cancel.set(),
    )
    assert batch.interrupted
    assert [r.problem for r in batch.results] == ["p1"]
    assert store.results() == batch.results
    # The place of p1 may have been taken before its row was there.
    assert {"p1", "p2"} <= set(engine.asked) <= {"p1", "p2", "p3"}


def test_ctrl_c_keeps_finished_rows_and_stops_the_engines(stub, suite, store):
    begun, stopped = threading.Event(), threading.Event()

    def wait_from_the_second(task, limits, cancel):
        if task.problem.name == "p1":
            assert begun.wait(LONG)
            return PLAN
        begun.set()
        assert cancel.wait(LONG)
        stopped.set()
        return Answer(Outcome.INTERRUPTED, "stopped")

    def interrupt(*_):
        raise KeyboardInterrupt

    stub(wait_from_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(suite(3), jobs=2, store=store, on_result=interrupt)
    assert stopped.is_set()
    assert [r.problem for r in store.results()] == ["p1"]


def test_a_batch_that_was_cancelled_is_finished_by_the_next(stub, suite, store):
    engine = stub()
    tasks = suite(4)
    cancel = threading.Event()
    run(tasks, store=store, cancel=cancel, on_result=lambda *_: cancel.set())
    batch = run(tasks, store=store)
    assert not batch.interrupted
    assert batch.skipped >= 1
    assert sorted(engine.asked) == ["p1", "p2", "p3", "p4"]


def test_two_batches_share_a_store(stub, suite, tmp_path):
    stub()
    here, there = suite(15, "here"), suite(10, "there")
    path = tmp_path / "shared.sqlite"

    def work(tasks):
        with Store(path) as own:
            return run(tasks, jobs=2, store=own)

    with ThreadPoolExecutor(2) as executor:
        batches = list(executor.map(work, (here, there)))
    assert [len(b.results) for b in batches] == [15, 10]
    with Store(path) as store:
        # The ten tasks of `there` have the same texts as ten of `here`.
        assert len({each.key for each in store.results()}) == 15


def test_an_executor_of_the_callers_is_used_and_left_open(stub, suite, store):
    threads = []

    def note(task, limits, cancel):
        threads.append(threading.current_thread().name)
        assert limits.cores is None
        return PLAN

    stub(note)
    with ThreadPoolExecutor(2, "mine") as executor:
        batch = run_batch(suite(4), **asked("stub"), jobs=2, store=store, executor=executor)
        assert executor.submit(int, "1").result() == 1
    assert len(batch.results) == 4
    assert all(name.startswith("mine") for name in threads)


def test_jobs_can_be_sent_to_other_processes(suite, store):
    tasks = suite(3)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        batch = run_batch(tasks, jobs=2, store=store, executor=executor)
    assert [r.outcome for r in batch.results] == [Outcome.SOLVED] * 3


@linux
@pytest.mark.skipif(bool(ENGINES["kairos"].missing()), reason="Kairos is not installed")
def test_a_kairos_worker_gets_all_cores_back_after_a_task_on_one(suite, monkeypatch):
    [task] = suite(1)
    loaded = load_task(task.domain_path, task.problem_path)
    pool = kairos_pool.Pool()
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)
    workers = []
    give_back = pool.give_back

    def note(worker):
        threads = Path(f"/proc/{worker.process.pid}/task").iterdir()
        cores = [os.sched_getaffinity(int(thread.name)) for thread in threads]
        workers.append((worker.process.pid, cores))
        give_back(worker)

    monkeypatch.setattr(pool, "give_back", note)
    core = available_cores()[-1]
    engine = ENGINES["kairos"]
    try:
        for cores in (None, frozenset({core}), None):
            limits = Limits(LONG, cores=cores)
            answer = engine.answer(loaded, limits, "first", threading.Event())
            assert answer.outcome is Outcome.SOLVED
    finally:
        pool.close()
    assert len({pid for pid, _ in workers}) == 1
    everything = set(available_cores())
    for (_, threads), expected in zip(workers, (everything, {core}, everything), strict=True):
        assert all(each == expected for each in threads)


@linux
@pytest.mark.skipif(
    bool(ENGINES["fast-downward"].missing()), reason="Fast Downward is not installed"
)
def test_both_programs_of_fast_downward_run_on_the_jobs_core(suite, store, monkeypatch):
    seen = []
    limit_cores = process.limit_cores

    def note(pid, cores):
        limit_cores(pid, cores)
        seen.append(os.sched_getaffinity(pid))

    monkeypatch.setattr(process, "limit_cores", note)
    limits = Limits(LONG, cores=frozenset({available_cores()[-1]}))
    [result] = run(suite(1), "fast-downward", limits=limits, store=store).results
    assert result.outcome is Outcome.SOLVED
    assert seen == [{available_cores()[-1]}] * 2


@linux
def test_cores_that_are_not_there_are_refused(suite, store):
    limits = Limits(cores=frozenset({1023}))
    with pytest.raises(InputError, match="core 1023"):
        run_batch(suite(1), limits=limits, store=store)


class Scripted(Executor):
    """An executor whose jobs end as they are told to, in the order in which they are begun."""

    def __init__(self, *endings):
        self.endings = iter(endings)
        self.waiting = 0
        self.most_waiting = 0
        self.killed = False

    def submit(self, fn, job):
        future = Future()
        ending = next(self.endings, None)
        if ending is None:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
        elif isinstance(ending, BaseException):
            future.set_exception(ending)
        else:
            future.set_result(ending(job))
        return future

    def kill(self):
        self.killed = True


def solved(job):
    return replace(blank(job), outcome=Outcome.SOLVED, engine="stub", plan="(light a)")


def blank(job):
    names = job.task.domain_name, job.task.name, *job.task.places()
    return Result(job.key, *names, Outcome.CANNOT_SAY)


def test_a_job_whose_workers_are_lost_is_a_row_and_is_done_again_by_the_next_batch(suite, store):
    tasks = suite(2)
    executor = Scripted(WorkerLostError("3 workers were lost"), solved)
    batch = run_batch(tasks, store=store, executor=executor)
    assert [r.outcome for r in batch.results] == [Outcome.CANNOT_SAY, Outcome.SOLVED]
    lost = batch.results[0]
    assert (lost.problem, lost.outside) == ("p1", True)
    assert "3 workers were lost" in lost.evidence
    again = run_batch(tasks, store=store, executor=Scripted(solved))
    assert [r.outcome for r in again.results] == [Outcome.SOLVED] * 2
    assert again.skipped == 1


def test_a_result_that_does_not_arrive_is_a_row(suite, store):
    executor = Scripted(ValueError("what came was no result"))
    [result] = run_batch(suite(1), store=store, executor=executor).results
    assert (result.outcome, result.outside) == (Outcome.CANNOT_SAY, True)
    assert "ValueError: what came was no result" in result.evidence


@pytest.mark.parametrize("error", [BrokenExecutor("gone"), CancelledError()])
def test_a_broken_executor_stops_the_batch_and_what_is_finished_is_kept(error, suite, store):
    with pytest.raises(EngineError, match=r"broken|dropped"):
        run_batch(suite(3), store=store, executor=Scripted(solved, error))
    assert [r.problem for r in store.results()] == ["p1"]


def test_no_more_jobs_are_handed_over_than_may_run(suite, store):
    cancel = threading.Event()

    class Filled(Scripted):
        """Gives whoever hands over too much some time to do so."""

        def submit(self, fn, job):
            future = super().submit(fn, job)
            if self.waiting == 3:
                threading.Timer(0.5, cancel.set).start()
            return future

    executor = Filled()
    batch = run_batch(suite(9), jobs=3, store=store, executor=executor, cancel=cancel)
    assert executor.most_waiting == 3
    assert batch.interrupted
    assert executor.killed


def test_a_free_place_is_filled_before_the_row_is_written(stub, suite, store, monkeypatch):
    # A job ends once the next one has been looked up, and so is prepared.
    found = [threading.Event() for _ in range(4)]
    found[3].set()
    stub(lambda task, *_: PLAN if found[int(task.problem.name[1:])].wait(LONG) else None)
    begun, seen = [], []
    write, find = Store.write, Store.find

    def look(self, key):
        next(each for each in found if not each.is_set()).set()
        return find(self, key)

    def note(self, result):
        seen.append((result.problem, list(begun)))
        write(self, result)

    monkeypatch.setattr(Store, "write", note)
    monkeypatch.setattr(Store, "find", look)
    run(suite(3), store=store, on_start=lambda task, *_: begun.append(task.name))
    names = ["p1", "p2", "p3"]
    assert seen == [("p1", names[:2]), ("p2", names), ("p3", names)]


def test_competition_tasks_are_solved(data, store):
    if all(engine.missing() for engine in ENGINES.values()):
        pytest.skip("no engine is installed")
    folders = [data / "ipc" / name for name in ("gripper", "blocks", "movie")]
    tasks = [t for t in find_tasks(folders) if t.name in ("p01", "p02")]
    batch = run_batch(tasks, limits=Limits(LONG), jobs=2, store=store)
    assert [(r.domain, r.problem, r.outcome) for r in batch.results] == [
        (name, problem, Outcome.SOLVED)
        for name in ("gripper", "blocks", "movie")
        for problem in ("p01", "p02")
    ]
    assert all(r.plan and r.plan_length == len(r.plan.splitlines()) for r in batch.results)
