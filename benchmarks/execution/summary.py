"""Trials summed up by rate, domain and method, and what is asked of the policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from goalsmith.benchmarks.execution.trials import Method, Row, Standing

FEWER_REPLANS = 0.4
"""The share of its replans that `relevant` is asked to save, compared with `strict`."""


@dataclass(frozen=True, slots=True)
class Group:
    """The trials of one method, counted.

    Attributes:
        domain: whose trials they are; empty for all.
        rate: at which things went wrong in them; None for all rates.
        method: the method.
        trials: how many there are.
        reached: how many ended in the goal.
        unreachable: how many ended where it is proved that no plan leads to the goal.
        given_up: how many ended where there is one.
        unknown: how many ended where neither is known.
        executed: the mean number of steps executed in those that ended in the goal; None for none.
        excess: the same as a multiple of the steps planned.
        replans: the mean number of replans in all trials.
        replan_seconds: the mean time for a replan; None where there was none.
        slowest_replan: the longest.
        distance: the mean distance between a plan and the one in its place; None without revisions.
        kept: the share of the steps left that the plans in their place kept.
    """

    domain: str
    rate: float | None
    method: Method
    trials: int
    reached: int
    unreachable: int
    given_up: int
    unknown: int
    executed: float | None
    excess: float | None
    replans: float
    replan_seconds: float | None
    slowest_replan: float
    distance: float | None
    kept: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`relevant` beside `strict`, on the cases with faults that both brought to their goal.

    Attributes:
        domain: whose cases they are; empty for all.
        cases: how many there are.
        strict_replans, relevant_replans: all together.
        strict_executed, relevant_executed: the steps, all together.
    """

    domain: str
    cases: int
    strict_replans: int
    relevant_replans: int
    strict_executed: int
    relevant_executed: int

    @property
    def saved(self) -> float | None:
        """The share of replans that `relevant` does without; None if `strict` needed none."""
        if not self.strict_replans:
            return None
        return 1 - self.relevant_replans / self.strict_replans


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is asked of the policies, what was found, and whether that is enough."""

    asked: str
    found: str
    met: bool

    def __str__(self) -> str:
        return f"{'met    ' if self.met else 'NOT MET'}  {self.asked}: {self.found}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of trials.

    Attributes:
        by_rate: by rate and method, all domains together.
        by_domain: by domain and method, all rates together.
        comparisons: `relevant` beside `strict` by domain, and last of all of them.
        requirements: what is asked, as far as there are trials of it.
    """

    by_rate: tuple[Group, ...]
    by_domain: tuple[Group, ...]
    comparisons: tuple[Comparison, ...]
    requirements: tuple[Requirement, ...]


def sum_up(rows: Iterable[Row]) -> Summary:
    """Sums trials up."""
    rows = tuple(rows)
    methods = [method for method in Method if any(row.method is method for row in rows)]
    rates = sorted({row.rate for row in rows})
    domains = sorted({_name(row) for row in rows})
    by_rate = tuple(
        _group("", rate, method, [r for r in rows if r.rate == rate and r.method is method])
        for rate in rates
        for method in methods
    )
    by_domain = tuple(
        _group(name, None, method, [r for r in rows if _name(r) == name and r.method is method])
        for name in domains
        for method in methods
    )
    compared = tuple(
        _compared(name, [r for r in rows if name in ("", _name(r))]) for name in (*domains, "")
    )
    comparisons = tuple(each for each in compared if each.cases)
    return Summary(by_rate, by_domain, comparisons, _requirements(rows, comparisons))


def _name(row: Row) -> str:
    return f"{row.domain}/{row.instance}"


def _group(domain: str, rate: float | None, method: Method, rows: Sequence[Row]) -> Group:
    standings = Counter(row.standing for row in rows)
    reached = [row for row in rows if row.standing is Standing.REACHED]
    replans, revisions = sum(r.replans for r in rows), sum(r.revisions for r in rows)
    old, new, kept = (
        sum(r.old_steps for r in rows),
        sum(r.new_steps for r in rows),
        sum(r.kept_steps for r in rows),
    )
    return Group(
        domain,
        rate,
        method,
        len(rows),
        len(reached),
        standings[Standing.UNREACHABLE],
        standings[Standing.GIVEN_UP],
        standings[Standing.UNKNOWN],
        fmean(r.executed for r in reached) if reached else None,
        sum(r.executed for r in reached) / sum(r.plan_length for r in reached) if reached else None,
        replans / len(rows) if rows else 0.0,
        sum(r.replan_seconds for r in rows) / replans if replans else None,
        max((r.slowest_replan for r in rows), default=0.0),
        (old + new - 2 * kept) / revisions if revisions else None,
        kept / old if old else None,
    )


def _compared(domain: str, rows: Sequence[Row]) -> Comparison:
    def reached(method: Method) -> dict[tuple[str, int, float, str], Row]:
        return {
            (_name(r), r.seed, r.rate, r.kinds): r
            for r in rows
            if r.method is method and r.standing is Standing.REACHED and r.rate > 0
        }

    strict, relevant = reached(Method.STRICT), reached(Method.RELEVANT)
    both = strict.keys() & relevant.keys()
    return Comparison(
        domain,
        len(both),
        sum(strict[case].replans for case in both),
        sum(relevant[case].replans for case in both),
        sum(strict[case].executed for case in both),
        sum(relevant[case].executed for case in both),
    )


def _requirements(
    rows: Sequence[Row], comparisons: Sequence[Comparison]
) -> tuple[Requirement, ...]:
    found = []
    for method in (Method.STRICT, Method.RELEVANT):
        of_it = [row for row in rows if row.method is method]
        if of_it:
            standings = Counter(row.standing for row in of_it)
            short = standings[Standing.GIVEN_UP] + standings[Standing.UNKNOWN]
            found.append(
                Requirement(
                    f"`{method}` reaches every goal that is still reachable",
                    f"{standings[Standing.REACHED]} of {len(of_it)} reached, "
                    f"{standings[Standing.UNREACHABLE]} proved out of reach, {short} otherwise",
                    not short,
                )
            )
    total = comparisons[-1] if comparisons else None
    if total is not None and total.saved is not None:
        found.append(
            Requirement(
                f"`relevant` needs {FEWER_REPLANS:.0%} fewer replans than `strict`",
                f"{total.saved:.1%} fewer ({total.relevant_replans} instead of "
                f"{total.strict_replans}) in {total.cases} cases",
                total.saved >= FEWER_REPLANS,
            )
        )
        found.append(
            Requirement(
                "`relevant` executes no more steps than `strict`",
                f"{total.relevant_executed} and {total.strict_executed}",
                total.relevant_executed <= total.strict_executed,
            )
        )
    return tuple(found)
