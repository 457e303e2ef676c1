"""goalsmith: a goal said in English becomes a plan that is proven correct and carried through.

    from goalsmith import Planner

    planner = Planner("blocksworld")
    wish = planner.translate("put blue on red", problem="p1")
    solution = planner.solve(wish.task)
    run = planner.execute(wish.task, solution.plan)

Everything below is loaded where it is first used, so importing goalsmith costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goalsmith.awaitable import AsyncPlanner
    from goalsmith.domains.diagnostics import Diagnostic
    from goalsmith.domains.errors import (
        EngineError,
        GoalsmithError,
        InputError,
        ModelBusyError,
        ModelError,
        ModelRefusedError,
        PddlError,
        TranslationError,
        UnsupportedError,
        UnsupportedPddlError,
    )
    from goalsmith.domains.formula import Atom
    from goalsmith.domains.language import Domain, Problem, State, Task
    from goalsmith.domains.outcome import Outcome
    from goalsmith.domains.plans import Plan, Step, read_plan, write_plan
    from goalsmith.domains.reader import load_domain, load_task, read_domain, read_problem
    from goalsmith.domains.writer import write_domain, write_problem
    from goalsmith.execute.durable.settings import RunSettings
    from goalsmith.execute.environment import ActionReport, Environment
    from goalsmith.execute.monitor.monitor import Run
    from goalsmith.execute.simulation.simulator import Faults, Simulator
    from goalsmith.planner import Planner
    from goalsmith.runs import Runs
    from goalsmith.solve.order.causal import CausalOrder
    from goalsmith.solve.solution import Limits, Solution
    from goalsmith.solve.validation import Validation
    from goalsmith.translate.models.endpoint import OpenAIModel
    from goalsmith.translate.models.scripted import ScriptedModel
    from goalsmith.translate.translation import Translation

_HOMES = {
    "ActionReport": "execute.environment",
    "AsyncPlanner": "awaitable",
    "Atom": "domains.formula",
    "CausalOrder": "solve.order.causal",
    "Diagnostic": "domains.diagnostics",
    "Domain": "domains.language",
    "EngineError": "domains.errors",
    "Environment": "execute.environment",
    "Faults": "execute.simulation.simulator",
    "GoalsmithError": "domains.errors",
    "InputError": "domains.errors",
    "Limits": "solve.solution",
    "ModelBusyError": "domains.errors",
    "ModelError": "domains.errors",
    "ModelRefusedError": "domains.errors",
    "OpenAIModel": "translate.models.endpoint",
    "Outcome": "domains.outcome",
    "PddlError": "domains.errors",
    "Plan": "domains.plans",
    "Planner": "planner",
    "Problem": "domains.language",
    "Run": "execute.monitor.monitor",
    "RunSettings": "execute.durable.settings",
    "Runs": "runs",
    "ScriptedModel": "translate.models.scripted",
    "Simulator": "execute.simulation.simulator",
    "Solution": "solve.solution",
    "State": "domains.language",
    "Step": "domains.plans",
    "Task": "domains.language",
    "Translation": "translate.translation",
    "TranslationError": "domains.errors",
    "UnsupportedError": "domains.errors",
    "UnsupportedPddlError": "domains.errors",
    "Validation": "solve.validation",
    "load_domain": "domains.reader",
    "load_task": "domains.reader",
    "read_domain": "domains.reader",
    "read_plan": "domains.plans",
    "read_problem": "domains.reader",
    "write_domain": "domains.writer",
    "write_plan": "domains.plans",
    "write_problem": "domains.writer",
}

__version__ = "0.1.0"

__all__ = [
    "ActionReport",
    "AsyncPlanner",
    "Atom",
    "CausalOrder",
    "Diagnostic",
    "Domain",
    "EngineError",
    "Environment",
    "Faults",
    "GoalsmithError",
    "InputError",
    "Limits",
    "ModelBusyError",
    "ModelError",
    "ModelRefusedError",
    "OpenAIModel",
    "Outcome",
    "PddlError",
    "Plan",
    "Planner",
    "Problem",
    "Run",
    "RunSettings",
    "Runs",
    "ScriptedModel",
    "Simulator",
    "Solution",
    "State",
    "Step",
    "Task",
    "Translation",
    "TranslationError",
    "UnsupportedError",
    "UnsupportedPddlError",
    "Validation",
    "load_domain",
    "load_task",
    "read_domain",
    "read_plan",
    "read_problem",
    "write_domain",
    "write_plan",
    "write_problem",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'goalsmith' has no attribute {name!r}")
    value = getattr(import_module(f"goalsmith.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
