"""Runs driven from a store: left, crashed, taken over, waiting for people, and gone on with."""

import json
import time
from threading import Event, Thread

import pytest
import tasks
from processes import PATIENCE, eventually
from test_run_store import HOUR, url

from goalsmith.domains.errors import InputError, LeaseLostError, StoreError
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.execute import Budget, Faults, Policy, Simulator
from goalsmith.execute.durable import (
    RunSettings,
    Simulated,
    Worker,
    drive,
    read_message,
    send,
    submit,
    take,
)
from goalsmith.execute.environments.simulated import KeptSimulator
from goalsmith.execute.messages import Approve, Cancel, Edit, NewGoal, Reject, Review, Unreadable
from goalsmith.execute.simulation.faults import FaultKind
from goalsmith.execute.store import Draft, MessageRow, RunStatus, open_store
from goalsmith.solve import Solution, solve

__all__ = ["url"]  # a fixture

TASK = tasks.towers("(and (on a b) (on b c))")
PLAN = Plan(
    (
        Step("lift", ("b",)),
        Step("pile", ("b", "c")),
        Step("lift", ("a",)),
        Step("pile", ("a", "b")),
    )
)
WRONG = Plan((Step("lift", ("a",)),))
OBSERVED = {"observed", "state-matched", "divergence-seen", "step-not-taken"}


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'runs.sqlite'}") as opened:
        yield opened


@pytest.fixture
def either(url):
    """A store of either kind."""
    with open_store(url) as opened:
        yield opened


class Crash(BaseException):
    """In place of a kill: nothing that is written to catch errors catches it."""


def new_run(store, faults=None, plan=PLAN, **settings):
    chosen = RunSettings(simulator=Simulated(faults or Faults()), **settings)
    return submit(store, TASK, plan, chosen).id


def driven(store, run, **options):
    options.setdefault("stay", False)
    with take(store, run) as holding:
        return drive(store, holding, **options)


def kinds(store, run):
    return [entry.kind for entry in store.entries(run)]


def is_sound(store, run):
    """What every journal is like, however often its run broke off."""
    entries = store.entries(run)
    assert [entry.sequence for entry in entries] == list(range(len(entries)))
    seconds = [entry.body["seconds"] for entry in entries]
    assert seconds == sorted(seconds)
    looked = True
    for entry in entries:
        looked = (looked or entry.kind in OBSERVED) and entry.kind != "run-resumed"
        assert looked or entry.kind not in {"step-begun", "replan-begun"}
    versions = [e.body["version"] for e in entries if e.kind in {"plan-adopted", "plan-refused"}]
    assert versions == list(range(1, len(versions) + 1))
    begun = {e.body["key"]: e.body["step"] for e in entries if e.kind == "step-begun"}
    assert [(act.key, act.step) for act in store.acts(run)] == list(begun.items())


def test_a_run_is_driven_to_its_end(either):
    run = new_run(either)
    heard = []
    result = driven(either, run, on_event=heard.append)
    assert (result.status, result.outcome) == (RunStatus.ENDED, Outcome.REACHED)
    row = either.run(run)
    assert (row.status, row.outcome, row.owner) == (RunStatus.ENDED, "reached", "")
    assert [entry.event.kind for entry in heard] == kinds(either, run)
    assert [act.step for act in either.acts(run)] == list(map(str, PLAN))
    is_sound(either, run)
    with pytest.raises(InputError, match="has ended: reached"):
        driven(either, run)


def test_a_run_without_a_plan_asks_for_one_on_the_record(store):
    run = new_run(store, plan=None)
    assert driven(store, run).outcome is Outcome.REACHED
    assert "replan-begun" in kinds(store, run)
    is_sound(store, run)


@pytest.mark.parametrize(("seed", "policy"), [(0, "strict"), (1, "strict"), (2, "relevant")])
def test_a_run_that_is_left_after_every_step_ends_as_it_would_have(store, seed, policy):
    faults = Faults(seed, action_fails=0.2, effect_lost=0.2, moved=0.2)
    # Of engines that race, either may win.
    settings = {"policy": Policy(policy), "engine": "kairos"}
    whole = new_run(store, faults, **settings)
    driven(store, whole)
    pieces = new_run(store, faults, **settings)
    for _ in range(100):
        halt = Event()

        def halting(entry, halt=halt):
            if entry.event.kind == "step-reported":
                halt.set()

        result = driven(store, pieces, halt=halt, on_event=halting)
        if result.status is RunStatus.ENDED:
            break
        assert store.run(pieces).status is RunStatus.RUNNING
    assert result.outcome is Outcome.REACHED
    assert kinds(store, pieces).count("run-resumed") >= 3
    is_sound(store, pieces)
    assert [act.step for act in store.acts(pieces)] == [act.step for act in store.acts(whole)]
    assert {act.asked for act in store.acts(pieces)} == {1}


def crashing(store, run, at, when, faults=None):
    """Makes a world that crashes before or after its n-th act."""

    class Crashing(KeptSimulator):
        acts = 0

        def act(self, step, attempt):
            Crashing.acts += 1
            last = Crashing.acts == at
            if last and when == "before":
                raise Crash
            report = super().act(step, attempt)
            if last:
                raise Crash
            return report

    return lambda task: Crashing(store, run, task, faults)


@pytest.mark.parametrize("at", [1, 2, 4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_step_that_was_under_way_is_judged_by_what_is_seen(store, at, when):
    run = new_run(store)
    with pytest.raises(Crash):
        driven(store, run, world=crashing(store, run, at, when))
    assert kinds(store, run)[-1] == "step-begun"
    assert driven(store, run).outcome is Outcome.REACHED
    assert kinds(store, run).count("step-not-taken") == (when == "before")
    assert [(act.step, act.asked) for act in store.acts(run)] == [(str(s), 1) for s in PLAN]
    is_sound(store, run)


@pytest.mark.parametrize("at", [1, 2, 4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_steps_that_were_under_way_together_are_judged_by_what_is_seen(store, at, when):
    task = bundled("gripper").instances[0].task
    settings = RunSettings(parallel=2, simulator=Simulated())
    run = submit(store, task, solve(task).plan, settings).id
    with pytest.raises(Crash):
        driven(store, run, world=crashing(store, run, at, when))
    assert driven(store, run).outcome is Outcome.REACHED
    acts = store.acts(run)
    assert sorted(act.step for act in acts) == sorted({act.step for act in acts})
    assert len(acts) == 5


@pytest.mark.parametrize("kind", [FaultKind.ACTION_FAILS, FaultKind.EFFECT_LOST])
def test_a_step_that_went_wrong_unreported_is_asked_for_again_and_done_once(store, kind):
    faults = Faults(scripted={2: kind})
    run = new_run(store, faults)
    with pytest.raises(Crash):
        driven(store, run, world=crashing(store, run, 2, "after", faults))
    assert driven(store, run).outcome is Outcome.REACHED
    acts = store.acts(run)
    assert [act.asked for act in acts] == [1, 2, *[1] * (len(acts) - 2)]
    is_sound(store, run)


def test_a_driver_that_lost_its_lease_writes_nothing_more(url):
    with open_store(url) as store, open_store(url) as other:
        run = new_run(store)
        taken = []

        class Taken(KeptSimulator):
            def act(self, step, attempt):
                report = super().act(step, attempt)
                # As if this process had slept: its lease is over, and another takes it.
                with store._database.writing() as transaction:
                    transaction.execute("UPDATE leases SET until = 0")
                taken.append(other.take_lease(run, "another", HOUR))
                return report

        with pytest.raises(LeaseLostError):
            driven(store, run, world=lambda task: Taken(store, run, task))
        [lease] = taken
        assert kinds(store, run)[-1] == "step-begun"
        assert store.run(run).owner == "another"
        other.release_lease(lease)
        assert driven(other, run).outcome is Outcome.REACHED
        assert {act.asked for act in store.acts(run)} == {1}
        is_sound(store, run)


def test_a_lease_is_kept_for_as_long_as_it_is_held(store):
    run = new_run(store)

    def until():
        with store._database.reading() as transaction:
            ((found,),) = transaction.execute("SELECT until FROM leases")
        return found

    with take(store, run, seconds=0.6) as holding:
        # Renewed again and again, it goes on for longer than it lasts by itself.
        assert eventually(lambda: until() > holding.lease.until + 1.2)
        assert not holding.lost.is_set()
    with take(store, run, seconds=HOUR):
        assert take(store, run) is None
    with take(store, run) as holding:
        assert holding.lease.fence == 3


def test_a_holder_hears_that_its_lease_is_lost(either):
    run = new_run(either)
    with take(either, run, seconds=0.6) as holding:
        with either._database.writing() as transaction:
            transaction.execute("UPDATE leases SET fence = fence + 1, until = clock() + 3600")
        assert holding.lost.wait(PATIENCE)
        with pytest.raises(LeaseLostError):
            holding.check()
    assert either.run(run).owner != ""


def test_a_plan_waits_for_review_without_a_process(either):
    run = new_run(either, review=Review.PLAN)
    for _ in range(2):
        result = driven(either, run)
        assert (result.status, result.outcome) == (RunStatus.WAITING, Outcome.QUESTION)
        assert either.run(run).status is RunStatus.WAITING
        assert either.undriven() == ()
    assert kinds(either, run).count("review-asked") == 1
    send(either, run, Approve(1))
    assert [row.id for row in either.undriven()] == [run]
    assert driven(either, run).outcome is Outcome.REACHED
    [message] = either.messages(run)
    assert either.entries(run)[message.taken_at_sequence].kind == "plan-approved"
    is_sound(either, run)


def test_somebody_who_stays_hears_the_answer(store):
    run = new_run(store, review=Review.PLAN)

    def answer():
        while store.run(run).status is not RunStatus.WAITING:
            time.sleep(0.02)
        send(store, run, Approve(1))

    thread = Thread(target=answer)
    thread.start()
    assert driven(store, run, stay=True).outcome is Outcome.REACHED
    thread.join()
    assert "run-resumed" not in kinds(store, run)


def test_a_wait_is_left_when_asked_to_halt_and_goes_on_waiting(store):
    run = new_run(store, review=Review.PLAN)
    halt = Event()

    def pause(_seconds):
        halt.set()

    result = driven(store, run, stay=True, halt=halt, pause=pause, halted=RunStatus.PAUSED)
    assert (result.status, result.outcome) == (RunStatus.WAITING, Outcome.INTERRUPTED)
    assert store.run(run).status is RunStatus.WAITING


def test_a_rejected_plan_ends_the_run(store):
    run = new_run(store, review=Review.PLAN)
    driven(store, run)
    send(store, run, Reject(1, "too high"))
    result = driven(store, run)
    assert result.outcome is Outcome.REJECTED
    assert "too high" in result.reason
    assert store.acts(run) == ()


def test_an_edited_plan_is_refused_with_the_reason_or_carried_out(store):
    run = new_run(store, review=Review.PLAN)
    driven(store, run)
    send(store, run, Edit(1, WRONG))
    assert driven(store, run).status is RunStatus.WAITING
    refused = [e.body["reason"] for e in store.entries(run) if e.kind == "message-refused"]
    assert len(refused) == 1
    assert "does not lead to the goal" in refused[0]
    longer = Plan((Step("lift", ("a",)), Step("lower", ("a",)), *PLAN))
    send(store, run, Edit(1, longer))
    assert driven(store, run).outcome is Outcome.REACHED
    assert [act.step for act in store.acts(run)] == list(map(str, longer))


def test_a_cancelled_run_ends_before_its_next_step_and_can_be_resumed(store):
    run = new_run(store)
    send(store, run, Cancel("lunch"))
    result = driven(store, run)
    assert (result.status, result.outcome) == (RunStatus.ENDED, Outcome.INTERRUPTED)
    assert "lunch" in result.reason
    assert store.acts(run) == ()
    assert not store.run(run).cancel_requested
    assert driven(store, run).outcome is Outcome.REACHED
    assert len(store.acts(run)) == 4


def test_a_new_goal_is_taken_up(store):
    run = new_run(store)
    send(store, run, NewGoal(tasks.towers("(on c a)")))
    assert driven(store, run).outcome is Outcome.REACHED
    assert store.acts(run)[-1].step == "(pile c a)"
    assert "goal-changed" in kinds(store, run)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("approve", None),
        ("approve", {"version": True}),
        ("reject", {"version": "1"}),
        ("reject", {"version": 1, "reason": 3}),
        ("edit", {"version": 1}),
        ("edit", {"version": 1, "plan": ["(fly a)"]}),
        ("edit", {"version": 1, "plan": "(lift a"}),
        ("new-goal", {"goal": "(on a"}),
        ("new-goal", {"goal": "(above a b)"}),
        ("new-goal", {"problem": "(define (problem p))"}),
        ("new-goal", None),
        ("dance", {}),
    ],
)
def test_a_message_that_makes_no_sense_is_refused_and_the_run_goes_on(store, kind, body):
    message = read_message(MessageRow(3, 0.0, kind, body, None), TASK)
    assert isinstance(message, Unreadable)
    assert message.number == 3
    run = new_run(store)
    store.send(run, kind, body)
    assert driven(store, run).outcome is Outcome.REACHED
    [refused] = [e for e in store.entries(run) if e.kind == "message-refused"]
    assert f"`{kind}` cannot be read" in refused.body["reason"]
    assert store.messages(run)[0].taken_at_sequence is not None


@pytest.mark.parametrize(
    "message",
    [
        Cancel("why"),
        Cancel(),
        Approve(3),
        Reject(2, "no"),
        Edit(1, PLAN),
        NewGoal(TASK.with_goal(tasks.towers("(on b a)").problem.goal)),
    ],
)
def test_a_message_comes_as_it_was_sent(store, message):
    run = new_run(store)
    number = send(store, run, message)
    [row] = store.messages(run)
    read = read_message(row, TASK)
    assert read.number == number == 1
    assert type(read)(*[getattr(read, f) for f in read.__slots__[:-1]], 0) == message


SETTINGS = RunSettings(
    policy=Policy.RELEVANT,
    stability=1.5,
    budget=Budget(3, 99, 1.5, None, 7, 2),
    review=Review.REVISIONS,
    parallel=4,
    safe_stop=(Step("lower", ("a",)),),
    engine="kairos",
    time_limit=2.5,
    memory_limit=512,
    simulator=Simulated(
        Faults(4, 0.1, limit=3, scripted={2: FaultKind.EFFECT_LOST}, steps={"lift": 0.25}), 0.5
    ),
)


@pytest.mark.parametrize("settings", [SETTINGS, RunSettings(), RunSettings(simulator=Simulated())])
def test_settings_come_back_from_the_store_as_they_were(settings):
    plain = json.loads(json.dumps(settings.plain()))
    assert RunSettings.read(plain, TASK) == settings


def test_settings_that_are_not_known_are_told():
    assert RunSettings.read({}, TASK) == RunSettings()
    for plain, told in (
        ({"lanes": 2}, "`lanes`; a later goalsmith"),
        ({"policy": "hopeful"}, "`policy`: `hopeful` is none of `strict`"),
        ({"budget": {"replans": -1}}, "must not be negative"),
        ({"simulator": {"faults": {"scripted": {"x": "effect-lost"}}}}, "whole number"),
        ({"safe_stop": ["(fly a)"]}, "no action"),
        ({"time_limit": "soon"}, "not a number"),
    ):
        with pytest.raises(StoreError, match=r"the run's settings cannot be read.*") as error:
            RunSettings.read(plain, TASK)
        assert told in str(error.value)


def test_a_world_that_only_a_program_knows_is_acted_in_from_there(store):
    run = submit(store, TASK, PLAN, RunSettings()).id
    with pytest.raises(StoreError, match="only the program knows"):
        driven(store, run)
    world = Simulator(TASK)
    assert driven(store, run, world=lambda _: world).outcome is Outcome.REACHED
    assert len(world.happened) == 4


# Later versions, damage, and workers


def worker(store, **options):
    left = {}
    worked = Worker(
        store, Event(), lambda _: None, lambda row, end: left.update({row.id: end}), print
    ).work(idle=0, **options)
    return worked, left


def written_later(store):
    """A run that a later version has gone on with."""
    run = new_run(store)
    halt = Event()
    driven(store, run, halt=halt, on_event=lambda _: halt.set())
    lease = store.take_lease(run, "later", HOUR)
    store.append_all(run, lease.fence, [Draft("step-teleported", {"seconds": 1.0})])
    store.release_lease(lease)
    return run


def test_a_journal_of_a_later_version_is_not_gone_on_with_and_left_alone(store):
    run = written_later(store)
    before = store.entries(run)
    with pytest.raises(StoreError, match=r"\(step-teleported\).*later goalsmith.*update"):
        driven(store, run)
    assert store.entries(run) == before


def test_a_worker_drives_every_run_the_oldest_first(either):
    runs = [new_run(either) for _ in range(3)]
    worked, left = worker(either)
    assert worked == 3
    assert list(left) == runs
    assert {end.outcome for end in left.values()} == {Outcome.REACHED}
    assert worker(either) == (0, {})


def test_a_worker_ends_after_as_many_runs_as_it_was_told(store):
    for _ in range(2):
        new_run(store)
    assert worker(store, most=1)[0] == 1
    assert len(store.undriven()) == 1


def test_a_worker_pauses_what_it_cannot_go_on_with_and_says_why(either):
    later = written_later(either)
    broken = either.create_run(domain_pddl="(define", problem_pddl="").id
    foreign = submit(either, TASK, PLAN, RunSettings()).id
    good = new_run(either)
    worked, left = worker(either)
    assert worked == 4
    assert left[good].outcome is Outcome.REACHED
    for run, told in ((later, "step-teleported"), (broken, "<domain>"), (foreign, "only the")):
        row = either.run(run)
        assert row.status is RunStatus.PAUSED
        assert row.outcome.startswith("paused: ")
        assert told in left[run].reason
    assert either.undriven() == ()


def test_a_worker_pauses_a_run_that_breaks_off_again_and_again(store, monkeypatch):
    run = new_run(store)
    for _ in range(6):
        with pytest.raises(Crash):
            driven(store, run, world=crashing(store, run, 1, "before"))
    worked, left = worker(store)
    assert worked == 1
    assert "broke off 5 times" in left[run].reason
    assert store.run(run).status is RunStatus.PAUSED
    assert driven(store, run).outcome is Outcome.REACHED
    assert store.run(run).outcome == "reached"


def test_a_fault_in_one_run_does_not_end_a_worker(store, monkeypatch):
    run = new_run(store)
    other = new_run(store)
    real = KeptSimulator.__init__

    def faulty(self, store, name, *args, **kwargs):
        if name == run:
            raise ZeroDivisionError("by nothing")
        real(self, store, name, *args, **kwargs)

    monkeypatch.setattr(KeptSimulator, "__init__", faulty)
    _, left = worker(store)
    assert "internal error: ZeroDivisionError" in left[run].reason
    assert left[other].outcome is Outcome.REACHED


def test_a_worker_lets_runs_be_that_others_drive(store):
    run = new_run(store)
    lease = store.take_lease(run, "another", HOUR)
    assert worker(store) == (0, {})
    store.release_lease(lease)
    assert worker(store)[0] == 1


def test_a_worker_that_halts_leaves_its_run_to_others(store):
    run = new_run(store)
    halt = Event()

    class Halting(KeptSimulator):
        def act(self, step, attempt):
            halt.set()
            return super().act(step, attempt)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("goalsmith.execute.durable.driving.KeptSimulator", Halting)
        nothing = lambda *_: None  # noqa: E731 - three times the same
        assert Worker(store, halt, nothing, nothing, nothing).work() == 1
    assert kinds(store, run)[-1] == "state-matched"
    assert store.run(run).status is RunStatus.RUNNING
    assert worker(store)[1][run].outcome is Outcome.REACHED
    assert {act.asked for act in store.acts(run)} == {1}


def test_what_a_search_found_when_it_was_cut_short_does_not_count(store):
    run = new_run(store, plan=None)
    halt = Event()

    def interrupted(_task):
        halt.set()
        return Solution(Outcome.INTERRUPTED)

    result = driven(store, run, solver=interrupted, halt=halt)
    assert result.status is RunStatus.RUNNING
    assert kinds(store, run)[-1] == "replan-begun"
    assert driven(store, run, solver=solve).outcome is Outcome.REACHED
