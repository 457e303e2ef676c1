"""A grammar in the notations of constrained decoding: Lark, GBNF, EBNF.

Spaces are part of the rules, and no form ignores any. What stands side by side in a rule is one
literal wherever it can be, and rules of fixed words are terminals in Lark: both make fewer lexemes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from goalsmith.translate.grammar.grammar import (
    Choice,
    Expression,
    Grammar,
    Many,
    Maybe,
    Record,
    Ref,
    Token,
    Word,
    parts_of,
)


def lark(grammar: Grammar) -> str:
    """The grammar for endpoints that take Lark: OpenAI's custom tools, vLLM, llguidance.

    Their dialect has no priorities, look-around or templates
    (https://github.com/guidance-ai/llguidance/blob/main/docs/syntax.md). Lark itself reads it too.
    """
    names = {rule.name: rule.name.upper() for rule in grammar.rules if _is_words(rule.body)}
    names[grammar.rules[0].name] = "start"
    return _Notation(
        names,
        ": ",
        "~{}..{}",
        {
            "NAME": "/[a-zA-Z][a-zA-Z0-9_-]{0,39}/",
            "NUMBER": r"/-?[0-9]{1,15}(\.[0-9]{1,9})?/",
        },
    ).text(grammar)


def gbnf(grammar: Grammar) -> str:
    """The grammar for llama.cpp; it starts at `root`.

    https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
    """
    return _Notation(
        {grammar.rules[0].name: "root"},
        " ::= ",
        "{{{},{}}}",
        {
            "name": '[a-zA-Z] ([a-zA-Z0-9_] | "-"){0,39}',
            "number": '"-"? [0-9]{1,15} ("." [0-9]{1,9})?',
        },
    ).text(grammar)


def ebnf(grammar: Grammar) -> str:
    r"""The grammar for SGLang, which hands it to XGrammar.

    XGrammar reads GBNF, but for three things that no grammar here has: a name that begins with a
    digit, a second definition of a rule, and `\xHH`, which may take more digits there
    (https://xgrammar.mlc.ai/docs/, EBNF Grammar).
    """
    return gbnf(grammar)


@dataclass(frozen=True, slots=True)
class _Notation:
    """How a grammar is written down.

    Attributes:
        names: the rules that are called otherwise.
        defines: what stands between a rule's name and its body.
        times: a repetition, to be filled with its bounds.
        tokens: the rules of names and numbers, in the spelling of this notation.
    """

    names: Mapping[str, str]
    defines: str
    times: str
    tokens: Mapping[str, str]

    def text(self, grammar: Grammar) -> str:
        """All rules, one a line, and those of the tokens that they use."""
        lines = {self.names.get(r.name, r.name): self._alternatives(r.body) for r in grammar.rules}
        used = {token for rule in grammar.rules for token in _tokens(rule.body)}
        lines |= {name: body for name, body in self.tokens.items() if name.lower() in used}
        return "".join(f"{name}{self.defines}{body}\n" for name, body in lines.items())

    def _alternatives(self, body: Expression) -> str:
        options = body.options if isinstance(body, Choice) else (body,)
        return " | ".join(self._sequence(option) for option in options)

    def _sequence(self, body: Expression) -> str:
        """What a body reads, literals that stand side by side as one."""
        parts: list[str] = []
        literal = ""
        for quoted, text in self._pieces(body):
            if quoted:
                literal += text
            else:
                parts += [_quoted(literal), text] if literal else [text]
                literal = ""
        return " ".join([*parts, _quoted(literal)] if literal else parts)

    def _pieces(self, body: Expression) -> Iterator[tuple[bool, str]]:
        """The parts of a body: literals as they are (True), anything else as written (False)."""
        match body:
            case Word(text):
                yield True, text
            case Token(kind):
                yield False, kind if kind in self.tokens else kind.upper()
            case Ref(rule):
                yield False, self.names.get(rule, rule)
            case Choice():
                yield False, f"({self._alternatives(body)})"
            case Maybe(inner):
                yield False, f"({self._alternatives(inner)})?"
            case Many():
                yield False, self._list(body)
            case Record(fields, after):
                for field in fields:
                    yield True, field.before
                    yield from self._pieces(field.body)
                yield True, after

    def _list(self, items: Many) -> str:
        item = self._sequence(items.item)
        if isinstance(items.item, Choice):
            item = f"({item})"
        if items.high == 1:
            listed = item
        else:
            times = "*" if items.high is None else self.times.format(0, items.high - 1)
            listed = f'{item} (" " {item}){times}'
        return listed if items.low else f"({listed})?"


def _is_words(body: Expression) -> bool:
    options = body.options if isinstance(body, Choice) else (body,)
    return all(isinstance(option, Word) for option in options)


def _tokens(body: Expression) -> Iterator[str]:
    """The kinds of tokens in a body."""
    if isinstance(body, Token):
        yield body.kind
    for part in parts_of(body):
        yield from _tokens(part)


def _quoted(text: str) -> str:
    r"""A literal. `\uHHHH` is the one escape of a character that every notation has."""
    plain = text.replace("\\", r"\\").replace('"', r"\"")
    hidden = {c for c in plain if not c.isprintable() and ord(c) <= 0xFFFF}
    for character in hidden:
        plain = plain.replace(character, f"\\u{ord(character):04x}")
    return f'"{plain}"'
