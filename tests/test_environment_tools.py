import keyword
import subprocess
import sys

import pytest
import tasks

from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import (
    ActionReport,
    Attempt,
    Ending,
    FaultKind,
    Faults,
    Observation,
    Simulator,
    execute,
)
from goalsmith.execute.environments import FactReader, ToolEnvironment, tool
from goalsmith.execute.environments.tools import python_name
from goalsmith.solve import solve

TOWER = tasks.towers("(and (on a b) (on b c))")
TOWER_PLAN = Plan(
    (
        Step("lift", ("b",)),
        Step("pile", ("b", "c")),
        Step("lift", ("a",)),
        Step("pile", ("a", "b")),
    )
)
FIRST = Attempt("run/1")

# Names that Python cannot have, a number that changes, one that does not, and a road map.
ROADS = read_task(
    """
(define (domain roads)
  (:requirements :typing :numeric-fluents :derived-predicates)
  (:types town)
  (:predicates (at ?t - town) (road ?x ?y - town) (reachable ?t - town))
  (:functions (fuel) (length ?x ?y - town))
  (:derived (reachable ?t - town) (exists (?x - town) (and (at ?x) (road ?x ?t))))
  (:action drive-on :parameters (?from ?to-town - town)
    :precondition (and (at ?from) (road ?from ?to-town) (>= (fuel) 1))
    :effect (and (not (at ?from)) (at ?to-town) (decrease (fuel) 1)))
  (:action rest :parameters () :precondition (>= (fuel) 0) :effect (assign (fuel) 9)))
""",
    """
(define (problem p) (:domain roads)
  (:objects bern basel chur - town)
  (:init (at bern) (road bern basel) (road basel chur) (= (fuel) 2) (= (length bern basel) 95))
  (:goal (at chur)))
""",
)


class Arm:
    """Tools that move the blocks of a simulator, as methods."""

    def __init__(self, faults=None):
        self.simulator = Simulator(TOWER, faults)
        self.keys = []

    def lift(self, x, attempt):
        self.keys.append(attempt.key)
        return self.simulator.act(Step("lift", (x,)))

    @tool("lower")
    def put_down(self, x):
        return self.simulator.act(Step("lower", (x,)))

    def pile(self, x, y, speed="slow"):
        report = self.simulator.act(Step("pile", (x, y)))
        if not report.succeeded:
            raise RuntimeError(report.message)

    def unpile(self, **objects):
        return self.simulator.act(Step("unpile", (objects["x"], objects["y"]))).succeeded

    def sense(self):
        return [str(atom) for atom in self.simulator.observe().atoms]

    @property
    def tools(self):
        return (self.lift, self.put_down, self.pile, self.unpile)

    def environment(self):
        return ToolEnvironment(TOWER, self.tools, self.sense)


def _roads(drive_on=lambda from_, to_town: None, rest=lambda: None, sense=list):
    return ToolEnvironment(ROADS, {"drive-on": drive_on, "rest": rest}, sense)


def test_a_run_through_tools_reaches_its_goal():
    arm = Arm()
    run = execute(TOWER, TOWER_PLAN, arm.environment(), solve)
    assert run.reached, run.reason
    assert run.steps == TOWER_PLAN.steps
    assert [h.step for h in arm.simulator.happened] == list(TOWER_PLAN)


def test_a_run_whose_tools_fail_finds_its_way():
    scripted = {2: FaultKind.ACTION_FAILS, 4: FaultKind.EFFECT_LOST}
    arm = Arm(Faults(scripted=scripted))
    run = execute(TOWER, TOWER_PLAN, arm.environment(), solve)
    assert run.reached, run.reason
    assert len(run.steps) > len(TOWER_PLAN)
    assert Semantics(TOWER).goal_holds(arm.simulator.observe())
    assert len(arm.keys) == len(set(arm.keys)) == sum(s.action == "lift" for s in run.steps)


def test_parameters_are_matched_to_pythons_spelling_of_their_names():
    seen = []

    def drive_on(to_town, from_):
        seen.append((from_, to_town))

    report = _roads(drive_on).act(Step("drive-on", ("bern", "basel")), FIRST)
    assert report == ActionReport(True)
    assert seen == [("bern", "basel")]


@pytest.mark.parametrize(
    ("parameter", "name"),
    [("?x", "x"), ("?from", "from_"), ("?to-town", "to_town"), ("?1", "_1"), ("?a.b", "a_b")],
)
def test_every_parameter_has_a_python_name(parameter, name):
    assert python_name(parameter) == name
    assert name.isidentifier()
    assert not keyword.iskeyword(name)


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        (None, ActionReport(True)),
        (True, ActionReport(True)),
        (False, ActionReport(False)),
        ("there in 4 s", ActionReport(True, "there in 4 s")),
        ("bad\x1b[31m\n" * 1000, ActionReport(True, ("bad�[31m " * 1000)[:1999] + "…")),
        (ActionReport(False, "busy", Ending.REFUSED), ActionReport(False, "busy", Ending.REFUSED)),
    ],
)
def test_what_a_tool_gives_back_is_a_report(answer, report):
    assert _roads(rest=lambda: answer).act(Step("rest"), FIRST) == report


def test_a_tool_that_gives_back_something_else_has_failed():
    report = _roads(rest=lambda: 7).act(Step("rest"), FIRST)
    assert report.how is Ending.FAILED
    assert "the tool of `rest` gave back a int" in report.message


def test_a_tool_that_raises_has_failed():
    def rest():
        raise OSError("no bed")

    report = _roads(rest=rest).act(Step("rest"), FIRST)
    assert report == ActionReport(False, "OSError: no bed", Ending.FAILED)


def test_an_interruption_in_a_tool_is_none_of_its_failures():
    def rest():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _roads(rest=rest).act(Step("rest"), FIRST)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            Step("drive-in", ("bern", "basel")),
            "unknown action `drive-in`: did you mean `drive-on`?",
        ),
        (Step("drive-on", ("bern",)), "`drive-on` takes 2 objects, not 1"),
    ],
)
def test_a_step_of_another_domain_is_refused_and_calls_nothing(step, reason):
    def drive_on(from_, to_town):
        raise AssertionError("it should not have been called")

    report = _roads(drive_on).act(step, FIRST)
    assert report == ActionReport(False, reason, Ending.REFUSED)


async def _asynchronous():
    return None


@pytest.mark.parametrize(
    ("tools", "reason"),
    [
        (
            {"drive-on": lambda from_, to_town: None},
            r"no tool is given for `rest`: define `def rest\(\)`",
        ),
        ({"rest": list}, r"for `drive-on`: define `def drive_on\(from_, to_town\)`"),
        ({"rset": list}, "`rset`, which the domain does not have: did you mean `rest`"),
        ({"drive-on": lambda from_: None}, r"no parameter for `\?to-town`: .*\(from_, to_town\)"),
        ({"rest": lambda bed: None}, "wants `bed`, which the action does not have"),
        ({"drive-on": lambda from_, to_town, too: None}, "wants `too`.*did you mean `to_town`"),
        ({"rest": _asynchronous}, "`_asynchronous` is async: use AsyncToolEnvironment"),
        ([_asynchronous, 3], "a tool is a function, not a int|the action `-asynchronous`"),
    ],
)
def test_tools_that_do_not_fit_the_domain_are_told_so_at_once(tools, reason):
    with pytest.raises(InputError, match=reason):
        ToolEnvironment(ROADS, tools, list)


def test_an_action_has_one_tool():
    arm = Arm()
    with pytest.raises(InputError, match="the action `lift` has two tools"):
        ToolEnvironment(TOWER, (*arm.tools, arm.lift), arm.sense)


def test_an_asynchronous_sense_is_told_so_at_once():
    with pytest.raises(InputError, match="`sense` is async"):
        _roads(sense=_asynchronous)


def test_marking_a_function_leaves_it_what_it_was():
    @tool
    def rest():
        return "slept"

    @tool("rest")
    def sleep():
        return "slept"

    assert rest() == sleep() == "slept"
    drive = {"drive-on": lambda from_, to_town: None}
    for each in (rest, sleep):
        world = ToolEnvironment(ROADS, [each, tool("drive-on")(drive["drive-on"])], list)
        assert world.act(Step("rest"), FIRST).message == "slept"


def test_importing_the_environments_loads_nothing_heavy():
    code = "import sys, goalsmith.execute.environments; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    heavy = {"asyncio", "lark", "mcp", "networkx", "pydantic", "tomllib", "unified_planning"}
    assert heavy.isdisjoint(loaded)


# Facts


BERN, BASEL = Atom("at", ("bern",)), Atom("at", ("basel",))
MAP = {Atom("road", ("bern", "basel")), Atom("road", ("basel", "chur"))}
NUMBERS = ROADS.problem.numbers


def _read(seen):
    return FactReader(ROADS).read(seen)


def test_a_list_is_a_whole_state_that_need_not_repeat_what_never_changes():
    state = _read(["(at basel)", "(= (fuel) 1.5)"])
    assert isinstance(state, State)
    assert state.atoms == {BASEL, *MAP}
    assert [(str(t), v) for t, v in state.numbers] == [("(fuel)", 1.5)]


def test_a_list_with_some_of_what_never_changes_has_said_all_of_it():
    assert _read(["(at bern)", "(road basel chur)"]).atoms == {
        BERN,
        Atom("road", ("basel", "chur")),
    }
    none = {"true": ["(at bern)"], "false": [str(a) for a in MAP], "complete": True}
    assert _read(none).atoms == {BERN}


def test_a_mapping_says_whether_it_is_whole():
    assert _read({"true": ["(at bern)"], "complete": True}) == State(frozenset({BERN, *MAP}))
    seen = {"true": {"(at bern)", "(not (at chur))"}, "false": ["(at basel)"], "complete": False}
    chur = Atom("at", ("chur",))
    assert _read(seen) == Observation(frozenset({BERN}), frozenset({BASEL, chur}))


def test_a_state_and_an_observation_are_taken_as_they_are():
    for seen in (State(frozenset({BERN})), Observation(frozenset({BERN}))):
        assert _read(seen) is seen


def test_names_and_spaces_are_as_free_as_in_pddl():
    assert _read(["( AT\n Bern ) ; here", "(reachable basel)"]).atoms == {
        BERN,
        Atom("reachable", ("basel",)),
        *MAP,
    }


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (["(at bern)", "(at berne)"], "2:5: error: unknown object `berne`(.|\n)*`bern`"),
        (["(art bern)"], "unknown predicate `art`(.|\n)*did you mean `at`"),
        (["(at bern basel)"], "takes 1 argument, not 2"),
        (["(not (at berne))"], "unknown object `berne`"),
        (["at bern"], "cannot stand here"),
        (["(at bern)) (:goal (at chur)"], "error"),
        ([7], "a fact is a text such as"),
        ("(at bern)", "a list of facts or a mapping"),
        (None, "not a NoneType"),
        ({"true": "(at bern)", "complete": True}, "true: a list of facts is expected, not a str"),
        ({"true": ["(at bern)"]}, "`complete` must be true"),
        ({"true": [], "compleat": True}, "unknown key `compleat`: did you mean `complete`"),
        (
            {"true": ["(at bern)"], "false": ["(at bern)"], "complete": False},
            r"\(at bern\) is called both true and false",
        ),
        ({"false": ["(= (fuel) 1)"], "complete": False}, "holds atoms only"),
    ],
)
def test_what_is_no_observation_is_said_with_its_place(seen, reason):
    with pytest.raises(InputError, match=reason):
        _read(seen)


def test_an_observation_has_a_largest_size(monkeypatch):
    from goalsmith.execute.environments import facts

    monkeypatch.setattr(facts, "MAX_FACTS", 3)
    monkeypatch.setattr(facts, "MAX_CHARACTERS", 30)
    assert _read(["(at bern)"] * 3).atoms == {BERN, *MAP}
    with pytest.raises(InputError, match="more than 3 facts"):
        _read(["(at bern)"] * 4)
    with pytest.raises(InputError, match="more than 30 characters"):
        _read(["(at bern)" + " " * 30])


def test_a_run_whose_sense_names_what_the_task_does_not_have_ends_with_the_reason():
    arm = Arm()
    world = ToolEnvironment(TOWER, arm.tools, lambda: ["(table d)"])
    run = execute(TOWER, TOWER_PLAN, world, solve)
    assert not run.reached
    assert "unknown object `d`" in run.reason
    with pytest.raises(PddlError):
        world.observe()
