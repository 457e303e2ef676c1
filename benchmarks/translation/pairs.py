"""Pairs of an English text and the problem that it describes, as JSON Lines.

A line is an object with the texts `domain_pddl`, `problem_pddl` and `text`; further `id`, `source`,
`domain` and `style`, which say in reports where the pair is from, and may be missing or null.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.reader import load_text, read_domain, read_problem

MAX_PAIRS = 100_000
"""Pairs that a file may hold."""

MAX_LINE = 4_000_000
"""Characters that a line may have."""

MAX_NAME = 100
"""Characters of an id, a source, a domain's name or a style that are kept."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, and the problem that it describes.

    Attributes:
        id: what the pair is called.
        source: where it comes from; may be empty, as may the next two.
        domain: its domain's name in that source.
        style: how the text is written.
        text: what is to be translated.
        gold: the right translation.
    """

    id: str
    source: str
    domain: str
    style: str
    text: str
    gold: Task

    def digest(self) -> str:
        """SHA-256 of what is translated, and into what; where it is from plays no part."""
        return hashlib.sha256(repr((self.text, self.gold)).encode("utf-8", "replace")).hexdigest()


def read_pairs(path: str | Path) -> tuple[Pair, ...]:
    """The pairs of a file; empty lines are skipped.

    Raises:
        InputError: the file cannot be read or is too large, or a line is no pair; `file:line` says
            which.
    """
    domains: dict[str, Domain] = {}
    found: list[Pair] = []
    for number, line in enumerate(load_text(path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        if len(found) >= MAX_PAIRS:
            raise InputError(f"{place}: a file may hold {MAX_PAIRS} pairs: split it")
        found.append(_pair(line, place, f"line {number}", domains))
    if not found:
        raise InputError(f"{path} holds no pairs: write a JSON object a line")
    return tuple(found)


def spread(pairs: Sequence[Pair], count: int) -> tuple[Pair, ...]:
    """Some pairs, taken in turn from each source, domain and style; all if there are no more."""
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for number, pair in enumerate(pairs):
        kinds.setdefault((pair.source, pair.domain, pair.style), []).append(number)
    turns = (number for turn in zip_longest(*kinds.values()) for number in turn)
    chosen = islice((number for number in turns if number is not None), count)
    return tuple(pairs[number] for number in sorted(chosen))


def _pair(line: str, place: str, default_id: str, domains: dict[str, Domain]) -> Pair:
    """The pair in a line. `domains` keeps those read so far by their text."""
    if len(line) > MAX_LINE:
        raise InputError(f"{place}: the line has more than {MAX_LINE} characters")
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}:{error.colno}: this is not JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise InputError(
            f"{place}: this is nested too deeply, or holds too long a number"
        ) from None
    if not isinstance(row, dict):
        raise InputError(f"{place}: a pair is a JSON object, with `text` and two PDDL texts")
    texts = []
    for name in ("domain_pddl", "problem_pddl", "text"):
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{place}: `{name}` must be a text that is not empty")
        texts.append(value)
    domain_text, problem_text, text = texts
    try:
        if domain_text not in domains:
            domains[domain_text] = read_domain(domain_text, "domain_pddl")
        domain = domains[domain_text]
        problem = read_problem(problem_text, domain, "problem_pddl")
    except PddlError as error:
        raise InputError(f"{place}: the pair's own PDDL is wrong:\n{error}") from None
    names = [_name(row, name, place) for name in ("id", "source", "domain", "style")]
    return Pair(
        id=names[0] or default_id,
        source=names[1],
        domain=names[2] or printable(domain.name, MAX_NAME),
        style=names[3],
        text=text,
        gold=Task(domain, problem),
    )


def _name(row: dict[str, object], name: str, place: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{place}: `{name}` must be a text")
    return printable(str(value), MAX_NAME)
