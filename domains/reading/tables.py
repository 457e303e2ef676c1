"""The parser's tables, kept beside the grammar: to make them takes lark longer than to read a task.

`python -m goalsmith.domains.reading.tables` writes them anew, after a change of the grammar or for
another version of lark. Until then the parser is made from the grammar: tables that are out of date
cost time and nothing else.
"""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goalsmith.domains.reading.syntax import SECTION_RULES

if TYPE_CHECKING:
    from lark import Lark

FILE = "tables.json"

STARTS = ("header", "condition", *SECTION_RULES.values())
"""The rules by which a text may be parsed."""


def parser() -> Lark:
    """The parser of PDDL's sections, from the tables if they are those of the grammar."""
    grammar = _read("pddl.lark")
    return from_tables(_read(FILE), grammar) or from_grammar(grammar)


def from_grammar(grammar: str) -> Lark:
    """The parser of a grammar, its tables made here."""
    from lark import Lark

    from goalsmith.domains.reading.lexer import SectionLexer

    starts = list(STARTS)
    return Lark(grammar, parser="lalr", lexer=SectionLexer, start=starts, maybe_placeholders=False)


def tables(grammar: str) -> str:
    """The tables of a grammar, with what they were made from, as JSON."""
    import lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, memo = from_grammar(grammar).memo_serialize([TerminalDef, Rule])
    # The lexer is a class of ours, which JSON cannot hold.
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = None
    made = {"lark": lark.__version__, "grammar": grammar, "data": data, "memo": memo}
    return json.dumps(made, separators=(",", ":")) + "\n"


def from_tables(text: str, grammar: str) -> Lark | None:
    """The parser that tables hold; None if they are of another grammar or another lark's."""
    import lark

    from goalsmith.domains.reading.lexer import SectionLexer

    made = json.loads(text) if text else {}
    if made.get("lark") != lark.__version__ or made["grammar"] != grammar:
        return None
    data, table = made["data"], made["data"]["parser"]["parser"]
    if tuple(data["options"]["start"]) != STARTS:
        return None
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = SectionLexer
    table["tokens"] = _numbered(table["tokens"])
    table["states"] = {int(n): _numbered(actions) for n, actions in table["states"].items()}
    return lark.Lark.load({"data": data, "memo": _numbered(made["memo"])})


def _numbered(table: dict[str, Any]) -> dict[int, Any]:
    """A table with its keys as numbers again, which JSON makes texts."""
    return {int(key): value for key, value in table.items()}


def _read(name: str) -> str:
    """A file of this package; empty if it is not there."""
    try:
        return (pkgutil.get_data(__package__, name) or b"").decode("utf-8")
    except FileNotFoundError:
        return ""


def main() -> None:
    """Writes the tables beside the grammar."""
    Path(__file__).with_name(FILE).write_text(tables(_read("pddl.lark")), encoding="utf-8")


if __name__ == "__main__":
    main()
