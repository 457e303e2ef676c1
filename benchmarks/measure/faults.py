"""Prints what becomes of a world in which a single effect of a step is lost.

Usage: faults.py [DOMAIN …], by default every domain of the library. For every step of Kairos's
plans for a domain's first two instances, each atom that the step deletes or adds is left as it was,
that one alone, and the task is solved again from there. A row counts the states that arise so: how
many still have a plan, how many are proved to have none, and how many remain open.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from goalsmith.domains.language import State, Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve import Limits, solve

INSTANCES = 2
"""Instances of each domain, the first ones."""

LIMITS = Limits(seconds=60.0)

KINDS = ("deletion", "addition")


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost, one of KINDS, and the state that the world is in instead."""

    kind: str
    state: State


def losses(task: Task, plan: Plan) -> Iterator[Loss]:
    """Every loss of a single changed atom along a plan. What comes before it goes as planned."""
    semantics = Semantics(task)
    facts = semantics.facts(semantics.initial_state())
    for step in plan:
        changes = semantics.perform(facts, step)
        state = semantics.state(facts)
        for atom, becomes_true in changes.atoms():
            if becomes_true:
                yield Loss("addition", State(state.atoms - {atom}, state.numbers))
            else:
                yield Loss("deletion", State(state.atoms | {atom}, state.numbers))


def outcomes(domain: str) -> Counter[tuple[str, Outcome]]:
    """How solving again ended, for each kind of loss. Raises SystemExit without plans."""
    counts: Counter[tuple[str, Outcome]] = Counter()
    for instance in bundled(domain).instances[:INSTANCES]:
        # One engine alone, so that the plan is the same at every run.
        plan = solve(instance.task, engine="kairos", limits=LIMITS).plan
        if plan is None:
            raise SystemExit(f"Kairos finds no plan for {domain}/{instance.name}")
        for loss in losses(instance.task, plan):
            solution = solve(instance.task.with_state(loss.state), limits=LIMITS)
            counts[loss.kind, solution.outcome] += 1
    return counts


def show(name: str, counts: Counter[tuple[str, Outcome]]) -> None:
    """Prints a row for each kind of loss."""
    for kind in KINDS:
        states = sum(number for (each, _), number in counts.items() if each == kind)
        solvable = counts[kind, Outcome.SOLVED]
        unsolvable = counts[kind, Outcome.UNSOLVABLE]
        rest = states - solvable - unsolvable
        print(
            f"{name:22} {kind:9} {states:>7} {solvable:>9} {unsolvable:>11} {rest:>5}", flush=True
        )


def main() -> None:
    """Prints the rows of each domain, and of all together."""
    print(f"{'domain':22} {'lost':9} {'states':>7} {'solvable':>9} {'unsolvable':>11} {'open':>5}")
    together: Counter[tuple[str, Outcome]] = Counter()
    for domain in sys.argv[1:] or names():
        counts = outcomes(domain)
        show(domain, counts)
        together += counts
    show("together", together)


if __name__ == "__main__":
    main()
