"""The tables of scores: in all, in pairs, by domain, over time."""

from __future__ import annotations

from collections.abc import Sequence

from goalsmith.benchmarks.reports.curves import Curve
from goalsmith.benchmarks.reports.grid import Cell, Column, Table
from goalsmith.benchmarks.reports.significance import Difference, mark
from goalsmith.benchmarks.reports.values import DomainScore, DomainTable, ReportData
from goalsmith.benchmarks.reports.wording import (
    BETTER,
    TITLES,
    by_score,
    interval_text,
    number,
    p_text,
    percent,
    score_text,
    signed,
    winner,
)
from goalsmith.benchmarks.scores.board import COVERAGE, SCORES, Standing

TIMES = (0.1, 1.0, 10.0, 100.0, 1_000.0)
"""Seconds for which a table says how far the configurations had come."""

STARS = "* p < 0.05, ** p < 0.01, *** p < 0.001"
"""What the stars mean."""


def summary(report: ReportData) -> Table:
    """Every score of every configuration, with intervals, and stars against the first."""
    leader = report.configurations[0]
    rows = []
    for score in SCORES:
        own = {s.configuration: s for s in report.standings if s.score == score.name}
        if not own:
            continue
        marks = {
            d.comparison.second: d.mark
            for pair in report.pairs
            if (d := by_score(pair, score.name)) and d.comparison.first == leader
        }
        best = _best(list(own.values()))
        tasks = {s.tasks for s in own.values()}
        over = f"{tasks.pop():,} tasks" if len(tasks) == 1 else "their tasks"
        rows.append(
            (
                Cell(TITLES[score.name], f"{BETTER[score.name]} is better; {over}"),
                *(
                    _standing(own.get(name), best, marks.get(name, ""))
                    for name in report.configurations
                ),
            )
        )
    stars = (
        f" Stars: differs from {leader} over the tasks that both have, {STARS}."
        if report.pairs
        else ""
    )
    return Table(
        "summary",
        "Summary",
        "Means over tasks, with 95 % intervals; the best in bold. Cost, length and gap are over "
        f"the tasks that all have solved.{stars}",
        (Column("score", figures=False), *map(Column, report.configurations)),
        tuple(rows),
    )


def _best(standings: Sequence[Standing]) -> float | None:
    """The best mean, if it is one: of the same tasks, and not that of all."""
    means = {s.mean for s in standings}
    if len(means) < 2 or len({s.tasks for s in standings}) > 1:
        return None
    return (max if BETTER[standings[0].score] == "higher" else min)(means)


def _standing(standing: Standing | None, best: float | None, stars: str) -> Cell:
    if standing is None:
        return Cell("–", tone="dim")
    interval = interval_text(standing.score, standing.interval)
    text = score_text(standing.score, standing.mean)
    if standing.score == COVERAGE.name:
        text = number(standing.total)
        ends = standing.interval
        interval = percent(standing.mean)
        if ends is not None:
            interval += f", {percent(ends.low)} to {percent(ends.high)}"
    return Cell(text, interval, stars, standing.mean == best, value=standing.mean)


def comparison(pair: Sequence[Difference], place: int = 1) -> Table:
    """A pair of configurations, score by score; the pair has at least one."""
    first, second = pair[0].comparison.first, pair[0].comparison.second
    rows = []
    for found in pair:
        each = found.comparison
        better = winner(found)
        clear = better in (first, second) and bool(found.mark)
        rows.append(
            (
                Cell(TITLES[each.score], f"{BETTER[each.score]} is better; {each.tasks:,} tasks"),
                Cell(
                    signed(each.score, each.difference),
                    interval_text(each.score, each.interval),
                    value=each.difference,
                ),
                Cell(f"{each.better:,}", value=each.better),
                Cell(f"{each.worse:,}", value=each.worse),
                Cell(p_text(found.adjusted), value=found.adjusted),
                Cell(
                    better if clear or better in ("equal", "mixed") else "may be chance",
                    mark=found.mark if clear else "",
                    strong=clear,
                    tone="" if clear else "dim",
                ),
            )
        )
    return Table(
        f"comparison-{place}",
        f"{first} against {second}",
        f"Difference: mean of {first} less that of {second}, with its 95 % interval, over the "
        "tasks for which both have a value. p: sign test for tasks solved, Wilcoxon's signed-rank "
        f"test for the others, adjusted for the number of pairs (Holm). {STARS}. Mixed: better "
        "on more tasks, but not by the mean.",
        (
            Column("score", figures=False),
            Column("difference"),
            Column(f"tasks: {first} better"),
            Column(f"tasks: {second} better"),
            Column("p"),
            Column("better", figures=False),
        ),
        tuple(rows),
    )


def by_domain(report: ReportData, table: DomainTable) -> Table:
    """A score's sums domain by domain."""
    pair = report.pairs[0][0].comparison if report.pairs else None
    own = [each.sums for each in table.domains]
    totals = tuple(
        sum(v for v in column if v is not None) if any(v is not None for v in column) else None
        for column in zip(*own, strict=True)
    )
    everything = DomainScore(
        "all domains",
        sum(each.tasks for each in table.domains),
        totals,
        sum(each.better for each in table.domains),
        sum(each.worse for each in table.domains),
    )
    columns = [Column("domain", figures=False), Column("tasks")]
    columns += map(Column, report.configurations)
    note = "Sums over the domain's tasks; the best in bold."
    if pair is not None:
        columns.append(Column(f"{pair.first} : {pair.second}"))
        note += (
            f" Last column: on how many tasks {pair.first} is better, and {pair.second}; stars: "
            f"more than chance, adjusted for the number of domains (Holm), {STARS}."
        )
    return Table(
        f"domains-{table.score}",
        f"By domain: {TITLES[table.score]}",
        note,
        tuple(columns),
        tuple(_domain(each, pair is not None) for each in (*table.domains, everything)),
        sums=1,
    )


def _domain(each: DomainScore, paired: bool) -> tuple[Cell, ...]:
    known = [value for value in each.sums if value is not None]
    best = max(known) if len(set(known)) > 1 else None
    cells = [Cell(each.domain), Cell(f"{each.tasks:,}", value=each.tasks)]
    cells += [
        Cell(
            "–" if value is None else number(round(value, 2), 4),
            strong=value is not None and value == best,
            tone="dim" if value is None else "",
            value=-1.0 if value is None else value,
        )
        for value in each.sums
    ]
    if paired:
        text = f"{each.better:,} : {each.worse:,}"
        cells.append(Cell(text, mark=mark(each.p), value=each.better - each.worse))
    return tuple(cells)


def only(report: ReportData) -> Table:
    """How many tasks one configuration solves and another one does not."""
    names = report.configurations
    rows = []
    for name, counts in zip(names, report.only, strict=True):
        cells = [
            Cell("", tone="dim") if other == name else Cell(f"{count:,}", value=count)
            for other, count in zip(names, counts, strict=True)
        ]
        rows.append((Cell(name), *cells))
    return Table(
        "only",
        "Solved by one and not by the other",
        "Tasks that the configuration of the row solves and that of the column does not.",
        (Column("", figures=False), *map(Column, names)),
        tuple(rows),
    )


def over_time(report: ReportData, name: str) -> Table:
    """How far the configurations had come after some times: `solved` or `quality`."""
    curves: tuple[Curve, ...] = getattr(report, name)
    end = max(curve.points[-1][0] for curve in curves)
    times = [each for each in TIMES if each < end] + [end]
    clock = "wall" if name == "quality" or report.clock == "wall" else "CPU"
    title, note = {
        "solved": (
            "Tasks solved over time",
            f"Tasks with a first plan within so many seconds of {clock} time.",
        ),
        "quality": (
            "Quality over time",
            "Mean of C*/C over all tasks after so many seconds of wall time: the cost of the best "
            "known plan through that of the plan found so far, 0 before the first.",
        ),
    }[name]
    digits = ".3f" if name == "quality" else ""
    return Table(
        name,
        title,
        note,
        (Column("", figures=False), *(Column(f"{each:g} s") for each in times)),
        tuple(
            (
                Cell(curve.configuration),
                *(
                    Cell(f"{y:{digits}}" if digits else number(round(y, 2)), value=y)
                    for y in map(curve.at, times)
                ),
            )
            for curve in curves
        ),
    )
