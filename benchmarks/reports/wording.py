"""How a report says its figures, and what they come to in a few sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalsmith.benchmarks.reports.significance import Difference, mark
from goalsmith.benchmarks.reports.troubles import WRONG
from goalsmith.benchmarks.reports.values import DomainTable, ReportData
from goalsmith.benchmarks.scores.board import AGILE, COST, COVERAGE, GAP, SATISFICING, SCORES
from goalsmith.benchmarks.scores.certainty import Interval
from goalsmith.domains.diagnostics import listed

TITLES = {
    "coverage": "tasks solved",
    "ipc-satisficing": "plan quality (IPC satisficing)",
    "ipc-agile": "speed (IPC agile)",
    "ipc-optimal": "solved optimally (IPC)",
    "quality-over-time": "quality over time",
    "par2": "PAR2 in seconds",
    "par10": "PAR10 in seconds",
    "log-time": "time score (Lab)",
    "log-memory": "memory score (Lab)",
    "log-expansions": "expansions score (Lab)",
    "cost": "plan cost",
    "plan-length": "plan length",
    "gap": "gap to the proved bound",
}
"""What a reader calls the scores."""

BETTER = {score.name: "higher" if score.more_is_better else "lower" for score in SCORES}
"""Which values of a score are better."""

MOST_NAMED = 6
"""Names that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a report's answer: what about, and what is said; `good` and `bad` are shown so."""

    about: str
    text: str
    tone: str = ""


def number(value: float | None, digits: int = 3) -> str:
    """A figure with some significant digits; large ones in full."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.{digits}g}"


def score_text(score: str, value: float) -> str:
    """A score's mean: shares of 1 with three digits behind the point, others with two."""
    share = BETTER[score] == "higher" or score == GAP.name
    return f"{value:.3f}" if share else f"{value:,.2f}"


def interval_text(score: str, interval: Interval | None) -> str:
    """The ends of an interval; empty if there is none."""
    if interval is None:
        return ""
    return (
        f"{_minus(score_text(score, interval.low))} to {_minus(score_text(score, interval.high))}"
    )


def percent(share: float) -> str:
    """A share of 1 in per cent."""
    return f"{_minus(f'{100 * share:.1f}')} %"


def _minus(figure: str) -> str:
    return figure.replace("-", "−")


def signed(score: str, value: float) -> str:
    """A difference, with its sign."""
    text = score_text(score, abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def p_text(p: float) -> str:
    """A p-value as it is usually given."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def winner(difference: Difference) -> str:
    """Which of two is better by a score: a name, `equal`, or `mixed` where mean and counts differ.

    It is said without regard to chance.
    """
    each = difference.comparison
    if each.better == each.worse == 0:
        return "equal"
    gain = each.difference if BETTER[each.score] == "higher" else -each.difference
    if gain >= 0 and each.better > each.worse:
        return each.first
    if gain <= 0 and each.better < each.worse:
        return each.second
    return "mixed"


def by_score(pair: Sequence[Difference], score: str) -> Difference | None:
    """The difference of a pair in a score."""
    return next((each for each in pair if each.comparison.score == score), None)


def answer(report: ReportData) -> tuple[Statement, ...]:
    """What a report comes to: what went wrong, who is better, where, and whether that is sure."""
    found = [_wrong(report), _solved(report)]
    if report.pairs:
        first = report.pairs[0]
        where = [_where(table, report) for table in report.domains]
        found += [s for s in (_coverage(first), _plans(first), _speed(first), *where) if s]
    if len(report.pairs) > 1:
        found.append(_others(report))
    return tuple(found)


def _solved(report: ReportData) -> Statement:
    own = {s.configuration: s for s in report.standings if s.score == COVERAGE.name}
    said: list[str] = []
    for name in report.configurations[:MOST_NAMED]:
        of = f" of {own[name].tasks:,} tasks" if not said else ""
        verb = " solves" if not said else ""
        said.append(f"{name}{verb} {number(own[name].total)}{of} ({percent(own[name].mean)})")
    more = len(report.configurations) - MOST_NAMED
    rest = f"; of {more} more the summary tells" if more > 0 else ""
    return Statement("Solved", f"{listed(said)}{rest}.")


def _coverage(pair: Sequence[Difference]) -> Statement | None:
    found = by_score(pair, COVERAGE.name)
    if found is None:
        return None
    each = found.comparison
    first, second = each.first, each.second
    if each.difference < 0:
        first, second = second, first
    if not each.difference:
        return Statement(
            "Coverage",
            f"{first} and {second} solve equally many of the {each.tasks:,} tasks that both tried.",
        )
    points = f"{100 * abs(each.difference):.1f} percentage points"
    if each.interval is not None:
        sign = 1 if each.difference > 0 else -1
        ends = sorted(sign * 100 * end for end in (each.interval.low, each.interval.high))
        points += f", 95 % interval {_minus(f'{ends[0]:.1f}')} to {_minus(f'{ends[1]:.1f}')}"
    count = number(abs(each.difference) * each.tasks)
    return Statement(
        "Coverage",
        f"{first} solves {count} more than {second} ({points}). {_certainty(found)}",
        "good" if found.mark else "",
    )


def _certainty(found: Difference) -> str:
    p = p_text(found.adjusted)
    p = p if p.startswith("<") else f"= {p}"
    return f"That is significant (p {p})." if found.mark else f"That may be chance (p {p})."


def _plans(pair: Sequence[Difference]) -> Statement | None:
    found = by_score(pair, COST.name)
    if found is None:
        return None
    each = found.comparison
    if each.better == each.worse == 0:
        return Statement(
            "Plans", f"On the {each.tasks:,} tasks that both solve, their plans cost the same."
        )
    sides = (each.better, each.first), (each.worse, each.second)
    (most, ahead), (least, behind) = sides if each.better >= each.worse else sides[::-1]
    return Statement(
        "Plans",
        f"On the {each.tasks:,} tasks that both solve, {ahead} has the cheaper plan for {most:,} "
        f"and {behind} for {least:,}. {_certainty(found)}",
        "good" if found.mark else "",
    )


def _speed(pair: Sequence[Difference]) -> Statement | None:
    found = by_score(pair, AGILE.name)
    if found is None:
        return None
    better = winner(found)
    each = found.comparison
    if better not in (each.first, each.second):
        return Statement(
            "Speed", f"By IPC agile, neither {each.first} nor {each.second} is clearly ahead."
        )
    other = each.second if better == each.first else each.first
    return Statement(
        "Speed",
        f"By IPC agile, {better} is ahead of {other} by "
        f"{score_text(each.score, abs(each.difference))} on average. {_certainty(found)}",
        "good" if found.mark else "",
    )


def _where(table: DomainTable, report: ReportData) -> Statement | None:
    about = {COVERAGE.name: "solves more tasks", SATISFICING.name: "has the higher plan quality"}
    if table.score not in about:
        return None
    pair = report.pairs[0][0].comparison
    sides = (
        (pair.first, [d for d in table.domains if d.better > d.worse]),
        (pair.second, [d for d in table.domains if d.worse > d.better]),
    )
    if not any(domains for _, domains in sides):
        return None
    said: list[str] = []
    for name, domains in sides:
        clear = [d.domain for d in domains if mark(d.p)]
        sure = f", significantly in {_few(clear)}" if clear else ""
        of = f" of {len(table.domains)} domains" if not said else ""
        verb = f" {about[table.score]}" if not said else ""
        said.append(f"{name}{verb} in {len(domains)}{of}{sure}")
    if not any(mark(d.p) for d in table.domains):
        said[-1] += "; in no single one significantly"
    return Statement("Where", f"{'; '.join(said)}.")


def _others(report: ReportData) -> Statement:
    leader = report.configurations[0]
    more: list[str] = []
    fewer: list[str] = []
    unclear: list[str] = []
    for pair in report.pairs:
        found = by_score(pair, COVERAGE.name)
        if found is not None:
            # On the tasks that both tried, the leader may be behind.
            clear = more if found.comparison.difference > 0 else fewer
            (clear if found.mark else unclear).append(found.comparison.second)
    said = [
        f"solves significantly {what} tasks than {_few(names)}"
        for what, names in (("more", more), ("fewer", fewer))
        if names
    ]
    if unclear:
        said.append(f"does not differ significantly in tasks solved from {_few(unclear)}")
    return Statement("Others", f"{leader} {'; it '.join(said)}.")


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)


def _wrong(report: ReportData) -> Statement:
    runs = len(report.rows)
    if not report.troubles:
        return Statement("Errors", f"None. All {runs:,} runs ended in ways that are explained.")
    wrong = sum(each.runs for each in report.troubles if each.kind == WRONG)
    answers = f", {wrong:,} of them with wrong answers" if wrong else ""
    return Statement(
        "Errors",
        f"{report.unexplained:,} of {runs:,} runs ended in a way that nobody explained{answers}. "
        "Look into them before you use a figure.",
        "bad",
    )
