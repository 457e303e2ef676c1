"""Terms, conditions and numbers of a task as expressions of unified-planning."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.formula import (
    ANY_TYPE,
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
    simple_effects,
)
from goalsmith.domains.language import Action, Metric, Task
from goalsmith.domains.semantics import Semantics

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

        if task.domain.derived:
            names = dict.fromkeys(rule.predicate for rule in task.domain.derived)
            raise _unsupported(f"derived predicates: {listed([f'`{n}`' for n in names], 'and')}")
        self.task = task
        self.names = unified_names(task)
        self.costs = action_costs(task)
        self.environment = get_environment(environment)
        self.expressions = self.environment.expression_manager
        self.result: UnifiedProblem = UnifiedProblem(task.problem.name, self.environment)
        self.types: dict[str, Any] = {}
        self.objects: dict[str, Node] = {}
        self.fluents: dict[tuple[str, str], Any] = {}

    def _type(self, types: tuple[str, ...], what: str) -> Any:
        """The type called by a name. `what` is declared with it."""
        if len(types) > 1:
            raise _unsupported(f"several types at once: {what} is of {listed(types, 'or')}")
        name = types[0]
        if name not in self.types:
            parent = None
            if name != ANY_TYPE:
                declared = next((t for t in self.task.domain.types if t.name == name), None)
                if declared is None:
                    raise InputError(f"{what} is of type `{name}`, which is not declared")
                parent = self._type(declared.parents, f"type `{name}`")
            manager = self.environment.type_manager
            self.types[name] = manager.UserType(self.names["type"][name], parent)
        return self.types[name]

    def _term(self, name: str, scope: Scope) -> Node:
        node = scope.get(name)
        if node is None:
            node = self.objects.get(name)
        if node is None:
            raise InputError(f"there is no `{name}`")
        return node

    def _fluent(self, kind: str, head: str, args: tuple[str, ...], scope: Scope) -> Node:
        fluent = self.fluents.get((kind, head))
        if fluent is None:
            raise InputError(f"there is no {kind} `{head}`")
        terms = [self._term(name, scope) for name in args]
        if len(terms) != fluent.arity:
            raise InputError(f"`{head}` takes {fluent.arity} arguments, not {len(terms)}")
        # Checked beforehand: unified-planning keeps an ill-typed expression that it has refused.
        for place, name, term in zip(fluent.signature, args, terms, strict=True):
            if not place.type.is_compatible(term.type):
                raise _unsupported(
                    f"terms of a wider type: `{name}` is of type {term.type.name}, "
                    f"but `{head}` asks for {place.type.name}"
                )
        return self.expressions.FluentExp(fluent, terms)

    def _bind(
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
            kind = self._type(parameter.types, f"variable `{parameter.name}`")
            variable = Variable(name, kind, self.environment)
            variables.append(variable)
            inner[parameter.name] = self.expressions.VariableExp(variable)
        return variables, inner

    def _condition(self, condition: Condition, scope: Scope) -> Node:
        make = self.expressions
        match condition:
            case Atom(predicate, args):
                return self._fluent("predicate", predicate, args, scope)
            case Equal(left, right):
                return make.Equals(self._term(left, scope), self._term(right, scope))
            case Not(part):
                return make.Not(self._condition(part, scope))
            case And(parts):
                return make.And([self._condition(p, scope) for p in parts])
            case Or(parts):
                return make.Or([self._condition(p, scope) for p in parts])
            case Imply(premise, conclusion):
                return make.Implies(
                    self._condition(premise, scope), self._condition(conclusion, scope)
                )
            case Forall(parameters, part) | Exists(parameters, part):
                variables, inner = self._bind(parameters, scope)
                node = self._condition(part, inner)
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
                left_node = self._expression(left_value, scope)
                return relations[relation](left_node, self._expression(right_value, scope))

    def _expression(self, expression: Expression, scope: Scope) -> Node:
        make = self.expressions
        match expression:
            case FunctionTerm(function, args):
                return self._fluent("function", function, args, scope)
            case Arithmetic(operator, parts):
                first, *rest = (self._expression(p, scope) for p in parts)
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
                            first = self._quotient(first, each)
                return first
            case _:
                (number,) = make.auto_promote(expression)
                return number

    def _quotient(self, left: Node, right: Node) -> Node:
        if right.type.lower_bound == right.type.upper_bound == 0:
            raise _unsupported("division by zero")
        return self.expressions.Div(left, right)


def _unsupported(feature: str) -> UnsupportedError:
    return UnsupportedError(f"unified-planning cannot express {feature}")
