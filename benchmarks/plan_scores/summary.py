"""The scores of many plans, counted, and shown in a table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.benchmarks.plan_scores.scoring import PlanScore, Verdict
from goalsmith.benchmarks.results.summary import cost_text
from goalsmith.solve.solution import number

if TYPE_CHECKING:
    from rich.table import Table

LONGEST_REASON = 300
"""Characters of a reason in a table; plain data has all of it."""

_STYLES = {Verdict.VALID: "green", Verdict.INVALID: "red"}


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The scores of plans, counted.

    Attributes:
        plans: all files.
        valid: plans that do what they claim.
        invalid: plans that can be read and fail.
        unreadable: files that are no plans for their tasks.
        no_task: files of which it is unclear what they are for.
        score: the sum of the scores.
        mean_score: the mean over the plans whose task is clear; None if there are none.
    """

    plans: int
    valid: int
    invalid: int
    unreadable: int
    no_task: int
    score: float
    mean_score: float | None


def sum_up(rows: Sequence[PlanScore]) -> PlanSummary:
    """Counts the scores."""
    verdicts = Counter(row.verdict for row in rows)
    scores = [row.score for row in rows if row.score is not None]
    total = math.fsum(scores)
    return PlanSummary(
        len(rows),
        verdicts[Verdict.VALID],
        verdicts[Verdict.INVALID],
        verdicts[Verdict.UNREADABLE],
        verdicts[Verdict.NO_TASK],
        total,
        total / len(scores) if scores else None,
    )


def fields(row: PlanScore) -> dict[str, object]:
    """A score as plain data."""
    return {
        "file": row.file,
        "domain": row.domain,
        "problem": row.problem,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "length": row.length,
        "cost": number(row.cost),
        "reference": row.reference,
        "score": row.score,
        "bound": number(row.bound),
        "gap": row.gap,
        "makespan": row.makespan,
        "needless": row.needless,
        "needless_share": row.needless_share,
        "prefix": row.prefix,
        "to_goal": row.to_goal,
        "remark": row.remark,
    }


def table(rows: Sequence[PlanScore]) -> Table:
    """The scores for a person; in a pipe it is plain text in columns.

    What no plan has is no column.
    """
    from rich.table import Table
    from rich.text import Text

    cells = [_cells(row) for row in rows]
    said = [title for title in cells[0] if any(each[title] for each in cells)] if cells else []
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("plan", overflow="fold")
    shown.add_column("task", no_wrap=True)
    shown.add_column("verdict", no_wrap=True)
    for title in said:
        shown.add_column(title, justify="left" if title == "reason" else "right")
    for row, each in zip(rows, cells, strict=True):
        task = "/".join(row.task) if row.domain or row.problem else "–"
        shown.add_row(
            Text(row.file),
            Text(task),
            Text(row.verdict.value, style=_STYLES.get(row.verdict, "yellow")),
            *(Text(each[title] or ("" if title == "reason" else "–")) for title in said),
        )
    return shown


def _cells(row: PlanScore) -> dict[str, str]:
    """What stands in a row, by title; empty where there is nothing to say."""
    reason = " ".join("; ".join(filter(None, (row.reason, row.remark))).split())
    if len(reason) > LONGEST_REASON:
        reason = reason[:LONGEST_REASON] + "…"
    return {
        "steps": _text(row.length),
        "cost": "" if row.cost is None else cost_text(number(row.cost)),
        "best known": "" if row.reference is None else f"{row.reference:.10g}",
        "score": "" if row.score is None else f"{row.score:.3f}",
        "bound": "" if row.bound is None else cost_text(number(row.bound)),
        "gap": "" if row.gap is None else f"{row.gap:.1%}",
        "stages": _text(row.makespan),
        "needless": _text(row.needless),
        "valid up to": _text(row.prefix),
        "to the goal": _text(row.to_goal),
        "reason": reason,
    }


def _text(count: int | None) -> str:
    return "" if count is None else str(count)
