"""Tasks and plans to unified-planning and back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ipc import QUICK, SLOW, Instance
from tasks import BLOCKS, chain, towers

from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.formula import (
    Add,
    And,
    Arithmetic,
    Assign,
    Atom,
    Compare,
    Condition,
    Delete,
    Effect,
    Equal,
    Exists,
    Expression,
    Forall,
    ForEach,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    When,
    free_variables,
    function_terms_in,
    simple_effects,
)
from goalsmith.domains.interchange import (
    from_formulas,
    from_unified_planning,
    plan_from_unified_planning,
    plan_to_unified_planning,
    to_unified_planning,
)
from goalsmith.domains.language import (
    Action,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    State,
    Task,
    Type,
)
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import NotApplicableError, Semantics
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve import Limits, solve, validate

up = pytest.importorskip("unified_planning.shortcuts", reason="unified-planning is not installed")
from unified_planning.environment import Environment, get_environment  # noqa: E402 (if it is there)

REFUSED = {
    "philosophers": "derived predicates: `blocked` and `blocked-trans`",
    "psr-middle": "derived predicates: `upstream`, `unsafe`, `affected` and `fed`",
    "storage": "several types at once: predicate `in` is of storearea or crate",
}
"""The competition's domains that unified-planning cannot express, and what it is in them."""

ALL = (*QUICK, *SLOW)
SUPPORTED = tuple(d for d in ALL if d not in REFUSED)
COUNTED = Metric("minimize", FunctionTerm("total-cost"))


def there_and_back(task: Task) -> Task:
    """The task after a round trip, in an environment of its own."""
    return from_unified_planning(to_unified_planning(task, environment=Environment()))


# What is kept of a task: the list in the module's docstring, as a function.


def kept(task: Task) -> Task:
    """The task without what unified-planning does not keep. Its cost must be the actions' costs."""
    domain, problem = task.domain, task.problem
    counted = problem.metric == COUNTED
    total = FunctionTerm("total-cost")
    actions = tuple(map(kept_action, domain.actions))
    mentioned = {name for action in actions for name in names_in(action)}
    objects = task.objects
    numbers = dict(problem.numbers)
    functions = domain.functions
    if counted:
        numbers.pop(total, None)
        numbers[total] = Fraction(0)
        head = Function(total.function)
        functions = (*(f for f in functions if f != head), head)
    title = f"{problem.name}-domain"
    return Task(
        Domain(
            title,
            (),
            tuple(sorted(domain.types, key=lambda t: t.name)),
            tuple(o for o in objects if o.name in mentioned),
            domain.predicates,
            functions,
            (),
            actions,
        ),
        Problem(
            problem.name,
            title,
            tuple(o for o in objects if o.name not in mentioned),
            problem.init,
            tuple(numbers.items()),
            kept_conjunction(problem.goal),
            problem.metric,
        ),
    )


def sorted_types(task: Task) -> Task:
    types = tuple(sorted(task.domain.types, key=lambda t: t.name))
    return Task(replace(task.domain, types=types), task.problem)


def names_in(part: Any) -> set[str]:
    """Every word in a value, names of objects among them."""
    if isinstance(part, str):
        return {part}
    if isinstance(part, tuple):
        return {name for each in part for name in names_in(each)}
    fields = getattr(part, "__dataclass_fields__", ())
    skipped = ("position", "predicate", "function", "name", "types")
    return {n for f in fields if f not in skipped for n in names_in(getattr(part, f))}


def kept_action(action: Action) -> Action:
    precondition = kept_conjunction(action.precondition, once=True)
    effects = [e for effect in action.effects for e in kept_effects(effect, (), ())]
    total = FunctionTerm("total-cost")
    effects.sort(key=lambda e: isinstance(e, Assign) and e.target == total)
    return Action(action.name, action.parameters, precondition, tuple(effects))


def kept_conjunction(condition: Condition, once: bool = False) -> Condition:
    parts = condition.parts if isinstance(condition, And) else (condition,)
    kept_parts = [p for p in map(kept_condition, parts) if p != And()]
    return joined(tuple(dict.fromkeys(kept_parts) if once else kept_parts))


def joined(parts: tuple[Condition, ...]) -> Condition:
    return parts[0] if len(parts) == 1 else And(parts)


def kept_condition(condition: Condition) -> Condition:
    match condition:
        case And(parts):
            return joined(tuple(map(kept_condition, parts)))
        case Or(parts):
            inner = tuple(map(kept_condition, parts))
            return inner[0] if len(inner) == 1 else Or(inner)
        case Not(part):
            below = kept_condition(part)
            return below.part if isinstance(below, Not) else Not(below)
        case Imply(premise, conclusion):
            return Imply(kept_condition(premise), kept_condition(conclusion))
        case Forall(parameters, part) | Exists(parameters, part):
            below = kept_condition(part)
            return type(condition)(parameters, below) if parameters else below
        case Compare(relation, left, right):
            sides = kept_expression(left), kept_expression(right)
            if relation in (">", ">="):
                return Compare("<" if relation == ">" else "<=", sides[1], sides[0])
            return Compare(relation, *sides)
        case _:
            return condition


def kept_expression(expression: Expression) -> Expression:
    match expression:
        case Arithmetic("-", (part,)):
            return Arithmetic("-", (Fraction(0), kept_expression(part)))
        case Arithmetic(operator, parts):
            return Arithmetic(operator, tuple(map(kept_expression, parts)))
        case _:
            return expression


def kept_effects(
    effect: Effect, variables: tuple[Parameter, ...], conditions: tuple[Condition, ...]
) -> list[Effect]:
    match effect:
        case When(condition, inner):
            conditions = (*conditions, kept_condition(condition))
            return [e for each in inner for e in kept_effects(each, variables, conditions)]
        case ForEach(parameters, inner):
            variables = (*variables, *parameters)
            return [e for each in inner for e in kept_effects(each, variables, conditions)]
        case Assign("scale-up", target, value):
            effect = Assign("assign", target, Arithmetic("*", (target, kept_expression(value))))
        case Assign("scale-down", target, value):
            effect = Assign("assign", target, Arithmetic("/", (target, kept_expression(value))))
        case Assign(operator, target, value):
            effect = Assign(operator, target, kept_expression(value))
    condition = joined(conditions)
    used = set(free_variables(condition))
    if isinstance(effect, Add | Delete):
        used |= set(effect.atom.args)
    else:
        terms = [effect.target, *function_terms_in(effect.value)]
        used |= {name for term in terms for name in term.args}
    changed = effect if condition == And() else When(condition, (effect,))
    bound = tuple(v for v in variables if v.name in used)
    return [ForEach(bound, (changed,)) if bound else changed]


# The competitions' tasks


@pytest.mark.parametrize(
    "instance",
    [
        pytest.param(Instance(d, n), id=f"{d}-{n}", marks=marks)
        for n, marks in ((1, ()), (2, ()), (3, pytest.mark.long), (4, pytest.mark.long))
        for d in SUPPORTED
    ],
)
def test_a_competition_task_comes_back_with_all_that_is_kept(
    data: Path, instance: Instance
) -> None:
    task = instance.load(data)
    back = there_and_back(task)
    assert sorted_types(back) == kept(task)
    assert sorted_types(there_and_back(back)) == sorted_types(back)
    reread = read_task(write_domain(back.domain), write_problem(back.problem))
    assert reread == back


@pytest.mark.parametrize("domain", REFUSED)
def test_a_competition_task_that_cannot_be_expressed_is_refused_by_name(
    data: Path, domain: str
) -> None:
    with pytest.raises(UnsupportedError, match="unified-planning cannot express") as caught:
        to_unified_planning(Instance(domain, 1).load(data))
    assert REFUSED[domain] in str(caught.value)


def accepted_there(plan: Plan, problem: Any) -> bool:
    """The verdict of unified-planning's own validator, which shares no code with ours.

    It grounds in the environment that all share, so the problem must have been made there.
    """
    from unified_planning.engines import SequentialPlanValidator

    validator = SequentialPlanValidator()
    verdict = validator.validate(problem, plan_to_unified_planning(plan, problem))
    return bool(verdict.status.name == "VALID")


CHECKED = (
    "blocks", "elevators-sat08-strips", "logistics00", "miconic-fulladl", "openstacks-sat08-adl",
    "rovers", "schedule", "transport-sat08-strips", "woodworking-sat08-strips", "zenotravel",
)  # fmt: skip
"""Domains of every kind of syntax on which unified-planning's validator is quick."""


@pytest.mark.parametrize(
    "domain",
    [pytest.param(d, marks=() if d in CHECKED else pytest.mark.long) for d in SUPPORTED],
)
def test_both_validators_agree_on_our_plan_and_on_its_parts(data: Path, domain: str) -> None:
    task = Instance(domain, 1).load(data)
    solution = solve(task, limits=Limits(seconds=60))
    if domain in SLOW and solution.outcome is Outcome.OUT_OF_TIME:
        pytest.skip(f"our engines find no plan for {domain} in a minute")
    plan = solution.plan
    assert plan is not None
    problem = to_unified_planning(task, missing_number=Fraction(0))
    back = from_unified_planning(problem)
    assert accepted_there(plan, problem)
    assert validate(back, plan).valid
    assert validate(back, plan).cost == validate(task, plan).cost
    assert plan_from_unified_planning(plan_to_unified_planning(plan, problem), task) == plan
    for left_out in {0, len(plan) // 2, len(plan) - 1}:
        steps = Plan(plan.steps[:left_out] + plan.steps[left_out + 1 :])
        assert accepted_there(steps, problem) == validate(task, steps).valid


@pytest.mark.parametrize("domain", ["floortile-sat11-strips", "elevators-sat08-strips"])
def test_a_task_that_came_back_is_solved_by_our_engines(data: Path, domain: str) -> None:
    task = Instance("gripper" if domain.startswith("floor") else domain, 1).load(data)
    plan = solve(there_and_back(task), limits=Limits(seconds=60)).plan
    assert plan is not None
    assert validate(task, plan).valid


# Any task: the same meaning there, and the same task back

TYPES = (Type("s", ("t",)), Type("t"))
OBJECTS = (Object("a", ("t",)), Object("b", ("s",)), Object("c", ("s",)), Object("d"))
PREDICATES = (
    Predicate("one", (Parameter("?x", ("t",)),)),
    Predicate("two", (Parameter("?x", ("t",)), Parameter("?x", ("t",)))),
    Predicate("none"),
)
FUNCTIONS = (Function("size", (Parameter("?x", ("t",)),)), Function("level"))
PARAMETERS = (Parameter("?x", ("t",)), Parameter("?Y", ("s",)))
TYPE_LISTS = st.sampled_from([("t",), ("s",)])
NUMBERS = st.integers(-3, 3).map(lambda n: Fraction(n, 2))


def terms(scope: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(("a", "b", *scope))


@st.composite
def expressions(draw: st.DrawFn, scope: tuple[str, ...], depth: int = 2) -> Expression:
    match draw(st.sampled_from(["number", "size", "level"] + (depth > 0) * ["+", "-", "*", "/"])):
        case "number":
            return draw(NUMBERS)
        case "size":
            return FunctionTerm("size", (draw(terms(scope)),))
        case "level":
            return FunctionTerm("level")
        case "/":
            divisor = draw(st.sampled_from([Fraction(2), Fraction(-1, 3)]))
            return Arithmetic("/", (draw(expressions(scope, depth - 1)), divisor))
        case operator:
            parts = draw(st.lists(expressions(scope, depth - 1), min_size=2, max_size=2))
            if operator == "-" and draw(st.booleans()):
                parts.pop()
            return Arithmetic(operator, tuple(parts))  # type: ignore[arg-type]


@st.composite
def conditions(draw: st.DrawFn, scope: tuple[str, ...], depth: int = 3) -> Condition:
    kinds = ["none", "one", "two", "equal", "compare"]
    kinds += (depth > 0) * ["and", "or", "not", "imply", "forall", "exists"]
    inner = conditions(scope, depth - 1)
    match draw(st.sampled_from(kinds)):
        case "none":
            return Atom("none")
        case "one":
            return Atom("one", (draw(terms(scope)),))
        case "two":
            return Atom("two", (draw(terms(scope)), draw(terms(scope))))
        case "equal":
            return Equal(draw(terms(scope)), draw(st.sampled_from(("a", "d", *scope))))
        case "compare":
            relation = draw(st.sampled_from(("<", "<=", "=", ">=", ">")))
            return Compare(relation, draw(expressions(scope)), draw(expressions(scope)))
        case "and":
            return And(tuple(draw(st.lists(inner, max_size=3))))
        case "or":
            return Or(tuple(draw(st.lists(inner, max_size=3))))
        case "not":
            return Not(draw(inner))
        case "imply":
            return Imply(draw(inner), draw(inner))
        case kind:
            # Names that are in scope already are bound again, as PDDL allows.
            names = draw(st.lists(st.sampled_from(["?x", "?Y", "?z"]), unique=True, max_size=2))
            bound = tuple(Parameter(n, draw(TYPE_LISTS)) for n in names)
            within = tuple(dict.fromkeys((*scope, *names)))
            quantifier = Forall if kind == "forall" else Exists
            return quantifier(bound, draw(conditions(within, depth - 1)))


@st.composite
def effects(draw: st.DrawFn, scope: tuple[str, ...], depth: int = 2) -> Effect:
    kinds = ["add", "delete"] + (depth > 0) * ["when", "each"]
    match draw(st.sampled_from(kinds)):
        case "add":
            return Add(Atom("one", (draw(terms(scope)),)))
        case "delete":
            return Delete(Atom("two", (draw(terms(scope)), draw(terms(scope)))))
        case "when":
            below = st.lists(effects(scope, depth - 1), max_size=2).map(tuple)
            return When(draw(conditions(scope, 1)), draw(below))
        case _:
            name = f"?e{depth}"
            below = st.lists(effects((*scope, name), depth - 1), max_size=2).map(tuple)
            return ForEach((Parameter(name, draw(TYPE_LISTS)),), draw(below))


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    scope = tuple(p.name for p in PARAMETERS)
    operators = ("assign", "increase", "decrease", "scale-up", "scale-down")
    changes: list[Effect] = draw(st.lists(effects(scope), max_size=3))
    if draw(st.booleans()):
        operator = draw(st.sampled_from(operators))
        value = Fraction(-2, 3) if operator == "scale-down" else draw(expressions(scope))
        changes.append(Assign(operator, FunctionTerm("size", ("?x",)), value))
    act = Action("act", PARAMETERS, draw(conditions(scope)), tuple(changes))
    domain = Domain("any", (), TYPES, (), PREDICATES, FUNCTIONS, (), (act,))
    members = ("a", "b", "c")
    atoms = [Atom("none"), *(Atom("one", (o,)) for o in members)]
    atoms += [Atom("two", (o, p)) for o in members for p in members]
    init = tuple(draw(st.lists(st.sampled_from(atoms), unique=True)))
    numbers = ((FunctionTerm("level"), draw(NUMBERS)),)
    numbers += tuple((FunctionTerm("size", (o,)), draw(NUMBERS)) for o in members)
    metric = draw(
        st.one_of(
            st.none(),
            st.just(Metric("minimize", "total-time")),
            st.builds(Metric, st.sampled_from(["minimize", "maximize"]), expressions(())),
        )
    )
    return Task(domain, Problem("p", "any", OBJECTS, init, numbers, draw(conditions(())), metric))


def kept_metric(task: Task) -> Task:
    metric = task.problem.metric
    if metric is not None and metric.expression != "total-time":
        metric = replace(metric, expression=kept_expression(metric.expression))
    return Task(task.domain, replace(task.problem, metric=metric))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tasks())
def test_any_task_comes_back_with_all_that_is_kept(task: Task) -> None:
    back = there_and_back(task)
    assert sorted_types(back) == kept_metric(kept(task))
    assert sorted_types(there_and_back(back)) == sorted_types(back)


def state_there(problem: Any, values: Any) -> State:
    """A state of unified-planning's simulator as one of ours."""
    atoms, numbers = set(), set()
    for fluent in problem.fluents:
        from unified_planning.model.fluent import get_all_fluent_exp

        for node in get_all_fluent_exp(problem, fluent):
            value = values.get_value(node).constant_value()
            args = tuple(a.object().name for a in node.args)
            if value is True:
                atoms.add(Atom(fluent.name, args))
            elif value is not False:
                numbers.add((FunctionTerm(fluent.name, args), Fraction(value)))
    return State(frozenset(atoms), frozenset(numbers))


def known(task: Task, state: State) -> State:
    """The state with all numbers, those included that no action changes."""
    numbers = dict(task.problem.numbers)
    numbers.update(state.numbers)
    return State(state.atoms, frozenset(numbers.items()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tasks())
def test_any_step_is_applicable_and_does_the_same_there_and_back(task: Task) -> None:
    from unified_planning.engines import UPSequentialSimulator

    problem = to_unified_planning(task)
    simulator = UPSequentialSimulator(problem)
    start = simulator.get_initial_state()
    here, again = Semantics(task), Semantics(from_unified_planning(problem))
    state = here.initial_state()
    assert simulator.is_goal(start) == here.goal_holds(state)
    assert again.goal_holds(again.initial_state()) == here.goal_holds(state)
    for step in (Step("act", (x, y)) for x in "abc" for y in "bc"):
        (instance,) = plan_to_unified_planning(Plan((step,)), problem).actions
        applicable = simulator.is_applicable(start, instance)
        assert applicable == here.applicable(state, step)
        if applicable:
            after = simulator.apply(start, instance)
            assert state_there(problem, after) == known(task, here.apply(state, step))
            assert again.apply(again.initial_state(), step) == here.apply(state, step)
        else:
            with pytest.raises(NotApplicableError):
                again.apply(again.initial_state(), step)


# Names

CLASHING = """
(define (domain names)
  (:types block object-like - object up - block)
  (:constants block - up)
  (:predicates (up ?x - block) (move ?x - block) (object) (level))
  (:functions (level) (move))
  (:action move :parameters (?move - block) :precondition (up ?move)
    :effect (and (move ?move) (increase (level) 1)))
  (:action up :parameters () :effect (up block)))
"""


def clashing() -> Task:
    problem = """
    (define (problem names) (:domain names) (:objects move object - up) (:init (= (level) 0))
      (:goal (move object)) (:metric minimize (level)))
    """
    return read_task(CLASHING, problem)


def test_things_of_the_same_name_are_told_apart_and_get_their_names_back() -> None:
    task = clashing()
    problem = to_unified_planning(task, environment=Environment())
    assert {a.name for a in problem.actions} == {"move:action", "up"}
    assert {o.name for o in problem.all_objects} == {"block", "move", "object"}
    assert sorted_types(from_unified_planning(problem)) == kept(task)


def test_plans_are_mapped_between_names_that_clash() -> None:
    task = clashing()
    problem = to_unified_planning(task, environment=Environment())
    plan = Plan((Step("up"), Step("move", ("block",))))
    there = plan_to_unified_planning(plan, problem)
    assert str(there.actions[1]) == "move:action(block)"
    assert plan_from_unified_planning(there, task) == plan


def test_the_engines_of_unified_planning_can_write_and_read_a_task_with_clashing_names() -> None:
    from unified_planning.io import PDDLReader, PDDLWriter

    problem = to_unified_planning(towers("(on a b)"), environment=Environment())
    writer = PDDLWriter(problem)
    read = PDDLReader(Environment()).parse_problem_string(writer.get_domain(), writer.get_problem())
    assert len(from_unified_planning(read).domain.actions) == 4
    names = PDDLWriter(to_unified_planning(clashing(), environment=Environment()))
    assert ":action move" in names.get_domain()


# Costs and metrics


def cost_task(effect: str, metric: str = "(total-cost)", init: str = "") -> Task:
    return read_task(
        f"""(define (domain d) (:predicates (p) (q)) (:functions (total-cost) (price))
          (:action act :parameters () :effect (and (p) {effect})) (:action free :parameters ()))""",
        f"""(define (problem x) (:domain d) (:init (= (price) 2) {init}) (:goal (p))
          (:metric minimize {metric}))""",
    )


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (cost_task("(increase (total-cost) (price))"), "MinimizeActionCosts"),
        (cost_task("(increase (total-cost) 0)"), "MinimizeActionCosts"),
        (
            cost_task("(increase (total-cost) 1)", init="(= (total-cost) 5)"),
            "MinimizeExpressionOnFinalState",
        ),
        (
            cost_task("(when (q) (increase (total-cost) 1))"),
            "MinimizeExpressionOnFinalState",
        ),
        (
            cost_task("(increase (total-cost) 1) (increase (total-cost) (price))"),
            "MinimizeExpressionOnFinalState",
        ),
        (cost_task("(decrease (total-cost) 1)"), "MinimizeExpressionOnFinalState"),
        (
            cost_task("(increase (total-cost) 1)", "(* 2 (total-cost))"),
            "MinimizeExpressionOnFinalState",
        ),
        (cost_task("", "(total-time)", "(= (total-cost) 0)"), "MinimizeSequentialPlanLength"),
    ],
)
def test_a_metric_means_the_same_there_and_back(task: Task, kind: str) -> None:
    problem = to_unified_planning(task)
    assert [type(m).__name__ for m in problem.quality_metrics] == [kind]
    back = from_unified_planning(problem)
    assert back.problem.metric == task.problem.metric
    plan = Plan((Step("act"), Step("free"), Step("act")))
    assert validate(back, plan).cost == validate(task, plan).cost
    from unified_planning.engines import SequentialPlanValidator

    validator = SequentialPlanValidator()
    verdict = validator.validate(problem, plan_to_unified_planning(plan, problem))
    assert list(verdict.metric_evaluations.values()) == [validate(task, plan).cost]


def test_missing_numbers_stay_missing_unless_a_value_for_them_is_given() -> None:
    task = read_task(
        "(define (domain d) (:functions (far ?x ?y)))",
        """(define (problem x) (:domain d) (:objects a b) (:init (= (far a b) 7))
          (:goal (> (far b a) 1)))""",
    )
    given = task.problem.numbers
    assert there_and_back(task).problem.numbers == given
    filled = to_unified_planning(task, missing_number=Fraction(1, 2), environment=Environment())
    numbers = dict(from_unified_planning(filled).problem.numbers)
    assert len(numbers) == 4
    assert numbers.pop(given[0][0]) == 7
    assert set(numbers.values()) == {Fraction(1, 2)}


def test_an_action_of_cost_nought_keeps_its_cost() -> None:
    back = there_and_back(cost_task("(increase (total-cost) 0)"))
    assert [len(list(simple_effects(a.effects))) for a in back.domain.actions] == [2, 0]


# What unified-planning cannot express


@pytest.mark.parametrize(
    ("task", "feature"),
    [
        (chain("", "(live q)"), "derived predicates: `live`"),
        (
            read_task(
                "(define (domain d) (:types a b - object c - (either a b)))",
                "(define (problem x) (:domain d) (:goal (and)))",
            ),
            "several types at once: type `c` is of a or b",
        ),
        (
            read_task(
                "(define (domain d) (:types a b))",
                "(define (problem x) (:domain d) (:objects o - (either a b)) (:goal (and)))",
            ),
            "several types at once: object `o` is of a or b",
        ),
        (
            read_task(
                """(define (domain d) (:types a) (:predicates (p ?x - a))
                  (:action act :parameters (?y) :precondition (p ?y) :effect (and)))""",
                "(define (problem x) (:domain d) (:goal (and)))",
            ),
            "a term of a wider type than is asked for: `?y` in `p` is of type object, not a",
        ),
        (
            read_task(
                """(define (domain d) (:functions (f)) (:action act :parameters ()
                  :effect (forall (?x) (increase (f) 1))))""",
                "(define (problem x) (:domain d) (:objects o p) (:init (= (f) 0)) (:goal (and)))",
            ),
            "an effect on f for each `?x`, which it does not use",
        ),
        (cost_task("(increase (price) (/ 1 (- 2 2)))"), "division by zero"),
        (
            cost_task("(scale-up (price) 2) (when (q) (increase (price) 2))"),
            "`scale-up` of `price` together with other changes",
        ),
        (
            cost_task("(forall (?x) (when (= ?x ?x) (scale-down (price) 2)))"),
            "`scale-down` of `price` together with other changes",
        ),
        (
            Task(Domain("d"), Problem("x", "d", metric=Metric("maximize", "total-time"))),
            "a metric that makes plans long",
        ),
    ],
)
def test_what_only_pddl_has_is_refused_by_name(task: Task, feature: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        to_unified_planning(task, environment=Environment())
    assert str(caught.value) == f"unified-planning cannot express {feature}"


def test_an_effect_for_each_of_no_objects_is_left_out() -> None:
    domain = """(define (domain d) (:types a) (:predicates (p))
      (:action act :parameters () :effect (forall (?x - a) (p))))"""
    empty = read_task(domain, "(define (problem x) (:domain d) (:goal (p)))")
    objects = "(define (problem x) (:domain d) (:objects o - a) (:goal (p)))"
    assert there_and_back(empty).domain.actions[0].effects == ()
    assert there_and_back(read_task(domain, objects)).domain.actions[0].effects == (Add(Atom("p")),)


def test_nested_effects_that_bind_the_same_name_keep_their_meaning() -> None:
    task = read_task(
        """(define (domain d) (:predicates (p ?x) (q ?x) (r ?x))
          (:action act :parameters () :effect
            (forall (?x) (when (p ?x) (forall (?x) (when (q ?x) (r ?x)))))))""",
        """(define (problem x) (:domain d) (:objects a b)
          (:init (p a) (q b)) (:goal (and (r b) (not (r a)))))""",
    )
    problem = to_unified_planning(task)
    plan = Plan((Step("act"),))
    assert validate(task, plan).valid
    assert accepted_there(plan, problem)
    assert validate(from_unified_planning(problem), plan).valid


def test_a_task_that_does_not_declare_what_it_uses_is_refused() -> None:
    task = towers("(on a b)")
    with pytest.raises(InputError, match="there is no predicate `over`"):
        to_unified_planning(task.with_goal(Atom("over", ("a",))), environment=Environment())
    with pytest.raises(InputError, match="there is no `z`"):
        to_unified_planning(task.with_goal(Atom("on", ("a", "z"))), environment=Environment())
    with pytest.raises(InputError, match="`on` takes 2 arguments, not 1"):
        to_unified_planning(task.with_goal(Atom("on", ("a",))), environment=Environment())


# Problems made in unified-planning


def world() -> tuple[Any, Any, Any]:
    """A problem with a type, two objects, and an action that makes `p` true of one."""
    problem = up.Problem("a world", get_environment())
    kind = problem.environment.type_manager.UserType("Thing")
    problem.add_objects(up.Object(n, kind, problem.environment) for n in ("one", "two"))
    boolean = problem.environment.type_manager.BoolType()
    fluent = up.Fluent("p", boolean, None, problem.environment, x=kind)
    problem.add_fluent(fluent, default_initial_value=False)
    action = up.InstantaneousAction("act", None, problem.environment, x=kind)
    action.add_effect(fluent(action.x), True)
    problem.add_action(action)
    return problem, fluent, action


def test_a_problem_of_theirs_becomes_a_task_that_is_solved() -> None:
    problem, fluent, _ = world()
    problem.add_goal(fluent(problem.object("two")))
    task = from_unified_planning(problem)
    assert task.problem.name == "a-world"
    plan = solve(task, limits=Limits(seconds=30)).plan
    assert plan == Plan((Step("act", ("two",)),))
    assert accepted_there(plan, problem)


def test_a_default_that_is_true_becomes_atoms() -> None:
    problem, _, _ = world()
    boolean = problem.environment.type_manager.BoolType()
    kind = problem.user_type("Thing")
    free = up.Fluent("free", boolean, None, problem.environment, x=kind)
    problem.add_fluent(free, default_initial_value=True)
    problem.set_initial_value(free(problem.object("one")), False)
    assert from_unified_planning(problem).problem.init == (Atom("free", ("two",)),)


def test_a_default_number_becomes_numbers() -> None:
    problem, _, _ = world()
    kind = problem.user_type("Thing")
    number = problem.environment.type_manager.IntType()
    problem.add_fluent(
        up.Fluent("n", number, None, problem.environment, x=kind), default_initial_value=3
    )
    found = from_unified_planning(problem).problem.numbers
    assert found == tuple((FunctionTerm("n", (o,)), Fraction(3)) for o in ("one", "two"))


def test_an_atom_that_takes_the_value_of_a_condition_becomes_two_effects() -> None:
    problem, fluent, action = world()
    action.clear_effects()
    one, two = (fluent(problem.object(n)) for n in ("one", "two"))
    action.add_effect(one, problem.environment.expression_manager.Not(two))
    (act,) = from_unified_planning(problem).domain.actions
    first, second = Atom("p", ("one",)), Atom("p", ("two",))
    assert act.effects == (
        When(Not(second), (Add(first),)),
        When(Not(Not(second)), (Delete(first),)),
    )


def test_equivalence_becomes_two_implications() -> None:
    problem, fluent, _ = world()
    one, two = (fluent(problem.object(n)) for n in ("one", "two"))
    problem.add_goal(problem.environment.expression_manager.Iff(one, two))
    first, second = Atom("p", ("one",)), Atom("p", ("two",))
    goal = from_unified_planning(problem).problem.goal
    assert goal == And((Imply(first, second), Imply(second, first)))


def test_a_variable_called_like_a_parameter_does_not_capture_it() -> None:
    problem, fluent, action = world()
    make = problem.environment.expression_manager
    variable = up.Variable("x", problem.user_type("Thing"), problem.environment)
    different = make.Not(make.Equals(variable, action.x))
    action.add_precondition(make.Forall(make.Implies(different, fluent(variable)), variable))
    (act,) = from_unified_planning(problem).domain.actions
    thing = Parameter("?x_", ("Thing",))
    assert act.precondition == Forall((thing,), Imply(Not(Equal("?x_", "?x")), Atom("p", ("?x_",))))


def test_both_validators_agree_on_the_examples_of_unified_planning() -> None:
    from unified_planning.test.examples import get_example_problems

    checked = 0
    for name, example in get_example_problems().items():
        try:
            task = from_unified_planning(example.problem)
        except UnsupportedError:
            continue
        assert there_and_back(task) == task, name
        assert read_task(write_domain(task.domain), write_problem(task.problem)) == task, name
        if name == "basic_undef_numeric":
            continue  # Its plan is listed as valid, but the number misses its goal by one.
        for plans, valid in ((example.valid_plans, True), (example.invalid_plans, False)):
            for plan in plans:
                steps = plan_from_unified_planning(plan, task)
                assert validate(task, steps).valid is valid, name
                again = plan_to_unified_planning(steps, example.problem)
                assert plan_from_unified_planning(again, task) == steps
                checked += 1
    assert checked >= 20


def bounded(problem: Any) -> None:
    number = problem.environment.type_manager.IntType(0, 9)
    problem.add_fluent(up.Fluent("n", number, None, problem.environment))


def object_valued(problem: Any) -> None:
    kind = problem.user_type("Thing")
    problem.add_fluent(up.Fluent("place", kind, None, problem.environment))


def number_as_parameter(problem: Any) -> None:
    number = problem.environment.type_manager.IntType(0, 9)
    problem.add_action(up.InstantaneousAction("count", None, problem.environment, n=number))


def durative(problem: Any) -> None:
    problem.add_action(up.DurativeAction("wait", None, problem.environment))


def timed_effect(problem: Any) -> None:
    fluent = problem.fluent("p")(problem.object("one"))
    problem.add_timed_effect(up.GlobalStartTiming(5), fluent, True)


def timed_goal(problem: Any) -> None:
    fluent = problem.fluent("p")(problem.object("one"))
    problem.add_timed_goal(up.GlobalStartTiming(5), fluent)


def trajectory(problem: Any) -> None:
    fluent = problem.fluent("p")(problem.object("one"))
    problem.add_trajectory_constraint(problem.environment.expression_manager.Sometime(fluent))


def simulated(problem: Any) -> None:
    fluent = problem.fluent("p")(problem.object("one"))
    effect = up.SimulatedEffect([fluent], lambda *_: [])
    problem.action("act").clear_effects()
    problem.action("act").set_simulated_effect(effect)


def process(problem: Any) -> None:
    problem.add_process(up.Process("decay", None, problem.environment))


def oversubscription(problem: Any) -> None:
    fluent = problem.fluent("p")(problem.object("one"))
    problem.add_quality_metric(up.Oversubscription({fluent: 5}, problem.environment))


def two_metrics(problem: Any) -> None:
    for _ in range(2):
        problem.add_quality_metric(up.MinimizeSequentialPlanLength(problem.environment))


def no_initial_value(problem: Any) -> None:
    boolean = problem.environment.type_manager.BoolType()
    problem.add_fluent(up.Fluent("q", boolean, None, problem.environment))


def name_with_a_space(problem: Any) -> None:
    problem.add_object("my thing", problem.user_type("Thing"))


def name_in_another_case(problem: Any) -> None:
    problem.add_object("ONE", problem.user_type("Thing"))


def keyword_as_name(problem: Any) -> None:
    boolean = problem.environment.type_manager.BoolType()
    problem.add_fluent(up.Fluent("or", boolean, None, problem.environment))


def object_below_another_type(problem: Any) -> None:
    manager = problem.environment.type_manager
    problem.add_object("odd", manager.UserType("object", problem.user_type("Thing")))


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        (bounded, "the bounds of `n`, of type integer[0, 9]"),
        (object_valued, "`place`, a fluent of type Thing: not true or a number"),
        (number_as_parameter, "a parameter of `count` of type integer[0, 9]: only objects"),
        (durative, "`wait`, a DurativeAction"),
        (timed_effect, "timed effects"),
        (timed_goal, "timed goals"),
        (trajectory, "trajectory constraints"),
        (simulated, "the simulated effect of `act`"),
        (process, "processes"),
        (oversubscription, "the metric Oversubscription"),
        (two_metrics, "several metrics"),
        (no_initial_value, "atoms without an initial value, such as (q)"),
        (name_with_a_space, "the object name `my thing`"),
        (name_in_another_case, "the object names `one` and `ONE`"),
        (keyword_as_name, "the predicate name `or`"),
        (object_below_another_type, "a type `object` that is not the root of all types"),
    ],
)
def test_what_only_unified_planning_has_is_refused_by_name(change: Any, feature: str) -> None:
    problem, _, _ = world()
    change(problem)
    with pytest.raises(UnsupportedError) as caught:
        from_unified_planning(problem)
    assert str(caught.value).startswith(f"a task cannot express {feature}")


def test_a_network_of_tasks_is_refused() -> None:
    from unified_planning.model.htn import HierarchicalProblem

    with pytest.raises(UnsupportedError, match="a HierarchicalProblem, only a plain Problem"):
        from_unified_planning(HierarchicalProblem("h", Environment()))


def test_a_small_expression_that_unfolds_to_any_size_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(from_formulas, "MAX_PARTS", 10_000)
    problem, fluent, _ = world()
    make = problem.environment.expression_manager
    node = fluent(problem.object("one"))
    for _ in range(60):
        node = make.And(node, make.Not(make.Or(node, node)))
    problem.add_goal(node)
    with pytest.raises(InputError, match="the problem is too large"):
        from_unified_planning(problem)


def test_a_deeply_nested_expression_is_refused() -> None:
    problem, fluent, _ = world()
    make = problem.environment.expression_manager
    one, two = (fluent(problem.object(n)) for n in ("one", "two"))
    node = one
    for _ in range(5000):
        node = make.Or(two, make.And(one, node))
    problem.add_goal(node)
    with pytest.raises(InputError, match="nested deeper than 200"):
        from_unified_planning(problem)


def test_defaults_for_more_atoms_than_can_be_listed_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(from_formulas, "MAX_PARTS", 10_000)
    problem, _, _ = world()
    kind = problem.user_type("Thing")
    boolean = problem.environment.type_manager.BoolType()
    places = [up.Parameter(f"x{i}", kind, problem.environment) for i in range(40)]
    fluent = up.Fluent("wide", boolean, places, problem.environment)
    problem.add_fluent(fluent, default_initial_value=True)
    with pytest.raises(InputError, match="the problem is too large"):
        from_unified_planning(problem)


# Plans


def test_a_plan_for_another_problem_is_refused() -> None:
    task = towers("(on a b)")
    problem = to_unified_planning(task, environment=Environment())
    for step, message in (
        (Step("lft", ("a",)), "unknown action `lft`: did you mean `lift`"),
        (Step("lift", ("z",)), "unknown object `z`"),
        (Step("lift", ("a", "b")), "`lift` takes 1 objects, not 2"),
    ):
        with pytest.raises(InputError, match=message):
            plan_to_unified_planning(Plan((step,)), problem)
    other, _, act = world()
    from unified_planning.plans import SequentialPlan

    there = SequentialPlan([act(other.object("one"))], other.environment)
    with pytest.raises(InputError, match="unknown action `act`"):
        plan_from_unified_planning(there, task)


def test_a_step_with_an_object_of_the_wrong_type_is_refused() -> None:
    problem = to_unified_planning(clashing(), environment=Environment())
    kind = next(t for t in problem.user_types if t.name == "object-like")
    problem.add_object("odd", kind)
    with pytest.raises(InputError, match=r"\(move odd\) is not a step of this problem"):
        plan_to_unified_planning(Plan((Step("move", ("odd",)),)), problem)


def test_a_plan_that_is_no_sequence_is_refused() -> None:
    task = towers("(on a b)")
    problem = to_unified_planning(task, environment=Environment())
    plan = plan_to_unified_planning(Plan((Step("lift", ("a",)),)), problem)
    partial = plan.convert_to(up.PlanKind.PARTIAL_ORDER_PLAN, problem)
    with pytest.raises(UnsupportedError, match="a PartialOrderPlan is not a sequence of steps"):
        plan_from_unified_planning(partial, task)


def test_names_in_a_plan_are_matched_without_regard_to_case() -> None:
    loud = read_task(
        BLOCKS.replace("lift", "LIFT"),
        "(define (problem x) (:domain towers) (:objects A) (:goal (and)))",
    )
    problem = to_unified_planning(loud, environment=Environment())
    there = plan_to_unified_planning(Plan((Step("LIFT", ("A",)),)), problem)
    quiet = towers("(hand a)", blocks="a")
    assert plan_from_unified_planning(there, quiet) == Plan((Step("lift", ("a",)),))


def test_unified_planning_is_loaded_only_when_it_is_used() -> None:
    script = (
        "import sys, goalsmith.domains.interchange; sys.exit('unified_planning' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
