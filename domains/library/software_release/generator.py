"""Random problems: services that depend on each other, with changes to be brought to production."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import Problem
from goalsmith.domains.library.making import (
    CHEAPEST,
    costs,
    dependencies,
    numbered,
    objects_of,
    of_each,
    placed,
    some,
    statements,
)
from goalsmith.domains.sizes import Size

SIZES = (
    Size("services", 4, 1, 50, "services, all of which go to production"),
    Size("changes", 5, 0, 200, "changes, each of one service"),
    Size("flags", 2, 0, 50, "feature flags, each guarding one service"),
)


def generate(rng: random.Random, services: int, changes: int, flags: int) -> Problem:
    """A problem of those sizes.

    No service depends on itself, not even by way of others, so it has a plan: each service in turn,
    after those that it depends on.
    """
    service_names = numbered("service", services)
    change_names = numbered("change", changes)
    flag_names = numbered("flag", flags)
    guarded = dict(placed(rng, flag_names, service_names))

    init = statements("depends-on", dependencies(rng, service_names))
    for change in change_names:
        init += _change(rng, change, rng.choice(service_names))
    init += statements("guards", guarded.items())
    init += of_each("enabled", some(rng, flag_names, 0.3))
    for service in service_names:
        if rng.random() < 0.4:
            init.append(Atom("needs-migration", (service,)))
        if rng.random() < 0.2:
            init.append(Atom("incident-open", (service,)))
    minutes = costs("test-minutes", {(s,): rng.randint(2, 40) for s in service_names})

    announced = some(rng, service_names, 0.5)
    goal = [
        *of_each("in-production", service_names),
        *of_each("enabled", (flag for flag in flag_names if guarded[flag] in announced)),
        *of_each("announced", announced),
    ]
    return Problem(
        name=f"software-release-{services}-{changes}-{flags}",
        domain_name="software-release",
        objects=objects_of({"service": service_names, "change": change_names, "flag": flag_names}),
        init=tuple(init),
        numbers=minutes,
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )


def _change(rng: random.Random, change: str, service: str) -> list[Atom]:
    """A change that is new, reviewed, or reviewed and merged."""
    done = rng.choice(((), ("reviewed",), ("reviewed", "merged")))
    return [Atom("belongs-to", (change, service)), *(Atom(name, (change,)) for name in done)]
