"""Reading runs of ground atoms fast, as large initial states and goals have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goalsmith.domains.formula import Atom
from goalsmith.domains.reading.syntax import words_in

if TYPE_CHECKING:
    from lark import Token

    from goalsmith.domains.reading.formulas import FormulaReader

_Entry = tuple[str, tuple[dict[str, str], ...]]
"""A predicate's name, and for each of its places the objects that may stand there, by spelling."""


class AtomReader:
    """Takes runs `(p a) (q b c) …` apart.

    One dictionary for the types of a place, from spelling to name, holds just the objects that may
    stand there, so that a lookup resolves the name and checks the type. Whatever is not in it takes
    the slow way. The predicates and objects must be declared before the first run is read.
    """

    def __init__(self, reader: FormulaReader) -> None:
        self._reader = reader
        self._entries: dict[str, _Entry] = {}
        self._tables: dict[tuple[str, ...], dict[str, str]] = {}

    def atoms(self, run: Token) -> Iterator[tuple[Atom, int]]:
        """Each atom of a run and its offset in the text; wrong ones are reported and left out."""
        base = run.start_pos or 0
        entries = self._entries
        named = dict.__getitem__
        behind = 0
        for text in run.replace(")", " ").split("("):
            start = behind
            behind += len(text) + 1
            words = text.split()
            if not words:
                continue
            entry = entries.get(words[0]) or self._entry(words[0])
            if entry is not None and len(entry[1]) == len(words) - 1:
                try:
                    args = tuple(map(named, entry[1], words[1:]))
                except KeyError:
                    pass
                else:
                    yield Atom(entry[0], args), base + start - 1
                    continue
            atom = self._slow(run, start, entry)
            if atom is not None:
                yield atom, base + start - 1

    def _entry(self, word: str) -> _Entry | None:
        predicate = self._reader.predicates.get(word.lower())
        if predicate is None:
            return None
        tables = tuple(self._table(p.types) for p in predicate.parameters)
        self._entries[word] = predicate.name, tables
        return self._entries[word]

    def _table(self, wanted: tuple[str, ...]) -> dict[str, str]:
        """The names of the objects that fit where any of some types is wanted."""
        table = self._tables.get(wanted)
        if table is None:
            objects = self._reader.objects.values()
            fits = self._reader.hierarchy.fits
            # Few different types are declared for many objects.
            fitting = {own for own in {o.types for o in objects} if fits(own, wanted)}
            table = {o.name: o.name for o in objects if o.types in fitting}
            self._tables[wanted] = table
        return table

    def _slow(self, run: Token, start: int, entry: _Entry | None) -> Atom | None:
        """The atom at an offset of a run, token by token: names in other case, or errors."""
        from lark import Tree

        tokens = words_in(run, start, run.index(")", start))
        before = len(self._reader.found)
        atom = self._reader.atom(Tree("atom", list(tokens)), {})
        if len(self._reader.found) > before:
            return None
        if entry is not None and len(entry[1]) == len(atom.args):
            # The next time this spelling is found at once.
            for table, token, name in zip(entry[1], tokens[1:], atom.args, strict=True):
                table[str(token)] = name
        return atom
