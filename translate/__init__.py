"""English to goals, and tasks back to English: by a language model, or offline.

Names load when they are first used; importing this package imports none of its modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goalsmith.translate.answer import read_answer, read_metric, read_whole
    from goalsmith.translate.asking import Asking
    from goalsmith.translate.attribution import Failure
    from goalsmith.translate.checks import Checks
    from goalsmith.translate.controlled_english.explain import examples
    from goalsmith.translate.controlled_english.sentences import read_offline
    from goalsmith.translate.models.endpoint import OpenAIModel
    from goalsmith.translate.models.model import Message, Model, Reply, Request
    from goalsmith.translate.models.scripted import ScriptedModel
    from goalsmith.translate.question import Option, Question, UnclearError
    from goalsmith.translate.revision import Revision
    from goalsmith.translate.rounds import NotTranslatedError, Round
    from goalsmith.translate.saying import (
        goal_lines,
        object_lines,
        problem_text,
        said,
        state_lines,
        step_lines,
    )
    from goalsmith.translate.translation import Translation, translate

__all__ = [
    "Asking",
    "Checks",
    "Failure",
    "Message",
    "Model",
    "NotTranslatedError",
    "OpenAIModel",
    "Option",
    "Question",
    "Reply",
    "Request",
    "Revision",
    "Round",
    "ScriptedModel",
    "Translation",
    "UnclearError",
    "examples",
    "goal_lines",
    "object_lines",
    "problem_text",
    "read_answer",
    "read_metric",
    "read_offline",
    "read_whole",
    "said",
    "state_lines",
    "step_lines",
    "translate",
]

_MODULES = {
    "answer": ("read_answer", "read_metric", "read_whole"),
    "asking": ("Asking",),
    "attribution": ("Failure",),
    "checks": ("Checks",),
    "controlled_english.explain": ("examples",),
    "controlled_english.sentences": ("read_offline",),
    "models.endpoint": ("OpenAIModel",),
    "models.model": ("Message", "Model", "Reply", "Request"),
    "models.scripted": ("ScriptedModel",),
    "question": ("Option", "Question", "UnclearError"),
    "revision": ("Revision",),
    "rounds": ("NotTranslatedError", "Round"),
    "saying": (
        "goal_lines",
        "object_lines",
        "problem_text",
        "said",
        "state_lines",
        "step_lines",
    ),
    "translation": ("Translation", "translate"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
