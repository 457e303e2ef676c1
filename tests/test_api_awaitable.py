"""The planner's verbs, awaited."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import sys
import threading
from contextlib import aclosing
from pathlib import Path

import pytest
from processes import PATIENCE, eventually
from tasks import BLOCKS, towers
from test_anytime import priced

from goalsmith.awaitable import AsyncPlanner
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_domain, read_task
from goalsmith.execute import ActionReport, Attempt, Entry, Simulator
from goalsmith.planner import Planner
from goalsmith.solve.solution import Solution
from goalsmith.translate.models.model import Reply, Request

TASK = towers("(on a b)")
PLAN = Plan((Step("lift", ("a",)), Step("pile", ("a", "b"))))

BALLS = 24
GRIPPER = """
(define (domain gripper)
  (:predicates (room ?r) (ball ?b) (hand ?h) (here ?r) (in ?b ?r) (free ?h) (carry ?b ?h))
  (:action move :parameters (?a ?b) :precondition (and (room ?a) (room ?b) (here ?a))
    :effect (and (here ?b) (not (here ?a))))
  (:action pick :parameters (?b ?r ?h)
    :precondition (and (ball ?b) (room ?r) (hand ?h) (in ?b ?r) (here ?r) (free ?h))
    :effect (and (carry ?b ?h) (not (in ?b ?r)) (not (free ?h))))
  (:action drop :parameters (?b ?r ?h)
    :precondition (and (ball ?b) (room ?r) (hand ?h) (carry ?b ?h) (here ?r))
    :effect (and (in ?b ?r) (free ?h) (not (carry ?b ?h)))))
"""


def gripper() -> Task:
    """Planned in no time, but no search proves within hours that a plan is the cheapest."""
    balls = [f"b{i}" for i in range(BALLS)]
    return read_task(
        GRIPPER,
        f"""(define (problem p) (:domain gripper) (:objects x y left right {" ".join(balls)})
        (:init (room x) (room y) (hand left) (hand right) (free left) (free right) (here x)
               {" ".join(f"(ball {b}) (in {b} x)" for b in balls)})
        (:goal (and {" ".join(f"(in {b} y)" for b in balls)})))""",
    )


@pytest.fixture
def planner() -> AsyncPlanner:
    return AsyncPlanner(Planner(read_domain(BLOCKS), offline=True, time_limit=600.0))


@pytest.fixture
def searching() -> AsyncPlanner:
    """A planner whose engine is a process of its own for each search."""
    domain = read_domain(GRIPPER)
    return AsyncPlanner(Planner(domain, engine="fast-downward", time_limit=600.0))


def engines() -> list[int]:
    """The processes of Fast Downward that this one, or one that it started, has started."""
    parents: dict[int, int] = {}
    named: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            command = (entry / "cmdline").read_bytes().split(b"\0")[0]
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        if command.endswith(b"downward"):
            named.append(int(entry.name))
    return [process for process in named if os.getpid() in ancestors(process, parents)]


def ancestors(process: int, parents: dict[int, int]) -> list[int]:
    found = []
    while process in parents:
        process = parents[process]
        found.append(process)
    return found


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name == "goalsmith-verb"]


async def becomes(happens: object) -> bool:
    """Whether something happens soon, while the loop goes on."""
    assert callable(happens)
    return await asyncio.to_thread(eventually, happens)


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


# The verbs


def test_the_verbs_take_what_the_planners_take() -> None:
    for verb in ("translate", "answer", "solve", "validate", "order", "solutions", "execute"):
        own = inspect.signature(getattr(AsyncPlanner, verb))
        its = inspect.signature(getattr(Planner, verb))
        assert list(own.parameters) == list(its.parameters), verb
        defaults = [p.default for p in its.parameters.values()]
        assert [p.default for p in own.parameters.values()] == defaults, verb


def test_from_words_to_a_plan_carried_out(planner: AsyncPlanner) -> None:
    async def main() -> None:
        task = (await planner.translate("a is on b", TASK)).task
        assert task.problem.goal == TASK.problem.goal
        solution = await planner.solve(task)
        assert solution.plan == PLAN
        assert (await planner.validate(task, PLAN)).valid
        assert len((await planner.order(task, PLAN)).plan) == 2
        heard: list[Entry] = []
        run = await planner.execute(task, PLAN, on_event=heard.append)
        assert run.reached
        assert tuple(heard) == run.journal

    asyncio.run(main())


def test_what_a_verb_raises_is_raised(planner: AsyncPlanner) -> None:
    async def main() -> None:
        with pytest.raises(InputError, match="needed"):
            await planner.solve()
        with pytest.raises(InputError, match="needed"):
            async for _ in planner.solutions():
                pass

    asyncio.run(main())


def test_several_verbs_go_on_at_once(planner: AsyncPlanner) -> None:
    meeting = threading.Barrier(3, timeout=PATIENCE)

    class Meeting(Simulator):
        """A world whose acts wait until there is one in each of three runs."""

        def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
            meeting.wait()
            return super().act(step, attempt)

    async def main() -> None:
        runs = [planner.execute(TASK, PLAN, Meeting(TASK)) for _ in range(3)]
        assert all(run.reached for run in await asyncio.gather(*runs))

    asyncio.run(main())


# Cancelling


@needs_proc
def test_a_search_that_is_cancelled_leaves_no_engine(searching: AsyncPlanner) -> None:
    async def main() -> None:
        task = asyncio.create_task(searching.solve(gripper(), quality="optimal"))
        assert await becomes(engines)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert engines() == []
        assert await becomes(lambda: not threads())

    asyncio.run(main())


def test_a_time_out_stops_a_search_and_an_event_given_is_set(searching: AsyncPlanner) -> None:
    cancel = threading.Event()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await searching.solve(gripper(), quality="optimal", cancel=cancel)
        assert cancel.is_set()
        assert await becomes(lambda: not threads())
        solution = await searching.solve(gripper(), quality="optimal", cancel=cancel)
        assert solution.outcome is Outcome.INTERRUPTED

    asyncio.run(main())


def test_a_call_to_a_model_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    asked, answered = threading.Event(), threading.Event()

    class Slow:
        constrains = False

        def complete(self, request: Request) -> Reply:
            asked.set()
            assert answered.wait(PATIENCE)
            raise InputError("too late")

    planner = AsyncPlanner(Planner(read_domain(BLOCKS), model=Slow()))

    async def main() -> None:
        task = asyncio.create_task(planner.translate("a is on b", TASK))
        assert await becomes(asked.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert threads() == ["goalsmith-verb"]
        answered.set()
        assert await becomes(lambda: not threads())
        await asyncio.sleep(0)

    asyncio.run(main())
    gc.collect()
    assert caplog.records == []


# Better and better plans


def test_better_plans_come_as_they_are_found(
    planner: AsyncPlanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goalsmith.solve.anytime.patience.PATIENCE", 0.1)

    async def main() -> list[Solution]:
        return [solution async for solution in planner.solutions(priced())]

    *better, last = asyncio.run(main())
    costs = [solution.cost for solution in better if solution.cost is not None]
    assert costs == sorted(costs, reverse=True)
    assert last.cost == costs[-1] == 7
    assert last.optimal


@needs_proc
@pytest.mark.parametrize("closed", [True, False])
def test_leaving_the_loop_stops_the_search(searching: AsyncPlanner, closed: bool) -> None:
    async def main() -> None:
        if closed:
            async with aclosing(searching.solutions(gripper())) as solutions:
                async for solution in solutions:
                    assert solution.solved
                    break
            assert engines() == []
            # A thread says what it has just before it ends.
            assert await becomes(lambda: not threads())
        else:
            async for solution in searching.solutions(gripper()):
                assert solution.solved
                break
            gc.collect()
            assert await becomes(lambda: not engines() and not threads())

    asyncio.run(main())


@needs_proc
def test_a_cancelled_loop_stops_the_search(searching: AsyncPlanner) -> None:
    found = asyncio.Event()

    async def look() -> None:
        async for _ in searching.solutions(gripper()):
            found.set()

    async def main() -> None:
        task = asyncio.create_task(look())
        await found.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await becomes(lambda: not engines() and not threads())

    asyncio.run(main())


# Worlds


class Awaited:
    """A world of the caller's event loop, whose acts may take forever."""

    def __init__(self, stuck: bool = False) -> None:
        self.world = Simulator(TASK)
        self.stuck = stuck
        self.loops: set[object] = set()
        self.log: list[str] = []

    async def observe(self) -> State:
        self.log.append("observe")
        self.loops.add(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return self.world.observe()

    async def act(self, step: Step, attempt: Attempt) -> ActionReport:
        self.log.append(str(step))
        if self.stuck:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.log.append("cancelled")
                raise
        return self.world.act(step, attempt)


def test_an_asynchronous_world_is_asked_on_the_callers_loop(planner: AsyncPlanner) -> None:
    world = Awaited()

    async def main() -> object:
        assert (await planner.execute(TASK, PLAN, world)).reached
        return asyncio.get_running_loop()

    assert world.loops == {asyncio.run(main())}
    assert world.log == ["observe", "(lift a)", "observe", "(pile a b)", "observe"]


def test_an_asynchronous_act_is_cancelled_with_the_task(planner: AsyncPlanner) -> None:
    world = Awaited(stuck=True)
    heard: list[Entry] = []

    async def main() -> None:
        task = asyncio.create_task(planner.execute(TASK, PLAN, world, on_event=heard.append))
        assert await becomes(lambda: "(lift a)" in world.log)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await becomes(lambda: not threads())

    asyncio.run(main())
    assert world.log == ["observe", "(lift a)", "cancelled"]
    # The journal is whole: the act failed, and the world could not be observed again.
    assert heard[-1].event.kind == "run-ended"


def test_an_act_in_another_world_is_waited_for_and_is_the_last(planner: AsyncPlanner) -> None:
    acting, cancelled, over = threading.Event(), threading.Event(), threading.Event()
    acts: list[Step] = []

    class Slow(Simulator):
        def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
            acting.set()
            assert cancelled.wait(PATIENCE)
            acts.append(step)
            over.set()
            return super().act(step, attempt)

    async def main() -> None:
        task = asyncio.create_task(planner.execute(TASK, PLAN, Slow(TASK)))
        assert await becomes(acting.is_set)
        task.cancel()
        # Long after the task has heard of it: the loop does one thing after the other.
        asyncio.get_running_loop().call_later(0.2, cancelled.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert over.is_set()
        assert await becomes(lambda: not threads())

    asyncio.run(main())
    assert acts == [PLAN.steps[0]]
