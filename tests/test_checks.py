"""Checks: what is found and what is not, exactly as printed; no false error on real files."""

import json
import random
import re
import sys
import time
from pathlib import Path

import pytest
from golden_files import near_misses, parts_of
from ipc import QUICK, SLOW, Instance

from goalsmith.cli import main
from goalsmith.domains.checks import CODES, check_domain, check_task
from goalsmith.domains.diagnostics import MAX_FINDINGS, Diagnostic
from goalsmith.domains.formula import Atom
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reachability import Reachability
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics

GOLDEN = Path(__file__).with_name("golden_checks")
EXAMPLES = sorted(GOLDEN.glob("*.txt"))
CODE_FILES = sorted((GOLDEN.parent.parent / "domains" / "checks").glob("*.py"))
TEXTS = ("domain", "problem")
OF_THE_CHECKS = {"more", "unfinished"}
"""Codes that only large texts show. Tests below have them both ways."""


def findings_of(parts: dict[str, str]) -> tuple[Diagnostic, ...]:
    if "problem" in parts:
        return check_task(parts["domain"], parts["problem"])
    return check_domain(parts["domain"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_gives_the_findings_in_its_golden_file(path: Path) -> None:
    parts = parts_of(path)
    rendered = "".join(f"{d.render()}\n" for d in findings_of(parts))
    assert rendered == parts["findings"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_finding_stands_at_the_words_that_it_quotes(path: Path) -> None:
    parts = parts_of(path)
    for each in findings_of(parts):
        if each.position and each.code in CODES:
            text = parts[each.source.strip("<>")]
            start = each.position.offset
            quoted = text[start : start + each.length]
            assert text.splitlines()[each.position.line - 1][each.position.column - 1 :] != ""
            assert quoted.count("(") == quoted.count(")")
            assert each.found == " ".join(quoted.split("\n"))


@pytest.mark.parametrize(
    ("path", "code", "words", "others"),
    near_misses(EXAMPLES),
    ids=[f"{path.stem}-{code}" for path, code, *_ in near_misses(EXAMPLES)],
)
def test_what_is_mended_is_not_reported(path: Path, code: str, words: str, others: str) -> None:
    parts = parts_of(path)
    assert sum(text.count(words) for kind, text in parts.items() if kind in TEXTS) == 1
    before = [d.code for d in findings_of(parts)]
    mended = {kind: text.replace(words, others) for kind, text in parts.items()}
    after = findings_of(mended)
    assert [d.code for d in after].count(code) < before.count(code)
    assert {d.code for d in after} <= {*before, *CODES}, "what is mended has faults of its own"


def test_every_code_that_a_rule_reports_is_in_the_table() -> None:
    texts = "".join(p.read_text(encoding="utf-8") for p in CODE_FILES if p.name != "codes.py")
    reported = set(re.findall(r'\bfinding\(\s*"([a-z-]+)"', texts)) | {"more"}
    assert reported == set(CODES)


def test_every_code_is_found_in_some_example_and_has_a_near_miss() -> None:
    found = {d.code for path in EXAMPLES for d in findings_of(parts_of(path))}
    assert set(CODES) - found == OF_THE_CHECKS
    assert set(CODES) - {code for _, code, *_ in near_misses(EXAMPLES)} == OF_THE_CHECKS


def test_a_finding_is_as_grave_as_the_table_says() -> None:
    for path in EXAMPLES:
        for each in findings_of(parts_of(path)):
            if each.code in CODES:
                assert each.severity == CODES[each.code].severity


def test_findings_come_by_text_and_place() -> None:
    parts = parts_of(GOLDEN / "numbers.txt")
    found = check_task(parts["domain"], parts["problem"], "z", "a")
    places = [(d.source, d.position.offset) for d in found if d.position]
    assert len(places) == len(found)
    assert places == sorted(places, key=lambda p: (p[0] == "a", p[1]))
    assert {source for source, _ in places} == {"z", "a"}


def test_a_domain_alone_is_not_reproached_for_what_problems_provide() -> None:
    parts = parts_of(GOLDEN / "one-sided-names.txt")
    assert check_domain(parts["domain"]) == ()


def repeating(times: int) -> tuple[Diagnostic, ...]:
    """The findings about a problem that repeats a fact, and whose goal denies it."""
    facts = "(p a) " * (times + 1)
    domain = """(define (domain d) (:constants a) (:predicates (p ?x) (q ?x))
      (:action a :effect (q a)))"""
    problem = f"(define (problem p) (:domain d) (:init {facts}) (:goal (and (q a) (not (p a)))))"
    return tuple(d for d in check_task(domain, problem) if d.source == "<problem>")


def test_of_very_many_findings_the_gravest_are_shown() -> None:
    found = repeating(299)
    assert len(found) == MAX_FINDINGS + 1
    assert [d.code for d in found if d.severity == "error"] == ["static-goal"]
    assert found[-1].code == "more"


def test_as_many_findings_as_are_shown_leave_nothing_out() -> None:
    found = repeating(MAX_FINDINGS - 2)
    assert len(found) == MAX_FINDINGS
    assert "more" not in {d.code for d in found}


# Reachability

LINE = """(define (domain line) (:requirements :typing) (:types place)
  (:predicates (at ?p - place) (way ?p ?q - place) (seen ?p - place) (lit ?p - place))
  (:action go :parameters (?p ?q - place) :precondition (and (at ?p) (way ?p ?q))
    :effect (and (not (at ?p)) (at ?q)
                 (forall (?x - place) (when (and (= ?x ?q) (lit ?x)) (seen ?x)))))
  (:action hide :parameters (?p - place) :precondition (not (at ?p)) :effect (not (lit ?p)))
  (:action dark :parameters () :precondition (forall (?p - place) (not (lit ?p)))
    :effect (and)))"""


def line(init: str, goal: str = "()") -> str:
    objects = "(:objects a b c - place)"
    return f"(define (problem p) (:domain line) {objects} (:init {init}) (:goal {goal}))"


def test_what_may_become_true_is_reachable_and_nothing_else() -> None:
    task = read_task(LINE, line("(at a) (way a b) (lit b) (lit c)"))
    reachability = Reachability(task)
    assert reachability.reachable(Atom("at", ("b",)))
    assert not reachability.reachable(Atom("at", ("c",)))
    assert reachability.reachable(Atom("seen", ("b",)))
    assert not reachability.reachable(Atom("seen", ("a",)))


def test_a_denial_is_reachable_once_something_deletes_the_atom() -> None:
    moving = Reachability(read_task(LINE, line("(at a) (way a b) (lit a)")))
    assert moving.applicable("dark")  # go from a, then hide a
    stuck = Reachability(read_task(LINE, line("(at a) (lit a)")))
    assert stuck.applicable("hide")
    assert not stuck.applicable("dark")
    assert not stuck.applicable("go")


def test_nothing_is_concluded_from_a_reachability_whose_budget_is_spent() -> None:
    task = read_task(LINE, line("(at a) (way a b)", "(at c)"))
    assert Reachability(task).possible(task.problem.goal) is False
    spent = Reachability(task, budget=1)
    assert not spent.complete
    assert spent.possible(task.problem.goal) is None


def test_a_problem_too_large_to_decide_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reachability.__init__, "__defaults__", (1,))
    found = check_task(LINE, line("(at a) (way a b)", "(at c)"))
    assert [d.code for d in found if d.severity == "error"] == []
    assert [d.code for d in found if d.source == "<problem>"] == ["unfinished"]


def test_a_problem_that_is_decided_is_not_noted() -> None:
    found = check_task(LINE, line("(at a) (way a b)", "(at c)"))
    assert [d.code for d in found if d.source == "<problem>"] == ["unreachable-goal"]


@pytest.mark.parametrize("name", names())
def test_whatever_a_walk_meets_is_reachable(name: str) -> None:
    dice = random.Random(0)
    for instance in bundled(name).instances:
        reachability = Reachability(instance.task)
        semantics = Semantics(instance.task)
        state = semantics.initial_state()
        for _ in range(30):
            steps = list(semantics.applicable_steps(state))
            if not steps:
                break
            assert all(reachability.applicable(step.action) for step in steps)
            state = semantics.apply(state, dice.choice(steps))
            assert all(map(reachability.reachable, state.atoms))


def test_what_is_left_of_a_cut_text_is_checked_without_a_crash() -> None:
    dice = random.Random(1)
    found = set()
    for path in EXAMPLES * 8:
        parts = parts_of(path)
        kind = dice.choice([kind for kind in parts if kind in TEXTS])
        words = re.findall(r"[()]|[^()\s]+|\s+", parts[kind])
        start = dice.randrange(len(words))
        del words[start : start + dice.choice((1, 1, 2, 5))]
        parts[kind] = "".join(words)
        found |= {d.code for d in findings_of(parts)}
    assert len(found) > 20


def test_a_large_contradictory_goal_takes_no_long() -> None:
    atoms = " ".join(f"(p o{i})" for i in range(4000))
    cases = " ".join(f"(or (not (p o{i})) (not (p o{i})))" for i in range(4000))
    objects = " ".join(f"o{i}" for i in range(4000))
    domain = "(define (domain d) (:predicates (p ?x)) (:action a :parameters (?x) :effect (p ?x)))"
    problem = f"(define (problem p) (:domain d) (:objects {objects}) (:init)"
    started = time.process_time()
    check_task(domain, f"{problem} (:goal (and {atoms} {cases})))")
    assert time.process_time() - started < 15


# Real files


@pytest.mark.parametrize("domain", (*QUICK, *SLOW))
def test_a_competition_task_has_no_errors(data: Path, domain: str) -> None:
    for number in (1, 2):
        texts = [p.read_text(encoding="utf-8") for p in Instance(domain, number).files(data)]
        assert [str(d) for d in check_task(*texts) if d.severity == "error"] == []


@pytest.mark.long
@pytest.mark.parametrize("domain", (*QUICK, *SLOW))
def test_a_larger_competition_task_has_no_errors(data: Path, domain: str) -> None:
    for number in (3, 4):
        texts = [p.read_text(encoding="utf-8") for p in Instance(domain, number).files(data)]
        started = time.process_time()
        assert [str(d) for d in check_task(*texts) if d.severity == "error"] == []
        assert time.process_time() - started < 60


def test_no_task_of_the_english_pairs_has_errors(data: Path) -> None:
    lines = (data / "nl" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    for pair in map(json.loads, lines[::10]):
        found = check_task(pair["domain_pddl"], pair["problem_pddl"])
        assert [str(d) for d in found if d.severity == "error"] == []


# The command


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str | Path
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["goalsmith", "check", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    captured = capsys.readouterr()
    return left.value.code, captured.out + captured.err


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    parts = parts_of(GOLDEN / "static-goal.txt")
    for kind in ("domain", "problem"):
        (tmp_path / f"{kind}.pddl").write_text(parts[kind], encoding="utf-8")
    return tmp_path / "domain.pddl", tmp_path / "problem.pddl"


@pytest.mark.parametrize("name", names())
def test_the_bundled_domains_have_no_errors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, said = run(monkeypatch, capsys, name, "p1")
    assert code == 0, said


def test_errors_end_the_command_with_30_and_a_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, said = run(monkeypatch, capsys, *files)
    assert code == 30
    assert f"{files[1]}:5:15: error: the goal cannot be reached" in said
    assert said.splitlines()[-1] == "2 errors"
    code, said = run(monkeypatch, capsys, files[0])
    assert (code, said) == (0, "nothing found\n")


def test_the_json_holds_the_same_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, said = run(monkeypatch, capsys, *files, "--json")
    row = json.loads(said)
    assert (code, row["exit_code"], row["summary"]) == (30, 30, "2 errors")
    assert [(d["code"], d["line"], d["column"]) for d in row["findings"]] == [
        ("static-goal", 5, 15),
        ("static-goal", 5, 31),
    ]


def test_warnings_fail_only_when_the_check_is_strict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "toggles.pddl"
    file.write_text(parts_of(GOLDEN / "opposed-effects.txt")["domain"], encoding="utf-8")
    code, said = run(monkeypatch, capsys, file)
    assert (code, said.splitlines()[-1]) == (0, "2 warnings")
    assert run(monkeypatch, capsys, file, "--strict")[0] == 30


def test_a_folder_is_checked_by_the_names_of_its_instances(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    assert run(monkeypatch, capsys, files[0].parent, "problem")[0] == 30


@pytest.mark.parametrize("words", [("blockswrld",), ("blocksworld", "p99"), ("nowhere.pddl",)])
def test_what_is_not_there_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, said = run(monkeypatch, capsys, *words)
    assert code == 30
    assert said.startswith("error: ")
