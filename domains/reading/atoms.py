"""Reading runs of ground atoms fast, as large initial states and goals have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from goalsmith.domains.formula import Atom

if TYPE_CHECKING:
    from lark import Token

    from goalsmith.domains.reading.formulas import FormulaReader

_WORD = re.compile(r"[^\s()]+")

_Entry = tuple[str, tuple[dict[str, str], ...]]
"""A predicate's name, and for each of its places the objects that may stand there, by spelling."""


class AtomReader:
    """Takes runs `(p a) (q b c) …` apart.

    One dictionary per predicate and place, from spelling to name, holds just the objects that may
    stand there, so that a lookup resolves the name and checks the type. Whatever is not in it takes
    the slow way. The predicates and objects must be declared before the first run is read.
    """

    def __init__(self, reader: FormulaReader) -> None:
        self._reader = reader
        self._entries: dict[str, _Entry] = {}

    def atoms(self, run: Token) -> Iterator[tuple[Atom, int]]:
        """Each atom of a run and its offset in the text; wrong ones are reported and left out."""
        base = int(run.start_pos or 0)
        entries = self._entries
        start = 0
        for text in run.replace("(", " ").split(")"):
            at = start
            start += len(text) + 1
            words = text.split()
            if not words:
                continue
            entry = entries.get(words[0]) or self._entry(words[0])
            if entry is not None and len(entry[1]) == len(words) - 1:
                try:
                    args = tuple([t[w] for t, w in zip(entry[1], words[1:], strict=True)])
                except KeyError:
                    pass
                else:
                    yield Atom(entry[0], args), base + run.index("(", at)
                    continue
            atom = self._slow(run, at, entry)
            if atom is not None:
                yield atom, base + run.index("(", at)

    def _entry(self, word: str) -> _Entry | None:
        reader = self._reader
        predicate = reader.predicates.get(word.lower())
        if predicate is None:
            return None
        fits = reader.hierarchy.fits
        tables = tuple(
            {o.name: o.name for o in reader.objects.values() if fits(o.types, p.types)}
            for p in predicate.parameters
        )
        self._entries[word] = predicate.name, tables
        return self._entries[word]

    def _slow(self, run: Token, start: int, entry: _Entry | None) -> Atom | None:
        """The atom at an offset of a run, token by token: names in other case, or errors."""
        from lark import Token, Tree

        end = run.index(")", start)
        base = int(run.start_pos or 0)
        tokens = [
            Token("NAME", m.group(), start_pos=base + m.start())
            for m in _WORD.finditer(run, start, end)
        ]
        before = len(self._reader.found)
        atom = self._reader.atom(Tree("atom", list(tokens)), {})
        if len(self._reader.found) > before:
            return None
        if entry is not None and len(entry[1]) == len(atom.args):
            # The next time this spelling is found at once.
            for table, token, name in zip(entry[1], tokens[1:], atom.args, strict=True):
                table[str(token)] = name
        return atom
