"""Templates such as `put {x} on {y}`: words, and placeholders for a predicate's parameters."""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Parameter
from goalsmith.domains.wording.defaults import PLACEHOLDER


def template_parts(template: str, parameters: Sequence[Parameter]) -> tuple[str | int, ...]:
    """A template taken apart: its words as written, and its placeholders as places from 0.

    `put {x} on {y}` gives `("put ", 0, " on ", 1)`. Raises InputError for a placeholder that is no
    parameter, or braces that do not pair.
    """
    parts: list[str | int] = []
    # A split by a pattern with one group alternates text and what the group matched.
    for index, part in enumerate(PLACEHOLDER.split(template)):
        if index % 2:
            parts.append(_place(part, parameters))
        elif "{" in part or "}" in part:
            raise InputError(f"the braces in `{template}` do not pair")
        elif part:
            parts.append(part)
    return tuple(parts)


def fill(template: str, parameters: Sequence[Parameter], args: Sequence[str]) -> str:
    """A template with objects in the places of its placeholders. Raises as `template_parts`."""
    parts = template_parts(template, parameters)
    return "".join(args[p] if isinstance(p, int) else p for p in parts)


def _place(word: str, parameters: Sequence[Parameter]) -> int:
    """The place, from 0, of the parameter that a placeholder names."""
    word = word.strip()
    names = [p.name.removeprefix("?").lower() for p in parameters]
    count = names.count(word.lower())
    if count == 1:
        return names.index(word.lower())
    if count:
        raise InputError(f"several parameters are called {{{word}}}: number them, as in {{1}}")
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(names):
        return int(word[:9]) - 1
    raise InputError(f"unknown placeholder {{{word}}}: {did_you_mean(word, names, 'parameter')}")
