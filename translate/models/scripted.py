"""A model that answers by a script: for tests, examples, and benchmarks without a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goalsmith.domains.errors import ModelError
from goalsmith.translate.models.model import Reply, Request


class ScriptedModel:
    """Answers with given texts in turn, or with what a function makes of each request.

    Attributes:
        requests: every request so far.
        constrains: whether it is given grammars; it does not keep to them by itself.
    """

    def __init__(
        self, answers: Sequence[str] | Callable[[Request], str], constrains: bool = False
    ) -> None:
        self.requests: list[Request] = []
        self.constrains = constrains
        self._answers = answers

    def complete(self, request: Request) -> Reply:
        """The next answer. Raises ModelError when the script is exhausted."""
        self.requests.append(request)
        if callable(self._answers):
            return Reply(self._answers(request), "scripted")
        index = len(self.requests) - 1
        if index >= len(self._answers):
            raise ModelError(
                f"the script is exhausted: it holds {len(self._answers)} answers, and this is "
                f"request {index + 1}"
            )
        return Reply(self._answers[index], "scripted")
