"""Writing PDDL: what is written reads back equal."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
)
from goalsmith.domains.language import (
    Action,
    DerivedRule,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    Task,
    Type,
)
from goalsmith.domains.reader import read_condition, read_domain, read_problem
from goalsmith.domains.writer import write_condition, write_domain, write_problem

TYPES = (Type("s", ("t",)), Type("t"), Type("u", ("s", "v")), Type("v"))
PLACES = (Parameter("?p", ("t",)), Parameter("?p", ("object",)))
PREDICATES = (Predicate("Rel", PLACES), Predicate("one", (Parameter("?x"),)), Predicate("nil"))
FUNCTIONS = (Function("f", (Parameter("?x"),)), Function("total-cost"))
CONSTANTS = (Object("c", ("u",)), Object("D", ("s", "v")), Object("e"))
DOMAIN = Domain("Big-One", (":adl", ":typing"), TYPES, CONSTANTS, PREDICATES, FUNCTIONS)

VARIABLES = ("?x", "?y", "?Z")
TYPE_LISTS = st.sampled_from([("object",), ("t",), ("s", "v"), ("u",)])
NUMBERS = st.one_of(
    st.integers(-1000, 1000).map(Fraction),
    st.decimals(-1000, 1000, places=7).map(Fraction),
    st.integers(1, 60).map(lambda n: Fraction(1, 2**n)),
)


def parameters(names: tuple[str, ...]) -> st.SearchStrategy[tuple[Parameter, ...]]:
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=3)
    return chosen.flatmap(
        lambda ns: st.tuples(*(TYPE_LISTS.map(lambda t, n=n: Parameter(n, t)) for n in ns))
    )


@st.composite
def conditions(draw: st.DrawFn, scope: tuple[str, ...] = (), depth: int = 4) -> Condition:
    """Any condition whose free variables are in scope. `c` fits everywhere."""
    terms = st.sampled_from(("c", *scope))
    kinds = ["nil", "one", "equal", "compare"] + (depth > 0) * [
        *("and", "or", "not", "imply", "forall", "exists")
    ]
    inner = conditions(scope, depth - 1)
    match draw(st.sampled_from(kinds)):
        case "nil":
            return Atom("nil")
        case "one":
            return Atom("one", (draw(terms),))
        case "equal":
            return Equal(draw(terms), draw(terms))
        case "compare":
            relation = draw(st.sampled_from(("<", "<=", "=", ">=", ">")))
            left = draw(expressions(scope))
            return Compare(relation, left, draw(expressions(scope)))
        case "and":
            return And(tuple(draw(st.lists(inner, max_size=3))))
        case "or":
            return Or(tuple(draw(st.lists(inner, max_size=3))))
        case "not":
            return Not(draw(inner))
        case "imply":
            return Imply(draw(inner), draw(inner))
        case kind:
            bound = draw(parameters(VARIABLES))
            names = {p.name.lower(): p.name for p in bound}
            within = tuple(dict.fromkeys([*scope, *names.values()]))
            quantifier = Forall if kind == "forall" else Exists
            return quantifier(bound, draw(conditions(within, depth - 1)))


def expressions(scope: tuple[str, ...]) -> st.SearchStrategy[Expression]:
    terms = st.sampled_from(("c", *scope)).map(lambda t: FunctionTerm("f", (t,)))
    leaves = st.one_of(NUMBERS, terms, st.just(FunctionTerm("total-cost")))

    def arithmetic(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        pairs = st.tuples(st.sampled_from("+-*/"), st.tuples(inner, inner))
        longer = st.tuples(st.sampled_from("+*"), st.tuples(inner, inner, inner))
        negated = st.tuples(st.just("-"), st.tuples(inner))
        return st.one_of(pairs, longer, negated).map(lambda x: Arithmetic(*x))

    return st.recursive(leaves, arithmetic, max_leaves=5)


@st.composite
def effects(draw: st.DrawFn, scope: tuple[str, ...], depth: int = 3) -> Effect:
    terms = st.sampled_from(("c", *scope))
    several = st.lists(effects(scope, depth - 1), max_size=3).map(tuple)
    kind = draw(st.sampled_from(["add", "delete", "assign"] + (depth > 0) * ["when", "each"]))
    match kind:
        case "add":
            return Add(Atom("one", (draw(terms),)))
        case "delete":
            return Delete(Atom("nil"))
        case "assign":
            operators = ("assign", "increase", "decrease", "scale-up", "scale-down")
            target = FunctionTerm("f", (draw(terms),))
            return Assign(draw(st.sampled_from(operators)), target, draw(expressions(scope)))
        case "when":
            return When(draw(conditions(scope, 2)), draw(several))
        case _:
            bound = draw(parameters(VARIABLES))
            within = tuple(dict.fromkeys([*scope, *(p.name for p in bound)]))
            return ForEach(bound, tuple(draw(st.lists(effects(within, depth - 1), max_size=3))))


@settings(max_examples=100, deadline=None)
@given(conditions())
def test_any_condition_reads_back_equal(condition: Condition) -> None:
    task = Task(DOMAIN, Problem("p", DOMAIN.name))
    assert read_condition(write_condition(condition), task) == condition


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_domain_reads_back_equal(data: st.DataObject) -> None:
    own = data.draw(parameters(VARIABLES))
    scope = tuple(p.name for p in own)
    action = Action(
        "Do-It",
        own,
        data.draw(conditions(scope)),
        tuple(data.draw(st.lists(effects(scope), max_size=4))),
    )
    rule = DerivedRule("known", own[:1], data.draw(conditions(scope[:1])))
    places = tuple(Parameter("?k") for _ in own[:1])
    domain = Domain(
        DOMAIN.name,
        DOMAIN.requirements,
        TYPES,
        CONSTANTS,
        (*PREDICATES, Predicate("known", places)),
        FUNCTIONS,
        (rule,),
        (action, Action("nothing")),
    )
    assert read_domain(write_domain(domain)) == domain


@settings(max_examples=60, deadline=None)
@given(conditions(), expressions(()), st.lists(NUMBERS, max_size=3), TYPE_LISTS)
def test_any_problem_reads_back_equal(
    goal: Condition, metric: Expression, numbers: list[Fraction], types: tuple[str, ...]
) -> None:
    objects = (*(Object(f"Obj{i}", types) for i in range(3)), Object("plain"))
    problem = Problem(
        "P",
        DOMAIN.name,
        objects,
        (Atom("one", ("Obj1",)), Atom("nil"), Atom("Rel", ("c", "plain"))),
        tuple((FunctionTerm("f", (f"Obj{i}",)), n) for i, n in enumerate(numbers)),
        goal,
        Metric("maximize", metric),
        (":adl",),
    )
    assert read_problem(write_problem(problem), DOMAIN) == problem


def test_an_empty_domain_and_problem_read_back_equal() -> None:
    assert read_domain(write_domain(Domain("d"))) == Domain("d")
    assert read_problem(write_problem(Problem("p", "d")), Domain("d")) == Problem("p", "d")


def test_total_time_reads_back_as_total_time() -> None:
    problem = Problem("p", "d", metric=Metric("minimize", "total-time"))
    assert read_problem(write_problem(problem), Domain("d")) == problem


def test_types_are_written_only_where_there_are_any() -> None:
    plain = Domain("d", predicates=(Predicate("p", (Parameter("?x"), Parameter("?y"))),))
    assert write_domain(plain) == "(define (domain d)\n  (:predicates\n    (p ?x ?y))\n)\n"


def test_a_domain_is_written_as_a_person_would() -> None:
    text = """(define (domain d)
  (:requirements :typing)
  (:types
    truck - vehicle
    vehicle place - object)
  (:constants
    home work - place
    any - (either truck place))
  (:predicates
    (at ?t - truck ?p - place))
  (:functions
    (total-cost) - number)
  (:action drive
    :parameters (?t - truck ?from - place ?to - place)
    :precondition (and (at ?t ?from) (not (= ?from ?to)))
    :effect (and (not (at ?t ?from)) (at ?t ?to) (increase (total-cost) 0.25)))
)
"""
    assert write_domain(read_domain(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((Fraction(0), "0"), (Fraction(-7), "-7"), (Fraction(1, 2), "0.5")),
        *((Fraction(-1, 8), "-0.125"), (Fraction(105, 10), "10.5"), (Fraction(1, 100), "0.01")),
        (Fraction(1, 3), "0.333333333333333"),
        (Fraction(-2, 3 * 10**20), "-0.00000000000000000000666666666666667"),
        (Fraction(10**30, 3), "333333333333333000000000000000"),
    ],
)
def test_numbers_are_written_as_plain_decimals(value: Fraction, text: str) -> None:
    assert write_condition(Compare("<", value, value)) == f"(< {text} {text})"


@given(st.fractions())
def test_every_number_is_written_so_that_it_can_be_read_nearly_equal(value: Fraction) -> None:
    task = Task(Domain("d"), Problem("p", "d"))
    condition = read_condition(write_condition(Compare("=", value, Fraction(1))), task)
    assert isinstance(condition, Compare)
    assert isinstance(condition.left, Fraction)
    assert abs(condition.left - value) <= abs(value) * Fraction(1, 10**14)
