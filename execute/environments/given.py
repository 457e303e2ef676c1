"""What environments are given, checked: a command to start, and actions by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task


def command_words(command: Sequence[str | Path], instance: str) -> list[str]:
    """The words of a command that no shell reads.

    Raises InputError, which shows `instance` as one, if it is a text or empty.
    """
    if isinstance(command, str) or not command:
        raise InputError(f"a command is a list of words, such as {instance}")
    return [str(word) for word in command]


def require_actions(task: Task, names: Iterable[str], what: str) -> None:
    """Raises InputError, beginning with `what`, at the first name that is no action's."""
    known = [action.name for action in task.domain.actions]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "action")
            raise InputError(f"{what} the unknown action `{name}`: {hint}")
