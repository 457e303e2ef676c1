import threading

import pytest
import tasks

from goalsmith.domains.errors import InputError
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import ActionReport, Attempt, Ending, FaultKind, Faults, Simulator, execute
from goalsmith.execute.environments import ActLimits, LimitedEnvironment
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
LOWER = Step("lower", ("b",))
FIRST = Attempt("run/1")


class Scripted:
    """A world that answers from a list: reports, and exceptions to raise."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.attempts = []

    def observe(self):
        return Simulator(TOWER).observe()

    def act(self, step, attempt):
        self.attempts.append(attempt)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Gated:
    """A simulator whose acts wait until they are let go."""

    def __init__(self):
        self.simulator = Simulator(TOWER)
        self.gate = threading.Event()
        self.begun = threading.Event()

    def observe(self):
        return self.simulator.observe()

    def act(self, step, attempt):
        self.begun.set()
        assert self.gate.wait(60)
        return self.simulator.act(step, attempt)


def _limited(world, limits=None, **options):
    pauses = []
    options.setdefault("sleep", pauses.append)
    return LimitedEnvironment(TOWER, world, limits, **options), pauses


def _impatient(event, seconds):
    """Time passes at once."""
    return event.wait(0)


FAILED = ActionReport(False, "slipped")
DONE = ActionReport(True, "got it")


def test_a_failed_act_is_tried_again_after_longer_and_longer_pauses():
    world = Scripted(FAILED, OSError("no power"), FAILED, DONE)
    limits = ActLimits(retries=3, delay=0.5, growth=4, longest_delay=5)
    environment, pauses = _limited(world, limits)
    assert environment.act(LIFT, FIRST) == ActionReport(True, "got it (try 4 of 4)")
    assert pauses == [0.5, 2, 5]


def test_each_try_has_a_key_and_a_number_of_its_own():
    world = Scripted(FAILED, FAILED, DONE)
    environment, _ = _limited(world, ActLimits(retries=5))
    environment.act(LIFT, Attempt("run/7", 2))
    assert world.attempts == [
        Attempt("run/7.1", 2),
        Attempt("run/7.2", 3),
        Attempt("run/7.3", 4),
    ]


def test_the_last_failure_is_reported_when_no_try_is_left():
    world = Scripted(FAILED, OSError("no power"))
    environment, _ = _limited(world, ActLimits(retries=1))
    report = environment.act(LIFT, FIRST)
    assert report == ActionReport(False, "OSError: no power (try 2 of 2)", Ending.FAILED)
    assert not world.answers


def test_without_limits_nothing_is_repeated():
    world = Scripted(FAILED, DONE)
    environment, pauses = _limited(world)
    assert environment.act(LIFT, FIRST) == FAILED
    assert (len(world.answers), pauses) == (1, [])


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.TIMED_OUT])
def test_what_is_refused_or_out_of_time_is_not_tried_again(ending):
    world = Scripted(ActionReport(False, "no", ending), DONE)
    environment, _ = _limited(world, ActLimits(retries=3))
    assert environment.act(LIFT, FIRST) == ActionReport(False, "no", ending)
    assert world.answers == [DONE]


def test_limits_may_be_those_of_one_action():
    world = Scripted(FAILED, FAILED, DONE)
    environment, _ = _limited(world, actions={"lower": ActLimits(retries=1)})
    assert environment.act(LIFT, FIRST) == FAILED
    assert environment.act(LOWER, FIRST).succeeded


def test_an_act_that_takes_too_long_is_reported_and_its_effects_come_later():
    world = Gated()
    environment, _ = _limited(world, ActLimits(seconds=3, retries=2), wait=_impatient)
    report = environment.act(LIFT, FIRST)
    assert report.how is Ending.TIMED_OUT
    assert not report.succeeded
    assert "not over after 3 s" in report.message
    assert world.simulator.happened == ()
    assert environment.observe() == world.simulator.observe()
    world.gate.set()
    # A world that is patient now: the act ends, and the next one is applicable after it.
    patient, _ = _limited(world, ActLimits(seconds=60))
    for thread in threading.enumerate():
        if thread.name == "act (lift b)":
            thread.join()
    assert patient.act(LOWER, FIRST).succeeded
    assert [h.step for h in world.simulator.happened] == [LIFT, LOWER]


def test_while_an_act_is_late_further_ones_are_refused():
    world = Gated()
    environment, _ = _limited(world, ActLimits(seconds=1), wait=_impatient)
    environment.act(LIFT, FIRST)
    assert world.begun.wait(60)
    world.begun.clear()
    refused = environment.act(LOWER, FIRST)
    assert refused.how is Ending.REFUSED
    assert "(lift b), which ran out of time before, is still under way" in refused.message
    assert not world.begun.is_set()
    world.gate.set()


def test_a_patient_world_waits_for_the_late_act():
    world = Gated()
    waits = []

    def wait(event, seconds):
        waits.append(seconds)
        if len(waits) == 1:
            return event.wait(0)
        world.gate.set()
        return event.wait(60)

    environment, _ = _limited(world, ActLimits(seconds=1), patience=7, wait=wait)
    assert environment.act(LIFT, FIRST).how is Ending.TIMED_OUT
    assert environment.act(LOWER, FIRST).succeeded
    assert waits[:2] == [1, 7]
    assert [h.step for h in world.simulator.happened] == [LIFT, LOWER]


def test_an_act_that_is_over_in_time_is_what_it_reports():
    world = Scripted(DONE, OSError("no power"))
    environment, _ = _limited(world, ActLimits(seconds=60))
    assert environment.act(LIFT, FIRST) == DONE
    assert environment.act(LIFT, FIRST).message == "OSError: no power"


@pytest.mark.parametrize("seconds", [None, 60])
def test_an_interruption_ends_the_run_and_is_not_tried_again(seconds):
    world = Scripted(KeyboardInterrupt(), DONE)
    environment, _ = _limited(world, ActLimits(seconds=seconds, retries=3))
    with pytest.raises(KeyboardInterrupt):
        environment.act(LIFT, FIRST)
    assert world.answers == [DONE]


def test_a_run_needs_no_new_plan_where_trying_again_helps():
    simulator = Simulator(TOWER, Faults(scripted={1: FaultKind.ACTION_FAILS}))
    environment, _ = _limited(simulator, ActLimits(seconds=60, retries=1))

    def solver(task):
        raise AssertionError("the solver should not have been asked")

    run = execute(TOWER, TOWER_PLAN, environment, solver)
    assert run.reached, run.reason
    assert run.steps == TOWER_PLAN.steps
    assert len(simulator.happened) == len(TOWER_PLAN) + 1


def test_a_run_goes_on_after_an_act_ran_out_of_time():
    world = Gated()
    waits = []

    def wait(event, seconds):
        waits.append(seconds)
        if len(waits) > 1:
            world.gate.set()
            return event.wait(60)
        return event.wait(0)

    environment, _ = _limited(world, ActLimits(seconds=1), patience=60, wait=wait)
    run = execute(TOWER, TOWER_PLAN, environment, solve)
    assert run.reached, run.reason


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"seconds": 0}, "more than 0 seconds"),
        ({"seconds": float("nan")}, "more than 0 seconds"),
        ({"retries": -1}, "retries must not be negative"),
        ({"delay": -1}, "pauses must not be negative"),
        ({"growth": 0.5}, "nor shrink"),
    ],
)
def test_limits_out_of_range_are_told_so(limits, reason):
    with pytest.raises(InputError, match=reason):
        ActLimits(**limits)


def test_limits_of_an_unknown_action_are_told_so():
    with pytest.raises(InputError, match="unknown action `lit`: did you mean `lift`"):
        _limited(Scripted(), actions={"lit": ActLimits()})
    with pytest.raises(InputError, match="patience must not be negative"):
        _limited(Scripted(), patience=-1)
