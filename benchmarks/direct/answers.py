"""Reading a plan out of a model's answer, within bounds.

A plan is one step `(action object …)` to a line. Around steps, numbers and other marks of lists,
marks of emphasis and remarks are tolerated. In a fenced block every line must be a step; of several
blocks with steps the last counts, since models think aloud before they answer. Without such a block
the lines that are steps are the plan, and all others are prose. Thoughts between `<think>` and
`</think>` are no part of an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from goalsmith.benchmarks.direct.results import Came
from goalsmith.domains.diagnostics import Diagnostic, printable
from goalsmith.domains.errors import PddlError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, read_plan

MAX_ANSWER = 100_000
"""Characters that an answer may have, as at an endpoint; a step takes some thirty."""

MAX_STEPS = 2_000
"""Steps that a plan may have; the longest of the competitions' plans have about as many."""

MAX_SAID = 5
"""Findings about an answer that are handed on; more say nothing new."""

_FENCE = re.compile(r"(`{3}|~{3})[`~]*+[^`~()]*+")
_STEP = re.compile(
    r"""(?:(?:step\s*+)?\[?\d++(?:\.\d++)?\]?\s*+[.:)]|[-+*•>])?  # `3.`, `Step 3:`, `0.001:`, `-`
        \s*+[*_`]*+
        (?P<step>\([^()]*+\))
        [*_`]*+\s*+
        (?P<remark>[.,]?|\[[^\]()]*+\]|;.*|[^()]*+)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(r"[.,]?|\[[^\]()]*+\]|;.*", re.DOTALL)
_NAMES = frozenset({"unknown-action", "unknown-object", "arity"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer holds no plan for the task: a sentence for each thing that is wrong."""

    came: Came
    said: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.said)


def read_answer(answer: str, task: Task) -> Plan | Fault:
    """The plan in an answer, or why there is none. An empty block is the plan without steps."""
    if len(answer) > MAX_ANSWER:
        return Fault(Came.TOO_LONG, (f"the answer has more than {MAX_ANSWER} characters",))
    lines = [line.strip() for line in _spoken(answer).splitlines()]
    actions = {action.name.lower() for action in task.domain.actions}
    blocks = _blocks(lines)
    fenced = [b for b in blocks if any(_step(lines[number], actions) for number in b)]
    if fenced:
        # What is no step stays as it is, to be found wrong with its place.
        inside = set(fenced[-1])
        plan = [
            (_step(line, actions) or line) if number in inside else ""
            for number, line in enumerate(lines)
        ]
    else:
        plan = [_step(line, actions) for line in lines]
    if not any(plan):
        if blocks and not any(lines[number] for number in blocks[-1]):
            return Plan()
        return Fault(Came.NO_PLAN, ("no line of the answer is a step such as `(action object …)`",))
    if sum(map(bool, plan)) > MAX_STEPS:
        return Fault(Came.TOO_LONG, (f"the plan has more than {MAX_STEPS} lines",))
    try:
        return read_plan("\n".join(plan), task, "<answer>")
    except PddlError as error:
        known = all(each.code in _NAMES for each in error.diagnostics)
        came = Came.UNKNOWN_STEP if known else Came.NO_PLAN
        return Fault(came, tuple(map(_said, error.diagnostics[:MAX_SAID])))


def _spoken(answer: str) -> str:
    """An answer without the thoughts before it."""
    return answer.rpartition("</think>")[2]


def _blocks(lines: list[str]) -> list[range]:
    """The numbers of the lines in each fenced block; the last may lack its end."""
    blocks: list[range] = []
    start, mark = 0, ""
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if match is None:
            continue
        if not mark:
            start, mark = number + 1, match[1]
        elif match[1] == mark:
            blocks.append(range(start, number))
            mark = ""
    if mark:
        blocks.append(range(start, len(lines)))
    return blocks


def _step(line: str, actions: set[str]) -> str:
    """The step in a line, without what is around it; empty if the line is none.

    In prose a line may begin with an atom, so before a remark only an action makes it a step.
    """
    match = _STEP.fullmatch(line)
    if match is None:
        return ""
    words = match["step"][1:-1].split()
    if not words or not (_BARE.fullmatch(match["remark"]) or words[0].lower() in actions):
        return ""
    return f"({' '.join(words)})"


def _said(finding: Diagnostic) -> str:
    place = "" if finding.position is None else f"line {finding.position.line}: "
    quoted = (
        f" (`{printable(finding.found, 80)}`)" if finding.code in {"plan-line", "arity"} else ""
    )
    hint = f"; {finding.suggestion}" if finding.suggestion else ""
    return printable(f"{place}{finding.message}{quoted}{hint}")
