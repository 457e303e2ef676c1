"""Steps and plans, and the plan files of the planning competitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.diagnostics import MAX_FINDINGS, Diagnostic, Source, did_you_mean
from goalsmith.domains.errors import InputError, PddlError
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

    def _repr_html_(self) -> str:
        """The plan as notebooks show it."""
        from goalsmith.domains.notebook import plan_html

        return plan_html(self)


MAX_TEXT = 16 * 2**20
"""Characters of a plan read at most; a step takes some thirty."""

_LINE = re.compile(
    r"""(?:\[?\d++(?:\.\d++)?\]?\s*+:\s*+    # a step number or timestamp: `3:` or `0.001:`
        |\d++[.)]\s++)?                      # a number as in a list: `3. `
        \((?P<words>[^()]*+)\)
        \s*+(?:\[[^\]]*+\]?)?$              # a duration `[1.0]`, or `[D:1; C:0]` up to the `;`
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"\S+")


def read_plan(text: str, task: Task, name: str = "<plan>") -> Plan:
    """The plan in a text of the competitions' format: one `(action object …)` to a line.

    Comments (`; cost = …`), step numbers, timestamps and durations are tolerated. Names are matched
    without regard to case and come back as the task declares them.

    Raises:
        PddlError: a line is not a step, or names an unknown action or object, or has the wrong
            number of objects; all such findings at once.
        InputError: the text is longer than MAX_TEXT.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"{name} is too long: more than {MAX_TEXT} characters")
    source = Source.of(text.removeprefix("\ufeff"), name)
    actions = {a.name.lower(): a for a in task.domain.actions}
    objects = {o.name.lower(): o.name for o in task.objects}
    steps: list[Step] = []
    wrong: list[Diagnostic] = []

    def report(offset: int, code: str, message: str, found: str, suggestion: str = "") -> None:
        position = source.position(offset)
        wrong.append(
            Diagnostic(
                code,
                message,
                source=name,
                position=position,
                length=len(found),
                snippet=source.snippet(position),
                found=found,
                suggestion=suggestion,
            )
        )

    start = 0
    for line in source.text.splitlines(keepends=True):
        content = line.split(";", 1)[0]
        offset = start + len(content) - len(content.lstrip())
        start += len(line)
        content = content.strip()
        if not content:
            continue
        if len(wrong) >= MAX_FINDINGS:
            break
        match = _LINE.match(content)
        words = list(_WORD.finditer(content, *match.span("words"))) if match else []
        if not words:
            hint = "write one `(action object …)` to a line"
            report(offset, "plan-line", "this line is not a step", content, hint)
            continue
        head, *args = (w.group() for w in words)
        action = actions.get(head.lower())
        unknown = [w for w in words[1:] if w.group().lower() not in objects]
        if action is None:
            hint = did_you_mean(head, (a.name for a in actions.values()), "action")
            at = offset + words[0].start()
            report(at, "unknown-action", f"unknown action `{head}`", head, hint)
        elif len(args) != len(action.parameters):
            takes = f"{len(action.parameters)} object" + "s" * (len(action.parameters) != 1)
            report(offset, "arity", f"`{action.name}` takes {takes}, not {len(args)}", content)
        elif unknown:
            for word in unknown:
                hint = did_you_mean(word.group(), objects.values(), "object")
                message = f"unknown object `{word.group()}`"
                report(offset + word.start(), "unknown-object", message, word.group(), hint)
        else:
            steps.append(Step(action.name, tuple(objects[a.lower()] for a in args)))
    if wrong:
        raise PddlError(wrong[:MAX_FINDINGS])
    return Plan(tuple(steps))


def write_plan(plan: Plan, cost: str | None = None) -> str:
    """The plan in the competitions' format, with its cost in a closing comment if given."""
    lines = [str(step) for step in plan]
    if cost is not None:
        lines.append(f"; cost = {cost}")
    return "\n".join(lines) + "\n"
