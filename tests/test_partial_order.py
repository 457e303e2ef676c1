"""De-ordered plans: every order that is left is a valid plan, and no more order than needed."""

from __future__ import annotations

import random
from pathlib import Path

import networkx
import pytest
from ipc import Instance
from tasks import chain, towers
from walks import walk

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.order import drawing
from goalsmith.solve.order.partial_order import PartialOrder, partial_order
from goalsmith.solve.validation import validate

DOMAIN = """(define (domain d) (:predicates (p ?x) (q ?x) (g) (h)) (:functions (n) (m))
  (:action add :parameters (?x) :effect (p ?x))
  (:action del :parameters (?x) :effect (not (p ?x)))
  (:action use :parameters (?x) :precondition (p ?x) :effect (q ?x))
  (:action lack :parameters (?x) :precondition (not (p ?x)) :effect (h))
  (:action when :parameters (?x) :effect (when (p ?x) (q ?x)))
  (:action spoil :parameters () :effect (forall (?x) (when (p ?x) (not (q ?x)))))
  (:action more :parameters () :effect (increase (n) 1))
  (:action less :parameters () :precondition (>= (n) 1) :effect (decrease (n) 1))
  (:action double :parameters () :effect (scale-up (n) 2))
  (:action copy :parameters () :effect (assign (m) (n)))
  {})"""

CHAIN = {(0, 1), (0, 2), (1, 2)}


def order(plan: str, goal: str, init: str = "", sections: str = "") -> PartialOrder:
    return partial_order(*setting(plan, goal, init, sections))


def setting(plan: str, goal: str, init: str = "", sections: str = "") -> tuple[Task, Plan]:
    problem = f"(define (problem x) (:domain d) (:objects a b c) (:init {init}) (:goal {goal}))"
    task = read_task(DOMAIN.format(sections), problem)
    steps = read_plan(plan.replace(";", "\n"), task)
    assert validate(task, steps).valid
    return task, steps


def pairs(found: PartialOrder) -> set[tuple[int, int]]:
    closure = networkx.transitive_closure(found.graph())
    return set(closure.edges)


def linearisation(found: PartialOrder, rng: random.Random) -> Plan:
    """The steps in some order that the orderings allow."""
    count = len(found.plan)
    missing = [0] * count
    for each in found.orderings:
        missing[each.after] += 1
    ready = [index for index in range(count) if not missing[index]]
    steps = []
    while ready:
        index = ready.pop(rng.randrange(len(ready)))
        steps.append(found.plan.steps[index])
        for each in found.orderings:
            if each.before == index:
                missing[each.after] -= 1
                if not missing[each.after]:
                    ready.append(each.after)
    assert len(steps) == count
    return Plan(tuple(steps))


def test_steps_without_links_between_them_lose_their_order() -> None:
    found = order("(add a);(use a);(add b);(use b)", "(and (q a) (q b))")
    assert pairs(found) == {(0, 1), (2, 3)}
    assert found.stages == ((0, 2), (1, 3))
    assert found.critical_path() == (0, 1)
    assert found.width() == 2
    assert found.total == ""


def test_what_undoes_a_link_stays_after_its_consumer() -> None:
    found = order("(add a);(use a);(del a)", "(and (q a) (not (p a)))")
    assert pairs(found) == CHAIN
    reasons = {(o.before, o.after): {r.kind for r in o.reasons} for o in found.orderings}
    assert reasons[1, 2] == {"keeps"}


def test_what_undoes_a_link_stays_before_its_provider() -> None:
    found = order("(del a);(add a);(use a)", "(q a)", "(p a)")
    reasons = {(o.before, o.after): {r.kind for r in o.reasons} for o in found.orderings}
    assert reasons == {(0, 1): {"restores"}, (1, 2): {"provides"}}


def test_negative_conditions_are_linked_too() -> None:
    found = order("(lack a);(add a)", "(and (h) (p a))")
    assert pairs(found) == {(0, 1)}


def test_a_conditional_effect_that_must_not_take_place_is_kept_from_it() -> None:
    # Taken before (spoil), (add a) would make it delete (q a).
    found = order("(spoil);(add a)", "(and (q a) (p a))", "(q a)")
    assert pairs(found) == {(0, 1)}


def test_a_conditional_effect_waits_for_its_condition() -> None:
    found = order("(add a);(when a)", "(q a)")
    assert pairs(found) == {(0, 1)}


def test_changes_to_a_number_lose_their_order_only_where_they_commute() -> None:
    assert pairs(order("(more);(more)", "(= (n) 2)", "(= (n) 0)")) == set()
    assert pairs(order("(more);(double)", "(= (n) 2)", "(= (n) 0)")) == {(0, 1)}
    assert pairs(order("(more);(copy);(more)", "(= (m) 1)", "(= (n) 0)")) == CHAIN
    assert pairs(order("(more);(less)", "(= (n) 0)", "(= (n) 0)")) == {(0, 1)}


def test_changes_under_an_absent_derived_atom_stay_on_their_side() -> None:
    sections = """(:predicates (some)) (:derived (some) (exists (?x) (p ?x)))
      (:action end :parameters () :precondition (not (some)) :effect (g))"""
    found = order("(del a);(end);(add b)", "(g)", "(p a)", sections)
    assert pairs(found) == CHAIN


def test_a_present_derived_atom_orders_only_what_it_follows_from() -> None:
    task = chain("", "(live r)")
    plan = read_plan("(connect p q)\n(connect q r)\n(connect p p)", task)
    found = partial_order(task, plan)
    assert pairs(found) == {(0, 1)}


def test_a_plan_whose_derived_atoms_read_numbers_stays_in_order() -> None:
    sections = """(:predicates (rich)) (:derived (rich) (>= (n) 1))
      (:action end :parameters () :precondition (rich) :effect (g))"""
    found = order("(more);(add a);(end)", "(g)", "(= (n) 0)", sections)
    assert pairs(found) == CHAIN
    assert "numbers" in found.total


def test_a_plan_with_too_many_reasons_stays_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.solve.order.partial_order.MOST_REASONS", 1)
    found = order("(add a);(use a);(add b);(use b)", "(and (q a) (q b))")
    assert found.critical_path() == (0, 1, 2, 3)
    assert found.total


def test_a_plan_with_too_many_conditional_effects_stays_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("goalsmith.solve.order.occurrence.MOST_INSTANCES", 2)
    found = order("(spoil);(add a)", "(p a)")
    assert pairs(found) == {(0, 1)}
    assert "conditional" in found.total


def test_steps_that_interfere_share_no_stage() -> None:
    # Neither needs the other, but one changes what the other reads.
    found = order("(add b);(use b);(add b)", "(q b)")
    assert (1, 2) not in pairs(found)
    assert all(not {1, 2} <= set(stage) for stage in found.stages)


def test_a_plan_that_is_not_valid_is_refused() -> None:
    with pytest.raises(InputError, match="not applicable"):
        order_of = towers("(on a b)")
        partial_order(order_of, read_plan("(pile a b)", order_of))
    with pytest.raises(InputError, match="not valid"):
        partial_order(towers("(on a b)"), Plan())


def test_an_empty_plan_has_no_order() -> None:
    found = order("", "(p a)", "(p a)")
    assert (found.stages, found.critical_path(), found.width()) == ((), (), 0)


IPC = [
    *("blocks", "gripper", "logistics98", "depot", "rovers", "satellite", "freecell", "tpp"),
    *("zenotravel", "storage", "elevators-sat08-strips", "transport-sat08-strips"),
    *("psr-middle", "philosophers", "miconic-fulladl", "schedule", "airport-adl"),
    *("caldera-sat18-adl", "citycar-sat14-adl", "openstacks-sat08-adl"),
]


@pytest.mark.parametrize("name", IPC)
def test_every_order_that_is_left_is_valid(data: Path, name: str) -> None:
    rng = random.Random(name)
    checked = 0
    for seed in range(4):
        task, plan = walk(Instance(name, 1).load(data), seed, 15)
        found = partial_order(task, plan)
        semantics = Semantics(task)
        cost = validate(task, plan, semantics).cost
        for _ in range(5):
            verdict = validate(task, linearisation(found, rng), semantics)
            assert verdict.failure is None
            assert verdict.cost == cost
            checked += 1
    assert checked == 20


@pytest.mark.parametrize("name", IPC)
def test_the_steps_of_a_stage_come_to_the_same_in_any_order(data: Path, name: str) -> None:
    rng = random.Random(name)
    task, plan = walk(Instance(name, 1).load(data), 7, 20)
    found = partial_order(task, plan)
    assert sorted(index for stage in found.stages for index in stage) == list(range(len(plan)))
    semantics = Semantics(task)
    state = semantics.initial_state()
    for stage in found.stages:
        ends = set()
        for _ in range(4):
            now = state
            for index in rng.sample(stage, len(stage)):
                now = semantics.apply(now, plan.steps[index])
            ends.add(now)
        assert len(ends) == 1
        state = ends.pop()
    assert semantics.goal_holds(state)


@pytest.mark.parametrize("name", ["logistics98", "rovers", "openstacks-sat08-adl"])
def test_width_and_critical_path_are_those_of_the_definition(data: Path, name: str) -> None:
    task, plan = walk(Instance(name, 1).load(data), 2, 12)
    found = partial_order(task, plan)
    graph = found.graph()
    antichains = networkx.antichains(graph)
    assert found.width() == max(map(len, antichains))
    assert len(found.critical_path()) == len(networkx.dag_longest_path(graph))
    assert networkx.is_path(graph, found.critical_path())


def test_the_width_of_a_plan_that_is_too_long_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goalsmith.solve.order.partial_order.MOST_PAIRS", 2)
    assert order("(add a);(use a);(add b);(use b)", "(q a)").width() == 2
    assert order("(add a);(use a);(del a)", "(q a)").width() is None


def test_drawings_name_every_step_and_ordering() -> None:
    found = order("(add a);(use a);(add b);(use b);(del a)", "(and (q a) (q b))")
    dot, mermaid = drawing.dot(found), drawing.mermaid(found)
    assert 's1 -> s2 [label="(p a)"' in dot.replace("penwidth=2, ", "")
    assert "s2 -> s5 [" in dot
    assert "style=dashed" in dot
    assert 's3 -- "(p b)" --> s4' in mermaid
    assert "s2 -.-> s5" in mermaid
    fields = drawing.fields(found)
    assert fields["stages"] == [[1, 3], [2, 4], [5]]
    assert fields["width"] == 2


def test_every_ordering_has_a_sentence() -> None:
    sections = """(:predicates (some)) (:derived (some) (exists (?x) (p ?x)))
      (:action end :parameters () :precondition (not (some)) :effect (g))"""
    plans = [
        order("(del a);(end);(add b)", "(g)", "(p a)", sections),
        order("(del a);(add a);(use a);(del a)", "(q a)", "(p a)"),
        order("(more);(copy);(double);(more)", "(= (m) 1)", "(= (n) 0)"),
    ]
    said = {s for found in plans for each in found.orderings for s in drawing.why(each)}
    assert "step 2 provides (p a), which step 3 needs" in said
    assert "step 4 undoes (p a), which step 3 needs" in said
    assert "step 1 undoes (p a), which step 2 provides for step 3" in said
    assert "step 2 rests on all of `p`, which step 3 changes" in said
    assert "step 2 reads (n), which step 1 changes" in said
    assert "both change (n), in ways that do not go together" in said
