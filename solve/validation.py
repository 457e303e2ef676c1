"""Does a plan do what it claims: replay it by our own semantics, step by step.

The definition is that of PDDL 2.1 (Fox and Long, JAIR 20, 2003), as VAL implements it, for plans
whose steps follow one another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom, Condition, Not
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.semantics import Changes, NotApplicableError, Semantics
from goalsmith.domains.transition import GroundAtom
from goalsmith.domains.writer import write_condition


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
    history: list[Changes] = []
    for index, step in enumerate(plan):
        try:
            history.append(semantics.perform(facts, step))
        except NotApplicableError as error:
            action = semantics.actions[step.action]
            unmet = semantics.unmet(facts, action.precondition, semantics.bindings(step))
            reasons = _reasons(unmet, history, plan, semantics.derived)
            return Validation(Failure(index, step, unmet, reasons or (str(error),)))
        except InputError as error:
            return Validation(Failure(index, step, (), (str(error),)))
    goal = task.problem.goal
    unmet = semantics.unmet(facts, goal)
    if unmet:
        reasons = _reasons(unmet, history, plan, semantics.derived)
        return Validation(Failure(len(plan), None, unmet, reasons))
    # An atom changes to and fro: one that changed an even number of times is as it was at first.
    lists = ((changes.deleted, changes.added) for changes in history)
    times = Counter(chain.from_iterable(chain.from_iterable(lists)))
    after = start.atoms ^ {Atom(*ground) for ground, count in times.items() if count % 2}
    final = State(after, semantics.numbers(facts))
    return Validation(None, semantics.cost(facts, len(plan)), final)


def _reasons(
    unmet: tuple[Condition, ...], history: list[Changes], plan: Plan, derived: frozenset[str]
) -> tuple[str, ...]:
    """One sentence for each condition that does not hold after the steps so far."""
    last: dict[GroundAtom, int] = {}
    for index, changes in enumerate(history):
        last.update(dict.fromkeys(changes.deleted, index))
        last.update(dict.fromkeys(changes.added, index))
    return tuple([_reason(each, last, plan, derived) for each in unmet])


def _reason(
    unmet: Condition, changed: dict[GroundAtom, int], plan: Plan, derived: frozenset[str]
) -> str:
    """Why a condition does not hold: which step made it false, or that none made it true.

    `changed` gives the last step that changed an atom.
    """
    text = write_condition(unmet)
    negated = isinstance(unmet, Not)
    atom = unmet.part if isinstance(unmet, Not) else unmet
    if not isinstance(atom, Atom):
        return f"{text} does not hold"
    if atom.predicate in derived:
        follows = "follows" if negated else "does not follow"
        return f"{text} does not hold: {atom} {follows} from what is true then"
    last = changed.get((atom.predicate, atom.args))
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
