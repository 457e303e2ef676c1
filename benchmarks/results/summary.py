"""What came of a batch, by domain and by configuration: how much was solved, at which cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores.attempt import TaskName
from goalsmith.domains.outcome import Outcome

if TYPE_CHECKING:
    from rich.table import Table


ENDINGS = ("unsolvable", "out_of_time", "out_of_memory", "no_plan_found", "failed")
"""Counts that a table leaves out where they are all zero."""


@dataclass(frozen=True, slots=True)
class DomainSummary:
    """The results of a domain, of a configuration, or of all, counted.

    Attributes:
        name: the domain's or the configuration's; `total` for the sum of all.
        tasks: results that there are.
        solved: with a validated plan.
        unsolvable: proved to have no plan.
        out_of_time: stopped at the time limit.
        out_of_memory: stopped at the memory limit.
        no_plan_found: given up without a plan or a proof.
        failed: everything else: failures, wrong plans, input that is wrong or not supported.
        cost: the sum of the costs of the plans; None if none was found. By configuration, it is
            over the tasks that all of them solve: otherwise, whoever solves least seems cheapest.
        wall_seconds: the mean over the same tasks, from reading to the validated plan; None if
            there are none.
    """

    name: str
    tasks: int
    solved: int
    unsolvable: int
    out_of_time: int
    out_of_memory: int
    no_plan_found: int
    failed: int
    cost: int | float | None
    wall_seconds: float | None

    @property
    def coverage(self) -> float:
        """The share of the tasks that were solved."""
        return self.solved / self.tasks if self.tasks else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The summaries of the domains, in the order in which the results name them, and of all.

    Of a report by configuration, these take the place of the domains.
    """

    domains: tuple[DomainSummary, ...]
    total: DomainSummary


def sum_up(results: Iterable[Result]) -> Report:
    """Sums up results by domain."""
    return _grouped(results, lambda result: result.domain)


def by_configuration(results: Iterable[Result]) -> Report:
    """Sums up results by configuration."""
    rows = tuple(results)
    tried: dict[str, set[TaskName]] = {}
    unsolved: set[TaskName] = set()
    for row in rows:
        task = row.domain, row.problem
        tried.setdefault(row.configuration, set()).add(task)
        if row.outcome is not Outcome.SOLVED:
            unsolved.add(task)
    shared = set.intersection(*tried.values()) - unsolved if tried else set()
    return _grouped(
        rows,
        lambda result: result.configuration,
        lambda result: (result.domain, result.problem) in shared,
    )


def _grouped(
    results: Iterable[Result],
    group: Callable[[Result], str],
    counts: Callable[[Result], bool] = lambda _: True,
) -> Report:
    """The results in groups; `counts` says which of the solved have a part in costs and times."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(group(result), []).append(result)
    summaries = tuple(_summary(name, each, counts) for name, each in groups.items())
    everything = [result for each in groups.values() for result in each]
    return Report(summaries, _summary("total", everything, counts))


def _summary(
    name: str, results: Sequence[Result], counts: Callable[[Result], bool]
) -> DomainSummary:
    outcomes = Counter(result.outcome for result in results)
    named = (
        Outcome.SOLVED,
        Outcome.UNSOLVABLE,
        Outcome.OUT_OF_TIME,
        Outcome.OUT_OF_MEMORY,
        Outcome.NO_PLAN_FOUND,
    )
    solved = [r for r in results if r.outcome is Outcome.SOLVED and counts(r)]
    costs = [r.cost for r in solved if r.cost is not None]
    return DomainSummary(
        name,
        len(results),
        solved=outcomes[Outcome.SOLVED],
        unsolvable=outcomes[Outcome.UNSOLVABLE],
        out_of_time=outcomes[Outcome.OUT_OF_TIME],
        out_of_memory=outcomes[Outcome.OUT_OF_MEMORY],
        no_plan_found=outcomes[Outcome.NO_PLAN_FOUND],
        failed=sum(count for outcome, count in outcomes.items() if outcome not in named),
        cost=sum(costs) if costs else None,
        wall_seconds=fmean(r.wall_seconds for r in solved) if solved else None,
    )


def cost_text(cost: float | None) -> str:
    """A cost as a person reads it."""
    return "–" if cost is None else f"{cost:.10g}" if isinstance(cost, float) else str(cost)


def table(report: Report) -> Table:
    """The report for a person; in a pipe it is plain text in columns.

    Ways in which no task ended have no column.
    """
    return _table(report, "domain", (*report.domains, report.total))


def configuration_table(report: Report) -> Table:
    """The same of a report by configuration, of which the sum says nothing."""
    figures = ("cost where all solve", "mean seconds there")
    return _table(report, "configuration", report.domains, figures)


def _table(
    report: Report,
    heading: str,
    lines: Sequence[DomainSummary],
    figures: Sequence[str] = ("cost", "mean seconds"),
) -> Table:
    from rich.table import Table
    from rich.text import Text

    total = report.total
    endings = [name for name in ENDINGS if getattr(total, name)]
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column(heading, no_wrap=True)
    for title in (
        "tasks",
        "solved",
        "coverage",
        *(name.replace("_", " ") for name in endings),
        *figures,
    ):
        shown.add_column(title, justify="right")
    for each in lines:
        shown.add_row(
            Text(each.name),
            str(each.tasks),
            str(each.solved),
            f"{each.coverage:.0%}",
            *(str(getattr(each, name)) for name in endings),
            cost_text(each.cost),
            "–" if each.wall_seconds is None else f"{each.wall_seconds:.2f}",
            style="bold" if each is total else "",
        )
    return shown


def coverage_table(results: Iterable[Result]) -> Table:
    """How much each configuration solved of each domain."""
    from rich.table import Table
    from rich.text import Text

    everything = None
    runs: Counter[tuple[str | None, str]] = Counter()
    solved: Counter[tuple[str | None, str]] = Counter()
    for result in results:
        for cell in ((result.domain, result.configuration), (everything, result.configuration)):
            runs[cell] += 1
            solved[cell] += result.outcome is Outcome.SOLVED
    domains = dict.fromkeys(domain for domain, _ in runs if domain is not everything)
    configurations = dict.fromkeys(name for _, name in runs)
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("solved", no_wrap=True)
    for name in configurations:
        shown.add_column(Text(name), justify="right")
    for domain in (*domains, everything):
        cells = [(domain, name) for name in configurations]
        shown.add_row(
            Text(domain or "total"),
            *(f"{solved[cell]}/{runs[cell]}" if cell in runs else "–" for cell in cells),
            style="" if domain else "bold",
        )
    return shown
