"""Prints what comparing problems costs, and how often it is right, on recorded problems.

Usage: equivalence.py DATA [CASES], the folder of test data and the number of seeded renamings and
of seeded changes (5000 by default). Times are CPU milliseconds. Answers are checked against all
reachable states, for tasks that have few.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from goalsmith.domains.equivalence import compare
from goalsmith.domains.equivalence.verdict import Comparison, Verdict
from goalsmith.domains.formula import And, Atom, Condition, Not, Or, conjuncts
from goalsmith.domains.language import State, Task, TypeHierarchy
from goalsmith.domains.reader import read_task
from goalsmith.domains.renaming import lowered, renamed
from goalsmith.domains.semantics import Semantics

MOST_STATES = 3_000
"""Tasks with more reachable states are not checked."""

SMALL = 60
"""Objects and initial atoms of a task whose reachable states are counted, at most."""


class Changer:
    """Makes seeded variants of tasks."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def renaming(self, task: Task) -> Task:
        """The task with its objects renamed, and everything in another order."""
        dice = self.dice
        old = [o.name for o in task.problem.objects]
        new = [f"thing{index}" for index in range(len(old))]
        dice.shuffle(new)
        problem = renamed(task.problem, dict(zip(old, new, strict=True)))
        objects, init = list(problem.objects), list(problem.init)
        parts = list(conjuncts(problem.goal))
        for each in (objects, init, parts):
            dice.shuffle(each)
        shuffled = replace(
            problem, objects=tuple(objects), init=tuple(init), goal=And(tuple(parts))
        )
        return Task(task.domain, shuffled)

    def goal_change(self, task: Task) -> Task:
        """The task with one part of its goal dropped, added, negated, weakened or altered."""
        parts = list(conjuncts(task.problem.goal))
        index = self.dice.randrange(len(parts))
        part = parts[index]
        match self.dice.randrange(5):
            case 0:
                del parts[index]
            case 1:
                parts.append(self._atom(task))
            case 2:
                parts[index] = Not(part)
            case 3:
                parts[index] = Or((part, self._atom(task)))
            case _:
                parts[index] = self._altered(task, part)
        return task.with_goal(And(tuple(parts)))

    def init_change(self, task: Task) -> Task:
        """The task with one initial atom dropped, added or altered."""
        init = list(task.problem.init)
        index = self.dice.randrange(len(init))
        match self.dice.randrange(3):
            case 0:
                del init[index]
            case 1:
                init.append(self._atom(task))
            case _:
                init[index] = self._altered(task, init[index])
        return Task(task.domain, replace(task.problem, init=tuple(init)))

    def _atom(self, task: Task) -> Atom:
        """An atom that some action changes, over the task's objects."""
        changing = task.domain.changing_predicates()
        hierarchy = TypeHierarchy(task.domain, task.objects)
        choices = {
            p.name: [hierarchy.objects_of(parameter.types) for parameter in p.parameters]
            for p in task.domain.predicates
            if p.name in changing
        }
        predicate, places = self.dice.choice([c for c in choices.items() if all(c[1])])
        return Atom(predicate, tuple(map(self.dice.choice, places)))

    def _altered(self, task: Task, part: Condition) -> Atom:
        if not isinstance(part, Atom) or not part.args:
            return self._atom(task)
        hierarchy = TypeHierarchy(task.domain, task.objects)
        parameters = task.domain.predicate(part.predicate).parameters
        args = list(part.args)
        place = self.dice.randrange(len(args))
        args[place] = self.dice.choice(hierarchy.objects_of(parameters[place].types))
        return Atom(part.predicate, tuple(args))


def reachable(task: Task) -> tuple[State, ...] | None:
    """All reachable states; None if they are too many."""
    semantics = Semantics(task)
    initial = semantics.initial_state()
    seen = {initial: None}
    waiting = [initial]
    while waiting:
        state = waiting.pop()
        for step in semantics.applicable_steps(state):
            after = semantics.apply(state, step)
            if after not in seen:
                if len(seen) >= MOST_STATES:
                    return None
                seen[after] = None
                waiting.append(after)
    return tuple(seen)


def same_goals(task: Task, first: Condition, second: Condition, states: tuple[State, ...]) -> bool:
    """Whether the same states meet two goals."""
    semantics = Semantics(task)
    return all(semantics.holds(s, first) == semantics.holds(s, second) for s in states)


def is_right(first: Task, second: Task, verdict: Verdict, states: tuple[State, ...] | None) -> bool:
    """Whether a verdict on tasks with the same objects holds, as far as that can be checked.

    `states` are those that the second task can reach.
    """
    if verdict.comparison is Comparison.UNKNOWN:
        return True
    first, second = lowered(first), lowered(second)
    problem = renamed(first.problem, dict(verdict.renaming))
    stated = set(problem.init) == set(second.problem.init)
    if states is None or not stated:
        return stated or not verdict.equal
    same = same_goals(second, problem.goal, second.problem.goal, states)
    if verdict.equal:
        return same
    # With a renaming asked for, one that was not found might do; only names as they are count.
    return not same


def timed(first: Task, second: Task, up_to_renaming: bool) -> tuple[Verdict, float]:
    """The verdict, and the CPU milliseconds that it took."""
    began = time.process_time()
    verdict = compare(first, second, up_to_renaming=up_to_renaming)
    return verdict, (time.process_time() - began) * 1000


def load(data: Path) -> list[Task]:
    """The recorded problems."""
    lines = (data / "nl" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [read_task(row["domain_pddl"], row["problem_pddl"]) for row in rows]


def measure_time(tasks: list[Task], changer: Changer) -> None:
    """Prints the times for each problem beside itself, a renaming, and a change."""
    kinds: dict[str, Callable[[Task], tuple[Task, bool]]] = {
        "itself": lambda task: (task, False),
        "a renaming": lambda task: (changer.renaming(task), True),
        "a change": lambda task: (changer.goal_change(task), False),
    }
    every: list[float] = []
    for kind, variant in kinds.items():
        times = []
        for task in tasks:
            other, up_to_renaming = variant(task)
            times.append(timed(task, other, up_to_renaming)[1])
        every += times
        print(f"{kind:12} mean {statistics.mean(times):6.2f} ms   worst {max(times):6.2f} ms")
    print(f"{'together':12} mean {statistics.mean(every):6.2f} ms   worst {max(every):6.2f} ms")


def measure_renamings(tasks: list[Task], changer: Changer, cases: int) -> None:
    """Prints how many renamings are seen to be just that."""
    equal = 0
    for index in range(cases):
        task = tasks[index % len(tasks)]
        verdict = timed(task, changer.renaming(task), True)[0]
        equal += verdict.comparison is Comparison.EQUAL_UP_TO_RENAMING
    print(f"{equal} of {cases} renamings are equal up to renaming")


def measure_changes(tasks: list[Task], changer: Changer, cases: int) -> None:
    """Prints the verdicts on changes, and how many are wrong where that can be checked."""
    states: dict[int, tuple[State, ...] | None] = {}
    counts: Counter[str] = Counter()
    checked = wrong_equal = wrong_different = 0
    for index in range(cases):
        number = index % len(tasks)
        task = tasks[number]
        if number not in states:
            few = len(task.objects) + len(task.problem.init) <= SMALL
            states[number] = reachable(lowered(task)) if few else None
        in_init = changer.dice.random() < 0.2
        other = changer.init_change(task) if in_init else changer.goal_change(task)
        # The unchanged task is the second: its reachable states are known.
        verdict = timed(other, task, False)[0]
        counts[f"{verdict.comparison.value}, {verdict.ground.value}"] += 1
        checked += states[number] is not None and not in_init
        if not is_right(other, task, verdict, states[number]):
            wrong_equal += verdict.equal
            wrong_different += not verdict.equal
    for label, count in sorted(counts.items()):
        print(f"{count:6} {label}")
    print(f"{wrong_equal} wrongly equal, {wrong_different} wrongly different of {cases} changes,")
    print(f"of which {checked} were checked against all reachable states")


def main() -> None:
    """Prints the figures."""
    tasks = load(Path(sys.argv[1]))
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    # The tasks stay: the collector need not look at them again while times are taken.
    gc.freeze()
    measure_time(tasks, Changer(1))
    measure_renamings(tasks, Changer(2), cases)
    measure_changes(tasks, Changer(3), cases)


if __name__ == "__main__":
    main()
