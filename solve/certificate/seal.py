"""What binds a certificate to its task and its parts together: format and digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.writer import write_domain, write_problem

FORMAT = "goalsmith certificate 1"
FIELDS = {"format", "task", "plan", "links", "cost", "claim", "digest"}


def sealed(content: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """A certificate's content with its format, its task's digest and its own."""
    whole = {"format": FORMAT, "task": task_digest(task), **content}
    return {**whole, "digest": content_digest(whole)}


def unsealed(text: str, task: Task) -> dict[str, Any]:
    """The content of a certificate's text, all of whose digests fit.

    Raises:
        InputError: they do not, or a field is missing or unknown.
        ValueError: it is not JSON.
    """
    content = json.loads(text)
    demand(
        isinstance(content, dict) and set(content) == FIELDS and content["format"] == FORMAT,
        f"it does not have the fields of a {FORMAT}",
    )
    demand(content["digest"] == content_digest(content), "it was changed: its digest does not fit")
    demand(content["task"] == task_digest(task), "it is for another task")
    assert isinstance(content, dict)
    return content


def task_digest(task: Task) -> str:
    """The SHA-256, in hexadecimal, of domain and problem as our writer spells them.

    Comments, layout and letter case of keywords do not matter; names and their order do.
    """
    text = write_domain(task.domain) + write_problem(task.problem)
    return sha256(text.encode()).hexdigest()


def content_digest(content: Mapping[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of a certificate but for its own digest.

    Taken of its JSON text with sorted keys, so that the file's layout does not matter.
    """
    rest = {key: value for key, value in content.items() if key != "digest"}
    return sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def demand(condition: bool, message: str) -> None:
    """Raises InputError with the message unless the condition holds."""
    if not condition:
        raise InputError(message)
