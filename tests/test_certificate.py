"""Certificates: right ones pass, whatever is changed in one is found."""

from __future__ import annotations

import ast
import copy
import json
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ipc import Instance
from tasks import chain, towers
from walks import walk

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.solve.certificate import seal, verify
from goalsmith.solve.certificate.certificate import certificate
from goalsmith.solve.solution import Solution
from goalsmith.solve.validation import validate

PLAN = "(lift b)\n(pile b c)\n(lift a)\n(pile a b)"

NUMBERS = """(define (domain d) (:requirements :adl :numeric-fluents :derived-predicates)
  (:types room ball) (:constants r1 r2 r3 - room)
  (:predicates (in ?b - ball ?r - room) (seen ?b - ball) (lonely ?r - room) (done))
  (:functions (load) (weight ?b - ball) (total-cost))
  (:derived (lonely ?r - room) (not (exists (?b - ball) (in ?b ?r))))
  (:action move :parameters (?b - ball ?from ?to - room)
    :precondition (and (in ?b ?from) (not (= ?from ?to)) (or (seen ?b) (lonely ?to)))
    :effect (and (in ?b ?to) (not (in ?b ?from)) (increase (total-cost) (weight ?b))
                 (increase (load) (weight ?b))))
  (:action look :parameters (?r - room)
    :effect (and (increase (total-cost) 1) (forall (?b - ball) (when (in ?b ?r) (seen ?b)))))
  (:action finish :parameters () :precondition (and (>= (load) 3) (forall (?b - ball) (in ?b r3)))
    :effect (done)))"""


def solved(task: Task, plan: Plan, optimal: bool = False) -> Solution:
    verdict = validate(task, plan)
    assert verdict.failure is None
    return Solution(Outcome.SOLVED, "test", "by hand", plan, verdict.cost, optimal)


def blocks() -> tuple[Task, Plan]:
    task = towers("(and (on a b) (on b c))")
    return task, read_plan(PLAN, task)


def balls() -> tuple[Task, Plan]:
    """Conditional and universal effects, a choice, numbers, a derived atom that must be absent."""
    problem = """(define (problem x) (:domain d) (:objects b1 b2 - ball)
      (:init (in b1 r1) (in b2 r1) (= (load) 0) (= (weight b1) 3/2) (= (weight b2) 2))
      (:goal (and (done) (not (lonely r3)))) (:metric minimize (total-cost)))"""
    task = read_task(NUMBERS, problem.replace("3/2", "1.5"))
    plan = "(move b1 r1 r3)\n(look r1)\n(move b2 r1 r2)\n(move b2 r2 r3)\n(finish)"
    return task, read_plan(plan, task)


def lamps() -> tuple[Task, Plan]:
    task = chain("(wire r p)", "(and (live r) (not (live q)))")
    return task, read_plan("(connect p r)\n(connect r q)\n(cut r q)", task)


CASES = {"blocks": blocks, "balls": balls, "lamps": lamps}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each value in a JSON document, itself included."""
    yield path
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*path, key))


def changed(leaf: Any) -> list[Any]:
    """Other values in place of a leaf."""
    match leaf:
        case bool():
            return [not leaf, int(leaf), None]
        case int():
            return [leaf + 1, leaf - 1, float(leaf), str(leaf), None]
        case str():
            return [leaf + " ", leaf[:-1], leaf.swapcase(), "", None]
        case None:
            return [0, 1, "", False]
    return []


def tampered(content: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Every document with one change: a leaf, a key, or an element dropped, doubled or swapped."""
    for path in places(content):
        if not path:
            continue

        def inside(document: Any, path: tuple[Any, ...] = path) -> Any:
            for key in path[:-1]:
                document = document[key]
            return document

        key = path[-1]
        leaf = inside(content)[key]
        for other in changed(leaf):
            if other != leaf or type(other) is not type(leaf):
                document = copy.deepcopy(content)
                inside(document)[key] = other
                yield path, document
        document = copy.deepcopy(content)
        del inside(document)[key]
        yield path, document
        if isinstance(inside(content), list):
            document = copy.deepcopy(content)
            inside(document).insert(key, copy.deepcopy(leaf))
            yield path, document
            row = inside(content)
            if key + 1 < len(row) and row[key] != row[key + 1]:
                document = copy.deepcopy(content)
                swapped = inside(document)
                swapped[key], swapped[key + 1] = swapped[key + 1], swapped[key]
                yield path, document
        if isinstance(leaf, dict):
            document = copy.deepcopy(content)
            inside(document)[key]["extra"] = 1
            yield path, document


@pytest.mark.parametrize("case", CASES)
def test_a_certificate_is_right_for_its_task_only(case: str) -> None:
    task, plan = CASES[case]()
    text = certificate(task, solved(task, plan))
    assert verify.verify(text, task) is None
    for other in CASES.values():
        if other is not CASES[case]:
            assert verify.verify(text, other()[0]) == "it is for another task"


@pytest.mark.parametrize("case", CASES)
def test_every_change_to_a_certificate_is_found(case: str) -> None:
    task, plan = CASES[case]()
    content = json.loads(certificate(task, solved(task, plan)))
    count = 0
    for path, document in tampered(content):
        assert verify.verify(json.dumps(document), task), path
        count += 1
    assert count > 300


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("optimal", [False, True])
def test_a_change_that_is_sealed_anew_is_found_where_it_can_be_computed(
    case: str, optimal: bool
) -> None:
    """But for what the engine says in words, and the links of conditions that offer a choice."""
    task, plan = CASES[case]()
    content = json.loads(certificate(task, solved(task, plan, optimal)))
    rows = sorted(map(json.dumps, content["links"]))
    count = 0
    for path, document in tampered(content):
        links = document.get("links", ())
        in_words = path[:2] in (("claim", "engine"), ("claim", "evidence")) and all(
            isinstance(document["claim"].get(key), str) for key in ("engine", "evidence")
        )
        reordered = path[0] == "links" and sorted(map(json.dumps, links)) == rows
        of_choice = case != "blocks" and (
            (len(path) == 2 and len(links) < len(rows)) or path[2:] == ("consumer",)
        )
        if path[0] == "digest" or in_words or reordered or (path[0] == "links" and of_choice):
            continue
        if path[0] == "plan" and of_another(document, task):
            continue
        document["digest"] = seal.content_digest(document)
        assert verify.verify(json.dumps(document), task), path
        count += 1
    assert count > 200


def of_another(document: dict[str, Any], task: Task) -> bool:
    """Whether the steps are another valid plan, of conditions whose links are not asked for."""
    try:
        plan = read_plan("\n".join(document["plan"]), task)
    except (InputError, KeyError, TypeError):
        return False
    return validate(task, plan).valid and [str(s) for s in plan] == document["plan"]


def test_what_a_plain_step_needs_must_all_be_linked() -> None:
    task, plan = blocks()
    content = json.loads(certificate(task, solved(task, plan)))
    for index in range(len(content["links"])):
        document = copy.deepcopy(content)
        del document["links"][index]
        document["digest"] = seal.content_digest(document)
        assert "links" in (verify.verify(json.dumps(document), task) or "")


def test_a_claim_of_optimality_needs_its_bound() -> None:
    task, plan = blocks()
    content = json.loads(certificate(task, solved(task, plan, optimal=True)))
    assert content["claim"]["bound"] == content["cost"] == "4"
    for bound in (None, "3", "5", 4):
        content["claim"]["bound"] = bound
        content["digest"] = seal.content_digest(content)
        assert "bound" in (verify.verify(json.dumps(content), task) or "")


def test_costs_are_exact() -> None:
    task, plan = balls()
    content = json.loads(certificate(task, solved(task, plan)))
    assert content["cost"] == str(Fraction(13, 2))


def test_a_change_to_the_task_is_found() -> None:
    task, plan = blocks()
    text = certificate(task, solved(task, plan))
    assert verify.verify(text, towers("(and (on a b) (on b c) (clear a))"))
    assert verify.verify(text, towers("(and (on a b) (on b c))", blocks="a b c d"))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "{", "1e999", "[" * 100_000, '{"format": NaN}', '"\\ud800"'],
)
def test_what_is_not_a_certificate_is_wrong_without_an_error(text: str) -> None:
    assert verify.verify(text, blocks()[0])


def forged(task: Task, plan: Plan, links: list[dict[str, object]], cost: str) -> str:
    claim = {"engine": "", "evidence": "", "optimal": False, "bound": None}
    steps = [str(step) for step in plan]
    content = {"plan": steps, "links": links, "cost": cost, "claim": claim}
    return json.dumps(seal.sealed(content, task))


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("(pile a b)", "condition of step 1"),
        ("(lift a)", "links of step 1"),
        ("(fly a)", "unknown action"),
        ("(lift z)", "unknown object"),
        ("", "condition of the goal"),
    ],
)
def test_a_forged_certificate_of_a_wrong_plan_is_refused(steps: str, fault: str) -> None:
    task, _ = blocks()
    parts = [line.strip("()").split() for line in steps.splitlines()]
    plan = Plan(tuple(Step(name, tuple(args)) for name, *args in parts))
    assert fault in (verify.verify(forged(task, plan, [], str(len(plan))), task) or "")


def test_an_object_of_the_wrong_type_is_refused() -> None:
    task, _ = balls()
    plan = Plan((Step("look", ("b1",)),))
    assert "wrong type" in (verify.verify(forged(task, plan, [], "1"), task) or "")


def test_without_a_plan_there_is_no_certificate() -> None:
    with pytest.raises(InputError, match="plan"):
        certificate(blocks()[0], Solution(Outcome.UNSOLVABLE))


def test_a_certificate_that_would_be_too_long_is_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("goalsmith.solve.certificate.certificate.MOST_THREATS", 3)
    task, plan = blocks()
    with pytest.raises(InputError, match="too many threats"):
        certificate(task, solved(task, plan))


IPC = [
    *("blocks", "gripper", "logistics98", "depot", "rovers", "freecell", "zenotravel", "movie"),
    *("philosophers", "miconic-fulladl", "schedule", "airport-adl"),
    *("caldera-sat18-adl", "citycar-sat14-adl", "openstacks-sat08-adl", "parcprinter-sat11-strips"),
]


@pytest.mark.parametrize("name", IPC)
def test_certificates_of_the_competitions_plans_are_right(data: Path, name: str) -> None:
    task, plan = walk(Instance(name, 1).load(data), 5, 12)
    text = certificate(task, solved(task, plan))
    assert verify.verify(text, task) is None
    rng = random.Random(name)
    content = json.loads(text)
    documents = list(tampered(content))
    for _, document in rng.sample(documents, min(20, len(documents))):
        assert verify.verify(json.dumps(document), task)


def code_lines(path: Path) -> int:
    """The lines of a module but for blank ones, comments and docstrings."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    prose = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            part
        ):
            first = part.body[0]
            prose |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(
        1
        for number, line in lines
        if line.strip() and not line.strip().startswith("#") and number not in prose
    )


def test_the_checker_is_short_and_shares_only_the_language() -> None:
    modules = [Path(verify.__file__), Path(seal.__file__)]
    assert code_lines(modules[0]) < 200
    used = set()
    for module in modules:
        for part in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(part, ast.ImportFrom) and part.module:
                used |= {f"{part.module}.{n.name}" for n in part.names}
            elif isinstance(part, ast.Import):
                used |= {n.name for n in part.names}
    ours = {name.rsplit(".", 1)[0] for name in used if name.startswith("goalsmith.")}
    assert ours == {
        "goalsmith.domains",
        "goalsmith.domains.errors",
        "goalsmith.domains.language",
        "goalsmith.domains.plans",
        "goalsmith.domains.stratify",
        "goalsmith.domains.writer",
        "goalsmith.solve.certificate.seal",
    }
    assert "goalsmith.domains.formula" in used
    standard = {name.split(".")[0] for name in used if not name.startswith("goalsmith.")}
    assert standard <= sys.stdlib_module_names
