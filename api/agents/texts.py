"""The PDDL texts in a decorator, read by our own reader, with findings that point into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from goalsmith.agents.places import Place
from goalsmith.domains.diagnostics import Diagnostic, Source
from goalsmith.domains.errors import PddlError
from goalsmith.domains.formula import TRUE, Condition, Effect, Parameter
from goalsmith.domains.language import Domain, TypeHierarchy
from goalsmith.domains.reading import syntax
from goalsmith.domains.reading.domain import DomainReader

if TYPE_CHECKING:
    from lark import Token, Tree


class Part(Enum):
    """Which argument of a decorator a text is, and what it is read as a part of."""

    PRECONDITION = ("precondition", "(:action a :precondition ", ")")
    EFFECT = ("effect", "(:action a :effect ", ")")
    COST = ("cost", "(:action a :effect (increase (total-cost) ", "))")

    def __init__(self, argument: str, before: str, after: str) -> None:
        self.argument = argument
        self.before = before
        self.after = after


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a decorator.

    Attributes:
        part: which argument it is.
        text: as written.
        place: the function that is decorated.
    """

    part: Part
    text: str
    place: Place

    @property
    def source(self) -> Source:
        """The text as an action that is read; a comment at its end does not swallow the rest."""
        name = f"{self.part.argument} of `{self.place.name}`"
        return Source.of(f"{self.part.before}{self.text}\n{self.part.after}", name)

    def tree(self) -> Tree[Token] | Diagnostic:
        """The syntax tree of what the text says, or the finding that says why there is none."""
        source = self.source
        blank = syntax.blank_comments(source.text)
        tree = syntax.parse(blank, 0, len(blank), "action", source)
        if isinstance(tree, Diagnostic):
            return self.pointed(tree)
        parts = [part for part in tree.children if syntax.is_tree(part)]
        if len(parts) != 1:
            message = f"this is not one {self.part.argument}"
            return self.pointed(syntax.finding(source, len(self.part.before), "syntax", message))
        return syntax.subtree(parts[0])

    def read(
        self, domain: Domain, parameters: Iterable[Parameter]
    ) -> tuple[Condition, tuple[Effect, ...]]:
        """The condition or the effects that the text says, in the words of a domain.

        Raises:
            PddlError: it is wrong; its findings point to the file where that can be found.
        """
        tree = self.tree()
        if isinstance(tree, Diagnostic):
            raise PddlError([tree])
        reader = DomainReader(self.source)
        reader.types.update((t.name.lower(), t) for t in domain.types)
        reader.predicates.update((p.name.lower(), p) for p in domain.predicates)
        reader.functions.update((f.name.lower(), f) for f in domain.functions)
        reader.hierarchy = TypeHierarchy(domain)
        reader.declare_objects(domain.constants)
        scope = {parameter.name.lower(): parameter for parameter in parameters}
        condition: Condition = TRUE
        effects: tuple[Effect, ...] = ()
        try:
            if self.part is Part.PRECONDITION:
                condition = reader.condition(tree, scope, 0)
            else:
                effects = reader.effects(tree, scope, 0)
            reader.finish()
        except PddlError as error:
            raise type(error)([self.pointed(d) for d in error.diagnostics]) from None
        return condition, effects

    def pointed(self, finding: Diagnostic) -> Diagnostic:
        """A finding about `source`, with its place in the file, or else in the text by itself."""
        if finding.position is None:
            return finding
        offset = finding.position.offset - len(self.part.before)
        offset = max(0, min(offset, len(self.text.rstrip()) - 1))
        before = "".join(self.place.lines[: self.place.line - 1])
        whole = "".join(self.place.lines)
        # The same text may stand in another argument.
        argument = max(whole.find(f"{self.part.argument}=", len(before)), len(before))
        at = whole.find(self.text, argument)
        if at >= 0:
            source, offset = Source.of(whole, self.place.file), at + offset
        else:
            # It is put together in several pieces there.
            line = f"{self.place.file}:{self.place.line}, " if self.place.file else ""
            source = Source.of(self.text, f"{line}{finding.source}")
        position = source.position(offset)
        return replace(
            finding, source=source.name, position=position, snippet=source.snippet(position)
        )
