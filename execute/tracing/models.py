"""Calls to models as spans, whatever the models are: what is called here is all that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from goalsmith.domains.diagnostics import printable
from goalsmith.execute.tracing.attributes import MAX_TEXT, Value, fail, said

if TYPE_CHECKING:
    from opentelemetry.trace import Span


class Answer(Protocol):
    """What a model's answer tells of itself."""

    @property
    def model(self) -> str:
        """The model's name, as the endpoint says it."""
        ...  # the body of a protocol's property

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the request; 0 if unknown."""
        ...  # the body of a protocol's property

    @property
    def completion_tokens(self) -> int:
        """Tokens of the answer; 0 if unknown."""
        ...  # the body of a protocol's property


Asked = TypeVar("Asked")
Answered = TypeVar("Answered", bound=Answer)
_Asked_contra = TypeVar("_Asked_contra", contravariant=True)
_Answered_co = TypeVar("_Answered_co", bound=Answer, covariant=True)


class AnyModel(Protocol[_Asked_contra, _Answered_co]):
    """A model, as far as its calls are to be traced."""

    @property
    def constrains(self) -> bool:
        """Whether it can keep to a request's grammar."""
        ...  # the body of a protocol's property

    def complete(self, request: _Asked_contra, /) -> _Answered_co:
        """The model's answer to a request."""
        ...  # the body of a protocol's method


class TracedModel(Generic[Asked, Answered]):
    """A model whose calls are `chat` spans.

    Args:
        model: the model.
        name: what it is asked for by.
        provider: whose telemetry its calls resemble.
        start: starts a span with such attributes.
    """

    def __init__(
        self,
        model: AnyModel[Asked, Answered],
        name: str,
        provider: str,
        start: Callable[[dict[str, Value]], Span],
    ) -> None:
        self.model = name
        self._model = model
        self._provider = provider
        self._start = start

    @property
    def constrains(self) -> bool:
        """Whether the model can keep to a request's grammar."""
        return self._model.constrains

    def complete(self, request: Asked) -> Answered:
        """The model's answer to a request; raises what the model raises."""
        asked: dict[str, Value] = {
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": self.model,
        }
        temperature = getattr(request, "temperature", None)
        if isinstance(temperature, int | float):
            asked["gen_ai.request.temperature"] = float(temperature)
        span = self._start(asked)
        try:
            answer = self._model.complete(request)
        except BaseException as error:
            fail(span, type(error).__name__, said(error))
            raise
        else:
            span.set_attribute("gen_ai.response.model", printable(answer.model, MAX_TEXT))
            if answer.prompt_tokens or answer.completion_tokens:
                span.set_attribute("gen_ai.usage.input_tokens", answer.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", answer.completion_tokens)
            return answer
        finally:
            span.end()
