"""`goalsmith revise`: another goal for a run that goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tasks
import typer
from endpoint import says, serving
from processes import eventually
from test_cli import Result, Terminal, goalsmith

from goalsmith.commands.driving import entries_of
from goalsmith.domains.reader import read_condition, read_task
from goalsmith.execute import Simulator
from goalsmith.execute.durable import RunSettings, Simulated, submit
from goalsmith.execute.journal.events import GoalChanged
from goalsmith.execute.journal.revision import Change, revisions
from goalsmith.execute.store import RunStatus, open_store

__all__ = ["goalsmith"]  # the fixture

RUN = ("run", "put blue on red", "--domain", "blocksworld", "--offline")
NEW = "(on blue green)"


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.sqlite"


@pytest.fixture
def run(goalsmith: Terminal, store: str) -> str:
    """The id of a run that nobody drives yet."""
    result = goalsmith(*RUN, "--detach", "--store", store, "--json")
    begun = result.json["run"]
    assert isinstance(begun, dict)
    return str(begun["id"])


def messages(store: str, run: str) -> list[tuple[str, object]]:
    with open_store(store) as opened:
        return [(message.kind, message.body) for message in opened.messages(run)]


def ended_in(store: str, run: str, *facts: str) -> bool:
    """Whether a run has reached a goal of these facts, in the world and not only by its word."""
    with open_store(store) as opened:
        row, given = opened.run(run), opened.given(run)
        world = opened.simulation(run)
        events = [entry.event for entry in entries_of(opened, row)]
    assert row.outcome == "reached"
    assert world is not None
    task = read_task(given.domain_pddl, given.problem_pddl)
    simulator = Simulator(task)
    assert isinstance(world.snapshot, dict)
    simulator.restore(world.snapshot)
    true = set(map(str, simulator.observe().atoms))
    goals = [event.goal for event in events if isinstance(event, GoalChanged)]
    wanted = read_condition(f"(and {' '.join(facts)})" if len(facts) > 1 else facts[0], task)
    return goals[-1] == wanted and set(facts) <= true


def test_a_run_is_given_another_goal_and_reaches_it(
    goalsmith: Terminal, store: str, run: str
) -> None:
    sent = goalsmith("revise", run[:6], "put blue on green", "--offline", "--store", store)
    assert sent.code == 0
    assert "the goal was: blue is on red" in sent.err
    assert "the new goal: blue is on green" in sent.err
    assert f"goalsmith resume {run[:6]}" in sent.err
    resumed = goalsmith("resume", run, "--store", store)
    assert resumed.code == 0
    assert ended_in(store, run, NEW)
    assert "the goal is now (on blue green)" in resumed.out
    [line] = [line for line in resumed.out.splitlines() if "plan 2: " in line]
    with open_store(store) as opened:
        events = [entry.event for entry in entries_of(opened, opened.run(run))]
    [revision] = revisions(events)
    for change in (Change.KEPT, Change.ADDED, Change.DROPPED):
        assert f"{change} {len(revision.steps(change))}" in line
    assert "added 1 (put blue on green)" in line
    assert "dropped 1 (put blue on red)" in line


def test_a_run_that_was_paused_amid_its_steps_keeps_what_it_has_done(
    goalsmith: Terminal, store: str
) -> None:
    command = [sys.executable, "-P", "-m", "goalsmith.cli", *RUN, "--step-delay", "1"]
    with subprocess.Popen([*command, "--store", store], stdout=subprocess.DEVNULL) as driving:
        with open_store(store) as opened:
            assert eventually(lambda: any(r.entries > 5 for r in opened.runs()), seconds=120)
            run = opened.runs()[0].id
        driving.send_signal(2)
        driving.wait(timeout=120)
    with open_store(store) as opened:
        assert opened.run(run).status is RunStatus.PAUSED
        done = [act.key for act in opened.acts(run)]
    goalsmith("revise", run, "(on blue green)", "--store", store)
    sent = goalsmith("revise", run, "put green on red", "--amend", "--store", store, "--json")
    assert sent.json["before"] == "blue is on green"
    assert sent.json["goal"] == "(and (on blue green) (on green red))"
    said = goalsmith("revise", run, "put red on blue", "--offline", "--store", store)
    assert "worker" not in said.err, "workers leave alone what is paused"
    assert goalsmith("resume", run, "--store", store).code == 0
    assert ended_in(store, run, "(on red blue)")
    with open_store(store) as opened:
        acts = opened.acts(run)
    assert [act.key for act in acts][: len(done)] == done
    assert {act.asked for act in acts} == {1}


def test_a_run_that_somebody_drives_takes_it_up_before_its_next_step(
    goalsmith: Terminal, store: str, run: str
) -> None:
    with open_store(store) as opened:
        lease = opened.take_lease(run, "somebody-else", 60)
        sent = goalsmith("revise", run, NEW, "--store", store)
        assert "before its next step, as soon as somebody-else sees it" in sent.err
        assert lease is not None
        opened.release_lease(lease)
    assert goalsmith("resume", run, "--store", store).code == 0
    assert ended_in(store, run, NEW)


def test_a_run_under_review_is_asked_about_its_new_plan(goalsmith: Terminal, store: str) -> None:
    waiting = goalsmith(*RUN, "--approve", "--store", store, "--json")
    begun = waiting.json["run"]
    assert isinstance(begun, dict)
    assert goalsmith("revise", begun["id"], NEW, "--store", store).code == 0
    again = goalsmith("resume", begun["id"], "--store", store)
    assert again.code == 51
    assert "plan 2 waits for review" in again.out
    assert goalsmith("approve", begun["id"], "--store", store).code == 0
    assert goalsmith("resume", begun["id"], "--store", store).code == 0
    assert ended_in(store, begun["id"], NEW)


def test_a_change_of_the_goal_is_one_of_the_goal_that_was_sent_last(
    goalsmith: Terminal, store: str, run: str
) -> None:
    goalsmith("revise", run, "put blue on green", "--offline", "--store", store)
    amend = ("revise", run, "put red on blue", "--amend", "--offline", "--store", store, "--json")
    changed = goalsmith(*amend).json
    assert changed["goal"] == "(and (on blue green) (on red blue))"
    assert changed["before"] == "blue is on green"
    assert changed["said"] == "blue is on green and red is on blue"
    assert messages(store, run)[1] == ("new-goal", {"goal": changed["goal"]})
    assert goalsmith("resume", run, "--store", store).code == 0
    assert ended_in(store, run, "(on blue green)", "(on red blue)")


PROBLEM = """; a comment
(define (problem other) (:domain blocksworld)
  (:objects OBJECTS - block)
  (:init (arm-empty)) (:goal (on blue green)))
"""


@pytest.mark.parametrize(
    "text",
    ["(on blue green)", "; (define\n(on BLUE green)", PROBLEM.replace("OBJECTS", "green red blue")],
)
def test_a_goal_is_read_from_a_file(goalsmith: Terminal, store: str, run: str, text: str) -> None:
    file = goalsmith.file("goal.pddl", text)
    assert goalsmith("revise", run, "--pddl", file, "--store", store).code == 0
    assert messages(store, run) == [("new-goal", {"goal": NEW})]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["make me a coffee"], 50, "were not understood"),
        (["(on blu green)"], 30, "did you mean `blue`?"),
        (["(on blue green"], 30, "error"),
        (["(onto blue green)"], 30, "unknown predicate"),
        ([], 30, "say the new goal"),
        (["put blue on green", "--pddl", "goal.pddl"], 30, "one of them"),
        (["(on blue green)", "--amend"], 30, "--amend needs a change of the goal in English"),
        (["--pddl", "goal.pddl", "--amend"], 30, "--amend needs"),
        (["--pddl", "goal.pddl"], 30, "goal.pddl has other objects than the run: `red`"),
        (["--pddl", "missing.pddl"], 30, "missing.pddl"),
    ],
)
def test_a_goal_that_cannot_be_read_is_refused_with_the_reason(
    goalsmith: Terminal, store: str, run: str, words: list[str], code: int, message: str
) -> None:
    goalsmith.file("goal.pddl", PROBLEM.replace("OBJECTS", "green blue"))
    result = goalsmith("revise", run, *words, "--offline", "--store", store)
    assert result.code == code
    assert message in result.err
    assert messages(store, run) == []


def test_a_run_that_is_over_takes_no_goal(goalsmith: Terminal, store: str, run: str) -> None:
    assert goalsmith("resume", run, "--store", store).code == 0
    result = goalsmith("revise", run, "make me a coffee", "--offline", "--store", store)
    assert result.code == 30
    assert "has ended (reached), and takes no other goal" in result.err


def test_a_goal_out_of_reach_ends_the_run_with_the_reason(
    goalsmith: Terminal, store: str, run: str
) -> None:
    goal = "(and (on blue green) (on green blue))"
    assert goalsmith("revise", run, goal, "--store", store).code == 0
    resumed = goalsmith("resume", run, "--store", store)
    assert resumed.code == 60
    assert "cannot be reached from here" in resumed.out


def test_at_a_terminal_it_is_asked_before_it_is_sent(
    goalsmith: Terminal, store: str, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(text: str, **_: object) -> bool:
        asked.append(text)
        return len(asked) > 1

    class Keyboard:
        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setattr(typer, "confirm", answer)
    monkeypatch.setattr(sys, "stdin", Keyboard)
    revise = ("revise", run, NEW, "--store", store)
    refused = goalsmith(*revise)
    assert refused.code == 1
    assert "nothing was sent" in refused.err
    assert messages(store, run) == []
    assert goalsmith(*revise).code == 0
    assert len(asked) == 2
    assert goalsmith(*revise, "--yes").code == 0
    assert goalsmith(*revise, "--json").code == 0
    assert len(asked) == 2
    assert len(messages(store, run)) == 3


def test_a_model_reads_free_english(
    goalsmith: Terminal, store: str, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with serving([says(NEW)]) as server:
        options = ("--model", "loopback-1", "--base-url", server.url, "--store", store)
        result: Result = goalsmith("revise", run, "I changed my mind!", *options, "--json")
    assert result.code == 0, result.err
    assert result.json["goal"] == NEW
    translation = result.json["translation"]
    assert isinstance(translation, dict)
    assert translation["method"] == "loopback-1"
    [request] = server.requests
    assert "I changed my mind!" in str(request)


def test_a_goal_is_read_against_the_domain_of_the_run_even_if_it_is_nowhere_else(
    goalsmith: Terminal, store: str
) -> None:
    task = tasks.towers("(on a b)")
    with open_store(store) as opened:
        run = submit(opened, task, None, RunSettings()).id
    assert goalsmith("revise", run, "(on b a)", "--store", store).code == 0
    assert messages(store, run) == [("new-goal", {"goal": "(on b a)"})]


def test_a_domain_of_ones_own_is_told_and_revised_in_its_own_words(
    goalsmith: Terminal, store: str
) -> None:
    examples = Path(__file__).resolve().parent.parent / "examples"
    domain = goalsmith.file("domain.pddl", (examples / "courier.pddl").read_text(encoding="utf-8"))
    goalsmith.file("wording.toml", (examples / "courier.toml").read_text(encoding="utf-8"))
    begun = goalsmith(
        *("run", "--domain", domain, "--problem", examples / "delivery.pddl"),
        *("--detach", "--store", store),
    )
    assert begun.code == 0
    sent = goalsmith("revise", "latest", "(in letter lab)", "--store", store)
    assert sent.code == 0
    assert "the new goal: the letter is in the lab" in sent.err
    sent = goalsmith(
        *("revise", "latest", "the letter is in the office", "--offline", "--store", store)
    )
    assert sent.code == 0, sent.err
    resumed = goalsmith("resume", "latest", "--store", store)
    assert "have the robot put the letter down in the office" in resumed.out
    page = Path(domain).with_name("run.html")
    assert goalsmith("view", "latest", "--html", page, "--store", store).code == 0
    assert "have the robot put the letter down in the office" in page.read_text(encoding="utf-8")


def test_a_kept_wording_that_no_longer_fits_keeps_no_run_from_going_on(
    goalsmith: Terminal, store: str
) -> None:
    task = tasks.towers("(on a b)")
    with open_store(store) as opened:
        settings = RunSettings(simulator=Simulated(), wording="[predicates.gone]\nsay = 'x'")
        run = submit(opened, task, None, settings).id
    assert goalsmith("resume", run, "--store", store).code == 0
