"""Controlled English without a model: what is read, what is refused, and which words it names."""

from __future__ import annotations

import pytest

from goalsmith.domains.formula import Atom, Condition, Not, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import read_condition, read_task
from goalsmith.domains.wording import Wording, default_wording, read_wording
from goalsmith.translate import NotTranslatedError, read_offline, said, translate

INSTANCES = [(name, i.name) for name in names() for i in bundled(name).instances]
SLOW_ONES_MARKED = [
    pytest.param(*each, marks=pytest.mark.long) if each[1] == "p3" else each for each in INSTANCES
]


def parts(condition: Condition) -> set[Condition]:
    return set(conjuncts(condition))


def setting(name: str, instance: str) -> tuple[Task, Wording]:
    library = bundled(name)
    return library.instance(instance).task, library.wording


def check(name: str, text: str, goal: str) -> None:
    task, wording = setting(name, "p2")
    assert parts(read_offline(text, task, wording)) == parts(read_condition(goal, task))


def refusal(name: str, text: str) -> NotTranslatedError:
    task, wording = setting(name, "p2")
    with pytest.raises(NotTranslatedError) as caught:
        read_offline(text, task, wording)
    return caught.value


@pytest.mark.parametrize(("name", "instance"), INSTANCES)
def test_the_english_goal_of_a_bundled_instance_gives_its_pddl_goal(
    name: str, instance: str
) -> None:
    library = bundled(name)
    chosen = library.instance(instance)
    translation = translate(chosen.goal_text, chosen.task, library.wording)
    assert parts(translation.task.problem.goal) == parts(chosen.task.problem.goal)
    assert translation.task.with_goal(chosen.task.problem.goal) == chosen.task
    assert translation.method == "offline"
    assert not translation.rounds


@pytest.mark.parametrize(("name", "instance"), SLOW_ONES_MARKED)
def test_no_word_is_ever_passed_over(name: str, instance: str) -> None:
    library = bundled(name)
    chosen = library.instance(instance)
    words = chosen.goal_text.split()
    for place in range(len(words) + 1):
        text = " ".join([*words[:place], "zebra", *words[place:]])
        with pytest.raises(NotTranslatedError) as caught:
            read_offline(text, chosen.task, library.wording)
        assert "zebra" in caught.value.unread


@pytest.mark.parametrize(("name", "instance"), SLOW_ONES_MARKED)
def test_a_not_anywhere_changes_the_goal_or_is_refused(name: str, instance: str) -> None:
    library = bundled(name)
    chosen = library.instance(instance)
    words = chosen.goal_text.split()
    gold = parts(chosen.task.problem.goal)
    for place in range(len(words) + 1):
        text = " ".join([*words[:place], "not", *words[place:]])
        try:
            goal = parts(read_offline(text, chosen.task, library.wording))
        except NotTranslatedError:
            continue
        assert len(goal - gold) == len(gold - goal) == 1


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("seed", range(10))
def test_what_is_said_of_a_generated_goal_reads_back_as_that_goal(name: str, seed: int) -> None:
    library = bundled(name)
    task = Task(library.domain, library.generate(seed))
    goal = task.problem.goal
    assert parts(read_offline(said(goal, task, library.wording), task, library.wording)) == parts(
        goal
    )


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("positive", [True, False])
def test_every_statement_of_a_bundled_wording_reads_back(name: str, positive: bool) -> None:
    task, wording = setting(name, "p2")
    for predicate in task.domain.predicates:
        args: list[str] = []
        for parameter in predicate.parameters:
            fitting = [o.name for o in task.objects if parameter.types[0] in _types(task, o.name)]
            args.append(next(o for o in fitting if o not in args))
        atom = Atom(predicate.name, tuple(args))
        wanted = atom if positive else Not(atom)
        assert read_offline(said(wanted, task, wording), task, wording) == wanted


def _types(task: Task, name: str) -> set[str]:
    parents = {t.name: t.parents for t in task.domain.types}
    waiting = [t for o in task.objects if o.name == name for t in o.types]
    found = set()
    while waiting:
        found.add(waiting[-1])
        waiting += parents.get(waiting.pop(), ())
    return found


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("put a on b", "(on a b)"),
        ("Put the block A on block B!", "(on a b)"),
        ("please stack a on b, b on c and c on d", "(and (on a b) (on b c) (on c d))"),
        ("a is on b and b on c", "(and (on a b) (on b c))"),
        ("a, b and c are on the table", "(and (on-table a) (on-table b) (on-table c))"),
        ("blocks a, b and c are on table", "(and (on-table a) (on-table b) (on-table c))"),
        ("put a and b on the table, then c on a", "(and (on-table a) (on-table b) (on c a))"),
        ("move a onto b, c to the table", "(and (on a b) (on-table c))"),
        ("I want a to be on b. Make sure that c is clear.", "(and (on a b) (clear c))"),
        ("The goal is that a should be on b; b must be clear", "(and (on a b) (clear b))"),
        ("a is clear and on the table", "(and (clear a) (on-table a))"),
        ("a isn't on b", "(not (on a b))"),
        ("a should not be clear, but b is", None),
        ("a and b are not on the table", "(and (not (on-table a)) (not (on-table b)))"),
        ("it is not so that a is on b. c is clear", "(and (not (on a b)) (clear c))"),
        ("1. put a on b\n2. put b on c\n", "(and (on a b) (on b c))"),
        ("- a is on b\n- b is on c", "(and (on a b) (on b c))"),
        ("every block except a and b is clear", "(and (clear c) (clear d) (clear e) (clear f))"),
        (
            "all blocks except b are on b",
            "(and (on a b) (on c b) (on d b) (on e b) (on f b))",
        ),
        # The wording says `nothing is on {x}` of `clear`; that is not `no block is on {x}`.
        ("nothing is on b", "(clear b)"),
        (
            "no block except b is on b",
            "(and (not (on a b)) (not (on c b)) (not (on d b)) (not (on e b)) (not (on f b)))",
        ),
    ],
)
def test_blocks_world_is_read(text: str, goal: str | None) -> None:
    if goal is None:
        assert refusal("blocksworld", text)
    else:
        check("blocksworld", text, goal)


@pytest.mark.parametrize(
    ("name", "text", "goal"),
    [
        (
            "logistics",
            "move letter and parcel to Camden",
            "(and (at letter camden) (at parcel camden))",
        ),
        (
            "logistics",
            "all packages except letter and box are at soho",
            "(and (at parcel soho) (at crate soho))",
        ),
        (
            "logistics",
            "bring the letter to soho, the parcel to camden and plane1 to orly",
            "(and (at letter soho) (at parcel camden) (at plane1 orly))",
        ),
        (
            "logistics",
            "plane1 carries letter and box",
            "(and (aboard letter plane1) (aboard box plane1))",
        ),
        ("logistics", "each aeroplane is at orly", "(and (at plane1 orly) (at plane2 orly))"),
        ("logistics", "the truck london truck is at soho", "(at london-truck soho)"),
        (
            "gripper",
            "ball 1 and ball 2 are in the kitchen",
            "(and (in ball1 kitchen) (in ball2 kitchen))",
        ),
        ("gripper", "the robot is no longer in the hall", "(not (robot-in hall))"),
        (
            "gripper",
            "left holds ball1 and right ball2",
            "(and (carrying ball1 left) (carrying ball2 right))",
        ),
        ("gripper", "every gripper is free", "(and (free left) (free right))"),
        (
            "software-release",
            "deploy checkout to production and payments to staging",
            "(and (in-production checkout) (on-staging payments))",
        ),
        (
            "software-release",
            "checkout and payments are live, but wallet is not switched on",
            "(and (in-production checkout) (in-production payments) (not (enabled wallet)))",
        ),
        (
            "software-release",
            "deploy checkout and payments to staging",
            "(and (on-staging checkout) (on-staging payments))",
        ),
        ("software-release", "wallet is switched off", "(not (enabled wallet))"),
        (
            "software-release",
            "no feature flag is on",
            "(and (not (enabled wallet)) (not (enabled one-page)))",
        ),
    ],
)
def test_the_other_domains_are_read(name: str, text: str, goal: str) -> None:
    check(name, text, goal)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("put a on zz", ("zz",)),
        ("kindly put a on b", ("kindly",)),
        ("put a gently on b and c on d", ("gently",)),
        ("put a on b or c", ("or",)),
        ("put a on b before c is clear", ("before",)),
        ("foo bar, put a on b, baz", ("foo bar", "baz")),
        ("put a b on c", ("b",)),
        ("do not put a on b", ("do not",)),
        ("a is on b on c", ("on c",)),
        ("put a on b if c is clear", ("if",)),
        ("only a is on the table", ("only",)),
        ("a is on b (perhaps)", ("(perhaps)",)),
    ],
)
def test_words_that_are_not_understood_are_named(text: str, unread: tuple[str, ...]) -> None:
    error = refusal("blocksworld", text)
    assert error.unread == unread
    assert all(word in str(error) for word in unread)
    assert "Understood would be, for example: “put a on b”" in str(error)
    assert error.outcome is Outcome.TRANSLATION_FAILED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("put a and b on c and d", "two lists"),
        ("every block is not on the table", "two meanings"),
        ("all blocks are on b", "takes in the object on the other side"),
        ("not every block is on the table", "deny each by itself"),
        ("no block is not clear", "`no` together with `not`"),
        ("clear no block", "statements only"),
        ("it is not so that a is on b and c is on d", ""),
        ("a is not on b and c on d", ""),
        ("a is clear and it is on the table", "it"),
        ("put a block on b", "block"),
        ("put a on", "lacks something at its end: a block"),
        ("put a on b and", "ends too early"),
        ("", "asks for nothing"),
        ("please", ""),
        ("a", ""),
        ("put a on b. " * 1000, "at most 10000"),
    ],
)
def test_what_would_be_a_guess_is_refused(text: str, reason: str) -> None:
    assert reason in str(refusal("blocksworld", text))


def test_an_object_of_the_wrong_type_is_named_with_what_is_expected() -> None:
    error = refusal("logistics", "put letter into camden")
    assert error.unread == ("camden",)
    assert "a vehicle is expected" in str(error)


def test_a_misspelled_object_gets_the_nearest_name() -> None:
    assert "did you mean `parcel`" in str(refusal("logistics", "move parsel to soho"))


TWINS = """(define (domain twins) (:predicates (at ?x ?y) (in ?x ?y) (ball ?x) (room ?x))
  (:action a :parameters (?x ?y) :precondition (at ?x ?y) :effect (in ?x ?y))
  (:action b :parameters (?x ?y) :precondition (in ?x ?y) :effect (at ?x ?y)))"""
TWINS_PROBLEM = """(define (problem p) (:domain twins) (:objects ball1 ball2 room1)
  (:init (ball ball1) (ball ball2) (room room1)) (:goal (and)))"""


def test_words_that_two_predicates_share_are_refused_with_both_readings() -> None:
    task = read_task(TWINS.replace("(in ?x ?y)", "(AT_ ?x ?y)"), TWINS_PROBLEM)
    with pytest.raises(NotTranslatedError, match="can be read in 2 ways"):
        read_offline("ball1 is at room1", task, default_wording(task.domain))


def test_kinds_said_by_static_predicates_are_nouns() -> None:
    task = read_task(TWINS, TWINS_PROBLEM)
    goal = read_offline("all balls are at the room", task, default_wording(task.domain))
    assert parts(goal) == {Atom("at", ("ball1", "room1")), Atom("at", ("ball2", "room1"))}


def test_a_denial_of_a_whole_clause_reads_back_from_what_is_said() -> None:
    text = "(define (domain d) (:predicates (ready) (done)) (:action a :effect (ready)))"
    task = read_task(text, "(define (problem p) (:domain d) (:init) (:goal (and)))")
    wording = default_wording(task.domain)
    goal = read_condition("(and (not (ready)) (done))", task)
    assert parts(read_offline(said(goal, task, wording), task, wording)) == parts(goal)


@pytest.mark.parametrize(
    "piece",
    ["a, ", "a and ", "all blocks except ", "not ", "please ", "zz ", "a\n", "b on c on d ", "("],
)
def test_long_nonsense_is_refused_and_not_followed_for_ever(piece: str) -> None:
    error = refusal("blocksworld", piece * (9_900 // len(piece)))
    assert len(str(error)) < 5_000


def test_a_long_plain_text_is_read() -> None:
    task, wording = setting("blocksworld", "p2")
    goal = read_offline("put a on b and " * 600 + "c is clear", task, wording)
    assert parts(goal) == {Atom("on", ("a", "b")), Atom("clear", ("c",))}


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("You have 6 blocks.\nf is on the table.\nYour goal is to have: b on c", "(on b c)"),
        ("Initially the hand is empty. My goal is to have that a is on b.", "(on a b)"),
        ("As initial conditions I have that, the hand is empty. Please put a on b.", "(on a b)"),
        ("The hand is empty. The goal is that a is on b.", "(on a b)"),
        ("My goal is that a is on b. Initially, the hand is empty.", "(on a b)"),
        ("a is not on b. My goal is that a is on b.", "(on a b)"),
        ("There are six blocks. a is a block. My task is to put a on b.", "(on a b)"),
        # What comes first is a wish here, and no description.
        ("I want a on b. The goal is that c is on d.", "(and (on a b) (on c d))"),
        ("Put a on b. The goal is that c is on d.", "(and (on a b) (on c d))"),
        ("The goal is that a is on b. The goal is that c is on d.", "(and (on a b) (on c d))"),
    ],
)
def test_a_description_of_the_situation_that_agrees_is_no_part_of_the_goal(
    text: str, goal: str
) -> None:
    check("blocksworld", text, goal)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("You have 3 blocks. My goal is that a is on b.", "“there are 3 blocks, and not 6”"),
        ("The hand is holding a. My goal is that a is on b.", "“the hand is holding a”"),
        ("Initially the hand is not empty. My goal is that a is on b.", "“the hand is not empty”"),
        ("Initially a is not a block. My goal is that a is on b.", "“a is not a block”"),
        ("Initially a is on a. My goal is that a is on b.", "“a is on a”"),
    ],
)
def test_a_description_that_differs_from_the_given_state_is_refused(text: str, wrong: str) -> None:
    error = refusal("blocksworld", text)
    assert "says of the situation what is not so" in str(error)
    assert wrong in str(error)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Initially the hand is purple. My goal is that a is on b.", "purple"),
        ("Initially a should be clear. My goal is that a is on b.", "situation"),
        ("Initially put a on b. My goal is that a is on b.", "situation"),
        ("Initially, the hand is empty.", "asks for nothing"),
        ("You have 6 blocks, stacked. My goal is that a is on b.", "stacked"),
    ],
)
def test_a_description_that_is_not_understood_is_refused(text: str, reason: str) -> None:
    assert reason in str(refusal("blocksworld", text))


TOWERS = """
[predicates.on]
say = "{x} is on {y}"
chain = [
  "build a tower of {x} on {y}",
  "a tower of {x}, {y} from top to bottom",
  "a tower of {y}, {x} from bottom to top",
]
"""


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("build a tower of a on b on c", "(and (on a b) (on b c))"),
        ("I want a tower of a, b and c from top to bottom", "(and (on a b) (on b c))"),
        ("I want the tower of a, b, c from bottom to top", "(and (on c b) (on b a))"),
        ("build a tower of block a on block b, and c is clear", "(and (on a b) (clear c))"),
    ],
)
def test_towers_are_read_where_the_wording_has_them(text: str, goal: str) -> None:
    task, _ = setting("blocksworld", "p2")
    wording = read_wording(TOWERS, task.domain)
    assert parts(read_offline(text, task, wording)) == parts(read_condition(goal, task))


@pytest.mark.parametrize(
    "text",
    [
        "build a tower of a",
        "build a tower of a on b on a",
        "build a tower of a on b on every block",
        "build a tower of a on b c",
        "a tower of a, b and c",
        "it is not so that a tower of a, b and c from top to bottom",
    ],
)
def test_towers_that_are_not_clear_are_refused(text: str) -> None:
    task, _ = setting("blocksworld", "p2")
    with pytest.raises(NotTranslatedError):
        read_offline(text, task, read_wording(TOWERS, task.domain))


def test_names_are_spelled_as_the_wording_says() -> None:
    task, _ = setting("blocksworld", "p2")
    wording = read_wording('[objects]\nA = ["the red block"]\nzz = ["the blue block"]', task.domain)
    goal = read_offline("the red block is on b", task, wording)
    assert goal == Atom("on", ("a", "b"))
    with pytest.raises(NotTranslatedError, match="blue"):
        read_offline("the blue block is on b", task, wording)


def test_a_list_is_not_taken_for_a_clause_without_a_verb() -> None:
    text = """(define (domain d) (:predicates (has ?p ?x) (has-signed ?p ?x))
      (:action a :parameters (?p ?x) :effect (and (has ?p ?x) (has-signed ?p ?x))))"""
    task = read_task(text, "(define (problem p) (:domain d) (:objects o x y) (:goal (and)))")
    wording = read_wording(
        '[predicates.has]\nsay = "{p} has {x}"\n'
        '[predicates.has-signed]\nsay = "{p} has signed {x}"',
        task.domain,
    )
    goal = read_offline("o has signed x and y", task, wording)
    assert parts(goal) == {Atom("has-signed", ("o", "x")), Atom("has-signed", ("o", "y"))}
