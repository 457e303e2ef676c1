"""From a task to a problem of unified-planning: see `interchange` for what is kept."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import UnsupportedError
from goalsmith.domains.formula import (
    ANY_TYPE,
    Add,
    And,
    Assign,
    Condition,
    Delete,
    Effect,
    Expression,
    ForEach,
    FunctionTerm,
    When,
    simple_effects,
)
from goalsmith.domains.interchange.names import TOTAL_COST
from goalsmith.domains.interchange.to_formulas import FormulaExporter, Node, Scope, unsupported
from goalsmith.domains.language import Action, Metric, Task
from goalsmith.domains.semantics import Semantics

if TYPE_CHECKING:
    from unified_planning.environment import Environment
    from unified_planning.model import Problem as UnifiedProblem


class Exporter(FormulaExporter):
    """Builds the problem of one task: declarations, actions, initial state, goal, metric."""

    def __init__(
        self, task: Task, missing_number: Fraction | None, environment: Environment | None
    ) -> None:
        super().__init__(task, environment)
        self.missing_number = missing_number
        # Functions that only add up, such as total-cost.
        self.counters = Semantics(task).counters
        self.costs = action_costs(task) if TOTAL_COST in self.counters else None

    def export(self) -> UnifiedProblem:
        """The problem. Raises UnsupportedError where unified-planning cannot express the task."""
        from unified_planning.exceptions import UPException

        if self.task.domain.derived:
            names = dict.fromkeys(f"`{rule.predicate}`" for rule in self.task.domain.derived)
            raise unsupported(f"derived predicates: {listed(tuple(names))}")
        try:
            self._declare()
            actions = {a.name: self._action(a) for a in self.task.domain.actions}
            self.result.add_actions(actions.values())
            self._initial_state()
            for part in _parts(self.task.problem.goal):
                self.result.add_goal(self.condition(part, {}))
            self._metric(actions)
        except (UPException, ArithmeticError) as error:
            raise UnsupportedError(f"unified-planning refuses this task: {error}") from error
        return self.result

    # Declarations

    def _declare(self) -> None:
        from unified_planning.model import Fluent, Object
        from unified_planning.model import Parameter as UnifiedParameter

        domain = self.task.domain
        for name in (ANY_TYPE, *(t.name for t in domain.types)):
            # Public methods add types only where something is of them; its own reader does this.
            self.result._add_user_type(self.type_of((name,), ""))
        for each in self.task.objects:
            kind = self.type_of(each.types, f"object `{each.name}`")
            thing = Object(self.names["object"][each.name], kind, self.environment)
            self.objects[each.name] = self.expressions.ObjectExp(self.result.add_object(thing))
        numeric = self.environment.type_manager.RealType()
        boolean = self.environment.type_manager.BoolType()
        for kind, declared, values, default in (
            ("predicate", domain.predicates, boolean, False),
            ("function", domain.functions, numeric, self.missing_number),
        ):
            for head in declared:
                if kind == "function" and head.name == TOTAL_COST and self.costs is not None:
                    continue
                what = f"{kind} `{head.name}`"
                places = [
                    UnifiedParameter(p.name[1:], self.type_of(p.types, what), self.environment)
                    for p in head.parameters
                ]
                fluent = Fluent(self.names[kind][head.name], values, places, self.environment)
                self.result.add_fluent(fluent, default_initial_value=default)
                self.fluents[kind, head.name] = fluent

    # Actions

    def _action(self, action: Action) -> Any:
        from unified_planning.model import InstantaneousAction

        changed = Counter(
            e.target.function for e in simple_effects(action.effects) if isinstance(e, Assign)
        )
        check_scaling(action.effects, changed)
        what = f"action `{action.name}`"
        parameters = OrderedDict(
            (p.name[1:], self.type_of(p.types, f"parameter `{p.name}` of {what}"))
            for p in action.parameters
        )
        result = InstantaneousAction(
            self.names["action"][action.name], parameters, self.environment
        )
        scope = {f"?{p.name}": self.expressions.ParameterExp(p) for p in result.parameters}
        for part in _parts(action.precondition):
            result.add_precondition(self.condition(part, scope))
        self._effects(result, action.effects, scope, [], [])
        return result

    def _effects(
        self,
        action: Any,
        effects: tuple[Effect, ...],
        scope: Scope,
        variables: list[Any],
        conditions: list[Node],
    ) -> None:
        """Adds effects one by one, each with the variables and conditions that stand around it."""
        for effect in effects:
            match effect:
                case When(condition, inner):
                    within = [*conditions, self.condition(condition, scope)]
                    self._effects(action, inner, scope, variables, within)
                case ForEach(parameters, inner):
                    # Nested `forall`s become one, with their variables side by side.
                    bound, extended = self.bind(parameters, scope, beside=variables)
                    self._effects(action, inner, extended, [*variables, *bound], conditions)
                case Add(atom) | Delete(atom):
                    target = self.fluent("predicate", atom.predicate, atom.args, scope)
                    value = self.expressions.Bool(isinstance(effect, Add))
                    self._add(action.add_effect, target, value, variables, conditions, once=True)
                case Assign(_, FunctionTerm(function), _) if (
                    function == TOTAL_COST and self.costs is not None
                ):
                    pass  # It is the action's cost in the metric.
                case Assign(operator, FunctionTerm(function, args), expression):
                    target = self.fluent("function", function, args, scope)
                    value = self.expression(expression, scope)
                    add = action.add_effect
                    match operator:
                        case "increase":
                            add = action.add_increase_effect
                        case "decrease":
                            add = action.add_decrease_effect
                        case "scale-up":
                            value = self.expressions.Times(target, value)
                        case "scale-down":
                            value = self.quotient(target, value)
                    once = operator == "assign"
                    self._add(add, target, value, variables, conditions, once=once)

    def _add(
        self,
        add: Any,
        target: Node,
        value: Node,
        variables: list[Any],
        conditions: list[Node],
        *,
        once: bool,
    ) -> None:
        """Adds one effect, without the variables that it does not use.

        `once`: to have it several times is the same as to have it once.
        """
        condition = self.expressions.And(conditions)
        used: set[Any] = set()
        for node in (target, value, condition):
            used |= self.environment.free_vars_oracle.get_free_variables(node)
        for variable in variables:
            if variable not in used:
                count = sum(1 for _ in self.result.objects(variable.type))
                if not count:
                    return
                if count > 1 and not once:
                    raise unsupported(
                        f"an effect on {target} for each `?{variable.name}`, which it does not use"
                    )
        add(target, value, condition, variables)

    # The problem

    def _initial_state(self) -> None:
        for atom in self.task.problem.init:
            self.result.set_initial_value(self.condition(atom, {}), True)
        numbers = dict(self.task.problem.numbers)
        for counter in sorted(self.counters):
            # Files often leave out `(= (total-cost) 0)`; it is taken as given.
            numbers.setdefault(FunctionTerm(counter), Fraction(0))
        for term, number in numbers.items():
            if term != FunctionTerm(TOTAL_COST) or self.costs is None:
                self.result.set_initial_value(self.expression(term, {}), number)

    def _metric(self, actions: Mapping[str, Any]) -> None:
        from unified_planning.model import metrics

        metric = self.task.problem.metric
        if metric is None:
            return
        value: Any
        if self.costs is not None:
            costs = {}
            for name, cost in self.costs.items():
                action = actions[name]
                scope = {f"?{p.name}": self.expressions.ParameterExp(p) for p in action.parameters}
                costs[action] = self.expression(cost, scope)
            zero = self.expressions.Int(0)
            value = metrics.MinimizeActionCosts(costs, zero, self.environment)
        elif metric.expression == "total-time":
            if metric.direction == "maximize":
                raise unsupported("a metric that makes plans long")
            value = metrics.MinimizeSequentialPlanLength(self.environment)
        else:
            node = self.expression(metric.expression, {})
            if metric.direction == "minimize":
                value = metrics.MinimizeExpressionOnFinalState(node, self.environment)
            else:
                value = metrics.MaximizeExpressionOnFinalState(node, self.environment)
        self.result.add_quality_metric(value)


def action_costs(task: Task) -> dict[str, Expression] | None:
    """The cost of each action that has one, where the metric is the sum of the actions' costs.

    None where it is not. `(total-cost)` must be one of the task's counters.
    """
    total = FunctionTerm(TOTAL_COST)
    if task.problem.metric != Metric("minimize", total) or dict(task.problem.numbers).get(total):
        return None
    costs: dict[str, Expression] = {}
    for action in task.domain.actions:
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign) and effect.target == total:
                # unified-planning wants one cost per action, on no condition.
                plain = effect.operator == "increase" and effect in action.effects
                if not plain or action.name in costs:
                    return None
                costs[action.name] = effect.value
    return costs


def check_scaling(
    effects: tuple[Effect, ...],
    changed: Mapping[str, int],
    bound: frozenset[str] = frozenset(),
) -> None:
    """Checks that a number which is scaled is changed once in a step: it becomes an assignment.

    `changed` says how many effects of the action change a function.

    Raises:
        UnsupportedError: it may be changed more than once.
    """
    for effect in effects:
        match effect:
            case When(_, inner):
                check_scaling(inner, changed, bound)
            case ForEach(parameters, inner):
                check_scaling(inner, changed, bound.union(p.name for p in parameters))
            case Assign("scale-up" | "scale-down" as operator, FunctionTerm(function, args)):
                if changed[function] > 1 or not bound.issubset(args):
                    raise unsupported(f"`{operator}` of `{function}` together with other changes")


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """The parts of a conjunction, which unified-planning lists one by one."""
    return condition.parts if isinstance(condition, And) else (condition,)
