import asyncio
import threading

import pytest
import tasks

from goalsmith.domains.errors import InputError
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import ActionReport, Attempt, Ending, FaultKind, Faults, Simulator, execute
from goalsmith.execute.environments import AsyncToolEnvironment, WorldError, in_thread
from goalsmith.solve import solve

TOWER = tasks.towers("(and (on a b) (on b c))")
TOWER_PLAN = Plan(
    (
        Step("lift", ("b",)),
        Step("pile", ("b", "c")),
        Step("lift", ("a",)),
        Step("pile", ("a", "b")),
    )
)
LIFT = Step("lift", ("b",))
FIRST = Attempt("run/1")


class Slow:
    """A simulator that gives way to the event loop, and knows what became of it."""

    def __init__(self, faults=None):
        self.simulator = Simulator(TOWER, faults)
        self.calls = []
        self.under_way = 0
        self.most_under_way = 0
        self.cancelled = []

    async def __aenter__(self):
        self.calls.append(("entered", asyncio.current_task()))
        return self

    async def __aexit__(self, *_):
        self.calls.append(("left", asyncio.current_task()))

    async def observe(self):
        await asyncio.sleep(0)
        return self.simulator.observe()

    async def act(self, step, attempt):
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            return self.simulator.act(step, attempt)
        finally:
            self.under_way -= 1


def _tools(simulator):
    async def lift(x):
        await asyncio.sleep(0)
        return simulator.act(Step("lift", (x,)))

    def lower(x):
        return simulator.act(Step("lower", (x,)))

    async def pile(x, y, attempt):
        assert isinstance(attempt, Attempt)
        return simulator.act(Step("pile", (x, y))).succeeded

    async def unpile(x, y):
        raise OSError("no way back")

    async def sense():
        return [str(atom) for atom in simulator.observe().atoms]

    return AsyncToolEnvironment(TOWER, [lift, lower, pile, unpile], sense)


def _threads():
    return [t for t in threading.enumerate() if t.name == "environment"]


def test_a_run_through_an_asynchronous_world_reaches_its_goal():
    world = Slow(Faults(scripted={2: FaultKind.ACTION_FAILS}))
    with in_thread(world) as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason
    assert len(run.steps) == len(TOWER_PLAN) + 1
    assert [h.step for h in world.simulator.happened] == list(run.steps)


def test_a_run_through_asynchronous_tools_reaches_its_goal():
    simulator = Simulator(TOWER)
    with in_thread(_tools(simulator)) as environment:
        run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason
    assert [h.step for h in simulator.happened] == list(TOWER_PLAN)


def test_asynchronous_tools_fail_and_refuse_as_others_do():
    with in_thread(_tools(Simulator(TOWER))) as environment:
        raised = environment.act(Step("unpile", ("a", "b")), FIRST)
        unknown = environment.act(Step("lit", ("a",)), FIRST)
    assert raised == ActionReport(False, "OSError: no way back", Ending.FAILED)
    assert unknown.how is Ending.REFUSED
    assert "did you mean `lift`" in unknown.message


def test_a_world_is_entered_and_left_by_one_task():
    world = Slow()
    with in_thread(world) as environment:
        environment.observe()
        assert [name for name, _ in world.calls] == ["entered"]
    (entered, one), (left, other) = world.calls
    assert (entered, left) == ("entered", "left")
    assert one is other is not None


def test_it_runs_in_a_thread_that_ends_with_the_block():
    with in_thread(Slow()) as environment:
        environment.act(LIFT, FIRST)
        assert len(_threads()) == 1
    assert not _threads()


def test_several_threads_may_act_at_once():
    class Meeting(Slow):
        """An act is over when another is under way."""

        async def act(self, step, attempt):
            self.under_way += 1
            while self.under_way < 2:
                await asyncio.sleep(0.001)
            return ActionReport(True)

    reports = []
    with in_thread(Meeting()) as environment:
        threads = [
            threading.Thread(target=lambda: reports.append(environment.act(LIFT, FIRST)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert reports == [ActionReport(True)] * 2


def test_what_a_world_raises_comes_through():
    class Blind(Slow):
        async def observe(self):
            raise OSError("no light")

    with in_thread(Blind()) as environment, pytest.raises(OSError, match="no light"):
        environment.observe()


def test_a_time_out_of_the_world_itself_comes_through():
    class Patient(Slow):
        async def act(self, step, attempt):
            raise TimeoutError("enough")

    with in_thread(Patient()) as environment, pytest.raises(TimeoutError, match="enough"):
        environment.act(LIFT, FIRST)


def test_a_world_that_cannot_be_entered_raises_at_the_block():
    class Closed(Slow):
        async def __aenter__(self):
            raise OSError("closed today")

    with pytest.raises(OSError, match="closed today"), in_thread(Closed()):
        raise AssertionError("the block should not have been entered")
    assert not _threads()


def test_outside_of_its_block_it_says_how_it_is_used():
    environment = in_thread(Slow())
    with pytest.raises(WorldError, match="in a `with` block"):
        environment.observe()
    with environment, pytest.raises(InputError, match="entered already"):
        environment.__enter__()
    with pytest.raises(WorldError, match="in a `with` block"):
        environment.act(LIFT, FIRST)


def test_what_is_under_way_at_the_end_is_cancelled():
    begun = threading.Event()
    ended = []

    class Endless(Slow):
        async def act(self, step, attempt):
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise

    errors = []

    def act():
        try:
            environment.act(LIFT, FIRST)
        except WorldError as error:
            errors.append(str(error))

    with in_thread(Endless()) as environment:
        thread = threading.Thread(target=act)
        thread.start()
        assert begun.wait(60)
    thread.join()
    assert ended == ["cancelled"]
    assert errors == ["the environment ended during a call"]


def test_a_world_that_falls_apart_is_an_error_of_each_call_and_of_the_block():
    class Fragile(Slow):
        """Cancels the task that entered it, as a task group of anyio does, and raises."""

        async def __aenter__(self):
            self.owner = asyncio.current_task()

        async def __aexit__(self, *_):
            raise ConnectionError("the other side hung up")

        async def act(self, step, attempt):
            self.owner.cancel()
            await asyncio.Event().wait()

    seen = []
    badly = pytest.raises(WorldError, match="ended badly: the other side hung up")
    with badly, in_thread(Fragile()) as environment:
        for _ in range(2):
            with pytest.raises(WorldError) as caught:
                environment.act(LIFT, FIRST)
            seen.append(str(caught.value))
    assert all("the other side hung up" in text for text in seen), seen
