"""Steps and plans, and the plan files of the planning competitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.diagnostics import Diagnostic, Source, did_you_mean
from goalsmith.domains.errors import PddlError
from goalsmith.domains.formula import Bindings
from goalsmith.domains.language import Domain, Task


@dataclass(frozen=True, slots=True)
class Step:
    """A ground action in a plan: `(stack a b)`."""

    action: str
    args: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"({' '.join((self.action, *self.args))})"

    def bindings(self, domain: Domain) -> Bindings:
        """The parameters and this step's objects. Raises KeyError for an unknown action."""
        parameters = domain.action(self.action).parameters
        return {p.name: a for p, a in zip(parameters, self.args, strict=True)}


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are to be carried out."""

    steps: tuple[Step, ...] = ()

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))


_LINE = re.compile(
    r"""\s*(?:\[?\s*\d+(?:\.\d+)?\s*\]?\s*:\s*)?   # a step number or timestamp: `3:` or `0.001:`
        \(\s*(?P<words>[^()]*?)\s*\)
        \s*(?:\[[^\]]*\]\s*)?(?:;.*)?$             # a duration `[1.0]`, a comment
    """,
    re.VERBOSE,
)


def read_plan(text: str, task: Task, name: str = "<plan>") -> Plan:
    """The plan in a text of the competitions' format: one `(action object …)` to a line.

    Comments (`; cost = …`), step numbers, timestamps and durations are tolerated. Names are matched
    without regard to case and come back as the task declares them.

    Raises:
        PddlError: a line is not a step, or names an unknown action or object, or has the wrong
            number of objects; all such findings at once.
    """
    source = Source.of(text.lstrip("\ufeff"), name)
    actions = {a.name.lower(): a for a in task.domain.actions}
    objects = {o.name.lower(): o.name for o in task.objects}
    steps: list[Step] = []
    wrong: list[Diagnostic] = []

    def report(
        offset: int, length: int, code: str, message: str, found: str = "", suggestion: str = ""
    ) -> None:
        position = source.position(offset)
        wrong.append(
            Diagnostic(
                code,
                message,
                source=name,
                position=position,
                length=length,
                snippet=source.line_at(position),
                found=found,
                suggestion=suggestion,
            )
        )

    start = 0
    for line in source.text.splitlines(keepends=True):
        content = line.split(";", 1)[0]
        if content.strip():
            offset = start + len(content) - len(content.lstrip())
            match = _LINE.match(content)
            words = match["words"].split() if match else []
            action = actions.get(words[0].lower()) if words else None
            unknown = [w for w in words[1:] if w.lower() not in objects]
            if not words:
                found = content.strip()
                report(
                    offset,
                    len(found),
                    "plan-line",
                    "this line is not a step",
                    found=found[:80],
                    suggestion="write one `(action object …)` to a line",
                )
            elif action is None:
                report(
                    offset,
                    len(content.strip()),
                    "unknown-action",
                    f"unknown action `{words[0]}`",
                    found=words[0],
                    suggestion=did_you_mean(words[0], (a.name for a in actions.values()), "action"),
                )
            elif unknown:
                for word in unknown:
                    report(
                        offset + content.strip().find(word),
                        len(word),
                        "unknown-object",
                        f"unknown object `{word}`",
                        found=word,
                        suggestion=did_you_mean(word, objects.values(), "object"),
                    )
            elif len(words) - 1 != len(action.parameters):
                report(
                    offset,
                    len(content.strip()),
                    "arity",
                    f"`{action.name}` takes {len(action.parameters)} objects, not {len(words) - 1}",
                    found=content.strip()[:80],
                )
            else:
                steps.append(Step(action.name, tuple(objects[w.lower()] for w in words[1:])))
        start += len(line)
    if wrong:
        raise PddlError(wrong)
    return Plan(tuple(steps))


def write_plan(plan: Plan, cost: str | None = None) -> str:
    """The plan in the competitions' format, with its cost in a closing comment if given."""
    lines = [str(step) for step in plan]
    if cost is not None:
        lines.append(f"; cost = {cost}")
    return "\n".join(lines) + "\n"
