"""Causal links: who provides what to whom, and that this is true."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import networkx
import pytest
from ipc import Instance
from walks import walk

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step, read_plan
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.order.causal import CausalOrder, Extent, Literal, causal_order
from goalsmith.solve.validation import validate

ACTIONS = """(define (domain d) (:predicates (p ?x) (q ?x) (r ?x ?y) (g) (h)) (:functions (n) (m))
  (:action add :parameters (?x) :effect (p ?x))
  (:action del :parameters (?x) :effect (not (p ?x)))
  (:action use :parameters (?x) :precondition (p ?x) :effect (q ?x))
  (:action drop :parameters (?x) :effect (not (q ?x)))
  (:action need-not :parameters (?x) :precondition (not (p ?x)) :effect (q ?x))
  (:action either :parameters (?x ?y) :precondition (or (p ?x) (p ?y)) :effect (g))
  (:action any :parameters () :precondition (exists (?x) (and (p ?x) (q ?x))) :effect (g))
  (:action all :parameters () :precondition (forall (?x) (p ?x)) :effect (g))
  (:action if :parameters (?x) :precondition (imply (p ?x) (q ?x)) :effect (g))
  (:action when :parameters (?x) :effect (when (p ?x) (g)))
  (:action each :parameters () :effect (and (h) (forall (?x) (when (p ?x) (q ?x)))))
  (:action join :parameters (?x ?y) :effect (r ?x ?y))
  (:action part :parameters (?x ?y) :effect (not (r ?x ?y)))
  (:action more :parameters () :effect (increase (n) 1))
  (:action less :parameters () :precondition (>= (n) 1) :effect (decrease (n) 1))
  (:action copy :parameters () :effect (assign (m) (n)))
  {})"""
CLOSURE = """(:predicates (reach ?x ?y) (alone ?x))
  (:derived (reach ?x ?y) (r ?x ?y))
  (:derived (reach ?x ?y) (exists (?z) (and (r ?x ?z) (reach ?z ?y))))
  (:derived (alone ?x) (not (exists (?y) (reach ?x ?y))))
  (:action go :parameters (?x ?y) :precondition (reach ?x ?y) :effect (g))
  (:action leave :parameters (?x) :precondition (alone ?x) :effect (g))"""


def order(plan: str, goal: str, init: str = "", sections: str = "") -> CausalOrder:
    problem = f"(define (problem x) (:domain d) (:objects a b c) (:init {init}) (:goal {goal}))"
    task = read_task(ACTIONS.format(sections), problem)
    steps = read_plan(plan.replace(";", "\n"), task)
    assert validate(task, steps).valid
    return causal_order(task, steps)


def needs(found: CausalOrder, step: int | None) -> dict[str, int | None]:
    """What a step rests on, and who provides it."""
    links = found.needs(step)
    assert len({link.literal for link in links}) == len(links)
    return {str(link.literal): link.provider for link in links}


def test_each_precondition_has_its_provider() -> None:
    found = order("(add a);(add b);(use a);(use b)", "(and (q a) (q b))")
    assert needs(found, 0) == needs(found, 1) == {}
    assert needs(found, 2) == {"(p a)": 0}
    assert needs(found, 3) == {"(p b)": 1}
    assert needs(found, None) == {"(q a)": 2, "(q b)": 3}


def test_initial_facts_have_no_step_as_provider() -> None:
    found = order("(use a)", "(and (q a) (p a) (not (p b)))", "(p a)")
    assert needs(found, 0) == {"(p a)": None}
    assert needs(found, None) == {"(q a)": 0, "(p a)": None, "(not (p b))": None}


def test_the_provider_is_the_step_that_made_the_change() -> None:
    found = order("(add a);(add a);(use a);(del a);(add a);(use a)", "(p a)")
    assert needs(found, 2) == {"(p a)": 0}
    assert needs(found, 5) == {"(p a)": 4}
    assert needs(found, None) == {"(p a)": 4}


def test_negative_preconditions_have_providers() -> None:
    found = order("(need-not b);(del a);(need-not a)", "(q a)", "(p a)")
    assert needs(found, 0) == {"(not (p b))": None}
    assert needs(found, 2) == {"(not (p a))": 1}


def test_a_choice_is_linked_by_a_way_in_which_it_holds() -> None:
    assert needs(order("(add b);(either a b)", "(g)"), 1) == {"(p b)": 0}
    found = order("(add a);(add b);(use b);(any)", "(g)")
    assert needs(found, 3) == {"(p b)": 1, "(q b)": 2}
    assert needs(order("(if a)", "(g)"), 0) == {"(not (p a))": None}
    assert needs(order("(add a);(use a);(if a)", "(g)"), 2) == {"(q a)": 1}


def test_a_universal_condition_rests_on_every_object() -> None:
    found = order("(add c);(add a);(all)", "(g)", "(p b)")
    assert needs(found, 2) == {"(p a)": 1, "(p b)": None, "(p c)": 0}


def test_a_conditional_effect_that_takes_place_rests_on_its_condition() -> None:
    assert needs(order("(add a);(when a)", "(g)"), 1) == {"(p a)": 0}
    assert needs(order("(when a);(add b);(when b)", "(g)"), 0) == {}


def test_a_universal_conditional_effect_rests_on_its_conditions_too() -> None:
    found = order("(add a);(add c);(each)", "(and (q a) (h))")
    assert needs(found, 2) == {"(p a)": 0, "(p c)": 1}
    assert needs(found, None) == {"(q a)": 2, "(h)": 2}


def test_a_number_rests_on_all_that_it_was_made_of() -> None:
    found = order("(more);(more);(less);(copy)", "(and (= (m) 1) (>= (n) 1))", "(= (n) 0)")
    assert needs(found, None) == {"(m)": 3, "(n)": 2}
    assert needs(found, 2)["(n)"] == 1
    assert needs(found, 3) == {"(n)": 2}
    assert needs(found, 1) == {"(n)": 0}
    assert needs(found, 0) == {"(n)": None}


def test_a_derived_atom_rests_on_what_it_is_derived_from() -> None:
    found = order("(join a b);(join b c);(join c a);(go a c)", "(g)", sections=CLOSURE)
    assert needs(found, 3) == {"(r a b)": 0, "(r b c)": 1}
    found = order("(join b c);(go a a)", "(reach a c)", "(r a b) (r b a)", CLOSURE)
    assert needs(found, 1) == {"(r a b)": None, "(r b a)": None}
    assert needs(found, None) == {"(r a b)": None, "(r b c)": 0}


def test_the_absence_of_a_derived_atom_rests_on_its_predicates_as_a_whole() -> None:
    found = order("(join b c);(part a b);(leave a)", "(g)", "(r a b)", CLOSURE)
    assert [(link.literal, link.provider) for link in found.needs(2)] == [
        (Extent("r"), 0),
        (Extent("r"), 1),
    ]
    assert str(Extent("r")) == "all of `r`"
    assert needs(order("(leave a)", "(g)", sections=CLOSURE), 0) == {}


def test_the_absence_of_a_derived_atom_rests_on_all_that_was_done_for_it() -> None:
    found = order("(part a b);(part a c);(leave a)", "(g)", "(r a b) (r a c)", CLOSURE)
    assert {0, 1} <= networkx.ancestors(found.graph(), 2)


def test_an_empty_plan_has_the_links_of_its_goal() -> None:
    found = order("", "(p a)", "(p a)")
    assert needs(found, None) == {"(p a)": None}
    assert found.graph().number_of_nodes() == 0


def test_the_graph_has_labels_and_only_edges_between_steps() -> None:
    found = order("(add a);(use a);(any)", "(and (g) (p b))", "(p b)")
    graph = found.graph()
    assert dict(graph.nodes(data="step")) == {0: "(add a)", 1: "(use a)", 2: "(any)"}
    assert {(a, b): set(e["literals"]) for a, b, e in graph.edges(data=True)} == {
        (0, 1): {"(p a)"},
        (0, 2): {"(p a)"},
        (1, 2): {"(q a)"},
    }


@pytest.mark.parametrize(
    "plan",
    [
        Plan((Step("use", ("a",)),)),
        Plan((Step("fly"),)),
        Plan((Step("use", ("a", "b")),)),
        Plan((Step("use", ("z",)),)),
        Plan((Step("add", ("b",)),)),
    ],
    ids=["precondition", "action", "arity", "object", "goal"],
)
def test_a_plan_that_is_not_valid_is_refused(plan: Plan) -> None:
    text = "(define (problem x) (:domain d) (:objects a b c) (:init) (:goal (p a)))"
    with pytest.raises(InputError):
        causal_order(read_task(ACTIONS.format(""), text), plan)


def chain(length: int) -> Task:
    names = [f"o{i}" for i in range(length + 1)]
    init = " ".join(f"(r {x} {y})" for x, y in pairwise(names))
    return read_task(
        ACTIONS.format(CLOSURE),
        f"(define (problem x) (:domain d) (:objects {' '.join(names)}) (:init {init})"
        f" (:goal (reach o0 o{length})))",
    )


def test_a_long_derivation_is_explained() -> None:
    found = causal_order(chain(120), Plan())
    assert len(found.links) == 120


# A derived atom in a dense graph with one way out: searching all simple paths takes for ever.
CLIQUE = """
from goalsmith.domains.plans import Plan
from goalsmith.domains.reader import read_task
from goalsmith.solve.order.causal import causal_order
names = [f"o{i}" for i in range(16)]
init = " ".join(f"(r {x} {y})" for x in names for y in names if x != y)
task = read_task('''(define (domain d) (:predicates (r ?x ?y) (reach ?x ?y))
  (:derived (reach ?x ?y) (exists (?z) (and (r ?x ?z) (reach ?z ?y))))
  (:derived (reach ?x ?y) (r ?x ?y)))''', f'''(define (problem x) (:domain d)
  (:objects out {' '.join(names)}) (:init {init} (r o1 out)) (:goal (reach o0 out)))''')
print(*sorted(str(link.literal) for link in causal_order(task, Plan()).links))
"""
CHOICE = """
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import read_task
from goalsmith.solve.order.causal import causal_order
task = read_task('''(define (domain d) (:predicates (p ?x) (q)) (:action do :parameters (?x)
  :effect (p ?x)) (:action any :precondition (exists (?x) (p ?x)) :effect (q)))''',
  '''(define (problem x) (:domain d) (:objects a b c d e f) (:goal (q)))''')
steps = "".join(f"(do {name})" + chr(10) for name in "fedcba")
print(*causal_order(task, read_plan(steps + "(any)", task)).links)
"""


def output(program: str, seed: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": str(seed)},
        capture_output=True,
        encoding="utf-8",
        timeout=5,
        check=True,
    )
    return done.stdout


def test_a_dense_derivation_is_explained_in_no_time() -> None:
    assert "(r o1 out)" in output(CLIQUE, 1)


def test_links_are_the_same_in_every_run() -> None:
    assert len({output(CHOICE, seed) for seed in range(1, 6)}) == 1


# On the competitions' instances


def states_along(task: Task, plan: Plan) -> list[State]:
    semantics = Semantics(task)
    states = [semantics.initial_state()]
    for step in plan:
        states.append(semantics.apply(states[-1], step))
    return states


STRIPS = [
    *("blocks", "gripper", "logistics98", "depot", "driverlog", "rovers", "satellite", "freecell"),
    *("zenotravel", "tpp", "storage", "elevators-sat08-strips", "barman-sat14-strips"),
    *("childsnack-sat14-strips", "miconic", "transport-sat08-strips"),
]
ADL = [
    *("psr-middle", "philosophers", "miconic-fulladl", "schedule", "airport-adl"),
    *("caldera-sat18-adl", "citycar-sat14-adl", "openstacks-sat08-adl"),
]


@pytest.mark.parametrize("name", STRIPS + ADL)
def test_every_provider_makes_its_literal_so_and_nobody_undoes_it(data: Path, name: str) -> None:
    task, plan = walk(Instance(name, 1).load(data), 3, 25)
    found = causal_order(task, plan)
    states = states_along(task, plan)
    assert found.needs(None)
    for link in found.links:
        consumer = len(plan) if link.consumer is None else link.consumer
        assert link.provider is None or link.provider < consumer
        if not isinstance(link.literal, Literal) or isinstance(link.literal.fact, FunctionTerm):
            continue
        atom, positive = link.literal.fact, link.literal.positive
        assert isinstance(atom, Atom)
        first = 0 if link.provider is None else link.provider + 1
        assert all((atom in s.atoms) == positive for s in states[first : consumer + 1])
        if link.provider is not None:
            assert (atom in states[link.provider].atoms) != positive
    assert networkx.is_directed_acyclic_graph(found.graph())


@pytest.mark.parametrize("name", STRIPS)
def test_the_steps_that_the_goal_rests_on_are_a_valid_plan(data: Path, name: str) -> None:
    """Without conditional effects this follows: every kept step finds what it needs."""
    for seed in range(3):
        task, plan = walk(Instance(name, 1).load(data), seed, 30)
        found = causal_order(task, plan)
        kept: set[int] = set()
        waiting = [link.provider for link in found.needs(None)]
        while waiting:
            step = waiting.pop()
            if step is not None and step not in kept:
                kept.add(step)
                waiting.extend(link.provider for link in found.needs(step))
        shorter = Plan(tuple(s for i, s in enumerate(plan) if i in kept))
        assert shorter.steps
        assert validate(task, shorter).failure is None
