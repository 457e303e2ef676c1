"""What could become true if nothing ever became false: delete-relaxed reachability.

An atom is relaxed reachable if it holds initially, or some action whose precondition is relaxed
reachable adds it (Bonet and Geffner, "Planning as heuristic search", Artificial Intelligence 129,
2001). Whatever is not relaxed reachable is not reachable at all; the converse does not hold.

An atom may also become false: it may be denied once something that can happen deletes it, or if
it does not hold initially. So negative conditions are reachable or not as positive ones are.
Derived atoms may always be denied, and comparisons of numbers that change always hold.

Actions are grounded lazily, by joining their preconditions with what is reachable so far, and
semi-naively: after the first round, an action is only looked at together with an atom that the
round before found (Ullman, Principles of Database and Knowledge-Base Systems, volume 1, 1988).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import combinations

from goalsmith.domains.evaluation import NO_BINDINGS, Evaluator
from goalsmith.domains.facts import Args, Facts
from goalsmith.domains.formula import (
    TRUE,
    Add,
    And,
    Assign,
    Atom,
    Bindings,
    Compare,
    Condition,
    Delete,
    Effect,
    Equal,
    Exists,
    Forall,
    ForEach,
    FunctionTerm,
    Not,
    Or,
    Parameter,
    When,
    atoms_in,
    function_terms_in,
    positive_form,
    simple_effects,
)
from goalsmith.domains.language import Action, Task, TypeHierarchy

BUDGET = 1_000_000
"""Steps of joins at most: some ten seconds."""

# Relations beside those of the predicates. No name in PDDL has a space.
_NEW = " (new)"
_DENIED = " (denied)"
_FIRST = " (first)"
_APPLIED = " (applied)"
_VALUED = " (valued)"


class _SpentError(Exception):
    """The budget is spent. Never leaves this module."""


class _Meter:
    """Counts the steps of a computation."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _SpentError


class _MeteredFacts(Facts):
    """Facts that count how often they are asked for candidates."""

    __slots__ = ("_meter",)

    def __init__(self, meter: _Meter, atoms: Iterable[Atom]) -> None:
        self._meter = meter
        super().__init__(atoms)

    def candidates(self, predicate: str, pattern: Iterable[str | None]) -> Set[Args]:
        self._meter.spend()
        return super().candidates(predicate, pattern)


class _MeteredEvaluator(Evaluator):
    """An evaluator that counts its tests."""

    def __init__(self, hierarchy: TypeHierarchy, meter: _Meter) -> None:
        super().__init__(hierarchy)
        self._meter = meter

    def holds(self, facts: Facts, condition: Condition, bindings: Bindings = NO_BINDINGS) -> bool:
        self._meter.spend()
        return super().holds(facts, condition, bindings)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where the condition is relaxed reachable, so are the heads.

    `later` are the conditions for the rounds after the first: each looks up one atom, of the
    relation given with it, among those of the last round. Where a relation stands under a
    quantifier that all must meet, the whole condition is read again when that relation has grown.
    """

    parameters: tuple[Parameter, ...]
    condition: Condition
    heads: tuple[Atom, ...]
    later: tuple[tuple[str, Condition], ...] = ()


class Reachability:
    """What is relaxed reachable in a task.

    `complete` says whether all was computed within the budget; if not, nothing may be concluded
    from what is missing.
    """

    def __init__(self, task: Task, budget: int = BUDGET) -> None:
        self.task = task
        domain = task.domain
        self._meter = meter = _Meter(budget)
        self._facts: Facts = _MeteredFacts(meter, task.problem.init)
        self._facts.numbers.update(task.problem.numbers)
        self._evaluator = _MeteredEvaluator(TypeHierarchy(domain, task.objects), meter)
        self._derived = {rule.predicate for rule in domain.derived}
        effects = [e for a in domain.actions for e in simple_effects(a.effects)]
        self._deleted = {e.atom.predicate for e in effects if isinstance(e, Delete)}
        self._changing = {e.target.function for e in effects if isinstance(e, Assign)}
        for atom in task.problem.init:
            self._facts.add(atom.predicate + _FIRST, atom.args)
        self.complete = True
        try:
            self._run(tuple(self._rules()))
        except _SpentError:
            self.complete = False

    def applicable(self, action: str) -> bool:
        """Whether an action may become applicable."""
        return bool(self._facts.relation(action + _APPLIED))

    def reachable(self, atom: Atom) -> bool:
        """Whether a ground atom may become true."""
        return self._facts.holds(atom.predicate, atom.args)

    def possible(self, condition: Condition, parameters: tuple[Parameter, ...] = ()) -> bool | None:
        """Whether a condition may come to hold for some choice of objects.

        None where the budget was spent before it was known.
        """
        if not self.complete:
            return None
        try:
            return self._match(self.relaxed(condition), parameters) is not None
        except _SpentError:
            self.complete = False
            return None

    def without_number(self, action: Action, term: FunctionTerm) -> FunctionTerm | None:
        """A number without initial value that a term of an action may come to stand for.

        The term's variables must be the action's parameters. Numbers of an object and itself, such
        as the distance from a place to the same place, are often left out, and not looked for.
        """
        if not self.complete:
            return None
        relation = term.function + _VALUED
        valued = (t.args for t, _ in self.task.problem.numbers if t.function == term.function)
        self._facts.replace(relation, valued)
        apart = (Not(Equal(a, b)) for a, b in combinations(term.args, 2) if a != b)
        missing = Not(Atom(relation, term.args))
        condition = And((self.relaxed(action.precondition), missing, *apart))
        try:
            found = self._match(condition, action.parameters)
        except _SpentError:
            self.complete = False
            return None
        if found is None:
            return None
        return FunctionTerm(term.function, tuple([found.get(a, a) for a in term.args]))

    def relaxed(self, condition: Condition) -> Condition:
        """The condition as it is read here."""
        return self._relaxed(positive_form(condition))

    # The fixpoint

    def _run(self, rules: tuple[_Rule, ...]) -> None:
        new = self._round((rule, rule.condition) for rule in rules)
        relations = {head.predicate for rule in rules for head in rule.heads}
        while new:
            for relation in relations:
                self._facts.replace(relation + _NEW, new.get(relation, ()))
            new = self._round((rule, each) for rule in rules for each in _again(rule, new))

    def _round(self, conditions: Iterator[tuple[_Rule, Condition]]) -> dict[str, set[Args]]:
        """Adds what follows from the facts; what is new, by relation."""
        found: dict[str, set[Args]] = {}
        for rule, condition in conditions:
            heads = [
                (
                    head.args,
                    self._facts.relation(head.predicate),
                    found.setdefault(head.predicate, set()),
                )
                for head in rule.heads
            ]
            for bindings in self._evaluator.matches(
                self._facts, condition, NO_BINDINGS, rule.parameters
            ):
                self._meter.spend()
                for args, known, fresh in heads:
                    ground = tuple([bindings.get(a, a) for a in args])
                    if ground not in known:
                        fresh.add(ground)
        for relation, tuples in found.items():
            for args in tuples:
                self._facts.add(relation, args)
        return {relation: tuples for relation, tuples in found.items() if tuples}

    def _match(self, condition: Condition, parameters: tuple[Parameter, ...]) -> Bindings | None:
        matches = self._evaluator.matches(self._facts, condition, NO_BINDINGS, parameters)
        return next(matches, None)

    # The rules

    def _rules(self) -> Iterator[_Rule]:
        domain = self.task.domain
        rules = [
            _Rule(r.parameters, self.relaxed(r.condition), (_head(r.predicate, r.parameters),))
            for r in domain.derived
        ]
        for action in domain.actions:
            applied = _head(action.name + _APPLIED, action.parameters)
            condition = self.relaxed(action.precondition)
            conditional = tuple(self._conditional(applied, action.parameters, action.effects))
            heads = self._heads(action.effects)
            if not conditional:
                applied = Atom(action.name + _APPLIED)
            rules += [_Rule(action.parameters, condition, (*heads, applied)), *conditional]
        relations = {head.predicate for rule in rules for head in rule.heads}
        for rule in rules:
            later = tuple(
                (relation, rule.condition if each is None else each)
                for relation, each in _variants(rule.condition, relations)
            )
            yield replace(rule, later=later)

    def _heads(self, effects: tuple[Effect, ...]) -> tuple[Atom, ...]:
        """What the unconditional effects make true, and what they allow to be denied."""
        heads = []
        for effect in effects:
            if isinstance(effect, Add):
                heads.append(effect.atom)
            elif isinstance(effect, Delete):
                heads.append(Atom(effect.atom.predicate + _DENIED, effect.atom.args))
        return tuple(heads)

    def _conditional(
        self,
        applied: Condition,
        parameters: tuple[Parameter, ...],
        effects: tuple[Effect, ...],
    ) -> Iterator[_Rule]:
        """A rule for each group of effects under a condition or a quantifier."""
        for effect in effects:
            scope = parameters
            match effect:
                case When(condition, inner):
                    within: Condition = And((applied, self.relaxed(condition)))
                case ForEach(own, inner):
                    # An inner variable hides an outer one of its name.
                    names = {p.name for p in own}
                    hidden = tuple(p for p in parameters if p.name in names)
                    within = Exists(hidden, applied) if hidden else applied
                    scope = (*(p for p in parameters if p.name not in names), *own)
                case _:
                    continue
            if heads := self._heads(inner):
                yield _Rule(scope, within, heads)
            yield from self._conditional(within, scope, inner)

    def _relaxed(self, condition: Condition) -> Condition:
        """A condition in negation normal form, with what may be denied looked up."""
        match condition:
            case Not(Atom(predicate, args)):
                if predicate in self._derived:
                    return TRUE
                if not self._facts.relation(predicate + _FIRST):
                    return TRUE
                first = Not(Atom(predicate + _FIRST, args))
                if predicate not in self._deleted:
                    return first
                return Or((first, Atom(predicate + _DENIED, args)))
            case And(parts):
                return _conjunction(map(self._relaxed, parts))
            case Or(parts):
                alternatives = tuple(map(self._relaxed, parts))
                return TRUE if TRUE in alternatives else Or(alternatives)
            case Forall(parameters, part):
                inner = self._relaxed(part)
                return TRUE if inner == TRUE else Forall(parameters, inner)
            case Exists(parameters, part):
                return Exists(parameters, self._relaxed(part))
            case Compare() | Not(Compare()):
                changing = any(t.function in self._changing for t in function_terms_in(condition))
                return TRUE if changing else condition
            case _:
                return condition


def _head(relation: str, parameters: tuple[Parameter, ...]) -> Atom:
    return Atom(relation, tuple(p.name for p in parameters))


def _conjunction(parts: Iterable[Condition]) -> Condition:
    """The conjunction of parts without those that always hold."""
    kept = tuple(part for part in parts if part != TRUE)
    return kept[0] if len(kept) == 1 else And(kept)


def _again(rule: _Rule, new: dict[str, set[Args]]) -> tuple[Condition, ...]:
    """The conditions by which a rule may give something new, each once."""
    chosen = {id(condition): condition for relation, condition in rule.later if relation in new}
    return tuple(chosen.values())


def _variants(condition: Condition, relations: Set[str]) -> Iterator[tuple[str, Condition | None]]:
    """Each use of a relation, and the condition with that use looked up among what is new.

    None in its place where that is not possible.
    """
    match condition:
        case Atom(predicate, args):
            if predicate in relations:
                yield predicate, Atom(predicate + _NEW, args)
        case And(parts):
            for index, part in enumerate(parts):
                for relation, each in _variants(part, relations):
                    rest = (*parts[:index], *parts[index + 1 :])
                    yield relation, None if each is None else And((each, *rest))
        case Or(parts):
            for part in parts:
                yield from _variants(part, relations)
        case Exists(parameters, part):
            for relation, each in _variants(part, relations):
                yield relation, None if each is None else Exists(parameters, each)
        case _:
            for atom in atoms_in(condition):
                if atom.predicate in relations:
                    yield atom.predicate, None
