"""Reading runs of literals `(p ?x a) (not (q ?x)) …` fast, as actions have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.domains.formula import Atom, Parameter
from goalsmith.domains.language import Object
from goalsmith.domains.reading.syntax import words_in

if TYPE_CHECKING:
    from lark import Token, Tree

    from goalsmith.domains.reading.formulas import FormulaReader

_LITERAL = re.compile(r"\(\s*+(?:(not)\s*+\(\s*+)?([^()]*+)\)(?:\s*+\))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Literal:
    """An atom or its negation in a run of literals.

    Attributes:
        atom: None if there is something to report, which is found out from the tree.
        offset: where the predicate stands in the text.
        negation: where the `not` stands in the text, if there is one.
        run: the run that the literal belongs to.
    """

    atom: Atom | None
    offset: int
    negation: int | None
    run: Token

    def tree(self, negated: str) -> Tree[Token]:
        """The tree that the grammar gives outside of runs; `negated` is what it calls a `not`."""
        from lark import Tree

        from goalsmith.domains.reading.lexer import word

        base = self.run.start_pos or 0
        start = self.offset - base
        atom = Tree("atom", list(words_in(self.run, start, self.run.index(")", start))))
        if self.negation is None:
            return atom
        start = self.negation - base
        keyword = word("NOT", self.run[start : start + len("not")], self.negation)
        return Tree(negated, [keyword, atom])


class LiteralReader:
    """Takes runs of literals apart, and resolves those that are as they should be."""

    def __init__(self, reader: FormulaReader) -> None:
        self._reader = reader

    def literals(self, run: Token, scope: Mapping[str, Parameter]) -> Iterator[Literal]:
        """Each literal of a run; where the atoms stand is noted."""
        base = run.start_pos or 0
        offsets = self._reader.offsets
        for match in _LITERAL.finditer(run):
            offset = base + match.start(2)
            # Where no space is between two terms they are one word, which is not known.
            atom = self._atom(match[2].split(), scope)
            if atom is not None:
                offsets[id(atom)] = atom, offset
            yield Literal(atom, offset, base + match.start(1) if match[1] else None, run)

    def _atom(self, words: list[str], scope: Mapping[str, Parameter]) -> Atom | None:
        """The atom with declared spellings; None if there is anything to report about it."""
        predicate = self._reader.predicates.get(words[0].lower())
        if predicate is None or len(predicate.parameters) != len(words) - 1:
            return None
        fits = self._reader.hierarchy.fits
        objects = self._reader.objects
        names = []
        for text, place in zip(words[1:], predicate.parameters, strict=True):
            variable = text[0] == "?"
            term: Parameter | Object | None
            term = scope.get(text.lower()) if variable else objects.get(text.lower())
            if term is None:
                return None
            if (
                term.types != place.types
                and not fits(term.types, place.types)
                and not (variable and fits(place.types, term.types))
            ):
                return None
            names.append(term.name)
        return Atom(predicate.name, tuple(names))
