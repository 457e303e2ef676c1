"""What is checked: a domain, perhaps with a problem, and where their parts stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from goalsmith.domains.checks.codes import CODES
from goalsmith.domains.checks.usage import Usage
from goalsmith.domains.diagnostics import Diagnostic, Position, listed
from goalsmith.domains.language import Domain, Object, Problem, Task, TypeHierarchy
from goalsmith.domains.reachability import Reachability
from goalsmith.domains.reading.formulas import Part
from goalsmith.domains.reading.located import Places, Span

SHOWN = 5
"""Names listed in one message at most."""

Where = Part | Position | Span | str
"""A part of a formula, a declaration's position, a span, or a keyword such as `:init`."""


@dataclass(frozen=True, slots=True)
class Text:
    """One of the texts that are checked."""

    places: Places

    def finding(
        self, code: str, message: str, at: Where | None = None, *, suggestion: str = ""
    ) -> Diagnostic:
        """A finding of this code, at its place in the text."""
        source = self.places.source
        span = self._span(at)
        start = span.position.offset if span else 0
        found = source.text[start : start + span.length] if span else ""
        return Diagnostic(
            code,
            message,
            CODES[code].severity,
            source=source.name,
            position=span.position if span else None,
            length=span.length if span else 1,
            snippet=source.snippet(span.position) if span else "",
            found=found,
            suggestion=suggestion,
        )

    def _span(self, at: Where | None) -> Span | None:
        match at:
            case None | Span():
                return at
            case Position():
                return self.places.word(at)
            case str():
                return self.places.keyword(at)
            case _:
                return self.places.part(at)


class Subject:
    """A domain with its text, and the same of a problem if there is one."""

    def __init__(
        self,
        domain: Domain,
        domain_text: Text,
        problem: Problem | None = None,
        problem_text: Text | None = None,
    ) -> None:
        self.domain = domain
        self.domain_text = domain_text
        self.problem = problem
        self.problem_text = problem_text
        self.task = Task(domain, problem or Problem("", domain.name))
        self.hierarchy = TypeHierarchy(domain, self.task.objects)

    @cached_property
    def usage(self) -> Usage:
        """What the domain and the problem's goal and metric do with each name."""
        return Usage.of(self.domain, self.problem)

    @cached_property
    def reachability(self) -> Reachability:
        """What is relaxed reachable from the problem's initial state."""
        return Reachability(self.task)

    def may_be_same(self, types: tuple[str, ...], others: tuple[str, ...]) -> bool:
        """Whether an object may belong to some of `types` and to some of `others`."""
        fits = self.hierarchy.fits
        names = dict.fromkeys((*types, *others, *(t.name for t in self.domain.types)))
        kinds: list[tuple[str, ...]] = [(name,) for name in names]
        kinds += [o.types for o in self.task.objects if len(o.types) > 1]
        return any(fits(kind, types) and fits(kind, others) for kind in kinds)

    def object(self, name: str) -> Object | None:
        """The object of a name (spelled as declared)."""
        return self._objects.get(name)

    @cached_property
    def _objects(self) -> dict[str, Object]:
        return {o.name: o for o in self.task.objects}


def some(names: Iterable[object]) -> str:
    """Names as a sentence lists them, the first ones only: `a`, `b` and 3 more."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > SHOWN + 1:
        return ", ".join(quoted[:SHOWN]) + f" and {len(quoted) - SHOWN} more"
    return listed(quoted)
