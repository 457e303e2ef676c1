"""Tasks and plans to and from unified-planning (UP), the interchange library of the field.

Whatever works on UP's problems (its engines, compilers, readers and writers) works on tasks through
these four functions. Names are kept both ways; where UP has one space of names and PDDL several,
a mark tells two of the same name apart (`unified_names`), and it is undone on the way back.

What UP cannot express is refused by an UnsupportedError that names it: derived predicates, several
types at once (`either`), a variable in a place of a narrower type. What cannot be expressed as a
task is refused likewise: time, object-valued fluents, numbers as parameters, bounds of numbers,
trajectory constraints, simulated effects, processes, agents, task networks.

A task that goes there and back means the same and is equal but for what UP does not keep:

- the domain's name (it becomes the problem's, and `-domain`), the requirements, the positions, the
  order of the types, and which objects are constants: those that actions mention become so;
- of conditions: conjunctions and disjunctions of one part, double negations, quantifiers over
  nothing, preconditions stated twice, `>` and `>=` (their sides change places), `-` of one number
  (subtracted from 0), which is one operand of several in `-` and `/`;
- of effects: each comes alone under at most one `forall` and one `when`, without variables that it
  does not use; `scale-up` and `scale-down` become `assign` (where they alone change the number);
- of `(total-cost)` where it is minimised: it is the last of the functions, of the effects and of
  the initial numbers; and every number that only counts starts explicitly at 0.

Source: A. Micheli and others, Unified Planning: Modeling, manipulating and solving AI planning
problems in Python, SoftwareX 29, 2025; written for version 1.3 of the library.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.interchange.from_problem import Importer
from goalsmith.domains.interchange.names import plain_name
from goalsmith.domains.interchange.to_problem import Exporter
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, Step

if TYPE_CHECKING:
    from unified_planning.environment import Environment
    from unified_planning.model import Problem as UnifiedProblem
    from unified_planning.plans import Plan as UnifiedPlan
    from unified_planning.plans import SequentialPlan


def to_unified_planning(
    task: Task,
    *,
    missing_number: Fraction | None = None,
    environment: Environment | None = None,
) -> UnifiedProblem:
    """The task as a problem of unified-planning.

    Args:
        task: any task.
        missing_number: what a function's value is initially where the task gives none (distances
            are often given for some pairs of places only). None leaves it undefined, as it is in
            PDDL; but few of UP's engines take problems with undefined numbers, and UP's own reader
            takes 0. Plans found so must be validated on the task.
        environment: where UP keeps the problem's expressions; by default the one that all share,
            which grows with every problem and lasts as long as the process. UP 1.3 cannot ground
            problems made elsewhere, so its simulator and its validator need the default.

    Raises:
        UnsupportedError: UP cannot express something in the task, or is not installed.
        InputError: the task uses a name that it does not declare.
    """
    try:
        import unified_planning  # noqa: F401
    except ImportError:
        raise UnsupportedError(
            "unified-planning is not installed: pip install unified-planning"
        ) from None
    return Exporter(task, missing_number, environment).export()


def from_unified_planning(problem: UnifiedProblem) -> Task:
    """The task that a problem of unified-planning describes.

    Raises:
        UnsupportedError: the problem uses something that tasks cannot express.
        InputError: the problem uses something that it does not declare, or is too large.
    """
    return Importer(problem).task()


def plan_to_unified_planning(plan: Plan, problem: UnifiedProblem) -> SequentialPlan:
    """The plan as one for a problem that was made of its task, or that its task was made of.

    Raises:
        InputError: a step is not one of the problem's.
    """
    from unified_planning.exceptions import UPException
    from unified_planning.plans import ActionInstance, SequentialPlan

    actions = {plain_name(a.name, "action"): a for a in problem.actions}
    objects = {plain_name(o.name, "object"): o for o in problem.all_objects}
    instances = []
    for step in plan:
        action = actions.get(step.action)
        if action is None:
            raise InputError(_unknown("action", step.action, actions))
        if len(step.args) != len(action.parameters):
            takes = len(action.parameters)
            raise InputError(f"`{step.action}` takes {takes} objects, not {len(step.args)}")
        for name in step.args:
            if name not in objects:
                raise InputError(_unknown("object", name, objects))
        try:
            instances.append(ActionInstance(action, [objects[name] for name in step.args]))
        except UPException as error:
            raise InputError(f"{step} is not a step of this problem: {error}") from error
    return SequentialPlan(instances, problem.environment)


def plan_from_unified_planning(plan: UnifiedPlan, task: Task) -> Plan:
    """The plan as one for a task. Names are matched without regard to case, as in PDDL.

    Raises:
        UnsupportedError: the plan is not a sequence of actions on objects.
        InputError: it has an action or object that is not in the task.
    """
    from unified_planning.plans import SequentialPlan

    if not isinstance(plan, SequentialPlan):
        raise UnsupportedError(f"a {type(plan).__name__} is not a sequence of steps")
    actions = {a.name.lower(): a for a in task.domain.actions}
    objects = {o.name.lower(): o.name for o in task.objects}
    steps = []
    for instance in plan.actions:
        name = plain_name(instance.action.name, "action")
        action = actions.get(name.lower())
        if action is None:
            raise InputError(_unknown("action", name, (a.name for a in actions.values())))
        args = []
        for value in instance.actual_parameters:
            if not value.is_object_exp():
                raise UnsupportedError(f"`{value}` in {instance} is not an object")
            name = plain_name(value.object().name, "object")
            if name.lower() not in objects:
                raise InputError(_unknown("object", name, objects.values()))
            args.append(objects[name.lower()])
        if len(args) != len(action.parameters):
            takes = len(action.parameters)
            raise InputError(f"`{action.name}` takes {takes} objects, not {len(args)}")
        steps.append(Step(action.name, tuple(args)))
    return Plan(tuple(steps))


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f"unknown {kind} `{name}`: {did_you_mean(name, known, kind)}"
