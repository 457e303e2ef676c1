"""A wording file to begin with: every type, predicate and action with its default phrasing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from goalsmith.domains.formula import Parameter
from goalsmith.domains.language import Domain
from goalsmith.domains.wording import MAX_PHRASING, default_wording

_HEAD = """\
# How this domain is said in English. What is here is made from its names: put it in better words,
# and leave out what you do not change.
#
# Placeholders are parameters: {x} stands for ?x, {1} for the first one. A phrasing of a predicate
# names each of its parameters exactly once.
"""

_PREDICATES = """
# Of each predicate:
#   say   the statement that says it, as in "{x} is on {y}"
#   deny  its negation
#   goal  imperatives that ask for it, as in "put {x} on {y}"; none if nobody would
#   read  further statements that are understood
#   chain phrases for a row of atoms of two places, as in "a tower of {x} on {y}"
# Of a predicate that says what an object is, and of a type: one, many (its noun), and names (how
# names of such objects begin: with names = ["p"] the object p0 may be called package 0).
"""

_ACTIONS = """
# Of each action: the imperative by which a step is shown, as in "put {x} on {y}".
"""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def draft_wording(domain: Domain) -> str:
    """A `wording.toml` that says what `default_wording` does, with comments on how to improve it.

    What would be too long for a wording file is commented out.
    """
    wording = default_wording(domain)
    lines = [_HEAD, _entry("title", wording.title)]
    lines.append('# summary = "What happens in this domain, in a sentence."')
    for name, noun in wording.types.items():
        lines += ["", f"[types.{_key(name)}]", _entry("one", noun.one), _entry("many", noun.many)]
    lines.append(_PREDICATES)
    for predicate in domain.predicates:
        phrasing = wording.predicates[predicate.name]
        lines += [
            f"[predicates.{_key(predicate.name)}]  # {_signature(predicate.parameters)}",
            _entry("say", phrasing.say),
            _entry("deny", phrasing.deny),
            _entry("goal", phrasing.goal),
            _entry("read", phrasing.read),
            "",
        ]
    lines.append(_ACTIONS.lstrip("\n"))
    for action in domain.actions:
        lines += [
            f"[actions.{_key(action.name)}]  # {_signature(action.parameters)}",
            _entry("say", wording.actions[action.name]),
            "",
        ]
    return "\n".join(lines)


def _entry(key: str, value: str | Iterable[str]) -> str:
    """A line that sets a key. A JSON string or list of strings is one of TOML, too."""
    texts = [value] if isinstance(value, str) else list(value)
    line = f"{key} = {json.dumps(value if isinstance(value, str) else texts, ensure_ascii=False)}"
    return f"# {line}" if any(len(text) > MAX_PHRASING for text in texts) else line


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _signature(parameters: Sequence[Parameter]) -> str:
    """Parameters with their types, as PDDL has them."""
    parts = []
    for parameter in parameters:
        kinds = " ".join(parameter.types)
        kind = kinds if len(parameter.types) == 1 else f"(either {kinds})"
        parts.append(f"{parameter.name} - {kind}")
    return " ".join(parts) or "no parameters"
