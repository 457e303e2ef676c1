"""The planner's verbs to be awaited, for programs that run an event loop of asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from functools import partial, wraps
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeGuard, TypeVar, cast

from goalsmith.domains.errors import WorldError
from goalsmith.planner import Planner

if TYPE_CHECKING:
    from goalsmith.domains.language import State, Task
    from goalsmith.domains.plans import Plan, Step
    from goalsmith.execute.environment import ActionReport, Attempt, Environment, Observation
    from goalsmith.execute.environments.asynchronous import AsyncEnvironment
    from goalsmith.execute.journal.journal import Listener
    from goalsmith.execute.messages import Inbox, Review
    from goalsmith.execute.monitor.monitor import Run
    from goalsmith.execute.policies import Policy
    from goalsmith.execute.simulation.simulator import Faults
    from goalsmith.solve.answer import Quality
    from goalsmith.solve.solution import Solution

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _awaited(
    verb: Callable[Concatenate[Planner, _P], _R],
) -> Callable[Concatenate[AsyncPlanner, _P], Coroutine[Any, Any, _R]]:
    """A verb of the planner, in a thread that is left alone when its caller is cancelled."""

    @wraps(verb)
    async def awaited(self: AsyncPlanner, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return await _in_thread(partial(verb, self.planner, *args, **kwargs))

    return awaited


def _stoppable(
    verb: Callable[Concatenate[Planner, _P], _R],
) -> Callable[Concatenate[AsyncPlanner, _P], Coroutine[Any, Any, _R]]:
    """A verb of the planner that takes `cancel`, which is set when its caller is cancelled."""

    @wraps(verb)
    async def awaited(self: AsyncPlanner, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        cancel = kwargs.get("cancel") or Event()
        assert isinstance(cancel, Event)
        kwargs["cancel"] = cancel
        return await _in_thread(partial(verb, self.planner, *args, **kwargs), cancel)

    return awaited


class AsyncPlanner:
    """A planner whose verbs are awaited; each of them has a thread of its own.

    They take what the planner's take, and raise what those raise. Functions that are passed in
    (`on_event`, `on_solution`) are called in that thread.

    A task that is cancelled while it awaits `solve`, `solutions` or `execute` goes on with that
    once the engines are stopped and the thread is over. Of the others, which start no engine,
    nothing is waited for: the thread ends by itself, at the latest when a model under way has
    answered, and what it finds is dropped.

    Args:
        planner: the planner.
    """

    def __init__(self, planner: Planner) -> None:
        self.planner = planner

    translate = _awaited(Planner.translate)
    answer = _awaited(Planner.answer)
    validate = _awaited(Planner.validate)
    order = _awaited(Planner.order)
    solve = _stoppable(Planner.solve)

    async def solutions(
        self,
        problem: str | Path | Task | None = None,
        *,
        quality: Quality = "anytime",
        seed: int = 0,
    ) -> AsyncIterator[Solution]:
        """Each better plan as it is found, and at last what `solve` would return.

        Leaving the loop stops the search: at once where the iterator is closed, as
        `contextlib.aclosing` does, and else when nothing refers to it any more. Raises as `solve`.
        """
        found: asyncio.Queue[Solution | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        cancel = Event()

        def tell(solution: Solution) -> None:
            loop.call_soon_threadsafe(found.put_nowait, solution)

        async def search() -> Solution:
            try:
                return await self.solve(
                    problem,
                    quality=quality,
                    seed=seed,
                    cancel=cancel,
                    on_solution=tell,
                )
            finally:
                found.put_nowait(None)

        last = asyncio.create_task(search())
        try:
            while (solution := await found.get()) is not None:
                yield solution
            yield await last
        finally:
            cancel.set()
            await asyncio.wait((last,))
            if not last.cancelled():
                last.exception()  # looked at, so that asyncio does not call it lost

    async def execute(
        self,
        problem: str | Path | Task,
        plan: Plan,
        environment: Environment | AsyncEnvironment | None = None,
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

        An asynchronous environment is asked on the event loop of the caller, by whom it has been
        entered if it is to be. When the task is cancelled, what is awaited of such an environment
        is cancelled, too, it is asked nothing more, and the run ends short; of any other, the act
        under way is waited for, and the run ends before its next step. To have a run stop in order,
        after steps that make that safe, set `cancel` instead.
        """
        stop = cancel or Event()
        on_loop = _OnLoop(environment, asyncio.get_running_loop()) if _waits(environment) else None
        world = on_loop or cast("Environment | None", environment)
        work = partial(
            self.planner.execute,
            problem,
            plan,
            world,
            faults=faults,
            max_replans=max_replans,
            max_steps=max_steps,
            policy=policy,
            stability=stability,
            parallel=parallel,
            safe_stop=safe_stop,
            review=review,
            inbox=inbox,
            cancel=stop,
            on_event=on_event,
            name=name,
        )
        return await _in_thread(work, stop, None if on_loop is None else on_loop.leave)


class _OnLoop:
    """An asynchronous environment as one for a run in a thread, asked on its own event loop."""

    def __init__(self, environment: AsyncEnvironment, loop: asyncio.AbstractEventLoop) -> None:
        self._environment = environment
        self._loop = loop
        self._left = False
        self._asked: set[asyncio.Task[Any]] = set()

    def observe(self) -> State | Observation:
        return self._wait(self._environment.observe)

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        return self._wait(partial(self._environment.act, step, attempt))

    def leave(self) -> None:
        """Cancels what is being asked, and has nothing asked any more. For the loop's thread."""
        self._left = True
        for task in self._asked:
            task.cancel()

    def _wait(self, ask: Callable[[], Coroutine[Any, Any, _R]]) -> _R:
        return asyncio.run_coroutine_threadsafe(self._ask(ask), self._loop).result()

    async def _ask(self, ask: Callable[[], Coroutine[Any, Any, _R]]) -> _R:
        if self._left:
            raise WorldError("the run was cancelled")
        task = asyncio.create_task(ask())
        self._asked.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            # For the thread this is an error like others: only the caller's task is cancelled.
            raise WorldError("what the environment was asked was cancelled") from None
        finally:
            self._asked.discard(task)


def _waits(environment: Environment | AsyncEnvironment | None) -> TypeGuard[AsyncEnvironment]:
    return environment is not None and inspect.iscoroutinefunction(environment.observe)


async def _in_thread(
    work: Callable[[], _R],
    cancel: Event | None = None,
    on_cancel: Callable[[], None] | None = None,
) -> _R:
    """What some work returns or raises, done in a thread of its own with the caller's context.

    A pool would let a few long runs keep all others waiting, and, being joined at the end of the
    program, a slow model keep it alive.

    Args:
        work: what is to be done.
        cancel: is set when the caller is cancelled; then the end of the work is waited for. None:
            it is not.
        on_cancel: called then.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_R] = loop.create_future()

    def do() -> None:
        try:
            settle = partial(done.set_result, work())
        except BaseException as error:
            settle = partial(done.set_exception, error)
        with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
            loop.call_soon_threadsafe(settle)

    # What nobody waits for any more is not lost by mistake.
    done.add_done_callback(lambda done: done.cancelled() or done.exception())
    run = copy_context().run
    thread = Thread(target=run, args=(do,), daemon=True, name="goalsmith-verb")
    thread.start()
    try:
        await asyncio.wait((done,))
    except asyncio.CancelledError:
        if cancel is not None:
            cancel.set()
            if on_cancel is not None:
                on_cancel()
            while not done.done():
                with suppress(asyncio.CancelledError):  # it ends as soon as it can
                    await asyncio.wait((done,))
            thread.join()  # it has told all that it had to tell
        raise
    return done.result()
