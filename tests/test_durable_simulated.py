"""A simulated world that is kept in a store, and outlives whoever acts in it."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
import tasks
from test_run_store import url

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.library import bundled
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute import ActionReport, Attempt, Ending, Faults, Simulator
from goalsmith.execute.environments.simulated import KeptSimulator
from goalsmith.execute.store import RunStatus, open_store

__all__ = ["url"]  # a fixture

TASK = tasks.towers("(on a b)")
LIFT, LOWER = Step("lift", ("a",)), Step("lower", ("a",))
FAULTS = {"action_fails": 0.2, "effect_lost": 0.2, "moved": 0.2, "effect_late": 0.2}


class Crash(BaseException):
    pass


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def run(store):
    return store.create_run(domain_pddl="", problem_pddl="").id


def key(number):
    return Attempt(f"r-{number}")


@pytest.mark.parametrize("name", ["gripper", "office-errands"])
def test_it_goes_on_in_another_process_as_it_would_have(store, run, name):
    task = bundled(name).instances[0].task
    semantics = Semantics(task)
    faults = Faults(5, **FAULTS)
    whole = Simulator(task, faults)
    dice = Random(3)
    for number in range(20):
        step = dice.choice(sorted(semantics.applicable_steps(whole.observe()), key=str))
        # Each time a new one, as in a process of its own.
        kept = KeptSimulator(store, run, task, faults)
        assert kept.observe() == whole.observe()
        assert kept.act(step, key(number)).succeeded == whole.act(step).succeeded
        assert kept.observe() == whole.observe()
    assert [(act.number, act.asked) for act in store.acts(run)] == [(n + 1, 1) for n in range(20)]


def test_an_attempt_that_it_is_asked_for_twice_is_made_once(store, run):
    faults = Faults(action_fails=1.0, limit=1)
    world = KeptSimulator(store, run, TASK, faults)
    failed = ActionReport(False, "it was tried and nothing changed", Ending.FAILED)
    assert world.act(LIFT, key(1)).message == failed.message
    again = KeptSimulator(store, run, TASK, faults)
    assert again.act(LIFT, key(1)) == failed
    assert world.act(LIFT, key(1)) == failed
    assert again.observe() == world.observe() == Simulator(TASK).observe()
    assert again.act(LIFT, key(2)).succeeded
    assert [(a.key, a.step, a.asked) for a in store.acts(run)] == [
        ("r-1", "(lift a)", 3),
        ("r-2", "(lift a)", 1),
    ]


def test_a_step_that_cannot_be_taken_is_refused_again(store, run):
    world = KeptSimulator(store, run, TASK)
    for _ in range(2):
        assert world.act(LOWER, key(1)).ending is Ending.REFUSED


def test_it_sees_what_others_do(store, run, url):
    with open_store(url) as other:
        mine, theirs = KeptSimulator(store, run, TASK), KeptSimulator(other, run, TASK)
        for number in range(6):
            acting, looking = (mine, theirs) if number % 2 else (theirs, mine)
            acting.act((LIFT, LOWER)[number % 2], key(number))
            assert looking.observe() == acting.observe()
    assert len(store.acts(run)) == 6


def test_acts_at_the_same_time_come_one_after_the_other(store, run, url):
    task = tasks.towers("(on a b)", blocks="a b c d e f g h")
    with open_store(url) as other:
        worlds = [KeptSimulator(store, run, task), KeptSimulator(other, run, task)]

        def turn(number):
            # Only one block can be in the hand: of two that lift at once, one is refused.
            return worlds[number % 2].act(Step("lift", (task.objects[number].name,)), key(number))

        with ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(turn, range(8)))
    assert [report.succeeded for report in reports].count(True) == 1
    assert sorted(act.number for act in store.acts(run)) == list(range(1, 9))


def test_a_slow_act_changes_the_world_at_one_known_moment(store, run):
    waits = []

    def sleep(seconds):
        waits.append((seconds, len(store.acts(run)), world.observe() == before))

    world = KeptSimulator(store, run, TASK, delay=3.0, sleep=sleep)
    before = world.observe()
    world.act(LIFT, key(1))
    assert waits == [(1.5, 0, True), (1.5, 1, False)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_crashes_amid_an_act_has_done_all_of_it_or_nothing(store, run, when):
    waits = iter(["before", "after"])

    def sleep(_seconds):
        if next(waits) == when:
            raise Crash

    world = KeptSimulator(store, run, TASK, delay=1.0, sleep=sleep)
    with pytest.raises(Crash):
        world.act(LIFT, key(1))
    other = KeptSimulator(store, run, TASK)
    done = Simulator(TASK)
    if when == "after":
        done.act(LIFT)
    assert other.observe() == done.observe()
    assert other.act(LIFT, key(1)).succeeded
    assert len(store.acts(run)) == 1


def test_an_act_that_could_not_be_kept_did_not_happen(store, run, monkeypatch):
    world = KeptSimulator(store, run, TASK)
    with monkeypatch.context() as patch:

        def fail(*_):
            raise StoreError("no room")

        patch.setattr(store, "keep_act", fail)
        with pytest.raises(StoreError, match="no room"):
            world.act(LIFT, key(1))
    assert world.observe() == Simulator(TASK).observe()
    assert world.act(LIFT, key(1)).succeeded


def test_what_is_damaged_is_told(store, run):
    store.keep_act(run, 1, "r-1", "(lift a)", {"succeeded": 3}, {"format": 99})
    world = KeptSimulator(store, run, TASK)
    with pytest.raises(InputError, match="snapshot"):
        world.observe()
    store.keep_act(run, 2, "r-2", "(lift a)", None, None)
    with pytest.raises(StoreError, match=r"simulated world of run .* is damaged"):
        KeptSimulator(store, run, TASK).observe()


def test_a_damaged_report_is_told(store, run):
    store.keep_act(run, 1, "r-1", "(lift a)", {"succeeded": 3}, Simulator(TASK).snapshot())
    with pytest.raises(StoreError, match="report of an act"):
        KeptSimulator(store, run, TASK).act(LIFT, key(1))


def test_a_run_takes_its_world_with_it(store, run):
    KeptSimulator(store, run, TASK).act(LIFT, key(1))
    other = store.create_run(domain_pddl="", problem_pddl="").id
    assert store.simulation(other) is None
    store.set_status(run, RunStatus.ENDED)
    assert store.prune(before=2e10) == (run,)
    with pytest.raises(InputError, match="no run"):
        store.acts(run)


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf")])
def test_a_delay_that_is_none_is_refused(store, run, delay):
    with pytest.raises(InputError, match="cannot take"):
        KeptSimulator(store, run, TASK, delay=delay)


def test_a_world_of_no_run_is_told(store):
    with pytest.raises(InputError, match="no run"):
        KeptSimulator(store, "0" * 16, TASK).act(LIFT, key(1))
