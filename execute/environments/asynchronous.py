"""Worlds that are asked with `await`, and their way into a run that does not wait so."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from goalsmith.domains.errors import InputError, WorldError
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.claims import claim, failure, refusal
from goalsmith.execute.environment import ActionReport, Attempt, Observation
from goalsmith.execute.environments.facts import FactReader
from goalsmith.execute.environments.tools import Toolbox, Tools

if TYPE_CHECKING:
    import asyncio

_Answer = TypeVar("_Answer")

GRACE = 10.0
"""Seconds that the end of a thread is waited for."""

LOOK = 1.0
"""Seconds between looks whether the thread lives; an answer is noticed at once."""


class AsyncEnvironment(Protocol):
    """A world in which steps are carried out by an event loop; else as `Environment`."""

    async def observe(self) -> State | Observation:
        """What is true now: all of it, or what is known."""
        ...

    async def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Carries a step out and returns when it is over."""
        ...


class AsyncToolEnvironment:
    """A world of Python functions of which any may be `async`; else as `ToolEnvironment`.

    Those that are not are called on the event loop, which they hold up.

    Args:
        task: the task whose actions the tools carry out.
        tools: one function for each action of the domain, or a mapping from action to function.
        sense: says what is true.

    Raises:
        InputError: as `Toolbox`.
    """

    def __init__(self, task: Task, tools: Tools, sense: Callable[[], Any]) -> None:
        self._tools = Toolbox(task, tools, asynchronous=True)
        self._sense = sense
        self._facts = FactReader(task)

    async def observe(self) -> State | Observation:
        """What `sense` says. Raises InputError when it is no observation of the task."""
        seen = self._sense()
        return self._facts.read(await seen if inspect.isawaitable(seen) else seen, "`sense`")

    async def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Calls the step's tool; refuses a step that is none of the domain."""
        try:
            call = self._tools.bound(step, attempt)
        except InputError as error:
            return refusal(error)
        try:
            answer = call()
            if inspect.isawaitable(answer):
                answer = await answer
            return claim(answer, f"the tool of `{step.action}`")
        except Exception as error:
            # A tool is anyone's code; what it raises is a step that failed.
            return failure(error)


class ThreadedEnvironment:
    """An asynchronous world on an event loop in a thread of its own, for a `with` block.

    A world that is an asynchronous context manager itself is entered at the beginning of the block
    and left at its end, by one and the same task, as anyio's cancel scopes ask. Steps may be asked
    for from several threads at once. At the end, what is still under way is cancelled.
    """

    def __init__(self, environment: AsyncEnvironment) -> None:
        self._environment = environment
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._error: BaseException | None = None

    def observe(self) -> State | Observation:
        """As the asynchronous world. Raises WorldError outside of the `with` block, too."""
        return self._run(self._environment.observe)

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """As the asynchronous world. Raises WorldError outside of the `with` block, too."""
        return self._run(lambda: self._environment.act(step, attempt))

    def __enter__(self) -> ThreadedEnvironment:
        """Starts the thread. Raises what entering the asynchronous world raises."""
        if self._thread is not None:
            raise InputError("the environment has been entered already")
        self._error = None
        ready = Event()
        # A daemon: a world that does not heed being cancelled must not keep the program alive.
        self._thread = Thread(target=self._serve, args=(ready,), daemon=True, name="environment")
        self._thread.start()
        ready.wait()
        if self._error is not None:
            self._thread.join(GRACE)
            self._thread = None
            raise self._error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stop is None:
            return
        with suppress(RuntimeError):  # the loop may have ended by itself
            self._loop.call_soon_threadsafe(self._stop.set)
        thread.join(GRACE)
        if error is None and self._error is not None:
            raise WorldError(f"the environment ended badly{self._why()}") from self._error

    def _run(self, make: Callable[[], Coroutine[Any, Any, _Answer]]) -> _Answer:
        """The result of a coroutine on the loop."""
        import asyncio
        from concurrent.futures import CancelledError, wait

        thread = self._thread
        if thread is None or self._loop is None:
            raise WorldError("the environment is not running: use it in a `with` block")
        work = make()
        try:
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise WorldError(f"the environment has ended{self._why()}") from self._error
        try:
            # Work that a loop is given in the moment of its end is neither done nor cancelled.
            while not wait((future,), LOOK).done and thread.is_alive():
                pass
            if future.done():
                return future.result()
            # It was never begun, and Python warns of what is never awaited unless it is closed.
            work.close()
            raise CancelledError
        except CancelledError:
            raise WorldError(f"the environment ended during a call{self._why()}") from self._error
        except BaseException:
            future.cancel()
            raise

    def _why(self) -> str:
        error = self._error
        return "" if error is None else f": {str(error) or type(error).__name__}"

    def _serve(self, ready: Event) -> None:
        import asyncio

        try:
            asyncio.run(self._main(ready))
        except BaseException as error:
            # Handed to the thread that waits for it.
            self._error = error
        finally:
            ready.set()

    async def _main(self, ready: Event) -> None:
        import asyncio

        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        try:
            if isinstance(self._environment, AbstractAsyncContextManager):
                async with self._environment:
                    ready.set()
                    await self._stop.wait()
            else:
                ready.set()
                await self._stop.wait()
        except BaseException as error:
            # Known before the calls under way are cancelled, so that they can say why.
            self._error = error
            raise


def in_thread(environment: AsyncEnvironment) -> ThreadedEnvironment:
    """An asynchronous world as one for a run, which uses it in a `with` block."""
    return ThreadedEnvironment(environment)
