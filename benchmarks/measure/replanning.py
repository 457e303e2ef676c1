"""Prints what planning again costs, half-way through a plan and after faults, beside Fast Downward.

Usage: replanning.py [DATA] [--seconds S] [--only NAME…] [--json FILE] [--resume FILE]

From the state half-way through a plan, and from states that it may have turned into by a fault,
goalsmith solves the rest of the task, warm, from the state to the validated plan. Beside it stand
Fast Downward's translator and search, as goalsmith runs them (with that alone asked for) and as the
driver does. Faults are seeded. Whether a state is used is for Fast Downward to say, not for us: it
must find a plan, or prove that there is none, within the limit. Contenders take turns; short runs
are repeated and their medians taken.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from contenders import Run, fast_downward, goalsmith_on
from instances import add_data_argument, files
from records import Records
from requirement import Requirement, at_most, median, shown
from turns import in_turn

from goalsmith.domains.formula import Assign, Atom, simple_effects
from goalsmith.domains.language import Object, State, Task, TypeHierarchy
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.reader import load_task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_problem
from goalsmith.solve import Limits, solve

INSTANCES = (
    "blocks/p04", "depot/p02", "driverlog/p03", "elevators-sat08-strips/p03", "freecell/p02",
    "gripper/p03", "logistics00/p04", "logistics98/p02", "miconic/p03", "miconic-fulladl/p02",
    "nomystery-sat11-strips/p02", "openstacks-sat08-adl/p02", "parcprinter-sat11-strips/p02",
    "rovers/p03", "satellite/p03", "schedule/p03", "tpp/p02", "transport-sat08-strips/p02",
    "visitall-sat11-strips/p02", "woodworking-sat08-strips/p03", "zenotravel/p03",
)  # fmt: skip
"""Instances with plans of 15 steps or more, from as many domains."""

TRIES = 8
"""Seeded states of a kind that are looked at until Fast Downward settles one."""

OURS, ENGINE, DRIVER = "goalsmith", "fast-downward alone", "FD driver"
PEERS = (ENGINE, DRIVER)

HALF_WAY, TELEPORT, TWO_PLACES, STATIC = "half-way", "teleport", "two places", "static fact"


class Faults:
    """Makes states that a state may have turned into by a fault, in a seeded order.

    Args:
        task: names the predicates and the objects.
        state: what the world would be in.
        seed: of the order.
    """

    def __init__(self, task: Task, state: State, seed: str) -> None:
        self._dice = random.Random(seed)
        self._state = state
        self._domain = task.domain
        self._hierarchy = TypeHierarchy(task.domain, task.objects)
        effects = (e for a in task.domain.actions for e in simple_effects(a.effects))
        self._fluents = {e.atom.predicate for e in effects if not isinstance(e, Assign)}
        self._kinds = {o.name: self._kind(o) for o in task.objects}

    def _kind(self, thing: Object) -> tuple[frozenset[str], ...]:
        """An object's types, and the static unary predicates that are types in untyped domains."""
        atoms = (a for a in self._state.atoms if a.args == (thing.name,))
        said = frozenset(a.predicate for a in atoms if a.predicate not in self._fluents)
        return frozenset(thing.types), said

    def states(self, kind: str) -> Iterator[State]:
        """The states of a kind. Raises KeyError for another kind."""
        made = {
            HALF_WAY: self._unharmed,
            TELEPORT: self._teleports,
            TWO_PLACES: self._two_places,
            STATIC: self._static_changes,
        }
        return made[kind]()

    def _unharmed(self) -> Iterator[State]:
        yield self._state

    def _teleports(self) -> Iterator[State]:
        """A fluent atom has another object of the type in one place."""
        for old, new in self._swaps(self._relations(fluent=True)):
            yield self._with({new}, {old})

    def _two_places(self) -> Iterator[State]:
        """A fluent atom holds for two objects in the same place of it."""
        for _, new in self._swaps(self._relations(fluent=True)):
            yield self._with({new}, set())

    def _static_changes(self) -> Iterator[State]:
        """An atom that no action changes is missing, or is there besides."""
        atoms = self._relations(fluent=False)
        changed = [self._with(set(), {atom}) for atom in atoms]
        changed += [self._with({new}, set()) for _, new in self._swaps(atoms)]
        self._dice.shuffle(changed)
        yield from changed

    def _with(self, added: set[Atom], removed: set[Atom]) -> State:
        return State((self._state.atoms - removed) | added, self._state.numbers)

    def _relations(self, fluent: bool) -> list[Atom]:
        """The atoms of binary predicates, shuffled; where fluents have none, of unary ones."""
        atoms = [a for a in self._state.atoms if (a.predicate in self._fluents) == fluent]
        chosen = [a for a in atoms if len(a.args) == 2]
        if fluent and not chosen:
            chosen = [a for a in atoms if len(a.args) == 1]
        return self._dice.sample(sorted(chosen), len(chosen))

    def _swaps(self, atoms: list[Atom]) -> Iterator[tuple[Atom, Atom]]:
        """Atoms, each with one that has another object of its kind in the last place."""
        for atom in atoms:
            place = len(atom.args) - 1
            types = self._domain.predicate(atom.predicate).parameters[place].types
            others = [
                swapped
                for name in self._hierarchy.objects_of(types)
                if self._kinds[name] == self._kinds[atom.args[place]]
                and (swapped := Atom(atom.predicate, (*atom.args[:place], name)))
                not in self._state.atoms
            ]
            if others:
                yield atom, self._dice.choice(others)


def half_way(task: Task, plan: Plan) -> State:
    """The state after the first half of a plan."""
    semantics = Semantics(task)
    state = semantics.initial_state()
    for step in plan.steps[: len(plan) // 2]:
        state = semantics.apply(state, step)
    return state


def chosen(task: Task, faults: Faults, kind: str, seconds: float) -> list[State]:
    """The first state of a kind from which Fast Downward finds a plan.

    Before it stands the first that was seen to have none, if there was one; not after a change of a
    static fact.
    """
    solvable: list[State] = []
    unsolvable: list[State] = []
    for _, state in zip(range(TRIES), faults.states(kind), strict=False):
        changed = task.with_state(state)
        if Semantics(changed).goal_holds(state):
            continue
        outcome = solve(changed, engine="fast-downward", limits=Limits(seconds=seconds)).outcome
        if outcome is Outcome.SOLVED:
            solvable.append(state)
            break
        if outcome is Outcome.UNSOLVABLE and kind != STATIC:
            unsolvable.append(state)
    return unsolvable[:1] + solvable


def measure(task: Task, domain: Path, seconds: float) -> dict[str, Run]:
    """All contenders on one task. `domain` is the file that the driver is given."""
    with tempfile.TemporaryDirectory() as name:
        problem = Path(name) / "problem.pddl"
        problem.write_text(write_problem(task.problem), encoding="utf-8")
        return in_turn(
            {
                OURS: partial(goalsmith_on, task, seconds),
                ENGINE: partial(goalsmith_on, task, seconds, "fast-downward"),
                DRIVER: partial(fast_downward, domain, problem, seconds, task),
            }
        )


def measured(instance: str, data: Path, seconds: float) -> list[dict[str, Any]]:
    """A row for each state of an instance that is used."""
    domain, problem = files(data, instance)
    task = load_task(domain, problem)
    # One engine alone, so that the plan is the same at every run.
    plan = solve(task, engine="kairos", limits=Limits(seconds=60.0)).plan
    if plan is None:
        raise SystemExit(f"Kairos finds no plan for {instance}")
    state = half_way(task, plan)
    rows = []
    for kind in (HALF_WAY, TELEPORT, TWO_PLACES, STATIC):
        for each in chosen(task, Faults(task, state, f"{instance} {kind}"), kind, seconds):
            found = measure(task.with_state(each), domain, seconds)
            runs = {name: asdict(run) for name, run in found.items()}
            change = ", ".join(
                [f"+{a}" for a in sorted(each.atoms - state.atoms)]
                + [f"-{a}" for a in sorted(state.atoms - each.atoms)]
            )
            rows.append({"kind": kind, "change": change, "steps": len(plan), "runs": runs})
    return rows


def ratio(row: dict[str, Any]) -> float:
    """Our wall time to Fast Downward's, to the faster of both that come to its outcome."""
    runs = row["runs"]
    outcome = runs[ENGINE]["outcome"]
    peers = (runs[name]["wall"] for name in PEERS if runs[name]["outcome"] == outcome)
    return float(runs[OURS]["wall"] / min(peers))


def show(instance: str, rows: list[dict[str, Any]]) -> None:
    """Prints a line for each state."""
    for row in rows:
        runs = row["runs"]
        walls = "".join(f"{runs[name]['wall']:>20.3f}" for name in (OURS, *PEERS))
        outcomes = " / ".join(dict.fromkeys(runs[n]["outcome"] for n in (OURS, *PEERS)))
        print(
            f"{instance:30}{row['kind']:>12}{walls}{ratio(row):>8.3f}  {outcomes} {row['change']}",
            flush=True,
        )


def requirements(rows: list[dict[str, Any]], instances: int) -> list[Requirement]:
    """What is asked of planning again."""
    solved = [row for row in rows if row["runs"][ENGINE]["solved"]]
    found = []
    for kinds in ((HALF_WAY,), (TELEPORT,), (TWO_PLACES,), (STATIC,), None):
        ratios = [ratio(row) for row in solved if kinds is None or row["kind"] in kinds]
        middle = median(ratios)
        name = "all states" if kinds is None else ", ".join(kinds)
        figure = f"median {shown(middle)}, worst {shown(max(ratios, default=None))}"
        asked = f"wall time to a plan at most 1/10 of Fast Downward's (median), {name}"
        met = at_most(middle, 1 / 10)
        if kinds is None:
            figure += f", {instances} instances"
            met = met and instances >= 12
        found.append(Requirement(asked, f"{figure}, {len(ratios)} states", met))
    every = [ratio(row) for row in rows]
    without = len(rows) - len(solved)
    figure = (
        f"worst {shown(max(every, default=None))}, {sum(r > 1.1 for r in every)} of {len(every)} "
        f"states above it ({without} of them all without a plan)"
    )
    asked = "never more than 1.1 times"
    found.append(Requirement(asked, figure, at_most(max(every, default=None), 1.1)))
    other = [r for r in rows if r["runs"][OURS]["outcome"] != r["runs"][ENGINE]["outcome"]]
    figure = f"{len(rows) - len(other)} of {len(rows)}"
    found.append(Requirement("the same outcome as Fast Downward's", figure, not other))
    return found


def main() -> None:
    """Prints a line for each state, and what is met."""
    arguments = argparse.ArgumentParser()
    add_data_argument(arguments)
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--only", nargs="+", default=INSTANCES, metavar="NAME")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--resume", type=Path)
    given = arguments.parse_args()
    records = Records(given.resume)
    heads = "".join(f"{name:>20}" for name in (OURS, *PEERS))
    print(f"{'wall seconds':30}{'from':>12}{heads}{'ratio':>8}")
    found: dict[str, list[dict[str, Any]]] = {}
    for instance in given.only:
        row = records.find(instance=instance, seconds=given.seconds)
        if row is None:
            states = measured(instance, given.data, given.seconds)
            row = {"instance": instance, "seconds": given.seconds, "states": states}
            records.add(row)
        found[instance] = row["states"]
        show(instance, found[instance])
    every = [row for rows in found.values() for row in rows]
    solved = [row["runs"] for row in every if row["runs"][ENGINE]["solved"]]
    medians = (median(runs[name]["wall"] for runs in solved) for name in (OURS, *PEERS))
    print(f"{'median of those with a plan':42}{''.join(f'{shown(m):>20}' for m in medians)}")
    asked = requirements(every, len(found))
    print(*asked, sep="\n")
    if given.json:
        report = {
            "seconds": given.seconds,
            "instances": found,
            "requirements": [asdict(each) for each in asked],
        }
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
