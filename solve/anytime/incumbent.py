"""The best plan so far and the highest lower bound, shared by whoever looks for better ones."""

from __future__ import annotations

import time
from fractions import Fraction
from threading import Condition

from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.solve.solution import OnSolution, Solution, Statistics
from goalsmith.solve.validation import validate


class Incumbent:
    """What is known about a task's cheapest plan. Safe for several threads.

    Args:
        task: the task.
        on_solution: told of each better plan, in the order of their costs.
    """

    def __init__(self, task: Task, on_solution: OnSolution) -> None:
        self._task = task
        self._on_solution = on_solution
        metric = task.problem.metric
        self._sign = -1 if metric is not None and metric.direction == "maximize" else 1
        self._changed = Condition()
        self._began = time.monotonic()
        self._bound: Fraction | None = None
        self._prover = ""
        self._own: dict[str, tuple[Fraction | None, float]] = {}
        self.best: Solution | None = None

    def offer(self, plan: Plan, source: str) -> bool:
        """Takes a plan if it is valid and cheaper than the best; says whether it did."""
        verdict = validate(self._task, plan)
        if not verdict.valid:
            return False
        with self._changed:
            own = self._own.get(source)
            if own is None or self._better(verdict.cost, own[0]):
                self._own[source] = verdict.cost, time.monotonic()
            if self.best is not None and not self._better(verdict.cost, self.best.cost):
                return False
            self.best = self._solution(plan, verdict.cost, source)
            self._on_solution(self.best)
            self._changed.notify_all()
        return True

    def raise_bound(self, bound: Fraction, prover: str) -> None:
        """Takes a proof, by `prover`, that no plan costs less than `bound`."""
        with self._changed:
            if self._bound is None or bound > self._bound:
                self._bound, self._prover = bound, prover
                self._changed.notify_all()

    @property
    def settled(self) -> bool:
        """Whether the best plan is proved to be a cheapest one."""
        with self._changed:
            return (
                self.best is not None
                and self.best.cost is not None
                and self._bound is not None
                and self.best.cost <= self._bound
            )

    def last_from(self, source: str) -> float | None:
        """When a source last gave a plan better than its own before; None if it gave none.

        On the monotonic clock. One that gets better, if from far behind, may yet take the lead.
        """
        own = self._own.get(source)
        return None if own is None else own[1]

    def wait(self, seconds: float) -> None:
        """Waits until something changes, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def conclusion(self) -> Solution | None:
        """The best plan with all that is known of it; None without a plan."""
        with self._changed:
            if self.best is None:
                return None
            assert self.best.plan is not None
            return self._solution(self.best.plan, self.best.cost, self.best.engine)

    def _better(self, cost: Fraction | None, than: Fraction | None) -> bool:
        if cost is None or than is None:
            return False
        return cost * self._sign < than * self._sign

    def _solution(self, plan: Plan, cost: Fraction | None, source: str) -> Solution:
        bound = self._bound
        optimal = bound is not None and cost is not None and cost <= bound
        evidence = f"{source[:1].upper()}{source[1:]} found it; validated by replaying it"
        if optimal:
            evidence += f"; optimal, proved by {self._prover}"
        elif bound is not None:
            evidence += f"; no plan costs less than {bound}, proved by {self._prover}"
        return Solution(
            Outcome.SOLVED,
            source,
            evidence,
            plan,
            cost,
            optimal,
            bound,
            Statistics(wall_seconds=time.monotonic() - self._began),
        )
