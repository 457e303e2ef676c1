"""What a comparison of two tasks comes to, and the ground that it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from goalsmith.domains.language import State

Section = Literal["domain", "objects", "init", "numbers", "metric", "goal"]

MOST_SHOWN = 4
"""Parts of a difference that a sentence quotes from each side."""


class Comparison(Enum):
    """Whether two tasks say the same."""

    EQUAL = "equal"
    EQUAL_UP_TO_RENAMING = "equal-up-to-renaming"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Ground(Enum):
    """What a comparison stands on. All but one of these are proofs."""

    STATED = "stated"
    """The tasks' normal forms are the same, or differ outside of their goals."""
    IMPLIED = "implied"
    """The laws derived from the domain. Proof that goals are equal; that they differ follows only
    if the laws are all there is to say of the states that can be reached."""
    REACHED = "reached"
    """A reachable state meets one goal and not the other."""
    EXHAUSTED = "exhausted"
    """Every reachable state was looked at."""
    SPENT = "spent"
    """None: the budget was spent."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one task says and the other does not, in one section, as PDDL in lower case.

    Up to renaming, the first task's objects have here the names of the second's: those of the
    best renaming that was found. `state` is one that meets only one of the goals, if known.
    """

    section: Section
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    state: State | None = None

    def __str__(self) -> str:
        if self.section == "domain" and not (self.only_first or self.only_second):
            return "the domains differ"
        sides = []
        for side, parts in (("first", self.only_first), ("second", self.only_second)):
            if parts:
                shown = " ".join(parts[:MOST_SHOWN])
                more = len(parts) - MOST_SHOWN
                sides.append(f"only the {side} has {shown}" + (f" and {more} more" * (more > 0)))
        return f"{_HEADINGS[self.section]}: {'; '.join(sides) or 'arranged differently'}"


_HEADINGS: dict[Section, str] = {
    "domain": "the domains differ",
    "objects": "the objects differ",
    "init": "the initial states differ",
    "numbers": "the initial numbers differ",
    "metric": "the metrics differ",
    "goal": "the goals differ",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a comparison.

    `difference` is the smallest found, for DIFFERENT. `renaming` gives, for EQUAL_UP_TO_RENAMING,
    the second task's object for each of the first's, in lower case.
    """

    comparison: Comparison
    ground: Ground
    difference: Difference | None = None
    renaming: tuple[tuple[str, str], ...] = ()

    @property
    def equal(self) -> bool:
        """Whether the tasks say the same, up to renaming if that was asked."""
        return self.comparison in (Comparison.EQUAL, Comparison.EQUAL_UP_TO_RENAMING)

    @property
    def proved(self) -> bool:
        """Whether the comparison is certain."""
        if self.comparison is Comparison.DIFFERENT:
            return self.ground is not Ground.IMPLIED
        return self.comparison is not Comparison.UNKNOWN

    def __str__(self) -> str:
        if self.comparison is Comparison.EQUAL:
            return "the problems say the same"
        if self.comparison is Comparison.EQUAL_UP_TO_RENAMING:
            return "the problems say the same up to the names of their objects"
        if self.difference is not None:
            return str(self.difference)
        return "it could not be decided whether the problems say the same"
