"""English to goals, and tasks back to English: by a language model, or offline.

Names load when they are first used; importing this package imports none of its modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goalsmith.translate.answer import read_answer
    from goalsmith.translate.endpoint import OpenAIModel
    from goalsmith.translate.explain import examples
    from goalsmith.translate.model import Message, Model, Reply, ScriptedModel
    from goalsmith.translate.offline import read_offline
    from goalsmith.translate.rounds import NotTranslatedError, Round
    from goalsmith.translate.saying import (
        goal_lines,
        object_lines,
        problem_text,
        said,
        state_lines,
        step_lines,
    )
    from goalsmith.translate.translation import Translation, check_goal, translate

__all__ = [
    "Message",
    "Model",
    "NotTranslatedError",
    "OpenAIModel",
    "Reply",
    "Round",
    "ScriptedModel",
    "Translation",
    "check_goal",
    "examples",
    "goal_lines",
    "object_lines",
    "problem_text",
    "read_answer",
    "read_offline",
    "said",
    "state_lines",
    "step_lines",
    "translate",
]

_MODULES = {
    "answer": ("read_answer",),
    "endpoint": ("OpenAIModel",),
    "explain": ("examples",),
    "model": ("Message", "Model", "Reply", "ScriptedModel"),
    "offline": ("read_offline",),
    "rounds": ("NotTranslatedError", "Round"),
    "saying": (
        "goal_lines",
        "object_lines",
        "problem_text",
        "said",
        "state_lines",
        "step_lines",
    ),
    "translation": ("Translation", "check_goal", "translate"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
