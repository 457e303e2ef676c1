"""Tasks planned for in several ways, by a model and by engines, one after the other."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from goalsmith.benchmarks.direct.answers import Fault
from goalsmith.benchmarks.direct.asking import Clock, Planner
from goalsmith.benchmarks.direct.examples import Examples
from goalsmith.benchmarks.direct.prompts import MAX_PROMPT, Example, length, task_messages
from goalsmith.benchmarks.direct.results import (
    NOT_ASKED,
    NOT_HEARD,
    NOT_KEPT,
    Came,
    Results,
    Row,
    Way,
)
from goalsmith.benchmarks.direct.tasks import read, wording_of
from goalsmith.benchmarks.plan_scores import PlanFile, PlanScore, PlanScorer, Verdict
from goalsmith.benchmarks.plan_scores.scoring import first_of
from goalsmith.benchmarks.provenance import engine_versions, sources_digest
from goalsmith.benchmarks.suites.suite import BenchmarkTask, Suite
from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError, ModelBusyError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan, write_plan
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve import Limits, solve
from goalsmith.translate.models.ledger import Prices
from goalsmith.translate.models.model import Model
from goalsmith.translate.models.replies import Usage

ASKED = (Way.ZERO_SHOT, Way.ONE_SHOT, Way.FEEDBACK)
"""The ways in which a model plans."""

MAX_ROUNDS = 10

_PACKAGES = (
    "goalsmith.domains",
    "goalsmith.solve",
    "goalsmith.translate.saying",
    "goalsmith.benchmarks.direct",
)


@dataclass(frozen=True, slots=True)
class Setup:
    """How tasks are planned for.

    Attributes:
        method: which model, where and how it is asked, for the keys of rows.
        ways: in which ways it plans.
        rounds: answers at most where it is told what is wrong.
        english: whether tasks are told in English, by the `wording.toml` beside the domain or else
            by its names, and not in PDDL.
        engine: the one engine to ask wherever something is solved; None: they race.
        limits: wall time and memory for that.
        prices: what tokens cost; None: prices are not reckoned.

    Raises:
        InputError: the rounds are out of range, or a way is not one of a model's.
    """

    method: str
    ways: tuple[Way, ...] = ASKED
    rounds: int = 3
    english: bool = False
    engine: str | None = None
    limits: Limits = field(default_factory=Limits)
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.rounds <= MAX_ROUNDS:
            raise InputError(f"rounds must be from 1 to {MAX_ROUNDS}, not {self.rounds}")
        if not self.ways or not set(self.ways) <= set(ASKED):
            raise InputError("a model plans zero-shot, one-shot or with feedback")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run.

    Attributes:
        rows: task by task, each with that of the engines and then the ways of the model.
        known: how many of them were known before.
        interrupted: it was stopped before its end.
    """

    rows: tuple[Row, ...]
    known: int
    interrupted: bool = False

    @property
    def silent(self) -> Row | None:
        """The first row of a model that was asked and never answered; None of any other."""
        asked = [r for r in self.rows if r.way is not Way.SOLVE and r.came not in NOT_ASKED]
        return asked[0] if asked and all(row.came in NOT_HEARD for row in asked) else None


def run(
    tasks: Sequence[BenchmarkTask],
    model: Model,
    setup: Setup,
    *,
    suite: Suite,
    results: Results | None = None,
    plans: Path | None = None,
    on_row: Callable[[Row, bool], None] | None = None,
    cancel: Event | None = None,
    clock: Clock = time.monotonic,
) -> Run:
    """Has a model and the engines plan for tasks, and scores the plans.

    Args:
        tasks: for what.
        model: who plans, beside the engines.
        setup: how.
        suite: where examples are taken from.
        results: where rows are kept, and looked up first.
        plans: a folder in which plans are kept as `WAY/DOMAIN/PROBLEM.plan`; None: nowhere.
        on_row: is told each row, and whether it is new.
        cancel: set by another thread to stop after the answer that is under way.
        clock: seconds, from whatever start.

    Raises:
        ModelRefusedError: asking the model again is no use. What was finished is in `results`.
        InputError: there is no such engine, a wording is wrong, or a file cannot be written.
        UnsupportedError: the engine, or the one that plans for examples, is not installed.
    """
    cancel = cancel or Event()
    rows: list[Row] = []
    known = 0
    with TemporaryDirectory(prefix="goalsmith-plans-") as made:
        trials = _Trials(model, setup, suite, Path(made), plans or Path(made), cancel, clock)
        for row, new in (each for entry in tasks for each in trials.of(entry, results)):
            # What was done when the event was set may have been cut short.
            if new and cancel.is_set():
                break
            if new and results is not None and row.came not in NOT_KEPT:
                results.add(row)
            rows.append(row)
            known += not new
            if on_row:
                on_row(row, new)
            if cancel.is_set():
                break
    return Run(tuple(rows), known, len(rows) < len(tasks) * (len(setup.ways) + 1))


class _Trials:
    """Does what there is to do for one task after the other."""

    def __init__(
        self,
        model: Model,
        setup: Setup,
        suite: Suite,
        made: Path,
        folder: Path,
        cancel: Event,
        clock: Clock,
    ) -> None:
        self._setup = setup
        self._made = made
        self._folder = folder
        self._cancel = cancel
        self._clock = clock
        self._planner = Planner(model, clock)
        self._examples = Examples(suite, setup.limits, cancel)
        self._scorer = PlanScorer(engine=setup.engine, limits=setup.limits, cancel=cancel)
        self._code = sources_digest(*_PACKAGES)

    def of(self, entry: BenchmarkTask, results: Results | None) -> Iterator[tuple[Row, bool]]:
        """The row of each way, and whether it is new."""
        # An engine that there is not should be found out before a model is paid for.
        ways = (Way.SOLVE, *self._setup.ways)
        self._planner.forget()
        try:
            task = read(entry)
        except (InputError, UnsupportedError) as error:
            for way in ways:
                row = _blank("", entry, way, Came.NO_TASK)
                yield replace(row, reason=printable(first_of(error))), True
            return
        wording = wording_of(entry, task.domain) if self._setup.english else None
        for way in ways:
            example = self._examples.of(entry, task) if way is Way.ONE_SHOT else None
            key = self._key(way, task, example, wording)
            blank = _blank(key, entry, way, Came.NO_EXAMPLE)
            known = results.find(key) if results is not None else None
            if known is not None:
                # The task may have been called otherwise.
                yield replace(known, domain=blank.domain, problem=blank.problem), False
            elif way is Way.SOLVE:
                yield self._solved(blank, entry, task), True
            elif way is Way.ONE_SHOT and example is None:
                yield replace(blank, reason="no other task of the domain has a plan to show"), True
            else:
                yield self._asked(blank, entry, task, example, wording), True

    def _key(self, way: Way, task: Task, example: Example | None, wording: Wording | None) -> str:
        """SHA-256 of all that a row depends on."""
        setup = self._setup
        limits = (setup.limits.seconds, setup.limits.memory_mb)
        parts: list[object] = [way.value, write_domain(task.domain), write_problem(task.problem)]
        parts += [setup.engine, limits, engine_versions(setup.engine), self._code]
        if way is not Way.SOLVE:
            parts += [setup.method, repr(setup.prices), repr(wording)]
            parts.append(setup.rounds if way is Way.FEEDBACK else 1)
            if example is not None:
                parts += [write_problem(example.task.problem), str(example.plan)]
        return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()

    def _solved(self, row: Row, entry: BenchmarkTask, task: Task) -> Row:
        """The row of the engines."""
        setup = self._setup
        began = self._clock()
        found = solve(task, engine=setup.engine, limits=setup.limits, cancel=self._cancel)
        row = replace(row, seconds=self._clock() - began)
        if found.plan is None:
            reason = printable(f"{found.outcome}: {found.evidence}")
            return replace(row, came=Came.NOT_SOLVED, reason=reason)
        return self._scored(row, entry, found.plan)

    def _asked(
        self,
        row: Row,
        entry: BenchmarkTask,
        task: Task,
        example: Example | None,
        wording: Wording | None,
    ) -> Row:
        """The row of a way in which the model plans."""
        setup = self._setup
        messages = task_messages(task, example, wording)
        if (characters := length(messages)) > MAX_PROMPT:
            reason = f"it would take {characters} characters, more than {MAX_PROMPT}"
            return replace(row, came=Came.TOO_LARGE, reason=reason)
        rounds = setup.rounds if row.way is Way.FEEDBACK else 1
        try:
            said = self._planner.propose(messages, task, rounds=rounds, wording=wording)
        except ModelBusyError as error:
            return replace(row, came=Came.BUSY, reason=printable(str(error)))
        usage = Usage(said.prompt_tokens, said.completion_tokens)
        row = replace(
            row,
            rounds=said.rounds,
            prompt_tokens=said.prompt_tokens,
            completion_tokens=said.completion_tokens,
            price=None if setup.prices is None else setup.prices.cost(usage),
            seconds=said.seconds,
        )
        if isinstance(said.plan, Fault):
            return replace(row, came=said.plan.came, reason=printable(str(said.plan)))
        return self._scored(row, entry, said.plan)

    def _scored(self, row: Row, entry: BenchmarkTask, plan: Plan) -> Row:
        """The row of a plan, scored as a plan file from anywhere is."""
        # The name of a domain at the top of a file system may begin with its root.
        domain = entry.domain_name.strip("/")
        file = self._folder / row.way.value / domain / f"{entry.name}.plan"
        _write(file, write_plan(plan))
        score = self._scorer.score(PlanFile(file, entry))
        return replace(
            row,
            came=_came(score),
            reason=printable(score.reason),
            length=score.length,
            cost=float(score.cost) if score.cost is not None and score.cost >= 0 else None,
            makespan=score.makespan,
            needless=score.needless,
            prefix=score.prefix,
            to_goal=score.to_goal,
            remark=printable(score.remark),
        )


def _blank(key: str, entry: BenchmarkTask, way: Way, came: Came) -> Row:
    """A row with nothing but its names, which come from files and are shown on terminals."""
    return Row(key, printable(entry.domain_name), printable(entry.name), way, came)


def _came(score: PlanScore) -> Came:
    """What a score says of a plan that names steps of the task."""
    if score.verdict is Verdict.VALID:
        return Came.VALID
    if score.verdict is Verdict.INVALID:
        return Came.GOAL_MISSED if score.prefix == score.length else Came.BROKEN_STEP
    # The files were changed between two looks at them.
    return Came.NO_TASK


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from None
