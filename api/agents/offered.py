"""An agent offered as one tool to somebody's tool-calling agent.

The schema's form is that of https://platform.openai.com/docs/guides/function-calling.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from goalsmith.agents.account import Account
from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.wording import Wording

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

MOST_SHOWN = 20
"""Objects, statements and actions that the description lists of each kind."""

LONGEST_GOAL = 10_000
"""Characters that a goal may have."""


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool that takes a goal and brings it about.

    Attributes:
        name: what a model calls it by.
        description: what can be asked for, and of what.
        achieve: what it does.
    """

    name: str
    description: str
    achieve: Callable[[str], Account] = field(repr=False)

    @classmethod
    def of(
        cls, name: str, about: str, task: Task, wording: Wording, achieve: Callable[[str], Account]
    ) -> AgentTool:
        """The tool of an agent. Raises InputError for a name that a tool cannot have."""
        if not _NAME.fullmatch(name):
            raise InputError(f"a tool's name has up to 64 letters, digits, `_`, `-`: `{name[:80]}`")
        return cls(name, description(about, task, wording), achieve)

    @property
    def function(self) -> dict[str, object]:
        """The function's schema by itself."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": {
                "type": "object",
                "properties": {
                    "goal": {
                        "type": "string",
                        "description": "What should be so in the end, in plain English.",
                    }
                },
                "required": ["goal"],
                "additionalProperties": False,
            },
            "strict": True,
        }

    @property
    def schema(self) -> dict[str, object]:
        """The tool for Chat Completions; Responses take `{"type": "function"} | tool.function`."""
        return {"type": "function", "function": self.function}

    def __call__(self, goal: str) -> str:
        """Brings a goal about as far as it can be, and says what was done and what not.

        Raises nothing that is goalsmith's: a goal that is not understood is told, too.
        """
        if not isinstance(goal, str):
            return "Nothing was done: the goal should be a text."
        if len(goal) > LONGEST_GOAL:
            return f"Nothing was done: a goal has {LONGEST_GOAL} characters at most."
        try:
            return str(self.achieve(goal))
        except GoalsmithError as error:
            return f"Nothing was done ({error.outcome}): {error}"

    def as_function(self) -> Callable[[str], str]:
        """The tool as a plain function, for frameworks that make tools of functions.

        It has the tool's name, its description as docstring, and one parameter, `goal`.
        """

        def achieve(goal: str) -> str:
            return self(goal)

        achieve.__name__ = achieve.__qualname__ = self.name
        achieve.__doc__ = self.description
        # Frameworks read the hints themselves, and not all of them look up what is only a name.
        achieve.__annotations__ = {"goal": str, "return": str}
        return achieve

    def answer(self, arguments: str | Mapping[str, object]) -> str:
        """The same for a call's arguments: as a model writes them, in JSON, or read already."""
        try:
            read = json.loads(arguments) if isinstance(arguments, str) else arguments
        except (ValueError, RecursionError):
            return "Nothing was done: the arguments are not JSON."
        goal = read.get("goal") if isinstance(read, Mapping) else None
        if not isinstance(goal, str):
            return 'Nothing was done: the arguments should be {"goal": "…"}.'
        return self(goal)


def description(about: str, task: Task, wording: Wording) -> str:
    """What a model should know: what can be asked for, of which things, and what can be done."""
    domain = task.domain
    changing = domain.changing_predicates()
    statements = [wording.predicates[p.name].say for p in domain.predicates if p.name in changing]
    lines = [
        about or "Plans and carries out errands, and replans when something goes wrong.",
        "Say what should be so in the end, not how. What can be asked for:",
        *_shown(statements),
        "What it can do for that:",
        *_shown([wording.actions[a.name] for a in domain.actions]),
    ]
    things = TypeHierarchy(domain, task.objects)
    kinds = [t.name for t in domain.types if things.objects_of((t.name,))]
    if kinds:
        lines.append("Things that it knows:")
    for kind in kinds[:MOST_SHOWN]:
        names = things.objects_of((kind,))
        more = ", …" if len(names) > MOST_SHOWN else ""
        lines.append(f"- {wording.types[kind].many}: {', '.join(names[:MOST_SHOWN])}{more}")
    return "\n".join(lines)


def _shown(lines: list[str]) -> list[str]:
    shown = [f"- {line}" for line in islice(lines, MOST_SHOWN)]
    return shown + (["- …"] if len(lines) > MOST_SHOWN else [])
