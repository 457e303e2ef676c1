"""Right answers spoiled, and what the guards of a translation make of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from goalsmith.benchmarks.translation import (
    CORRUPTIONS,
    Case,
    Corruption,
    Kind,
    Pair,
    guarded,
    read_pairs,
    requirements,
    run_guards,
)
from goalsmith.benchmarks.translation.corruptions import ALWAYS_CAUGHT
from goalsmith.benchmarks.translation.evaluation import EvaluatedMode
from goalsmith.benchmarks.translation.gold import Gold
from goalsmith.benchmarks.translation.pairs import spread
from goalsmith.domains.equivalence import compare
from goalsmith.domains.errors import PddlError
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.translate import read_answer, read_whole

PAIRS = Path(__file__).parent / "golden_bench_translate" / "pairs.jsonl"
BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}
MODES: tuple[EvaluatedMode, ...] = ("goal", "problem")
SEEDS = range(20)


@pytest.fixture
def pairs() -> tuple[Pair, ...]:
    return read_pairs(PAIRS)


def library_pairs(instances: int = 1) -> tuple[Pair, ...]:
    """The first instances of the bundled domains, with the English of their goals."""
    return tuple(
        Pair(f"{name}/{each.name}", "library", name, "", each.goal_text, each.task)
        for name in names()
        for each in bundled(name).instances[:instances]
    )


def _spoiled(corruption: Corruption, pair: Pair, mode: EvaluatedMode, seed: int) -> str | None:
    return corruption.spoil(Gold(pair.gold, mode), Random(seed))


def _read(answer: str, gold: Task, mode: EvaluatedMode) -> Task:
    if mode == "problem":
        return Task(gold.domain, read_whole(answer, gold.domain)[0])
    return gold.with_goal(read_answer(answer, gold))


# How answers are spoiled


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("goal atom dropped", {"(dark a)", "(lit b)"}),
        ("arguments swapped", set()),
        (
            "wrong predicate",
            {
                f"(and {first} {second})"
                for first, second in [
                    ("(lit a)", "(lit b)"),
                    ("(broken a)", "(lit b)"),
                    ("(dark a)", "(dark b)"),
                    ("(dark a)", "(broken b)"),
                ]
            },
        ),
        ("wrong object", {"(and (dark b) (lit b))", "(and (dark a) (lit a))"}),
        ("misnamed object", {"(and (dark aa) (lit b))", "(and (dark a) (lit bb))"}),
        ("argument missing", {"(and (dark) (lit b))", "(and (dark a) (lit))"}),
        (
            "argument of a wrong type",
            {
                f"(and {parts})"
                for room in ("hall", "den")
                for parts in (f"(dark {room}) (lit b)", f"(dark a) (lit {room})")
            },
        ),
        ("empty goal", {"(and )", "(and)"}),
        ("reordered", {"(and (dark a) (lit b))", "(and (lit b) (dark a))"}),
        (
            "double negation",
            {
                f"(and {p})"
                for p in ("(not (not (dark a))) (lit b)", "(dark a) (not (not (lit b)))")
            },
        ),
    ],
)
def test_spoiled_answers_are_what_a_hand_would_write(
    pairs: tuple[Pair, ...], name: str, expected: set[str]
) -> None:
    found = {_spoiled(BY_NAME[name], pairs[6], "goal", seed) for seed in range(60)} - {None}
    stripped = {str(answer).strip().splitlines()[1] for answer in found}
    assert stripped <= expected
    assert bool(stripped) == bool(expected)
    assert len(stripped) > 1 or len(expected) < 2 or name == "empty goal"


def test_a_quantifier_takes_the_place_of_a_full_row(pairs: tuple[Pair, ...]) -> None:
    answer = _spoiled(BY_NAME["forall for a full row"], pairs[1], "goal", 0)
    assert answer == "```pddl\n(forall (?each - lamp) (lit ?each))\n```\n"
    assert _spoiled(BY_NAME["forall for a full row"], pairs[0], "goal", 0) is None


def test_implied_atoms_are_those_of_the_laws(pairs: tuple[Pair, ...]) -> None:
    found = {_spoiled(BY_NAME["implied atoms added"], pairs[5], "goal", seed) for seed in SEEDS}
    none_dark = "(forall (?l - lamp) (not (dark ?l)))"
    assert found == {
        f"```pddl\n(and {none_dark} {more})\n```\n"
        for more in ("(lit a) (lit b)", "(lit b) (lit a)")
    }


def test_a_contradiction_is_one_of_a_mutex_group(pairs: tuple[Pair, ...]) -> None:
    gold = pairs[0].gold
    found = set()
    for seed in SEEDS:
        answer = _spoiled(BY_NAME["initial facts contradictory"], pairs[0], "problem", seed)
        assert answer is not None
        more = set(_read(answer, gold, "problem").problem.init) - set(gold.problem.init)
        found |= {str(atom) for atom in more}
    assert found == {"(lit a)", "(lit b)", "(in a den)", "(in b hall)"}


@pytest.mark.parametrize(
    ("corruption", "mode"),
    [(c, mode) for c in CORRUPTIONS for mode in MODES if mode == "problem" or not c.initial],
    ids=lambda each: getattr(each, "name", each),
)
def test_what_a_kind_says_is_so(corruption: Corruption, mode: EvaluatedMode) -> None:
    """Read without any guard: what cannot be right cannot be read, what says the same compares."""
    made = 0
    for pair in library_pairs():
        answer = _spoiled(corruption, pair, mode, 1)
        if answer is None:
            continue
        made += 1
        if corruption.kind in ALWAYS_CAUGHT:
            with pytest.raises(PddlError):
                _read(answer, pair.gold, mode)
            continue
        task = _read(answer, pair.gold, mode)
        if corruption.kind is Kind.EQUIVALENT:
            verdict = compare(task, pair.gold, up_to_renaming=mode == "problem")
            assert verdict.equal, (pair.id, answer)
    assert made


def test_the_same_seed_makes_the_same_cases(pairs: tuple[Pair, ...]) -> None:
    first = run_guards(pairs[:2], seconds=0).cases
    assert run_guards(pairs[:2], seconds=0).cases == first
    only = [c for c in CORRUPTIONS if c.name == "wrong object"]
    alone = run_guards(pairs[:2], seconds=0, corruptions=only).cases
    assert alone == tuple(case for case in first if case.corruption == "wrong object")


# What becomes of them


def _case(pair: Pair, answer: str, mode: EvaluatedMode = "goal", kind: Kind = Kind.MEANING) -> Case:
    corruption = Corruption("by hand", kind, lambda _gold, _dice: answer)
    (case,) = run_guards([pair], mode, seconds=0, corruptions=[corruption]).cases
    return case


def test_what_cannot_be_right_is_refused_and_repaired(pairs: tuple[Pair, ...]) -> None:
    case = _case(pairs[0], "(lit aa)", kind=Kind.VOCABULARY)
    assert (case.guard, case.doubted, case.harmless) == ("unknown-object", False, False)
    assert (case.corrected, case.insisted, case.vote_of_one) == ("right", "refused", None)


def test_a_doubt_repairs_but_may_be_insisted_on(pairs: tuple[Pair, ...]) -> None:
    case = _case(pairs[0], "(dark a)")
    assert (case.guard, case.doubted) == ("goal-already-true", True)
    assert (case.corrected, case.insisted) == ("right", "wrong")
    assert (case.vote_of_one, case.vote_of_two, case.vote_of_unlike) == ("right", "wrong", None)


def test_what_no_guard_sees_is_unnoticed(pairs: tuple[Pair, ...]) -> None:
    pair = replace(pairs[1], text="make it bright")
    case = _case(pair, "(lit a)")
    assert (case.guard, case.unnoticed) == ("", True)
    assert (case.corrected, case.insisted) == ("wrong", "wrong")


def test_what_says_the_same_is_harmless(pairs: tuple[Pair, ...]) -> None:
    case = _case(pairs[0], "(not (dark a))")
    assert (case.harmless, case.unnoticed, case.insisted) == (True, False, "right")


def test_a_finding_that_the_right_answer_has_too_catches_nothing(pairs: tuple[Pair, ...]) -> None:
    gold = _read("(in a hall)", pairs[0].gold, "goal")
    pair = replace(pairs[0], gold=gold, text="leave it be")
    case = _case(pair, "(in b den)")
    # Both hold already, and so both are doubted; that the model then corrects itself is luck.
    assert (case.guard, case.unnoticed, case.corrected) == ("", True, "right")
    alarm = _case(pair, "(not (in a den))", kind=Kind.EQUIVALENT)
    assert (alarm.guard, alarm.insisted) == ("goal-already-true", "right")


def test_samples_that_err_each_in_its_own_way_end_in_a_question(pairs: tuple[Pair, ...]) -> None:
    answers = ["(lit a)", "(lit b)"]
    corruption = Corruption(
        "by hand", Kind.MEANING, lambda _gold, dice: answers[dice.randrange(1000) % 2]
    )
    pair = replace(pairs[1], text="make it bright")
    found = {
        run_guards([pair], seed=seed, seconds=0, corruptions=[corruption]).cases[0].vote_of_unlike
        for seed in range(12)
    }
    assert found == {"question", None}


# What is asked of the guards


SOME = ("blocksworld", "gripper", "logistics", "office-errands")


@pytest.mark.parametrize("mode", MODES)
def test_the_guards_do_what_is_asked_of_them(mode: EvaluatedMode) -> None:
    run = run_guards([p for p in library_pairs() if p.domain in SOME], mode, seconds=0)
    asked = requirements(guarded(run.cases))
    assert len(asked) == 4
    assert all(each.met for each in asked), [str(each) for each in asked]
    assert {case.corruption for case in run.cases} == {
        c.name for c in CORRUPTIONS if mode == "problem" or not c.initial
    }


@pytest.mark.parametrize("mode", MODES)
def test_they_do_it_on_recorded_pairs(data: Path, mode: EvaluatedMode) -> None:
    _all_met(spread(read_pairs(data / "nl" / "pairs.jsonl"), 4), mode)


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_they_do_it_on_the_whole_library(mode: EvaluatedMode) -> None:
    _all_met(library_pairs(), mode)


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_they_do_it_on_recorded_pairs_of_every_kind(data: Path, mode: EvaluatedMode) -> None:
    _all_met(spread(read_pairs(data / "nl" / "pairs.jsonl"), 13), mode)


def _all_met(pairs: tuple[Pair, ...], mode: EvaluatedMode) -> None:
    asked = requirements(guarded(run_guards(pairs, mode, seconds=0).cases))
    assert asked
    assert all(each.met for each in asked), [str(each) for each in asked]


def _made(kind: Kind, **changes: object) -> Case:
    case = Case("p", "", "d", "", "c", kind, False, "x", False, "right", "refused")
    return replace(case, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "met"),
    [
        (_made(Kind.SYNTAX), True),
        (_made(Kind.SYNTAX, insisted="wrong"), False),
        (_made(Kind.TYPING, insisted="right"), False),
        (_made(Kind.EQUIVALENT, insisted="right"), True),
        (_made(Kind.EQUIVALENT, insisted="refused"), False),
        (_made(Kind.EQUIVALENT, insisted="wrong"), False),
    ],
)
def test_a_requirement_is_met_only_if_every_case_meets_it(case: Case, met: bool) -> None:
    (asked,) = requirements(guarded([case, _made(case.kind, insisted=_best(case.kind))]))
    assert asked.met is met
    assert str(asked).startswith("met" if met else "NOT MET")


def _best(kind: Kind) -> str:
    return "right" if kind is Kind.EQUIVALENT else "refused"


def test_counts_are_those_of_the_cases() -> None:
    cases = [
        _made(Kind.MEANING),
        _made(Kind.MEANING, guard="", corrected="wrong", insisted="wrong", vote_of_one="right"),
        _made(Kind.MEANING, guard="", harmless=True, corrected="right", insisted="right"),
        _made(Kind.MEANING, guard="y", insisted="wrong", vote_of_one="question"),
    ]
    (found,) = guarded(cases)
    assert (found.cases, found.harmless, found.caught, found.refused) == (4, 1, 2, 1)
    assert (found.repaired, found.unnoticed) == (2, 1)
    assert found.guards == (("x", 1), ("y", 1))
    assert (found.one.held, found.one.right, found.one.question) == (2, 1, 1)
    assert found.two.held == 0


# The command


def _start(tmp_path: Path, *arguments: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "goalsmith.cli", "bench", "translate", *map(str, arguments)]
    return subprocess.Popen(
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_the_command_says_whether_the_guards_do_what_is_asked(tmp_path: Path) -> None:
    with _start(tmp_path, PAIRS, "--guards", "--limit", "2", "--json") as process:
        stdout, stderr = process.communicate(timeout=120)
    said = json.loads(stdout)
    assert (process.returncode, said["exit_code"]) == (0, 0), stderr
    assert all(each["met"] for each in said["requirements"])
    assert {case["pair"] for case in said["cases"]} == {"lamps/1", "lamps/4"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_reports_what_is_finished(tmp_path: Path, number: signal.Signals) -> None:
    with _start(tmp_path, PAIRS, "--guards") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("1/8 ours lamps plain lamps/1")
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "met" in stdout
    assert "interrupted after" in stderr
    assert "Traceback" not in stderr
