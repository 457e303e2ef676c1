"""A definition as a whole: its header, and its sections sorted by their keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from goalsmith.domains.reading import syntax
from goalsmith.domains.reading.formulas import FormulaReader
from goalsmith.domains.reading.syntax import tokens_of

if TYPE_CHECKING:
    from lark import Token, Tree

Kind = Literal["domain", "problem"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A domain or problem whose sections are parsed and not yet read.

    Attributes:
        name: as the header has it; empty where the header is broken.
        trees: the syntax trees of the sections of each keyword, in the order of the text.
        broken: the keywords of sections that could not be parsed; `define` is the header.
    """

    name: str
    trees: Mapping[str, Sequence[Tree[Token]]]
    broken: frozenset[str]

    def sections(self, keyword: str) -> Sequence[Tree[Token]]:
        """The trees of the sections with a keyword."""
        return self.trees.get(keyword, ())


def definition(reader: FormulaReader, kind: Kind) -> Definition:
    """The parsed definition in a reader's source.

    What is broken, or stands in a definition of the other kind, is reported to the reader.
    """
    if kind == "domain":
        own, other = syntax.DOMAIN_SECTIONS, "problem"
    else:
        own, other = syntax.PROBLEM_SECTIONS, "domain"
    name = ""
    trees: dict[str, list[Tree[Token]]] = {}
    broken = set()
    for section in syntax.sections(reader.source, reader.found):
        keyword = section.keyword
        reader.keywords.setdefault(keyword, section.offset)
        if section.tree is None:
            broken.add(keyword)
        elif keyword == "define":
            name = _header(reader, section.tree, kind)
        elif keyword in own:
            trees.setdefault(keyword, []).append(section.tree)
        else:
            reader.report(
                section.offset,
                "misplaced-section",
                f"`{keyword}` belongs in a {other}, not in a {kind}",
            )
    return Definition(name, trees, frozenset(broken))


def _header(reader: FormulaReader, tree: Tree[Token], wanted: Kind) -> str:
    """The name in a definition's header; a definition of the other kind is reported."""
    kind, name = tokens_of(tree)[1:]
    if kind.lower() != wanted:
        reader.report(
            kind,
            "wrong-kind",
            f"this defines a {kind.lower()}, not a {wanted}",
            "the domain file comes first, the problem file second",
        )
        reader.ignored |= {"misplaced-section", "domain-count", "goal-count"}
    return str(name)
