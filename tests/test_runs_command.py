"""Runs that are kept: recorded as they go on, listed, shown, exported, cleared away."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from parallel_runs import TASK, faulty, overtaken
from processes import PATIENCE, eventually
from rich.console import Console
from test_cli import INTERRUPTIBLE, Result, Terminal, goalsmith

from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task
from goalsmith.execute import Change, Faults, PlanAdopted, Run, revisions
from goalsmith.execute.durable import RunSettings
from goalsmith.execute.journal.events import StateMatched, StepBegun, StepReported
from goalsmith.execute.store import RunRow, RunStatus, open_store
from goalsmith.show import FEW, Narrator
from goalsmith.world import World

__all__ = ["goalsmith"]  # the fixture

RUN = ("run", "put blue on red", "--domain", "blocksworld", "--offline")
HOUR = 3600.0


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


def test_of_many_runs_the_newest_are_listed_and_the_rest_is_mentioned(
    goalsmith: Terminal, store: str
) -> None:
    with open_store(store) as opened:
        made = [
            opened.create_run(domain_pddl="", problem_pddl="", name=f"run {number}\x1b[2J")
            for number in range(60)
        ]
        opened.set_status(made[-1].id, RunStatus.ENDED, outcome="reached")
        opened.set_status(made[-2].id, RunStatus.PAUSED, outcome=f"paused: {'long ' * 30}")
    listed = goalsmith("runs", "--store", store)
    lines = listed.out.splitlines()
    assert len(lines) == 51
    assert "the newest 50; older ones with --all" in listed.err
    assert [line.split()[0] for line in lines[1:]] == [row.id for row in made[:9:-1]]
    assert "\x1b" not in listed.out
    assert lines[1].index("reached") == lines[0].index("state") == lines[3].index("pending")
    assert lines[1].index("run 59") == lines[3].index("run 57") == lines[0].index("name")
    whole = goalsmith("runs", "--all", "--store", store)
    assert len(whole.out.splitlines()) == 61
    assert whole.err == ""
    assert "older" not in goalsmith("runs", "--limit", "60", "--store", store).err
    for flags, count, older in (((), 50, True), (("--all",), 60, False)):
        fields = goalsmith("runs", *flags, "--store", store, "--json").json
        assert isinstance(fields["runs"], list)
        assert (len(fields["runs"]), fields["older"]) == (count, older)


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
    imported = goalsmith("import", file, "--store", other)
    assert imported.code == 0
    assert f"goalsmith show {row.id[:6]}" in imported.err
    assert goalsmith("show", row.id, "--store", other).code == 0
    assert "has a run" in goalsmith("import", file, "--store", other).err
    assert "cannot be read" in goalsmith("import", "missing.jsonl", "--store", other).err
    assert "not a run" in goalsmith("import", goalsmith.file("x", "{}"), "--store", other).err
    assert goalsmith("export", row.id, "--store", store).out == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["import", "resume", "revise", "runs", "show", "worker"])
def test_commands_about_runs_explain_themselves(goalsmith: Terminal, command: str) -> None:
    said = " ".join(goalsmith(command, "--help").out.split())
    assert f"Example: goalsmith {command}" in said
    assert "--store" in said
    assert "--json" in said


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
    narrator = Narrator(console, World.again(task.domain))
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
    wording = World.again(task.domain).wording
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


def test_a_revision_is_told_in_a_line() -> None:
    task, run = faulty(2)
    said = [line.strip() for line in narrated(task, run)]
    told = [line for line in said if line.startswith("plan ")]
    found = [r for r in revisions([e.event for e in run.journal]) if r.version > 1]
    assert len(told) == len({r.version for r in found}) > 1
    for line, revision in zip(told, found, strict=True):
        words, wording = line, World.again(task.domain).wording
        changed = [each for each in revision.lines if each.change is not Change.KEPT]
        for each in changed:
            assert (wording.step(task.domain, each.step) in words) == (len(changed) <= FEW)
        counts = [f"{c} {len(revision.steps(c))}" for c in Change if revision.steps(c)]
        assert re.sub(r" \([^()]*\)", "", words) == f"plan {revision.version}: {', '.join(counts)}"


def test_a_run_that_is_told_from_its_middle_is_told_in_full() -> None:
    task, run = faulty(2)
    first = next(e.sequence for e in run.journal if isinstance(e.event, PlanAdopted)) + 1
    console = Console(file=io.StringIO(), width=400)
    blind, knowing = (Narrator(console, World.again(task.domain)) for _ in range(2))
    knowing.hear(run.journal[:first])
    said = []
    for narrator in (blind, knowing):
        console.file = io.StringIO()
        for entry in run.journal[first:]:
            narrator.tell(entry)
        said.append(console.file.getvalue())
    assert said[1].splitlines() == narrated(task, run)[-len(said[1].splitlines()) :]
    assert "kept" in said[1]
    assert "kept" not in said[0]
    assert "plan 2: " in said[0]


# Worlds that change by themselves

EVENTS = ("--event", "PICK-UP=0.3", "--toggle", "( clear  blue )=0.1", "--toggle", "on=0.02")
SEEDED = ("--faults", "7", "--fault-rate", "0.05", "--engine", "kairos", *EVENTS)


def test_events_of_the_world_are_kept_with_the_run_and_happen(
    goalsmith: Terminal, store: str
) -> None:
    run = goalsmith(*RUN, *SEEDED, "--detach", "--store", store, "--json").json["run"]
    assert isinstance(run, dict)
    with open_store(store) as opened:
        given = opened.given(run["id"])
    task = read_task(given.domain_pddl, given.problem_pddl)
    simulator = RunSettings.read(given.settings, task).simulator
    assert simulator is not None
    assert simulator.faults == Faults(
        7,
        action_fails=0.05,
        effect_lost=0.05,
        moved=0.05,
        steps={"pick-up": 0.3},
        toggles={"(clear blue)": 0.1, "on": 0.02},
    )
    journal = _journal(goalsmith("resume", "--store", store, "--json"))
    # By the seed, all happens again; and by another one, otherwise.
    again = _journal(goalsmith(*RUN, *SEEDED, "--store", store, "--json"))
    assert [(e["event"], e.get("step")) for e in again] == [
        (e["event"], e.get("step")) for e in journal
    ]
    assert sum(entry["event"] == "divergence-seen" for entry in journal) > 0


def _journal(result: Result) -> list[dict[str, object]]:
    run = result.json["run"]
    assert isinstance(run, dict)
    journal: list[dict[str, object]] = run["journal"]
    return journal


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--event", "pickup=0.1"], "did you mean `pick-up`?"),
        (["--event", "pick-up"], "--event takes ACTION=RATE"),
        (["--event", "pick-up=2"], "not `pick-up=2`"),
        (["--event", "pick-up=nan"], "not `pick-up=nan`"),
        (["--event", "=0.1"], "--event takes ACTION=RATE"),
        (["--event", "stack=.1", "--event", "STACK=.2"], "names `stack` twice"),
        (["--toggle", "onn=0.1"], "did you mean `on`?"),
        (["--toggle", "(onn red blue)=0.1"], "did you mean `on`?"),
        (["--toggle", "(on red blu)=0.1"], "did you mean `blue`?"),
        (["--toggle", "(on red)=0.1"], "(on red) has 1 objects instead of 2"),
        (["--toggle", "()=0.1"], "expected"),
        (["--fault-rate", "1.5"], "between 0 and 1"),
    ],
)
def test_events_that_cannot_be_are_told_before_a_run_is_begun(
    goalsmith: Terminal, store: str, flags: list[str], message: str
) -> None:
    result = goalsmith(*RUN, *flags, "--store", store)
    assert result.code == 30
    assert message in result.err
    with open_store(store) as opened:
        assert opened.runs() == ()


def test_settings_of_earlier_versions_are_read(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--faults", "3", "--detach", "--store", store)
    with open_store(store) as opened:
        given = opened.given(opened.runs()[0].id)
        task = read_task(given.domain_pddl, given.problem_pddl)
        settings = json.loads(json.dumps(given.settings))
    for name in ("steps", "toggles", "effect_late"):
        del settings["simulator"]["faults"][name]
    read = RunSettings.read(settings, task)
    assert read == RunSettings.read(given.settings, task)
    assert read.simulator is not None
    assert read.simulator.faults == Faults(3, action_fails=0.15, effect_lost=0.15, moved=0.15)


# Runs that are left, and gone on with

DELAY = ("--step-delay", "1")
"""Steps so slow that a busy machine too does something before the last one is over."""

SLOW = ("run", "--domain", "gripper", "--problem", "p2", *DELAY)
"""Fifteen of them."""


def process(store: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-c", INTERRUPTIBLE, *words, "--store", store]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def begun(store: str, entries: int = 5) -> RunRow:
    """The run, once it has come so far."""
    with open_store(store) as opened:
        assert eventually(lambda: any(r.entries >= entries for r in opened.runs()))
        return opened.runs()[0]


def hurried(store: str) -> None:
    """What is left of the runs takes no time any more."""
    with sqlite3.connect(store.removeprefix("sqlite:///")) as connection:
        told = "UPDATE given SET settings = json_set(settings, '$.simulator.step_delay', 0.0)"
        connection.execute(told)
    connection.close()


def test_a_run_that_is_interrupted_is_paused_and_gone_on_with(
    goalsmith: Terminal, store: str
) -> None:
    with process(store, *SLOW) as running:
        begun(store)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "stopping after the present step" in said
    assert "goalsmith resume" in said
    listed = goalsmith("runs", "--store", store).out
    assert "paused" in listed
    hurried(store)
    result = goalsmith("resume", "--store", store, "--json")
    assert result.code == 0
    run = result.json["run"]
    assert isinstance(run, dict)
    assert run["status"] == "ended"
    kinds = [entry["event"] for entry in run["journal"]]
    assert kinds.count("run-resumed") == 1
    assert kinds.count("run-ended") == 1
    assert [entry["sequence"] for entry in run["journal"]] == list(range(len(kinds)))


def test_an_imported_run_goes_on_in_the_same_world(goalsmith: Terminal, store: str) -> None:
    with process(store, *RUN, *SEEDED, *DELAY) as running:
        begun(store, 8)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE)
    hurried(store)
    with open_store(store) as opened:
        [row] = opened.runs()
        assert row.status is RunStatus.PAUSED
        assert len(opened.acts(row.id)) > 0
    lines = goalsmith("export", row.id, "--store", store).out.splitlines()
    file = goalsmith.file("run.jsonl", "\n".join(lines))
    worlds, journals = [], []
    for name in ("here", "there"):
        at = store if name == "here" else f"sqlite:///{goalsmith.folder}/{name}.sqlite"
        if name != "here":
            imported = goalsmith("import", file, "--store", at)
            assert f"goalsmith resume {row.id[:6]}" in imported.err
            assert "lacks" not in imported.err
        resumed = goalsmith("resume", row.id, "--store", at, "--json")
        journals.append([(e["event"], e.get("step")) for e in _journal(resumed)])
        with open_store(at) as opened:
            acts = [(act.key, act.step, act.report) for act in opened.acts(row.id)]
            worlds.append((opened.simulation(row.id), acts))
    assert worlds[0] == worlds[1]
    assert journals[0] == journals[1]
    # As an earlier version wrote it, there is no world to go on in.
    head = lines[0].replace('"version":2', '"version":1')
    kept = [line for line in lines[1:-1] if not line.startswith(('{"simulation"', '{"act"'))]
    end = re.sub(r',"acts":\d+', "", lines[-1])
    old = goalsmith.file("old.jsonl", "\n".join([head, *kept, end]))
    at = f"sqlite:///{goalsmith.folder}/old.sqlite"
    imported = goalsmith("import", old, "--store", at, "--json")
    assert imported.json["run"] == {
        "id": row.id,
        "status": "paused",
        "entries": row.entries,
        "world_lost": True,
    }
    other = f"sqlite:///{goalsmith.folder}/older.sqlite"
    assert "lacks the simulated world" in goalsmith("import", old, "--store", other).err
    kinds = [entry["event"] for entry in _journal(goalsmith("resume", "--store", at, "--json"))]
    assert kinds[row.entries] == "run-resumed"
    assert "run-ended" in kinds


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
        opened.take_lease(row.id, "somebody-else", HOUR)
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


def test_a_plan_that_leads_nowhere_is_refused_before_it_is_sent(
    goalsmith: Terminal, store: str
) -> None:
    goalsmith(*RUN, "--approve", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        for text in ("(pick-up blue)\n", ""):
            file = goalsmith.file("edited", text)
            result = goalsmith("approve", row.id, "--plan", file, "--store", store)
            assert result.code == 30
            assert "does not lead to the goal" in result.err
        assert opened.messages(row.id) == ()


def test_a_plan_is_answered_once(goalsmith: Terminal, store: str) -> None:
    """Whoever rejects a plan that was approved already should not think that it was heard."""
    goalsmith(*RUN, "--approve", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        assert goalsmith("approve", row.id, "--store", store).code == 0
        for answer in ("approve", "reject"):
            result = goalsmith(answer, row.id, "--store", store)
            assert result.code == 30
            assert "was answered already (approve, message 1)" in result.err
        assert len(opened.messages(row.id)) == 1


def test_a_plan_for_the_goal_before_is_not_approved(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--approve", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
    goalsmith("revise", row.id, "(on red blue)", "--yes", "--store", store)
    result = goalsmith("approve", row.id, "--store", store)
    assert result.code == 30
    assert "another goal (message 1), for which plan 1 was not made" in result.err
    assert goalsmith("resume", row.id, "--store", store).code == 51
    assert goalsmith("approve", row.id, "--store", store).code == 0
    assert goalsmith("resume", row.id, "--store", store).code == 0


@pytest.mark.parametrize(
    "words",
    [
        (*RUN, "--lease", "nan"),
        (*RUN, "--lease", "0.1"),
        (*RUN, "--step-delay", "inf"),
        (*RUN, "--stability", "nan"),
        ("runs", "--limit", "99999999999999999999"),
        ("runs", "prune", "--older-than", "nan"),
        ("worker", "--poll", "inf"),
        ("worker", "--idle-exit", "nan"),
    ],
)
def test_numbers_that_mean_nothing_are_wrong_usage(
    goalsmith: Terminal, store: str, words: tuple[str, ...]
) -> None:
    assert goalsmith(*words, "--store", store).code == 2
    with open_store(store) as opened:
        assert opened.runs() == ()  # above all, no run that a worker would carry out


def test_a_terminal_without_such_characters_is_told_in_others(store: str, tmp_path: Path) -> None:
    words = (sys.executable, "-m", "goalsmith.cli", *RUN, "--store", store)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "\\u2713" in done.stdout  # a tick
    with open_store(store) as opened:
        assert [row.outcome for row in opened.runs()] == ["reached"]


def test_a_run_goes_on_where_its_story_cannot_be_told(store: str, tmp_path: Path) -> None:
    """The reader of a pipe goes away."""
    words = (sys.executable, "-m", "goalsmith.cli", *RUN, "--step-delay", "0.5", "--store", store)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        words,
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        begun(store, 1)
        running.stdout.close()
        said = running.stderr.read()
        running.wait(timeout=PATIENCE)
    assert "the run goes on untold" in said
    assert running.returncode == 0
    with open_store(store) as opened:
        assert [row.outcome for row in opened.runs()] == ["reached"]


def test_a_wait_for_another_driver_is_ended_by_ctrl_c(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--detach", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        opened.take_lease(row.id, "somebody-else", HOUR)
        with process(store, "resume", "--lease", str(HOUR)) as waiting:
            assert waiting.stderr is not None
            while "somebody-else drives run" not in waiting.stderr.readline():
                assert waiting.poll() is None
            waiting.send_signal(signal.SIGINT)
            waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 130


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
        running.communicate(timeout=PATIENCE)
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
        working.communicate(timeout=PATIENCE)
    assert working.returncode == 0
    hurried(store)
    with open_store(store) as opened:
        left = opened.run(row.id)
        assert (left.status, left.owner) == (RunStatus.RUNNING, "")
        assert goalsmith("resume", "--store", store).code == 0
        assert {act.asked for act in opened.acts(row.id)} == {1}


def test_a_journal_that_a_later_version_wrote_is_told(goalsmith: Terminal, store: str) -> None:
    goalsmith(*RUN, "--detach", "--store", store)
    with open_store(store) as opened:
        [row] = opened.runs()
        lease = opened.take_lease(row.id, "later", HOUR)
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
        assert running.wait(timeout=PATIENCE) == code
    os.close(ours)
    assert b"carry plan 1 out?" in said
    assert status in goalsmith("runs", "--store", store).out


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""  # the other end was closed
