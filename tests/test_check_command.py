"""`goalsmith check`: one task, or every file by itself; for people, programs and pull requests."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from goalsmith.cli import main
from goalsmith.commands.annotations import annotation
from goalsmith.domains.diagnostics import Diagnostic, Position

ROOT = Path(__file__).resolve().parent.parent

DOMAIN = """; (define (problem in-a-comment)
(define (domain lamp) (:predicates (on) (plugged))
  (:action switch :parameters () :precondition (plugged) :effect (on)))"""
PROBLEM = "(define (problem p) (:domain lamp) (:init (plugged)) (:goal (on)))"
WRONG = "(define (problem q) (:domain lamp) (:init (pluged)) (:goal (on)))"


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def goalsmith(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line: exit code, output, errors."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["goalsmith", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        code = left.value.code
        return code if isinstance(code, int) else 0, captured.out, captured.err

    return run


@pytest.fixture
def lamps(tmp_path: Path) -> Path:
    (tmp_path / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "p1.pddl").write_text(PROBLEM, encoding="utf-8")
    (tmp_path / "p2.pddl").write_text(WRONG, encoding="utf-8")
    return tmp_path


def test_annotations_are_lines_that_github_reads(goalsmith: Command, lamps: Path) -> None:
    domain, problem = lamps / "domain.pddl", lamps / "p2.pddl"
    code, out, _ = goalsmith("check", domain, problem, "--format", "github")
    assert code == 30
    line = next(line for line in out.splitlines() if "pluged" in line)
    assert line.startswith(f"::error file={problem},title=unknown-predicate,line=1,col=")
    assert "%0Adid you mean `plugged`?" in line
    assert all(line.startswith("::") for line in out.splitlines())


def test_what_would_end_a_field_of_an_annotation_is_escaped() -> None:
    finding = Diagnostic("odd", "50% of\nit", "note", "a:b,c.pddl", Position(3, 4, 9))
    assert annotation(finding) == (
        "::notice file=a%3Ab%2Cc.pddl,title=odd,line=3,col=4::50%25 of it"
    )


def test_each_file_is_checked_with_the_domain_beside_it(goalsmith: Command, lamps: Path) -> None:
    code, out, _ = goalsmith("check", "--each", *sorted(lamps.iterdir()), "--format", "json")
    assert code == 30
    found = json.loads(out)["findings"]
    assert {Path(each["file"]).name for each in found if each["severity"] == "error"} == {"p2.pddl"}
    assert goalsmith("check", "--each", lamps / "p1.pddl", lamps / "domain.pddl")[0] == 0


def test_a_domain_of_another_name_is_found_by_what_it_defines(
    goalsmith: Command, lamps: Path
) -> None:
    (lamps / "domain.pddl").rename(lamps / "lamp-world.pddl")
    assert goalsmith("check", "--each", lamps / "p1.pddl")[0] == 0
    (lamps / "lamp-world.pddl").unlink()
    code, out, _ = goalsmith("check", "--each", lamps / "p1.pddl")
    assert code == 30
    assert "there is no domain beside" in out
    assert "`lamp`" in out


def test_a_file_that_cannot_be_read_does_not_keep_others_from_being_checked(
    goalsmith: Command, lamps: Path
) -> None:
    torn, gone = lamps / "a.pddl", lamps / "gone.pddl"
    torn.write_bytes(b"(define \xff")
    files = [torn, gone, lamps / "p2.pddl"]
    code, out, err = goalsmith("check", "--each", *files, "--format", "github")
    assert (code, err) == (30, "")
    lines = [line for line in out.splitlines() if line.startswith("::error ")]
    assert [line.partition(",")[0] for line in lines] == [f"::error file={f}" for f in files]
    assert "title=not-checked::" in lines[0]
    assert "not UTF-8" in lines[0]


def test_three_files_are_not_checked_together(goalsmith: Command, lamps: Path) -> None:
    code, _, err = goalsmith("check", *sorted(lamps.iterdir()))
    assert code == 30
    assert "--each" in err


def test_the_hook_for_pre_commit_runs_a_command_that_there_is(
    goalsmith: Command, lamps: Path
) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *words = hook["entry"].split()
    assert program == "goalsmith"
    assert hook["types_or"] == ["text"]
    assert goalsmith(*words, lamps / "p1.pddl")[0] == 0
    assert goalsmith(*words, lamps / "p2.pddl")[0] == 30
