"""Random problems: services that depend on each other, some with faults, and alerts."""

from __future__ import annotations

import random

from goalsmith.domains.formula import And, Atom, Condition, Not
from goalsmith.domains.language import Object, Problem
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
    Size("services", 4, 1, 50, "services"),
    Size("faults", 3, 1, 50, "active faults, each of one service"),
    Size("engineers", 2, 1, 20, "engineers, between whom the services are divided"),
)

KINDS = ("bad-deploy", "overload", "corrupt-data")


def generate(rng: random.Random, services: int, faults: int, engineers: int) -> Problem:
    """A problem of those sizes.

    No service depends on itself, not even by way of others, and each has somebody on call, so it
    has a plan: each service in turn, after those on which it depends.
    """
    service_names = numbered("service", services)
    engineer_names = numbered("engineer", engineers)
    fault_names = numbered("fault", faults)
    depends = dependencies(rng, service_names)
    affects = placed(rng, fault_names, service_names)
    hit = {service for _, service in affects}
    for service in service_names:
        if any(other in hit for each, other in depends if each == service):
            hit.add(service)
    alerting = some(rng, (service for service in service_names if service in hit), 0.8)

    goal: list[Condition] = [Not(Atom("impaired", (s,))) for s in service_names if s in hit]
    goal += [Not(Atom("alerting", (service,))) for service in alerting]
    goal += of_each("written-up", some(rng, fault_names, 0.6))
    goal += of_each("informed", some(rng, alerting, 0.4))
    if rng.random() < 0.5:
        goal += [Not(Atom("paged", (engineer,))) for engineer in engineer_names]
    return Problem(
        name=f"incident-response-{services}-{faults}-{engineers}",
        domain_name="incident-response",
        objects=(
            *objects_of({"service": service_names, "engineer": engineer_names}),
            *(Object(fault, (rng.choice(KINDS),)) for fault in fault_names),
        ),
        init=(
            *statements("depends-on", depends),
            *of_each("critical", some(rng, service_names, 0.4)),
            *statements("on-call", ((rng.choice(engineer_names), s) for s in service_names)),
            *statements("affects", affects),
            *of_each("active", fault_names),
            *of_each("alerting", alerting),
        ),
        numbers=costs("diagnosis-minutes", {(fault,): rng.randint(5, 60) for fault in fault_names}),
        goal=And(tuple(goal)),
        metric=CHEAPEST,
    )
