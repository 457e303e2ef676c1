"""The process in which unified-planning runs: `python -P -m` with the name of this module.

Reads one request in JSON from standard input and writes the answer in JSON to `answer.json` in the
current folder. Engines are imported here and nowhere else, so that their crashes, their licences
and what they print are not the caller's. The task comes as PDDL text and is read by our own reader.
"""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from goalsmith.domains.errors import UnsupportedError
from goalsmith.domains.interchange import plan_from_unified_planning, to_unified_planning
from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task

ANSWER = "answer.json"

LONGEST_REMARK = 500
"""Characters of an engine's remark at most."""

FEATURES = {
    "typing": ("FLAT_TYPING", "HIERARCHICAL_TYPING"),
    "negative-preconditions": ("NEGATIVE_CONDITIONS",),
    "disjunctive-preconditions": ("DISJUNCTIVE_CONDITIONS",),
    "quantified-preconditions": ("EXISTENTIAL_CONDITIONS", "UNIVERSAL_CONDITIONS"),
    "conditional-effects": ("CONDITIONAL_EFFECTS",),
    "numeric-fluents": ("SIMPLE_NUMERIC_PLANNING", "INCREASE_EFFECTS", "DECREASE_EFFECTS"),
    "action-costs": ("ACTIONS_COST",),
}
"""Features in our words, by those of unified-planning that an engine must support for each."""


def main() -> None:
    """Answers the one request."""
    _keep_children()
    request = json.load(sys.stdin)
    answer = _list() if request["ask"] == "list" else _solve(request)
    Path(ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _keep_children() -> None:
    """Has programs that are started stay in this process's group, by which they can be ended.

    unified-planning starts engines in sessions of their own, out of reach of the caller's limits.
    """
    start = subprocess.Popen.__init__

    def start_here(process: Any, *args: Any, **options: Any) -> None:
        options.update(start_new_session=False, process_group=None)
        start(process, *args, **options)

    subprocess.Popen.__init__ = start_here  # type: ignore[assignment, method-assign]


def _factory() -> Any:
    from unified_planning.environment import get_environment

    return get_environment().factory


def _list() -> dict[str, Any]:
    """The engines that find plans, with their versions and features."""
    from unified_planning.engines.mixins.oneshot_planner import OptimalityGuarantee

    factory = _factory()
    engines = {}
    for name in factory.engines:
        engine = factory.engine(name)
        # Those with a bracket are for goals that one may miss; PDDL has them not here.
        if not engine.is_oneshot_planner() or "[" in name:
            continue
        try:
            kinds = engine.supported_kind().features
            optimal = engine.satisfies(OptimalityGuarantee.SOLVED_OPTIMALLY)
        except Exception:
            # It says nothing about itself; that is no reason not to name it, nor the others.
            kinds, optimal = frozenset(), False
        features = [ours for ours, theirs in FEATURES.items() if kinds.issuperset(theirs)]
        if optimal:
            features.append("optimal")
        engines[name] = {"version": _version(engine), "features": features}
    return {"engines": engines}


def _version(engine: Any) -> str:
    """The version of the distribution that an engine's module comes in; empty if none states it."""
    from importlib import metadata

    module = engine.__module__.partition(".")[0]
    for distribution in metadata.packages_distributions().get(module, ()):
        return metadata.version(distribution)
    return ""


def _solve(request: dict[str, Any]) -> dict[str, Any]:
    """An engine's answer to a task."""
    task = read_task(request["domain"], request["problem"])
    kind = _factory().engine(request["engine"])
    answer: dict[str, Any] = {"version": _version(kind)}
    try:
        problem = _problem(task, kind, request["optimal"])
        engine = kind(**request["options"])
        engine.skip_checks = True
        result = engine.solve(problem)
        answer["status"] = result.status.name
        if result.plan is not None:
            answer["plan"] = [str(step) for step in _steps(result.plan, problem, task)]
    except UnsupportedError as error:
        answer |= {"status": "UNSUPPORTED_PROBLEM", "says": str(error)}
    except MemoryError:
        answer |= {"status": "MEMOUT", "says": "out of memory"}
    except Exception as error:
        # Whatever an engine raises is that engine's failure.
        answer |= {"status": "INTERNAL_ERROR", "says": f"{type(error).__name__}: {error}"}
    answer["says"] = str(answer.get("says", ""))[:LONGEST_REMARK]
    return answer


def _problem(task: Task, engine: Any, optimal: bool) -> Any:
    """The task as an engine can take it.

    Raises:
        UnsupportedError: the engine does not support something in it.
    """
    from unified_planning.engines.mixins.oneshot_planner import OptimalityGuarantee
    from unified_planning.model.metrics import MinimizeSequentialPlanLength

    if optimal and not engine.satisfies(OptimalityGuarantee.SOLVED_OPTIMALLY):
        raise UnsupportedError("it does not prove plans cheapest")
    problem = to_unified_planning(task)
    if not engine.supports(problem.kind):
        # Few engines take undefined numbers. A plan that makes use of one fails our validation.
        problem = to_unified_planning(task, missing_number=Fraction(0))
    if not optimal and not engine.supports(problem.kind):
        # Any plan will do; what it costs is for us to say.
        problem.clear_quality_metrics()
    if optimal and not problem.quality_metrics:
        problem.add_quality_metric(MinimizeSequentialPlanLength())
    lacking = sorted(problem.kind.features - engine.supported_kind().features)
    if not engine.supports(problem.kind):
        raise UnsupportedError(", ".join(lacking).lower().replace("_", " "))
    return problem


def _steps(plan: Any, problem: Any, task: Task) -> Any:
    """A plan's steps, one after the other.

    Raises:
        GoalsmithError: it has steps that are not the task's.
    """
    from unified_planning.plans import PlanKind

    if plan.kind is not PlanKind.SEQUENTIAL_PLAN and plan.is_convertible_to(
        PlanKind.SEQUENTIAL_PLAN
    ):
        plan = plan.convert_to(PlanKind.SEQUENTIAL_PLAN, problem)
    return plan_from_unified_planning(plan, task)


if __name__ == "__main__":
    main()
