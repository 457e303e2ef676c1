"""`goalsmith bench report` from stores to files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench_reports_rows import result, runs

from goalsmith.benchmarks import Store
from goalsmith.domains.outcome import Outcome

# The command by itself, as it is registered under `goalsmith bench`.
PROGRAM = """
import sys
import typer
from goalsmith import cli
from goalsmith.commands.bench_report import report

if "--without" in sys.argv:
    sys.argv.remove("--without")
    sys.modules["plotly"] = sys.modules["polars"] = None
cli.app = typer.Typer(pretty_exceptions_enable=False)
cli.app.command("report")(report)
cli.main()
"""
TEXTS = ("--format", "md", "--format", "csv", "--format", "tex")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    rows = runs(400)
    for name, part in (("one", rows[:200]), ("two", rows[200:])):
        with Store(folder / f"{name}.sqlite") as store:
            for row in part:
                store.write(row)
    with Store(folder / "crash.sqlite") as store:
        store.write(result("blocks", "p1", "mine", Outcome.ENGINE_FAILED, evidence="died", log="x"))
    (folder / "costs.json").write_text('{"blocks/p01": 1}', encoding="utf-8")
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_several_stores_become_one_report_in_all_formats(folder: Path) -> None:
    pytest.importorskip("plotly")
    pytest.importorskip("polars")
    ended = run(folder, "one.sqlite", "two.sqlite", "--compare", "blind", "race", "-o", "out")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("Errors: ")
    assert "race solves" in ended.stdout
    assert "more than blind" in ended.stdout
    names = ["report.html", "report.md", "results.csv", "report.tex", "results.parquet"]
    files = [Path("out", name) for name in names]
    assert [line.split(" ")[0] for line in ended.stderr.splitlines()] == [str(f) for f in files]
    assert all((folder / file).stat().st_size > 1_000 for file in files)
    text = (folder / "out" / "report.md").read_text(encoding="utf-8")
    assert "## blind against race" in text
    assert "From one.sqlite, two.sqlite." in text.replace("\\_", "_")
    assert len((folder / "out" / "results.csv").read_text(encoding="utf-8").splitlines()) == 401


def test_json_has_the_answer_the_scores_and_what_went_wrong(folder: Path) -> None:
    ended = run(folder, "crash.sqlite", "--json", "-o", "json", *TEXTS)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert (said["outcome"], said["runs"], said["unexplained"]) == ("yes", 1, 1)
    assert said["troubles"][0]["log"] == "x"
    assert said["answer"][0]["about"] == "Errors"
    assert said["files"] == ["json/report.md", "json/results.csv", "json/report.tex"]
    assert {score["score"] for score in said["scores"]} >= {"coverage"}


def test_references_and_official_rules_reach_the_scores(folder: Path) -> None:
    ended = run(
        *(folder, "one.sqlite", "--reference", "costs.json", "--official", "--json", "-o", "r"),
        *TEXTS,
    )
    assert ended.returncode == 0, ended.stderr
    plain = json.loads(run(folder, "one.sqlite", "--json", "-o", "r", *TEXTS).stdout)
    quality = [
        sum(s["total"] for s in said["scores"] if s["score"] == "ipc-satisficing")
        for said in (json.loads(ended.stdout), plain)
    ]
    assert quality[0] < quality[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.sqlite",), "there is no store none.sqlite"),
        (("one.sqlite", "--compare", "race", "rase"), "did you mean `race`"),
        (("costs.json",), "costs.json is not an SQLite file"),
        (("one.sqlite", "--format", "pdf"), "there is no format `pdf`"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    words: tuple[str, ...], said: str, folder: Path
) -> None:
    ended = run(folder, *words, "-o", "never")
    assert ended.returncode == Outcome.BAD_INPUT.exit_code
    assert said in ended.stderr
    assert not (folder / "never").exists()


def test_without_the_extra_it_is_named_and_the_other_formats_work(folder: Path) -> None:
    ended = run(folder, "one.sqlite", "-o", "poor", "--without")
    assert ended.returncode == Outcome.UNSUPPORTED.exit_code
    assert "pip install 'goalsmith[report]'" in ended.stderr
    assert "--format md" in ended.stderr
    assert not (folder / "poor").exists()
    assert run(folder, "one.sqlite", "-o", "poor", "--without", *TEXTS).returncode == 0
    assert len(list((folder / "poor").iterdir())) == 3


def test_making_a_report_loads_no_charts_and_no_frames_before_they_are_needed() -> None:
    code = "import sys, goalsmith.benchmarks.reports; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert "goalsmith.benchmarks.reports" in ended.stdout.split()
    assert not {"plotly", "polars", "jinja2", "numpy"} & set(ended.stdout.split())
