"""Runs that are kept: recorded as they go on, listed, shown, exported, cleared away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import Result, Terminal, goalsmith

from goalsmith.execute.store import RunStatus, import_run, open_store

__all__ = ["goalsmith"]  # the fixture

RUN = ("run", "put blue on red", "--domain", "blocksworld", "--offline")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.sqlite"


def recorded(goalsmith: Terminal, store: str, *flags: str) -> Result:
    result = goalsmith(*RUN, "--store", store, *flags)
    assert result.code == 0
    return result


def test_a_run_is_kept_with_what_it_was_given_and_all_its_events(
    goalsmith: Terminal, store: str
) -> None:
    result = goalsmith(*RUN, "--store", store, "--faults", "3", "--json")
    run = result.json["run"]
    assert isinstance(run, dict)
    shown = goalsmith("show", run["id"][:8], "--store", store, "--json")
    entries = shown.json["entries"]
    assert isinstance(entries, list)
    journal = [(e["sequence"], e["kind"], e["body"]) for e in entries]
    told = [(e.pop("sequence"), e.pop("event"), e) for e in json.loads(json.dumps(run["journal"]))]
    assert journal == told
    row = shown.json["run"]
    assert isinstance(row, dict)
    assert (row["status"], row["outcome"], row["name"]) == ("ended", "reached", "put blue on red")
    given = shown.json["given"]
    assert isinstance(given, dict)
    assert "(:goal (on blue red))" in given["problem_pddl"].replace("\n", " ").replace("  ", " ")
    assert given["settings"]["faults"] == 3


def test_runs_are_listed_the_newest_first(goalsmith: Terminal, store: str) -> None:
    assert "no runs are kept" in goalsmith("runs", "--store", store).err
    recorded(goalsmith, store)
    goalsmith("run", "--domain", "gripper", "--store", store)
    lines = goalsmith("runs", "--store", store).out.splitlines()
    assert len(lines) == 3
    assert "put blue on red" in lines[2]
    assert "reached" in lines[1]
    assert len(goalsmith("runs", "--store", store, "--limit", "1").out.splitlines()) == 2


def test_a_run_is_shown_entry_by_entry(goalsmith: Terminal, store: str) -> None:
    said = recorded(goalsmith, store, "--faults", "3", "--policy", "relevant").err
    identity = said.rpartition("goalsmith show ")[2].strip()
    lines = goalsmith("show", identity, "--store", store).out.splitlines()
    assert "reached" in lines[0]
    kinds = [line.split()[2] for line in lines[1:]]
    assert kinds[0] == "run-started"
    assert kinds[-1] == "run-ended"
    assert any("divergence-seen" in line and "missing" in line for line in lines)


def test_a_run_is_exported_and_read_again(goalsmith: Terminal, store: str) -> None:
    recorded(goalsmith, store)
    with open_store(store) as opened:
        [row] = opened.runs()
    result = goalsmith("export", row.id, "--store", store, "-o", "run.jsonl")
    assert result.code == 0
    file = goalsmith.folder / "run.jsonl"
    other = f"sqlite:///{goalsmith.folder}/other.sqlite"
    with open_store(other) as opened, file.open("rb") as lines:
        import_run(opened, lines)
    assert goalsmith("show", row.id, "--store", other).code == 0
    assert goalsmith("export", row.id, "--store", store).out == file.read_text(encoding="utf-8")


def test_runs_that_ended_are_cleared_away(goalsmith: Terminal, store: str) -> None:
    recorded(goalsmith, store)
    assert "0 runs removed" in goalsmith("runs", "prune", "--store", store).err
    assert "1 runs removed" in goalsmith("runs", "prune", "--older-than", "0", "--store", store).err
    assert "no runs are kept" in goalsmith("runs", "--store", store).err


def test_a_store_that_cannot_be_is_told(goalsmith: Terminal, tmp_path: Path) -> None:
    for url in ("mysql://x/y", f"sqlite:///{tmp_path}", "runs.sqlite"):
        result = goalsmith(*RUN, "--store", url)
        assert result.code == 30, url
        assert result.err.count("error:") == 1
    missing = goalsmith("show", "abcdef", "--store", f"sqlite:///{tmp_path}/r.sqlite")
    assert missing.code == 30


CRASHING = """
import os, signal, sys
from goalsmith.domains.library import bundled
from goalsmith.domains.plans import write_plan
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute import Simulator, execute
from goalsmith.execute.recorder import Recorder
from goalsmith.execute.store import open_store
from goalsmith.solve import solve

task = bundled("gripper").instance("p1").task
plan = solve(task).plan
last = int(sys.argv[2])


class Crashing(Simulator):
    acts = 0

    def act(self, step, attempt):
        self.acts += 1
        if self.acts == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().act(step, attempt)


with open_store(sys.argv[1]) as store:
    row = store.create_run(
        domain_pddl=write_domain(task.domain), problem_pddl=write_problem(task.problem)
    )
    with Recorder(store, row) as recorder:
        execute(task, plan, Crashing(task), solve, on_event=recorder, name=row.id)
"""


@pytest.mark.parametrize("last", [1, 2, 5])
def test_what_a_killed_run_was_about_to_do_is_known(store: str, last: int) -> None:
    command = [sys.executable, "-P", "-c", CRASHING, store, str(last)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with open_store(store) as opened:
        [row] = opened.runs()
        entries = opened.entries(row.id)
    assert row.status is RunStatus.RUNNING
    assert [e.sequence for e in entries] == list(range(len(entries)))
    final = entries[-1]
    assert final.kind == "step-begun"
    assert isinstance(final.body, dict)
    assert final.body["number"] == last
    assert final.body["key"] == f"{row.id}-{last}"
    assert [e.kind for e in entries].count("state-matched") == last - 1
