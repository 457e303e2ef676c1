"""Random problems: services that depend on each other, with changes to be brought to production."""

from __future__ import annotations

import random
from fractions import Fraction

from goalsmith.domains.formula import And, Atom, Condition, FunctionTerm
from goalsmith.domains.language import Metric, Object, Problem
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
    service_names = [f"service{number}" for number in range(1, services + 1)]
    change_names = [f"change{number}" for number in range(1, changes + 1)]
    flag_names = [f"flag{number}" for number in range(1, flags + 1)]
    guarded = {flag: rng.choice(service_names) for flag in flag_names}

    init = [Atom("depends-on", pair) for pair in _dependencies(rng, service_names)]
    for change in change_names:
        init += _change(rng, change, rng.choice(service_names))
    init += [Atom("guards", pair) for pair in guarded.items()]
    init += [Atom("enabled", (flag,)) for flag in flag_names if rng.random() < 0.3]
    for service in service_names:
        if rng.random() < 0.4:
            init.append(Atom("needs-migration", (service,)))
        if rng.random() < 0.2:
            init.append(Atom("incident-open", (service,)))
    minutes = {
        FunctionTerm("test-minutes", (service,)): Fraction(rng.randint(2, 40))
        for service in service_names
    }

    goal: list[Condition] = [Atom("in-production", (service,)) for service in service_names]
    announced = {service for service in service_names if rng.random() < 0.5}
    goal += [Atom("enabled", (f,)) for f in flag_names if guarded[f] in announced]
    goal += [Atom("announced", (service,)) for service in service_names if service in announced]
    return Problem(
        name=f"software-release-{services}-{changes}-{flags}",
        domain_name="software-release",
        objects=(
            *(Object(name, ("service",)) for name in service_names),
            *(Object(name, ("change",)) for name in change_names),
            *(Object(name, ("flag",)) for name in flag_names),
        ),
        init=tuple(init),
        numbers=(*minutes.items(), (FunctionTerm("total-cost"), Fraction(0))),
        goal=And(tuple(goal)),
        metric=Metric("minimize", FunctionTerm("total-cost")),
    )


def _dependencies(rng: random.Random, services: list[str]) -> list[tuple[str, str]]:
    """Each service with up to two that come before it in the list."""
    pairs = []
    for index, service in enumerate(services):
        count = min(index, rng.randint(0, 2))
        pairs += [(service, other) for other in rng.sample(services[:index], count)]
    return pairs


def _change(rng: random.Random, change: str, service: str) -> list[Atom]:
    """A change that is new, reviewed, or reviewed and merged."""
    done = rng.choice(((), ("reviewed",), ("reviewed", "merged")))
    return [Atom("belongs-to", (change, service)), *(Atom(name, (change,)) for name in done)]
