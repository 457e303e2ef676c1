"""What a fresh process loads, starts and waits for: a small task must not cost more than it is."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
import tasks

from goalsmith import InputError, Planner
from goalsmith.commands import HOMES, NAMES
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits, engines, solve, solver
from goalsmith.solve.answer import Answer, OnPlan, Quality, nobody
from goalsmith.solve.kairos import client as kairos_client
from goalsmith.solve.kairos import pool as kairos_pool
from goalsmith.solve.kairos.client import Worker
from goalsmith.solve.kairos.engine import Kairos
from goalsmith.solve.kairos.pool import Pool

ROOT = Path(__file__).resolve().parent.parent

UNNEEDED = (
    *("asyncio", "kairos", "networkx", "openai", "pydantic", "rich", "sqlite3", "tomllib"),
    *("unified_planning", "importlib.metadata", "goalsmith.benchmarks", "goalsmith.execute"),
    *("goalsmith.translate", "goalsmith.domains.library", "goalsmith.domains.wording"),
    *("goalsmith.solve.anytime.search", "goalsmith.solve.order.causal", "goalsmith.solve.grounded"),
    *("goalsmith.solve.fast_downward.run", "goalsmith.solve.unified_planning.engine"),
)

TOWER = "(and (on a b) (on b c))"
TOWER_PLAN = [["lift", "b"], ["pile", "b", "c"], ["lift", "a"], ["pile", "a", "b"]]


def python(code: str, *words: str | Path) -> list[str]:
    """The lines that a fresh interpreter prints."""
    command = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    from goalsmith import write_problem

    domain, problem = tmp_path / "domain.pddl", tmp_path / "problem.pddl"
    domain.write_text(tasks.BLOCKS, encoding="utf-8")
    problem.write_text(write_problem(tasks.towers(TOWER).problem), encoding="utf-8")
    return domain, problem


# What is loaded


def test_solving_in_a_pipe_loads_only_what_it_needs(files: tuple[Path, Path]) -> None:
    code = (
        "import sys\n"
        "from goalsmith.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as left:\n"
        "    assert not left.code\n"
        f"print('loaded:', *[name for name in {UNNEEDED!r} if name in sys.modules])\n"
    )
    words = ("solve", *files, "--no-cache", "--engine", "kairos")
    lines = python(code, *words)
    assert "(pile a b)" in lines
    assert lines[-1].split() == ["loaded:"]


def test_a_kairos_worker_loads_nothing_else_of_goalsmith() -> None:
    code = (
        "import sys, goalsmith.solve.kairos.worker\n"
        "print(*sorted(name for name in sys.modules if name.startswith('goalsmith')))\n"
    )
    assert python(code) == [
        "goalsmith goalsmith.solve goalsmith.solve.kairos goalsmith.solve.kairos.worker"
    ]


def test_the_help_of_a_command_loads_no_other_command() -> None:
    code = (
        "import sys\n"
        "from goalsmith.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    loaded = [n for n in sys.modules if n.startswith('goalsmith.commands.')]\n"
        "    print('loaded:', *sorted(loaded))\n"
    )
    lines = python(code, "validate", "--help")
    wanted = (f"goalsmith.commands.{name}" for name in ("completing", "options", "validate"))
    assert lines[-1] == " ".join(("loaded:", *wanted))


def test_every_module_of_a_command_is_a_command() -> None:
    modules = {file.stem for file in (ROOT / "api" / "commands").glob("*.py")}
    shared = {"driving", "mishaps", "models", "options", "reviewing", "stores", "traces"}
    shared |= {"annotations", "beside", "completing", "watching"}
    groups = {name for name in modules if name.startswith("bench_")}
    assert modules - {"__init__", *shared, *groups} == {HOMES.get(name, name) for name in NAMES}


def test_a_folder_may_be_called_like_a_pddl_file(tmp_path: Path) -> None:
    folder = tmp_path / "towers.pddl"
    folder.mkdir()
    (folder / "domain.pddl").write_text(tasks.BLOCKS, encoding="utf-8")
    assert Planner(folder).domain.name == Planner(tasks.towers(TOWER).domain).domain.name
    with pytest.raises(InputError, match="there is no file"):
        Planner(tmp_path / "rooms.pddl")


# What is started


class Recorder:
    """An engine that notes that it was asked, and knows nothing."""

    name = "recorder"

    def __init__(self) -> None:
        self.asked = 0

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
        self.asked += 1
        cancel.wait(limits.seconds)
        return Answer(Outcome.NO_PLAN_FOUND, "recorder knows nothing")


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """A pool without a worker, as a fresh process has it."""
    fresh = Pool()
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: fresh)
    return fresh


def started_by(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Has a shell script run in place of Kairos's worker."""
    popen = subprocess.Popen

    def instead(command: object, **settings: object) -> subprocess.Popen[bytes]:
        return popen(["/bin/sh", "-c", script], **settings)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(kairos_client.subprocess, "Popen", instead)


def answering(seconds: float) -> str:
    """A script that takes a while to start, and then answers at once."""
    ready = shlex.quote(json.dumps({"ready": "1"}))
    answer = shlex.quote(json.dumps({"status": "SOLVED", "plan": TOWER_PLAN}))
    return f"sleep {seconds}; echo {ready}; read -r _; echo {answer}; exec sleep 60"


def test_a_quick_task_starts_no_second_engine_even_if_the_first_must_start(
    monkeypatch: pytest.MonkeyPatch, pool: Pool
) -> None:
    second = Recorder()
    monkeypatch.setattr(engines, "ENGINES", {"kairos": Kairos(), second.name: second})
    started_by(monkeypatch, answering(0.6))
    monkeypatch.setattr(solver, "HEAD_START", 0.4)
    solution = solve(tasks.towers(TOWER))
    pool.close()
    assert solution.engine == "kairos"
    assert second.asked == 0


def test_a_race_does_not_wait_long_for_a_process_to_start(
    monkeypatch: pytest.MonkeyPatch, pool: Pool
) -> None:
    second = Recorder()
    monkeypatch.setattr(engines, "ENGINES", {"kairos": Kairos(), second.name: second})
    started_by(monkeypatch, "exec sleep 600")
    monkeypatch.setattr(solver, "LONGEST_START", 0.1)
    began = time.monotonic()
    solution = solve(tasks.towers(TOWER), limits=Limits(seconds=0.5))
    pool.close()
    assert not solution.solved
    assert second.asked == 1
    assert time.monotonic() - began < 10.0


def test_a_worker_started_ahead_serves_the_first_task(pool: Pool) -> None:
    kairos_pool.prepare()
    worker = pool.take()
    assert not worker.ready
    pool.give_back(worker)
    assert solve(tasks.towers(TOWER), engine="kairos").solved
    assert pool.take() is worker
    worker.kill()


def test_preparing_twice_starts_one_worker(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    started = []
    begin = Worker.__init__

    def counted(worker: Worker) -> None:
        begin(worker)
        started.append(worker)

    monkeypatch.setattr(Worker, "__init__", counted)
    kairos_pool.prepare()
    kairos_pool.prepare()
    pool.close()
    assert len(started) == 1
    assert started[0].process.poll() is not None


def test_preparing_without_kairos_does_nothing(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    monkeypatch.setattr(kairos_pool, "is_installed", lambda: False)
    monkeypatch.setattr(pool, "take", lambda: pytest.fail("a worker was started"))
    kairos_pool.prepare()


def test_a_worker_that_cannot_start_is_told_by_the_engine(
    monkeypatch: pytest.MonkeyPatch, pool: Pool
) -> None:
    monkeypatch.setattr(engines, "ENGINES", {"kairos": Kairos()})
    started_by(monkeypatch, "exit 7")
    kairos_pool.prepare()
    kairos_pool.await_worker(10.0, Event())
    solution = solve(tasks.towers(TOWER))
    pool.close()
    assert solution.outcome is Outcome.ENGINE_FAILED
    assert "code 7" in solution.evidence


def test_an_interrupt_while_loading_is_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "goalsmith", "--version"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr == "interrupted\n"
