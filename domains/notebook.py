"""Tasks and plans as HTML, for notebooks: escaped, bounded, and without colours of its own.

Notebooks are light or dark, so what is less important is fainter, and nothing has a background.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.writer import write_condition

MOST_ROWS = 50
"""Rows and facts that are shown; the others are counted."""

LONGEST_CELL = 300
"""Characters of one text that are shown."""

_CELL = "text-align:left"
"""Notebooks set cells to the right."""


def plan_html(plan: Plan) -> str:
    """The steps of a plan, numbered."""
    if not plan.steps:
        return heading("Plan", "no steps: what is wanted holds already")
    rows = ((number, step) for number, step in enumerate(plan, 1))
    return heading("Plan", counted(len(plan), "step")) + table((), rows, len(plan))


def task_html(task: Task) -> str:
    """A task: its goal, and to be unfolded its objects and what holds initially."""
    problem = task.problem
    types: dict[tuple[str, ...], list[str]] = {}
    for each in task.objects:
        types.setdefault(each.types, []).append(each.name)
    objects = (
        (" or ".join(kinds), f"{', '.join(names[:MOST_ROWS])}{_more(names)}")
        for kinds, names in types.items()
    )
    facts = [*map(str, problem.init), *(f"(= {term} {value})" for term, value in problem.numbers)]
    parts = [
        heading("Task", f"{problem.name}, in domain {task.domain.name}"),
        table((), [("goal", write_condition(problem.goal))], 1),
        folded(counted(len(task.objects), "object"), table((), objects, len(types))),
        folded(
            f"{counted(len(facts), 'fact')} that hold initially",
            table((), ((fact,) for fact in facts), len(facts)),
        ),
    ]
    return "".join(parts)


# What tables are made of


def heading(title: str, about: str) -> str:
    """A line above a table: what it is, and something about it."""
    return f"<div><b>{cell(title)}</b> <span style='opacity:.7'>{cell(about)}</span></div>"


def folded(summary: str, content: str) -> str:
    """What is only shown when it is asked for."""
    return f"<details><summary>{cell(summary)}</summary>{content}</details>"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], count: int) -> str:
    """The first rows of a table, and how many more there are.

    Args:
        titles: of the columns; none for a table without a head.
        rows: the cells of each row.
        count: of all rows.
    """
    head = "".join(f"<th style='{_CELL}'>{cell(title)}</th>" for title in titles)
    body = "".join(
        "<tr>" + "".join(f"<td style='{_CELL}'>{cell(each)}</td>" for each in row) + "</tr>"
        for row in islice(rows, MOST_ROWS)
    )
    top = f"<thead><tr>{head}</tr></thead>" if titles else ""
    left = count - MOST_ROWS
    more = f"<div style='opacity:.7'>and {left} more</div>" if left > 0 else ""
    return f"<table>{top}<tbody>{body}</tbody></table>{more}"


def cell(content: object) -> str:
    """A text made safe to show, and shortened."""
    return escape(printable(str(content), LONGEST_CELL))


def counted(count: int, what: str) -> str:
    """A number with its noun."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _more(names: Sequence[str]) -> str:
    return f" and {len(names) - MOST_ROWS} more" if len(names) > MOST_ROWS else ""
