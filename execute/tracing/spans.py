"""A run as OpenTelemetry spans, made while it goes on.

Names and attributes are those of OpenTelemetry's semantic conventions for generative AI, which are
in development and not released yet: docs/gen-ai/gen-ai-agent-spans.md and gen-ai-spans.md of
https://github.com/open-telemetry/semantic-conventions-genai at commit 002c8a6, which refer to
version 1.41.1 of the general conventions.

- a run is `invoke_workflow {workflow}`,
- each search for a plan `plan`,
- each step `execute_tool {action}`, from its beginning to the environment's report,
- each call to a model `chat {model}`, of kind CLIENT; all others are INTERNAL.

What they have no name for is called `goalsmith.…`. An `error.type` is the label of an outcome
(`unsolvable`, `ended-short`), how an act ended (`failed`, `refused`, `timed-out`), `interrupted`,
or the class of an exception. A resumed run has a span of its own, in a trace of its own, with the
same `goalsmith.run.id` as the former one.

No prompt, answer or state is in a span, and of texts from outside the first characters of error
messages only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.outcome import Outcome
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    GoalChanged,
    Judged,
    Observed,
    PlanAdopted,
    PlanRefused,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
)
from goalsmith.execute.journal.journal import Entry
from goalsmith.execute.tracing.attributes import (
    MAX_TEXT,
    Value,
    event_attributes,
    fail,
    said,
    say_planned,
)
from goalsmith.execute.tracing.models import Answered, AnyModel, Asked, TracedModel
from goalsmith.solve.solution import Solution

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

INTERRUPTED: Final = "interrupted"
"""The `error.type` of what was under way when its run was left."""

Operation: TypeAlias = Literal["invoke_workflow", "plan", "execute_tool", "chat"]


@dataclass(slots=True)
class _OpenStep:
    """A step whose span is open: it is ended once all that belongs to it has been told.

    Attributes:
        span: the span.
        reported: when its act was over, in nanoseconds since 1970; None: it is not.
        succeeded: whether it was reported as done.
    """

    span: Span
    reported: int | None = None
    succeeded: bool = False


class RunSpans:
    """The spans of a run, for a `with` block in which it is the run's listener.

    The run's span is that of the block, and the current one in it. What else is done in the block
    for the run, such as finding its first plan or asking a model, is told by `planning` and
    `model`. It may be told by several threads at once.

    Args:
        workflow: what runs of this sort are called; one of few names, as a rule the domain's.
        run: the run's id, which `called` may also say later.
        provider: who makes spans; by default the one that the program has set.
        began: when the journal began, in seconds since 1970, if it is told afterwards; None: its
            entries are told as they are made.

    Raises:
        UnsupportedError: OpenTelemetry is not installed.
    """

    def __init__(
        self,
        workflow: str,
        *,
        run: str = "",
        provider: TracerProvider | None = None,
        began: float | None = None,
    ) -> None:
        try:
            from opentelemetry import trace
        except ImportError:
            raise UnsupportedError(
                "traces need OpenTelemetry: pip install 'goalsmith[otel]'"
            ) from None
        self._tracer = trace.get_tracer("goalsmith", tracer_provider=provider)
        self._workflow = workflow
        self._id = run
        self._began = began
        self._seconds = 0.0
        self._run: Span = trace.INVALID_SPAN
        self._plan: Span | None = None
        self._steps: dict[int, _OpenStep] = {}
        # The first step that went otherwise than expected, and is not judged yet. Others may end
        # after it, so that the number of the verdict may be that of one of them.
        self._troubled: int | None = None
        self._leave: Callable[[], None] = _nothing
        self._lock = threading.RLock()

    def __enter__(self) -> RunSpans:
        from opentelemetry import context, trace

        given: dict[str, Value] = {"gen_ai.workflow.name": self._workflow}
        if self._id:
            given["goalsmith.run.id"] = self._id
        self._run = self._start("invoke_workflow", self._workflow, given)
        token = context.attach(trace.set_span_in_context(self._run))
        self._leave = lambda: context.detach(token)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        from opentelemetry.trace import INVALID_SPAN

        leave, self._leave = self._leave, _nothing
        leave()
        with self._lock:
            self._end_all()
            if kind is not None:
                fail(self._run, kind.__name__, said(error))
            self._run.end(self._now())
            self._run = INVALID_SPAN

    def called(self, run: str) -> None:
        """Says the run's id, where it was not known from the start."""
        self._run.set_attribute("goalsmith.run.id", run)

    def planning(self, ask: Callable[[], Solution]) -> Solution:
        """What a solver answers, in a `plan` span: for the plan that a run begins with."""
        span = self._start("plan")
        try:
            solution = ask()
        except BaseException as error:
            fail(span, type(error).__name__, said(error))
            raise
        else:
            say_planned(span, solution.outcome, solution.engine, solution.plan)
            return solution
        finally:
            span.end()

    def model(
        self, model: AnyModel[Asked, Answered], name: str | None = None, provider: str = "openai"
    ) -> TracedModel[Asked, Answered]:
        """A model whose calls are `chat` spans: in the step or the search under way, if it is one.

        Args:
            model: the model.
            name: what it is asked for by; by default its attribute `model`, or else its class.
            provider: whose telemetry its calls resemble (`gen_ai.provider.name`).
        """
        called = name or getattr(model, "model", None)
        if not isinstance(called, str):
            called = type(model).__name__
        name = printable(called, MAX_TEXT)
        return TracedModel(model, name, provider, partial(self._start_chat, name))

    def __call__(self, entry: Entry) -> None:
        """Takes an entry of the journal into account."""
        if self._leave is _nothing:
            raise InputError("the spans of a run are made in a `with` block: begin it first")
        with self._lock:
            self._seconds = entry.seconds
            at = self._now()
            match entry.event:
                case StepBegun() as begun:
                    self._begin(begun, at)
                case StepReported(number=number) as report if number in self._steps:
                    self._report(report, at)
                case StateMatched(number=number):
                    step = self._steps.get(number)
                    if step is not None and step.succeeded:
                        self._end_step(number)
                case DivergenceSeen(number=number) as seen:
                    self._tell(seen, at, self._steps.get(number))
                    self._is_trouble(number)
                case Judged() as judged:
                    self._judge(judged, at)
                case ReplanBegun(number=number, reason=reason):
                    self._run.set_attribute("goalsmith.run.replans", number)
                    given: dict[str, Value] = {
                        "goalsmith.replan.number": number,
                        "goalsmith.replan.reason": printable(reason, MAX_TEXT),
                    }
                    self._plan = self._start("plan", attributes=given, at=at)
                case Replanned() as answer:
                    self._answered(answer, at)
                case (
                    PlanAdopted(version=version, plan=plan)
                    | PlanRefused(version=version, plan=plan)
                ):
                    if self._plan is not None:
                        self._plan.set_attribute("goalsmith.plan.version", version)
                        self._plan.set_attribute("goalsmith.plan.steps", len(plan))
                    self._tell(entry.event, at)
                    self._end_plan(at)
                case RunStarted(plan=plan, policy=policy):
                    self._run.set_attribute("goalsmith.policy", policy.value)
                    self._run.set_attribute("goalsmith.plan.steps", len(plan))
                case RunEnded() as ended:
                    self._end_all()
                    self._run.set_attribute("goalsmith.outcome", ended.outcome.label)
                    if ended.outcome is not Outcome.REACHED:
                        fail(self._run, ended.outcome.label, ended.reason)
                case GoalChanged() as changed:
                    self._troubled = None  # the next verdict is about this
                    self._tell(changed, at)
                case Observed():
                    pass  # the whole state is no matter for a trace
                case other:
                    self._tell(other, at)

    # Steps

    def _begin(self, begun: StepBegun, at: int) -> None:
        self._run.set_attribute("goalsmith.run.steps", begun.number)
        self._steps[begun.number] = _OpenStep(
            self._start(
                "execute_tool",
                begun.step.action,
                {
                    "gen_ai.tool.name": begun.step.action,
                    "gen_ai.tool.type": "function",
                    "gen_ai.tool.call.id": begun.key,
                    "goalsmith.step.text": str(begun.step),
                    "goalsmith.step.number": begun.number,
                    "goalsmith.step.attempt": begun.attempt,
                },
                at,
            )
        )

    def _report(self, report: StepReported, at: int) -> None:
        step = self._steps[report.number]
        step.reported, step.succeeded = at, report.succeeded
        if not report.succeeded:
            self._tell(report, at, step)
            self._is_trouble(report.number)
            fail(step.span, report.ending.value, report.message)

    def _is_trouble(self, number: int) -> None:
        if self._troubled is None and number in self._steps:
            self._troubled = number

    def _judge(self, judged: Judged, at: int) -> None:
        """Tells of a verdict. Nothing is under way by then, and nothing more is told of steps."""
        number, self._troubled = self._troubled, None
        self._tell(judged, at, None if number is None else self._steps.get(number))
        for each in list(self._steps):
            self._end_step(each)

    def _end_step(self, number: int) -> None:
        """Ends the span of a step, when its act was over, or now if it is not."""
        step = self._steps.pop(number, None)
        if step is None:
            return
        if step.reported is None:
            fail(step.span, INTERRUPTED, "")
        step.span.end(step.reported or self._now())

    # Plans

    def _answered(self, answer: Replanned, at: int) -> None:
        if self._plan is None:
            return
        say_planned(self._plan, answer.outcome, answer.engine)
        if answer.outcome is not Outcome.SOLVED:
            self._end_plan(at)

    def _end_plan(self, at: int) -> None:
        if self._plan is not None:
            self._plan.end(at)
            self._plan = None

    def _end_all(self) -> None:
        for number in list(self._steps):
            self._end_step(number)
        self._end_plan(self._now())

    # Spans

    def _start(
        self,
        operation: Operation,
        name: str = "",
        attributes: Mapping[str, Value] | None = None,
        at: int | None = None,
        parent: Span | None = None,
    ) -> Span:
        """Starts a span: the run's in whatever is current, any other in the run's or a given one.

        Its attributes are given at its creation, when samplers look at them.
        """
        from opentelemetry.trace import SpanKind, set_span_in_context

        parent = parent or self._run
        known = parent.get_span_context().is_valid
        return self._tracer.start_span(
            f"{operation} {name}".rstrip(),
            set_span_in_context(parent) if known else None,
            SpanKind.CLIENT if operation == "chat" else SpanKind.INTERNAL,
            {"gen_ai.operation.name": operation, **(attributes or {})},
            start_time=self._now() if at is None else at,
        )

    def _start_chat(self, model: str, attributes: Mapping[str, Value]) -> Span:
        return self._start("chat", model, attributes, parent=self._innermost())

    def _innermost(self) -> Span:
        """The span of what is under way, as far as it is one thing."""
        with self._lock:
            acting = [step.span for step in self._steps.values() if step.reported is None]
            if len(acting) == 1:
                return acting[0]
            return self._plan or self._run

    def _tell(self, event: Event, at: int, step: _OpenStep | None = None) -> None:
        """Adds an event of a span: the step's, or else the run's."""
        span = self._run if step is None else step.span
        span.add_event(f"goalsmith.{event.kind.replace('-', '_')}", event_attributes(event), at)

    def _now(self) -> int:
        """Nanoseconds since 1970: now, or those of the last entry of a journal told afterwards."""
        if self._began is None:
            return time.time_ns()
        return int((self._began + self._seconds) * 1e9)


def _nothing() -> None:
    """Before a block there is nothing to leave."""
