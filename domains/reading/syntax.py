"""From text to syntax trees: a PDDL text cut into sections, each parsed by lark on its own.

In PDDL an opening parenthesis followed by a colon begins a section and nothing else, so a text can
be cut there before it is parsed. A broken section therefore hides no finding in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeGuard

from goalsmith.domains.diagnostics import MAX_FINDINGS, Diagnostic, Source, nearest

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_TEXT = 64 * 2**20
"""Characters of PDDL read at most; the largest competition file has about 10 million."""

SECTION_RULES = {
    ":requirements": "requirements",
    ":types": "types",
    ":constants": "constants",
    ":predicates": "predicates",
    ":functions": "functions",
    ":action": "action",
    ":derived": "derived",
    ":domain": "domain_name",
    ":objects": "objects",
    ":init": "init",
    ":goal": "goal",
    ":metric": "metric",
}

DOMAIN_SECTIONS = frozenset(
    {":requirements", ":types", ":constants", ":predicates", ":functions", ":action", ":derived"}
)
PROBLEM_SECTIONS = frozenset({":requirements", ":domain", ":objects", ":init", ":goal", ":metric"})

UNSUPPORTED_SECTIONS = {
    ":durative-action": "durative actions (PDDL 2.1, level 3)",
    ":process": "processes (PDDL+)",
    ":event": "events (PDDL+)",
    ":constraints": "trajectory constraints (PDDL 3.0)",
    ":length": "plan length bounds",
}

_TERMINALS = {
    "LPAR": "`(`",
    "RPAR": "`)`",
    "NAME": "a name",
    "VARIABLE": "a variable such as `?x`",
    "NUMBER": "a number",
    "DASH": "`-`",
    "KEYWORD": "a requirement such as `:typing`",
    "SECTION": "a section such as `:init`",
    "ATOMS": "an atom such as `(on a b)`",
    "COMPARE": "`=`, `<`, `<=`, `>` or `>=`",
    "OPERATOR": "`+`, `*` or `/`",
    "ASSIGN": "`increase` or another assignment",
    "KIND": "`domain` or `problem`",
    "PARAMETERS": "`:parameters`",
    "PRECONDITION": "`:precondition`",
    "EFFECT": "`:effect`",
    "$END": "the end of the section",
}

_RUNS = {
    "NAMES": ("NAME",),
    "VARIABLES": ("VARIABLE",),
    "TERMS": ("NAME", "VARIABLE"),
    "TYPED_NAMES": ("NAME",),
    "TYPED_VARIABLES": ("VARIABLE",),
    "LITERALS": ("LPAR",),
}
"""Runs, with the terminals that each may begin with."""

_WORD = re.compile(r"\S+")
_IN_RUN = re.compile(r"-|\??[^\s()?:;]+")
_FIRST_IN_RUN = re.compile(r"\(|\??[^\s()?:;]+")
_COMMENT = re.compile(r";[^\n]*")
_SECTION = re.compile(r"\(\s*(:[^\s()?:;]+)")
_PREFERENCE = re.compile(r"\(\s*(preference)(?=[\s()])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its keyword in lower case, where it begins, its tree (None if broken)."""

    keyword: str
    offset: int
    tree: Tree[Token] | None


@cache
def _lark() -> Lark:
    from goalsmith.domains.reading.tables import parser

    return parser()


def blank_comments(text: str) -> str:
    """The text with comments replaced by spaces, so that every offset keeps its meaning."""
    if ";" not in text:
        return text
    return _COMMENT.sub(lambda m: " " * len(m.group()), text)


def parse(text: str, start: int, end: int, rule: str, source: Source) -> Tree[Token] | Diagnostic:
    """The tree of `text[start:end]` by a rule of the grammar, or why there is none."""
    from lark import TextSlice, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

    try:
        return _lark().parse(TextSlice(text, start, end), start=rule)
    except UnexpectedToken as error:
        token = error.token
        expected = error.accepts or error.expected
        at_end = token.type == "$END"
        offset = _last_visible(text, start, end) if at_end else int(token.start_pos or start)
        found = "" if at_end else _first(token)
        return syntax_error(source, offset, found, expected)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        word = _WORD.match(text, offset)
        found = word.group() if word else text[offset]
        parser = error.interactive_parser
        expected = parser.accepts() if parser else set()  # type: ignore[no-untyped-call]
        return syntax_error(source, offset, found, expected)
    except UnexpectedInput as error:
        return syntax_error(source, max(start, error.pos_in_stream or start), "", set())


def _first(token: Token) -> str:
    """What is shown of a token: of a run only what is first in it."""
    if token.type in _RUNS and (word := _FIRST_IN_RUN.match(token)):
        return word.group()
    if token.type == "ATOMS":
        return token[: token.index(")") + 1]
    return str(token)


def _last_visible(text: str, start: int, end: int) -> int:
    """The offset of the last character that is not a space; the start if there is none."""
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return max(start, end - 1)


def syntax_error(source: Source, offset: int, found: str, terminals: set[str]) -> Diagnostic:
    """What a parser's refusal means for the person who wrote the text."""
    position = source.position(offset)
    single = {each for t in terminals for each in _RUNS.get(t, (t,))}
    expected = tuple(sorted({_TERMINALS.get(t, f"`{t.lower()}`") for t in single}))
    shown = found if len(found) <= 40 else found[:37] + "…"
    suggestion = ""
    if not found and "RPAR" in terminals:
        message = "a `)` is missing"
        suggestion = "add it, or look for a `(` too many"
    elif not found:
        message = "the text ends too early"
    elif found == ")" and terminals == {"$END"}:
        message = "a `)` too many"
        suggestion = "remove it, or look for a section that was closed too early"
    else:
        message = f"`{shown}` cannot stand here"
        if close := nearest(found, (t.strip("`") for t in expected), 1):
            suggestion = f"did you mean `{close[0]}`?"
    return Diagnostic(
        "syntax",
        message,
        source=source.name,
        position=position,
        length=max(1, len(shown)),
        snippet=source.snippet(position),
        expected=expected,
        found=shown,
        suggestion=suggestion,
    )


def sections(source: Source, found: list[Diagnostic]) -> Iterator[Section]:
    """The header and the sections of a definition; findings are added to `found`.

    The first section yielded is the header, with the keyword `define`.
    """
    text = blank_comments(source.text)
    if not text.strip():
        found.append(finding(source, 0, "syntax", "the text is empty"))
        yield Section("define", 0, None)
        return
    marks = [(m.start(), m.group(1).lower()) for m in _SECTION.finditer(text)]
    starts = [0, *(offset for offset, _ in marks)]
    keywords = ["define", *(keyword for _, keyword in marks)]
    ends = [*starts[1:], len(text)]
    for keyword, start, end in zip(keywords, starts, ends, strict=True):
        if len(found) >= MAX_FINDINGS:
            return
        stop = end
        if end == len(text) and text[last := _last_visible(text, start, end)] == ")":
            stop = last
        if keyword in (":serial", ":parallel"):
            continue  # the parts of `:length`
        rule = "header" if keyword == "define" else SECTION_RULES.get(keyword)
        if rule is None:
            found.append(_unknown_section(source, start, keyword))
            continue
        tree = parse(text, start, stop, rule, source)
        if isinstance(tree, Diagnostic):
            preference = _PREFERENCE.search(text, start, stop)
            if preference and keyword in (":goal", ":action"):
                offset = preference.start(1)
                message = "preferences (PDDL 3.0) are not supported"
                tree = finding(source, offset, "unsupported", message, preference.group(1))
            found.append(tree)
            yield Section(keyword, start, None)
        else:
            yield Section(keyword, start, tree)


def _unknown_section(source: Source, offset: int, keyword: str) -> Diagnostic:
    if keyword in UNSUPPORTED_SECTIONS:
        what = UNSUPPORTED_SECTIONS[keyword]
        return finding(source, offset, "unsupported", f"{what} are not supported", keyword)
    close = nearest(keyword, SECTION_RULES, 1)
    return finding(
        source,
        offset,
        "unknown-section",
        f"unknown section `{keyword}`",
        keyword,
        f"did you mean `{close[0]}`?" if close else "",
    )


def finding(
    source: Source, offset: int, code: str, message: str, found: str = "", suggestion: str = ""
) -> Diagnostic:
    """An error at an offset, with its line of the text."""
    position = source.position(offset)
    return Diagnostic(
        code,
        message,
        source=source.name,
        position=position,
        length=max(1, len(found)),
        snippet=source.snippet(position),
        found=found,
        suggestion=suggestion,
    )


def is_tree(part: Tree[Token] | Token) -> TypeGuard[Tree[Token]]:
    """Whether a part of a tree is a tree itself, and not a token."""
    return not isinstance(part, str)


def subtree(tree: Tree[Token]) -> Tree[Token]:
    """The first part of a tree that is a tree itself."""
    return next(c for c in tree.children if is_tree(c))


def tokens_of(tree: Tree[Token]) -> list[Token]:
    """The tokens directly in a tree; a run of terms counts as its terms."""
    found: list[Token] = []
    for part in tree.children:
        if isinstance(part, str):
            if part.type == "TERMS":
                found.extend(words_in(part))
            else:
                found.append(part)
    return found


def words_in(run: Token, start: int = 0, end: int | None = None) -> list[Token]:
    """The words in a run, each as a token of its own: names, variables, and `-` before a type.

    Only what is between `start` and `end` is looked at, counted from where the run begins.
    """
    from goalsmith.domains.reading.lexer import word

    base = run.start_pos or 0
    found = _IN_RUN.finditer(run, start, len(run) if end is None else end)
    return [word("NAME", m.group(), base + m.start()) for m in found]


def all_tokens(tree: Tree[Token]) -> Iterator[Token]:
    """Every token in a tree, in the order of the text."""
    waiting: list[Tree[Token] | Token] = [tree]
    while waiting:
        part = waiting.pop()
        if is_tree(part):
            waiting.extend(reversed(part.children))
        else:
            yield part  # type: ignore[misc]
