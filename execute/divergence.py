"""The difference between the state that was expected and the one observed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State
from goalsmith.domains.writer import write_expression

_NAMED = 3
"""How many atoms of a kind a summary names; it counts the rest."""


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A number that is not as expected; None where it has no value."""

    term: FunctionTerm
    expected: Fraction | None
    observed: Fraction | None

    def __str__(self) -> str:
        return f"{self.term} is {_value(self.observed)}, not {_value(self.expected)}"


@dataclass(frozen=True, slots=True)
class Divergence:
    """What an observation found otherwise than expected. True when there is a difference.

    Attributes:
        missing: atoms expected to be true and observed to be false.
        unexpected: atoms expected to be false and observed to be true.
        changed: numbers with another value than expected, in the order of their terms.

    """

    missing: frozenset[Atom] = frozenset()
    unexpected: frozenset[Atom] = frozenset()
    changed: tuple[NumberChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected or self.changed)

    def applied_to(self, expected: State) -> State:
        """The state that was observed, given the one that was expected."""
        if not self:
            return expected
        numbers = dict(expected.numbers)
        for change in self.changed:
            if change.observed is None:
                numbers.pop(change.term, None)
            else:
                numbers[change.term] = change.observed
        atoms = (expected.atoms - self.missing) | self.unexpected
        return State(atoms, frozenset(numbers.items()))

    def render(self) -> str:
        """Every difference on a line of its own, in a fixed order; empty without differences."""
        lines = [f"missing     {atom}" for atom in sorted(self.missing)]
        lines += [f"unexpected  {atom}" for atom in sorted(self.unexpected)]
        lines += [f"changed     {change}" for change in self.changed]
        return "\n".join(lines)

    def summary(self) -> str:
        """The differences on one line, the first few of each kind by name."""
        kinds = (
            ("missing", sorted(self.missing)),
            ("unexpected", sorted(self.unexpected)),
            ("changed", self.changed),
        )
        return "; ".join(f"{kind}: {_some(found)}" for kind, found in kinds if found)


def compare(expected: State, observed: State) -> Divergence:
    """The difference between two states of one task."""
    if expected == observed:
        return Divergence()
    before, after = dict(expected.numbers), dict(observed.numbers)
    terms = {term for term, _ in expected.numbers ^ observed.numbers}
    return Divergence(
        missing=expected.atoms - observed.atoms,
        unexpected=observed.atoms - expected.atoms,
        changed=tuple(
            NumberChange(term, before.get(term), after.get(term))
            for term in sorted(terms, key=lambda t: (t.function, t.args))
        ),
    )


def _value(number: Fraction | None) -> str:
    return "without a value" if number is None else write_expression(number)


def _some(found: Iterable[object]) -> str:
    names = list(map(str, found))
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
