"""A report's values, put together from the results of stores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from goalsmith.benchmarks.reports.curves import (
    Clock,
    clock_of,
    quality_curve,
    seconds_of,
    solved_curve,
)
from goalsmith.benchmarks.reports.notes import notes_of
from goalsmith.benchmarks.reports.setups import setup_of
from goalsmith.benchmarks.reports.significance import differences, holm
from goalsmith.benchmarks.reports.troubles import endings, troubles
from goalsmith.benchmarks.reports.values import (
    DomainScore,
    DomainTable,
    ReportData,
    Row,
    Scatter,
)
from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.results.results import Results
from goalsmith.benchmarks.scores import Attempt, Scoreboard, Standing, TaskName
from goalsmith.benchmarks.scores.board import (
    AGILE,
    COST,
    COVERAGE,
    EXPANSIONS,
    GAP,
    LENGTH,
    MEMORY,
    QUALITY_OVER_TIME,
    SATISFICING,
    TIME,
    Score,
)
from goalsmith.benchmarks.scores.certainty import Resamples, sign_test, signed_rank_test
from goalsmith.benchmarks.scores.references import NO_REFERENCES
from goalsmith.domains.errors import InputError

MOST_CONFIGURATIONS = 50
"""Configurations of a report: more are not compared by looking."""

MOST_DRAWN = 3_000
"""Tasks that are drawn one by one; of more, every second, third and so on."""

BY_DOMAIN = (COVERAGE, SATISFICING, AGILE)
"""The scores that are shown domain by domain."""

BY_RUN = (SATISFICING, AGILE, QUALITY_OVER_TIME, TIME, MEMORY, EXPANSIONS, GAP)
"""The scores that each run has in a file of all."""

_OF_PLANS = (COST, LENGTH, GAP)
"""Scores that only solved tasks have. Whoever solves just the easy ones would have the better mean,
so that they are taken over the tasks that all have solved."""

_Values = dict[str, dict[TaskName, float]]


def assemble(
    results: Results,
    *,
    sources: Sequence[str] = (),
    references: Mapping[TaskName, float] = NO_REFERENCES,
    official: bool = False,
    compare: tuple[str, str] | None = None,
) -> ReportData:
    """Everything that a report says.

    Args:
        results: the runs.
        sources: what they were read from.
        references: what good plans cost; see `Scoreboard`.
        official: the rules of the competition to the letter; see `Scoreboard`.
        compare: the two configurations in question. Otherwise the leader, which has most tasks
            solved and then the better plans, is compared with each of the others.

    Raises:
        InputError: there are no results, or no such configurations, or too many.
    """
    if not results.rows:
        raise InputError("there are no results to report on")
    attempts = results.attempts
    _check(attempts)
    board = Scoreboard(attempts, references, official=official)
    names = _order(board, compare)
    if len(names) > MOST_CONFIGURATIONS:
        raise InputError(
            f"there are {len(names)} configurations, and a report is for {MOST_CONFIGURATIONS}: "
            "report on fewer stores"
        )
    of_each = {name: [a for a in attempts if a.configuration == name] for name in names}
    facts = board.facts
    tasks = sorted(facts)
    rows = tuple(zip(results.rows, attempts, strict=True))
    values = {s.name: {name: board.values(s, name) for name in names} for s in BY_DOMAIN}
    clock = clock_of(attempts)
    partners = _partners(of_each, compare)
    return ReportData(
        sources=tuple(sources),
        configurations=names,
        tasks=len(tasks),
        setups=tuple(
            setup_of(name, [row for row, attempt in rows if attempt.configuration == name])
            for name in names
        ),
        standings=_standings(board, names),
        pairs=differences([board.compare(*pair) for pair in partners]),
        only=_only(values[COVERAGE.name]),
        domains=tuple(
            _by_domain(score, values[score.name], tasks, partners[0] if partners else None)
            for score in BY_DOMAIN
            if any(values[score.name].values())
        ),
        clock=clock,
        solved=tuple(solved_curve(each, clock) for each in of_each.values()),
        quality=tuple(quality_curve(each, facts) for each in of_each.values()),
        scatter=_scatter(of_each, tasks, clock),
        endings=endings(rows, names),
        troubles=troubles(rows, facts),
        notes=notes_of(results.rows, of_each, board, clock, references),
        rows=tuple(_rows(rows, of_each, board)),
    )


def _check(attempts: Iterable[Attempt]) -> None:
    """Refuses figures that cannot be: stores are files, which anything may have written."""
    for each in attempts:
        figures = each.cost, each.bound, each.wall_seconds, each.cpu_seconds, each.memory_kib
        plans = [figure for plan in each.improvements for figure in (plan.seconds, plan.cost)]
        if each.time_limit <= 0 or not all(
            math.isfinite(figure)
            for figure in (each.time_limit, *figures, *plans)
            if figure is not None
        ):
            raise InputError(
                f"the result of {each.configuration} for {'/'.join(each.task)} has a figure that "
                "is not finite, or no time limit: the store is damaged"
            )


def _partners(
    of_each: Mapping[str, Sequence[Attempt]], compare: tuple[str, str] | None
) -> list[tuple[str, str]]:
    """The pairs that are compared: those that have tasks in common."""
    tasks = {name: {each.task for each in own} for name, own in of_each.items()}
    leader, *others = of_each
    pairs = [compare] if compare else [(leader, other) for other in others]
    found = [(one, other) for one, other in pairs if tasks[one] & tasks[other]]
    if compare and not found:
        raise InputError(f"`{compare[0]}` and `{compare[1]}` have no task in common")
    return found


def _order(board: Scoreboard, compare: tuple[str, str] | None) -> tuple[str, ...]:
    """The configurations: the two in question, or else the leader, and then the others."""
    names = board.configurations
    if compare:
        if compare[0] == compare[1]:
            raise InputError(f"`{compare[0]}` cannot be compared with itself")
        for name in compare:
            board.values(COVERAGE, name)
        return (*compare, *(name for name in names if name not in compare))
    ranks = {
        name: tuple(sum(board.values(s, name).values()) for s in (COVERAGE, SATISFICING, AGILE))
        for name in names
    }
    return tuple(sorted(names, key=lambda name: ranks[name], reverse=True))


def _standings(board: Scoreboard, names: Sequence[str]) -> tuple[Standing, ...]:
    """All scores; those of plans over the tasks for which all that have any have one."""
    found = [s for s in board.standings() if all(s.score != each.name for each in _OF_PLANS)]
    for score in _OF_PLANS:
        values = {name: each for name in names if (each := board.values(score, name))}
        shared = set.intersection(*map(set, values.values())) if values else set()
        # In one order, so that chance is the same for all.
        order = sorted(shared)
        chance = Resamples(len(order))
        for name, each in values.items():
            if order:
                own = [each[task] for task in order]
                found.append(
                    Standing(name, score.name, len(own), sum(own), fmean(own), chance.interval(own))
                )
    return tuple(found)


def _only(solved: _Values) -> tuple[tuple[int, ...], ...]:
    done = [{task for task, value in each.items() if value > 0} for each in solved.values()]
    return tuple(tuple(len(one - other) for other in done) for one in done)


def _by_domain(
    score: Score, values: _Values, tasks: Sequence[TaskName], pair: tuple[str, str] | None
) -> DomainTable:
    domains: dict[str, list[TaskName]] = {}
    for task in tasks:
        domains.setdefault(task[0], []).append(task)
    found = [_domain(score, values, *each, pair) for each in domains.items()]
    adjusted = holm([1.0 if each.p is None else each.p for each in found])
    return DomainTable(
        score.name,
        tuple(
            DomainScore(*(d.domain, d.tasks, d.sums, d.better, d.worse), None if d.p is None else p)
            for d, p in zip(found, adjusted, strict=True)
        ),
    )


def _domain(
    score: Score,
    values: _Values,
    name: str,
    tasks: Sequence[TaskName],
    pair: tuple[str, str] | None,
) -> DomainScore:
    own = [[each[task] for task in tasks if task in each] for each in values.values()]
    sums = tuple(sum(each) if each else None for each in own)
    if pair is None:
        return DomainScore(name, len(tasks), sums)
    one, other = (values[each] for each in pair)
    less = [one[task] - other[task] for task in tasks if task in one and task in other]
    test = sign_test if score is COVERAGE else signed_rank_test
    up, down = sum(d > 0 for d in less), sum(d < 0 for d in less)
    return DomainScore(name, len(tasks), sums, up, down, test(less) if less else None)


def _scatter(
    of_each: Mapping[str, Sequence[Attempt]], tasks: Sequence[TaskName], clock: Clock
) -> Scatter:
    step = -(-len(tasks) // MOST_DRAWN)
    drawn = tuple(tasks[::step])

    def figures(of: Callable[[Attempt], float | None]) -> tuple[tuple[float | None, ...], ...]:
        return tuple(_means(each, drawn, of) for each in of_each.values())

    return Scatter(
        drawn,
        len(tasks),
        figures(lambda attempt: seconds_of(attempt, clock)),
        figures(lambda attempt: attempt.cost),
        figures(lambda attempt: attempt.expansions),
    )


def _means(
    attempts: Iterable[Attempt],
    tasks: Sequence[TaskName],
    of: Callable[[Attempt], float | None],
) -> tuple[float | None, ...]:
    """The mean of a figure over the tries that solved a task."""
    found: dict[TaskName, list[float]] = {}
    for attempt in attempts:
        value = of(attempt) if attempt.solved else None
        if value is not None:
            found.setdefault(attempt.task, []).append(value)
    return tuple(fmean(found[task]) if task in found else None for task in tasks)


def _rows(
    rows: Sequence[tuple[Result, Attempt]],
    of_each: Mapping[str, Sequence[Attempt]],
    board: Scoreboard,
) -> Iterator[Row]:
    says = {
        name: [any(map(score.known_of, attempts)) for score in BY_RUN]
        for name, attempts in of_each.items()
    }
    for row, attempt in rows:
        scores = tuple(
            board.value(score, attempt) if there else None
            for score, there in zip(BY_RUN, says[attempt.configuration], strict=True)
        )
        yield Row(row, attempt, board.facts[attempt.task].best, scores)
