"""Terms, conditions and numbers of a task as expressions of unified-planning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from goalsmith.domains.diagnostics import listed
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
from goalsmith.domains.interchange.names import MARK, plain_name, unified_names
from goalsmith.domains.language import Task

if TYPE_CHECKING:
    from unified_planning.environment import Environment
    from unified_planning.model import Problem as UnifiedProblem

Node: TypeAlias = Any
"""An expression of unified-planning (FNode), which is published without type information."""

Scope: TypeAlias = Mapping[str, Node]


class FormulaExporter:
    """Makes expressions over the types, objects and fluents that are declared so far."""

    def __init__(self, task: Task, environment: Environment | None) -> None:
        from unified_planning.environment import get_environment
        from unified_planning.model import Problem as UnifiedProblem

        self.task = task
        self.names = unified_names(task)
        self.environment = get_environment(environment)
        self.expressions = self.environment.expression_manager
        self.result: UnifiedProblem = UnifiedProblem(task.problem.name, self.environment)
        self.types: dict[str, Any] = {}
        self.objects: dict[str, Node] = {}
        self.fluents: dict[tuple[str, str], Any] = {}

    def type_of(self, types: tuple[str, ...], what: str) -> Any:
        """The type called by a name. `what` is declared with it."""
        if len(types) > 1:
            raise unsupported(f"several types at once: {what} is of {listed(types, 'or')}")
        name = types[0]
        if name not in self.types:
            parent = None
            if name != ANY_TYPE:
                declared = next((t for t in self.task.domain.types if t.name == name), None)
                if declared is None:
                    raise InputError(f"{what} is of type `{name}`, which is not declared")
                parent = self.type_of(declared.parents, f"type `{name}`")
            manager = self.environment.type_manager
            self.types[name] = manager.UserType(self.names["type"][name], parent)
        return self.types[name]

    def term(self, name: str, scope: Scope) -> Node:
        """An object, parameter or variable by its name in PDDL."""
        node = scope.get(name)
        if node is None:
            node = self.objects.get(name)
        if node is None:
            raise InputError(f"there is no `{name}`")
        return node

    def fluent(self, kind: str, head: str, args: tuple[str, ...], scope: Scope) -> Node:
        """A predicate or function (`kind`) applied to terms."""
        fluent = self.fluents.get((kind, head))
        if fluent is None:
            raise InputError(f"there is no {kind} `{head}`")
        terms = [self.term(name, scope) for name in args]
        if len(terms) != fluent.arity:
            raise InputError(f"`{head}` takes {fluent.arity} arguments, not {len(terms)}")
        # Checked beforehand: unified-planning keeps an ill-typed expression that it has refused.
        for place, name, term in zip(fluent.signature, args, terms, strict=True):
            if not place.type.is_compatible(term.type):
                found, wanted = (plain_name(each.type.name, "type") for each in (term, place))
                raise unsupported(
                    f"a term of a wider type than is asked for: `{name}` in `{head}` is of type "
                    f"{found}, not {wanted}"
                )
        return self.expressions.FluentExp(fluent, terms)

    def bind(
        self, parameters: tuple[Parameter, ...], scope: Scope, beside: Sequence[Any] = ()
    ) -> tuple[list[Any], Scope]:
        """Variables for parameters, named apart from those `beside` them, and the scope within."""
        from unified_planning.model import Variable

        taken = {v.name for v in beside}
        variables = []
        inner = dict(scope)
        for parameter in parameters:
            name = parameter.name[1:]
            while name in taken:
                name += MARK
            kind = self.type_of(parameter.types, f"variable `{parameter.name}`")
            variable = Variable(name, kind, self.environment)
            variables.append(variable)
            inner[parameter.name] = self.expressions.VariableExp(variable)
        return variables, inner

    def condition(self, condition: Condition, scope: Scope) -> Node:
        """A condition."""
        make = self.expressions
        match condition:
            case Atom(predicate, args):
                return self.fluent("predicate", predicate, args, scope)
            case Equal(left, right):
                return make.Equals(self.term(left, scope), self.term(right, scope))
            case Not(part):
                return make.Not(self.condition(part, scope))
            case And(parts):
                return make.And([self.condition(p, scope) for p in parts])
            case Or(parts):
                return make.Or([self.condition(p, scope) for p in parts])
            case Imply(premise, conclusion):
                return make.Implies(
                    self.condition(premise, scope), self.condition(conclusion, scope)
                )
            case Forall(parameters, part) | Exists(parameters, part):
                variables, inner = self.bind(parameters, scope)
                node = self.condition(part, inner)
                quantifier = make.Forall if isinstance(condition, Forall) else make.Exists
                return quantifier(node, *variables) if variables else node
            case Compare(relation, left_value, right_value):
                relations = {
                    "<": make.LT,
                    "<=": make.LE,
                    "=": make.Equals,
                    ">=": make.GE,
                    ">": make.GT,
                }
                left_node = self.expression(left_value, scope)
                return relations[relation](left_node, self.expression(right_value, scope))

    def expression(self, expression: Expression, scope: Scope) -> Node:
        """A numeric expression."""
        make = self.expressions
        match expression:
            case FunctionTerm(function, args):
                return self.fluent("function", function, args, scope)
            case Arithmetic(operator, parts):
                first, *rest = (self.expression(p, scope) for p in parts)
                match operator:
                    case "+":
                        return make.Plus(first, *rest)
                    case "*":
                        return make.Times(first, *rest)
                    case "-" if not rest:
                        return make.Minus(0, first)
                    case "-":
                        for each in rest:
                            first = make.Minus(first, each)
                    case "/":
                        for each in rest:
                            first = self.quotient(first, each)
                return first
            case _:
                (number,) = make.auto_promote(expression)
                return number

    def quotient(self, left: Node, right: Node) -> Node:
        """A quotient. The divisor is checked: unified-planning divides its bounds at once."""
        if right.type.lower_bound == right.type.upper_bound == 0:
            raise unsupported("division by zero")
        return self.expressions.Div(left, right)


def unsupported(feature: str) -> UnsupportedError:
    """The error for something that only PDDL has."""
    return UnsupportedError(f"unified-planning cannot express {feature}")
