"""`goalsmith bench run`, as people use it: what it says, what it keeps, how it is stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from goalsmith.benchmarks import BenchmarkTask, Key, Result, Store
from goalsmith.benchmarks.batches.tally import Tally, duration
from goalsmith.benchmarks.configurations import Configuration
from goalsmith.cli import main
from goalsmith.commands import bench_progress
from goalsmith.domains.outcome import Outcome

DOMAIN = """(define (domain lamps) (:requirements :strips) (:predicates (lit ?x) (dark ?x))
  (:action light :parameters (?x) :precondition (dark ?x)
   :effect (and (lit ?x) (not (dark ?x))))
  (:action darken :parameters (?x) :precondition (lit ?x)
   :effect (and (dark ?x) (not (lit ?x)))))
"""
BLIND = """
[configurations.blind]
search = "astar(blind())"
"""
"""A search that never ends if there are many lamps."""

STORE = "goalsmith-bench.sqlite"


def _problem(name: str, lamps: int = 1) -> str:
    names = " ".join(f"lamp{n}" for n in range(lamps))
    dark = " ".join(f"(dark {each})" for each in names.split())
    lit = " ".join(f"(lit {each})" for each in names.split())
    return (
        f"(define (problem {name}) (:domain lamps) (:objects {names})"
        f" (:init {dark}) (:goal (and {lit})))"
    )


@dataclass
class Said:
    """What a command said and ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty suite in the folder of work; `blind.toml` beside it."""
    (tmp_path / "lamps").mkdir()
    (tmp_path / "lamps" / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "blind.toml").write_text(BLIND, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lamps"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in this process."""

    def run(command: str, *arguments: object) -> Said:
        if command == "run" and "--jobs" not in arguments:
            # Each process of the pool takes a second to start.
            arguments = (*arguments, "--jobs", 1)
        monkeypatch.setattr(sys, "argv", ["goalsmith", "bench", command, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.pddl").write_text(_problem(name), encoding="utf-8")


def _rows(store: str | Path = STORE) -> tuple[Result, ...]:
    with Store(store) as kept:
        return kept.results()


def _alter(change: str) -> None:
    other = sqlite3.connect(STORE)
    other.execute(change)
    other.commit()
    other.close()


def test_a_batch_is_reported_on_standard_output_and_its_progress_elsewhere(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1", "p3", "p10")
    ended = run("run", "lamps", "--jobs", "2", "--engine", "kairos")
    assert ended.code == 0
    assert ended.out.splitlines()[-1].split()[:5] == ["total", "3", "3", "100%", "3"]
    progress = ended.err.splitlines()
    assert len(progress) == 4
    assert any("lamps p10 [kairos] solved: cost 1" in line for line in progress)
    assert progress[-1] == f"3 done now, 0 known before; results in {STORE}"
    again = run("run", "lamps", "--config", "kairos")
    assert again.err == f"0 done now, 3 known before; results in {STORE}\n"
    assert len(_rows()) == 3


def test_json_has_the_outcome_the_summaries_and_the_results(folder: Path, run: Run) -> None:
    _write(folder, "p1")
    (folder / "p4.pddl").write_text("(define", encoding="utf-8")
    ended = run("run", "lamps", "--json", "--store", "s.sqlite", "--config", "kairos")
    said = json.loads(ended.out)
    assert (ended.code, said["exit_code"]) == (0, 0)
    assert (said["tasks"], said["skipped"], said["interrupted"]) == (2, 0, False)
    assert [(d["name"], d["solved"], d["failed"]) for d in said["domains"]] == [("lamps", 1, 1)]
    assert [(c["name"], c["tasks"]) for c in said["configurations"]] == [("kairos", 2)]
    assert said["total"]["coverage"] == 0.5
    assert {
        (r["problem"], r["configuration"], r["seed"], r["outcome"]) for r in said["results"]
    } == {
        ("p1", "kairos", 0, "solved"),
        ("p4", "kairos", 0, "bad-input"),
    }
    assert Path("s.sqlite").is_file()


def test_every_task_is_solved_under_every_configuration_with_every_seed(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1", "p2")
    Path("configs.toml").write_text(
        "[configurations.thrice]\nengine = 'kairos'\nseeds = '1..3'\n", encoding="utf-8"
    )
    names = ("--configs", "configs.toml", "--config", "thrice", "--config", "fast-downward")
    ended = run("run", "lamps", *names, "--time-limit", "20")
    assert {(r.problem, r.configuration, r.key.seed) for r in _rows()} == {
        (problem, *each)
        for problem in ("p1", "p2")
        for each in [("thrice", 1), ("thrice", 2), ("thrice", 3), ("fast-downward", 0)]
    }
    coverage, summary = ended.out.split("\n\n")
    assert [line.split() for line in coverage.splitlines()] == [
        ["solved", "thrice", "fast-downward"],
        ["lamps", "6/6", "2/2"],
        ["total", "6/6", "2/2"],
    ]
    assert [line.split()[:3] for line in summary.splitlines()[1:]] == [
        ["thrice", "6", "6"],
        ["fast-downward", "2", "2"],
    ]
    assert "lamps p2 [thrice seed 3] solved" in ended.err


def test_a_manifest_says_what_to_solve_and_how(folder: Path, run: Run) -> None:
    _write(folder, "p1", "p2")
    Path("suite.toml").write_text(
        'suites = ["lamps", "library:gripper,balls=2,seed=7"]\n'
        'exclude = ["lamps/p2.pddl"]\n[configurations.mine]\nengine = "kairos"\n',
        encoding="utf-8",
    )
    assert run("run", "suite.toml").code == 0
    assert [(r.domain, r.problem, r.configuration, r.outcome) for r in _rows()] == [
        ("lamps", "p1", "mine", Outcome.SOLVED),
        ("library:gripper", "balls-2-seed-7", "mine", Outcome.SOLVED),
    ]
    assert _rows()[1].problem_path == "library:gripper,balls=2,seed=7"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(folder: Path, run: Run) -> None:
    _write(folder, "p1", "p2")
    names = ("--config", "kairos", "--config", "race", "--time-limit", "30")
    ended = run("run", "lamps", *names, "--dry-run")
    assert [line.split() for line in ended.out.splitlines()[1:]] == [
        ["kairos", "2", "0", "0", "0", "2"],
        ["race", "2", "0", "0", "0", "2"],
    ]
    assert ended.err.startswith("4 runs would be done, in at most 2 min of one core")
    assert sorted(path.name for path in Path().iterdir()) == ["blind.toml", "lamps"]
    run("run", "lamps", "--config", "kairos", "--time-limit", "30")
    before = _rows()
    said = json.loads(run("run", "lamps", *names, "--dry-run", "--json").out)
    assert (said["left"], said["tasks"]) == (2, 2)
    assert [(c["configuration"], c["known"]) for c in said["configurations"]] == [
        ("kairos", 2),
        ("race", 0),
    ]
    assert _rows() == before


def test_what_changed_is_done_again_and_nothing_else(folder: Path, run: Run) -> None:
    _write(folder, "p1", "p2")
    run("run", "lamps", "--config", "kairos")
    (folder / "p2.pddl").write_text(_problem("p2", 2), encoding="utf-8")
    ended = run("run", "lamps", "--config", "kairos")
    assert "lamps p2 [kairos] solved: cost 2" in ended.err
    assert ended.err.endswith(f"1 done now, 1 known before; results in {STORE}\n")
    ended = run("run", "lamps", "--config", "kairos", "--memory-limit", "3584")
    assert ended.err.endswith(f"2 done now, 0 known before; results in {STORE}\n")


def test_failures_are_done_again_on_request_and_those_from_outside_always(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1", "p2", "p3", "p4")
    kairos = ("run", "lamps", "--config", "kairos")
    run(*kairos)
    _alter("UPDATE result SET outcome = 'engine-failed' WHERE problem = 'p1'")
    _alter("UPDATE result SET outcome = 'cannot-say', outside = 1 WHERE problem = 'p2'")
    _alter("UPDATE result SET outcome = 'out-of-time' WHERE problem = 'p3'")
    said = run(*kairos, "--retry", "--dry-run", "--json").out
    assert json.loads(said)["configurations"][0]["again"] == 2
    ended = run(*kairos)
    assert "lamps p2" in ended.err
    assert ended.err.endswith(f"1 done now, 3 known before; results in {STORE}\n")
    ended = run(*kairos, "--retry")
    assert "lamps p1" in ended.err
    assert "1 done now" in ended.err
    ended = run(*kairos, "--retry-outcome", "out-of-time")
    assert "lamps p3" in ended.err
    assert "1 done now" in ended.err
    assert {r.outcome for r in _rows()} == {Outcome.SOLVED}
    assert run(*kairos, "--retry-failed").err.startswith("0 done now")


def test_what_was_done_under_another_name_is_not_done_again_but_renamed(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1")
    run("run", "lamps", "--config", "kairos")
    Path("configs.toml").write_text("[configurations.mine]\nengine = 'kairos'\n", encoding="utf-8")
    ended = run("run", "lamps", "--configs", "configs.toml")
    assert ended.err.startswith("0 done now, 1 known")
    assert [r.configuration for r in _rows()] == ["mine"]


def test_a_suite_that_was_moved_is_not_solved_again_but_found_in_its_new_place(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1", "p2")
    run("run", "lamps", "--config", "kairos")
    before = _rows()
    folder.rename("torches")
    Path("torches/p2.pddl").rename("torches/p3.pddl")
    ended = run("run", "torches", "--config", "kairos")
    assert ended.err.startswith("0 done now, 2 known")
    after = _rows()
    assert [(r.domain, r.problem) for r in after] == [("torches", "p1"), ("torches", "p3")]
    assert all(Path(r.problem_path).is_file() for r in after)
    assert [(r.key, r.started, r.plan) for r in after] == [
        (r.key, r.started, r.plan) for r in before
    ]


def test_tasks_that_are_the_same_but_for_their_names_are_all_kept_and_solved_once(
    folder: Path, run: Run
) -> None:
    _write(folder, "p1")
    shutil.copytree(folder, "torches")
    first = run("run", "lamps", "--config", "kairos")
    assert first.err.endswith(f"1 done now, 0 known before; results in {STORE}\n")
    for _ in range(2):
        ended = run("run", "lamps", "torches", "--config", "kairos")
        assert ended.err.startswith("0 done now, 2 known")
        assert [(r.domain, r.problem) for r in _rows()] == [("lamps", "p1"), ("torches", "p1")]
    said = json.loads(run("export-lab", STORE, "-o", "runs-eval", "--json").out)
    assert said["runs"] == 2


def test_a_dry_run_leaves_an_empty_file_empty(folder: Path, run: Run) -> None:
    _write(folder, "p1")
    Path("s").touch()
    assert run("run", "lamps", "--store", "s", "--dry-run").code == 0
    assert Path("s").read_bytes() == b""


def test_results_are_written_for_downward_lab(folder: Path, run: Run) -> None:
    _write(folder, "p1")
    Path("configs.toml").write_text(
        "[configurations.once]\nengine = 'kairos'\n"
        "[configurations.twice]\nquality = 'anytime'\nseeds = '1..2'\n",
        encoding="utf-8",
    )
    run("run", "lamps", "--configs", "configs.toml", "--time-limit", 3)
    ended = run("export-lab", STORE, "-o", "runs-eval")
    assert ended.out == "3 runs written to runs-eval/properties\n"
    said = json.loads(Path("runs-eval/properties").read_text(encoding="utf-8"))
    assert {name: run["coverage"] for name, run in said.items()} == {
        "once-lamps-p1": 1,
        "twice-seed-1-lamps-p1": 1,
        "twice-seed-2-lamps-p1": 1,
    }
    assert said["twice-seed-1-lamps-p1"]["cost:all"] == [1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no folder or file nowhere"),
        (["."], "there are no tasks"),
        (["lamps", "--store", "lamps/p1.pddl"], "is not an SQLite file"),
        (["lamps", "--time-limit", "-1"], "positive number of seconds"),
        (["lamps", "--configs", "blind.toml", "--config", "blnd"], "did you mean `blind`?"),
        (["lamps", "--engine", "kairos", "--config", "race"], "give one of them"),
        (["lamps", "--retry-outcome", "out-of-tim"], "did you mean `out-of-time`"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_30(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.setattr("goalsmith.benchmarks.configurations.unified_engines", dict)
    if arguments != ["."]:
        _write(folder, "p1")
    ended = run("run", *arguments)
    assert ended.code == Outcome.BAD_INPUT.exit_code
    assert message in ended.err
    assert ended.out == ""


# Progress

KEY = Key("", "kairos", 30.0, 4096, "", "", seed=2)
SOLVED = Result(
    *(KEY, "lamps", "p1", "", "", Outcome.SOLVED, "kairos", "found", 7, 7),
    configuration="mine",
    wall_seconds=0.25,
)


def test_a_tally_counts_what_runs_what_is_done_and_how_long_the_rest_takes() -> None:
    now = 100.0
    tally = Tally(10, lambda: now)
    task = BenchmarkTask("lamps", "p1", Path("d"), Path("p"))
    mine = Configuration("mine", "kairos", seeds=(2, 3))
    tally.add(SOLVED, new=False)
    assert (tally.done, tally.known, tally.seconds_left) == (1, 1, None)
    tally.start(task, mine, 2)
    tally.start(task, mine, 3)
    assert str(tally) == "2 running, 1 solved, 0 errors"
    now = 106.0
    tally.add(SOLVED, new=True)
    assert str(tally) == "1 running, 2 solved, 0 errors, 48 s left"
    tally.add(replace(SOLVED, outcome=Outcome.BAD_INPUT, problem="unread"), new=True)
    for outcome in (Outcome.OUT_OF_TIME, Outcome.UNSOLVABLE, Outcome.OUT_OF_MEMORY):
        tally.add(replace(SOLVED, outcome=outcome, key=replace(KEY, seed=3)), new=True)
    assert (tally.done, tally.known, tally.running) == (6, 1, 0)
    now = 130.0
    assert str(tally) == "0 running, 2 solved, 1 out of time, 2 other, 1 error, 24 s left"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3660, "1 h 1 min"),
        (7201, "2 h"),
        (90_000, "1 d 1 h"),
    ],
)
def test_times_are_said_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_in_a_pipe_there_is_a_line_for_each_new_result_and_now_and_then_the_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_progress, "BETWEEN", 0.0)
    written = StringIO()
    tally = Tally(3)
    with bench_progress.shown(Console(file=written, width=200), tally) as tell:
        tell(None, False)
        tally.add(SOLVED, new=False)
        tell(SOLVED, False)
        failed = replace(SOLVED, outcome=Outcome.ENGINE_FAILED, plan_length=None, evidence="a\nb")
        tally.add(failed, new=True)
        tell(failed, True)
    assert written.getvalue().splitlines() == [
        "2/3 lamps p1 [mine seed 2] engine-failed: a b",
        "2/3 done: 0 running, 1 solved, 1 error",
    ]


def test_on_a_terminal_the_counts_are_shown_beside_a_bar() -> None:
    written = StringIO()
    tally = Tally(2)
    console = Console(file=written, width=100, force_terminal=True)
    with bench_progress.shown(console, tally) as tell:
        tally.add(SOLVED, new=True)
        tell(SOLVED, True)
    assert "1/2" in written.getvalue()
    assert "0 running, 1 solved, 0 errors" in written.getvalue()


# Processes that are stopped

MARK = "GOALSMITH_TEST_MARK"


def _started(*arguments: object, mark: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "goalsmith.cli", "bench", "run", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", MARK: mark},
    )


def _alive(mark: str) -> list[str]:
    """The processes with a mark in their environment, this one's children and theirs."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            name = (process / "comm").read_text()
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environment.split(b"\0"):
            found.append(name.strip())
    return found


def _await_none_alive(mark: str) -> None:
    deadline = time.monotonic() + 20
    while (left := _alive(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _lines_until(process: subprocess.Popen[str], count: int) -> list[str]:
    """The first lines of progress."""
    assert process.stderr is not None
    lines = []
    for line in iter(process.stderr.readline, ""):
        lines.append(line)
        if len(lines) == count:
            break
    return lines


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_and_reports_what_is_finished(
    folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    _write(folder, "p1", "p3")
    (folder / "p2.pddl").write_text(_problem("p2", 40), encoding="utf-8")
    arguments = (folder, "--configs", "blind.toml", "--jobs", 1, "--time-limit", 300)
    mark = tmp_path.name
    with _started(*arguments, mark=mark) as process:
        (line,) = _lines_until(process, 1)
        assert line.startswith("1/3 lamps p1 [blind] solved")
        while "downward" not in _alive(mark):
            time.sleep(0.02)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == Outcome.INTERRUPTED.exit_code
    assert "interrupted with 2 of 3 left" in stderr
    assert "Traceback" not in stderr
    assert stdout.splitlines()[-1].split()[:3] == ["total", "1", "1"]
    assert [r.problem for r in _rows()] == ["p1"]
    _await_none_alive(mark)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
def test_a_runner_that_is_killed_loses_nothing_that_is_finished(
    folder: Path, tmp_path: Path
) -> None:
    names = [f"p{n}" for n in range(1, 81)]
    _write(folder, *names)
    recorded: dict[str, Result] = {}
    mark = tmp_path.name
    for count in (1, 5, 3, 4):
        with _started(folder, "--config", "kairos", "--jobs", 2, mark=mark) as process:
            lines = _lines_until(process, count)
            process.kill()
            assert process.wait(20) == -signal.SIGKILL
        _await_none_alive(mark)
        now = {row.problem: row for row in _rows()}
        assert {line.split()[2] for line in lines} <= set(now)
        assert recorded.items() <= now.items()
        assert len(now) > len(recorded)
        recorded = now
    assert len(recorded) < len(names), "it was killed amid its work"
    with _started(folder, "--config", "kairos", "--jobs", 2, mark=mark) as process:
        _, stderr = process.communicate(timeout=60)
    left = len(names) - len(recorded)
    assert stderr.endswith(f"{left} done now, {len(recorded)} known before; results in {STORE}\n")
    now = {row.problem: row for row in _rows()}
    # When a row was done is in it, so that one that was done again would differ.
    assert recorded.items() <= now.items()
    assert sorted(now) == sorted(names)
    assert {row.outcome for row in now.values()} == {Outcome.SOLVED}
