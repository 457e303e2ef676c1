"""What comes of a job: all that the engines say about it, whatever happens."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from goalsmith.benchmarks import BenchmarkTask, Result
from goalsmith.benchmarks.batches import job as jobs
from goalsmith.benchmarks.batches.job import Job, prepare, run_job
from goalsmith.benchmarks.batches.retrying import FAILURES, is_outside, stands
from goalsmith.benchmarks.configurations import RACE, Configuration
from goalsmith.benchmarks.suites.suite import find_tasks
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES, Limits
from goalsmith.solve.answer import Answer, OnPlan, Quality, nobody
from goalsmith.solve.solution import Statistics


class Stub:
    """An engine that finds two plans, or ends as it is told."""

    name = "stub"

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self._answer = answer

    def missing(self) -> str:
        return ""

    def answer(
        self,
        task: object,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,
    ) -> Answer:
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is not None:
            return self._answer
        on_plan("(light b)\n(light c)\n(light a)")
        on_plan("(light b)\n(light a)")
        figures = Statistics(cpu_seconds=0.5, expanded=7, evaluated=2**70, generated=9)
        return Answer(Outcome.SOLVED, "found", "(light a)", True, figures)


@pytest.fixture
def task(tmp_path: Path) -> BenchmarkTask:
    (tmp_path / "domain.pddl").write_text(
        "(define (domain lamps) (:requirements :strips) (:predicates (lit ?x))"
        " (:action light :parameters (?x) :precondition () :effect (lit ?x)))",
        encoding="utf-8",
    )
    (tmp_path / "p1.pddl").write_text(
        "(define (problem p1) (:domain lamps) (:objects a b c) (:init) (:goal (lit a)))",
        encoding="utf-8",
    )
    return find_tasks([tmp_path])[0]


def _done(
    task: BenchmarkTask,
    monkeypatch: pytest.MonkeyPatch,
    engine: Stub,
    quality: Quality = "first",
) -> Result:
    monkeypatch.setitem(ENGINES, "stub", engine)  # type: ignore[arg-type]
    job = prepare(task, Configuration("mine", "stub", quality), 3, Limits(5.0, 100))
    assert isinstance(job, Job)
    return run_job(job)


def test_a_result_has_what_the_engine_says(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = _done(task, monkeypatch, Stub())
    assert (result.configuration, result.key.configuration, result.key.seed) == ("mine", "stub", 3)
    assert (result.outcome, result.cost, result.optimal) == (Outcome.SOLVED, 1, True)
    assert (result.expansions, result.generated, result.cpu_seconds) == (7, 9, 0.5)
    assert result.evaluations is None, "more than the store can hold"
    assert (result.log, result.outside, result.improvements) == (None, False, ())
    assert result.host


def test_better_and_better_plans_are_kept_with_their_times(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = _done(task, monkeypatch, Stub(), "anytime")
    assert [each.cost for each in result.improvements] == [3, 2, 1]
    times = [each.seconds for each in result.improvements]
    assert times == sorted(times)
    assert times[-1] <= result.wall_seconds


def test_only_so_many_improvements_are_kept(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_IMPROVEMENTS", 2)
    result = _done(task, monkeypatch, Stub(), "anytime")
    assert [each.cost for each in result.improvements] == [2, 1]


def test_where_something_went_wrong_the_log_has_all_that_was_said(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Answer(Outcome.ENGINE_FAILED, "it crashed " + "x" * 100_000 + " at last")
    result = _done(task, monkeypatch, Stub(failed))
    assert result.outcome is Outcome.ENGINE_FAILED
    assert result.log is not None
    assert len(result.log) == jobs.LONGEST_LOG
    assert result.log.endswith("at last")
    assert not result.outside
    fault = _done(task, monkeypatch, Stub(RuntimeError("of ours")))
    assert (fault.outcome, fault.evidence) == (
        Outcome.CANNOT_SAY,
        "internal error: RuntimeError: of ours",
    )
    assert fault.log is not None
    assert "in answer" in fault.log, "the traceback says where"


def test_a_failure_of_the_machine_is_told_from_one_of_the_engine(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    result = _done(task, monkeypatch, Stub(full))
    assert (result.outcome, result.outside) == (Outcome.ENGINE_FAILED, True)
    killed = Answer(Outcome.ENGINE_FAILED, "Fast Downward failed with exit code -9")
    assert _done(task, monkeypatch, Stub(killed)).outside
    limit = Answer(Outcome.OUT_OF_TIME, "stopped with exit code -9")
    assert not _done(task, monkeypatch, Stub(limit)).outside


@pytest.mark.parametrize("code", [-9, -15, -2])
def test_an_end_by_a_signal_of_others_is_from_outside(code: int) -> None:
    assert is_outside(f"its process ended with code {code}")


@pytest.mark.parametrize("said", ["exit code 9", "exit code -11", "exit code -91", "it crashed"])
def test_a_crash_is_the_engines_own(said: str) -> None:
    assert not is_outside(said)


def test_what_stands_depends_on_what_is_to_be_done_again(
    task: BenchmarkTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = _done(task, monkeypatch, Stub())
    assert stands(solved)
    assert stands(solved, retry=True)
    assert not stands(solved, retry={Outcome.SOLVED})
    assert not stands(replace(solved, outside=True))
    for outcome in Outcome:
        ended = replace(solved, outcome=outcome)
        assert stands(ended)
        assert stands(ended, retry=True) is (outcome not in FAILURES)


def test_the_key_of_what_cannot_be_read_is_that_of_its_place(tmp_path: Path) -> None:
    tasks = [
        BenchmarkTask("d", "p", tmp_path / "domain.pddl", tmp_path / name) for name in ("a", "b")
    ]
    results = [prepare(task, RACE, 0, Limits()) for task in (*tasks, tasks[0])]
    assert all(isinstance(each, Result) for each in results)
    first, second, again = (each.key for each in results)
    assert first == again != second


def test_keys_differ_where_what_is_asked_for_does(task: BenchmarkTask) -> None:
    setups = [
        Configuration("a"),
        Configuration("a", quality="anytime"),
        Configuration("a", "kairos"),
        Configuration("a", "fast-downward"),
        Configuration("a", alias="lama"),
        Configuration("a", alias="lama", quality="anytime"),
        Configuration("a", search="lama"),
    ]
    limits = [Limits(5.0, 100), Limits(5.5, 100), Limits(5.0, 101), Limits(5.0, 100, None, 3.0)]
    keys = {
        prepare(task, setup, seed, limit).key
        for setup in setups
        for seed in (0, 1)
        for limit in limits
    }
    assert len(keys) == len(setups) * 2 * len(limits)
    same = Configuration("b", "fast-downward", alias="lama", seeds=(7, 8))
    assert prepare(task, same, 0, limits[0]).key == prepare(task, setups[4], 0, limits[0]).key
