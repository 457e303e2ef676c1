"""Expressions of unified-planning as terms, conditions and numbers of a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.formula import (
    ANY_TYPE,
    And,
    Arithmetic,
    Atom,
    Compare,
    Condition,
    Equal,
    Exists,
    Expression,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
)
from goalsmith.domains.interchange.names import pddl_name, variable_name
from goalsmith.domains.language import (
    Function,
    Object,
    Predicate,
    Type,
)

if TYPE_CHECKING:
    from unified_planning.model import Problem as UnifiedProblem

MAX_PARTS = 1_000_000
"""Parts of formulas and initial values at most: UP shares equal parts, so a small one can unfold
to any size, and one default stands for as many values as there are tuples of objects."""

MAX_DEPTH = 200
"""Formulas nested at most this deep, as in PDDL texts."""

Node: TypeAlias = Any
"""An expression of unified-planning, which is published without type information."""

Terms: TypeAlias = Mapping[Any, str]
"""What parameters and variables in scope are called."""


class FormulaImporter:
    """Reads expressions over the types, objects and fluents that are known so far."""

    def __init__(self, problem: UnifiedProblem) -> None:
        self.problem = problem
        self.parts = 0
        self.types: dict[Any, Type] = {}
        self.objects: dict[Any, Object] = {}
        self.fluents: dict[Any, Predicate | Function] = {}
        self.mentioned: set[str] = set()

    def types_of(self, given: Any, what: str) -> tuple[str, ...]:
        """A user type as the types of a declaration. Declares it and its ancestors."""
        if not given.is_user_type() or given.is_movable_type() or given.is_configuration_type():
            raise unsupported(f"{what} of type {given}: only objects can be arguments")
        if given not in self.types:
            parents: tuple[str, ...] = (ANY_TYPE,)
            if given.father is not None:
                parents = self.types_of(given.father, what)
            self.types[given] = Type(pddl_name(given.name, "type"), parents)
        name = self.types[given].name
        if name == ANY_TYPE:
            others = (t for t in self.problem.user_types if t.father is None and t is not given)
            if given.father is not None or next(others, None) is not None:
                raise unsupported(f"a type `{ANY_TYPE}` that is not the root of all types")
        return (name,)

    def bind(
        self, given: Iterable[Any], terms: Terms, within: Iterable[Node], what: str
    ) -> tuple[tuple[Parameter, ...], Terms]:
        """Parameters for variables, called so that they hide nothing that is used `within`."""
        given = list(dict.fromkeys(given))
        taken = {terms[t].lower() for t in _free_terms(within) if t in terms and t not in given}
        inner = dict(terms)
        parameters = []
        for each in given:
            name = variable_name(each.name)
            while name.lower() in taken:
                name += "_"
            taken.add(name.lower())
            inner[each] = name
            parameters.append(Parameter(name, self.types_of(each.type, what)))
        return tuple(parameters), inner

    def count(self, depth: int) -> None:
        """Counts a part. Raises InputError where there are too many, or nested too deep."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise InputError(f"the problem is too large: more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise InputError(f"a formula is nested deeper than {MAX_DEPTH}")

    def term(self, node: Node, terms: Terms) -> str:
        """A term by its name in PDDL. Objects are noted in `mentioned`."""
        if node.is_object_exp():
            thing = self.objects.get(node.object())
            if thing is None:
                raise InputError(f"object `{node.object().name}` is used but not declared")
            self.mentioned.add(thing.name)
            return thing.name
        if node.is_parameter_exp() or node.is_variable_exp():
            given = node.parameter() if node.is_parameter_exp() else node.variable()
            if given not in terms:
                raise InputError(f"`{given.name}` is used where it is not declared")
            return terms[given]
        raise unsupported(f"{shown(node)} as an argument")

    def applied(self, node: Node, terms: Terms) -> Atom | FunctionTerm:
        """A fluent applied to terms."""
        head = self.fluents.get(node.fluent())
        if head is None:
            raise InputError(f"fluent `{node.fluent().name}` is used but not declared")
        args = tuple(self.term(each, terms) for each in node.args)
        if isinstance(head, Predicate):
            return Atom(head.name, args)
        return FunctionTerm(head.name, args)

    def conjunction(self, nodes: Iterable[Node], terms: Terms | None = None) -> Condition:
        """A list of conditions that must all hold."""
        parts = tuple(self.condition(node, terms or {}) for node in nodes)
        return parts[0] if len(parts) == 1 else And(parts)

    def condition(self, node: Node, terms: Terms, depth: int = 0) -> Condition:
        """A condition."""
        self.count(depth)

        def inner(part: Node) -> Condition:
            return self.condition(part, terms, depth + 1)

        match node.node_type.name:
            case "FLUENT_EXP":
                atom = self.applied(node, terms)
                if isinstance(atom, Atom):
                    return atom
            case "BOOL_CONSTANT":
                return And() if node.is_true() else Or()
            case "NOT":
                return Not(inner(node.arg(0)))
            case "AND":
                return And(tuple(map(inner, node.args)))
            case "OR":
                return Or(tuple(map(inner, node.args)))
            case "IMPLIES":
                return Imply(inner(node.arg(0)), inner(node.arg(1)))
            case "IFF":
                left, right = node.args
                there = Imply(inner(left), inner(right))
                return And((there, Imply(inner(right), inner(left))))
            case "FORALL" | "EXISTS":
                variables = node.variables()
                parameters, within = self.bind(variables, terms, node.args, "a variable")
                quantifier = Forall if node.is_forall() else Exists
                return quantifier(parameters, self.condition(node.arg(0), within, depth + 1))
            case "EQUALS" if node.arg(0).type.is_user_type():
                left, right = node.args
                return Equal(self.term(left, terms), self.term(right, terms))
            case "EQUALS" | "LE" | "LT":
                relation = "=" if node.is_equals() else "<=" if node.is_le() else "<"
                first, second = (self.expression(part, terms, depth + 1) for part in node.args)
                return Compare(relation, first, second)  # type: ignore[arg-type]
        raise unsupported(f"{shown(node)} as a condition")

    def expression(self, node: Node, terms: Terms, depth: int = 0) -> Expression:
        """A numeric expression."""
        self.count(depth)
        operators = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "DIV": "/"}
        match node.node_type.name:
            case "FLUENT_EXP":
                term = self.applied(node, terms)
                if isinstance(term, FunctionTerm):
                    return term
            case "INT_CONSTANT" | "REAL_CONSTANT":
                return Fraction(node.constant_value())
            case operator if operator in operators:
                parts = tuple(self.expression(part, terms, depth + 1) for part in node.args)
                return Arithmetic(operators[operator], parts)  # type: ignore[arg-type]
        raise unsupported(f"{shown(node)} as a number")


def _free_terms(nodes: Iterable[Node]) -> set[Any]:
    """The parameters and the free variables in expressions."""
    found: set[Any] = set()
    waiting = list(nodes)
    for node in waiting:
        found.update(node.environment.free_vars_oracle.get_free_variables(node))
    seen = set()
    while waiting:
        node = waiting.pop()
        if node.is_parameter_exp():
            found.add(node.parameter())
        new = [part for part in node.args if part not in seen]
        seen.update(new)
        waiting.extend(new)
    return found


def shown(node: Node) -> str:
    """An expression in a few words: written out it may be of any length."""
    if node.is_fluent_exp():
        return f"fluent `{node.fluent().name}`"
    if node.is_constant():
        return f"`{node}`"
    return f"an expression of kind {node.node_type.name}"


def unsupported(feature: str) -> UnsupportedError:
    """The error for something that only unified-planning has."""
    return UnsupportedError(f"a task cannot express {feature}")
