"""Does a plan do what it claims: replay it by our own semantics, step by step.

The definition is that of PDDL 2.1 (Fox and Long, JAIR 20, 2003), as VAL implements it, for plans
whose steps follow one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, Condition, Not
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import NotApplicableError, Semantics
from goalsmith.domains.writer import write_condition

_Touched: TypeAlias = dict[tuple[str, tuple[str, ...]], tuple[int, int]]
"""For each atom that changed: the last step that changed it, and how often steps did.

An atom changes to and fro, so one that changed an even number of times is as it was at first.
"""


_NEVER = (0, 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a plan fails.

    Attributes:
        index: the failing step's place, from 0; equal to the plan's length where the goal fails.
        step: the failing step; None where all steps apply and the goal does not hold after them.
        unmet: the ground conditions that do not hold there.
        reasons: one sentence for each unmet condition, or what else is wrong with the step.
    """

    index: int
    step: Step | None
    unmet: tuple[Condition, ...]
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        where = f"step {self.index + 1} {self.step}" if self.step else "the goal"
        verb = "cannot be carried out" if self.step else "does not hold at the end"
        return f"{where} {verb}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class Validation:
    """The verdict on a plan: valid with its cost and final state, or where it fails.

    `cost` is the metric's value at the end; without a metric, the number of steps. None where the
    plan fails or the metric reads a number that has no value.
    """

    failure: Failure | None
    cost: Fraction | None = None
    final_state: State | None = None

    @property
    def valid(self) -> bool:
        """Whether every step applies and the goal holds at the end."""
        return self.failure is None


def validate(task: Task, plan: Plan, semantics: Semantics | None = None) -> Validation:
    """Replays a plan from the task's initial state. `semantics`, if given, is that of the task."""
    semantics = semantics or Semantics(task)
    start = semantics.initial_state()
    facts = semantics.facts(start)
    touched: _Touched = {}
    for index, step in enumerate(plan):
        try:
            changes = semantics.perform(facts, step)
        except NotApplicableError as error:
            action = semantics.actions[step.action]
            unmet = semantics.unmet(facts, action.precondition, semantics.bindings(step))
            reasons = tuple(_reason(u, touched, plan, semantics.derived) for u in unmet)
            return Validation(Failure(index, step, unmet, reasons or (str(error),)))
        except InputError as error:
            return Validation(Failure(index, step, (), (str(error),)))
        for ground in changes.deleted:
            touched[ground] = index, touched.get(ground, _NEVER)[1] + 1
        for ground in changes.added:
            touched[ground] = index, touched.get(ground, _NEVER)[1] + 1
    goal = task.problem.goal
    unmet = semantics.unmet(facts, goal)
    if unmet:
        reasons = tuple(_reason(u, touched, plan, semantics.derived) for u in unmet)
        return Validation(Failure(len(plan), None, unmet, reasons))
    # The final state is the initial one with what changed in between; the rest is shared.
    changed = {Atom(*ground) for ground, (_, times) in touched.items() if times % 2}
    final = State(start.atoms ^ changed, semantics.numbers(facts))
    return Validation(None, semantics.cost(facts, len(plan)), final)


def _reason(unmet: Condition, touched: _Touched, plan: Plan, derived: frozenset[str]) -> str:
    """Why a condition does not hold: which step made it false, or that none made it true."""
    text = write_condition(unmet)
    negated = isinstance(unmet, Not)
    atom = unmet.part if isinstance(unmet, Not) else unmet
    if not isinstance(atom, Atom):
        return f"{text} does not hold"
    if atom.predicate in derived:
        follows = "follows" if negated else "does not follow"
        return f"{text} does not hold: {atom} {follows} from what is true then"
    last, _ = touched.get((atom.predicate, atom.args), (None, 0))
    if negated:
        since = (
            f"was added by step {last + 1} {plan.steps[last]}"
            if last is not None
            else "holds initially"
        )
        return f"{text} does not hold: {atom} {since}"
    if last is not None:
        return f"{text} does not hold: it was deleted by step {last + 1} {plan.steps[last]}"
    return f"{text} does not hold: it is not true initially, and no step before adds it"
