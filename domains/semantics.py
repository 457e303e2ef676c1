"""What actions do: applicability, successor states, derived atoms, costs.

A step is applicable where its precondition holds. It takes all its effects at once: conditions and
numbers are read before, deletions happen before additions, so an atom both deleted and added is
true after (PDDL 2.1, Fox and Long, JAIR 20, 2003, definitions 12 to 14; VAL does the same). Derived
atoms are the least fixpoint of the rules, stratum by stratum (PDDL 2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from operator import contains

from goalsmith.domains.derivation import Derivation
from goalsmith.domains.diagnostics import did_you_mean, listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.evaluation import Evaluator, UndefinedNumberError
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    And,
    Assign,
    Atom,
    Bindings,
    Condition,
    FunctionTerm,
    effect_conditions,
    function_terms_in,
    instantiate,
    simple_effects,
)
from goalsmith.domains.language import Domain, State, Task, TypeHierarchy
from goalsmith.domains.plans import Step
from goalsmith.domains.transition import Changes, NotApplicableError, Transition
from goalsmith.domains.writer import write_condition

__all__ = ["Changes", "NotApplicableError", "Semantics"]


class Semantics:
    """The meaning of a task's formulas and steps.

    Methods that take a `State` are pure. Those that take `Facts` work on the mutable form, for
    computations of many steps.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.hierarchy = TypeHierarchy(task.domain, task.objects)
        self.evaluator = Evaluator(self.hierarchy)
        self.actions = {a.name: a for a in task.domain.actions}
        # Made when first asked for: few plans use all actions.
        self._transitions: dict[str, tuple[Transition, tuple[frozenset[str], ...]]] = {}
        fluents = task.domain.changing_predicates()
        self._derivation = Derivation(self.evaluator, task.domain.derived, fluents)
        self.derived = self._derivation.predicates
        self.fluent_functions, self.counters = _functions(task)
        self._known: tuple[State, Facts] | None = None

    # States

    def initial_state(self) -> State:
        """The problem's initial state."""
        problem = self.task.problem
        numbers = (n for n in problem.numbers if n[0].function in self.fluent_functions)
        return State(frozenset(problem.init), frozenset(numbers))

    def facts(self, state: State) -> Facts:
        """The working form of a state, derived atoms included. A copy of its own.

        Derived atoms are computed when they are first asked for, and kept up from then on.
        """
        facts = Facts(state.atoms)
        for term, value in self.task.problem.numbers:
            if term.function not in self.fluent_functions:
                facts.numbers[term] = value
        facts.numbers.update(state.numbers)
        for function in self.counters:
            # Files often leave out `(= (total-cost) 0)`; Fast Downward takes it as given.
            facts.numbers.setdefault(FunctionTerm(function), Fraction(0))
        self._derivation.defer(facts)
        return facts

    def state(self, facts: Facts) -> State:
        """The state that facts amount to."""
        return State(facts.atoms(without=self.derived), self.numbers(facts))

    def ranks(self, facts: Facts) -> dict[tuple[str, Args], int]:
        """For each derived atom how many rounds of rules it rests on, as `Derivation.ranks`."""
        return self._derivation.ranks(facts)

    def numbers(self, facts: Facts) -> frozenset[tuple[FunctionTerm, Fraction]]:
        """The numbers that are part of a state."""
        if not self.fluent_functions:
            return frozenset()
        return frozenset(n for n in facts.numbers.items() if n[0].function in self.fluent_functions)

    # Formulas

    def holds(self, state: State, condition: Condition, bindings: Bindings | None = None) -> bool:
        """Whether a condition holds in a state."""
        return self.evaluator.holds(self._facts(state), condition, bindings or {})

    def goal_holds(self, state: State) -> bool:
        """Whether the task's goal holds in a state."""
        return self.holds(state, self.task.problem.goal)

    def unmet(
        self, facts: Facts, condition: Condition, bindings: Bindings | None = None
    ) -> tuple[Condition, ...]:
        """The ground parts of a conjunction that do not hold."""
        bindings = bindings or {}
        parts = condition.parts if isinstance(condition, And) else (condition,)
        unmet: list[Condition] = []
        for part in parts:
            if isinstance(part, And):
                unmet += self.unmet(facts, part, bindings)
            elif isinstance(part, Atom) and not bindings:
                # Large goals are conjunctions of ground atoms.
                if not facts.holds(part.predicate, part.args):
                    unmet.append(part)
            elif not self.evaluator.holds(facts, part, bindings):
                unmet.append(instantiate(part, bindings))
        return tuple(unmet)

    # Steps

    def bindings(self, step: Step) -> Bindings:
        """What a step's parameters stand for. Raises InputError as `transition` does."""
        return self.transition(step).bindings(step.args)

    def transition(self, step: Step) -> Transition:
        """The action of a step whose objects fit it.

        Raises:
            InputError: no such action, wrong number of objects, unknown object or wrong type.
        """
        transition, places = self._transitions.get(step.action) or self._transition(step.action)
        if len(step.args) != len(places):
            raise InputError(f"`{step.action}` takes {len(places)} objects, not {len(step.args)}")
        if not all(map(contains, places, step.args)):
            raise self._wrong_type(step)
        return transition

    def _transition(self, name: str) -> tuple[Transition, tuple[frozenset[str], ...]]:
        """An action and the objects that fit each of its parameters."""
        action = self.actions.get(name)
        if action is None:
            hint = did_you_mean(name, self.actions, "action")
            raise InputError(f"unknown action `{name}`: {hint}")
        places = tuple([self.evaluator.members(p.types) for p in action.parameters])
        found = self._transitions[name] = Transition(action, self.evaluator), places
        return found

    def _wrong_type(self, step: Step) -> InputError:
        for parameter, name in zip(self.actions[step.action].parameters, step.args, strict=True):
            if name not in self.evaluator.members(parameter.types):
                break
        wanted = listed(parameter.types, "or")
        hint = did_you_mean(name, self.hierarchy.objects_of(parameter.types), wanted)
        return InputError(f"`{name}` in {step} is not of type {wanted}: {hint}")

    def applicable(self, state: State, step: Step) -> bool:
        """Whether a step can be taken in a state. Raises InputError as `transition` does."""
        return self.transition(step).applicable(self._facts(state), step.args)

    def apply(self, state: State, step: Step) -> State:
        """The state after a step.

        Raises:
            NotApplicableError: the step is not applicable; the message names what is unmet.
            InputError: the step is not one of this task.
        """
        facts = self.facts(state)
        self.perform(facts, step)
        return self.state(facts)

    def perform(self, facts: Facts, step: Step) -> Changes:
        """Applies a step to facts in place, derived atoms included. Raises as `apply` does."""
        transition = self.transition(step)
        if not transition.holds(facts, step.args):
            bindings = transition.bindings(step.args)
            unmet = self.unmet(facts, transition.action.precondition, bindings)
            raise NotApplicableError(
                f"{step} is not applicable: {', '.join(map(write_condition, unmet))} does not hold"
            )
        changes = transition.apply(facts, step.args)
        if self.derived:
            numbers = bool(changes.numbers)
            self._derivation.update(facts, changes.deleted, changes.added, numbers)
        return changes

    def applicable_steps(self, state: State) -> Iterator[Step]:
        """Every step that is applicable in a state, in a fixed order."""
        facts = self._facts(state)
        for action in self.task.domain.actions:
            names = [p.name for p in action.parameters]
            found = self.evaluator.matches(facts, action.precondition, {}, action.parameters)
            transition, _ = self._transitions.get(action.name) or self._transition(action.name)
            for args in sorted({tuple([b[n] for n in names]) for b in found}):
                if transition.applicable(facts, args):
                    yield Step(action.name, args)

    def cost(self, facts: Facts, steps: int) -> Fraction | None:
        """The metric's value after `steps` steps: without a metric, their number.

        None where the metric reads a number that has no value.
        """
        metric = self.task.problem.metric
        if metric is None or metric.expression == "total-time":
            return Fraction(steps)
        try:
            return self.evaluator.value(facts, metric.expression)
        except UndefinedNumberError:
            return None

    def _facts(self, state: State) -> Facts:
        """The facts of a state for reading only; those of the last state are kept."""
        if self._known is None or self._known[0] is not state:
            self._known = (state, self.facts(state))
        return self._known[1]


def _functions(task: Task) -> tuple[frozenset[str], frozenset[str]]:
    """The functions that are part of a state, and those that only count (such as total-cost).

    A counter has no parameters, is only increased or decreased, and only the metric reads it.
    """
    domain = task.domain
    if not domain.functions:
        return frozenset(), frozenset()
    changed: dict[str, set[str]] = {}
    for action in domain.actions:
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign):
                changed.setdefault(effect.target.function, set()).add(effect.operator)
    read = _functions_read(domain) | {t.function for t in function_terms_in(task.problem.goal)}
    plain = {f.name for f in domain.functions if not f.parameters}
    counters = frozenset(
        name
        for name, operators in changed.items()
        if name in plain and name not in read and operators <= {"increase", "decrease"}
    )
    return frozenset(changed) - counters, counters


def _functions_read(domain: Domain) -> set[str]:
    read: set[str] = set()
    for action in domain.actions:
        parts = [action.precondition, *effect_conditions(action.effects)]
        read.update(t.function for part in parts for t in function_terms_in(part))
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign):
                read.update(t.function for t in function_terms_in(effect.value))
    for rule in domain.derived:
        read.update(t.function for t in function_terms_in(rule.condition))
    return read
