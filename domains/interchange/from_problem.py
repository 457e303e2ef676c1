"""From a problem of unified-planning to a task: see `interchange` for what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import (
    ANY_TYPE,
    Add,
    And,
    Assign,
    Atom,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    Not,
    Parameter,
    When,
)
from goalsmith.domains.interchange.from_formulas import (
    FormulaImporter,
    Node,
    Terms,
    shown,
    unsupported,
)
from goalsmith.domains.interchange.names import (
    TOTAL_COST,
    check_apart,
    pddl_name,
    title,
    variable_name,
)
from goalsmith.domains.language import (
    Action,
    Domain,
    Function,
    Metric,
    Object,
    Predicate,
    Problem,
    Task,
)


class Importer(FormulaImporter):
    """Reads one problem: declarations, actions, initial state, goal, metric."""

    def task(self) -> Task:
        """The task. Raises UnsupportedError for what it cannot express."""
        self._refuse_what_is_no_task()
        problem = self.problem
        for each in problem.user_types:
            self.types_of(each, "a type")
        for each in problem.all_objects:
            name = pddl_name(each.name, "object")
            self.objects[each] = Object(name, self.types_of(each.type, f"object `{name}`"))
        for fluent in problem.fluents:
            self.fluents[fluent] = self._head(fluent)
        metric, costs = self._metric()
        self.mentioned.clear()  # From here on, those that actions mention.
        actions = tuple(self._action(a, costs.get(a.name)) for a in problem.actions)
        constants = frozenset(self.mentioned)
        goal = self.conjunction(problem.goals)
        init, numbers = self._initial_state()
        heads = list(self.fluents.values())
        if problem.quality_metrics and problem.quality_metrics[0].is_minimize_action_costs():
            heads.append(Function(TOTAL_COST))
            numbers[FunctionTerm(TOTAL_COST)] = Fraction(0)
        name = title(problem.name)
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
        check_apart("type", (ANY_TYPE, *(t.name for t in domain.types)))
        check_apart("object", (o.name for o in self.objects.values()))
        check_apart("predicate", (p.name for p in domain.predicates))
        check_apart("function", (f.name for f in domain.functions))
        check_apart("action", (a.name for a in actions))
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
            raise unsupported(f"a {type(problem).__name__}, only a plain Problem")
        for feature, found in (
            ("timed goals", problem.timed_goals),
            ("timed effects", problem.timed_effects),
            ("trajectory constraints", problem.trajectory_constraints),
            ("processes", problem.processes),
            ("events", problem.events),
        ):
            if found:
                raise unsupported(feature)
        for action in problem.actions:
            if type(action) is not InstantaneousAction:
                raise unsupported(f"`{action.name}`, a {type(action).__name__}")
            if action.simulated_effect is not None:
                raise unsupported(f"the simulated effect of `{action.name}`")

    # Declarations

    def _head(self, fluent: Any) -> Predicate | Function:
        kind = "predicate" if fluent.type.is_bool_type() else "function"
        name = pddl_name(fluent.name, kind)
        what = f"a parameter of `{name}`"
        places = tuple(
            Parameter(variable_name(p.name), self.types_of(p.type, what)) for p in fluent.signature
        )
        if fluent.type.is_bool_type():
            return Predicate(name, places)
        if not (fluent.type.is_int_type() or fluent.type.is_real_type()):
            raise unsupported(f"`{name}`, a fluent of type {fluent.type}: not true or a number")
        if fluent.type.lower_bound is not None or fluent.type.upper_bound is not None:
            raise unsupported(f"the bounds of `{name}`, of type {fluent.type}")
        return Function(name, places)

    # Actions

    def _action(self, action: Any, cost: Node | None) -> Action:
        name = pddl_name(action.name, "action")
        parameters, terms = self.bind(action.parameters, {}, (), f"a parameter of `{name}`")
        precondition = self.conjunction(action.preconditions, terms)
        effects = [each for effect in action.effects for each in self._effects(effect, terms)]
        if cost is not None:
            total = FunctionTerm(TOTAL_COST)
            effects.append(Assign("increase", total, self.expression(cost, terms)))
        return Action(name, parameters, precondition, tuple(effects))

    def _effects(self, effect: Any, terms: Terms) -> Iterator[Effect]:
        """An effect as one or two of PDDL, each under its `when` and its `forall`."""
        nodes = (effect.fluent, effect.value, effect.condition)
        parameters, within = self.bind(effect.forall, terms, nodes, "a variable of an effect")
        if not effect.fluent.is_fluent_exp():
            raise unsupported(f"an effect on {shown(effect.fluent)}")
        target = self.applied(effect.fluent, within)
        conditions = (effect.condition,) if effect.is_conditional() else ()
        changes: list[tuple[tuple[Condition, ...], Effect]]
        given = tuple(self.condition(node, within) for node in conditions)
        if isinstance(target, FunctionTerm):
            operators = {"ASSIGN": "assign", "INCREASE": "increase", "DECREASE": "decrease"}
            operator = operators[effect.kind.name]
            value = self.expression(effect.value, within)
            changes = [(given, Assign(operator, target, value))]  # type: ignore[arg-type]
        elif effect.value.is_bool_constant():
            changes = [(given, Add(target) if effect.value.is_true() else Delete(target))]
        else:
            # The atom is to hold if the value does now.
            becomes = self.condition(effect.value, within)
            changes = [
                ((*given, becomes), Add(target)),
                ((*given, Not(becomes)), Delete(target)),
            ]
        for needed, change in changes:
            condition = needed[0] if len(needed) == 1 else And(needed)
            once = When(condition, (change,)) if needed else change
            yield ForEach(parameters, (once,)) if parameters else once

    # The problem

    def _initial_state(self) -> tuple[tuple[Atom, ...], dict[FunctionTerm, Fraction]]:
        """What holds initially. What has no value, and no default, is a number or refused."""
        values: dict[Atom | FunctionTerm, Node] = {}
        for node, value in self.problem.explicit_initial_values.items():
            self.count(0)
            values[self.applied(node, {})] = value
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
                self.count(0)
                term = make(head.name, args)
                if default is None and term not in values:
                    raise unsupported(f"atoms without an initial value, such as {term}")
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
                raise unsupported(f"the initial value of {term}: {shown(value)}")
        return tuple(atoms), numbers

    def _metric(self) -> tuple[Metric | None, dict[str, Node]]:
        """The metric, and the cost of each action that has one."""
        metrics = self.problem.quality_metrics
        if not metrics:
            return None, {}
        if len(metrics) > 1:
            raise unsupported("several metrics")
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
            return Metric("minimize", self.expression(metric.expression, {})), {}
        if metric.is_maximize_expression_on_final_state():
            return Metric("maximize", self.expression(metric.expression, {})), {}
        raise unsupported(f"the metric {type(metric).__name__}")
