"""What actions do: applicability, successor states, derived atoms, costs.

A step is applicable where its precondition holds. It takes all its effects at once: conditions and
numbers are read before, deletions happen before additions, so an atom both deleted and added is
true after (PDDL 2.1, Fox and Long, JAIR 20, 2003, definitions 12 to 14; VAL does the same). Derived
atoms are the least fixpoint of the rules, stratum by stratum (PDDL 2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from goalsmith.domains.derivation import Derivation
from goalsmith.domains.diagnostics import did_you_mean, listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.evaluation import Evaluator, UndefinedNumberError
from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    Add,
    Assign,
    Atom,
    Bindings,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    When,
    conjuncts,
    effect_conditions,
    function_terms_in,
    instantiate,
    simple_effects,
)
from goalsmith.domains.language import Domain, State, Task, TypeHierarchy
from goalsmith.domains.plans import Step

GroundAtom = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Changes:
    """What a step changes: true atoms deleted, false ones added, numbers set."""

    deleted: set[GroundAtom] = field(default_factory=set)
    added: set[GroundAtom] = field(default_factory=set)
    numbers: dict[FunctionTerm, Fraction] = field(default_factory=dict)

    def atoms(self) -> Iterator[tuple[Atom, bool]]:
        """Each atom that changes, and whether it becomes true."""
        for predicate, args in self.deleted:
            yield Atom(predicate, args), False
        for predicate, args in self.added:
            yield Atom(predicate, args), True


class NotApplicableError(InputError):
    """A step was applied where it is not applicable."""


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
        self._derivation = Derivation(self.evaluator, task.domain.derived)
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
        """The working form of a state, derived atoms included. A copy of its own."""
        facts = Facts(state.atoms)
        for term, value in self.task.problem.numbers:
            if term.function not in self.fluent_functions:
                facts.numbers[term] = value
        facts.numbers.update(state.numbers)
        for function in self.counters:
            # Files often leave out `(= (total-cost) 0)`; Fast Downward takes it as given.
            facts.numbers.setdefault(FunctionTerm(function), Fraction(0))
        self._derivation.derive(facts)
        return facts

    def state(self, facts: Facts) -> State:
        """The state that facts amount to."""
        atoms = facts.atoms()
        if self.derived:
            atoms = frozenset(a for a in atoms if a.predicate not in self.derived)
        numbers = (n for n in facts.numbers.items() if n[0].function in self.fluent_functions)
        return State(atoms, frozenset(numbers))

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
        return tuple(
            instantiate(part, bindings)
            for part in conjuncts(condition)
            if not self.evaluator.holds(facts, part, bindings)
        )

    # Steps

    def bindings(self, step: Step) -> Bindings:
        """What a step's parameters stand for.

        Raises:
            InputError: no such action, wrong number of objects, unknown object or wrong type.
        """
        action = self.actions.get(step.action)
        if action is None:
            hint = did_you_mean(step.action, self.actions, "action")
            raise InputError(f"unknown action `{step.action}`: {hint}")
        if len(step.args) != len(action.parameters):
            raise InputError(
                f"`{step.action}` takes {len(action.parameters)} objects, not {len(step.args)}"
            )
        bindings = {}
        for parameter, name in zip(action.parameters, step.args, strict=True):
            if name not in self.evaluator.members(parameter.types):
                wanted = listed(parameter.types, "or")
                names = self.hierarchy.objects_of(parameter.types)
                hint = did_you_mean(name, names, wanted)
                raise InputError(f"`{name}` in {step} is not of type {wanted}: {hint}")
            bindings[parameter.name] = name
        return bindings

    def applicable(self, state: State, step: Step) -> bool:
        """Whether a step's precondition holds in a state. Raises as `bindings` does."""
        action = self.actions.get(step.action)
        bindings = self.bindings(step)
        assert action is not None
        return self.evaluator.holds(self._facts(state), action.precondition, bindings)

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
        bindings = self.bindings(step)
        action = self.actions[step.action]
        if not self.evaluator.holds(facts, action.precondition, bindings):
            from goalsmith.domains.writer import write_condition

            unmet = self.unmet(facts, action.precondition, bindings)
            raise NotApplicableError(
                f"{step} is not applicable: {', '.join(map(write_condition, unmet))} does not hold"
            )
        changes = self.changes(facts, action.effects, bindings)
        self.change(facts, changes)
        return changes

    def changes(self, facts: Facts, effects: tuple[Effect, ...], bindings: Bindings) -> Changes:
        """What effects change in the facts that hold before.

        Raises:
            NotApplicableError: a number that an effect needs has no value, or one is set twice.
        """
        changes = Changes()
        for effect, inner in self._effects(facts, effects, bindings):
            match effect:
                case Add(Atom(predicate, args)):
                    changes.added.add((predicate, tuple([inner.get(a, a) for a in args])))
                case Delete(Atom(predicate, args)):
                    changes.deleted.add((predicate, tuple([inner.get(a, a) for a in args])))
                case Assign():
                    self._assign(facts, changes, effect, inner)
        # What is both deleted and added is true after; what does not change is not a change.
        changes.deleted = {
            atom for atom in changes.deleted if atom not in changes.added and facts.holds(*atom)
        }
        changes.added = {atom for atom in changes.added if not facts.holds(*atom)}
        return changes

    def change(self, facts: Facts, changes: Changes) -> None:
        """Carries changes out: deletions, then additions, then numbers, then what is derived."""
        for predicate, args in changes.deleted:
            facts.remove(predicate, args)
        for predicate, args in changes.added:
            facts.add(predicate, args)
        facts.numbers.update(changes.numbers)
        if self.derived:
            self._derivation.derive(facts)

    def applicable_steps(self, state: State) -> Iterator[Step]:
        """Every step that is applicable in a state, in a fixed order."""
        facts = self._facts(state)
        for action in self.task.domain.actions:
            names = [p.name for p in action.parameters]
            found = self.evaluator.matches(facts, action.precondition, {}, action.parameters)
            for args in sorted({tuple([b[n] for n in names]) for b in found}):
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

    def _effects(
        self, facts: Facts, effects: tuple[Effect, ...], bindings: Bindings
    ) -> Iterator[tuple[Add | Delete | Assign, Bindings]]:
        """The simple effects that take place, each with its bindings."""
        for effect in effects:
            match effect:
                case When(condition, inner):
                    if self.evaluator.holds(facts, condition, bindings):
                        yield from self._effects(facts, inner, bindings)
                case ForEach(parameters, (When(condition, inner),)):
                    names = [p.name for p in parameters]
                    seen = set()
                    for found in self.evaluator.matches(facts, condition, bindings, parameters):
                        key = tuple([found[n] for n in names])
                        if key not in seen:
                            seen.add(key)
                            yield from self._effects(facts, inner, found)
                case ForEach(parameters, inner):
                    choices = [self.hierarchy.objects_of(p.types) for p in parameters]
                    for chosen in product(*choices):
                        names = [p.name for p in parameters]
                        extended = {**bindings, **dict(zip(names, chosen, strict=True))}
                        yield from self._effects(facts, inner, extended)
                case _:
                    yield effect, bindings

    def _assign(self, facts: Facts, changes: Changes, effect: Assign, bindings: Bindings) -> None:
        target = instantiate_target(effect.target, bindings)
        try:
            value = self.evaluator.value(facts, effect.value, bindings)
            before = changes.numbers.get(target)
            if effect.operator == "assign":
                if before is not None and before != value:
                    raise NotApplicableError(f"{target} is set twice in one step")
                changes.numbers[target] = value
                return
            if before is None:
                before = self.evaluator.value(facts, target)
        except UndefinedNumberError as error:
            raise NotApplicableError(f"{error} has no value") from None
        match effect.operator:
            case "increase":
                changes.numbers[target] = before + value
            case "decrease":
                changes.numbers[target] = before - value
            case "scale-up":
                changes.numbers[target] = before * value
            case _:
                if value == 0:
                    raise NotApplicableError(f"{target} is divided by zero")
                changes.numbers[target] = before / value


def instantiate_target(term: FunctionTerm, bindings: Bindings) -> FunctionTerm:
    """A function term with its variables replaced by objects."""
    return FunctionTerm(term.function, tuple([bindings.get(a, a) for a in term.args]))


def _functions(task: Task) -> tuple[frozenset[str], frozenset[str]]:
    """The functions that are part of a state, and those that only count (such as total-cost).

    A counter has no parameters, is only increased or decreased, and only the metric reads it.
    """
    domain = task.domain
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
