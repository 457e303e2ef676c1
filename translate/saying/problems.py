"""A whole problem, and the steps of a plan, said in English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goalsmith.domains.language import Domain, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.wording import Wording
from goalsmith.translate.saying.conditions import ConditionSpeaker
from goalsmith.translate.saying.statements import Statements
from goalsmith.translate.saying.states import StateSpeaker, metric_line

MAX_OBJECT_LINES = 12
MAX_STATE_LINES = 24
MAX_GOAL_LINES = 18

MAX_LINE = 600
"""Characters of a line of a problem's text."""


def problem_text(task: Task, wording: Wording) -> str:
    """A whole problem for review: its objects, what holds at first, what is wanted.

    At most 60 lines of 700 characters however large the task: what is left out is counted.
    """
    statements = Statements(task, wording)
    states = StateSpeaker(statements)
    problem = task.problem
    goal = ConditionSpeaker(statements, brief=True).lines(problem.goal) or ("nothing is asked for",)
    metric = () if problem.metric is None else (metric_line(problem.metric),)
    blocks = (
        ("There are:", _bounded(states.object_lines(), MAX_OBJECT_LINES)),
        ("At first:", _bounded(states.state_lines(problem.init, problem.numbers), MAX_STATE_LINES)),
        ("The goal:", (*_bounded(goal, MAX_GOAL_LINES), *map(_short, metric))),
    )
    return "\n".join(line for head, lines in blocks for line in (head, *(f"- {x}" for x in lines)))


def step_lines(steps: Iterable[Step], domain: Domain, wording: Wording) -> tuple[str, ...]:
    """Steps as imperatives, one line each. Raises KeyError for an action the domain lacks."""
    return tuple(wording.step(domain, step) for step in steps)


def _bounded(lines: Sequence[str], limit: int) -> tuple[str, ...]:
    """The first lines, made short, and how many more there are."""
    if len(lines) <= limit:
        return tuple(map(_short, lines))
    return (*map(_short, lines[: limit - 1]), f"… and {len(lines) - limit + 1} lines more")


def _short(line: str) -> str:
    if len(line) <= MAX_LINE:
        return line
    return f"{line[:MAX_LINE]}… and {len(line) - MAX_LINE} characters more"
