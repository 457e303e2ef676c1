"""Plan files: what is tolerated, what is refused and with what words."""

import pytest

from goalsmith.domains.diagnostics import MAX_FINDINGS
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.plans import Plan, Step, read_plan, write_plan
from goalsmith.domains.reader import read_task

DOMAIN = """(define (domain d) (:constants Home) (:predicates (p ?x))
  (:action Move :parameters (?from ?to) :effect (p ?to))
  (:action wait :parameters () :effect ())
  (:action 2nd-try :parameters (?x) :effect (p ?x)))"""
TASK = read_task(DOMAIN, "(define (problem x) (:domain d) (:objects a B 1) (:goal (p a)))")
MOVE = Step("Move", ("a", "B"))


def findings(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(PddlError) as raised:
        read_plan(text, TASK)
    return [(d.code, str(d.position), d.found) for d in raised.value.diagnostics]


@pytest.mark.parametrize(
    "line",
    [
        "(Move a B)",
        "(move A b)",
        "( MOVE  a\tb )",
        "  (move a b)  ",
        "(move a b);c",
        "(move a b) ; (wait)",
        "3: (move a b)",
        "3 : (move a b)",
        "[3]: (move a b)",
        "0.001: (move a b)",
        "0.0003:   (MOVE A B)   [1.0]",
        "0.0003: (MOVE A B) [D:1.0000; C:0.1000]",
        "12.5:(move a b)[2]",
        "(move a b) [1.5] ; a comment",
        "12. (move a b)",
        "2) (move a b)",
        "(move a b)\r",
    ],
)
def test_a_step_is_read_however_planners_write_it(line: str) -> None:
    assert read_plan(line, TASK) == Plan((MOVE,))
    assert read_plan(f"{line}\n\n{line}\n", TASK) == Plan((MOVE, MOVE))


def test_comments_blank_lines_and_a_byte_order_mark_are_skipped() -> None:
    text = "\ufeff; found by hand (move b a)\n\n;;;\n(wait)\n \t\n(2ND-TRY 1)\n; cost = 2 (unit)\n"
    assert read_plan(text, TASK) == Plan((Step("wait"), Step("2nd-try", ("1",))))


def test_constants_of_the_domain_are_objects_too() -> None:
    assert read_plan("(move HOME a)", TASK).steps[0].args == ("Home", "a")


@pytest.mark.parametrize("text", ["", "\n", "; cost = 0 (unit cost)\n", "\ufeff"])
def test_a_plan_may_be_empty(text: str) -> None:
    assert read_plan(text, TASK) == Plan()
    assert len(Plan()) == 0


def test_what_is_written_reads_back_equal() -> None:
    plan = Plan((MOVE, Step("wait"), Step("2nd-try", ("Home",))))
    assert write_plan(plan) == "(Move a B)\n(wait)\n(2nd-try Home)\n"
    assert write_plan(plan, "2.5") == write_plan(plan) + "; cost = 2.5\n"
    assert read_plan(write_plan(plan, "2.5"), TASK) == plan
    assert write_plan(Plan()) in ("", "\n")


@pytest.mark.parametrize(
    "line",
    [
        *("move a b", "()", "( )", "(move a b", "move a b)", "(move (a) b)", "(move a b) (wait)"),
        *("(move a b) x", "x (move a b)", "1 (move a b)", ": (wait)", "{}", "no plan", "(wait))"),
    ],
)
def test_what_is_not_a_step_is_refused(line: str) -> None:
    assert findings(f"(wait)\n  {line}\n") == [("plan-line", "2:3", line)]


def test_all_faults_are_reported_at_once_each_at_its_place() -> None:
    text = "(wait)\n1: (mov a B)\n(move a Hme)\n(move a)\n(wait 1) ; x\nend"
    with pytest.raises(PddlError) as raised:
        read_plan(text, TASK)
    found = raised.value.diagnostics
    assert [(d.code, str(d.position), d.length) for d in found] == [
        ("unknown-action", "2:5", 3),
        ("unknown-object", "3:9", 3),
        ("arity", "4:1", 8),
        ("arity", "5:1", 8),
        ("plan-line", "6:1", 3),
    ]
    assert found[0].suggestion == "did you mean `Move`?"
    assert found[1].suggestion == "did you mean `Home`?"
    assert found[2].message == "`Move` takes 2 objects, not 1"
    assert found[3].message == "`wait` takes 0 objects, not 1"


def test_an_unknown_object_is_shown_where_it_stands_and_not_inside_another_word() -> None:
    assert findings("(move v v)") == [
        ("unknown-object", "1:7", "v"),
        ("unknown-object", "1:9", "v"),
    ]


def test_a_flood_of_faults_is_cut_short() -> None:
    assert len(findings("(fly a b c)\n" * 100_000)) == MAX_FINDINGS
    assert len(findings("(2nd-try z)\n" * 100_000)) == MAX_FINDINGS


def test_a_plan_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.domains.plans.MAX_TEXT", 100)
    with pytest.raises(InputError, match="<plan> is too long: more than 100 characters"):
        read_plan("(wait)\n" * 20, TASK)


def test_a_step_knows_what_its_parameters_stand_for() -> None:
    assert MOVE.bindings(TASK.domain) == {"?from": "a", "?to": "B"}
    assert str(Plan((MOVE, Step("wait")))) == "(Move a B)\n(wait)"
    with pytest.raises(KeyError):
        Step("fly").bindings(TASK.domain)
