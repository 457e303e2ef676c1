"""A grammar as JSON Schema, and JSON answers turned into the sentences that they stand for.

The schema keeps to what OpenAI's strict mode, Ollama and llama.cpp share: closed objects with all
properties required, `anyOf` of objects with different first keys, enumerations, `$ref` into
`$defs`. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from goalsmith.domains.diagnostics import Diagnostic, did_you_mean, listed
from goalsmith.domains.errors import PddlError
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

MAX_TEXT = 1_000_000
"""Characters of a JSON answer that are read; the sentence is shorter."""

MAX_DEPTH = 100
"""Arrays and objects nested in an answer; a connective takes two of them."""

_WHOLE = "the answer"
_KIND = "wrong-kind-of-value"
_TOKENS = {
    "name": "a name of letters, digits, `_` and `-`",
    "number": "a number of at most 15 digits",
}
_NAME = "^[a-zA-Z][a-zA-Z0-9_-]{0,39}$"
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def json_schema(grammar: Grammar) -> dict[str, Any]:
    """The JSON Schema of the trees that stand for a grammar's sentences."""
    start, *rules = grammar.rules
    schema = _schema(start.body)
    if rules:
        schema["$defs"] = {rule.name: _schema(rule.body) for rule in rules}
    return schema


def from_json(grammar: Grammar, text: str) -> str:
    """The sentence that a JSON answer stands for.

    Raises:
        PddlError: the text is not JSON, or not a tree of the grammar; says where and why.
    """
    return _Writer(grammar).sentence(_tree(text))


def _schema(body: Expression) -> dict[str, Any]:
    match body:
        case Word(text):
            return {"type": "string", "enum": [text]}
        case Token("name"):
            return {"type": "string", "pattern": _NAME}
        case Token():
            return {"type": "number"}
        case Ref(rule):
            return {"$ref": f"#/$defs/{rule}"}
        case Choice(options):
            words = [option.text for option in options if isinstance(option, Word)]
            others = [_schema(option) for option in options if not isinstance(option, Word)]
            enum = [{"type": "string", "enum": words}] if words else []
            return {"anyOf": [*others, *enum]} if others else enum[0]
        case Many(item, low, high):
            bounds = {"minItems": low} | ({} if high is None else {"maxItems": high})
            return {"type": "array", "items": _schema(item), **bounds}
        case Maybe(inner):
            return {"anyOf": [_schema(inner), {"type": "null"}]}
        case Record(fields):
            return {
                "type": "object",
                "properties": {field.label: _schema(field.body) for field in fields},
                "required": [field.label for field in fields],
                "additionalProperties": False,
            }


def _tree(text: str) -> Any:
    """The JSON value in a text."""
    if len(text) > MAX_TEXT:
        raise _finding("too-long", f"the answer has more than {MAX_TEXT} characters")
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise _finding("depth", f"nested deeper than {MAX_DEPTH}", "write a flatter answer")
    try:
        # Numbers stay texts until their size is known.
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _finding(
            "not-json",
            f"the answer is not JSON: {error.msg} ({place})",
            "answer with one JSON object, and nothing around it",
        ) from None


class _Number(str):
    """A number as the answer spells it."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _finding("duplicate-key", "an object of the answer has one key twice")
    return found


@dataclass(frozen=True, slots=True)
class _Options:
    """The words, tokens and records that something may be; records by the keys of their objects."""

    words: dict[str, Word]
    tokens: dict[str, Token]
    records: dict[frozenset[str], Record]

    def option(self, tree: Any) -> Word | Token | Record | None:
        """The option that a tree's own shape points at, if there is one."""
        match tree:
            case _Number():
                return self.tokens.get("number")
            case str():
                return self.words.get(tree) or self.tokens.get("name")
            case dict():
                return self.records.get(frozenset(tree))
            case _:
                return None


class _Writer:
    """Writes trees as sentences, held against the rules."""

    def __init__(self, grammar: Grammar) -> None:
        self._start = grammar.rules[0].body
        self._rules = {rule.name: rule.body for rule in grammar.rules}
        self._options: dict[str, _Options] = {}

    def sentence(self, tree: Any) -> str:
        """The sentence of a whole tree."""
        return self._write(self._start, tree, _WHOLE)

    def _write(self, body: Expression, tree: Any, place: str) -> str:
        match body:
            case Maybe(inner):
                return "" if tree is None else self._write(inner, tree, place)
            case Many(item, low, high):
                if not isinstance(tree, list):
                    raise _finding(_KIND, f"{place}: {_found(tree)} stands where an array belongs")
                if len(tree) < low or (high is not None and len(tree) > high):
                    bounds = f"at least {low}" if high is None else f"{low} to {high}"
                    raise _finding("count", f"{place} has {len(tree)} items, not {bounds}")
                parts = [self._write(item, t, f"{place}[{i}]") for i, t in enumerate(tree)]
                return " ".join(parts)
            case _:
                return self._write_option(self._options_of(body), tree, place)

    def _write_option(self, options: _Options, tree: Any, place: str) -> str:
        match options.option(tree):
            case Word(text):
                return text
            case Token("name") if re.fullmatch(_NAME, tree):
                return str(tree)
            case Token("number") if number := _decimal(tree):
                return number
            case Record(fields, after):
                texts = [
                    f.before + self._write(f.body, tree[f.label], _at(place, f.label))
                    for f in fields
                ]
                return "".join([*texts, after])
        raise _unexpected(options, tree, place)

    def _options_of(self, body: Expression) -> _Options:
        """What a body may be; known for each rule once it was asked for."""
        if isinstance(body, Ref):
            if body.rule not in self._options:
                self._options[body.rule] = self._options_of(self._rules[body.rule])
            return self._options[body.rule]
        found = _Options({}, {}, {})
        for option in body.options if isinstance(body, Choice) else (body,):
            match option:
                case Word(text):
                    found.words[text] = option
                case Token(kind):
                    found.tokens[kind] = option
                case Record(fields):
                    found.records[frozenset(f.label for f in fields)] = option
                case _:
                    inner = self._options_of(option)
                    found.words.update(inner.words)
                    found.tokens.update(inner.tokens)
                    found.records.update(inner.records)
        return found


def _unexpected(options: _Options, tree: Any, place: str) -> PddlError:
    """What does not belong at a place, and what does."""
    keys = list(dict.fromkeys(key for labels in options.records for key in sorted(labels)))
    if _is_text(tree) and options.words:
        hint = did_you_mean(tree, options.words, "name")
        return _finding("unknown-name", f"{place}: `{tree[:80]}` does not belong here", hint)
    if isinstance(tree, dict) and options.records:
        strange = next((key for key in tree if key not in keys), None)
        if strange is not None:
            hint = did_you_mean(strange, keys, "key")
            return _finding("unknown-key", f"{place}: unknown key `{strange[:80]}`", hint)
        missing = next((key for key in keys if key not in tree), "")
        only = len(options.records) == 1
        reason = f"the key `{missing}` is missing" if only else "it has other keys than it should"
        return _finding("wrong-keys", f"{place}: {reason}")
    kinds = [_TOKENS[kind] for kind in options.tokens]
    kinds += ["a name"] * bool(options.words) + ["an object"] * bool(options.records)
    wanted = listed(kinds, "or")
    return _finding(_KIND, f"{place}: {_found(tree)} stands where {wanted} belongs")


def _at(place: str, label: str) -> str:
    return label if place == _WHOLE else f"{place}.{label}"


def _is_text(tree: Any) -> bool:
    return isinstance(tree, str) and not isinstance(tree, _Number)


def _decimal(number: str) -> str:
    """A JSON number in PDDL's spelling, without an exponent; empty when it has too many digits."""
    if len(number) > 40 or number.strip("-") in {"NaN", "Infinity"}:
        return ""
    value = Decimal(number)
    if abs(value.adjusted()) > 40:
        return ""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if _NUMBER.fullmatch(text) else ""


def _found(tree: Any) -> str:
    match tree:
        case _Number():
            return f"the number {tree[:40]}"
        case str():
            return f"`{tree[:80]}`"
        case dict():
            return "an object"
        case list():
            return "an array"
        case _:
            return json.dumps(tree)


def _finding(code: str, message: str, suggestion: str = "") -> PddlError:
    return PddlError([Diagnostic(code, message, source="<answer>", suggestion=suggestion)])
