"""When two problems say the same: the answers, their grounds, and that they are never wrong."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from amount import amount
from tasks import BLOCKS, chain, one_way, towers

from goalsmith.cli import main
from goalsmith.domains.equivalence import Budget, Comparison, Ground, Verdict, compare
from goalsmith.domains.formula import And, Atom, Condition, Not, Or, conjuncts
from goalsmith.domains.language import Object, State, Task
from goalsmith.domains.reader import read_task
from goalsmith.domains.renaming import lowered, renamed
from goalsmith.domains.semantics import Semantics

STACKED = "(table c) (on b c) (on a b) (clear a)"

SAME = [
    ("(on a b)", "(and (on a b) (not (clear b)))"),
    ("(on a b)", "(and (on a b) (not (on b a)))"),
    ("(on a b)", "(and (on a b) (not (hand a)) (not (table a)))"),
    # Nothing else is left for c to stand on, or for a to bear: a tower is no ring.
    ("(and (on a b) (on b c))", "(and (on a b) (on b c) (table c) (clear a) (free))"),
    ("(hand a)", "(and (hand a) (not (free)) (not (hand b)))"),
    ("(hand a)", "(and (not (free)) (not (hand b)) (not (hand c)))"),
    ("(free)", "(forall (?x) (not (hand ?x)))"),
    ("(not (free))", "(exists (?x) (hand ?x))"),
    ("(forall (?x) (table ?x))", "(forall (?x) (and (clear ?x) (not (hand ?x))))"),
    ("(or (on a b) (on b a))", "(and (or (on b a) (on a b)) (or (table c) (not (table c))))"),
    # Where all are clear, none can stand on another.
    ("(forall (?x) (table ?x))", "(forall (?x) (clear ?x))"),
    ("(clear a)", "(not (or (hand a) (on b a) (on c a)))"),
    ("(and (on a b) (hand a))", "(and (on a b) (on b a))"),
    ("(and (on a b) (on b c) (on c a))", "(on a a)"),
    ("(and)", "(or (free) (exists (?x) (hand ?x)))"),
]

OTHER = [
    ("(on a b)", "(on b a)"),
    ("(and (on a b) (on b c))", "(and (on c b) (on b a))"),
    ("(on a b)", "(and (on a b) (on b c))"),
    ("(on a b)", "(and (on a b) (table b))"),
    ("(on a b)", "(not (on a b))"),
    ("(on a b)", "(and)"),
    ("(on a b)", "(or (on a b) (on a c))"),
    ("(and (on a b) (on b a))", "(on a b)"),
    ("(exists (?x) (on ?x a))", "(exists (?x) (on a ?x))"),
]


def states(task: Task) -> list[State]:
    """All reachable states."""
    semantics = Semantics(task)
    found = [semantics.initial_state()]
    seen = set(found)
    for state in found:
        for step in semantics.applicable_steps(state):
            after = semantics.apply(state, step)
            if after not in seen:
                seen.add(after)
                found.append(after)
    return found


def goals(one: str, other: str, on: str = STACKED, blocks: str = "a b c") -> Verdict:
    return compare(towers(one, on, blocks), towers(other, on, blocks), up_to_renaming=False)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_goals_that_the_same_states_meet_are_equal(one: str, other: str) -> None:
    for verdict in (goals(one, other), goals(other, one)):
        assert verdict.comparison is Comparison.EQUAL
        assert verdict.proved
        assert verdict.ground is not Ground.EXHAUSTED  # laws suffice


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_goals_that_some_state_tells_apart_are_different(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        verdict = goals(first, second)
        assert verdict.comparison is Comparison.DIFFERENT
        assert verdict.ground is Ground.REACHED
        assert verdict.difference is not None
        state = verdict.difference.state
        assert state in states(towers("(and)", STACKED))
        holds = [Semantics(towers(g, STACKED)).goal_holds(state) for g in (first, second)]
        assert sorted(holds) == [False, True]


def test_a_fourth_block_can_bear_a_tower_of_three() -> None:
    one, other = "(and (on a b) (on b c))", "(and (on a b) (on b c) (table c))"
    init = f"{STACKED} (table d) (clear d)"
    assert goals(one, other, init, "a b c d").comparison is Comparison.DIFFERENT


def test_inverting_a_tower_is_not_doing_nothing() -> None:
    stay = towers("(and (on a b) (on b c))", STACKED)
    invert = towers("(and (on c b) (on b a))", STACKED)
    assert not compare(invert, stay, up_to_renaming=True).equal
    # From three blocks on the table the two towers are each other's renaming.
    stay, invert = towers("(and (on a b) (on b c))"), towers("(and (on c b) (on b a))")
    assert not compare(invert, stay, up_to_renaming=False).equal
    verdict = compare(invert, stay, up_to_renaming=True)
    assert verdict.comparison is Comparison.EQUAL_UP_TO_RENAMING
    assert dict(verdict.renaming) == {"a": "c", "b": "b", "c": "a"}


def test_a_difference_is_the_smallest_and_is_said_in_a_sentence() -> None:
    verdict = goals("(and (on a b) (on b c) (clear a))", "(and (on a b) (on c a))")
    assert str(verdict) == (
        "the goals differ: only the first has (clear a) (on b c); only the second has (on c a)"
    )
    other = towers("(free)", "(table a) (clear a) (table b) (on c b) (clear c)")
    verdict = compare(towers("(free)"), other, up_to_renaming=False)
    assert str(verdict) == (
        "the initial states differ: only the first has (clear b) (table c); "
        "only the second has (on c b)"
    )
    assert verdict.ground is Ground.STATED


def test_what_holds_anyway_asks_for_nothing() -> None:
    assert compare(
        one_way("(left)"), one_way("(and (left) (not (never)))"), up_to_renaming=False
    ).equal
    assert compare(
        one_way("(never)"), one_way("(and (left) (not (left)))"), up_to_renaming=False
    ).equal
    assert compare(one_way("(and (left) (right))"), one_way("(never)"), up_to_renaming=False).equal


def test_what_only_search_can_tell_is_searched() -> None:
    flips = "(when (p) (not (p))) (when (not (p)) (p)) (when (q) (not (q))) (when (not (q)) (q))"
    text = f"""(define (domain flips) (:predicates (p) (q))
      (:action flip :parameters () :precondition (and) :effect (and {flips})))"""
    one, other, third = (
        read_task(text, f"(define (problem t) (:domain flips) (:init (p)) (:goal {goal}))")
        for goal in ("(p)", "(not (q))", "(and)")
    )
    verdict = compare(one, other, up_to_renaming=False)
    assert (verdict.comparison, verdict.ground) == (Comparison.EQUAL, Ground.EXHAUSTED)
    assert not compare(one, third, up_to_renaming=False).equal


def test_what_is_not_proved_is_unknown_to_the_strict() -> None:
    blocks = " ".join(f"b{i}" for i in range(30))
    one, other = towers("(on b1 b2)", blocks=blocks), towers("(on b1 b3)", blocks=blocks)
    verdict = compare(one, other, up_to_renaming=False)
    assert verdict.comparison is Comparison.DIFFERENT
    assert not verdict.proved
    strict = compare(one, other, up_to_renaming=False, strict=True)
    assert strict.comparison is Comparison.UNKNOWN
    assert strict.difference == verdict.difference


def test_derived_atoms_are_judged_by_what_can_be_reached() -> None:
    one = chain("", "(live q)")
    assert compare(one, chain("", "(and (live q) (lit p))"), up_to_renaming=False).equal
    verdict = compare(one, chain("", "(and (live q) (wire p q))"), up_to_renaming=False)
    assert verdict.comparison is Comparison.DIFFERENT
    assert verdict.ground is Ground.REACHED


def test_a_goal_that_no_state_meets_equals_only_its_like() -> None:
    assert goals("(and (free) (hand a))", "(and (on a b) (clear b))").equal
    assert not goals("(and (free) (hand a))", "(free)").equal


def test_other_objects_are_another_problem_unless_they_are_only_renamed() -> None:
    one = towers("(on a b)")
    other = Task(one.domain, renamed(one.problem, {"a": "x", "b": "a", "c": "z"}))
    verdict = compare(one, other, up_to_renaming=False)
    assert verdict.difference is not None
    assert verdict.difference.section == "objects"
    verdict = compare(one, other, up_to_renaming=True)
    assert verdict.comparison is Comparison.EQUAL_UP_TO_RENAMING
    assert dict(verdict.renaming) == {"a": "x", "b": "a", "c": "z"}


def test_completed_goals_are_mapped_to_each_other() -> None:
    one = towers("(and (on a b) (on b c))")
    other = towers("(and (clear y) (on y z) (on z x) (table x) (not (hand y)))", blocks="x y z")
    verdict = compare(one, other, up_to_renaming=True)
    assert verdict.comparison is Comparison.EQUAL_UP_TO_RENAMING
    assert dict(verdict.renaming) == {"a": "y", "b": "z", "c": "x"}


def test_trees_of_and_and_or_are_mapped_to_each_other() -> None:
    one = towers("(or (and (on a b) (clear c)) (and (on b c) (clear a)))")
    other = towers("(or (and (clear r) (on q p)) (and (clear q) (on p r)))", blocks="p q r")
    wrong = towers("(or (and (clear r) (on q p)) (and (clear p) (on q r)))", blocks="p q r")
    assert compare(one, other, up_to_renaming=True).equal
    assert not compare(one, wrong, up_to_renaming=True).equal


def test_goals_in_another_form_are_tried_under_the_likely_renamings() -> None:
    # Any of six blocks may stand for any other: 720 renamings, of which the tower leaves few.
    one = towers(
        "(and (on a b) (on b c) (on c d) (or (hand e) (clear f) (table f)))", blocks="a b c d e f"
    )
    form = (
        "(and (on p q) (on q r) (on r s) (or (and (hand t) (free)) (clear u) (hand t) (table u)))"
    )
    other = towers(form, blocks="u t s r q p")
    wrong = towers(form.replace("(table u)", "(table t)"), blocks="u t s r q p")
    assert compare(one, other, up_to_renaming=True).equal
    verdict = compare(one, wrong, up_to_renaming=True)
    assert verdict.comparison is Comparison.DIFFERENT


def test_constants_keep_their_names() -> None:
    text = BLOCKS.replace("(:predicates", "(:constants a) (:predicates")
    one = read_task(text, _problem("(on a b)"))
    other = read_task(text, _problem("(on b a)"))
    assert not compare(one, other, up_to_renaming=True).equal
    assert compare(one, read_task(text, _problem("(on a c)")), up_to_renaming=True).equal


def _problem(goal: str) -> str:
    return f"""(define (problem t) (:domain towers) (:objects a b c)
      (:init (free) (table a) (clear a) (table b) (clear b) (table c) (clear c)) (:goal {goal}))"""


def test_two_rings_of_three_are_not_a_ring_of_six() -> None:
    # Colour refinement alone cannot tell these apart: every object sees the same.
    six = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "a")]
    threes = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "e"), ("e", "f"), ("f", "d")]
    text = """(define (domain roads) (:predicates (road ?x ?y) (at ?x))
      (:action go :parameters (?x ?y) :precondition (and (at ?x) (road ?x ?y))
        :effect (and (at ?y) (not (at ?x)))))"""

    def roads(arcs: list[tuple[str, str]]) -> Task:
        init = " ".join(f"(road {x} {y}) (road {y} {x})" for x, y in arcs)
        problem = f"""(define (problem r) (:domain roads) (:objects a b c d e f)
          (:init {init}) (:goal (and)))"""
        return read_task(text, problem)

    assert not compare(roads(six), roads(threes), up_to_renaming=True).equal
    turned = [(y, x) for x, y in reversed(six)]
    assert compare(roads(six), roads(turned), up_to_renaming=True).equal


def test_a_spent_budget_is_unknown() -> None:
    one = towers("(on a b)", blocks="a b c d e f")
    other = towers("(on f e)", blocks="f e d c b a")
    none = Budget(pairings=0)
    verdict = compare(one, other, up_to_renaming=True, budget=none)
    assert verdict.comparison is Comparison.UNKNOWN
    assert compare(one, other, up_to_renaming=True).equal


def test_many_choices_end_in_time() -> None:
    blocks = " ".join(f"b{i}" for i in range(40))
    choices = " ".join(f"(or (on b{i} b{i + 1}) (on b{i + 1} b{i}))" for i in range(39))
    one = towers(f"(and {choices})", blocks=blocks)
    other = towers(f"(and {choices} (table b0))", blocks=blocks)
    for up_to_renaming in (False, True):
        verdict = compare(one, other, up_to_renaming=up_to_renaming)
        assert not verdict.equal


def random_goal(dice: random.Random, atoms: list[Atom], depth: int = 2) -> Condition:
    if depth == 0 or dice.random() < 0.4:
        atom = dice.choice(atoms)
        return Not(atom) if dice.random() < 0.4 else atom
    parts = tuple(random_goal(dice, atoms, depth - 1) for _ in range(dice.randrange(1, 4)))
    return And(parts) if dice.random() < 0.6 else Or(parts)


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(s, marks=pytest.mark.long) for s in range(3, 30))]
)
def test_no_answer_on_random_goals_is_wrong(seed: int) -> None:
    dice = random.Random(seed)
    base = towers("(and)", STACKED)
    reached, semantics = states(base), Semantics(base)
    names = [o.name for o in base.objects]
    atoms = [Atom("on", (x, y)) for x in names for y in names]
    atoms += [Atom(p, (x,)) for p in ("table", "clear", "hand") for x in names] + [Atom("free")]
    met = {}
    equal = 0
    for _ in range(120):
        first, second = random_goal(dice, atoms), random_goal(dice, atoms)
        if dice.random() < 0.3:
            second = And((first, random_goal(dice, atoms, 1)))
        for goal in (first, second):
            met[goal] = frozenset(s for s in reached if semantics.holds(s, goal))
        verdict = compare(base.with_goal(first), base.with_goal(second), up_to_renaming=False)
        assert verdict.comparison is not Comparison.UNKNOWN
        assert verdict.equal == (met[first] == met[second])
        equal += verdict.equal
    assert 0 < equal < 120


def recorded(data: Path) -> list[Task]:
    lines = (data / "nl" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [read_task(row["domain_pddl"], row["problem_pddl"]) for row in rows]


def shuffled(task: Task, dice: random.Random) -> Task:
    """The task with its objects renamed, and everything in another order."""
    old = [o.name for o in task.problem.objects]
    new = [f"thing{index}" for index in range(len(old))]
    dice.shuffle(new)
    problem = renamed(task.problem, dict(zip(old, new, strict=True)))
    objects, init = list(problem.objects), list(problem.init)
    goal = list(conjuncts(problem.goal))
    dice.shuffle(objects)
    dice.shuffle(init)
    dice.shuffle(goal)
    return Task(
        task.domain,
        replace(problem, objects=tuple(objects), init=tuple(init), goal=And(tuple(goal))),
    )


@pytest.mark.parametrize("count", [120, pytest.param(amount(5_000, 300), marks=pytest.mark.long)])
def test_recorded_problems_equal_their_renamings(data: Path, count: int) -> None:
    tasks, dice = recorded(data), random.Random(count)
    for index in range(count):
        task = tasks[index * 7 % len(tasks)]
        other = shuffled(task, dice)
        verdict = compare(task, other, up_to_renaming=True)
        assert verdict.comparison is Comparison.EQUAL_UP_TO_RENAMING
        low = lowered(task)
        again = Task(low.domain, renamed(low.problem, dict(verdict.renaming)))
        assert compare(again, other, up_to_renaming=False).equal


@pytest.mark.parametrize("count", [120, pytest.param(amount(5_000, 300), marks=pytest.mark.long)])
def test_recorded_problems_differ_where_an_initial_atom_does(data: Path, count: int) -> None:
    tasks, dice = recorded(data), random.Random(count)
    for index in range(count):
        task = tasks[index * 7 % len(tasks)]
        init = list(task.problem.init)
        lost = init.pop(dice.randrange(len(init)))
        other = Task(task.domain, replace(task.problem, init=tuple(init)))
        for up_to_renaming in (False, True):
            verdict = compare(task, other, up_to_renaming=up_to_renaming)
            assert verdict.comparison is Comparison.DIFFERENT
            assert verdict.proved
            assert verdict.difference is not None
            assert verdict.difference.only_first == (str(lost).lower(),)


@pytest.mark.parametrize("count", [60, pytest.param(amount(5_000, 200), marks=pytest.mark.long)])
def test_no_answer_on_a_changed_recorded_goal_is_wrong(data: Path, count: int) -> None:
    few = [t for t in recorded(data) if len(t.objects) <= 5]
    dice = random.Random(count)
    reached = {}
    for index in range(count):
        task = few[index % len(few)]
        goal = list(conjuncts(task.problem.goal))
        place = dice.randrange(len(goal))
        part = goal[place]
        assert isinstance(part, Atom)
        names = tuple(dice.choice(task.objects).name for _ in part.args)
        goal[place] = dice.choice([And(), Not(part), Atom(part.predicate, names)])
        other = task.with_goal(And(tuple(goal)))
        init = task.problem.init
        if init not in reached:
            reached[init] = states(task)
        semantics = Semantics(task)
        same = all(
            semantics.holds(s, task.problem.goal) == semantics.holds(s, other.problem.goal)
            for s in reached[init]
        )
        assert compare(task, other, up_to_renaming=False).equal == same


def test_one_atom_is_the_difference_between_renamed_problems_that_lack_it(data: Path) -> None:
    dice, found = random.Random(2), []
    for task in recorded(data)[::25]:
        init = list(task.problem.init)
        del init[dice.randrange(len(init))]
        other = shuffled(Task(task.domain, replace(task.problem, init=tuple(init))), dice)
        verdict = compare(task, other, up_to_renaming=True)
        assert verdict.comparison is Comparison.DIFFERENT
        assert verdict.difference is not None
        found.append(len(verdict.difference.only_first) + len(verdict.difference.only_second))
    # Which objects are meant is a guess; it is right more often than not.
    assert sorted(found)[len(found) // 2] <= 3


@pytest.mark.parametrize(
    ("goal", "words", "code"),
    [
        ("(and (on blue green) (on green red) (clear blue))", ["--json"], 0),
        ("(on blue green)", ["--json"], 1),
        ("(and (on blue green) (on green red))", ["--up-to-renaming", "--json"], 0),
    ],
)
def test_the_command_says_what_the_comparison_comes_to(
    goal: str,
    words: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "other.pddl"
    file.write_text(
        f"""(define (problem other) (:domain blocksworld) (:objects red green blue - block)
          (:init (arm-empty) (on-table blue) (on green blue) (on red green) (clear red))
          (:goal {goal}))""",
        encoding="utf-8",
    )
    monkeypatch.setattr(
        sys, "argv", ["goalsmith", "compare", "blocksworld", "p1", str(file), *words]
    )
    with pytest.raises(SystemExit) as left:
        main()
    answer = json.loads(capsys.readouterr().out)
    assert left.value.code == answer["exit_code"] == code
    assert answer["proved"] is True
    if code:
        assert answer["difference"]["only_first"] == ["(on green red)"]
        assert answer["difference"]["state"]


def test_an_object_more_is_a_difference() -> None:
    one = towers("(on a b)")
    more = replace(one.problem, objects=(*one.problem.objects, Object("d")))
    verdict = compare(one, Task(one.domain, more), up_to_renaming=True)
    assert str(verdict) == "the objects differ: only the second has d - object"
