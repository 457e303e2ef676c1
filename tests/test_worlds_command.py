"""What is remembered of worlds, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import Terminal, goalsmith
from test_execute_memory import DONE, LIFT, NOTHING_DONE, PILE, begun, recorded, step

from goalsmith.execute.memory import remember
from goalsmith.execute.store import open_store

__all__ = ["goalsmith"]  # the fixture


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store that knows a world in which all went well, and one in which (lift a) never works."""
    url = f"sqlite:///{tmp_path}/runs.sqlite"
    with open_store(url) as store:
        remember(store, recorded(store, *begun(), *step(1, LIFT), *step(2, PILE), DONE))
        stuck = [event for n in (1, 2, 3) for event in step(n, LIFT, False, NOTHING_DONE)]
        remember(store, recorded(store, *begun(), *stuck, world="attic"))
    return url


def test_worlds_are_listed(goalsmith: Terminal, url: str) -> None:
    lines = goalsmith("worlds", "--store", url).out.splitlines()
    assert [line.split()[0] for line in lines] == ["world", "attic", "lab"]
    assert lines[1].split()[-3:] == ["7", "1", "0"]
    assert lines[2].split()[-3:] == ["6", "2", "1"]
    worlds = goalsmith("worlds", "--store", url, "--json").json["worlds"]
    assert isinstance(worlds, list)
    assert [(w["name"], w["facts"]) for w in worlds] == [("attic", 7), ("lab", 6)]


def test_without_worlds_it_is_said_how_to_have_one(goalsmith: Terminal, tmp_path: Path) -> None:
    result = goalsmith("worlds", "--store", f"sqlite:///{tmp_path}/empty.sqlite")
    assert result.code == 0
    assert "goalsmith run --world NAME" in result.err


def test_what_is_remembered_of_a_world_is_shown(goalsmith: Terminal, url: str) -> None:
    lines = goalsmith("worlds", "show", "lab", "--store", url).out.splitlines()
    assert lines[0].startswith("lab  domain towers, observed ")
    assert any(line.startswith("(on a b) ") and " seen " in line for line in lines)
    assert any(line.startswith("(pile a b) ") and "worked 1, failed 0" in line for line in lines)
    assert any(line.startswith("goal (on a b) ") and "reached 1" in line for line in lines)
    attic = goalsmith("worlds", "show", "attic", "--store", url).out
    assert "worked 0, failed 3" in attic
    assert "planned around; stuck" in attic


def test_what_is_remembered_of_a_world_is_told_as_data(goalsmith: Terminal, url: str) -> None:
    told = goalsmith("worlds", "show", "attic", "--store", url, "--json").json
    assert told["world"] == "attic"
    assert told["goals"] == []
    facts, steps = told["facts"], told["steps"]
    assert isinstance(facts, list)
    assert isinstance(steps, list)
    assert {"fact": "(free)", "value": True, "source": "seen"}.items() <= facts[3].items()
    [lift] = steps
    assert (lift["step"], lift["failed"], lift["avoided"]) == ("(lift a)", 3, True)


def test_facts_are_set_and_forgotten(goalsmith: Terminal, url: str) -> None:
    said = goalsmith("worlds", "set", "lab", "(on b c)", "--store", url)
    assert (said.code, said.err) == (0, "lab: (on b c) holds\n")
    goalsmith("worlds", "set", "lab", "on a b", "--false", "--store", url)
    shown = goalsmith("worlds", "show", "lab", "--store", url).out
    assert "(on b c)" in shown
    assert "(not (on a b))" in shown
    assert "told" in shown
    gone = goalsmith("worlds", "forget", "lab", "(pile a b)", "--store", url, "--json")
    assert gone.json["forgotten"] == ["(pile a b)"]
    assert goalsmith("worlds", "forget", "lab", "--store", url).err == "forgotten: lab\n"
    assert "lab" not in goalsmith("worlds", "--store", url).out


def test_what_is_not_known_is_told(goalsmith: Terminal, url: str) -> None:
    for words in (("show", "lob"), ("forget", "lob"), ("set", "lab", "(onn a b)")):
        result = goalsmith("worlds", *words, "--store", url)
        assert result.code == 30
        assert "did you mean" in result.err


@pytest.mark.parametrize("command", ["show", "set", "forget"])
def test_every_command_about_worlds_has_an_example(goalsmith: Terminal, command: str) -> None:
    result = goalsmith("worlds", command, "--help")
    assert result.code == 0
    assert f"Example: goalsmith worlds {command}" in " ".join(result.out.split())
    assert "--json" in result.out


def test_a_run_begins_where_the_one_before_left_its_world(
    goalsmith: Terminal, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path}/runs.sqlite"
    run = ("run", "put blue on red", "--domain", "blocksworld", "--problem", "p1", "--json")
    first = goalsmith(*run, "--world", "den", "--store", store)
    assert first.code == 0
    steps = len(json.loads(first.out)["run"]["steps"])
    assert steps
    second = goalsmith(*run, "--world", "den", "--store", store)
    assert second.code == 0
    assert "as den was left" in second.err
    assert json.loads(second.out)["run"]["steps"] == []
    elsewhere = goalsmith(*run, "--world", "attic", "--store", store)
    assert len(json.loads(elsewhere.out)["run"]["steps"]) == steps
    shown = goalsmith("worlds", "show", "den", "--store", store)
    assert "(on blue red)" in shown.out
