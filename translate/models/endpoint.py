"""A language model behind any endpoint that speaks OpenAI's Responses or Chat Completions.

The `openai` client sends the requests, and retries what may pass (429, 5xx, time-outs, refused
connections) with back-off; `dialects` forms them, `streaming` bounds what comes back, and `replies`
reads it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress

from goalsmith.domains.errors import ModelBusyError, ModelError, ModelRefusedError, PddlError
from goalsmith.translate.grammar.json_form import from_json
from goalsmith.translate.models.access import Access
from goalsmith.translate.models.dialects import AUTO, Body, parse_dialect
from goalsmith.translate.models.ledger import Call, Ledger
from goalsmith.translate.models.model import Reply, Request
from goalsmith.translate.models.replies import Answer, Usage, reader
from goalsmith.translate.models.streaming import (
    DONE,
    Bounds,
    broken_off,
    event_data,
    is_event_stream,
    parsed,
)

MAX_ANSWER = 100_000
"""Characters that an answer may have; a goal has some hundred."""

MAX_REASON = 300
"""Characters of the endpoint's own explanation that an error repeats."""

MAX_MODEL_NAME = 200
MAX_RETRIES = 20
MAX_TIMEOUT = 86_400.0
MAX_TEMPERATURE = 2.0
MAX_TOKENS = 1_000_000

_BUSY = frozenset({408, 409, 425, 429})


class OpenAIModel:
    """A model of an OpenAI-compatible endpoint.

    Args:
        model: the model's name, as the endpoint knows it.
        base_url: the endpoint, such as `http://localhost:11434/v1`; by default OPENAI_BASE_URL,
            else OpenAI's own.
        api_key: by default OPENAI_API_KEY. An endpoint given by its URL may do without.
        dialect: how the endpoint is asked to keep to a grammar (`dialects.CHOICES`).
        timeout: seconds of silence after which a request counts as failed.
        total_timeout: seconds that a call may take, with all its attempts.
        retries: how often a request that failed for a passing reason is repeated.
        temperature: how freely the model chooses its words, from 0 to 2, where a request says
            nothing of it; None: the endpoint's default.
        max_tokens: tokens that an answer may have, with those of hidden reasoning.
        stream: whether answers are asked for in pieces, so that progress can be told.
        ledger: where calls are entered; its limit stops calls that could pass it.
        on_progress: is told the characters of the answer so far, in the thread that asks.

    Raises:
        ModelRefusedError: there is no key, or the key, the URL or a number cannot be right.
        InputError: there is no such dialect.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        dialect: str = AUTO,
        timeout: float = 60.0,
        total_timeout: float = 600.0,
        retries: int = 2,
        temperature: float | None = None,
        max_tokens: int = 8192,
        stream: bool = True,
        ledger: Ledger | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        if not model.strip():
            raise ModelRefusedError("no model is named: give the name that the endpoint knows")
        for seconds in (timeout, total_timeout):
            if not (math.isfinite(seconds) and 0 < seconds <= MAX_TIMEOUT):
                raise ModelRefusedError(f"a time-out must be above 0 and at most {MAX_TIMEOUT:g} s")
        if not 0 <= retries <= MAX_RETRIES:
            raise ModelRefusedError(f"the retries must be from 0 to {MAX_RETRIES}")
        # Written so that NaN fails.
        if temperature is not None and not 0 <= temperature <= MAX_TEMPERATURE:
            raise ModelRefusedError(f"the temperature must be from 0 to {MAX_TEMPERATURE:g}")
        if not 1 <= max_tokens <= MAX_TOKENS:
            raise ModelRefusedError(f"the tokens of an answer must be from 1 to {MAX_TOKENS}")
        self.model = model
        self.timeout = timeout
        self.total_timeout = total_timeout
        self.retries = retries
        self.temperature = temperature
        self.max_tokens = max_tokens
        self.stream = stream
        self.ledger = ledger
        self._on_progress = on_progress
        self._access = Access(base_url, api_key)
        self.dialect = parse_dialect(dialect, self._access)

    def __repr__(self) -> str:
        return f"OpenAIModel({self.model!r}, {self.place!r}, dialect={self.dialect.name!r})"

    @property
    def place(self) -> str:
        """The endpoint for messages: without a name or a password that its URL may hold."""
        return self._access.place

    @property
    def constrains(self) -> bool:
        """Whether it can keep to a request's grammar."""
        return self.dialect.constrains

    def complete(self, request: Request) -> Reply:
        """The model's answer to a request.

        Raises:
            ModelRefusedError: the key, the model's name or the request is refused, or the call
                could pass the ledger's limit.
            ModelBusyError: the endpoint is busy, failing, silent or not there, after all retries,
                or its answer breaks off.
            ModelError: its answer is empty, cut off, too long, or none that its API gives.
        """
        temperature = self.temperature if request.temperature is None else request.temperature
        body = self.dialect.body(
            request,
            model=self.model,
            max_tokens=self.max_tokens,
            temperature=temperature,
            stream=self.stream,
        )
        if self.ledger is None:
            return self._reply(request, self._answer(body, Call(self.model)))
        most = Usage(len(json.dumps(body)), self.max_tokens)
        with self.ledger.call(self.model, most) as call:
            return self._reply(request, self._answer(body, call))

    def _answer(self, body: Body, call: Call) -> Answer:
        """What the endpoint answers; `call` is told what it took."""
        import openai

        bounds = Bounds(self.place, self.timeout, self.total_timeout)
        failure: ModelError
        try:
            answer = self._exchange(body, bounds)
        except ModelError as error:
            failure = error
        except openai.APIStatusError as error:
            call.free = True
            failure = self._status_error(error)
        except openai.APITimeoutError:
            failure = bounds.late() if bounds.passed else self._silent()
        except openai.APIConnectionError as error:
            # Clients before 3.0 wrap what the bounds raise.
            cause = error.__cause__
            failure = cause if isinstance(cause, ModelError) else self._unreachable()
        except openai.OpenAIError as error:
            failure = ModelError(
                self._access.hidden(f"the request to {self.place} failed: {error}")
            )
        except UnicodeError:
            failure = ModelRefusedError(
                "the text holds half characters (lone surrogates), which cannot be sent"
            )
        else:
            call.usage = answer.usage
            call.model = self._name(answer)
            return answer
        finally:
            call.attempts = bounds.attempts
        # Raised out here and stripped, since causes, contexts and frames hold the request, and the
        # request holds the key.
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

    def _exchange(self, body: Body, bounds: Bounds) -> Answer:
        """Sends a request and reads what comes back."""
        import openai

        said = reader(self.dialect.api)
        done = False
        # One client per request: nothing stays open, and threads share nothing.
        with openai.OpenAI(
            api_key=self._access.key(),
            base_url=self._access.url or "https://api.openai.com/v1",
            timeout=self.timeout,
            max_retries=self.retries,
            default_headers={"Accept-Encoding": "identity", **self._access.headers()},
            http_client=openai.DefaultHttpxClient(event_hooks=bounds.hooks()),
        ) as client:
            api = client.responses if self.dialect.api == "responses" else client.chat.completions
            text = "input" if self.dialect.api == "responses" else "messages"
            # The client merges the rest into the body as it is: fields of other endpoints, too.
            rest = {name: value for name, value in body.items() if name not in {"model", text}}
            with api.with_streaming_response.create(  # type: ignore[call-overload]
                model=self.model, **{text: body[text]}, extra_body=rest
            ) as response:
                if is_event_stream(response.headers.get("content-type", "")):
                    so_far = 0
                    for data in event_data(response.iter_bytes()):
                        done = data == DONE
                        if done:
                            break
                        new = said.feed(parsed(data, self.place))
                        so_far += new
                        if new and self._on_progress is not None:
                            self._on_progress(so_far)
                else:
                    said.feed(parsed(b"".join(response.iter_bytes()), self.place))
        if not said.found:
            raise ModelError(
                f"{self.place} answered without any choices: check that the URL is that of a Chat "
                "Completions endpoint"
                if self.dialect.api == "chat"
                else f"{self.place} answered with no response: check that the URL is that of a "
                "Responses endpoint, or choose the dialect of Chat Completions"
            )
        answer = said.answer()
        if answer.end is None and not done:
            raise broken_off(self.place)
        return answer

    def _reply(self, request: Request, answer: Answer) -> Reply:
        """The reply that an answer amounts to."""
        who = f"the model `{self.model}`"
        if answer.end == "failed":
            raise ModelBusyError(
                f"{self.place} failed while it answered{self._reason(answer.reason)}: try again "
                "later"
            )
        if answer.end == "withheld":
            raise ModelError(
                f"the answer of {who} was withheld by the endpoint's content filter: say it in "
                "other words, or use another model"
            )
        if answer.end == "cut":
            raise ModelError(
                f"the answer of {who} was cut off at {self.max_tokens} tokens, with those of its "
                "reasoning: allow more tokens, or use another model"
            )
        text = answer.text.encode("utf-8", "replace").decode("utf-8")
        if not text.strip():
            raise ModelError(
                f"{who} gave an empty answer{self._reason(answer.reason)}: try again, or use "
                "another model"
            )
        if len(text) > MAX_ANSWER:
            raise ModelError(
                f"{who} answered with more than {MAX_ANSWER} characters: try again, or use another "
                "model"
            )
        if request.grammar is not None and self.dialect.answers_json:
            # If it did not keep to the schema, whoever reads the answer says what is wrong with it,
            # as with any answer that is no sentence of the grammar.
            with suppress(PddlError):
                text = from_json(request.grammar, text)
        usage = answer.usage or Usage(0, 0)
        return Reply(self._access.hidden(text), self._name(answer), usage.prompt, usage.completion)

    def _name(self, answer: Answer) -> str:
        name = answer.model[:MAX_MODEL_NAME]
        return self._access.hidden(name) if name.strip() and name.isprintable() else self.model

    def _tried(self) -> str:
        return f" ({self.retries + 1} attempts)" if self.retries else ""

    def _silent(self) -> ModelBusyError:
        return ModelBusyError(
            f"{self.place} gave no answer within {self.timeout:g} s{self._tried()}: try again "
            "later, or allow more time"
        )

    def _unreachable(self) -> ModelBusyError:
        return ModelBusyError(
            f"{self.place} cannot be reached{self._tried()}: check that it is running, the URL and "
            "the network"
        )

    def _status_error(self, error: object) -> ModelError:
        """The error for a refusing status: what happened, and what to do about it."""
        status = getattr(error, "status_code", 0)
        body = getattr(error, "body", None)
        said = self._reason(body.get("message") if isinstance(body, dict) else body)
        head = f"{self.place} answered {status}"
        if status == 429:
            return ModelBusyError(
                f"{head}, too many requests{self._tried()}: try again later, or check the "
                f"account's limits{said}"
            )
        if status in _BUSY or status >= 500:
            return ModelBusyError(f"{head}, it is failing{self._tried()}: try again later{said}")
        if status == 401:
            advice = "the key is refused: set OPENAI_API_KEY to a valid key"
        elif status == 403:
            advice = f"the key has no access to the model `{self.model}`: use another of either"
        elif status == 404:
            advice = f"there is no model `{self.model}`, or the URL is wrong: check both"
        else:
            advice = (
                f"the request is refused: check that `{self.model}` is a chat model, and that the "
                f"endpoint speaks the dialect `{self.dialect.name}`"
            )
        return ModelRefusedError(f"{head}, {advice}{said}")

    def _reason(self, message: object) -> str:
        """What the endpoint says about its refusal, shortened, for the end of a message."""
        if not isinstance(message, str) or not message.strip():
            return ""
        # Hidden before it is cut, so that no half of a key is left.
        message = self._access.hidden(" ".join(message.split()))
        shown = message if len(message) <= MAX_REASON else message[:MAX_REASON] + "…"
        return f" (it says: {shown})"
