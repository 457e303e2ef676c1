"""Runs that are kept: recorded as they go on, listed, shown, exported, cleared away."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from parallel_runs import TASK, faulty, overtaken
from processes import eventually
from rich.console import Console
from test_cli import Result, Terminal, goalsmith

from goalsmith.commands.driving import world_of
from goalsmith.domains.language import Task
from goalsmith.execute import Run
from goalsmith.execute.journal.events import StateMatched, StepBegun, StepReported
from goalsmith.execute.store import RunRow, RunStatus, import_run, open_store
from goalsmith.show import Narrator

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
    assert given["settings"]["simulator"]["faults"]["seed"] == 3


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


def test_the_settings_may_name_the_store(
    goalsmith: Terminal, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    goalsmith(*RUN, "--store", store)
    listed = goalsmith("runs", "--store", store).out
    monkeypatch.setenv("GOALSMITH_RUNS", store)
    assert goalsmith("runs").out == listed
    monkeypatch.delenv("GOALSMITH_RUNS")
    goalsmith.file("goalsmith.toml", f'runs = "{store}"')
    assert goalsmith("runs").out == listed


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


# Told as it goes on


def narrated(task: Task, run: Run) -> list[str]:
    """The lines in which a person is told of a run."""
    console = Console(file=io.StringIO(), width=400)
    narrator = Narrator(console, world_of(task.domain))
    for entry in run.journal:
        narrator.tell(entry)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_steps_under_way_at_the_same_time_are_told_apart(policy: str) -> None:
    lines = [line.split() for line in narrated(TASK, overtaken(policy))]
    signs = [line[:2] for line in lines if line and line[0] in "✗!✓↻"]
    assert signs[:4] == [["✗", "2"], ["!", "2"], ["✓", "3"], ["✓", "1"]]
    said = [" ".join(line) for line in lines]
    after = said[said.index(next(line for line in said if line.startswith("✓ 1 "))) + 1]
    if policy == "strict":
        assert after.startswith("↻ replanned")
    else:
        assert after == "step 2 taken again: the plan still leads to the goal"


def test_every_step_of_a_faulty_run_is_told_by_its_own_name() -> None:
    task, run = faulty(2)
    wording = world_of(task.domain).wording
    events = [entry.event for entry in run.journal]
    begun = {
        e.number: wording.step(task.domain, e.step) for e in events if isinstance(e, StepBegun)
    }
    told = {}
    for line in narrated(task, run):
        sign, _, rest = line.strip().partition(" ")
        if sign in ("✓", "✗", "!"):
            number, _, words = rest.strip().partition(" ")
            told.setdefault(int(number), sign)
            assert words.split(" — ")[0] == begun[int(number)]
    failed = {e.number for e in events if isinstance(e, StepReported) and not e.succeeded}
    matched = {e.number for e in events if isinstance(e, StateMatched)} - failed
    assert {n for n, sign in told.items() if sign == "✗"} == failed
    assert {n for n, sign in told.items() if sign == "✓"} == matched
    assert set(told) == set(begun)


# Runs that are left, and gone on with

SLOW = (*RUN, "--step-delay", "0.3")


def process(store: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "goalsmith.cli", *words, "--store", store]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def begun(store: str, entries: int = 5) -> RunRow:
    """The run, once it has come so far."""
    with open_store(store) as opened:
        assert eventually(lambda: any(r.entries >= entries for r in opened.runs()), seconds=120)
        return opened.runs()[0]


def test_a_run_that_is_interrupted_is_paused_and_gone_on_with(
    goalsmith: Terminal, store: str
) -> None:
    with process(store, *SLOW) as running:
        begun(store)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "stopping after the present step" in said
    assert "goalsmith resume" in said
    listed = goalsmith("runs", "--store", store).out
    assert "paused" in listed
    result = goalsmith("resume", "--store", store, "--json")
    assert result.code == 0
    run = result.json["run"]
    assert isinstance(run, dict)
    assert run["status"] == "ended"
    kinds = [entry["event"] for entry in run["journal"]]
    assert kinds.count("run-resumed") == 1
    assert kinds.count("run-ended") == 1
    assert [entry["sequence"] for entry in run["journal"]] == list(range(len(kinds)))


def test_without_a_run_that_is_not_over_there_is_nothing_to_resume(
    goalsmith: Terminal, store: str
) -> None:
    recorded(goalsmith, store)
    result = goalsmith("resume", "--store", store)
    assert result.code == 30
    assert "all runs of this store are over" in result.err
    with open_store(store) as opened:
        [row] = opened.runs()
    assert "has ended: reached" in goalsmith("resume", row.id, "--store", store).err


def test_the_newest_run_that_is_not_over_is_resumed(goalsmith: Terminal, store: str) -> None:
    older = goalsmith(*RUN, "--detach", "--store", store, "--json").json["run"]
    newer = goalsmith(*RUN, "--approve", "--store", store, "--json").json["run"]
    recorded(goalsmith, store)
    assert isinstance(older, dict)
    assert isinstance(newer, dict)
    assert newer["id"] in goalsmith("resume", "--store", store).err
    goalsmith("cancel", newer["id"], "--store", store)
    assert older["id"] in goalsmith("resume", "--store", store).err


def test_a_run_that_another_process_drives_is_let_be(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--detach", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        opened.take_lease(row.id, "somebody-else", 60)
        result = goalsmith("resume", "--store", store, "--lease", "0.5")
        assert result.code == 30
        assert "somebody-else drives run" in result.err
        assert opened.entries(row.id) == ()


def test_a_plan_is_approved_and_then_carried_out(goalsmith: Terminal, store: str) -> None:
    waiting = goalsmith(*RUN, "--approve", "--store", store)
    assert waiting.code == 51
    identity = waiting.err.rpartition("goalsmith approve ")[2].split(",")[0]
    assert "waiting" in goalsmith("runs", "--store", store).out
    assert "goalsmith resume" in goalsmith("approve", identity, "--store", store).err
    resumed = goalsmith("resume", identity, "--store", store)
    assert resumed.code == 0
    assert "was approved" in resumed.out
    assert "no plan" in goalsmith("approve", identity, "--store", store).err


def test_a_plan_is_rejected(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--approve", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
    assert goalsmith("reject", row.id, "--reason", "not today", "--store", store).code == 0
    resumed = goalsmith("resume", "--store", store)
    assert resumed.code == 61
    assert "not today" in resumed.out


def test_a_plan_is_put_in_the_place_of_one_that_waits(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--approve", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        plan = opened.given(row.id).plan
    assert plan is not None
    unknown = goalsmith.file("unknown", "(fly blue)\n")
    result = goalsmith("approve", row.id, "--plan", unknown, "--store", store)
    assert result.code == 30
    assert "unknown action `fly`" in result.err
    edited = goalsmith.file("edited", plan)
    assert goalsmith("approve", row.id, "--plan", edited, "--store", store).code == 0
    assert goalsmith("resume", "--store", store).code == 0
    assert "plan-edited" in goalsmith("show", row.id, "--store", store).out


def test_a_run_that_nobody_drives_is_cancelled_at_once(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--detach", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        result = goalsmith("cancel", row.id, "--reason", "lunch", "--store", store)
        assert "is over: interrupted" in result.err
        assert opened.run(row.id).status is RunStatus.ENDED
        assert opened.acts(row.id) == ()
    assert "lunch" in goalsmith("show", row.id, "--store", store).out
    assert goalsmith("cancel", row.id, "--store", store).code == 30


def test_a_run_is_cancelled_while_another_process_drives_it(
    goalsmith: Terminal, store: str
) -> None:
    with process(store, *SLOW) as running:
        row = begun(store)
        assert "stops before its next step" in goalsmith("cancel", row.id, "--store", store).err
        running.communicate(timeout=120)
    assert running.returncode == 130
    with open_store(store) as opened:
        assert opened.run(row.id).outcome == "interrupted"


def test_a_worker_drives_the_runs_that_were_left_to_it(goalsmith: Terminal, store: str) -> None:
    for _ in range(2):
        assert goalsmith(*RUN, "--detach", "--store", store).code == 0
    once = goalsmith("worker", "--once", "--store", store, "--json")
    assert [run["outcome"] for run in _runs(once)] == ["reached"]
    rest = goalsmith("worker", "--idle-exit", "0", "--store", store, "--json")
    assert [run["status"] for run in _runs(rest)] == ["ended"]
    assert _runs(goalsmith("worker", "--idle-exit", "0", "--store", store, "--json")) == []


def _runs(result: Result) -> list[dict[str, object]]:
    runs = result.json["runs"]
    assert isinstance(runs, list)
    return runs


def test_a_worker_that_is_interrupted_gives_its_run_back(goalsmith: Terminal, store: str) -> None:
    goalsmith(*SLOW, "--detach", "--store", store)
    with process(store, "worker") as working:
        row = begun(store)
        working.send_signal(signal.SIGTERM)
        working.communicate(timeout=120)
    assert working.returncode == 0
    with open_store(store) as opened:
        left = opened.run(row.id)
        assert (left.status, left.owner) == (RunStatus.RUNNING, "")
        assert goalsmith("resume", "--store", store).code == 0
        assert {act.asked for act in opened.acts(row.id)} == {1}


def test_a_journal_that_a_later_version_wrote_is_told(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--detach", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        lease = opened.take_lease(row.id, "later", 60)
        assert lease is not None
        opened.append(row.id, lease.fence, "step-teleported", {"seconds": 0.0})
        opened.release_lease(lease)
    result = goalsmith("resume", "--store", store)
    assert result.code == 30
    assert "step-teleported" in result.err
    assert "update" in result.err
    goalsmith("worker", "--idle-exit", "0", "--store", store)
    assert "paused: entry 0 (step-teleported)" in goalsmith("runs", "--store", store).out
    cancelled = goalsmith("cancel", row.id, "--store", store)
    assert "is over: cancelled unseen: entry 0" in cancelled.err


@pytest.mark.parametrize(
    ("answers", "code", "status"),
    [("what\ny\n", 0, "reached"), ("n\n", 61, "rejected"), ("l\n", 130, "waiting")],
)
def test_somebody_at_the_terminal_is_asked_for_a_review(
    goalsmith: Terminal, store: str, answers: str, code: int, status: str
) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-P", "-m", "goalsmith.cli", *RUN, "--approve", "--store", store]
    os.write(ours, answers.encode())  # as somebody who types ahead
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        said = b""
        # What a terminal does not hold, who writes to it waits for.
        while chunk := _read(ours):
            said += chunk
        assert running.wait(timeout=120) == code
    os.close(ours)
    assert b"carry plan 1 out?" in said
    assert status in goalsmith("runs", "--store", store).out


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""  # the other end was closed
