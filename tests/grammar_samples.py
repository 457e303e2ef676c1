"""Random sentences of a grammar with the JSON trees that stand for them; readers of its forms."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence, and the JSON tree that stands for it."""

    text: str
    tree: Any

    @property
    def json(self) -> str:
        return json.dumps(self.tree, ensure_ascii=False)


class Sampler:
    """Seeded random derivations. Names that are free are drawn from a few."""

    def __init__(self, grammar: Grammar, seed: int, names: tuple[str, ...] = ("a", "b-1")) -> None:
        self._rules = {rule.name: rule.body for rule in grammar.rules}
        self._start = grammar.rules[0].body
        self._dice = random.Random(seed)
        self._names = names
        self._heights = _heights(self._rules)

    def sample(self, depth: int) -> Sample:
        """A sentence whose derivation takes no more rules in a row than this, if it can be."""
        return self._derive(self._start, depth)

    def _derive(self, body: Expression, depth: int) -> Sample:
        dice = self._dice
        match body:
            case Word(text):
                return Sample(text, text)
            case Token("name"):
                name = dice.choice(self._names)
                return Sample(name, name)
            case Token():
                number = dice.choice((0, 7, -3, 12.25, 0.5))
                return Sample(str(number), number)
            case Ref(rule):
                return self._derive(self._rules[rule], depth - 1)
            case Choice(options):
                low = min(self._height(option) for option in options)
                fitting = [o for o in options if self._height(o) <= max(depth, low)]
                return self._derive(dice.choice(fitting), depth)
            case Many(item, low, high):
                count = dice.randint(low, min(3, 3 if high is None else high))
                found = [self._derive(item, depth) for _ in range(count)]
                return Sample(" ".join(f.text for f in found), [f.tree for f in found])
            case Maybe(inner):
                return dice.choice((Sample("", None), self._derive(inner, depth)))
            case Record(fields, after):
                filled = [(f, self._derive(f.body, depth)) for f in fields]
                text = "".join(f.before + part.text for f, part in filled)
                return Sample(text + after, {f.label: part.tree for f, part in filled})

    def _height(self, body: Expression) -> float:
        return _height(body, self._heights)


def _heights(rules: dict[str, Expression]) -> dict[str, float]:
    """How many rules in a row each rule takes at least."""
    heights = dict.fromkeys(rules, float("inf"))
    changed = True
    while changed:
        changed = False
        for name, body in rules.items():
            height = 1 + _height(body, heights)
            if height < heights[name]:
                heights[name] = height
                changed = True
    return heights


def _height(body: Expression, heights: dict[str, float]) -> float:
    match body:
        case Ref(rule):
            return heights[rule]
        case Choice(options):
            return min(_height(option, heights) for option in options)
        case Many(item, low):
            return _height(item, heights) if low else 0
        case Record(fields):
            return max((_height(f.body, heights) for f in fields), default=0)
        case _:
            return 0


def lark_reader(text: str) -> Callable[[str], bool]:
    """Whether Lark itself reads a sentence by a grammar in Lark's notation."""
    from lark import Lark, UnexpectedInput

    parser = Lark(text, parser="earley", lexer="dynamic")

    def reads(sentence: str) -> bool:
        try:
            parser.parse(sentence)
        except UnexpectedInput:
            return False
        return True

    return reads


def matcher(text: str) -> Callable[[str], bool]:
    """Whether llguidance, which OpenAI and vLLM decode with, lets a sentence pass, byte by byte."""
    from llguidance import LLMatcher, LLTokenizer

    assert LLMatcher.validate_grammar(text) == ""
    tokenizer = LLTokenizer("byte")
    machine = LLMatcher(tokenizer, text, log_level=0)

    def passes(sentence: str) -> bool:
        assert machine.reset()
        tokens = tokenizer.tokenize_str(sentence)
        return machine.try_consume_tokens(tokens) == len(tokens) and machine.is_accepting()

    return passes


def gbnf_matcher(text: str) -> Callable[[str], bool]:
    """The same for a grammar in GBNF, which llguidance has a reader for."""
    from llguidance.gbnf_to_lark import any_to_lark

    return matcher(any_to_lark(text))


def changed(sentence: str, words: list[str], dice: random.Random) -> str:
    """The sentence with one of its words replaced, left out, or doubled."""
    spans = [m.span() for m in re.finditer(r"[^\s()]+", sentence)]
    start, end = dice.choice(spans)
    word = sentence[start:end]
    other = dice.choice([dice.choice(words), dice.choice(words), "", f"{word} {word}"])
    return sentence[:start] + other + sentence[end:]
