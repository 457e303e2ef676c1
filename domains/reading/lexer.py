"""A lexer for lark that is quick on small texts: one match for each token, and no lines counted.

Like lark's contextual lexer it looks only for the terminals that the parser can take next, in
lark's order of preference. Unlike it, what is ignored is matched together with the token behind it,
and a token knows only its offset: its line is worked out when there is something to say about it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lark.lexer import BasicLexer, ContextualLexer, Lexer, LexerState, Token

if TYPE_CHECKING:
    from lark.common import LexerConf


class Word(Token):
    """A token that has a type and an offset, but neither line nor column nor end."""

    __slots__ = ()

    value = property(str)
    line = column = end_line = end_column = end_pos = None

    # Words are compared as what they are written as, without a look at their types.
    __eq__ = str.__eq__
    __hash__ = str.__hash__


def word(kind: str, text: str, offset: int) -> Word:
    """A token of a type, at an offset."""
    token = str.__new__(Word, text)
    token.type = kind
    token.start_pos = offset
    return token


@dataclass(frozen=True, slots=True)
class _Scanner:
    """What may come next: a pattern that always matches, and the types of tokens by its groups.

    The types are the parser's own strings: its tables find those without comparing them.
    """

    pattern: re.Pattern[str]
    types: tuple[str, ...]


class SectionLexer(Lexer):
    """For `Lark(…, lexer=SectionLexer)`. What it does not know, lark's contextual lexer refuses."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        self._conf = conf
        self._scanners: dict[int, _Scanner] = {}
        self._contextual: ContextualLexer | None = None

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        """The tokens of a text; the parser takes each of them before it asks for the next.

        Raises what lark's lexers raise: UnexpectedToken and UnexpectedCharacters.
        """
        text, at, end = lexer_state.text.text, lexer_state.text.start, lexer_state.text.end
        stack = parser_state.state_stack
        scanners = self._scanners
        while True:
            scanner = scanners.get(stack[-1]) or self._scanner(parser_state)
            match = scanner.pattern.match(text, at, end)
            assert match is not None
            at = match.end()
            group = match.lastindex
            if group is None:
                break
            yield word(scanner.types[group], match[group], match.start(group))
        if at < end:
            lexer_state.line_ctr.char_pos = at
            yield from self._refusing(parser_state).lex(lexer_state, parser_state)

    def _scanner(self, parser_state: Any) -> _Scanner:
        """What may come next in a state of the parser."""
        state = parser_state.position
        accepted = {str(name): name for name in parser_state.parse_conf.states[state]}
        known = self._conf.terminals_by_name
        ignored = "|".join(known[name].pattern.to_regexp() for name in self._conf.ignore)
        conf = copy(self._conf)
        conf.terminals = [terminal for name, terminal in known.items() if name in accepted]
        conf.ignore = ()
        conf.skip_validation = True
        preferred = BasicLexer(conf).terminals
        groups = [f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in preferred]
        pattern = re.compile(f"(?:{ignored})*+(?:{'|'.join(groups)}|)", conf.g_regex_flags)
        types = [""] * (pattern.groups + 1)
        for name, group in pattern.groupindex.items():
            types[group] = accepted[name]
        scanner = self._scanners[state] = _Scanner(pattern, tuple(types))
        return scanner

    def _refusing(self, parser_state: Any) -> ContextualLexer:
        """Lark's lexer for the same parser, which says what was expected instead."""
        if self._contextual is None:
            states: dict[int, Collection[str]]
            states = {s: list(accepted) for s, accepted in parser_state.parse_conf.states.items()}
            self._contextual = ContextualLexer(self._conf, states)
        return self._contextual
