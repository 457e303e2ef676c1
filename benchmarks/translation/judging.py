"""What a translation is worth, beside the problem that the text describes."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.equivalence import Budget, compare
from goalsmith.domains.equivalence.verdict import Comparison, Verdict
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.renaming import lowered
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.solver import solve
from goalsmith.solve.validation import validate
from goalsmith.translate.attribution import Failure

BUDGET = Budget(renamings=24, choices=5_000, states=20_000, atoms=1_000, seconds=2.0)
"""What one comparison with a gold problem may cost: few are made, so that it may be much."""

PLAN_SECONDS = 10.0
"""Wall seconds for a plan, unless said otherwise."""

_INITIAL = frozenset({"objects", "init", "numbers"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A translation beside the gold problem.

    Attributes:
        equivalent: whether they say the same; None: it could not be decided.
        solvable: whether the translation has a plan; None: none was found, or none was asked for,
            and that there is none is not proved.
        plan_valid: whether the plan that was found achieves the gold problem. None: there is no
            plan, or the objects have other names and no renaming is known.
        failure: what is wrong; None: nothing.
        code: what kind of wrong, such as `different-goal`; empty if nothing is.
        reason: the same as a sentence.
    """

    equivalent: bool | None
    solvable: bool | None
    plan_valid: bool | None
    failure: Failure | None = None
    code: str = ""
    reason: str = ""


def says_the_same(task: Task, gold: Task, *, renaming: bool) -> Verdict:
    """Whether a translation says what the gold problem says."""
    return compare(task, gold, up_to_renaming=renaming, budget=BUDGET)


def judge(task: Task, gold: Task, *, renaming: bool, seconds: float = PLAN_SECONDS) -> Judgement:
    """Judges a translation.

    Args:
        task: the translation.
        gold: the problem that the text describes.
        renaming: objects may have other names.
        seconds: wall seconds for a plan; 0: none is looked for, and then nothing that only a plan
            shows counts as wrong.

    Raises:
        UnsupportedError: a plan is wanted, and no engine is installed.
    """
    verdict = says_the_same(task, gold, renaming=renaming)
    solution = solve(task, limits=Limits(seconds=seconds)) if seconds > 0 else None
    valid = None
    if solution is not None and solution.plan is not None:
        valid = _valid(solution.plan, gold, verdict, renaming)
    equivalent = None if verdict.comparison is Comparison.UNKNOWN else verdict.equal
    failure, code, reason = _wrong(verdict, equivalent, solution, valid)
    return Judgement(equivalent, _solvable(solution), valid, failure, code, printable(reason))


def _solvable(solution: Solution | None) -> bool | None:
    if solution is None:
        return None
    return {Outcome.SOLVED: True, Outcome.UNSOLVABLE: False}.get(solution.outcome)


def _valid(plan: Plan, gold: Task, verdict: Verdict, renaming: bool) -> bool | None:
    """Whether a translation's plan achieves the gold problem, with the objects called as there."""
    if renaming and not verdict.equal:
        return None
    # Names are told apart without regard to case, and renamings are given in lower case.
    names = dict(verdict.renaming)
    steps = [
        Step(step.action.lower(), tuple(names.get(a.lower(), a.lower()) for a in step.args))
        for step in plan
    ]
    return validate(lowered(gold), Plan(tuple(steps))).valid


def _wrong(
    verdict: Verdict, equivalent: bool | None, solution: Solution | None, valid: bool | None
) -> tuple[Failure | None, str, str]:
    """The one failure, the first in the order in which they come to light, its code and why."""
    if equivalent is False:
        section = verdict.difference.section if verdict.difference else "goal"
        failure = Failure.WRONG_INITIAL_STATE if section in _INITIAL else Failure.WRONG_GOAL
        return failure, f"different-{section}", str(verdict)
    if solution is not None:
        if solution.outcome is Outcome.UNSOLVABLE:
            return Failure.UNSOLVABLE, solution.outcome.label, solution.evidence
        if not solution.solved:
            return Failure.PLANNER_OUT_OF_TIME, solution.outcome.label, solution.evidence
        if valid is False:
            return Failure.PLAN_INVALID, "invalid-plan", "the plan fails in the gold problem"
    if equivalent is None:
        return Failure.WRONG_GOAL, "undecided", str(verdict)
    return None, "", ""
