import json
import os
import signal
import subprocess
import sys
import time

import pytest

from goalsmith.benchmarks import Store
from goalsmith.domains.outcome import Outcome

# The command line with an engine of our own: `p1` it solves, for `p2` it waits to be stopped.
PROGRAM = """
import sys
from goalsmith.cli import main
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import ENGINES
from goalsmith.solve.answer import Answer

class Stub:
    name = "stub"

    def missing(self):
        return ""

    def answer(self, task, limits, quality, cancel, on_plan=None):
        if task.problem.name == "p2":
            sys.stderr.write("waiting\\n")
            cancel.wait(60)
            return Answer(Outcome.INTERRUPTED, "stopped")
        return Answer(Outcome.SOLVED, "found", "(light a)")

ENGINES["stub"] = Stub()
main()
"""
DOMAIN = """(define (domain lamps) (:requirements :strips) (:predicates (lit ?x))
  (:action light :parameters (?x) :precondition () :effect (lit ?x)))
"""
PROBLEM = "(define (problem {}) (:domain lamps) (:objects a) (:init) (:goal (lit a)))"


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        suite = tmp_path / "lamps"
        suite.mkdir()
        (suite / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
        for name in names:
            (suite / f"{name}.pddl").write_text(PROBLEM.format(name), encoding="utf-8")
        return suite

    return make


def _command(*arguments):
    return [sys.executable, "-c", PROGRAM, "bench", "run", *map(str, arguments)]


def _run(tmp_path, *arguments):
    return subprocess.run(
        _command(*arguments, "--engine", "stub"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_batch_is_reported_on_standard_output_and_its_progress_elsewhere(folder, tmp_path):
    suite = folder("p1", "p3", "p10")
    ended = _run(tmp_path, suite, "--jobs", "2")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1].split()[:5] == ["total", "3", "3", "100%", "3"]
    progress = ended.stderr.splitlines()
    assert len(progress) == 4
    assert any("lamps p10 solved: cost 1" in line for line in progress)
    assert progress[-1].startswith("3 done now, 0 known before")
    again = _run(tmp_path, suite)
    assert again.stderr.startswith("0 done now, 3 known before")
    with Store(tmp_path / "goalsmith-bench.sqlite") as store:
        assert len(store.results()) == 3


def test_json_has_the_outcome_the_summaries_and_the_results(folder, tmp_path):
    suite = folder("p1")
    (suite / "p4.pddl").write_text("(define", encoding="utf-8")
    ended = _run(tmp_path, suite, "--json", "--store", "s.sqlite")
    said = json.loads(ended.stdout)
    assert (ended.returncode, said["exit_code"]) == (0, 0)
    assert (said["tasks"], said["skipped"], said["interrupted"]) == (2, 0, False)
    assert [(d["name"], d["solved"], d["failed"]) for d in said["domains"]] == [("lamps", 1, 1)]
    assert said["total"]["coverage"] == 0.5
    assert [(r["problem"], r["outcome"]) for r in said["results"]] == [
        ("p1", "solved"),
        ("p4", "bad-input"),
    ]
    assert (tmp_path / "s.sqlite").is_file()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_and_reports_what_is_finished(folder, tmp_path, number):
    suite = folder("p1", "p2", "p3")
    process = subprocess.Popen(
        _command(suite, "--engine", "stub", "--jobs", "1"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with process:
        lines = iter(process.stderr.readline, "")
        assert any("waiting" in line for line in lines)
        started = time.monotonic()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - started < 10
    assert process.returncode == Outcome.INTERRUPTED.exit_code
    assert "interrupted with 2 of 3 left" in stderr
    assert "Traceback" not in stderr
    assert stdout.splitlines()[-1].split()[:3] == ["total", "1", "1"]
    with Store(tmp_path / "goalsmith-bench.sqlite") as store:
        assert [r.problem for r in store.results()] == ["p1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no folder nowhere"),
        (["."], "there are no tasks"),
        (["lamps", "--store", "lamps/p1.pddl"], "is not an SQLite file"),
        (["lamps", "--time-limit", "-1"], "positive number of seconds"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_30(folder, tmp_path, arguments, message):
    folder(*([] if arguments == ["."] else ["p1"]))
    ended = _run(tmp_path, *arguments)
    assert ended.returncode == Outcome.BAD_INPUT.exit_code
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
