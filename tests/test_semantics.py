"""What formulas and steps mean, case by case, and against a definition by enumeration."""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from amount import amount
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ipc import Instance

from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.evaluation import Evaluator
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    Add,
    And,
    Atom,
    Compare,
    Condition,
    Delete,
    Equal,
    Exists,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    negation,
    positive_form,
)
from goalsmith.domains.joins import Query
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Object,
    Predicate,
    Problem,
    State,
    Task,
    Type,
    TypeHierarchy,
)
from goalsmith.domains.layout import Layout
from goalsmith.domains.occurrences import apart, quantified
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_condition, read_domain, read_problem
from goalsmith.domains.semantics import NotApplicableError, Semantics
from goalsmith.domains.stratify import negative_cycle, strata

HEADER = """(define (domain d) (:types room door - thing ghost)
  (:constants a b - room c - door)
  (:predicates (p ?x) (q ?x) (r ?x ?y) (g) (h)) (:functions (n) (m) (w ?x) (total-cost))"""


def task(sections: str, init: str = "", goal: str = "(and)", metric: str = "") -> Task:
    domain = read_domain(f"{HEADER} {sections})")
    text = f"""(define (problem x) (:domain d) (:init {init}) (:goal {goal}) {metric})"""
    return Task(domain, read_problem(text, domain))


def after(effect: str, init: str, *args: str, parameters: str = "", sections: str = "") -> set[str]:
    """The atoms after one step with this effect."""
    one = task(f"{sections} (:action do :parameters ({parameters}) :effect {effect})", init)
    semantics = Semantics(one)
    state = semantics.apply(semantics.initial_state(), Step("do", args))
    return {str(atom) for atom in state.atoms}


def numbers_after(effect: str, init: str) -> dict[str, Fraction]:
    one = task(f"(:action do :effect {effect})", init, "(and (< (n) 99) (< (m) 99))")
    semantics = Semantics(one)
    state = semantics.apply(semantics.initial_state(), Step("do"))
    return {str(term): value for term, value in state.numbers}


def true(condition: str, init: str, sections: str = "") -> bool:
    one = task(sections, init)
    semantics = Semantics(one)
    return semantics.holds(semantics.initial_state(), read_condition(condition, one))


# Effects


def test_an_atom_deleted_and_added_by_one_step_is_true() -> None:
    assert after("(and (p a) (not (p a)))", "") == {"(p a)"}
    assert after("(and (not (p a)) (p a))", "(p a)") == {"(p a)"}
    effect = "(and (forall (?x) (not (p ?x))) (when (g) (p b)))"
    assert after(effect, "(p a) (p b) (g)") == {"(p b)", "(g)"}


def test_a_step_that_moves_to_where_it_is_leaves_it_there() -> None:
    effect = "(and (not (p ?x)) (p ?y))"
    assert after(effect, "(p a)", "a", "a", parameters="?x ?y") == {"(p a)"}


def test_conditions_of_effects_are_read_before_the_step() -> None:
    swap = """(and (when (p a) (and (not (p a)) (p b))) (when (p b) (and (not (p b)) (p a)))
              (when (g) (h)) (g))"""
    assert after(swap, "(p a)") == {"(p b)", "(g)"}
    assert after(swap, "(p b) (g)") == {"(p a)", "(g)", "(h)"}


def test_universal_effects_reach_every_object_of_their_type() -> None:
    assert after("(forall (?x - room) (p ?x))", "") == {"(p a)", "(p b)"}
    assert after("(forall (?x - ghost) (p ?x))", "") == set()
    assert after("(forall (?x - room ?y - door) (r ?x ?y))", "") == {"(r a c)", "(r b c)"}
    assert after("(forall (?x) (when (q ?x) (not (p ?x))))", "(p a) (p c) (q c)") == {
        "(p a)",
        "(q c)",
    }


def test_conditional_and_universal_effects_nest() -> None:
    effect = """(forall (?x - room) (when (p ?x) (and (q ?x)
        (forall (?y - door) (when (and (q ?y) (not (= ?x ?y))) (r ?x ?y))))))"""
    assert after(effect, "(p b) (q c)") == {"(p b)", "(q c)", "(q b)", "(r b c)"}
    assert after("(when (g) (when (h) (p a)))", "(g)") == {"(g)"}
    assert after("(when (g) (when (h) (p a)))", "(g) (h)") == {"(g)", "(h)", "(p a)"}


def test_an_effects_variable_hides_the_steps_parameter() -> None:
    effect = "(and (q ?x) (forall (?x - door) (and (p ?x) (when (p ?x) (r ?x ?x)))))"
    assert after(effect, "(p c)", "a", parameters="?x - room") == {"(q a)", "(p c)", "(r c c)"}


def test_a_step_changes_nothing_in_the_state_it_starts_from() -> None:
    one = task("(:action do :effect (and (p a) (not (q a))))", "(q a)")
    semantics = Semantics(one)
    before = semantics.initial_state()
    assert semantics.apply(before, Step("do")) == semantics.apply(before, Step("do"))
    assert {str(a) for a in before.atoms} == {"(q a)"}


# Numbers


def test_numbers_are_exact() -> None:
    after_sum = numbers_after("(increase (n) 0.2)", "(= (n) 0.1)")
    assert after_sum == {"(n)": Fraction(3, 10)}
    assert numbers_after("(assign (n) (* 3 (/ 1 3)))", "(= (n) 0)") == {"(n)": Fraction(1)}
    assert numbers_after("(scale-down (n) 3)", "(= (n) 1)") == {"(n)": Fraction(1, 3)}
    assert numbers_after("(scale-up (n) -2.5)", "(= (n) 4)") == {"(n)": Fraction(-10)}
    assert numbers_after("(decrease (n) (- 5))", "(= (n) 4)") == {"(n)": Fraction(9)}


def test_numbers_are_read_before_the_step() -> None:
    swapped = numbers_after("(and (assign (n) (m)) (assign (m) (n)))", "(= (n) 1) (= (m) 2)")
    assert swapped == {"(n)": 2, "(m)": 1}


def test_increases_of_one_step_add_up() -> None:
    effect = "(and (increase (n) 1) (increase (n) (n)) (decrease (n) 0.5))"
    assert numbers_after(effect, "(= (n) 2)") == {"(n)": Fraction(9, 2)}
    each = "(forall (?x) (when (q ?x) (increase (n) (w ?x))))"
    init = "(= (n) 0) (q a) (q c) (= (w a) 1) (= (w b) 10) (= (w c) 100)"
    assert numbers_after(each, init) == {"(n)": 101}


@pytest.mark.parametrize(
    "effect",
    [
        "(and (assign (n) 1) (assign (n) 2))",
        "(and (increase (n) 1) (assign (n) 5))",
        "(forall (?x) (assign (n) (w ?x)))",
        "(and (assign (n) 5) (increase (n) 1))",
        "(and (increase (n) 1) (assign (n) 1))",
        "(and (increase (n) 1) (scale-up (n) 3))",
        "(and (scale-up (n) 3) (increase (n) 1))",
    ],
)
def test_changes_of_a_number_that_do_not_commute_conflict(effect: str) -> None:
    with pytest.raises(NotApplicableError):
        numbers_after(effect, "(= (n) 0) (= (w a) 1) (= (w b) 2) (= (w c) 1)")


UNDEFINED = [
    "(increase (n) 1)",
    "(assign (m) (n))",
    "(assign (m) (/ 1 (m)))",
    "(scale-down (m) (m))",
]


@pytest.mark.parametrize("effect", UNDEFINED)
def test_a_step_that_needs_a_number_without_a_value_cannot_be_applied(effect: str) -> None:
    semantics = Semantics(task(f"(:action do :effect {effect})", "(= (m) 0)", "(= (n) (m))"))
    with pytest.raises(NotApplicableError):
        semantics.apply(semantics.initial_state(), Step("do"))


@pytest.mark.parametrize("effect", UNDEFINED)
def test_a_step_that_cannot_be_applied_is_not_called_applicable(effect: str) -> None:
    semantics = Semantics(task(f"(:action do :effect {effect})", "(= (m) 0)", "(= (n) (m))"))
    state = semantics.initial_state()
    assert not semantics.applicable(state, Step("do"))
    assert list(semantics.applicable_steps(state)) == []


def test_a_comparison_with_an_undefined_number_does_not_hold() -> None:
    for relation in ("<", "<=", "=", ">=", ">"):
        assert not true(f"({relation} (n) 0)", "")
        assert not true(f"({relation} 1 (/ 1 (- (m) (m))))", "(= (m) 1)")
    assert not true("(= (n) (n))", "")
    assert true("(= (/ (m) 3) 0.5)", "(= (m) 1.5)")


def test_what_is_assigned_becomes_defined() -> None:
    assert numbers_after("(assign (n) 3)", "") == {"(n)": 3}


# Costs


def test_costs_are_what_the_metric_says() -> None:
    actions = "(:action do :parameters (?x) :effect (increase (total-cost) (w ?x)))"
    init = "(= (w a) 2) (= (w b) 0.5)"
    for metric, cost in (("(total-cost)", Fraction(5, 2)), ("(* 2 (total-cost))", 5)):
        one = task(actions, init, metric=f"(:metric minimize {metric})")
        semantics = Semantics(one)
        facts = semantics.facts(semantics.initial_state())
        semantics.perform(facts, Step("do", ("a",)))
        semantics.perform(facts, Step("do", ("b",)))
        assert semantics.cost(facts, 2) == cost
    assert semantics.counters == {"total-cost"}
    assert semantics.initial_state().numbers == frozenset()
    for metric in ("", "(:metric minimize (total-time))"):
        semantics = Semantics(task(actions, init, metric=metric))
        assert semantics.cost(semantics.facts(semantics.initial_state()), 7) == 7
    undefined = Semantics(task(actions, init, metric="(:metric minimize (m))"))
    assert undefined.cost(undefined.facts(undefined.initial_state()), 7) is None


# Formulas


def test_equality_is_identity() -> None:
    assert true("(= a a)", "")
    assert not true("(= a b)", "")
    assert true("(forall (?x ?y - door) (= ?x ?y))", "")
    assert not true("(forall (?x ?y - room) (= ?x ?y))", "")


def test_quantifiers_over_a_type_without_objects() -> None:
    for part in ("(g)", "(not (g))", "(p ?x)", "(and)", "(or)"):
        assert true(f"(forall (?x - ghost) {part})", "")
        assert not true(f"(exists (?x - ghost) {part})", "(g)")
    assert not true("(exists (?y - room) (exists (?x - ghost) (p ?y)))", "(p a)")
    assert true("(exists (?y - room) (forall (?x - ghost) (p ?x)))", "")


def test_quantifiers_without_variables_say_what_their_part_says() -> None:
    assert true("(exists () (g))", "(g)")
    assert not true("(forall () (g))", "")


def test_quantifiers_range_over_their_type_and_its_subtypes() -> None:
    assert true("(exists (?x - thing) (p ?x))", "(p c)")
    assert not true("(exists (?x - room) (p ?x))", "(p c)")
    assert true("(forall (?x - (either door ghost)) (p ?x))", "(p c)")


def test_hidden_variables_do_not_leak() -> None:
    assert true("(exists (?x) (and (p ?x) (exists (?x) (q ?x))))", "(p a) (q b)")
    assert not true("(exists (?x) (and (p ?x) (exists (?x) (q ?x)) (q ?x)))", "(p a) (q b)")
    assert true("(forall (?x - room) (or (p ?x) (exists (?x - door) (p ?x))))", "(p c)")
    assert not true("(exists (?x) (and (forall (?x - room) (p ?x)) (q ?x)))", "(p a) (p b)")


def test_connectives_without_parts() -> None:
    assert true("(and)", "")
    assert true("()", "")
    assert not true("(or)", "")
    assert true("(imply (or) (g))", "")
    assert true("(not (or))", "")


# Derived predicates

REACH = """(:predicates (reach ?x ?y))
  (:derived (reach ?x ?y) (r ?x ?y))
  (:derived (reach ?x ?y) (exists (?z) (and (r ?x ?z) (reach ?z ?y))))"""


def test_a_transitive_closure_is_derived() -> None:
    init = "(r a b) (r b c) (r c a)"
    assert true("(forall (?x ?y) (reach ?x ?y))", init, REACH)
    assert not true("(reach c a)", "(r a b) (r b c)", REACH)
    assert true("(and (reach a c) (not (reach a a)))", "(r a b) (r b c)", REACH)


def test_negated_derived_atoms_are_read_from_complete_strata() -> None:
    sections = f"""{REACH} (:predicates (cut ?x ?y) (lonely))
      (:derived (lonely) (exists (?x - door) (forall (?y - room) (cut ?y ?x))))
      (:derived (cut ?x ?y) (not (reach ?x ?y)))"""
    assert true("(and (cut b a) (not (cut a c)) (not (lonely)))", "(r a b) (r b c)", sections)
    assert true("(and (lonely) (cut a c))", "(r a b) (r b a)", sections)


def test_derived_atoms_follow_each_step_and_are_no_part_of_states() -> None:
    sections = f"""{REACH} (:action cut :parameters (?x ?y)
      :precondition (reach ?x ?y) :effect (and (not (r ?x ?y)) (when (reach b c) (g))))"""
    one = task(sections, "(r a b) (r b c)")
    semantics = Semantics(one)
    state = semantics.apply(semantics.initial_state(), Step("cut", ("b", "c")))
    assert {str(a) for a in state.atoms} == {"(r a b)", "(g)"}
    assert not semantics.applicable(state, Step("cut", ("a", "c")))
    assert semantics.applicable(state, Step("cut", ("a", "b")))


def test_a_rule_derives_only_for_objects_of_its_parameters_types() -> None:
    sections = "(:predicates (k ?x)) (:derived (k ?x - door) (p ?x))"
    assert true("(and (k c) (not (k a)))", "(p a) (p c)", sections)


# Steps that are not of the task


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Step("doo", ("a",)), "unknown action `doo`: did you mean `do`"),
        (Step("do"), "`do` takes 1 objects, not 0"),
        (Step("do", ("c",)), r"`c` in \(do c\) is not of type room"),
        (Step("do", ("z",)), r"`z` in \(do z\) is not of type room"),
    ],
)
def test_a_step_that_is_not_of_the_task_is_refused(step: Step, message: str) -> None:
    semantics = Semantics(task("(:action do :parameters (?x - room) :effect (p ?x))"))
    state = semantics.initial_state()
    for method in (semantics.apply, semantics.applicable):
        with pytest.raises(InputError, match=message):
            method(state, step)


def test_a_refused_step_says_what_is_unmet() -> None:
    sections = (
        "(:action do :parameters (?x) :precondition (and (p ?x) (not (q ?x)) (g)) :effect ())"
    )
    semantics = Semantics(task(sections, "(g) (q a)"))
    with pytest.raises(NotApplicableError, match=r"\(p a\), \(not \(q a\)\) does not hold"):
        semantics.apply(semantics.initial_state(), Step("do", ("a",)))


# Against the definition by enumeration

OBJECTS = (Object("a", ("s",)), Object("b", ("s",)), Object("c", ("t",)), Object("d", ("u", "s")))
WORLD = Domain("w", types=(Type("s"), Type("t", ("s",)), Type("u"), Type("none")))
HIERARCHY = TypeHierarchy(WORLD, OBJECTS)
MEMBERS = {"object": "abcd", "s": "abcd", "t": "c", "u": "d", "none": ""}
VARIABLES = ("?x", "?y", "?z")
ARITIES = {"g": 0, "p": 1, "q": 1, "r": 2, "k": 2}


def choices(parameters: tuple[Parameter, ...]) -> Iterator[dict[str, str]]:
    ranges = ({o for t in p.types for o in MEMBERS[t]} for p in parameters)
    for chosen in product(*ranges):
        yield dict(zip((p.name for p in parameters), chosen, strict=True))


def naive(facts: Facts, condition: Condition, bound: Mapping[str, str]) -> bool:
    """PDDL's definition, by trying every object."""
    match condition:
        case Atom(predicate, args):
            ground = Atom(predicate, tuple(bound.get(a, a) for a in args))
            return ground in facts.atoms()
        case Equal(left, right):
            return bound.get(left, left) == bound.get(right, right)
        case Not(part):
            return not naive(facts, part, bound)
        case And(parts):
            return all(naive(facts, p, bound) for p in parts)
        case Or(parts):
            return any(naive(facts, p, bound) for p in parts)
        case Imply(premise, conclusion):
            return not naive(facts, premise, bound) or naive(facts, conclusion, bound)
        case Forall(parameters, part):
            return all(naive(facts, part, {**bound, **c}) for c in choices(parameters))
        case Exists(parameters, part):
            return any(naive(facts, part, {**bound, **c}) for c in choices(parameters))
        case Compare("<", FunctionTerm(_, (term,)), Fraction() as limit):
            number = facts.numbers.get(FunctionTerm("w", (bound.get(term, term),)))
            return number is not None and number < limit
    raise AssertionError(condition)


@st.composite
def parameter_lists(draw: st.DrawFn, least: int = 0) -> tuple[Parameter, ...]:
    names = draw(st.lists(st.sampled_from(VARIABLES), unique=True, min_size=least, max_size=2))
    types = st.sampled_from([("object",), ("s",), ("t",), ("u",), ("t", "u"), ("none",)])
    return tuple(Parameter(n, draw(types)) for n in names)


@st.composite
def formulas(
    draw: st.DrawFn,
    scope: frozenset[str],
    depth: int = 4,
    predicates: tuple[tuple[str, int], ...] = tuple(ARITIES.items()),
) -> Condition:
    terms = st.sampled_from((*"abcd", *sorted(scope) * 4))
    kinds = ["atom", "atom", "equal", "less"] + 2 * (depth > 0) * [
        *("and", "or", "not", "imply", "forall", "exists")
    ]
    inner = formulas(scope, depth - 1, predicates)
    match draw(st.sampled_from(kinds)):
        case "atom":
            name, arity = draw(st.sampled_from(predicates))
            return Atom(name, tuple(draw(terms) for _ in range(arity)))
        case "equal":
            return Equal(draw(terms), draw(terms))
        case "less":
            return Compare("<", FunctionTerm("w", (draw(terms),)), Fraction(1))
        case "and":
            return And(tuple(draw(st.lists(inner, max_size=3))))
        case "or":
            return Or(tuple(draw(st.lists(inner, max_size=3))))
        case "not":
            return Not(draw(inner))
        case "imply":
            return Imply(draw(inner), draw(inner))
        case kind:
            parameters = draw(parameter_lists())
            within = scope | {p.name for p in parameters}
            quantifier = Forall if kind == "forall" else Exists
            return quantifier(parameters, draw(formulas(within, depth - 1, predicates)))


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    every = [Atom(n, args) for n, k in ARITIES.items() for args in product("abcd", repeat=k)]
    atoms = draw(st.lists(st.sampled_from(every), max_size=14))
    numbers = draw(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4))
    return Facts(atoms, ((FunctionTerm("w", (o,)), Fraction(v)) for o, v in numbers.items()))


def check_against_the_definition(
    facts: Facts, condition: Condition, bound: dict[str, str], parameters: tuple[Parameter, ...]
) -> None:
    evaluator = Evaluator(HIERARCHY)
    expected = naive(facts, condition, bound)
    assert evaluator.holds(facts, condition, bound) == expected
    assert evaluator.holds(facts, positive_form(condition), bound) == expected
    assert evaluator.holds(facts, negation(condition), bound) == (not expected)
    found = list(evaluator.matches(facts, condition, bound, parameters))
    wanted = [{**bound, **c} for c in choices(parameters)]
    wanted = [b for b in wanted if naive(facts, condition, b)]

    def as_set(bindings: list[dict[str, str]]) -> set[tuple[tuple[str, str], ...]]:
        return {tuple(sorted(b.items())) for b in bindings}

    assert as_set(found) == as_set(wanted)
    outer = tuple(v for v in VARIABLES if v not in {p.name for p in parameters})
    head = tuple(p.name for p in parameters)
    layout = Layout(evaluator)
    renamed = apart(condition)
    layout.declare((*parameters, *map(Parameter, outer), *quantified(renamed)))
    query = Query(layout, outer, lambda: renamed, head)
    values = query.heads(facts, tuple(bound[v] for v in outer))
    assert values == {tuple(b[name] for name in head) for b in wanted}


SCOPE = frozenset(VARIABLES)
BOUND = st.fixed_dictionaries({v: st.sampled_from("abcd") for v in VARIABLES})


@settings(max_examples=300, deadline=None)
@given(worlds(), formulas(SCOPE), BOUND, parameter_lists(least=1))
def test_formulas_hold_and_match_as_the_definition_says(
    facts: Facts, condition: Condition, bound: dict[str, str], parameters: tuple[Parameter, ...]
) -> None:
    check_against_the_definition(facts, condition, bound, parameters)


@pytest.mark.long
@settings(max_examples=amount(20_000, 1_500), deadline=None)
@given(worlds(), formulas(SCOPE, 5), BOUND, parameter_lists(least=1))
def test_many_formulas_hold_and_match_as_the_definition_says(
    facts: Facts, condition: Condition, bound: dict[str, str], parameters: tuple[Parameter, ...]
) -> None:
    check_against_the_definition(facts, condition, bound, parameters)


# Derived atoms against the definition

DERIVED = {"d0": 0, "d1": 1, "d2": 2}
HEADS = (Parameter("?x", ("s",)), Parameter("?y"))
TOGGLES = tuple(
    Action(f"{verb}-{name}", HEADS[:arity], And(), (kind(Atom(name, ("?x", "?y")[:arity])),))
    for name, arity in ARITIES.items()
    for verb, kind in (("add", Add), ("delete", Delete))
)


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[DerivedRule, ...]:
    """Rules of three derived predicates that use each other, without a negative cycle."""

    def rule(head: str) -> DerivedRule:
        arity = DERIVED[head]
        scope = frozenset(p.name for p in HEADS[:arity])
        condition = draw(formulas(scope, 2, (*ARITIES.items(), *DERIVED.items())))
        return DerivedRule(head, HEADS[:arity], condition)

    heads = draw(st.lists(st.sampled_from(tuple(DERIVED)), min_size=1, max_size=5))
    rules = tuple(map(rule, heads))
    assume(negative_cycle(rules) is None)
    return rules


def derived_by_definition(state: State, rules: tuple[DerivedRule, ...]) -> frozenset[Atom]:
    """The strata one after the other, each rule tried for every object until nothing is new."""
    facts = Facts(state.atoms)
    for stratum in strata(rules):
        before = -1
        while before != len(facts.atoms()):
            before = len(facts.atoms())
            for rule in stratum:
                for bound in choices(rule.parameters):
                    if naive(facts, rule.condition, bound):
                        facts.add(rule.predicate, tuple(bound.values()))
    return facts.atoms()


def with_rules(rules: tuple[DerivedRule, ...], world: Facts) -> Task:
    every = {**ARITIES, **DERIVED}
    predicates = tuple(Predicate(n, (Parameter("?k"),) * arity) for n, arity in every.items())
    domain = replace(WORLD, predicates=predicates, derived=rules, actions=TOGGLES)
    return Task(domain, Problem("x", "w", OBJECTS, tuple(sorted(world.atoms()))))


def check_derivation(
    rules: tuple[DerivedRule, ...], world: Facts, steps: list[tuple[Action, str, str]]
) -> None:
    semantics = Semantics(with_rules(rules, world))
    facts = semantics.facts(semantics.initial_state())
    assert facts.atoms() == derived_by_definition(semantics.state(facts), rules)
    for action, *args in steps:
        semantics.perform(facts, Step(action.name, tuple(args[: len(action.parameters)])))
        assert facts.atoms() == derived_by_definition(semantics.state(facts), rules)


def check_deferral(
    rules: tuple[DerivedRule, ...],
    world: Facts,
    steps: list[tuple[Action, str, str]],
    asked: list[str | None],
) -> None:
    """Before each step at most one derived predicate is asked for, and in the end all are."""
    semantics = Semantics(with_rules(rules, world))
    facts = semantics.facts(semantics.initial_state())
    for (action, *args), predicate in zip(steps, asked, strict=False):
        if predicate is not None:
            right = derived_by_definition(semantics.state(facts), rules)
            found = {Atom(predicate, each) for each in facts.relation(predicate)}
            assert found == {atom for atom in right if atom.predicate == predicate}
        semantics.perform(facts, Step(action.name, tuple(args[: len(action.parameters)])))
    assert facts.atoms() == derived_by_definition(semantics.state(facts), rules)


STEPS = st.lists(
    st.tuples(st.sampled_from(TOGGLES), st.sampled_from("abcd"), st.sampled_from("abcd")),
    max_size=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), worlds(), STEPS)
def test_derived_atoms_are_those_of_the_definition_after_every_step(
    rules: tuple[DerivedRule, ...], world: Facts, steps: list[tuple[Action, str, str]]
) -> None:
    check_derivation(rules, world, steps)


@pytest.mark.long
@settings(max_examples=amount(5_000, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), worlds(), STEPS)
def test_derived_atoms_of_many_rules_are_those_of_the_definition(
    rules: tuple[DerivedRule, ...], world: Facts, steps: list[tuple[Action, str, str]]
) -> None:
    check_derivation(rules, world, steps)


ASKED = st.lists(st.none() | st.sampled_from(tuple(DERIVED)), min_size=8, max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), worlds(), STEPS, ASKED)
def test_derived_atoms_are_right_whenever_they_are_first_asked_for(
    rules: tuple[DerivedRule, ...],
    world: Facts,
    steps: list[tuple[Action, str, str]],
    asked: list[str | None],
) -> None:
    check_deferral(rules, world, steps, asked)


@pytest.mark.long
@settings(max_examples=amount(5_000, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), worlds(), STEPS, ASKED)
def test_derived_atoms_of_many_rules_are_right_whenever_they_are_asked_for(
    rules: tuple[DerivedRule, ...],
    world: Facts,
    steps: list[tuple[Action, str, str]],
    asked: list[str | None],
) -> None:
    check_deferral(rules, world, steps, asked)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("name", ["philosophers", "psr-middle"])
def test_derived_atoms_kept_along_a_walk_are_those_derived_anew(
    data: Path, name: str, number: int
) -> None:
    semantics = Semantics(Instance(name, number).load(data))
    rng = random.Random(number)
    facts = semantics.facts(semantics.initial_state())
    for _ in range(12):
        state = semantics.state(facts)
        assert facts.atoms() == semantics.facts(state).atoms()
        steps = list(semantics.applicable_steps(state))
        if not steps:
            return
        semantics.perform(facts, rng.choice(steps))


COPIES = """(:predicates (one ?x) (two ?x) (apart ?x))
  (:derived (one ?x) (p ?x)) (:derived (two ?x) (one ?x)) (:derived (apart ?x) (q ?x))
  (:action drop :parameters (?x) :precondition (two ?x) :effect (not (p ?x)))"""


def test_only_what_is_asked_for_and_what_it_needs_is_derived() -> None:
    semantics = Semantics(task(COPIES, "(p a) (p b) (q a)"))
    facts = semantics.facts(semantics.initial_state())
    assert all(map(facts.is_deferred, semantics.derived))
    semantics.perform(facts, Step("drop", ("a",)))
    assert semantics.state(facts).atoms == {Atom("p", ("b",)), Atom("q", ("a",))}
    assert {p for p in semantics.derived if facts.is_deferred(p)} == {"apart"}
    assert facts.relation("two") == {("b",)}
    assert facts.candidates("apart", ["a"]) == facts.lookup("apart", 0, "a") == {("a",)}


def test_what_is_first_asked_for_by_the_goal_is_found_there() -> None:
    semantics = Semantics(task(COPIES, "(p a) (q a)", goal="(and (apart a) (not (apart b)) (h))"))
    facts = semantics.facts(semantics.initial_state())
    semantics.perform(facts, Step("drop", ("a",)))
    assert semantics.unmet(facts, semantics.task.problem.goal) == (Atom("h"),)


def test_ranks_are_the_same_before_and_after_atoms_are_asked_for() -> None:
    semantics = Semantics(task(COPIES, "(p a) (q a)"))
    facts = semantics.facts(semantics.initial_state())
    ranks = semantics.ranks(facts)
    assert ranks["one", ("a",)] < ranks["two", ("a",)]
    assert facts.relation("two") == {("a",)}
    assert semantics.ranks(facts) == ranks


def test_an_interrupted_derivation_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    semantics = Semantics(task(REACH, "(r a b) (r b a) (r b c)"))
    facts = semantics.facts(semantics.initial_state())
    heads, calls = Query.heads, []

    def interrupted(query: Query, facts: Facts, args: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return heads(query, facts, args)

    monkeypatch.setattr(Query, "heads", interrupted)
    with pytest.raises(KeyboardInterrupt):
        facts.holds("reach", ("a", "c"))
    assert facts.holds("reach", ("a", "c"))
    assert len(facts.relation("reach")) == 6


def test_derived_predicates_that_rest_on_each_other_in_a_long_chain_are_found_at_once() -> None:
    names = [f"d{i}" for i in range(1500)]
    predicates = " ".join(f"({name})" for name in names)
    rules = " ".join(f"(:derived ({b}) ({a}))" for a, b in zip(["g", *names], names, strict=False))
    semantics = Semantics(task(f"(:predicates {predicates}) {rules}", "(g)"))
    assert semantics.facts(semantics.initial_state()).holds(names[-1], ())


def test_an_atom_derived_in_a_circle_is_lost_with_what_it_rests_on() -> None:
    sections = f"""{REACH} (:action cut :parameters (?x ?y) :effect (not (r ?x ?y)))
      (:action link :parameters (?x ?y) :effect (r ?x ?y))"""
    semantics = Semantics(task(sections, "(r a b) (r b a) (r b c)"))
    facts = semantics.facts(semantics.initial_state())
    assert len(facts.relation("reach")) == 6
    semantics.perform(facts, Step("cut", ("a", "b")))
    assert facts.relation("reach") == {("b", "a"), ("b", "c")}
    semantics.perform(facts, Step("link", ("a", "b")))
    assert facts.relation("reach") == {(x, y) for x in "ab" for y in "abc"}


def test_conditions_that_share_no_variable_are_not_multiplied() -> None:
    names = [f"?x{i}" for i in range(60)]
    parts = "".join(f"(q {n}) (or (p {n}) (g))" for n in names)
    sections = f"""(:predicates (some)) (:derived (some) (exists ({" ".join(names)}) (and {parts})))
      (:action drop :parameters (?x) :effect (not (q ?x)))"""
    semantics = Semantics(task(sections, "(q a) (q b) (p a) (p b) (g)"))
    facts = semantics.facts(semantics.initial_state())
    start = time.perf_counter()
    assert facts.holds("some", ())
    semantics.perform(facts, Step("drop", ("a",)))
    assert facts.holds("some", ())
    semantics.perform(facts, Step("drop", ("b",)))
    assert not facts.holds("some", ())
    assert time.perf_counter() - start < 2


def test_a_rule_of_many_parts_is_kept_up_to_date() -> None:
    parts = " ".join(
        f"({word} (p ?x) (q ?x) (r ?x a))" for word in ("or", "and") for _ in "x" * 500
    )
    sections = f"""(:predicates (many ?x)) (:derived (many ?x) (or {parts}))
      (:action drop :parameters (?x) :effect (and (not (p ?x)) (not (q ?x))))"""
    semantics = Semantics(task(sections, "(p a) (q b)"))
    facts = semantics.facts(semantics.initial_state())
    assert facts.relation("many") == {("a",), ("b",)}
    semantics.perform(facts, Step("drop", ("a",)))
    assert facts.relation("many") == {("b",)}


def test_a_deeply_nested_rule_is_kept_up_to_date() -> None:
    condition = "(p ?x)"
    for i in range(40):
        condition = f"({'forall' if i % 2 else 'exists'} (?x) (and {condition} (not (h))))"
    sections = f"""(:predicates (deep)) (:derived (deep) {condition})
      (:action stop :parameters () :effect (h))"""
    semantics = Semantics(task(sections, "(p a) (p b) (p c)"))
    facts = semantics.facts(semantics.initial_state())
    assert facts.holds("deep", ())
    semantics.perform(facts, Step("stop"))
    assert not facts.holds("deep", ())


# Formulas that are hard to evaluate


def test_many_disjunctions_of_negations_are_decided_quickly() -> None:
    parts = "(or (not (p ?x)) (not (q ?x)))" * 14
    start = time.perf_counter()
    assert not true(f"(exists (?x - room) (and {parts}))", "(p a) (p b) (q a) (q b)")
    assert true(f"(exists (?x - room) (and {parts}))", "(p a) (p b) (q a)")
    assert time.perf_counter() - start < 0.5


def test_so_many_variables_that_no_stack_would_hold_them_are_refused() -> None:
    names = [f"?x{i}" for i in range(1100)]
    atoms = "".join(f"(q {n})" for n in names)
    with pytest.raises(PddlError, match="more than 200 variables"):
        true(f"(exists ({' '.join(names)}) (and {atoms}))", "(q a)")
    atoms = "".join(f"(q {n})" for n in names[:200])
    assert true(f"(exists ({' '.join(names[:200])}) (and {atoms}))", "(q a)")


def test_nesting_up_to_the_readers_bound_is_evaluated() -> None:
    condition = "(p ?x)"
    for i in range(99):
        condition = f"({'forall' if i % 2 else 'exists'} (?x) (and {condition} (not (h))))"
    assert true(condition, "(p a) (p b) (p c)")
    assert not true(condition, "(p a) (p b) (p c) (h)")


# What a step changes


@pytest.mark.parametrize("special", ["", "(when (q a) (h))"])
def test_what_a_step_changes_is_named_once_and_only_if_it_changes(special: str) -> None:
    sections = f"""(:action move :parameters (?x ?y ?z)
      :effect (and (not (p ?x)) (not (p ?z)) (p ?y) (q ?y) (q ?z) {special}))"""
    semantics = Semantics(task(sections, "(p a) (p b)"))

    def changes(*args: str) -> tuple[list[str], list[str], set[str]]:
        facts = semantics.facts(semantics.initial_state())
        found = semantics.perform(facts, Step("move", args))
        lists = [sorted(name + "".join(at) for name, at in x) for x in (found.deleted, found.added)]
        return *lists, {atom.predicate + "".join(atom.args) for atom in facts.atoms()}

    assert changes("a", "a", "a") == ([], ["qa"], {"pa", "pb", "qa"})
    assert changes("a", "c", "a") == (["pa"], ["pc", "qa", "qc"], {"pb", "pc", "qa", "qc"})
    assert changes("a", "b", "c") == (["pa"], ["qb", "qc"], {"pb", "qb", "qc"})
    assert changes("c", "b", "b") == ([], ["qb"], {"pa", "pb", "qb"})


# Random walks and enumeration on the competitions' instances

WALKED = [
    *("blocks", "gripper", "miconic-fulladl", "psr-middle", "philosophers", "schedule", "rovers"),
    *("openstacks-sat08-adl", "storage", "tpp", "airport-adl", "parcprinter-sat11-strips"),
    *("driverlog", "satellite", "citycar-sat14-adl"),
]


def every_typed_step(semantics: Semantics) -> Iterator[Step]:
    for action in semantics.task.domain.actions:
        ranges = [semantics.hierarchy.objects_of(p.types) for p in action.parameters]
        for args in product(*ranges):
            yield Step(action.name, args)


def walk(semantics: Semantics, rng: random.Random, steps: int) -> Iterator[State]:
    state = semantics.initial_state()
    yield state
    for _ in range(steps):
        steps_now = list(semantics.applicable_steps(state))
        if not steps_now:
            return
        state = semantics.apply(state, rng.choice(steps_now))
        yield state


@pytest.mark.parametrize("name", WALKED)
def test_applicable_steps_are_all_typed_steps_whose_precondition_holds(
    data: Path, name: str
) -> None:
    semantics = Semantics(Instance(name, 1).load(data))
    for state in walk(semantics, random.Random(5), 3):
        found = list(semantics.applicable_steps(state))
        assert len(set(found)) == len(found)
        assert set(found) == {
            s for s in every_typed_step(semantics) if semantics.applicable(state, s)
        }
