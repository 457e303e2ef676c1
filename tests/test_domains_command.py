"""`goalsmith domains`: the library listed and shown, problems generated, wordings begun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_cli import Terminal, goalsmith
from test_library import DOMAIN, PROBLEM, install, package, site

from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import load_domain, load_task
from goalsmith.domains.wording import default_wording, read_wording
from goalsmith.solve import solve

__all__ = ["goalsmith", "site"]  # fixtures

BAD_INPUT = Outcome.BAD_INPUT.exit_code


def files_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_every_domain_is_listed_with_the_ranges_of_its_sizes(goalsmith: Terminal) -> None:
    result = goalsmith("domains")
    assert result.code == 0
    assert result.err == ""
    header, *lines = result.out.splitlines()
    assert header.split() == ["domain", "what", "it", "is", "instances", "sizes"]
    assert tuple(line.split()[0] for line in lines) == names()
    assert any(line.endswith("blocks 2–200") for line in lines)


def test_the_list_as_json_has_sizes_in_full(goalsmith: Terminal) -> None:
    result = goalsmith("domains", "--json").json
    assert result["problems"] == []
    domains = result["domains"]
    assert isinstance(domains, list)
    assert [d["name"] for d in domains] == list(names())
    [blocks] = [d for d in domains if d["name"] == "blocksworld"]
    assert blocks["sizes"] == [
        {"name": "blocks", "default": 6, "low": 2, "high": 200, "meaning": "blocks in all"}
    ]


@pytest.mark.parametrize("words", [["satellite"], ["show", "satellite"]])
def test_a_domain_is_shown_by_its_name(goalsmith: Terminal, words: Sequence[str]) -> None:
    result = goalsmith("domains", *words)
    assert result.code == 0
    assert result.out.startswith("Satellites\n")
    assert "{satellite} carries {instrument}" in result.out
    assert "take an image of jupiter in infrared" in result.out
    assert "1–100, else 4" in result.out


@pytest.mark.parametrize("words", [["rovers", "--json"], ["--json", "rovers"]])
def test_a_domain_is_shown_as_json(goalsmith: Terminal, words: Sequence[str]) -> None:
    fields = goalsmith("domains", *words).json
    assert fields["name"] == "rovers"
    assert isinstance(fields["pddl"], str)
    assert fields["pddl"].startswith("(define (domain rovers)")
    assert isinstance(fields["actions"], dict)
    assert fields["actions"]["drive"] == "drive {rover} from {from} to {to}"


def test_a_folder_of_ones_own_is_shown(goalsmith: Terminal) -> None:
    (goalsmith.folder / "mine").mkdir()
    goalsmith.file("mine/domain.pddl", DOMAIN)
    goalsmith.file("mine/p1.pddl", PROBLEM)
    result = goalsmith("domains", "mine")
    assert result.code == 0
    assert "{lamp} is lit" in result.out
    assert "sizes" not in result.out


@pytest.mark.parametrize("word", ["gripers", "genrate"])
def test_a_word_that_is_no_command_and_no_domain_is_refused(goalsmith: Terminal, word: str) -> None:
    result = goalsmith("domains", word)
    assert result.code == BAD_INPUT
    assert f"the library has no domain `{word}`" in result.err
    assert goalsmith("domains", word, "--json").json["outcome"] == "bad-input"


@pytest.mark.parametrize("command", [[], ["show"], ["generate"], ["init"]])
def test_the_help_gives_an_example(goalsmith: Terminal, command: list[str]) -> None:
    result = goalsmith("domains", *command, "--help")
    assert result.code == 0
    assert "Example: goalsmith domains" in result.out


def test_a_problem_is_generated_with_its_domain(goalsmith: Terminal) -> None:
    result = goalsmith(
        "domains", "generate", "depots", "--size", "crates=2", "--size", "places=2", "--seed", "3",
        "-o", "new/depots",
    )  # fmt: skip
    assert result.code == 0
    assert result.out == ""
    assert result.err == "1 problem written to new/depots\n"
    folder = goalsmith.folder / "new" / "depots"
    assert files_in(folder) == ["domain.pddl", "problem.pddl"]
    task = load_task(folder / "domain.pddl", folder / "problem.pddl")
    library = bundled("depots")
    assert task == Task(library.domain, library.generate(3, crates=2, places=2))
    assert solve(task).outcome is Outcome.SOLVED


def test_several_problems_are_generated_from_seeds_in_a_row(goalsmith: Terminal) -> None:
    result = goalsmith("domains", "generate", "gripper", "--seed", "7", "--count", "3", "--json")
    assert result.json["problems"] == [
        {"seed": 7, "file": "gripper/p01.pddl"},
        {"seed": 8, "file": "gripper/p02.pddl"},
        {"seed": 9, "file": "gripper/p03.pddl"},
    ]
    assert result.json["sizes"] == {"balls": 6, "rooms": 3, "grippers": 2}
    folder = goalsmith.folder / "gripper"
    assert files_in(folder) == ["domain.pddl", "p01.pddl", "p02.pddl", "p03.pddl"]
    assert load_task(folder / "domain.pddl", folder / "p03.pddl").problem == bundled(
        "gripper"
    ).generate(9)


def test_nothing_is_overwritten_unless_forced(goalsmith: Terminal) -> None:
    command = ("domains", "generate", "gripper", "-o", "g")
    assert goalsmith(*command, "--seed", "1").code == 0
    problem = goalsmith.folder / "g" / "problem.pddl"
    before = problem.read_text(encoding="utf-8")
    refused = goalsmith(*command, "--seed", "2")
    assert refused.code == BAD_INPUT
    assert "g/problem.pddl would be overwritten: say --force" in refused.err
    assert problem.read_text(encoding="utf-8") == before
    # The same again changes nothing, and so is no overwriting.
    assert goalsmith(*command, "--seed", "1").code == 0
    assert goalsmith(*command, "--seed", "2", "--force").code == 0
    assert problem.read_text(encoding="utf-8") != before
    assert files_in(problem.parent) == ["domain.pddl", "problem.pddl"]


def test_where_one_file_is_in_the_way_none_is_written(goalsmith: Terminal) -> None:
    (goalsmith.folder / "g").mkdir()
    goalsmith.file("g/p02.pddl", "mine")
    result = goalsmith("domains", "generate", "gripper", "--count", "2", "-o", "g")
    assert result.code == BAD_INPUT
    assert files_in(goalsmith.folder / "g") == ["p02.pddl"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["block=3"], "unknown size `block`: did you mean `blocks`"),
        (["blocks=1"], "blocks (blocks in all) must be from 2 to 200, not 1"),
        (["blocks=-5"], "must be from 2 to 200, not -5"),
        (["blocks"], "`--size blocks`: NAME=NUMBER is expected"),
        (["blocks=many"], "`--size blocks=many`: NAME=NUMBER is expected"),
        (["blocks=2.5"], "a whole number"),
        (["blocks=" + "9" * 5000], "a whole number"),
        (["=3"], "NAME=NUMBER is expected"),
        (["blocks=3", "blocks=4"], "the size `blocks` is set twice"),
    ],
)
def test_a_wrong_size_is_explained(goalsmith: Terminal, settings: list[str], message: str) -> None:
    words = [word for setting in settings for word in ("--size", setting)]
    result = goalsmith("domains", "generate", "blocksworld", *words)
    assert result.code == BAD_INPUT
    assert message in result.err
    assert files_in(goalsmith.folder) == []


def test_a_folder_without_a_generator_cannot_generate(goalsmith: Terminal) -> None:
    goalsmith.file("domain.pddl", DOMAIN)
    result = goalsmith("domains", "generate", ".", "-o", "new")
    assert result.code == BAD_INPUT
    assert "has no generator of problems" in result.err


def test_a_file_in_the_place_of_the_folder_is_an_error(goalsmith: Terminal) -> None:
    goalsmith.file("taken", "")
    result = goalsmith("domains", "generate", "gripper", "-o", "taken")
    assert result.code == BAD_INPUT
    assert "taken cannot be made" in result.err


def test_a_wording_is_begun_beside_its_domain(goalsmith: Terminal) -> None:
    file = goalsmith.file("lamps.pddl", DOMAIN)
    result = goalsmith("domains", "init", file)
    assert result.code == 0
    assert result.err.startswith("predicates: 1, actions: 1; ")
    text = (goalsmith.folder / "wording.toml").read_text(encoding="utf-8")
    domain = load_domain(file)
    assert read_wording(text, domain) == default_wording(domain)
    assert goalsmith("domains", "init", file).code == 0
    (goalsmith.folder / "wording.toml").write_text(text + "# mine\n", encoding="utf-8")
    refused = goalsmith("domains", "init", file)
    assert refused.code == BAD_INPUT
    assert "--force" in refused.err
    assert goalsmith("domains", "init", file, "--force").code == 0


def test_a_wording_is_begun_in_a_file_of_choice(goalsmith: Terminal) -> None:
    file = goalsmith.file("lamps.pddl", DOMAIN)
    result = goalsmith("domains", "init", file, "-o", "lamps.toml", "--json")
    assert result.json["file"] == "lamps.toml"
    assert result.json["predicates"] == ["lit"]
    assert result.json["actions"] == ["light"]
    assert files_in(goalsmith.folder) == ["lamps.pddl", "lamps.toml"]


def test_a_wording_of_what_is_no_domain_is_refused(goalsmith: Terminal) -> None:
    result = goalsmith("domains", "init", goalsmith.file("lamps.pddl", "(define (domain"))
    assert result.code == BAD_INPUT
    assert files_in(goalsmith.folder) == ["lamps.pddl"]


def test_what_is_wrong_with_installed_domains_is_told_beside_the_list(
    site: Path, goalsmith: Terminal
) -> None:
    package(site, "lamps_to_list")
    install(
        site,
        "lamps",
        {"lamps": "lamps_to_list", "gripper": "lamps_to_list", "gone": "no_such_package"},
    )
    result = goalsmith("domains")
    assert result.code == 0
    assert "\nlamps " in result.out
    assert "the domain `gripper` of lamps (package lamps_to_list) is not used" in result.err
    assert "the domain `gone` of lamps (package no_such_package) is broken" in result.err
    problems = goalsmith("domains", "--json").json["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 2
    assert "{lamp} is lit" in goalsmith("domains", "lamps").out
    assert goalsmith("domains", "gone").code == BAD_INPUT
