"""From a problem of unified-planning to a task: see `interchange` for what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

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
)
from goalsmith.domains.interchange_to import MARK, TOTAL_COST, Node
from goalsmith.domains.language import (
    Action,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    Task,
    Type,
)

if TYPE_CHECKING:
    from unified_planning.model import Problem as UnifiedProblem


class Importer(FormulaImporter):
    """Reads one problem: declarations, actions, initial state, goal, metric."""

    def task(self) -> Task:
        """The task. Raises UnsupportedError for what it cannot express."""
        self._refuse_what_is_no_task()
        problem = self.problem
        for each in problem.user_types:
            self._types(each, "a type")
        for each in problem.all_objects:
            name = self._name(each.name, "object")
            self.objects[each] = Object(name, self._types(each.type, f"object `{name}`"))
        for fluent in problem.fluents:
            self.fluents[fluent] = self._head(fluent)
        metric, costs = self._metric()
        self.mentioned.clear()  # From here on, those that actions mention.
        actions = tuple(self._action(a, costs.get(a.name)) for a in problem.actions)
        constants = frozenset(self.mentioned)
        goal = self._all(problem.goals)
        init, numbers = self._initial_state()
        heads = list(self.fluents.values())
        if problem.quality_metrics and problem.quality_metrics[0].is_minimize_action_costs():
            heads.append(Function(TOTAL_COST))
            numbers[FunctionTerm(TOTAL_COST)] = Fraction(0)
        name = _NOT_IN_A_NAME.sub("-", problem.name or "problem").lstrip("=<>-+*/") or "problem"
        domain = Domain(
            f"{name}-domain",
            (),
            tuple(t for t in self.types.values() if t.name != ANY_TYPE),
            tuple(o for o in self.objects.values() if o.name in constants),
            tuple(h for h in heads if isinstance(h, Predicate)),
            tuple(h for h in heads if isinstance(h, Function)),
            (),
            actions,
        )
        _check_names("type", (ANY_TYPE, *(t.name for t in domain.types)))
        _check_names("object", (o.name for o in self.objects.values()))
        _check_names("predicate", (p.name for p in domain.predicates))
        _check_names("function", (f.name for f in domain.functions))
        _check_names("action", (a.name for a in actions))
        objects = tuple(o for o in self.objects.values() if o.name not in constants)
        return Task(
            domain,
            Problem(name, domain.name, objects, init, tuple(numbers.items()), goal, metric),
        )

    def _refuse_what_is_no_task(self) -> None:
        from unified_planning.model import InstantaneousAction
        from unified_planning.model import Problem as UnifiedProblem

        problem = self.problem
        if type(problem) is not UnifiedProblem:
            raise _unsupported(f"a {type(problem).__name__}, only a plain Problem")
        for feature, found in (
            ("timed goals", problem.timed_goals),
            ("timed effects", problem.timed_effects),
            ("trajectory constraints", problem.trajectory_constraints),
            ("processes", problem.processes),
            ("events", problem.events),
        ):
            if found:
                raise _unsupported(feature)
        for action in problem.actions:
            if type(action) is not InstantaneousAction:
                raise _unsupported(f"`{action.name}`, a {type(action).__name__}")
            if action.simulated_effect is not None:
                raise _unsupported(f"the simulated effect of `{action.name}`")

    # Declarations

    def _head(self, fluent: Any) -> Predicate | Function:
        kind = "predicate" if fluent.type.is_bool_type() else "function"
        name = self._name(fluent.name, kind)
        places = tuple(
            Parameter(_variable(p.name), self._types(p.type, f"parameter `{p.name}` of `{name}`"))
            for p in fluent.signature
        )
        if fluent.type.is_bool_type():
            return Predicate(name, places)
        if not (fluent.type.is_int_type() or fluent.type.is_real_type()):
            raise _unsupported(f"`{name}`, a fluent of type {fluent.type}: not true or a number")
        if fluent.type.lower_bound is not None or fluent.type.upper_bound is not None:
            raise _unsupported(f"the bounds of `{name}`, of type {fluent.type}")
        return Function(name, places)

    # Actions

    def _action(self, action: Any, cost: Node | None) -> Action:
        name = self._name(action.name, "action")
        parameters, terms = self._bind(action.parameters, {}, (), f"action `{name}`")
        precondition = self._all(action.preconditions, terms)
        effects = [each for effect in action.effects for each in self._effects(effect, terms)]
        if cost is not None:
            total = FunctionTerm(TOTAL_COST)
            effects.append(Assign("increase", total, self._expression(cost, terms)))
        return Action(name, parameters, precondition, tuple(effects))

    def _effects(self, effect: Any, terms: Terms) -> Iterator[Effect]:
        """An effect as one or two of PDDL, each under its `when` and its `forall`."""
        nodes = (effect.fluent, effect.value, effect.condition)
        parameters, within = self._bind(effect.forall, terms, nodes, f"`{effect}`")
        if not effect.fluent.is_fluent_exp():
            raise _unsupported(f"the effect `{effect}`")
        target = self._applied(effect.fluent, within)
        conditions = (effect.condition,) if effect.is_conditional() else ()
        changes: list[tuple[tuple[Condition, ...], Effect]]
        given = tuple(self._condition(node, within) for node in conditions)
        if isinstance(target, FunctionTerm):
            operators = {"ASSIGN": "assign", "INCREASE": "increase", "DECREASE": "decrease"}
            operator = operators[effect.kind.name]
            value = self._expression(effect.value, within)
            changes = [(given, Assign(operator, target, value))]  # type: ignore[arg-type]
        elif effect.value.is_bool_constant():
            changes = [(given, Add(target) if effect.value.is_true() else Delete(target))]
        else:
            # The atom is to hold if the value does now.
            becomes = self._condition(effect.value, within)
            changes = [
                ((*given, becomes), Add(target)),
                ((*given, Not(becomes)), Delete(target)),
            ]
        for needed, change in changes:
            if needed:
                change = When(needed[0] if len(needed) == 1 else And(needed), (change,))
            yield ForEach(parameters, (change,)) if parameters else change

    # The problem

    def _initial_state(self) -> tuple[tuple[Atom, ...], dict[FunctionTerm, Fraction]]:
        """What holds initially. What has no value, and no default, is a number or refused."""
        values: dict[Atom | FunctionTerm, Node] = {}
        for node, value in self.problem.explicit_initial_values.items():
            self._count(0)
            values[self._applied(node, {})] = value
        for fluent, head in self.fluents.items():
            default = self.problem.fluents_defaults.get(fluent)
            if default.is_false() if default is not None else isinstance(head, Function):
                continue
            places = [
                [self.objects[o].name for o in self.problem.objects(p.type)]
                for p in fluent.signature
            ]
            make = Atom if isinstance(head, Predicate) else FunctionTerm
            for args in product(*places):
                self._count(0)
                term = make(head.name, args)
                if default is None and term not in values:
                    raise _unsupported(f"atoms without an initial value, such as {term}")
                values.setdefault(term, default)
        atoms = []
        numbers: dict[FunctionTerm, Fraction] = {}
        for term, value in values.items():
            if isinstance(term, Atom) and value.is_bool_constant():
                if value.is_true():
                    atoms.append(term)
            elif isinstance(term, FunctionTerm) and (
                value.is_int_constant() or value.is_real_constant()
            ):
                numbers[term] = Fraction(value.constant_value())
            else:
                raise _unsupported(f"the initial value `{value}` of {term}")
        return tuple(atoms), numbers

    def _metric(self) -> tuple[Metric | None, dict[str, Node]]:
        """The metric, and the cost of each action that has one."""
        metrics = self.problem.quality_metrics
        if not metrics:
            return None, {}
        if len(metrics) > 1:
            raise _unsupported("several metrics")
        (metric,) = metrics
        if metric.is_minimize_action_costs():
            costs: dict[str, Node] = {}
            for action in self.problem.actions:
                cost = metric.get_action_cost(action)
                if cost is None:
                    raise InputError(f"action `{action.name}` has no cost, and there is no default")
                free = cost.is_int_constant() and cost.constant_value() == 0
                if action in metric.costs or not free:
                    costs[action.name] = cost
            return Metric("minimize", FunctionTerm(TOTAL_COST)), costs
        if metric.is_minimize_sequential_plan_length():
            return Metric("minimize", "total-time"), {}
        if metric.is_minimize_expression_on_final_state():
            return Metric("minimize", self._expression(metric.expression, {})), {}
        if metric.is_maximize_expression_on_final_state():
            return Metric("maximize", self._expression(metric.expression, {})), {}
        raise _unsupported(f"the metric {type(metric).__name__}")
