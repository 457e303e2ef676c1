"""The planner: one object from a goal in English to a run that reached it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Domain, Task
from goalsmith.settings import Settings, settings
from goalsmith.solve.solution import OnSolution, ignored
from goalsmith.world import World

if TYPE_CHECKING:
    from goalsmith.awaitable import AsyncPlanner
    from goalsmith.domains.plans import Plan, Step
    from goalsmith.execute.environment import Environment
    from goalsmith.execute.journal.journal import Listener
    from goalsmith.execute.messages import Inbox, Review
    from goalsmith.execute.monitor.monitor import Run
    from goalsmith.execute.policies import Policy
    from goalsmith.execute.simulation.simulator import Faults
    from goalsmith.solve.answer import Quality
    from goalsmith.solve.cache import Cache
    from goalsmith.solve.order.causal import CausalOrder
    from goalsmith.solve.solution import Solution
    from goalsmith.solve.validation import Validation
    from goalsmith.translate.asking import Asking
    from goalsmith.translate.checks import Checks
    from goalsmith.translate.models.model import Model
    from goalsmith.translate.modes import ModeName
    from goalsmith.translate.question import Question
    from goalsmith.translate.translation import Translation


class Planner:
    """Translates, solves and executes in one domain.

    Args:
        domain: a bundled domain's name, a domain file, a folder in the library's form, a Domain,
            or a World: a domain with its wording.
        model: a model's name (asked through the OpenAI client), or a Model; None: the one that the
            settings name, if any. Without a model, controlled English is read offline.
        base_url: the model's endpoint, if not OpenAI's.
        offline: read controlled English even if a model is set.
        engine: the one engine to ask; without it they race.
        time_limit: wall seconds for an engine.
        memory_limit: MiB for an engine.

    What is not given comes from environment variables and `goalsmith.toml`. A planner may be used
    by several threads at once.

    Raises:
        InputError: there is no such domain, it has errors, or a setting is wrong.
    """

    def __init__(
        self,
        domain: str | Path | Domain | World,
        *,
        model: str | Model | None = None,
        base_url: str | None = None,
        offline: bool = False,
        engine: str | None = None,
        time_limit: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        name = model if isinstance(model, str) else None
        self.settings = settings(Settings(name, base_url, engine, time_limit, memory_limit))
        self.world = domain if isinstance(domain, World) else World.of(domain)
        self._model = None if isinstance(model, str) else model
        self._offline = offline

    @property
    def domain(self) -> Domain:
        """The domain."""
        return self.world.domain

    @property
    def asynchronous(self) -> AsyncPlanner:
        """The same verbs, to be awaited."""
        from goalsmith.awaitable import AsyncPlanner

        return AsyncPlanner(self)

    def task(self, problem: str | Path | Task | None = None) -> Task:
        """A problem file, an instance's name, or, for None, the domain's first instance.

        Raises:
            InputError: there is no such problem, or it has errors.
        """
        return self.world.task(problem)

    def translate(
        self,
        text: str,
        problem: str | Path | Task | None = None,
        *,
        mode: ModeName = "goal",
        asking: Asking | None = None,
        checks: Checks | None = None,
    ) -> Translation:
        """What is said in English, as a task.

        Args:
            text: what is said.
            problem: whose objects and initial state stay; left aside for a whole problem.
            mode: the text says a `goal`, describes a whole `problem`, or changes (`revise`) the
                problem's own goal.
            asking: how a model is asked.
            checks: what is asked about its answers.

        Raises:
            TranslationError: the text could not be understood, or the model gave no usable answer;
                an UnclearError holds a question, for `answer`.
            InputError: the problem is missing or has errors.
        """
        from goalsmith.translate.translation import translate

        return translate(
            text,
            self.domain if mode == "problem" else self.task(problem),
            self.world.wording,
            self.model(),
            revise=mode == "revise",
            asking=asking,
            checks=checks,
        )

    def answer(
        self,
        question: Question,
        reply: str,
        problem: str | Path | Task | None = None,
        *,
        mode: ModeName = "goal",
        asking: Asking | None = None,
        checks: Checks | None = None,
    ) -> Translation:
        """What follows from the reply to a question: the option it names, or a new translation.

        The other arguments are those that led to the question; it raises as `translate` does.
        """
        chosen = question.chosen(reply)
        if chosen is not None:
            return chosen
        text = question.with_reply(reply)
        return self.translate(text, problem, mode=mode, asking=asking, checks=checks)

    def model(self) -> Model | None:
        """The model that translates; None where controlled English is read offline."""
        if self._offline:
            return None
        if self._model is not None:
            return self._model
        if self.settings.model is None:
            return None
        from goalsmith.translate.models.endpoint import OpenAIModel

        dialect = self.settings.dialect or "auto"
        return OpenAIModel(self.settings.model, self.settings.base_url, dialect=dialect)

    def solve(
        self,
        problem: str | Path | Task | None = None,
        *,
        quality: Quality = "first",
        cancel: Event | None = None,
        seed: int = 0,
        on_solution: OnSolution = ignored,
        cache: Cache | None = None,
    ) -> Solution:
        """A validated plan for a problem, or why there is none.

        Args:
            problem: as `task` takes it.
            quality: the `first` plan found, the best found in the time given (`anytime`), or one
                proved cheapest (`optimal`).
            cancel: set by another thread to stop.
            seed: for chance in the search for better plans.
            on_solution: told of each plan that is better than all before.
            cache: where solutions are looked up first and kept; None: nowhere.

        Raises:
            InputError: the problem is missing or has errors, or the engine is unknown.
            UnsupportedError: no engine is installed.
        """
        from goalsmith.solve.solver import solve

        return solve(
            self.task(problem),
            engine=self.settings.engine,
            quality=quality,
            limits=self.settings.limits(),
            cancel=cancel,
            seed=seed,
            on_solution=on_solution,
            cache=cache,
        )

    def solutions(
        self,
        problem: str | Path | Task | None = None,
        *,
        quality: Quality = "anytime",
        seed: int = 0,
    ) -> Iterator[Solution]:
        """Each better plan as it is found, and at last what `solve` would return.

        Leaving the loop stops the search. Raises as `solve` does.
        """
        from goalsmith.solve.solver import improving_solutions

        return improving_solutions(
            self.task(problem),
            engine=self.settings.engine,
            quality=quality,
            limits=self.settings.limits(),
            seed=seed,
        )

    def validate(self, problem: str | Path | Task, plan: Plan) -> Validation:
        """Whether a plan solves a problem, and where it fails if not."""
        from goalsmith.solve.validation import validate

        return validate(self.task(problem), _steps(plan))

    def order(self, problem: str | Path | Task, plan: Plan) -> CausalOrder:
        """Which step of a valid plan needs which."""
        from goalsmith.solve.order.causal import causal_order

        return causal_order(self.task(problem), _steps(plan))

    def execute(
        self,
        problem: str | Path | Task,
        plan: Plan,
        environment: Environment | None = None,
        *,
        faults: Faults | None = None,
        max_replans: int = 50,
        max_steps: int = 10_000,
        policy: Policy | str = "strict",
        stability: float | None = None,
        parallel: int = 1,
        safe_stop: tuple[Step, ...] = (),
        review: Review | str = "none",
        inbox: Inbox | None = None,
        cancel: Event | None = None,
        on_event: Listener | None = None,
        name: str | None = None,
    ) -> Run:
        """Carries a plan out, replanning as the policy has it when the world is not as expected.

        Args:
            problem: as `task` takes it.
            plan: the plan to begin with.
            environment: the world; None: a simulator.
            faults: what goes wrong in the simulator.
            max_replans: how often the solver may be asked.
            max_steps: how many steps the environment may be asked to take.
            policy: when to plan anew: `strict`, `relevant`, `every-step` or `never`.
            stability: by what factor a new plan may cost more in order to keep more of the old one.
            parallel: how many independent steps may be taken at the same time.
            safe_stop: steps to take, as far as they are applicable, when the run is cancelled.
            review: which plans wait for a person: `none`, the first `plan`, or all `revisions`.
            inbox: where messages to the run come from.
            cancel: set by another thread to stop before the next step.
            on_event: called with every entry of the journal as it is made.
            name: of the run, from which attempts get their keys.

        Raises:
            InputError: the problem or an argument is wrong.
            ValueError: there is no such policy or review.
        """
        from goalsmith.execute.monitor.monitor import execute
        from goalsmith.execute.simulation.simulator import Simulator

        task = self.task(problem)
        if environment is None:
            environment = Simulator(task, faults)
        solver: Callable[[Task], Solution] = partial(self.solve, cancel=cancel)
        return execute(
            task,
            _steps(plan),
            environment,
            solver,
            max_replans=max_replans,
            max_steps=max_steps,
            policy=policy,
            stability=stability,
            parallel=parallel,
            safe_stop=safe_stop,
            review=review,
            inbox=inbox,
            cancel=cancel,
            on_event=on_event,
            name=name,
        )


def _steps(plan: Plan) -> Plan:
    """What was given as a plan. Raises InputError if it is none, as where there was no solution."""
    from goalsmith.domains.plans import Plan

    if isinstance(plan, Plan):
        return plan
    if plan is None:
        raise InputError("there is no plan: see the outcome of the solution, and its evidence")
    raise InputError(f"a plan is wanted, not a {type(plan).__name__}: give `solution.plan`")
