"""Finding the goal in an answer."""

from __future__ import annotations

import pytest

from goalsmith.domains.errors import PddlError
from goalsmith.domains.formula import And, Atom, Forall
from goalsmith.domains.library import bundled
from goalsmith.translate import read_answer

TASK = bundled("blocksworld").instance("p2").task
AB = Atom("on", ("a", "b"))
BC = Atom("on", ("b", "c"))


def findings(answer: str) -> list[str]:
    with pytest.raises(PddlError) as caught:
        read_answer(answer, TASK)
    assert all(d.render() for d in caught.value.diagnostics)
    return [d.code for d in caught.value.diagnostics]


@pytest.mark.parametrize(
    "answer",
    [
        "(and (on a b) (on b c))",
        "```pddl\n(and (on a b) (on b c))\n```",
        "```\n(:goal (and (on a b) (on b c)))\n```\n",
        "(:goal (AND (ON A B) (on b c)))",
        "Since a is clear (and free), the goal is (and (on a b) (on b c)), as asked (I think).",
        "Here (on a b) matters.\n\n```lisp\n; both\n(and (on a b) ; 1\n (on b c))\n```\nDone.",
        "(define (problem p) (:domain blocksworld) (:objects a b c - block) (:init (on c a))\n"
        "  (:goal (and (on a b) (on b c))))",
        "<think>(on c a)? no</think>(and (on a b) (on b c))",
        "~~~\n(and (on a b) (on b c))\n~~~\nthat is\n~~~\n(and (on a b)   (on b c))\n~~~",
    ],
)
def test_one_condition_is_found(answer: str) -> None:
    assert read_answer(answer, TASK) == And((AB, BC))


def test_a_quantified_condition_is_read() -> None:
    assert isinstance(read_answer("(forall (?x - block) (clear ?x))", TASK), Forall)


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("I cannot help with that.", ["no-condition"]),
        ("", ["no-condition"]),
        ("(sorry about that) and so on", ["no-condition"]),
        ("(define (problem p) (:domain blocksworld))", ["no-condition"]),
        ("(on a b)\n(on b c)", ["several-conditions"]),
        ("```\n(on a b)\n(on b c)\n```", ["several-conditions"]),
        ("```\n(on a b)\n```\nor\n```\n(on b c)\n```", ["several-conditions"]),
        ("(onn a b)", ["unknown-predicate"]),
        ("(and (on a zz) (onn a b) (on a))", ["unknown-object", "unknown-predicate", "arity"]),
        ("(and (on a b) (on b c)", ["syntax"]),
        ("```\n(and (on a b)) )\n```", ["syntax"]),
        ("(on ?x b)", ["unknown-variable"]),
        ("(and" * 150 + ")" * 150, ["depth"]),
        ("(on a b) " * 20_000, ["too-long"]),
    ],
)
def test_a_wrong_answer_gives_findings(answer: str, codes: list[str]) -> None:
    assert findings(answer) == codes
