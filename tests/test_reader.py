"""Reading PDDL as it is found in the wild: what the texts come to."""

from fractions import Fraction
from pathlib import Path

import pytest

from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import (
    FALSE,
    TRUE,
    Add,
    And,
    Arithmetic,
    Assign,
    Atom,
    Compare,
    Delete,
    Equal,
    Exists,
    Forall,
    ForEach,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    When,
)
from goalsmith.domains.language import Metric, Object, Task, Type, TypeHierarchy
from goalsmith.domains.reader import load_text, read_condition, read_domain, read_problem, read_task

DOMAIN = """
(define (domain Yard)
  (:requirements :typing)
  (:types Truck place - object Lorry - Truck)
  (:constants Home - place)
  (:predicates (At ?t - Truck ?p - place) (parked ?t - Truck) (quiet))
  (:functions (Fuel ?t - Truck) (total-cost))
  (:action Drive
    :parameters (?t - Truck ?From ?to - place)
    :precondition (at ?T ?from)
    :effect (and (NOT (at ?t ?FROM)) (At ?t ?to))))
"""


def problem_text(*sections: str) -> str:
    return f"(define (problem p) (:domain yard) {' '.join(sections)})"


def yard(*sections: str) -> Task:
    domain = read_domain(DOMAIN)
    return Task(domain, read_problem(problem_text(*sections), domain))


def with_goal(goal: str) -> object:
    objects = "(:objects T1 - Lorry depot - place)"
    return yard(objects, "(:init)", f"(:goal {goal})").problem.goal


# Names


def test_names_come_back_as_their_declarations_spell_them() -> None:
    task = yard(
        "(:OBJECTS t1 - LORRY Depot - PLACE)",
        "(:Init (at T1 DEPOT) (AT t1 home) (= (FUEL T1) 3))",
        "(:GOAL (AND (Parked T1) (QUIET)))",
        "(:metric MINIMIZE (Total-Cost))",
    )
    assert task.problem.objects == (Object("t1", ("Lorry",)), Object("Depot", ("place",)))
    assert task.problem.init == (Atom("At", ("t1", "Depot")), Atom("At", ("t1", "Home")))
    assert task.problem.numbers == ((FunctionTerm("Fuel", ("t1",)), Fraction(3)),)
    assert task.problem.goal == And((Atom("parked", ("t1",)), Atom("quiet")))
    assert task.problem.metric == Metric("minimize", FunctionTerm("total-cost"))
    drive = task.domain.action("Drive")
    assert drive.precondition == Atom("At", ("?t", "?From"))
    assert drive.effects[0] == Delete(Atom("At", ("?t", "?From")))


@pytest.mark.parametrize(
    "name",
    [
        *("and-gate", "not-clear", "or1", "either", "when", "define", "domain", "problem"),
        *(
            "forall-x",
            "exists_",
            "imply2",
            "increase",
            "assign",
            "minimize",
            "number",
            "total-time",
        ),
        *(
            "3d-print",
            "1",
            "2nd",
            "x.y",
            "a/b",
            "a=b",
            "a<b",
            "don't",
            "é",
            "object",
            "at",
            "preference",
        ),
    ],
)
def test_a_name_may_look_like_a_keyword_or_a_number(name: str) -> None:
    domain = read_domain(
        f"(define (domain {name}) (:types {name} t) (:constants {name}1 - {name})"
        f" (:predicates ({name} ?{name} - {name}))"
        f" (:functions ({name} ?{name} - {name}))"
        f" (:action {name} :parameters (?{name} - {name}) :precondition ({name} ?{name})"
        f" :effect (not ({name} {name}1))))"
        if name != "object"
        else "(define (domain object) (:types object t) (:constants object1 - object)"
        " (:predicates (object ?object - object)) (:functions (object ?object - object))"
        " (:action object :parameters (?object - object) :precondition (object ?object)"
        " :effect (not (object object1))))"
    )
    variable = f"?{name}"
    assert domain.name == name
    assert domain.predicates[0].parameters == (Parameter(variable, (name,)),)
    action = domain.action(name)
    assert action.precondition == Atom(name, (variable,))
    assert action.effects == (Delete(Atom(name, (f"{name}1",))),)
    problem = read_problem(
        f"(define (problem {name}) (:domain {name}) (:objects {name} - {name})"
        f" (:init ({name} {name}) (= ({name} {name}) 1) (not ({name} {name}1)))"
        f" (:goal (and ({name} {name}) (not (= {name} {name}1)) (< ({name} {name}) 5))))",
        domain,
    )
    assert problem.init == (Atom(name, (name,)),)
    assert problem.goal == And(
        (
            Atom(name, (name,)),
            Not(Equal(name, f"{name}1")),
            Compare("<", FunctionTerm(name, (name,)), Fraction(5)),
        )
    )


@pytest.mark.parametrize("name", ["and", "or", "not", "imply", "forall", "exists"])
def test_a_keyword_is_a_keyword_where_it_can_stand(name: str) -> None:
    domain = read_domain(f"(define (domain d) (:predicates (p ?x)) (:constants {name} - object))")
    assert domain.constants[0].name == name
    task = Task(domain, read_problem("(define (problem p) (:domain d) (:goal (and)))", domain))
    assert read_condition(f"(p {name})", task) == Atom("p", (name,))
    assert read_condition(f"(not (p {name}))", task) == Not(Atom("p", (name,)))


def test_objects_called_like_numbers_are_compared_as_objects() -> None:
    domain = read_domain("(define (domain d) (:predicates (p ?x)) (:functions (f)))")
    text = "(define (problem p) (:domain d) (:objects 1 2) (:init (p 1)) (:goal {}))"
    goal = read_problem(
        text.format("(exists (?x) (and (p ?x) (not (= ?x 2)) (= 1 1)))"), domain
    ).goal
    assert goal == Exists(
        (Parameter("?x"),), And((Atom("p", ("?x",)), Not(Equal("?x", "2")), Equal("1", "1")))
    )
    assert read_problem(text.format("(= (f) 2)"), domain).goal == Compare(
        "=", FunctionTerm("f"), Fraction(2)
    )
    assert read_problem(text.format("(= 3 3)"), domain).goal == Compare(
        "=", Fraction(3), Fraction(3)
    )


def test_an_object_may_be_called_like_its_type() -> None:
    task = yard("(:objects truck - truck place - place)", "(:init (at truck place))", "(:goal ())")
    assert task.problem.objects == (Object("truck", ("Truck",)), Object("place", ("place",)))


# Layout


def test_spaces_may_be_left_out_before_variables_dashes_and_parentheses() -> None:
    domain = read_domain(
        "(define(domain d)(:types aircraft city)(:predicates(at?x -aircraft?c -city)(p?x?y))"
        "(:action a :parameters(?x -aircraft?y - city)"
        ":precondition(and(at?x?y))\n:effect(not(at?x?y))))"
    )
    assert domain.predicates[0].parameters == (
        Parameter("?x", ("aircraft",)),
        Parameter("?c", ("city",)),
    )
    assert len(domain.predicates[1].parameters) == 2
    assert domain.action("a").precondition == And((Atom("at", ("?x", "?y")),))


def test_comments_may_stand_anywhere() -> None:
    plain = (
        "(define (domain d) (:types t) (:predicates (p ?x - t))"
        " (:action a :parameters (?x - t) :effect (p ?x)))"
    )
    words = plain.replace("(", " ( ").replace(")", " ) ").replace(" ( :", " (:").split()
    commented = "; ( first\n" + " ;) x\n".join(words) + "; (:action\n;"
    assert read_domain(commented) == read_domain(plain)


@pytest.mark.parametrize("end", ["\r\n", "\t", "\n\n", "\f", " "])
def test_line_ends_and_spaces_make_no_difference(end: str) -> None:
    assert read_domain(DOMAIN.replace("\n", end)) == read_domain(DOMAIN)


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_domain("\ufeff" + DOMAIN) == read_domain(DOMAIN)


def test_sections_may_come_in_any_order_and_more_than_once() -> None:
    one = read_domain(
        "(define (domain d) (:action a :parameters (?x - s) :precondition (p ?x) :effect (q))"
        " (:predicates (q)) (:constants c - s) (:predicates (p ?x - t)) (:types s - t) (:types t))"
    )
    assert [p.name for p in one.predicates] == ["q", "p"]
    assert one.types == (Type("s", ("t",)), Type("t"))
    problem = read_problem(
        "(define (problem x) (:goal (p b)) (:init (p b)) (:objects b - t)"
        " (:init (p c)) (:domain D) (:objects e - s))",
        one,
    )
    assert [o.name for o in problem.objects] == ["b", "e"]
    assert problem.init == (Atom("p", ("b",)), Atom("p", ("c",)))


def test_parts_of_an_action_come_in_any_order_and_may_be_left_out() -> None:
    domain = read_domain(
        "(define (domain d) (:predicates (p ?x) (q)) (:action a :effect (p ?x) :parameters (?x))"
        " (:action b :precondition () :effect ()) (:action c))"
    )
    assert domain.action("a").parameters == (Parameter("?x"),)
    assert domain.action("a").precondition == TRUE
    assert domain.action("b") == domain.action("b")
    assert domain.action("b").effects == domain.action("c").effects == ()


# Runs: what the grammar reads as one token, and what it reads word by word


TERMS_AND_TYPES = """
(define (domain d) (:types s - t t u)
  (:constants C - s)
  (:predicates (p ?x - t ?y) (q) (not-q ?x - u))
  (:action a :parameters (?x ?z - s ?y - u) :precondition {} :effect {}))
"""


@pytest.mark.parametrize(
    "literals",
    [
        "(p ?x ?y) (q)",
        "(NOT (p ?X c))\n (Q) (not\t( Not-Q ?y ) )",
        "(p?x?y)(not(p ?x C))(not (q))",
        "( q ) (not (q)) (and) (q) (not (q))",
        "(not-q ?y) (not (not-q ?y))",
    ],
)
def test_runs_of_literals_are_read_as_literals_are_one_by_one(literals: str) -> None:
    def parts(text: str) -> tuple[object, object]:
        action = read_domain(TERMS_AND_TYPES.format(text, text)).actions[0]
        assert isinstance(action.precondition, And)
        return action.precondition.parts, action.effects

    conditions, effects = parts(f"(and {literals})")
    # Behind another conjunction there are no runs.
    assert parts(f"(and (and) {literals})") == ((And(), *conditions), effects)
    assert conditions


@pytest.mark.parametrize(
    "literals",
    [
        "(q) (p ?x) (not (p ?x ?y ?z))",
        "(q) (r ?x) (not (r)) (q)",
        "(not (p ?w ?y)) (p ?x d) (q)",
        "(not (p ?y?x)) (not (not-q ?x)) (not-q c)",
    ],
)
def test_what_is_wrong_in_a_run_is_found_as_in_literals_one_by_one(literals: str) -> None:
    def found(before: str) -> list[dict[str, object]]:
        text = TERMS_AND_TYPES.format(f"(and {before} {literals})", f"(and {before} {literals})")
        with pytest.raises(PddlError) as error:
            read_domain(text)
        return [d.as_dict() for d in error.value.diagnostics]

    assert found("(and)")
    for one, other in zip(found("     "), found("(and)"), strict=True):
        assert one | {"snippet": ""} == other | {"snippet": ""}


@pytest.mark.parametrize(
    ("run", "groups"),
    [
        ("?x ?y - t ?z - s ?w", "?x - (either t) ?y - (either t) ?z - (either s) ?w"),
        ("?x?y -t?z\n-\ns", "?x - (either t) ?y - (either t) ?z - (either s)"),
        ("?-x - a-b ?y", "?-x - (either a-b) ?y"),
    ],
)
def test_runs_with_types_are_read_as_their_parts_are(run: str, groups: str) -> None:
    text = "(define (domain d) (:types t s a-b) (:constants {}) (:predicates (p {})))"
    names, name_groups = run.replace("?", " ").replace(" -x", " x"), groups.replace("?", "")
    name_groups = name_groups.replace("-x", "x")
    assert read_domain(text.format(names, run)) == read_domain(text.format(name_groups, groups))


def test_keywords_end_a_run() -> None:
    task = yard(
        "(:objects T1 - Lorry depot - place)", "(:goal (and (quiet) (or (quiet)) (parked t1)))"
    )
    quiet = Atom("quiet")
    assert task.problem.goal == And((quiet, Or((quiet,)), Atom("parked", ("T1",))))


LETTERS = """
start: "(" word* ")" | "[" (word | LETTERS)* "]" NUMBER
word: NAME | AND
AND.1: /and(?![a-z])/
LETTERS.2: /(?>[a-c]\\s*)+(?![a-z])/
NAME: /[a-z]+/
NUMBER: /[0-9]+/
%ignore /[ \\n]/
%ignore "_"
"""


@pytest.mark.parametrize(
    "text",
    [
        *("(a and band )", " [_x a b\n c ab and]_ 12 ", "()", "[ ]1"),
        *("", "  ", "(", "(1)", "(a", "(a]", "[a] b", "[a b $]1", "(a) )", "(a \t b)", "[a]12 _$"),
    ],
)
def test_the_lexer_gives_the_tokens_and_errors_of_larks_own(text: str) -> None:
    import lark

    from goalsmith.domains.reading.lexer import SectionLexer

    def outcome(lexer: str | type[SectionLexer]) -> object:
        parser = lark.Lark(LETTERS, parser="lalr", lexer=lexer)
        # Around the slice stands what neither may look at.
        part = lark.TextSlice(f"(a {text} b)", 3, 3 + len(text))
        try:
            tree = parser.parse(part)
        except lark.UnexpectedToken as error:
            return error.token.type, str(error.token), error.token.start_pos, error.accepts
        except lark.UnexpectedCharacters as error:
            return error.pos_in_stream, error.allowed
        tokens = tree.scan_values(lambda each: isinstance(each, lark.Token))
        return tree, [(token.type, str(token), token.start_pos) for token in tokens]

    assert outcome(SectionLexer) == outcome("contextual")


# Types


def test_types_may_be_declared_out_of_order_or_only_as_parents() -> None:
    domain = read_domain(
        "(define (domain d) (:types van - truck truck car - vehicle vehicle - thing bike)"
        " (:predicates (p ?x - thing)))"
    )
    hierarchy = TypeHierarchy(domain)
    assert hierarchy.ancestors("van") == {"van", "truck", "vehicle", "thing", "object"}
    assert hierarchy.ancestors("bike") == {"bike", "object"}
    assert {t.name for t in domain.types} == {"van", "truck", "car", "vehicle", "thing", "bike"}


def test_object_may_be_declared_and_stated_as_a_parent() -> None:
    plain = read_domain("(define (domain d) (:types a b))")
    assert read_domain("(define (domain d) (:types object a - object b - OBJECT))") == plain


def test_a_type_may_have_several_parents() -> None:
    for types in ("c - (either a b) a b", "c - a c - b a b"):
        domain = read_domain(f"(define (domain d) (:types {types}))")
        assert TypeHierarchy(domain).ancestors("c") == {"a", "b", "c", "object"}


def test_either_means_any_of_the_types() -> None:
    domain = read_domain(
        "(define (domain d) (:types a b c) (:predicates (p ?x - (either a b)) (q ?x - c)))"
    )
    text = "(define (problem x) (:domain d) (:objects k - {}) (:init) (:goal {}))"
    assert read_problem(text.format("(either b c)", "(and (p k) (q k))"), domain).objects == (
        Object("k", ("b", "c")),
    )
    with pytest.raises(PddlError, match="`k` is of type a, but `q` asks for c here"):
        read_problem(text.format("a", "(q k)"), domain)


def test_a_variable_of_a_wider_type_may_stand_for_an_object_that_fits() -> None:
    domain = read_domain(
        "(define (domain d) (:types truck - thing) (:predicates (p ?x - truck))"
        " (:action a :parameters (?x - thing ?y) :precondition (and (p ?x) (p ?y)) :effect ()))"
    )
    assert len(domain.actions) == 1


def test_places_of_a_predicate_may_repeat_a_name() -> None:
    domain = read_domain("(define (domain d) (:types a b) (:predicates (in ?o - a ?o - b)))")
    assert domain.predicates[0].parameters == (Parameter("?o", ("a",)), Parameter("?o", ("b",)))


# Functions and numbers


@pytest.mark.parametrize(
    "functions",
    ["(f) (g ?x)", "(f) - number (g ?x) - number", "(f) (g ?x) - NUMBER", "(f) - number (g ?x)"],
)
def test_functions_may_say_that_they_are_numbers(functions: str) -> None:
    domain = read_domain(f"(define (domain d) (:functions {functions}))")
    assert [(f.name, len(f.parameters)) for f in domain.functions] == [("f", 0), ("g", 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("-5", -5), ("007", 7), ("2.50", Fraction(5, 2)), ("1.", 1)),
        *((".5", Fraction(1, 2)), ("-0.1", Fraction(-1, 10))),
        ("0.1000000000000000000000000000001", Fraction(10**30 + 1, 10**31)),
    ],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    task = yard("(:objects T - Truck)", f"(:init (= (fuel T) {text}))", "(:goal ())")
    assert task.problem.numbers == ((FunctionTerm("Fuel", ("T",)), Fraction(value)),)


def test_arithmetic_is_read_with_its_nesting() -> None:
    goal = with_goal("(>= (+ (fuel t1) (* 2 3 4) (- 1)) (/ (- 5 (fuel T1)) -2))")
    fuel = FunctionTerm("Fuel", ("T1",))
    assert goal == Compare(
        ">=",
        Arithmetic(
            "+",
            (
                fuel,
                Arithmetic("*", (Fraction(2), Fraction(3), Fraction(4))),
                Arithmetic("-", (Fraction(1),)),
            ),
        ),
        Arithmetic("/", (Arithmetic("-", (Fraction(5), fuel)), Fraction(-2))),
    )


@pytest.mark.parametrize("metric", ["(total-cost)", "total-cost", "( TOTAL-COST )"])
def test_a_metric_may_name_its_function_without_parentheses(metric: str) -> None:
    task = yard("(:init)", "(:goal ())", f"(:metric minimize {metric})")
    assert task.problem.metric == Metric("minimize", FunctionTerm("total-cost"))


@pytest.mark.parametrize("metric", ["(total-time)", "total-time"])
def test_total_time_is_a_metric_of_its_own(metric: str) -> None:
    task = yard("(:init)", "(:goal ())", f"(:metric minimize {metric})")
    assert task.problem.metric == Metric("minimize", "total-time")


# The initial state


def test_negated_facts_say_nothing_new_but_are_checked() -> None:
    objects = "(:objects t - truck)"
    task = yard(objects, "(:init (not (parked t)) (quiet) (not (at t home)))", "(:goal ())")
    assert task.problem.init == (Atom("quiet"),)
    with pytest.raises(PddlError, match="unknown object `x`"):
        yard(objects, "(:init (not (parked x)))", "(:goal ())")


def test_a_fact_stated_twice_counts_once() -> None:
    task = yard("(:objects t - truck)", "(:init (parked t) (quiet) (PARKED T))", "(:goal ())")
    assert task.problem.init == (Atom("parked", ("t",)), Atom("quiet"))


def test_many_atoms_in_other_case_are_read() -> None:
    count = 2000
    objects = " ".join(f"truck{i}" for i in range(count))
    facts = " ".join(f"(PARKED TRUCK{i})" for i in range(count))
    task = yard(f"(:objects {objects} - truck)", f"(:init {facts})", "(:goal ())")
    assert task.problem.init == tuple(Atom("parked", (f"truck{i}",)) for i in range(count))


def test_a_constant_may_be_listed_again_among_the_objects() -> None:
    task = yard("(:objects home - place t - truck)", "(:init (at t HOME))", "(:goal ())")
    assert [o.name for o in task.problem.objects] == ["t"]
    assert [o.name for o in task.objects] == ["Home", "t"]


def test_a_problem_may_have_no_objects_and_no_initial_state() -> None:
    assert yard("(:goal (quiet))").problem.init == ()


# Conditions and effects


def test_empty_conditions_and_effects_are_read() -> None:
    for goal, value in (("()", TRUE), ("(and)", TRUE), ("(or)", FALSE), ("( AND )", TRUE)):
        assert with_goal(goal) == value


def test_every_form_of_a_condition_is_read() -> None:
    goal = with_goal(
        "(forall (?t - Truck ?p) (imply (not (parked ?T))"
        " (or (exists (?q - place) (at ?t ?q)) (= ?t ?p) (quiet))))"
    )
    assert goal == Forall(
        (Parameter("?t", ("Truck",)), Parameter("?p")),
        Imply(
            Not(Atom("parked", ("?t",))),
            Or(
                (
                    Exists((Parameter("?q", ("place",)),), Atom("At", ("?t", "?q"))),
                    Equal("?t", "?p"),
                    Atom("quiet"),
                )
            ),
        ),
    )


def test_every_form_of_an_effect_is_read() -> None:
    domain = read_domain(
        "(define (domain d) (:predicates (p ?x) (q)) (:functions (f ?x))"
        " (:action a :parameters (?x) :effect (and (p ?x) (and (not (q)) ())"
        " (forall (?y) (when (and (p ?y) (not (= ?x ?y))) (and (not (p ?y)) (increase (f ?y) 1))))"
        " (when (q) (forall (?z) (p ?z))) (scale-down (f ?x) (f ?x)))))"
    )
    one = FunctionTerm("f", ("?x",))
    assert domain.action("a").effects == (
        Add(Atom("p", ("?x",))),
        Delete(Atom("q")),
        ForEach(
            (Parameter("?y"),),
            (
                When(
                    And((Atom("p", ("?y",)), Not(Equal("?x", "?y")))),
                    (
                        Delete(Atom("p", ("?y",))),
                        Assign("increase", FunctionTerm("f", ("?y",)), Fraction(1)),
                    ),
                ),
            ),
        ),
        When(Atom("q"), (ForEach((Parameter("?z"),), (Add(Atom("p", ("?z",))),)),)),
        Assign("scale-down", one, one),
    )


def test_an_inner_variable_hides_an_outer_one_of_the_same_name() -> None:
    domain = read_domain(
        "(define (domain d) (:types a b) (:predicates (p ?x - a) (q ?x - b)) (:action go"
        " :parameters (?x - a) :precondition (and (p ?x) (exists (?x - b) (q ?x))) :effect ()))"
    )
    assert domain.action("go").precondition == And(
        (Atom("p", ("?x",)), Exists((Parameter("?x", ("b",)),), Atom("q", ("?x",))))
    )


def test_derived_predicates_are_read() -> None:
    domain = read_domain(
        "(define (domain d) (:predicates (e ?x ?y) (reach ?x ?y))"
        " (:derived (reach ?a ?b) (or (e ?a ?b) (exists (?c) (and (e ?a ?c) (reach ?c ?b))))))"
    )
    (rule,) = domain.derived
    assert (rule.predicate, [p.name for p in rule.parameters]) == ("reach", ["?a", "?b"])


def test_a_condition_is_read_over_a_tasks_objects_and_constants() -> None:
    task = yard("(:objects t - lorry)", "(:init)", "(:goal ())")
    assert read_condition(" (at T home) ; there", task) == Atom("At", ("t", "Home"))
    with pytest.raises(PddlError):
        read_condition("(quiet) (quiet)", task)


def test_reading_twice_gives_equal_values_that_hash_alike() -> None:
    problem = problem_text("(:objects t - truck)", "(:init (parked t))", "(:goal (quiet))")
    one, two = read_task(DOMAIN, problem), read_task("; moved\n" + DOMAIN, "\n" + problem)
    assert one == two
    assert hash(one) == hash(two)
    assert one.domain.actions[0].position != two.domain.actions[0].position


def test_a_link_to_a_file_that_is_gone_is_not_suggested_for_itself(tmp_path: Path) -> None:
    (tmp_path / "p1.pddl").symlink_to("gone")
    with pytest.raises(InputError) as caught:
        load_text(tmp_path / "p1.pddl")
    assert "did you mean" not in str(caught.value)
