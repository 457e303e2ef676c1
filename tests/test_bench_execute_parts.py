"""The parts of the benchmark of execution: worlds, the baseline, metrics, sums, rows."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

import pytest
from tasks import towers

from goalsmith.benchmarks.execution import (
    Method,
    Row,
    Standing,
    Trouble,
    faults_at,
    measure,
    repeat,
    sum_up,
)
from goalsmith.benchmarks.rows import RowFile
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import And, Atom
from goalsmith.domains.language import State
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan, Step
from goalsmith.domains.reader import read_task
from goalsmith.execute import Divergence, FaultKind, Faults, Simulator, Verdict
from goalsmith.execute.journal import events as ev
from goalsmith.execute.journal.journal import Entry

TOWER = towers("(and (on a b) (on b c))")
LIFT_B, PILE_B = Step("lift", ("b",)), Step("pile", ("b", "c"))
LIFT_A, PILE_A = Step("lift", ("a",)), Step("pile", ("a", "b"))
LOWER_B = Step("lower", ("b",))
PLAN = Plan((LIFT_B, PILE_B, LIFT_A, PILE_A))

# Worlds


# Every act has an effect, and something else can always happen.
CLOCK = read_task(
    """(define (domain clock) (:requirements :numeric-fluents) (:functions (ticks) (tocks))
      (:action tick :parameters () :precondition () :effect (increase (ticks) 1))
      (:action tock :parameters () :precondition () :effect (increase (tocks) 1)))""",
    """(define (problem p) (:domain clock) (:init (= (ticks) 0) (= (tocks) 0))
      (:goal (and (> (ticks) 9999) (> (tocks) 9999))))""",
)
ACTS = 1000


def _wrong(rate, kinds):
    """How often what went wrong."""
    world = Simulator(CLOCK, faults_at(rate, 1, kinds))
    for _ in range(ACTS):
        world.act(Step("tick"))
    counts = Counter(Trouble(h.fault.value) for h in world.happened if h.fault)
    counts.update(Trouble.UNASKED for h in world.happened if h.events)
    return counts


@pytest.mark.parametrize("kinds", [(Trouble.EFFECT_LATE, Trouble.ACTION_FAILS), tuple(Trouble)])
def test_each_kind_has_its_share_of_the_rate(kinds):
    counts = _wrong(0.5, kinds)
    assert counts.keys() == set(kinds)
    share = ACTS * 0.5 / len(kinds)
    assert all(0.75 * share < count < 1.25 * share for count in counts.values()), counts


def test_at_rate_one_something_goes_wrong_at_every_act():
    counts = _wrong(1, (Trouble.ACTION_FAILS, Trouble.EFFECT_LOST))
    assert counts.total() == ACTS
    assert len(counts) == 2


def test_at_rate_zero_nothing_goes_wrong():
    assert not _wrong(0, tuple(Trouble))


@pytest.mark.parametrize(
    ("rate", "kinds", "message"),
    [(1.5, tuple(Trouble), "between 0 and 1"), (0.1, (), "at least one kind")],
)
def test_worlds_that_cannot_be_are_refused(rate, kinds, message):
    with pytest.raises(InputError, match=message):
        faults_at(rate, 1, kinds)


# The baseline


def _repeated(*faults, **options):
    """The plan carried out in a world in which the n-th act has the n-th of the given faults."""
    scripted = {act: fault for act, fault in enumerate(faults, start=1) if fault}
    world = Simulator(TOWER, Faults(scripted=scripted))
    return repeat(TOWER, PLAN, world, **options), world


def test_the_baseline_repeats_a_step_until_it_works_whatever_is_reported():
    run, _ = _repeated(FaultKind.ACTION_FAILS, FaultKind.EFFECT_LOST)
    assert run.reached
    assert run.steps == (LIFT_B, LIFT_B, *PLAN.steps)


def test_the_baseline_sees_that_a_late_effect_has_come():
    run, world = _repeated(None, FaultKind.EFFECT_LATE)
    assert run.reached
    # The second act on b is refused, since the pile has come by then; its effects are there.
    assert run.steps == (LIFT_B, PILE_B, PILE_B, LIFT_A, PILE_A)
    assert world.happened[2].came_late == PILE_B


def test_the_baseline_gives_up_a_step_that_does_not_work():
    run, _ = _repeated(*[FaultKind.ACTION_FAILS] * 3, tries=3)
    assert not run.reached
    assert run.steps == (LIFT_B,) * 3
    assert run.reason == "(lift b) did not work in 3 tries"


def test_the_baseline_cannot_help_it_if_something_moves():
    class Clumsy(Simulator):
        def act(self, step, attempt=None):
            report = super().act(step)
            if step == PILE_B:
                super().act(Step("unpile", ("b", "c")))
                super().act(LOWER_B)
            return report

    # b never stays on c, and once it is on the table it cannot be piled again without lifting it.
    run = repeat(TOWER, PLAN, Clumsy(TOWER))
    assert not run.reached
    assert run.reason.startswith("(pile b c) did not work")


def test_the_baseline_ends_as_soon_as_the_goal_holds():
    there = TOWER.with_goal(Atom("on", ("b", "c")))
    run = repeat(there, PLAN, Simulator(there))
    assert run.reached
    assert run.steps == (LIFT_B, PILE_B)


def test_the_baseline_says_so_if_its_plan_is_used_up():
    run = repeat(TOWER, Plan((LIFT_B, PILE_B)), Simulator(TOWER))
    assert not run.reached
    assert run.reason == "the plan is used up, and the goal does not hold"


# Metrics


def _journal(*events):
    """Entries a second apart, but for events that come with their own time before them."""
    entries, seconds = [], 0.0
    for event in events:
        if isinstance(event, float):
            seconds = event
            continue
        entries.append(Entry(len(entries), seconds, event))
        seconds += 1.0
    return entries


def _step(number, index, step, found, succeeded=True):
    return (
        ev.StepBegun(number, index, step, 1),
        ev.StepReported(number, step, succeeded, ""),
        found,
    )


STATE = State(frozenset())
START = (ev.RunStarted(And(), PLAN, 9, 9), ev.Observed(STATE), ev.PlanAdopted(1, PLAN, "given"))
LOST = Divergence(missing=frozenset({Atom("hand", ("b",))}))


def test_a_run_without_trouble_has_steps_and_nothing_else():
    entries = _journal(
        *START, *_step(1, 0, LIFT_B, ev.StateMatched(1)), *_step(2, 1, PILE_B, ev.StateMatched(2))
    )
    assert asdict(measure(entries)) == {
        "executed": 2,
        "replans": 0,
        "replan_seconds": 0,
        "slowest_replan": 0,
        "revisions": 0,
        "old_steps": 0,
        "new_steps": 0,
        "kept_steps": 0,
    }


def test_replans_their_times_and_what_they_keep_are_counted():
    # After the first step, PILE_B, LIFT_A and PILE_A are left.
    second = Plan((LIFT_A, PILE_A, LOWER_B))
    entries = _journal(
        *START,
        *_step(1, 0, LIFT_B, ev.StateMatched(1)),
        *_step(2, 1, PILE_B, ev.DivergenceSeen(2, LOST)),
        ev.Judged(2, Verdict.REPLAN, "lost", 1),
        10.0,
        ev.ReplanBegun(1, "lost"),
        10.25,
        ev.Replanned(1, Outcome.SOLVED, "stub", ""),
        ev.PlanAdopted(2, second, "replan 1"),
        *_step(3, 0, LIFT_A, ev.DivergenceSeen(3, LOST)),
        ev.Judged(3, Verdict.REPLAN, "lost", 0),
        30.0,
        ev.ReplanBegun(2, "lost"),
        31.5,
        ev.Replanned(2, Outcome.SOLVED, "stub", ""),
        ev.PlanAdopted(3, second, "replan 2"),
    )
    found = measure(entries)
    assert (found.executed, found.replans, found.revisions) == (3, 2, 2)
    assert found.replan_seconds == pytest.approx(1.75)
    assert found.slowest_replan == pytest.approx(1.5)
    assert (found.old_steps, found.new_steps, found.kept_steps) == (3 + 3, 3 + 3, 2 + 3)


def test_steps_that_are_skipped_are_no_new_plan():
    entries = _journal(
        *START,
        *_step(1, 0, LIFT_B, ev.DivergenceSeen(1, LOST)),
        ev.Judged(1, Verdict.SKIP, "moved", 2, (PILE_B,)),
    )
    assert measure(entries).revisions == 0


def test_a_replan_without_an_answer_is_one():
    found = measure(_journal(*START, ev.ReplanBegun(1, "lost")))
    assert (found.replans, found.replan_seconds) == (1, 0)


# Sums


def _row(method, seed=1, rate=0.3, **values):
    row = Row(
        f"{method} {seed} {rate}",
        "logistics",
        "p2",
        seed,
        rate,
        method,
        "action-fails",
        None,
        Standing.REACHED,
        "",
        10,
    )
    return replace(row, **values)


def _requirements(*rows):
    return [each.met for each in sum_up(rows).requirements]


def test_trials_are_summed_up_by_rate_and_method():
    rows = [
        _row(Method.STRICT, 1, executed=12, replans=2, replan_seconds=0.5, slowest_replan=0.4),
        _row(Method.STRICT, 2, executed=18, replans=3, replan_seconds=1.0, slowest_replan=0.8),
        _row(Method.STRICT, 3, standing=Standing.UNREACHABLE, executed=99, replans=1),
        _row(Method.STRICT, 4, 0.0, executed=10),
        _row(Method.REPEAT, 1, standing=Standing.GIVEN_UP, executed=25),
    ]
    strict, repeated = (g for g in sum_up(rows).by_rate if g.rate == 0.3)
    assert (strict.method, strict.trials, strict.reached, strict.unreachable) == ("strict", 3, 2, 1)
    assert strict.executed == pytest.approx(15)  # of those that reached the goal
    assert strict.excess == pytest.approx(1.5)
    assert strict.replans == pytest.approx(2)
    assert strict.replan_seconds == pytest.approx(0.25)
    assert strict.slowest_replan == pytest.approx(0.8)
    assert strict.distance is strict.kept is None
    assert (repeated.given_up, repeated.executed, repeated.replan_seconds) == (1, None, None)


def test_what_new_plans_keep_is_a_share_of_what_was_left():
    rows = [
        _row(Method.STRICT, 1, revisions=1, old_steps=4, new_steps=6, kept_steps=3),
        _row(Method.STRICT, 2, revisions=3, old_steps=4, new_steps=2, kept_steps=1),
    ]
    (group,) = sum_up(rows).by_rate
    assert group.kept == pytest.approx(0.5)
    assert group.distance == pytest.approx((1 + 3 + 3 + 1) / 4)


def test_relevant_is_compared_with_strict_where_both_reached_the_goal():
    rows = [
        _row(Method.STRICT, 1, replans=10, executed=20),
        _row(Method.RELEVANT, 1, replans=4, executed=19),
        _row(Method.STRICT, 2, replans=50, executed=20, standing=Standing.UNREACHABLE),
        _row(Method.RELEVANT, 2, replans=1, executed=20),
        _row(Method.STRICT, 3, 0.0, replans=0, executed=10),
        _row(Method.RELEVANT, 3, 0.0, replans=0, executed=10),
    ]
    *_, total = sum_up(rows).comparisons
    assert (total.domain, total.cases) == ("", 1)
    assert total.saved == pytest.approx(0.6)
    assert (total.strict_executed, total.relevant_executed) == (20, 19)
    assert _requirements(*rows) == [True, True, True, True]


@pytest.mark.parametrize(
    ("replans", "executed", "met"), [(6, 20, [True, True]), (7, 21, [False, False])]
)
def test_relevant_is_asked_to_save_two_replans_of_five_and_to_take_no_more_steps(
    replans, executed, met
):
    rows = [
        _row(Method.STRICT, replans=10, executed=20),
        _row(Method.RELEVANT, replans=replans, executed=executed),
    ]
    assert _requirements(*rows) == [True, True, *met]


@pytest.mark.parametrize("standing", [Standing.GIVEN_UP, Standing.UNKNOWN])
def test_strict_is_asked_to_reach_all_but_what_is_proved_out_of_reach(standing):
    assert _requirements(_row(Method.STRICT, standing=Standing.UNREACHABLE)) == [True]
    assert _requirements(_row(Method.STRICT, standing=standing)) == [False]
    assert _requirements(_row(Method.REPEAT, standing=standing)) == []


# The file of rows


def test_rows_come_back_from_their_file_as_they_were(tmp_path):
    rows = [
        _row(Method.STRICT, executed=3, seconds=0.5, reason="the goal holds – after 3 steps"),
        _row(Method.REPEAT, stability=1.5, standing=Standing.UNKNOWN),
    ]
    path = tmp_path / "rows.jsonl"
    with RowFile(path, Row) as file:
        for row in rows:
            file.add(row)
    with RowFile(path, Row) as file:
        assert [file.find(row.key) for row in rows] == rows
        assert file.find("other") is None


def test_half_a_row_at_the_end_is_cut_off_and_nothing_else(tmp_path):
    path = tmp_path / "rows.jsonl"
    first, second = _row(Method.STRICT), _row(Method.RELEVANT)
    with RowFile(path, Row) as file:
        file.add(first)
        file.add(second)
    path.write_bytes(path.read_bytes()[:-30])
    with RowFile(path, Row) as file:
        assert file.find(first.key) == first
        assert file.find(second.key) is None
        file.add(second)
    with RowFile(path, Row) as file:
        assert file.find(second.key) == second


def test_a_file_has_one_user_at_a_time(tmp_path):
    path = tmp_path / "rows.jsonl"
    with RowFile(path, Row), pytest.raises(InputError, match="is used by another process"):
        RowFile(path, Row)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "lazy"},
        {"standing": None},
        {"seed": -1},
        {"seed": 1.5},
        {"seed": True},
        {"rate": float("nan")},
        {"executed": 10**400},
        {"reason": 3},
        {"reason": "\x1b[2J"},
        {"stability": "1"},
        {"more": 1},
    ],
)
def test_what_is_no_row_is_refused_with_its_place(tmp_path, wrong):
    path = tmp_path / "rows.jsonl"
    good = asdict(_row(Method.STRICT))
    lines = [json.dumps(each) + "\n" for each in (good, {**good, **wrong})]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"rows\.jsonl:2: the line is no row"):
        RowFile(path, Row)
    assert path.read_text(encoding="utf-8") == "".join(lines)


def test_a_file_of_something_else_is_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("buy milk", encoding="utf-8")
    with pytest.raises(InputError, match="no row of results"):
        RowFile(path, Row)
    assert path.read_text(encoding="utf-8") == "buy milk"


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Other:
    key: str
    colour: Colour | None = None
    done: bool | None = None


def test_rows_of_any_kind_are_kept(tmp_path):
    rows = [Other("a"), Other("b", Colour.RED, True)]
    with RowFile(tmp_path / "rows.jsonl", Other) as file:
        for row in rows:
            file.add(row)
    with RowFile(tmp_path / "rows.jsonl", Other) as file:
        assert [file.find("a"), file.find("b")] == rows
    with pytest.raises(InputError, match="no row of results"):
        RowFile(tmp_path / "rows.jsonl", Row)
