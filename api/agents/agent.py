"""Functions with a planner: a goal is understood, planned for, and carried through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from goalsmith.agents.account import Account, Proposal
from goalsmith.agents.assembly import COST
from goalsmith.agents.calling import is_async, world
from goalsmith.agents.pursuit import Pursuit, resumed
from goalsmith.agents.sensing import Sensing
from goalsmith.agents.things import Objects, Things
from goalsmith.agents.wording_text import wording_toml
from goalsmith.domains.checks import check_task
from goalsmith.domains.diagnostics import nearest
from goalsmith.domains.errors import GoalsmithError, InputError, WorldError
from goalsmith.domains.formula import FunctionTerm
from goalsmith.domains.language import Metric, Problem, State, Task
from goalsmith.domains.reader import read_condition
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_condition, write_domain, write_problem
from goalsmith.execute.budget import Budget
from goalsmith.execute.claims import error_text
from goalsmith.execute.environment import Environment
from goalsmith.execute.environments.facts import FactReader
from goalsmith.execute.messages import Review
from goalsmith.execute.observation import take_in
from goalsmith.execute.policies import Policy
from goalsmith.planner import Planner
from goalsmith.translate.saying import said
from goalsmith.world import World

if TYPE_CHECKING:
    from goalsmith.agents.approval import Approval
    from goalsmith.agents.offered import AgentTool
    from goalsmith.agents.toolkit import Toolkit
    from goalsmith.execute.journal.journal import Listener
    from goalsmith.execute.store import Store
    from goalsmith.solve.answer import Quality
    from goalsmith.translate.models.model import Model

MOST_SUSPECTS = 3
"""Findings that are told where there is no plan."""

_TELLING = ("contradictory-goal", "static-goal", "unreachable-goal", "never-true")
"""The codes of such findings."""


class Agent:
    """A planner over the functions of a toolkit. Made by `Toolkit.agent`, which says what it takes.

    One goal is pursued at a time: a second thread waits.
    """

    def __init__(
        self,
        kit: Toolkit,
        objects: Objects | Callable[[], Objects],
        *,
        facts: tuple[str, ...],
        sense: Callable[[], Any] | None,
        model: str | Model | None,
        base_url: str | None,
        offline: bool,
        engine: str | None,
        time_limit: float | None,
    ) -> None:
        given = _listed(objects)
        kit.know(given)  # subtypes that no function mentions
        self._assembled = kit.assembled
        self._kit = kit
        self._objects = objects
        self._facts = facts
        self._sense = sense
        self._planner = Planner(
            World(
                self._assembled.domain,
                self._assembled.wording,
                wording_text=wording_toml(self._assembled.domain, self._assembled.wording),
            ),
            model=model,
            base_url=base_url,
            offline=offline,
            engine=engine,
            time_limit=time_limit,
        )
        self._constants = dict(kit.declared_constants)
        self._actions = dict(kit.declared_actions)
        self._predicates = dict(kit.declared_predicates)
        functions = [sense, *(each.function for each in self._actions.values())]
        self._asynchronous = any(map(is_async, functions))
        self._busy = Lock()
        self._situation(given)  # what is wrong shows here and not at the first goal

    @property
    def domain_pddl(self) -> str:
        """The domain in PDDL."""
        return self._assembled.text

    @property
    def wording(self) -> Wording:
        """How the domain is said in English."""
        return self._assembled.wording

    def state(self) -> State:
        """What is true now, as far as the functions and `sense` say; the rest as `facts` has it.

        Raises:
            InputError: what they say is no observation of this world.
            WorldError: they fail.
        """
        with self._present() as (task, environment):
            return self._look(task, environment)

    def plan(self, goal: str, *, quality: Quality = "first") -> Proposal:
        """The plan for a goal from the state that the world is in; nothing is done.

        Args:
            goal: in English, or a condition in PDDL.
            quality: the `first` plan found, the best found in the time given (`anytime`), or one
                proved cheapest (`optimal`).

        Raises:
            TranslationError: the text could not be understood; an UnclearError holds a question.
            PddlError: the condition is wrong.
            InputError, WorldError: as `state`.
        """
        with self._present() as (task, environment):
            return self._proposal(goal, task.with_state(self._look(task, environment)), quality)

    def achieve(
        self,
        goal: str | Proposal,
        *,
        policy: Policy | str = "strict",
        approve: Approval | None = None,
        review: Review | str = Review.PLAN,
        store: Store | str | None = None,
        name: str = "",
        parallel: int = 1,
        max_replans: int = 50,
        max_steps: int = 10_000,
        cancel: Event | None = None,
        on_event: Listener | None = None,
    ) -> Account:
        """Plans for a goal and carries the plan out, replanning when the world is not as expected.

        Args:
            goal: in English, a condition in PDDL, or what `plan` proposed.
            policy: when to plan anew: `strict`, `relevant`, `every-step` or `never`.
            approve: asked before a plan is carried out; without it, none is asked for.
            review: which plans it is asked about: the first `plan`, or all `revisions`.
            store: keeps the run, so that `resume` can go on with it: a Store, a file, or a URL
                such as `postgresql://…`. Then `cancel` only leaves the run.
            name: of the run in the store.
            parallel: how many independent steps may be taken at the same time.
            max_replans: how often the planner may be asked again.
            max_steps: how many steps may be taken.
            cancel: set by another thread to stop before the next step.
            on_event: called with every entry of the run's journal.

        Raises:
            As `plan`; StoreError if the store cannot be used, ValueError if there is no such policy
            or review. What a function raises is a failed step.
        """
        with self._present() as (task, environment):
            if isinstance(goal, Proposal):
                proposal = goal
                if goal.task.domain != task.domain or set(goal.task.objects) != set(task.objects):
                    raise InputError("the proposal is of another agent, or of other objects")
            else:
                seen = self._look(task, environment)
                proposal = self._proposal(goal, task.with_state(seen))
            if proposal.plan is None:
                return Account(proposal, proposal.outcome, proposal.evidence)
            pursuit = Pursuit(
                self._planner,
                proposal,
                environment,
                policy=Policy(policy),
                approve=approve,
                review=Review(review) if approve is not None else Review.NONE,
                parallel=parallel,
                budget=Budget(max_replans, max_steps),
                cancel=cancel or Event(),
                on_event=on_event,
            )
            return pursuit.here() if store is None else pursuit.kept(store, name or self._kit.name)

    def resume(
        self,
        run: str,
        store: Store | str,
        *,
        approve: Approval | None = None,
        cancel: Event | None = None,
        on_event: Listener | None = None,
    ) -> Account:
        """Goes on with a run of `achieve` that was killed or interrupted.

        The world is observed first, and nothing that is recorded as done is done again.

        Args:
            run: its id, of which a beginning that no other run has is enough.
            store: where it is kept.
            approve: asked about the plans that wait.
            cancel: set by another thread to stop before the next step.
            on_event: called with every further entry of the run's journal.

        Raises:
            InputError: there is no such run, it has ended, is of another domain, or somebody else
                drives it.
            StoreError: the store cannot be used.
        """
        with self._present() as (task, environment):
            return resumed(
                self._planner,
                task,
                environment,
                run,
                store,
                approve=approve,
                cancel=cancel or Event(),
                on_event=on_event,
            )

    def as_tool(
        self,
        name: str | None = None,
        *,
        about: str = "",
        policy: Policy | str = "strict",
        approve: Approval | None = None,
        store: Store | str | None = None,
        max_replans: int = 10,
        max_steps: int = 10_000,
    ) -> AgentTool:
        """The whole agent as one tool of somebody's tool-calling agent.

        Args:
            name: of the tool; by default the toolkit's, with `_` for `-`.
            about: what its description begins with.
            policy: as in `achieve`, for every goal.
            approve: as in `achieve`.
            store: as in `achieve`.
            max_replans: as in `achieve`, but fewer: whoever calls the tool can ask for something
                else, and should hear soon that a function does not work.
            max_steps: as in `achieve`.

        Raises:
            InputError: the name is none that a tool can have, or a bound is negative.
            ValueError: there is no such policy.
        """
        from goalsmith.agents.offered import AgentTool

        Budget(max_replans, max_steps)  # what is wrong shows here and not at the first call
        achieve = partial(
            self.achieve,
            policy=Policy(policy),
            approve=approve,
            store=store,
            max_replans=max_replans,
            max_steps=max_steps,
        )
        name = self._kit.name.replace("-", "_") if name is None else name
        task, _, _ = self._situation()
        return AgentTool.of(name, about, task, self._assembled.wording, achieve)

    # What is planned from

    def _situation(self, given: Objects | None = None) -> tuple[Task, Things, Sensing]:
        """The task without a goal, from what never changes; its objects, and who says the rest."""
        if given is None:
            given = _listed(self._objects)
        domain, costs = self._assembled.domain, self._assembled.costs
        things = Things.of(given, self._kit.kinds, self._constants, domain)
        empty = Task(domain, Problem(self._kit.name, domain.name, things.objects))
        known = FactReader(empty).read(self._facts, "the facts")
        assert isinstance(known, State)  # what is read from a list
        numbers = dict(known.numbers)
        metric = None
        if costs:
            numbers.setdefault(FunctionTerm(COST), Fraction(0))
            metric = Metric("minimize", FunctionTerm(COST))
        problem = replace(
            empty.problem,
            init=tuple(sorted(known.atoms)),
            numbers=tuple(numbers.items()),
            metric=metric,
        )
        task = Task(domain, problem)
        return task, things, Sensing(task, self._predicates, self._sense, things.values)

    @contextmanager
    def _present(self) -> Iterator[tuple[Task, Environment]]:
        """The situation as it is now, and the world to act in, for nobody else meanwhile."""
        with self._busy:
            task, things, sensing = self._situation()
            with world(
                task, self._actions, sensing, things.values, asynchronous=self._asynchronous
            ) as environment:
                yield task, environment

    def _look(self, task: Task, environment: Environment) -> State:
        semantics = Semantics(task)
        try:
            seen = environment.observe()
        except GoalsmithError:
            raise
        except Exception as error:
            # Predicates' functions and `sense` are anyone's code.
            raise WorldError(f"the world cannot be observed: {error_text(error)}") from error
        return take_in(semantics, seen, semantics.initial_state()).state

    def _proposal(self, goal: str, task: Task, quality: Quality = "first") -> Proposal:
        wording = self._assembled.wording
        if goal.lstrip().startswith("("):
            task = task.with_goal(read_condition(goal, task))
            words = said(task.problem.goal, task, wording)
        else:
            translation = self._planner.translate(goal, task)
            task, words = translation.task, translation.said
        solution = self._planner.solve(task, quality=quality)
        evidence = solution.evidence
        if solution.plan is None:
            evidence = "; ".join([evidence, *_suspects(task)])
        return Proposal(
            goal,
            write_condition(task.problem.goal),
            words,
            task,
            solution.outcome,
            evidence,
            solution.plan,
            tuple(wording.step(task.domain, step) for step in solution.plan or ()),
        )


def _suspects(task: Task) -> Iterator[str]:
    """What a check finds that may be why there is no plan."""
    found = check_task(write_domain(task.domain), write_problem(task.problem))
    telling = [f.message for f in found if f.code in _TELLING]
    yield from telling[:MOST_SUSPECTS]
    yield from list(_never_so(task))[:MOST_SUSPECTS]


def _never_so(task: Task) -> Iterator[str]:
    """The predicates that hold of nothing and never will. Often one is a misspelling of another."""
    domain = task.domain
    told = {atom.predicate for atom in task.problem.init} | domain.changing_predicates()
    for predicate in domain.predicates:
        if predicate.name not in told:
            others = (other.name for other in domain.predicates if other is not predicate)
            close = nearest(predicate.name, others)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            yield f"nothing is ever `{predicate.name}`: no fact, effect or function says so{hint}"


def _listed(objects: Objects | Callable[[], Objects]) -> Objects:
    """The objects there are. Raises WorldError where a function that says so fails."""
    if not callable(objects):
        return objects
    try:
        return objects()
    except GoalsmithError:
        raise
    except Exception as error:
        # It is anyone's code.
        raise WorldError(f"the objects cannot be listed: {error_text(error)}") from error
