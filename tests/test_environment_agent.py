import re

import pytest
import tasks

from goalsmith.domains.library import bundled
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import ActionReport, Attempt, Ending, FaultKind, Faults, Simulator, execute
from goalsmith.execute.environments import AgentEnvironment
from goalsmith.execute.environments import agent as agent_module
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
LIFT = Step("lift", ("b",))
FIRST = Attempt("run/1")

# Whatever an action may have beside atoms.
KITCHEN = read_task(
    """
(define (domain kitchen)
  (:requirements :typing :numeric-fluents :conditional-effects :equality)
  (:types pot lid - thing)
  (:predicates (hot ?t - thing) (on ?l - lid ?p - pot) (clean ?t - thing))
  (:functions (energy))
  (:action cook :parameters (?p - pot ?l - lid)
    :precondition (and (not (hot ?p)) (>= (energy) 2) (forall (?t - thing) (clean ?t)))
    :effect (and (hot ?p) (not (clean ?p)) (decrease (energy) 2)
      (when (on ?l ?p) (hot ?l)) (forall (?p - lid) (clean ?p))))
  (:action wait :parameters () :effect (and)))
""",
    """
(define (problem p) (:domain kitchen) (:objects pan - pot top - lid) (:init (= (energy) 5))
  (:goal (hot pan)))
""",
)


class Agent:
    """An agent that does on a simulator what its prompt says, and is sure of its success."""

    def __init__(self, faults=None):
        self.simulator = Simulator(TOWER, faults)
        self.prompts = []

    def ask(self, prompt):
        self.prompts.append(prompt)
        words = re.search(r"^The step: \((.*)\)$", prompt, re.MULTILINE)[1].split()
        self.simulator.act(Step(words[0], tuple(words[1:])))
        return "I took the arm and did as told.\n\nDONE\n"


def _asked(answer):
    return AgentEnvironment(TOWER, lambda _: answer, list)


def test_a_run_through_an_agent_reaches_its_goal():
    agent = Agent()
    environment = AgentEnvironment(TOWER, agent.ask, agent.simulator.observe)
    run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason
    assert [h.step for h in agent.simulator.happened] == list(TOWER_PLAN)


def test_the_truth_is_what_is_sensed_and_not_what_the_agent_claims():
    agent = Agent(Faults(scripted={2: FaultKind.EFFECT_LOST, 4: FaultKind.ACTION_FAILS}))
    environment = AgentEnvironment(TOWER, agent.ask, agent.simulator.observe)
    run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason
    assert Semantics(TOWER).goal_holds(agent.simulator.observe())
    assert len(run.steps) == len(TOWER_PLAN) + 2
    assert sum("This is attempt 2" in p for p in agent.prompts) == 2


def test_a_prompt_says_the_step_what_holds_before_and_what_after_in_pddl_and_in_words():
    environment = AgentEnvironment(TOWER, lambda _: "DONE", list, about="You are at the table.")
    assert environment.prompt(Step("pile", ("a", "b")), Attempt("run/1", 3)) == (
        """\
You are at the table.

You carry out one step of a plan. Bring about its effect, and nothing else.

The step: (pile a b)
In plain words: pile a b
This is attempt 3: the one before did not have this effect.

Its objects:
- a: object
- b: object
What must hold before the step:
- (hand a) – a is hand
- (clear b) – b is clear

What must hold after it:
- (on a b) – a is on b
- (clear a) – a is clear
- (free) – free holds
- (not (hand a)) – a is not hand
- (not (clear b)) – b is not clear

Leave everything else as it is. If it cannot be done, change nothing.

End your answer with a line of its own that says how it went: either
DONE
or
FAILED: the reason in one sentence
"""
    )


def test_the_words_are_those_of_the_domains_wording():
    library = bundled("logistics")
    task = library.instances[0].task
    step = next(iter(Semantics(task).applicable_steps(Semantics(task).initial_state())))
    said = library.wording.step(task.domain, step)
    plain = AgentEnvironment(task, lambda _: "DONE", list)
    worded = AgentEnvironment(task, lambda _: "DONE", list, wording=library.wording)
    assert f"In plain words: {said}\n" in worded.prompt(step, FIRST)
    assert f"In plain words: {said}\n" not in plain.prompt(step, FIRST)


def test_a_prompt_says_numbers_conditions_and_quantifiers_in_pddl():
    prompt = AgentEnvironment(KITCHEN, lambda _: "", list).prompt(
        Step("cook", ("pan", "top")), FIRST
    )
    for line in (
        "- pan: pot",
        "- top: lid",
        "- (not (hot pan)) – pan is not hot",
        "- (>= (energy) 2)",
        "- (forall (?t - thing) (clean ?t))",
        "- (hot pan) – pan is hot",
        "- (decrease (energy) 2)",
        "- (when (on top pan) (hot top))",
        "- (forall (?p - lid) (clean ?p))",
    ):
        assert line in prompt.splitlines(), prompt
    waiting = AgentEnvironment(KITCHEN, lambda _: "", list).prompt(Step("wait"), FIRST)
    assert waiting.count("- nothing in particular") == 2
    assert "Its objects" not in waiting


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        ("DONE", ActionReport(True)),
        ("It is hard.\nFAILED: no\nbut then it went well\n **DONE.**  \n\n", ActionReport(True)),
        ("FAILED: the arm is stuck", ActionReport(False, "the arm is stuck")),
        ("`FAILED` – out of reach", ActionReport(False, "out of reach")),
        ("DONE\nFAILED", ActionReport(False, "the agent gave no reason")),
    ],
)
def test_the_last_line_of_an_answer_is_its_claim(answer, report):
    assert _asked(answer).act(LIFT, FIRST) == report


@pytest.mark.parametrize(
    "answer", ["", "all well", "NOT DONE", "DONE?", "DONE with one exception", "done", "FAILEDLY"]
)
def test_an_answer_without_a_claim_is_a_failed_step(answer):
    report = _asked(answer).act(LIFT, FIRST)
    assert report.how is Ending.FAILED
    assert f"neither DONE nor FAILED: `{answer}`" in report.message


def test_an_answer_is_bounded(monkeypatch):
    monkeypatch.setattr(agent_module, "LONGEST_ANSWER", 1000)
    assert _asked("x" * 10**6 + "\nDONE").act(LIFT, FIRST).succeeded
    report = _asked("FAILED: " + "why " * 200).act(LIFT, FIRST)
    assert len(report.message) <= 400
    assert len(_asked("x" * 10**6).act(LIFT, FIRST).message) < 400


def test_an_agent_that_raises_or_says_nothing_has_failed():
    def ask(prompt):
        raise TimeoutError("no answer")

    report = AgentEnvironment(TOWER, ask, list).act(LIFT, FIRST)
    assert report == ActionReport(False, "TimeoutError: no answer", Ending.FAILED)
    assert "is a NoneType, no text" in _asked(None).act(LIFT, FIRST).message


@pytest.mark.parametrize("step", [Step("lit", ("b",)), Step("lift", ("d",)), Step("lift", ())])
def test_a_step_that_is_none_of_the_task_is_refused_and_nobody_is_asked(step):
    def ask(prompt):
        raise AssertionError("the agent should not have been asked")

    assert AgentEnvironment(TOWER, ask, list).act(step, FIRST).how is Ending.REFUSED
