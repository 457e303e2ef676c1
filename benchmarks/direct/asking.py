"""A model asked for a plan, and told what is wrong with it, for some rounds.

What it is told of a plan is what our validator finds, the first step that cannot be carried out or
what the goal lacks, and of any other answer why it cannot be read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from goalsmith.benchmarks.direct.answers import Fault, read_answer
from goalsmith.benchmarks.direct.prompts import failure_lines, repair_messages
from goalsmith.benchmarks.direct.results import Came
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import ModelBusyError, ModelError, ModelRefusedError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.solve import validate
from goalsmith.translate.models.model import Message, Model, Reply, Request

PROBE = (Message("user", "Answer with the word yes."),)
"""What is asked to see whether an endpoint refuses everything."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model came to in a conversation.

    Attributes:
        plan: the plan in its last answer, or why there is none.
        rounds: answers that it was asked for.
        prompt_tokens: of all requests, as far as the endpoint counts them.
        completion_tokens: of all answers, likewise.
        seconds: wall time of all answers.
    """

    plan: Plan | Fault
    rounds: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class Planner:
    """A model that is asked for plans.

    What it is asked again, word for word, it is not asked again: so the ways that begin with the
    same question share the answer, and differ by nothing but what follows. Only the questions on
    one task are remembered.

    Args:
        model: who is asked.
        clock: seconds, from whatever start.
    """

    def __init__(self, model: Model, clock: Clock = time.monotonic) -> None:
        self._model = model
        self._clock = clock
        self._known: dict[tuple[Message, ...], tuple[Reply | Fault, float]] = {}

    def forget(self) -> None:
        """Forgets the answers so far: another task follows."""
        self._known.clear()

    def propose(
        self,
        messages: tuple[Message, ...],
        task: Task,
        *,
        rounds: int = 1,
        wording: Wording | None = None,
    ) -> Proposal:
        """What it comes to in so many rounds at most; with one it is told nothing of its mistakes.

        With a wording, what its plan lacks is said in English.

        Raises:
            ModelRefusedError: asking the model anything is no use.
            ModelBusyError: the endpoint may answer later.
        """
        semantics = Semantics(task)
        prompt = completion = 0
        seconds = 0.0
        number = 0
        while True:
            number += 1
            reply, took = self._reply(messages)
            seconds += took
            if isinstance(reply, Fault):
                return Proposal(reply, number, prompt, completion, seconds)
            prompt += reply.prompt_tokens
            completion += reply.completion_tokens
            plan = read_answer(reply.text, task)
            proposal = Proposal(plan, number, prompt, completion, seconds)
            if isinstance(plan, Fault):
                wrong = plan.said
            else:
                failure = validate(task, plan, semantics).failure
                if failure is None:
                    return proposal
                wrong = failure_lines(failure, task, wording)
            # An endless answer is not handed back: it would take up the model's whole context.
            if number == rounds or (isinstance(plan, Fault) and plan.came is Came.TOO_LONG):
                return proposal
            messages = (*messages, *repair_messages(reply.text, wrong))

    def _reply(self, messages: tuple[Message, ...]) -> tuple[Reply | Fault, float]:
        """The answer, or why there is none, and the seconds that it took when it was asked for."""
        known = self._known.get(messages)
        if known is None:
            began = self._clock()
            known = self._asked(messages), self._clock() - began
            self._known[messages] = known
        return known

    def _asked(self, messages: tuple[Message, ...]) -> Reply | Fault:
        try:
            return self._model.complete(Request(messages))
        except ModelBusyError:
            raise
        except ModelRefusedError as error:
            self._probe(error)
            return Fault(Came.REFUSED, (printable(str(error)),))
        except ModelError as error:
            return Fault(Came.NO_ANSWER, (printable(str(error)),))

    def _probe(self, error: ModelError) -> None:
        """Raises the refusal of a request if other requests are refused as well.

        A wrong key ends everything, while a task that is too long for a model is an outcome.
        """
        try:
            self._model.complete(Request(PROBE))
        except ModelRefusedError:
            raise error from None
        except ModelError:
            # It was let in.
            return
