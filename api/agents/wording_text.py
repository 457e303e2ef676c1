"""A wording as the text of a wording file, so that a run that is kept is told in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterable

from goalsmith.domains.language import Domain
from goalsmith.domains.wording import Wording


def wording_toml(domain: Domain, wording: Wording) -> str:
    """The phrasings of predicates and actions, as `read_wording` reads them."""
    lines = []
    for predicate in domain.predicates:
        phrasing = wording.predicates[predicate.name]
        lines += [
            f"[predicates.{_value(predicate.name)}]",
            f"say = {_value(phrasing.say)}",
            f"deny = {_value(phrasing.deny)}",
            f"goal = {_value(phrasing.goal)}",
            f"read = {_value(phrasing.read)}",
        ]
    for action in domain.actions:
        lines += [
            f"[actions.{_value(action.name)}]",
            f"say = {_value(wording.actions[action.name])}",
        ]
    return "\n".join(lines) + "\n"


def _value(value: str | Iterable[str]) -> str:
    """A key, a text or a list of texts: JSON of these is TOML."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
