"""Runs as OpenTelemetry spans."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from parallel_runs import faulty, overtaken
from tasks import one_way, towers

from goalsmith.domains.errors import InputError, ModelBusyError, UnsupportedError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import ActionReport, Attempt, Ending, Journal, Run, Simulator, execute
from goalsmith.execute.journal.events import (
    PlanAdopted,
    ReplanBegun,
    Replanned,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
)
from goalsmith.execute.tracing import RunSpans
from goalsmith.solve.solution import Solution
from goalsmith.translate.models.model import Message, Model, Reply, Request

pytest.importorskip("opentelemetry.sdk.trace", reason="pip install opentelemetry-sdk")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
    InMemorySpanExporter,
)
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

TASK = towers("(on a b)")
LIFT, PILE = Step("lift", ("a",)), Step("pile", ("a", "b"))
PLAN = Plan((LIFT, PILE))
REQUEST = Request((Message("user", "put a on b, said Ann"),), temperature=0.5)


@dataclass
class Spans:
    """What was exported, in the order in which the spans ended."""

    provider: TracerProvider
    exporter: InMemorySpanExporter

    @property
    def ended(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        """By the time at which they began; spans that began together as they ended."""
        return [span.name for span in sorted(self.ended, key=lambda span: span.start_time or 0)]

    def named(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.ended if span.name == name]
        return span

    def run(self, environment: Simulator, task: Task = TASK, plan: Plan = PLAN) -> Run:
        with RunSpans(task.domain.name, run="abc", provider=self.provider) as listener:
            return execute(task, plan, environment, planned, on_event=listener, name="abc")


@pytest.fixture
def spans() -> Iterator[Spans]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield Spans(provider, exporter)
    provider.shutdown()


def planned(task: Task) -> Solution:
    """Plans for having a on b, from wherever a is."""
    held = Atom("hand", ("a",)) in task.problem.init
    return Solution(Outcome.SOLVED, "by-hand", "known", Plan((PILE,)) if held else PLAN)


def told(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def events(span: ReadableSpan) -> dict[str, dict[str, object]]:
    return {event.name: dict(event.attributes or {}) for event in span.events}


class Stubborn(Simulator):
    """A world whose first steps go wrong: how, its functions say, one for each."""

    def __init__(self, *troubles: Callable[[Stubborn, Step], ActionReport]) -> None:
        super().__init__(TASK)
        self.troubles = list(troubles)

    def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
        if self.troubles:
            return self.troubles.pop(0)(self, step)
        return super().act(step, attempt)


def fails(_world: Stubborn, _step: Step) -> ActionReport:
    return ActionReport(False, "the gripper\nis stuck " + "!" * 1000, Ending.TIMED_OUT)


def does_nothing(_world: Stubborn, _step: Step) -> ActionReport:
    return ActionReport(True, "done, says Ann")


class Asking:
    """A model that answers, or raises."""

    constrains = True
    model = "parrot"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def complete(self, request: Request) -> Reply:
        if self.error is not None:
            raise self.error
        return Reply("secret", "parrot-7", 12, 3)


def test_a_run_is_a_workflow_whose_steps_are_tools(spans: Spans) -> None:
    before = time.time_ns()
    run = spans.run(Simulator(TASK))
    assert run.reached
    assert spans.names == ["invoke_workflow towers", "execute_tool lift", "execute_tool pile"]
    whole, lift, pile = (spans.named(name) for name in spans.names)
    assert told(whole) == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "towers",
        "goalsmith.run.id": "abc",
        "goalsmith.policy": "strict",
        "goalsmith.plan.steps": 2,
        "goalsmith.run.steps": 2,
        "goalsmith.outcome": "reached",
    }
    assert told(pile) == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "pile",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "abc-2",
        "goalsmith.step.text": "(pile a b)",
        "goalsmith.step.number": 2,
        "goalsmith.step.attempt": 1,
    }
    assert {span.kind for span in spans.ended} == {SpanKind.INTERNAL}
    assert {span.status.status_code for span in spans.ended} == {StatusCode.UNSET}
    assert whole.parent is None
    assert whole.context is not None
    for step in (lift, pile):
        assert step.parent is not None
        assert step.parent.span_id == whole.context.span_id
    times = [before, whole.start_time, lift.start_time, lift.end_time, pile.start_time]
    times += [pile.end_time, whole.end_time, time.time_ns()]
    assert times == sorted(times, key=lambda t: t or 0)


def test_a_failed_step_is_an_error_and_a_replan_a_span(spans: Spans) -> None:
    run = spans.run(Stubborn(fails))
    assert run.reached
    kinds = ["execute_tool lift", "plan", "execute_tool lift", "execute_tool pile"]
    assert spans.names == ["invoke_workflow towers", *kinds]
    step = next(s for s in spans.ended if s.name == "execute_tool lift")
    assert step.status.status_code is StatusCode.ERROR
    assert step.status.description is not None
    assert step.status.description.startswith("the gripper is stuck !!!")
    assert len(step.status.description) == 200
    assert told(step)["error.type"] == "timed-out"
    found = events(step)
    kinds = ["step_reported", "divergence_seen", "judged"]
    assert list(found) == [f"goalsmith.{kind}" for kind in kinds]
    assert found["goalsmith.judged"]["goalsmith.event.verdict"] == "replan"
    plan = spans.named("plan")
    assert told(plan)["goalsmith.plan.version"] == 2
    assert told(plan)["goalsmith.engine"] == "by-hand"
    assert plan.status.status_code is StatusCode.UNSET
    whole = spans.named("invoke_workflow towers")
    assert told(whole)["goalsmith.run.replans"] == 1
    # What was handled is no error of the whole.
    assert whole.status.status_code is StatusCode.UNSET


def test_a_divergence_is_an_event_of_the_step_that_it_was_seen_after(spans: Spans) -> None:
    spans.run(Stubborn(does_nothing))
    step = next(s for s in spans.ended if s.name == "execute_tool lift")
    assert step.status.status_code is StatusCode.UNSET
    seen = events(step)["goalsmith.divergence_seen"]
    assert str(seen["goalsmith.event.divergence"]).startswith("missing: (hand a)")
    # What the world and people say is not told.
    said = repr([(told(s), events(s)) for s in spans.ended])
    assert "Ann" not in said


def test_a_run_that_ends_short_is_an_error_with_its_reason(spans: Spans) -> None:
    task = one_way("(never)")
    unsolvable = Solution(Outcome.UNSOLVABLE, "by-hand", "there is no way")
    with RunSpans("fork", provider=spans.provider) as listener:
        execute(task, Plan(), Simulator(task), lambda _: unsolvable, on_event=listener)
    whole, plan = spans.named("invoke_workflow fork"), spans.named("plan")
    assert told(whole)["error.type"] == told(whole)["goalsmith.outcome"] == "ended-short"
    assert whole.status.status_code is plan.status.status_code is StatusCode.ERROR
    assert "no way" in (whole.status.description or "")
    assert told(plan)["error.type"] == "unsolvable"
    assert "goalsmith.plan_refused" in events(whole)


def test_a_journal_told_afterwards_has_its_own_times(spans: Spans) -> None:
    journal = Journal(iter(range(100)).__next__)
    for event in (
        RunStarted(TASK.problem.goal, PLAN, 1, 1),
        StepBegun(1, 0, LIFT, 1, "k"),
        StepReported(1, LIFT, True, ""),
        StateMatched(1),
        ReplanBegun(1, "why not"),
        Replanned(1, Outcome.SOLVED, "kairos", ""),
        PlanAdopted(2, PLAN, ""),
        RunEnded(Outcome.REACHED, ""),
    ):
        journal.record(event)
    with RunSpans("towers", provider=spans.provider, began=1e9) as listener:
        for entry in journal:
            listener(entry)

    def seconds(name: str) -> tuple[float, float]:
        span = spans.named(name)
        return (span.start_time or 0) / 1e9 - 1e9, (span.end_time or 0) / 1e9 - 1e9

    assert seconds("invoke_workflow towers") == (0, 8)
    assert seconds("execute_tool lift") == (2, 3)
    assert seconds("plan") == (5, 7)


def test_calls_to_models_belong_to_the_step_that_makes_them(spans: Spans) -> None:
    with RunSpans("towers", provider=spans.provider) as listener:
        model: Model = listener.model(Asking())
        assert model.constrains
        assert model.complete(REQUEST).text == "secret"

        class Delegating(Simulator):
            def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
                model.complete(REQUEST)
                return super().act(step, attempt)

        execute(TASK, PLAN, Delegating(TASK), planned, on_event=listener)
    first, *others = (s for s in spans.ended if s.name == "chat parrot")
    assert told(first) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "parrot",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.model": "parrot-7",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
    }
    assert first.kind is SpanKind.CLIENT
    names = {s.context.span_id: s.name for s in spans.ended if s.context is not None}
    parents = [names[s.parent.span_id] for s in (first, *others) if s.parent is not None]
    assert parents == ["invoke_workflow towers", "execute_tool lift", "execute_tool pile"]


def test_a_call_that_fails_is_an_error_and_is_raised(spans: Spans) -> None:
    with RunSpans("towers", provider=spans.provider) as listener:
        model = listener.model(Asking(ModelBusyError("try later")), "lyre")
        with pytest.raises(ModelBusyError):
            model.complete(REQUEST)
    chat = spans.named("chat lyre")
    assert told(chat)["error.type"] == "ModelBusyError"
    assert chat.status.description == "try later"
    assert spans.named("invoke_workflow towers").status.status_code is StatusCode.UNSET


def test_finding_the_first_plan_is_a_span_too(spans: Spans) -> None:
    with RunSpans("towers", provider=spans.provider) as listener:
        assert listener.planning(lambda: planned(TASK)).plan == PLAN
        with pytest.raises(InputError):
            listener.planning(refusing)
    good, bad = (s for s in spans.ended if s.name == "plan")
    assert told(good)["goalsmith.plan.steps"] == 2
    assert told(bad)["error.type"] == "InputError"


def refusing() -> Solution:
    raise InputError("no such engine")


def test_a_resumed_run_has_a_trace_of_its_own_and_the_id_of_the_former(spans: Spans) -> None:
    spans.run(Simulator(TASK))
    first = spans.named("invoke_workflow towers")
    spans.exporter.clear()
    with RunSpans("towers", provider=spans.provider) as listener:
        listener.called("abc")
    second = spans.named("invoke_workflow towers")
    assert told(first)["goalsmith.run.id"] == told(second)["goalsmith.run.id"] == "abc"
    assert first.context is not None
    assert second.context is not None
    assert first.context.trace_id != second.context.trace_id


def test_what_is_under_way_when_a_run_is_left_is_ended_as_interrupted(spans: Spans) -> None:
    def breaks_off(_world: Stubborn, _step: Step) -> ActionReport:
        raise SystemExit

    with pytest.raises(SystemExit):
        spans.run(Stubborn(breaks_off))
    assert told(spans.named("execute_tool lift"))["error.type"] == "interrupted"
    whole = spans.named("invoke_workflow towers")
    assert whole.status.status_code is StatusCode.ERROR
    assert told(whole)["goalsmith.outcome"] == "interrupted"
    assert not get_current_span().get_span_context().is_valid


def test_steps_under_way_at_the_same_time_have_each_what_came_of_them(spans: Spans) -> None:
    with RunSpans("buttons", provider=spans.provider) as listener:
        run = overtaken("strict", listener)
    assert run.reached
    steps = {
        told(span)["goalsmith.step.number"]: span
        for span in spans.ended
        if span.name == "execute_tool press"
    }
    assert list(steps)[:3] == [3, 1, 2]  # the one that failed is over once it is judged
    kinds = ["step_reported", "divergence_seen", "judged"]
    assert list(events(steps[2])) == [f"goalsmith.{kind}" for kind in kinds]
    assert steps[2].status.status_code is StatusCode.ERROR
    for number in (1, 3):
        assert not steps[number].events
        assert steps[number].status.status_code is StatusCode.UNSET
    times = [steps[number].end_time or 0 for number in (2, 3, 1)]
    assert times == sorted(times)
    assert max(steps[n].start_time or 0 for n in (1, 2, 3)) < times[0]


def test_every_step_of_a_faulty_run_with_several_at_a_time_has_its_span(spans: Spans) -> None:
    _, run = faulty(1)
    with RunSpans("logistics", provider=spans.provider, began=1e9) as listener:
        for entry in run.journal:
            listener(entry)
    entries = [(entry.seconds, entry.event) for entry in run.journal]
    begun = {e.number: at for at, e in entries if isinstance(e, StepBegun)}
    reported = {e.number: (at, e) for at, e in entries if isinstance(e, StepReported)}
    found = [span for span in spans.ended if span.name.startswith("execute_tool")]
    assert sorted(str(told(s)["goalsmith.step.number"]) for s in found) == sorted(map(str, begun))
    for span in found:
        number = told(span)["goalsmith.step.number"]
        assert isinstance(number, int)
        at, report = reported[number]
        assert told(span)["goalsmith.step.text"] == str(report.step)
        assert (span.status.status_code is StatusCode.UNSET) == report.succeeded
        assert span.start_time == int((1e9 + begun[number]) * 1e9)
        assert span.end_time == int((1e9 + at) * 1e9)


def test_states_are_in_no_span_and_long_lists_are_cut(spans: Spans) -> None:
    from goalsmith.execute.journal.events import Judged, Observed, Verdict

    many = tuple(replace(LIFT, args=(f"b{i}",)) for i in range(30))
    journal = Journal()
    with RunSpans("towers", provider=spans.provider) as listener:
        for event in (
            Observed(State(frozenset({Atom("table", ("hidden",))}))),
            Judged(1, Verdict.SKIP, "x" * 999, 3, many),
        ):
            listener(journal.record(event))
    found = events(spans.named("invoke_workflow towers"))
    assert list(found) == ["goalsmith.judged"]
    assert len(str(found["goalsmith.judged"]["goalsmith.event.reason"])) == 200
    skipped = found["goalsmith.judged"]["goalsmith.event.skipped"]
    assert isinstance(skipped, tuple)
    assert len(skipped) == 21
    assert skipped[-1] == "and 10 more"


def test_entries_are_told_in_the_block_only(spans: Spans) -> None:
    listener = RunSpans("towers", provider=spans.provider)
    with pytest.raises(InputError, match="block"):
        listener(Journal().record(StateMatched(1)))


def test_without_opentelemetry_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'goalsmith\[otel\]'"):
        RunSpans("towers")
