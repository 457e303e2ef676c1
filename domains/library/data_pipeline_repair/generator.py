"""Random problems: a pipeline of jobs in which sources were bad and schemas have changed."""

from __future__ import annotations

import random
from itertools import pairwise, product

from goalsmith.domains.formula import And, Atom, Condition, Not
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    costs,
    numbered,
    objects_of,
    of_each,
    some,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("sources", 2, 1, 30, "sources"),
    Size("tables", 3, 1, 50, "tables, each written by a job of its own"),
    Size("days", 2, 1, 31, "days in a row"),
)


def generate(rng: random.Random, sources: int, tables: int, days: int) -> Problem:
    """A problem of those sizes.

    Each table is made from sources and from tables before it, so there is a plan: everything is
    discarded and made again in that order, day by day.
    """
    source_names = numbered("source", sources)
    table_names = numbered("table", tables)
    day_names = numbered("day", days)
    jobs = {f"job{number}": table for number, table in enumerate(table_names, 1)}
    inputs = {
        job: rng.sample([*source_names, *table_names[:index]], min(sources + index, 2))
        for index, job in enumerate(jobs)
    }
    reads = [(job, dataset) for job, datasets in inputs.items() for dataset in datasets]
    outdated = some(rng, reads, 0.2)
    running = some(rng, table_names, 0.4)
    bad = sorted(rng.sample(list(product(source_names, day_names)), (sources * days + 1) // 2))
    wrong = set(bad)
    for job, table in jobs.items():
        wrong |= {(table, d) for d in day_names if any((i, d) in wrong for i in inputs[job])}
        if table in running:
            for previous, day in pairwise(day_names):
                if (table, previous) in wrong:
                    wrong.add((table, day))
    partitions = [(d, day) for d in [*source_names, *table_names] for day in day_names]
    gone = set(some(rng, (p for p in partitions if p in wrong), 0.2))

    goal: list[Condition] = [Atom("validated", p) for p in partitions if p in wrong]
    goal += [Atom("published", (table_names[-1], day)) for day in day_names]
    goal += [Not(Atom("paused", (job,))) for job in jobs if any(j == job for j, _ in outdated)]
    return Problem(
        name=f"data-pipeline-repair-{sources}-{tables}-{days}",
        domain_name="data-pipeline-repair",
        objects=objects_of(
            {"source": source_names, "table": table_names, "job": jobs, "day": day_names}
        ),
        init=(
            *statements("reads", reads),
            *statements("writes", jobs.items()),
            *of_each("running", running),
            *statements("follows", ((day, previous) for previous, day in pairwise(day_names))),
            *statements("loaded", (p for p in partitions if p not in gone)),
            *statements("wrong", (p for p in partitions if p in wrong and p not in gone)),
            *statements("validated", (p for p in partitions if p not in wrong)),
            *statements("outdated", outdated),
            *of_each("paused", some(rng, jobs, 0.3)),
        ),
        numbers=costs("run-minutes", {(job,): rng.randint(3, 60) for job in jobs}),
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
