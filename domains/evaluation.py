"""Whether a formula holds in given facts, and for which objects it does.

`holds` is the definition of PDDL 2.1 (Fox and Long, JAIR 20, 2003) read aloud. `matches` answers
the same question for open formulas by joining the relations of their atoms, as a database does, so
that quantifiers cost what their atoms select and not the product of all objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from operator import eq, ge, gt, le, lt

from goalsmith.domains.facts import Facts
from goalsmith.domains.formula import (
    And,
    Arithmetic,
    Atom,
    Bindings,
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
    free_variables,
    negation,
    positive_form,
)
from goalsmith.domains.language import TypeHierarchy

_RELATIONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lt,
    "<=": le,
    "=": eq,
    ">=": ge,
    ">": gt,
}

NO_BINDINGS: Bindings = {}


class UndefinedNumberError(Exception):
    """A number that is read has no value, or is divided by zero. Never leaves this package."""


class Evaluator:
    """Evaluates formulas over the objects of one task."""

    def __init__(self, hierarchy: TypeHierarchy) -> None:
        self.hierarchy = hierarchy
        self._members: dict[tuple[str, ...], frozenset[str]] = {}
        # Forms of formulas, computed once. The formula itself is kept so that its id stays its own.
        self._negations: dict[int, tuple[Condition, Condition]] = {}
        self._positives: dict[int, tuple[Condition, Condition]] = {}
        self._free: dict[int, tuple[Condition, frozenset[str]]] = {}

    def members(self, types: tuple[str, ...]) -> frozenset[str]:
        """The objects of any of the types, as a set."""
        found = self._members.get(types)
        if found is None:
            found = self._members[types] = frozenset(self.hierarchy.objects_of(types))
        return found

    def holds(self, facts: Facts, condition: Condition, bindings: Bindings = NO_BINDINGS) -> bool:
        """Whether a condition holds. Its free variables must all be bound.

        A comparison with a number that has no value does not hold, as PDDL 2.1 lays down.
        """
        match condition:
            case Atom(predicate, args):
                return facts.holds(predicate, tuple([bindings.get(a, a) for a in args]))
            case And(parts):
                return all(self.holds(facts, p, bindings) for p in parts)
            case Not(part):
                return not self.holds(facts, part, bindings)
            case Equal(left, right):
                return bindings.get(left, left) == bindings.get(right, right)
            case Or(parts):
                return any(self.holds(facts, p, bindings) for p in parts)
            case Imply(premise, conclusion):
                return not self.holds(facts, premise, bindings) or self.holds(
                    facts, conclusion, bindings
                )
            case Exists(parameters, part):
                found = self.matches(facts, part, bindings, parameters)
                return next(found, None) is not None
            case Forall(parameters, part):
                # No counterexample exists.
                found = self.matches(facts, self._negation(part), bindings, parameters)
                return next(found, None) is None
            case Compare(relation, left_value, right_value):
                try:
                    values = (self.value(facts, v, bindings) for v in (left_value, right_value))
                    return _RELATIONS[relation](*values)
                except UndefinedNumberError:
                    return False

    def value(
        self, facts: Facts, expression: Expression, bindings: Bindings = NO_BINDINGS
    ) -> Fraction:
        """The exact value of an expression.

        Raises:
            UndefinedNumberError: a number in it has no value, or it divides by zero.
        """
        match expression:
            case FunctionTerm(function, args):
                term = FunctionTerm(function, tuple([bindings.get(a, a) for a in args]))
                try:
                    return facts.numbers[term]
                except KeyError:
                    raise UndefinedNumberError(str(term)) from None
            case Arithmetic(operator, parts):
                first, *rest = (self.value(facts, p, bindings) for p in parts)
                if not rest:
                    return -first
                for number in rest:
                    match operator:
                        case "+":
                            first += number
                        case "-":
                            first -= number
                        case "*":
                            first *= number
                        case "/":
                            if number == 0:
                                raise UndefinedNumberError("division by zero")
                            first /= number
                return first
            case _:
                return expression

    def matches(
        self,
        facts: Facts,
        condition: Condition,
        bindings: Bindings,
        parameters: tuple[Parameter, ...],
    ) -> Iterator[dict[str, str]]:
        """Every choice of objects for `parameters` under which the condition holds.

        Yields `bindings` extended by the parameters. A choice may be yielded more than once where
        the condition holds for several reasons.
        """
        start = dict(bindings)
        open_variables = {}
        for parameter in parameters:
            start.pop(parameter.name, None)
            open_variables[parameter.name] = self.members(parameter.types)
        yield from self._join(facts, [self._positive(condition)], start, open_variables)

    def _join(
        self,
        facts: Facts,
        parts: list[Condition],
        bindings: dict[str, str],
        variables: Mapping[str, frozenset[str]],
    ) -> Iterator[dict[str, str]]:
        """Binds open variables part by part: tests first, then the atom with the fewest tuples."""
        parts = list(parts)
        best = -1
        best_size = -1
        index = 0
        while index < len(parts):
            part = parts[index]
            if isinstance(part, And):
                parts[index : index + 1] = part.parts
                best = -1
                best_size = -1
                index = 0
                continue
            if not any(v in variables and v not in bindings for v in self._free_in(part)):
                if not self.holds(facts, part, bindings):
                    return
                del parts[index]
                best -= index < best
                continue
            if isinstance(part, Atom):
                pattern = [self._known(a, bindings, variables) for a in part.args]
                size = len(facts.candidates(part.predicate, pattern))
                if best < 0 or size < best_size:
                    best, best_size = index, size
            index += 1
        if best >= 0:
            atom = parts.pop(best)
            assert isinstance(atom, Atom)
            for extended in self._tuples(facts, atom, bindings, variables):
                yield from self._join(facts, parts, extended, variables)
            return
        for index, part in enumerate(parts):
            if isinstance(part, Or) and all(map(self._selects, part.parts)):
                rest = parts[:index] + parts[index + 1 :]
                for alternative in part.parts:
                    yield from self._join(facts, [alternative, *rest], bindings, variables)
                return
            if isinstance(part, Exists) and not any(
                p.name in variables or p.name in bindings for p in part.parameters
            ):
                rest = parts[:index] + parts[index + 1 :]
                inner = {p.name: self.members(p.types) for p in part.parameters}
                hidden = set(inner)
                for found in self._join(
                    facts, [part.part, *rest], bindings, {**variables, **inner}
                ):
                    yield {k: v for k, v in found.items() if k not in hidden}
                return
        unbound = next((v for v in variables if v not in bindings), None)
        if unbound is None:
            yield bindings
            return
        for name in variables[unbound]:
            yield from self._join(facts, parts, {**bindings, unbound: name}, variables)

    def _selects(self, part: Condition) -> bool:
        """Whether a part binds its variables by the atoms that it needs.

        What only excludes objects is better tested once they are chosen: following each of its
        alternatives would double the work with every such part.
        """
        match part:
            case Atom():
                return True
            case And(parts):
                return any(map(self._selects, parts)) or not parts
            case Or(parts):
                return all(map(self._selects, parts))
            case Exists(_, inner):
                return self._selects(inner)
            case _:
                return not self._free_in(part)

    @staticmethod
    def _known(
        term: str, bindings: dict[str, str], variables: Mapping[str, frozenset[str]]
    ) -> str | None:
        """The object that a term stands for; None for a variable that is still open."""
        return bindings.get(term, None if term in variables else term)

    def _tuples(
        self,
        facts: Facts,
        atom: Atom,
        bindings: dict[str, str],
        variables: Mapping[str, frozenset[str]],
    ) -> Iterator[dict[str, str]]:
        """The bindings extended by every true tuple that agrees with them and with the types."""
        pattern = [self._known(a, bindings, variables) for a in atom.args]
        for args in tuple(facts.candidates(atom.predicate, pattern)):
            extended = bindings
            for term, name in zip(atom.args, args, strict=True):
                known = self._known(term, extended, variables)
                if known is None:
                    if name not in variables[term]:
                        break
                    if extended is bindings:
                        extended = dict(bindings)
                    extended[term] = name
                elif known != name:
                    break
            else:
                yield extended

    def _negation(self, condition: Condition) -> Condition:
        known = self._negations.get(id(condition))
        if known is None:
            known = self._negations[id(condition)] = (condition, negation(condition))
        return known[1]

    def _positive(self, condition: Condition) -> Condition:
        known = self._positives.get(id(condition))
        if known is None:
            known = self._positives[id(condition)] = (condition, positive_form(condition))
        return known[1]

    def _free_in(self, condition: Condition) -> frozenset[str]:
        known = self._free.get(id(condition))
        if known is None:
            known = self._free[id(condition)] = (condition, free_variables(condition))
        return known[1]
