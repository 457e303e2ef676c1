"""What runs learned about a world, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from parallel_runs import TASK as BUTTONS
from parallel_runs import faulty, overtaken
from tasks import towers
from test_run_store import database, store, url

from goalsmith.domains.errors import InputError, StoreError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.execute import Divergence, Ending
from goalsmith.execute.durable import RunSettings, Simulated, drive, submit, take
from goalsmith.execute.journal.events import (
    DivergenceSeen,
    Event,
    GoalChanged,
    Observed,
    PlanAdopted,
    RunEnded,
    RunStarted,
    StateMatched,
    StepBegun,
    StepReported,
)
from goalsmith.execute.journal.journal import Entry
from goalsmith.execute.memory import (
    Fact,
    Memory,
    Source,
    StepRecord,
    Worlds,
    avoiding,
    forget,
    memory_of,
    recall,
    remember,
    set_fact,
)
from goalsmith.execute.memory import memory as limits
from goalsmith.execute.memory.lessons import lessons
from goalsmith.execute.memory.memory import GoalRecord
from goalsmith.execute.memory.plain import kept, memory_from
from goalsmith.execute.memory.recollection import recollection
from goalsmith.execute.memory.remembering import merged
from goalsmith.execute.store import RunStatus, Store, open_store
from goalsmith.execute.store.schema import STEPS, migrate
from goalsmith.execute.store.worlds import Kept
from goalsmith.solve.solution import Solution

__all__ = ["store", "url"]  # the fixtures

TASK = towers("(on a b)")
LIFT, PILE = Step("lift", ("a",)), Step("pile", ("a", "b"))
ON, HAND, CLEAR_B = Atom("on", ("a", "b")), Atom("hand", ("a",)), Atom("clear", ("b",))
DONE = RunEnded(Outcome.REACHED, "")

# A door and a window, either of which leads out; and a map, fuel and a light that is derived.
HOUSE = """
(define (domain house)
  (:requirements :typing :numeric-fluents :derived-predicates)
  (:types room car)
  (:predicates (at ?c - car ?r - room) (road ?a ?b - room) (out) (lit))
  (:functions (fuel ?c - car) (total-cost))
  (:derived (lit) (out))
  (:action drive :parameters (?c - car ?a ?b - room)
    :precondition (and (at ?c ?a) (road ?a ?b) (>= (fuel ?c) 1))
    :effect (and (not (at ?c ?a)) (at ?c ?b) (decrease (fuel ?c) 1) (increase (total-cost) 1)))
  (:action door :parameters () :precondition () :effect (out))
  (:action window :parameters () :precondition () :effect (out)))
"""


def house(cars: str = "red", at: str = "(at red hall)", rooms: str = "hall yard") -> Task:
    fuel = " ".join(f"(= (fuel {car}) 3)" for car in cars.split())
    return read_task(
        HOUSE,
        f"""(define (problem p) (:domain house) (:objects {cars} - car {rooms} - room)
        (:init {at} (road hall yard) {fuel} (= (total-cost) 0)) (:goal (out)))""",
    )


def state(task: Task) -> State:
    return Semantics(task).initial_state()


def begun(task: Task = TASK, stale: Iterable[Atom] = ()) -> list[Event]:
    """A run that looks at its world, and has a plan long enough for whatever is to come."""
    plan = Plan((LIFT if task.domain == TASK.domain else Step("door"),) * 9)
    return [
        RunStarted(task.problem.goal, plan, 1, 1),
        Observed(state(task), frozenset(stale)),
        PlanAdopted(1, plan, "given"),
    ]


def step(
    number: int,
    what: Step,
    succeeded: bool = True,
    divergence: Divergence | None = None,
    stale: Iterable[Atom] = (),
) -> list[Event]:
    """A step and what was observed after it; by default all went well."""
    report = StepReported(number, what, succeeded, "" if succeeded else "stuck", Ending.DONE)
    unseen = frozenset(stale)
    seen = StateMatched(number, unseen)
    return [
        StepBegun(number, number - 1, what, 1),
        report,
        seen if divergence is None else DivergenceSeen(number, divergence, unseen),
    ]


NOTHING_DONE = Divergence(
    frozenset({HAND}), frozenset({Atom("free"), Atom("clear", ("a",)), Atom("table", ("a",))})
)
"""What a lift without effect looks like."""


def learned(
    *events: Event,
    task: Task = TASK,
    memory: Memory | None = None,
    began: float = 1000.0,
    run: str = "r",
) -> Memory:
    """A memory with a run whose events were a second apart."""
    timed = [(began + i, event) for i, event in enumerate(events)]
    found = lessons(task, timed)
    assert found is not None
    return merged(memory or Memory(), found, task, run, len(timed))


def recorded(
    store: Store, *events: Event, task: Task = TASK, world: str = "lab", run: str | None = None
) -> str:
    """A run in a store, or a part of one."""
    if run is None:
        run = store.create_run(
            domain_pddl=write_domain(task.domain),
            problem_pddl=write_problem(task.problem),
            world=world,
            status=RunStatus.RUNNING,
        ).id
    lease = store.take_lease(run, "tester", 60.0)
    assert lease is not None
    for event in events:
        body = Entry(0, 0.0, event).as_dict()
        del body["event"], body["sequence"]
        store.append(run, lease.fence, event.kind, body)
    store.release_lease(lease)
    return run


# Facts


def test_what_was_observed_last_is_expected_next_time() -> None:
    memory = learned(*begun(), *step(1, LIFT), *step(2, PILE), DONE)
    found = recollection(memory, "lab", TASK)
    after = state(TASK)
    for what in (LIFT, PILE):
        after = Semantics(TASK).apply(after, what)
    assert state(found.task) == after
    assert found.task.problem.goal == TASK.problem.goal
    assert found.changed.unexpected == {ON}
    assert found.facts[ON] == Fact(True, 1008.0)
    assert found.left_out == ()


def test_nothing_is_expected_of_a_world_that_is_not_known(store: Store) -> None:
    found = recall(store, "lab", TASK)
    assert found.task is TASK
    assert not found.changed
    assert not found.facts


def test_what_was_not_seen_keeps_the_time_at_which_it_was_seen_last() -> None:
    table = Atom("table", ("c",))
    memory = learned(
        *begun(stale=[table]),  # 1000, 1001
        *step(1, LIFT, stale=[CLEAR_B, table]),  # until 1005
        *step(2, PILE, stale=[ON, table]),  # until 1008
    )
    assert memory.facts[Atom("free")] == Fact(True, 1008.0)
    assert memory.facts[ON] == Fact(True, 1008.0, Source.EXPECTED)
    # It was taken from the task, and is only expected as long as no run has seen it.
    assert memory.facts[table] == Fact(True, 1008.0, Source.EXPECTED)
    again = learned(*begun(stale=[CLEAR_B]), *step(1, LIFT, stale=[CLEAR_B]), began=2000.0)
    assert again.facts[CLEAR_B].source is Source.EXPECTED
    once = learned(*begun(), *step(1, LIFT, stale=[CLEAR_B]), began=2000.0)
    assert once.facts[CLEAR_B] == Fact(True, 2001.0)
    later = learned(*begun(stale=[CLEAR_B]), memory=once, began=3000.0)
    assert later.facts[CLEAR_B] == Fact(True, 2001.0)
    assert later.facts[table] == Fact(True, 3001.0)


def test_what_a_resumed_run_saw_counts() -> None:
    moved = Divergence(frozenset({CLEAR_B}), frozenset({ON}))
    memory = learned(*begun(), DivergenceSeen(0, moved, frozenset({ON})))
    assert memory.facts[ON] == Fact(True, 1003.0, Source.EXPECTED)
    assert CLEAR_B not in memory.facts
    assert memory.knows(CLEAR_B)


def test_a_difference_to_the_task_belongs_to_the_first_observation() -> None:
    known = Divergence(unexpected=state(TASK).atoms)
    memory = learned(*begun(stale=[CLEAR_B]), DivergenceSeen(0, known))
    assert memory.facts[CLEAR_B].source is Source.EXPECTED


def test_numbers_are_remembered_and_what_only_counts_is_not() -> None:
    task = house()
    drive = Step("drive", ("red", "hall", "yard"))
    memory = learned(*begun(task), *step(1, drive), task=task)
    found = recollection(memory, "home", task)
    fuel = FunctionTerm("fuel", ("red",))
    assert found.facts[fuel] == Fact(Fraction(2), 1005.0)
    assert dict(found.task.problem.numbers) == {fuel: 2, FunctionTerm("total-cost"): 0}
    assert Atom("at", ("red", "yard")) in found.task.problem.init
    assert Atom("at", ("red", "hall")) not in found.task.problem.init


def test_what_no_action_changes_is_the_problems_to_say() -> None:
    task = house()
    seen = State(state(task).atoms - {Atom("road", ("hall", "yard"))}, state(task).numbers)
    memory = learned(begun(task)[0], Observed(seen), task=task)
    assert {t for t in memory.facts if isinstance(t, Atom)} == {Atom("at", ("red", "hall"))}
    assert recollection(memory, "home", task).task is task


def test_objects_that_are_new_to_a_world_are_where_the_problem_says() -> None:
    memory = learned(*begun(house(at="(at red yard)")), task=house())
    task = house("red blue", "(at red hall) (at blue hall)")
    found = recollection(memory, "home", task)
    assert {a for a in found.task.problem.init if a.predicate == "at"} == {
        Atom("at", ("red", "yard")),
        Atom("at", ("blue", "hall")),
    }


def test_of_objects_that_no_run_has_seen_together_nothing_is_known() -> None:
    memory = learned(*begun(house()), task=house())
    other = house("blue", "(at blue shed)", "hall yard shed")
    memory = learned(*begun(other), task=other, memory=memory, began=2000.0)
    assert len(memory.scopes) == 2
    both = house("red blue", "(at red shed) (at blue hall)", "hall yard shed")
    found = recollection(memory, "home", both)
    at = {a for a in found.task.problem.init if a.predicate == "at"}
    # Red was never where there is a shed, so only what is known to hold is added.
    assert at == {
        Atom("at", (c, r)) for c, r in [("red", "shed"), ("red", "hall"), ("blue", "shed")]
    }
    # A run that sees all of them replaces what the others saw.
    memory = learned(*begun(both), task=both, memory=memory, began=3000.0)
    assert len(memory.scopes) == 1
    assert {t for t in memory.facts if isinstance(t, Atom)} == {
        a for a in both.problem.init if a.predicate == "at"
    }


def test_what_does_not_fit_the_task_is_left_out_and_said() -> None:
    memory = learned(
        *begun(house("red blue", "(at red hall) (at blue yard)")), task=house("red blue")
    )
    renamed = read_task(
        HOUSE.replace("fuel", "petrol"),
        """(define (problem p) (:domain house) (:objects red - car hall yard - room blue - room)
        (:init (at red yard) (= (petrol red) 1)) (:goal (out)))""",
    )
    found = recollection(memory, "home", renamed)
    assert found.facts == {Atom("at", ("red", "hall")): Fact(True, 1001.0)}
    said = sorted(found.left_out)
    assert said[0].startswith("(at blue yard): `blue` in (at blue yard) is not an object of type")
    assert said[1] == "(fuel blue): the domain declares nothing like (fuel blue)"
    assert len(said) == 3
    assert dict(found.task.problem.numbers) == dict(renamed.problem.numbers)


def test_a_run_that_looked_earlier_does_not_overrule_one_that_looked_later() -> None:
    later = learned(*begun(), *step(1, LIFT), began=5000.0, run="later")
    both = learned(*begun(), *step(1, LIFT, False, NOTHING_DONE), memory=later, run="earlier")
    assert both.facts == later.facts
    assert both.observed == 5005.0
    assert both.steps[LIFT].failed == 1


def test_of_a_state_that_is_too_large_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    small = learned(*begun())
    monkeypatch.setattr("goalsmith.execute.memory.remembering.MAX_FACTS", 6)
    memory = learned(*begun(), *step(1, LIFT), DONE, memory=small, began=2000.0)
    assert len(memory.facts) == 5
    too_large = learned(*begun(), *step(1, LIFT, False, NOTHING_DONE), DONE, began=3000.0)
    assert too_large.facts == {}
    assert not too_large.knows(ON)
    assert recollection(too_large, "lab", TASK).task is TASK
    assert too_large.steps[LIFT].failed == 1


# Steps


def test_how_steps_went_is_counted_by_what_was_observed() -> None:
    moved = Divergence(missing=frozenset({CLEAR_B}))
    memory = learned(
        *begun(),
        *step(1, LIFT, False, NOTHING_DONE),  # reported as failed
        *step(2, LIFT, True, NOTHING_DONE),  # without effect
        *step(3, LIFT),
        *step(4, Step("lower", ("a",)), True, moved),  # the world changed meanwhile
    )
    assert memory.steps == {LIFT: StepRecord(1, 2, 0, 1011.0, "stuck")}
    again = learned(*begun(), *step(1, LIFT, False), memory=memory, began=2000.0, run="2")
    assert again.steps == {LIFT: StepRecord(1, 3, 1, 2005.0, "stuck")}


def test_a_step_that_keeps_failing_is_avoided_until_it_works() -> None:
    fails = [e for n in range(1, 4) for e in step(n, LIFT, False, NOTHING_DONE)]
    memory = learned(*begun(), *fails[:6])
    assert recollection(memory, "lab", TASK).avoid == ()
    memory = learned(*begun(), *step(1, LIFT, False, NOTHING_DONE), memory=memory, run="2")
    assert recollection(memory, "lab", TASK).avoid == (LIFT,)
    other = towers("(on b c)", blocks="b c")
    found = recollection(memory, "lab", other)
    assert found.avoid == ()
    assert any(said.startswith("(lift a): ") for said in found.left_out)
    memory = learned(*begun(), *step(1, LIFT), memory=memory, run="3")
    assert recollection(memory, "lab", TASK).avoid == ()


def test_plans_go_around_what_failed_if_there_is_a_way() -> None:
    asked: list[Task] = []

    def out(task: Task) -> Solution:
        asked.append(task)
        here = state(task)
        for way in ("window", "door"):
            if Semantics(task).applicable(here, Step(way)):
                return Solution(Outcome.SOLVED, "", "", Plan((Step(way),)))
        return Solution(Outcome.UNSOLVABLE, "", "")

    task = house()
    assert out(task).plan == Plan((Step("window"),))
    assert avoiding(out, [Step("window")])(task).plan == Plan((Step("door"),))
    asked.clear()
    # There is no way around both: better a step that failed than none.
    assert avoiding(out, [Step("window"), Step("door")])(task).plan == Plan((Step("window"),))
    assert [t is task for t in asked] == [False, True]
    assert avoiding(out, ()) is out


def test_memories_are_bounded_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_STEPS", "MAX_GOALS", "MAX_RUNS", "MAX_SCOPES"):
        assert getattr(limits, limit) > 0
        monkeypatch.setattr(f"goalsmith.execute.memory.remembering.{limit}", 1)
    memory = learned(*begun(), *step(1, LIFT), *step(2, PILE), DONE, run="1")
    other = towers("(on b c)", blocks="b c d")
    memory = learned(*begun(other), DONE, task=other, memory=memory, run="2", began=2000.0)
    assert list(memory.steps) == [PILE]
    assert list(memory.runs) == ["2"]
    assert [goal.run for goal in memory.goals.values()] == ["2"]
    assert [scope.objects for scope in memory.scopes] == [{"b", "c", "d"}]


def test_messages_of_the_world_are_cut() -> None:
    long = StepReported(1, LIFT, False, "no\n" + "!" * 5000)
    events = step(1, LIFT, False, NOTHING_DONE)
    memory = learned(*begun(), events[0], long, events[2])
    message = memory.steps[LIFT].message
    assert len(message) == limits.MAX_MESSAGE
    assert message.startswith("no !!!")


# Goals


def test_goals_that_were_reached_are_kept_with_how_often() -> None:
    memory = learned(*begun(), *step(1, LIFT), DONE, run="1")
    memory = learned(*begun(), DONE, memory=memory, run="2", began=2000.0)
    assert memory.goals == {"(on a b)": GoalRecord(2, 2001.0, "2", 0)}
    short = learned(*begun(), RunEnded(Outcome.ENDED_SHORT, ""), memory=memory, run="3")
    assert short.goals == memory.goals
    changed = GoalChanged(Atom("on", ("b", "c")))
    memory = learned(*begun(), changed, DONE, memory=memory, run="4")
    assert list(memory.goals) == ["(on a b)", "(on b c)"]


# In a store


def test_what_a_run_learned_is_kept_and_used(store: Store) -> None:
    run = recorded(store, *begun(), *step(1, LIFT), *step(2, PILE), DONE)
    before = time.time() - 3600
    assert remember(store, run)
    [row] = Worlds(store).every()
    assert (row.name, row.facts, row.steps, row.goals) == ("lab", 6, 2, 1)
    assert before < row.created <= row.changed
    found = recall(store, "lab", TASK)
    assert found.changed.unexpected == {ON}
    assert list(found.goals) == ["(on a b)"]
    memory = memory_of(store, "lab")
    assert list(memory.runs) == [run]
    assert memory == memory_from(kept(memory).body, "lab")
    assert memory.observed == store.entries(run)[-2].time


def test_a_run_starts_where_the_one_before_has_ended(store: Store) -> None:
    first = submit(store, TASK, Plan((LIFT, PILE)), RunSettings(simulator=Simulated()), world="lab")
    assert driven(store, first.id) is Outcome.REACHED
    assert not remember(store, first.id)  # who drives a run has taken it in
    found = recall(store, "lab", towers("(on c a)"))
    plan = Plan((Step("lift", ("c",)), Step("pile", ("c", "a"))))
    settings = RunSettings(simulator=Simulated())
    second = submit(store, found.task, plan, settings, world=found.world)
    assert driven(store, second.id) is Outcome.REACHED
    assert "divergence-seen" not in {entry.kind for entry in store.entries(second.id)}
    assert {ON, Atom("on", ("c", "a"))} <= recall(store, "lab", TASK).facts.keys()


def driven(store: Store, run: str) -> Outcome:
    holding = take(store, run)
    assert holding is not None
    with holding:
        return drive(store, holding).outcome


def test_a_run_is_taken_in_once_and_what_comes_later_besides(store: Store) -> None:
    run = recorded(store, *begun(), *step(1, LIFT), DONE)
    assert remember(store, run)
    assert not remember(store, run)
    assert memory_of(store, "lab").steps[LIFT].worked == 1
    recorded(store, *step(2, PILE), *step(3, Step("unpile", ("a", "b"))), run=run)
    assert remember(store, run)
    memory = memory_of(store, "lab")
    assert {str(s): r.worked for s, r in memory.steps.items()} == {
        "(lift a)": 1,
        "(pile a b)": 1,
        "(unpile a b)": 1,
    }
    assert memory.goals["(on a b)"].times == 1
    assert HAND in memory.facts


def test_a_run_without_a_world_or_a_look_at_it_teaches_nothing(store: Store) -> None:
    assert not remember(store, recorded(store, *begun(), DONE, world=""))
    assert not remember(store, recorded(store))
    assert not remember(store, recorded(store, begun()[0]))
    assert Worlds(store).every() == ()
    with pytest.raises(InputError, match="no run"):
        remember(store, "0" * 16)


def test_of_steps_under_way_at_the_same_time_each_is_remembered_as_it_went() -> None:
    run = overtaken("strict")
    memory = learned(*(entry.event for entry in run.journal), task=BUTTONS)
    went = {x: memory.steps[Step("press", (x,))] for x in "abc"}
    assert [(went[x].worked, went[x].failed) for x in "ac"] == [(1, 0), (1, 0)]
    assert went["b"].failed == 1
    assert run.reached
    for seed in range(3):
        task, run = faulty(seed)
        found = lessons(task, [(entry.seconds, entry.event) for entry in run.journal])
        assert found is not None
        assert found.state == run.final_state
        assert not found.unseen


def test_a_step_without_effect_is_one_that_failed_whatever_others_did_meanwhile() -> None:
    a, b = Step("press", ("a",)), Step("press", ("b",))
    lit = Atom("lit", ("b",))
    memory = learned(
        RunStarted(BUTTONS.problem.goal, Plan((a, b)), 1, 9),
        Observed(state(BUTTONS)),
        PlanAdopted(1, Plan((a, b)), "given"),
        StepBegun(1, 0, a, 1),
        StepBegun(2, 1, b, 1),
        StepReported(1, a, True, ""),
        StateMatched(1),
        StepReported(2, b, True, ""),
        DivergenceSeen(2, Divergence(frozenset({lit}))),
        task=BUTTONS,
    )
    assert (memory.steps[a].worked, memory.steps[a].failed) == (1, 0)
    assert (memory.steps[b].worked, memory.steps[b].failed) == (0, 1)


def test_runs_that_end_together_are_all_taken_in(store: Store, url: str) -> None:
    runs = [recorded(store, *begun(), *step(1, LIFT), DONE) for _ in range(8)]

    def take_in(run: str) -> bool:
        with open_store(url) as own:
            return remember(own, run)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(take_in, runs))
    memory = memory_of(store, "lab")
    assert memory.steps[LIFT].worked == 8
    assert set(memory.runs) == set(runs)


def test_worlds_outlive_their_runs(store: Store) -> None:
    run = recorded(store, *begun(), DONE)
    remember(store, run)
    store.set_status(run, RunStatus.ENDED, outcome="reached")
    assert store.prune(keep=0) == (run,)
    assert memory_of(store, "lab").facts


def test_a_store_of_before_gets_worlds(url: str) -> None:
    own = database(url)
    migrate(own, STEPS[:2])
    own.close()
    with open_store(url) as store:
        assert Worlds(store).every() == ()
        remember(store, recorded(store, *begun(), DONE))
        assert [row.name for row in Worlds(store).every()] == ["lab"]


def test_a_change_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    def fails(body: object) -> Kept:
        raise InputError("no")

    with pytest.raises(InputError):
        Worlds(store).change("lab", fails)
    assert Worlds(store).every() == ()
    for name in ("", " ", "x" * 201, "a\0"):
        with pytest.raises(InputError):
            Worlds(store).get(name)


@pytest.mark.parametrize(
    "path",
    [
        ("atoms", "(on a b)"),
        ("atoms", "on", [True, 1.0, "seen"]),
        ("atoms", "(on a b)", [1, 1.0, "seen"]),
        ("atoms", "(on a b)", [True, 1.0, "dreamt"]),
        ("numbers", "(fuel)", ["1/0", 1.0, "seen"]),
        ("numbers", "(fuel)", ["one", 1.0, "seen"]),
        ("steps", "(lift a)", [1, 1, 1, 1.0]),
        ("goals", "(on a b)", [1, 1.0, 7, 1]),
        ("scopes", [[{}, {}]]),
        ("runs", []),
        ("domain", None),
        (),
    ],
)
def test_a_damaged_memory_is_told(path: Sequence[object]) -> None:
    body = kept(learned(*begun())).body
    assert isinstance(body, dict)
    match path:
        case (table, key, value):
            body[str(table)] = {str(key): value}  # type: ignore[dict-item]
        case (key, value):
            body[str(key)] = value  # type: ignore[assignment]
    with pytest.raises(StoreError, match=r"`lab` is damaged.*worlds forget"):
        memory_from(body if path else [], "lab")


# Editing


@pytest.fixture
def lab(store: Store) -> Store:
    """A store that knows a world of blocks, a on b, and one of a car."""
    remember(store, recorded(store, *begun(), *step(1, LIFT), *step(2, PILE), DONE))
    remember(store, recorded(store, *begun(house()), task=house(), world="home"))
    return store


def test_a_person_can_say_what_holds(lab: Store) -> None:
    assert set_fact(lab, "lab", " ( ON  b C ) ") == "(on b c)"
    assert set_fact(lab, "lab", "on a b", holds=False) == "(on a b)"
    facts = memory_of(lab, "lab").facts
    assert facts[Atom("on", ("b", "c"))].source is Source.TOLD
    assert facts[ON].value is False
    found = recall(lab, "lab", TASK)
    assert Atom("on", ("b", "c")) in found.task.problem.init
    assert ON not in found.task.problem.init
    assert set_fact(lab, "home", "(= (fuel RED) 1.5)") == "(= (fuel red) 1.5)"
    assert dict(recall(lab, "home", house()).task.problem.numbers)[
        FunctionTerm("fuel", ("red",))
    ] == Fraction(3, 2)
    # What is seen later counts.
    remember(lab, recorded(lab, *begun(), DONE))
    assert Atom("on", ("b", "c")) not in memory_of(lab, "lab").facts
    assert not recall(lab, "lab", TASK).changed


@pytest.mark.parametrize(
    ("world", "text", "said"),
    [
        ("lob", "(on a b)", r"world `lob`: did you mean `lab`\?"),
        (
            "lab",
            "(one a b)",
            r"no predicate `one` that actions change is known of this world: did you mean `on`\?",
        ),
        ("lab", "(on a z)", "no object `z` is known of this world: known: `a`"),
        ("lab", "(on a)", "`on` takes 2 objects, not 1"),
        ("lab", "", "an atom or a step is expected"),
        ("lab", "(on a b) (on b c)", "an atom or a step is expected"),
        ("lab", "(on " + "a" * 10_000 + ")", "at most 10000 characters"),
        ("home", "(fuel red)", "no predicate `fuel` that"),
        ("home", "(road hall yard)", "no predicate `road` that"),
        ("home", "(= (at red hall) 3)", "no function `at` that"),
    ],
)
def test_a_fact_that_a_world_cannot_have_is_refused(
    lab: Store, world: str, text: str, said: str
) -> None:
    before = memory_of(lab, "lab")
    with pytest.raises(InputError, match=said):
        set_fact(lab, world, text)
    assert memory_of(lab, "lab") == before


def test_a_number_is_neither_true_nor_false(lab: Store) -> None:
    with pytest.raises(InputError, match="not true or false"):
        set_fact(lab, "home", "(= (fuel red) 1)", holds=False)


def test_of_what_is_forgotten_the_problem_says_what_holds(lab: Store) -> None:
    assert forget(lab, "lab", "(on a b)") == ("(on a b)",)
    assert not memory_of(lab, "lab").knows(ON)
    assert ON not in recall(lab, "lab", TASK).task.problem.init
    # What is known not to hold can be forgotten, too.
    assert CLEAR_B not in recall(lab, "lab", TASK).task.problem.init
    assert forget(lab, "lab", "clear b") == ("(clear b)",)
    assert CLEAR_B in recall(lab, "lab", TASK).task.problem.init
    assert forget(lab, "home", "(fuel red)") == ("(fuel red)",)
    assert not recall(lab, "home", house()).changed
    assert [row.facts for row in Worlds(lab).every()] == [1, 5]


def test_how_a_step_went_can_be_forgotten(lab: Store) -> None:
    assert forget(lab, "lab", "(Lift a)") == ("(lift a)",)
    assert list(memory_of(lab, "lab").steps) == [PILE]
    with pytest.raises(InputError, match=r"nothing is remembered of \(lift a\): "):
        forget(lab, "lab", "(lift a)")


def test_a_whole_world_can_be_forgotten(lab: Store) -> None:
    assert forget(lab, "lab") == ("lab",)
    assert [row.name for row in Worlds(lab).every()] == ["home"]
    for ask in (lambda: forget(lab, "lab"), lambda: memory_of(lab, "lab")):
        with pytest.raises(InputError, match="a world `lab`: known: `home`"):
            ask()
    assert recall(lab, "lab", TASK).task is TASK
