import importlib.util
import json
import subprocess
import sys

import pytest

from goalsmith.benchmarks import Key, Result
from goalsmith.benchmarks.results.lab_properties import ERRORS, properties, write_properties
from goalsmith.benchmarks.scores import logarithmic
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome


def _row(engine, problem, outcome, **given):
    key = Key(problem, engine, 100.0, 2000, "engine 1", "goalsmith 2")
    return Result(key, "blocks", problem, "", f"blocks/{problem}.pddl", outcome, **given)


ROWS = [
    _row("kairos", "p1", Outcome.SOLVED, cost=7, plan_length=7, wall_seconds=10.0),
    _row("kairos", "p2", Outcome.OUT_OF_TIME, wall_seconds=100.0, cpu_seconds=99.0),
    _row("kairos", "p3", Outcome.ENGINE_FAILED, evidence="it crashed", wall_seconds=1.0),
    _row(
        *("fast-downward", "p1", Outcome.SOLVED),
        cost=9.5,
        plan_length=8,
        wall_seconds=1.5,
        cpu_seconds=0.001,
        peak_memory_mb=2000 / 1024,
    ),
    _row("fast-downward", "p2", Outcome.UNSOLVABLE, wall_seconds=2.0),
    _row("fast-downward", "p3", Outcome.NO_PLAN_FOUND, wall_seconds=3.0),
]


def test_runs_have_the_attributes_of_labs_own_parsers():
    runs = properties(ROWS)
    assert next(iter(runs)) == "kairos-blocks-p1"
    assert runs["kairos-blocks-p1"] == {
        "id": ["kairos", "blocks", "p1"],
        "algorithm": "kairos",
        "domain": "blocks",
        "problem": "p1",
        "coverage": 1,
        "unsolvable": 0,
        "error": "success",
        "planner_exit_code": 0,
        "cost": 7.0,
        "plan_length": 7,
        "planner_time_limit": 100.0,
        "planner_memory_limit": 2000,
        "planner_wall_clock_time": 10.0,
        "planner_time": 10.0,
        "score_planner_time": pytest.approx(0.5),
        "local_revision": "goalsmith 2",
        "global_revision": "engine 1",
        "run_dir": "blocks/p1.pddl",
    }
    measured = runs["fast-downward-blocks-p1"]
    assert (measured["planner_time"], measured["score_planner_time"]) == (0.01, 1.0)
    assert (measured["planner_memory"], measured["raw_memory"]) == (2000.0, 2000.0)
    assert measured["score_planner_memory"] == 1.0


def test_what_was_cut_off_has_no_time_and_no_score():
    stopped = properties(ROWS)["kairos-blocks-p2"]
    assert (stopped["coverage"], stopped["error"]) == (0, "search-out-of-time")
    assert "planner_time" not in stopped
    assert "cost" not in stopped
    assert stopped["score_planner_time"] == 0.0


def test_only_what_should_not_happen_is_an_unexplained_error():
    runs = properties(ROWS)
    key = "unexplained_errors"
    unexplained = {name: run[key] for name, run in runs.items() if key in run}
    assert unexplained == {"kairos-blocks-p3": ["engine-failed: it crashed"]}
    wrong = properties([_row("kairos", "p1", Outcome.INVALID_PLAN)])["kairos-blocks-p1"]
    assert (wrong["error"], wrong["coverage"]) == ("invalid-plan", 0)
    assert wrong["unexplained_errors"] == ["invalid-plan: "]
    assert not {Outcome.CANNOT_SAY, Outcome.INVALID_PLAN} & set(ERRORS)


def test_two_results_for_one_run_are_refused():
    with pytest.raises(InputError, match="two of kairos-blocks-p1"):
        properties([ROWS[0], ROWS[0]])


def test_the_file_is_written_in_a_folder_made_for_it(tmp_path):
    file = write_properties(ROWS, tmp_path / "new" / "runs-eval")
    assert file == tmp_path / "new" / "runs-eval" / "properties"
    assert json.loads(file.read_text(encoding="utf-8")) == properties(ROWS)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_properties(ROWS, tmp_path / "file")


NEEDS_LAB = pytest.mark.skipif(
    importlib.util.find_spec("downward") is None, reason="Downward Lab is not installed (pip: lab)"
)


def _in_lab(folder, program):
    """What a program prints. Lab is under the GPL, so it is run as a program of its own."""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


@NEEDS_LAB
def test_labs_own_reports_read_the_runs(tmp_path):
    write_properties(ROWS, tmp_path / "runs-eval")
    said = _in_lab(
        tmp_path,
        """
from downward.reports.absolute import AbsoluteReport
attributes = ["coverage", "cost", "error", "planner_time", "score_planner_time", "unsolvable"]
AbsoluteReport(attributes=attributes, format="txt")("runs-eval", "report.txt")
AbsoluteReport()("runs-eval", "report.html")
""",
    )
    assert "1 runs with unexplained errors" in said
    assert "Not every algorithm has been run" not in said
    text = (tmp_path / "report.txt").read_text(encoding="utf-8")
    words = text.translate(str.maketrans("|*", "  ", '"'))
    lines = [" ".join(line.split()) for line in words.splitlines()]
    # The columns are fast-downward and kairos.
    for line in (
        "coverage fast-downward kairos",
        "error-search-out-of-time fast-downward kairos",
        "p2 search-unsolvable search-out-of-time",
        "Geometric mean (1) 0.01 10.00",
        "Sum (3) 1.8495 0.5000",  # 1 + (1 - ln 2/ln 100), and 1 - ln 10/ln 100
        "Sum (1) 9.50 7.00",
    ):
        assert line in lines
    assert "engine-failed:" in (tmp_path / "report.html").read_text(encoding="utf-8")


@NEEDS_LAB
def test_logarithmic_scores_are_those_of_lab(tmp_path):
    cases = [
        (settled, value, lower, upper)
        for settled in (True, False)
        for value in (None, 0.5, 1, 1.5, 99, 2_500, 1e5, 1e6, 2e6)
        for lower, upper in ((1, 100), (100, 1e6), (2_000, 3_584 * 1024), (1, 1))
    ]
    said = _in_lab(
        tmp_path,
        f"""
from lab.tools import compute_log_score
print([compute_log_score(*case) for case in {cases!r}])
""",
    )
    assert [logarithmic(*case) for case in cases] == pytest.approx(json.loads(said))
