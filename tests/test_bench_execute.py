"""The benchmark of execution as a whole: trials, going on with them, and the command."""

import json
from functools import partial
from threading import Event

import pytest
import typer
from typer.testing import CliRunner

from goalsmith.benchmarks.execution import (
    DEFAULT_DOMAINS,
    Method,
    Row,
    Standing,
    Trouble,
    run_trial,
    run_trials,
    scenario,
    trials,
)
from goalsmith.benchmarks.execution import running as running_module
from goalsmith.benchmarks.rows import RowFile
from goalsmith.commands.bench_execute import execute
from goalsmith.domains.errors import InputError
from goalsmith.domains.library import bundled
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.solve import Solution, solve

TINY = "gripper/p1"


@pytest.fixture(scope="module")
def tiny():
    return scenario(TINY)


def _trials(scenario, seeds=(1,), rates=(0.3,), methods=tuple(Method), **options):
    return list(trials([scenario], seeds, rates, methods, **options))


def test_every_default_is_an_instance_of_the_library():
    for name in DEFAULT_DOMAINS:
        domain, _, instance = name.partition("/")
        assert bundled(domain).instance(instance)
    assert len(DEFAULT_DOMAINS) >= 6


def test_trials_are_all_combinations_seed_by_seed(tiny):
    made = _trials(tiny, (1, 2), (0.0, 0.1), (Method.STRICT, Method.REPEAT))
    assert [(t.seed, t.rate, t.method.value) for t in made[:4]] == [
        (1, 0.0, "strict"),
        (1, 0.0, "repeat"),
        (1, 0.1, "strict"),
        (1, 0.1, "repeat"),
    ]
    assert [t.seed for t in made[4:]] == [2] * 4


def test_trials_that_differ_in_anything_have_keys_of_their_own(tiny):
    made = [
        *_trials(tiny, (1, 2), (0.0, 0.1)),
        *_trials(tiny, kinds=(Trouble.UNASKED,)),
        *_trials(tiny, stability=1.0),
        *_trials(tiny, stability=1.5),
        *_trials(scenario("blocksworld/p1")),
    ]
    assert len({trial.key for trial in made}) == len(made)


def test_without_faults_every_method_takes_the_steps_of_its_plan(tiny):
    rows = run_trials(_trials(tiny, rates=(0.0,))).rows
    assert {row.method for row in rows} == set(Method)
    for row in rows:
        assert row.standing is Standing.REACHED
        assert row.executed == row.plan_length == len(tiny.plan)
        assert row.troubles == 0
    replans = {row.method: row.replans for row in rows}
    assert replans.pop(Method.EVERY_STEP) == len(tiny.plan) - 1
    assert set(replans.values()) == {0}


def test_policies_that_replan_reach_the_goal_where_others_give_up(tiny):
    methods = (Method.STRICT, Method.RELEVANT, Method.NEVER)
    rows = run_trials(_trials(tiny, range(1, 6), (0.4,), methods)).rows
    standings = {m: [r.standing for r in rows if r.method is m] for m in methods}
    assert standings[Method.STRICT] == standings[Method.RELEVANT] == [Standing.REACHED] * 5
    assert Standing.GIVEN_UP in standings[Method.NEVER]
    assert all(row.troubles for row in rows if row.standing is Standing.GIVEN_UP)
    strict = sum(r.replans for r in rows if r.method is Method.STRICT)
    assert sum(r.replans for r in rows if r.method is Method.RELEVANT) < strict
    assert all(r.replan_seconds > 0 for r in rows if r.replans)


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [(Outcome.UNSOLVABLE, Standing.UNREACHABLE), (Outcome.OUT_OF_TIME, Standing.UNKNOWN)],
)
def test_out_of_reach_is_what_the_solver_proves(tiny, outcome, standing):
    (trial,) = _trials(tiny, rates=(1.0,), methods=(Method.REPEAT,), kinds=(Trouble.ACTION_FAILS,))
    row = run_trial(trial, solver=lambda _: Solution(outcome))
    assert row.standing is standing
    assert "did not work in 25 tries" in row.reason


def test_a_later_run_goes_on_where_the_first_was_stopped(tiny, tmp_path):
    made = _trials(tiny, (1, 2, 3), methods=(Method.STRICT, Method.RELEVANT))
    path, asked = tmp_path / "rows.jsonl", []
    stop = Event()

    def two_are_enough(row, new):
        assert new
        asked.append(row)
        if len(asked) == 2:
            stop.set()

    with RowFile(path, Row) as file:
        first = run_trials(made, results=file, on_row=two_are_enough, cancel=stop)
    assert first.interrupted
    assert first.rows == tuple(asked)
    told = []
    with RowFile(path, Row) as file:
        second = run_trials(made, results=file, on_row=lambda row, new: told.append(new))
    assert told == [False, False, True, True, True, True]
    assert second.known == 2
    assert not second.interrupted
    assert second.rows[:2] == first.rows
    assert [row.key for row in second.rows] == [trial.key for trial in made]
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(made)


def test_a_trial_under_way_is_stopped_and_leaves_no_row(tiny, tmp_path):
    stop = Event()

    def stopping(task):
        stop.set()
        return solve(task)

    made = _trials(tiny, range(1, 20), methods=(Method.STRICT,))
    with RowFile(tmp_path / "rows.jsonl", Row) as file:
        ended = run_trials(made, results=file, solver=stopping, cancel=stop)
        assert ended.interrupted
        assert all(file.find(row.key) for row in ended.rows)
        assert len(ended.rows) < len(made)
    cancelled = Event()
    cancelled.set()
    assert run_trial(made[0], cancel=cancelled) is None


def test_several_at_once_come_to_the_same(tiny):
    made = _trials(tiny, (1, 2))
    # Of engines that race, either may win.
    solver = partial(solve, engine="kairos")
    alone, together = run_trials(made, solver=solver), run_trials(made, solver=solver, jobs=3)
    times = ("seconds", "replan_seconds", "slowest_replan")
    assert [_without(row, times) for row in alone.rows] == [
        _without(row, times) for row in together.rows
    ]


def _without(row, names):
    return {name: getattr(row, name) for name in Row.__slots__ if name not in names}


def test_the_world_of_a_trial_depends_on_its_seed_and_rate_only(tiny, monkeypatch):
    worlds = []

    class Seen(running_module.Simulator):
        def __init__(self, task, faults):
            super().__init__(task, faults)
            worlds.append(faults)

    monkeypatch.setattr(running_module, "Simulator", Seen)
    run_trials(_trials(tiny, methods=(Method.REPEAT, Method.NEVER)))
    assert worlds[0] == worlds[1]
    run_trials(_trials(tiny, seeds=(2,), methods=(Method.NEVER,)))
    assert worlds[2] != worlds[0]


def test_scenarios_that_there_are_not_are_refused():
    with pytest.raises(InputError, match="no domain `grippr`: did you mean `gripper`"):
        scenario("grippr/p1")
    with pytest.raises(InputError, match="no instance `p9`"):
        scenario("gripper/p9")
    with pytest.raises(InputError, match=r"say which instance .* `travel-booking/p1`"):
        scenario("travel-booking")


def test_a_plan_is_the_same_every_time(tiny):
    assert scenario(TINY) == tiny
    assert tiny.plan.steps[0] in {Step(s.action, s.args) for s in tiny.plan}


# The command


def _command(*arguments):
    app = typer.Typer()
    app.command()(execute)
    return CliRunner().invoke(app, list(arguments))


def test_the_command_tells_what_each_policy_reaches_and_goes_on_next_time(tmp_path):
    path = tmp_path / "rows.jsonl"
    options = ("--domains", TINY, "--seeds", "2", "--rates", "0,0.3", "--results", str(path))
    first = _command(*options, "--policies", "strict,relevant")
    assert "8 done now, 0 known before" in first.stderr
    assert "8/8 gripper/p1 seed 2 rate 0.3 relevant reached" in first.stderr
    assert "met      `strict` reaches every goal that is still reachable" in first.stdout
    second = _command(*options, "--json")
    told = json.loads(second.stdout)
    assert (told["trials"], told["known"], told["interrupted"]) == (20, 8, False)
    assert {row["method"] for row in told["rows"]} == {m.value for m in Method}
    assert {group["trials"] for group in told["by_rate"]} == {2}
    assert second.exit_code == (0 if all(r["met"] for r in told["requirements"]) else 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--policies", "strikt"), "unknown policy `strikt`: did you mean `strict`"),
        (("--kinds", "moved"), "unknown kind of fault `moved`"),
        (("--rates", "0.1,2"), "between 0 and 1, not `2`"),
        (("--rates", "some"), "between 0 and 1, not `some`"),
        (("--domains", "moon/p1"), "no domain `moon`"),
        (("--time-limit", "0"), "time limit must be above 0"),
        (("--stability", "0.5"), "a factor of at least 1"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(arguments, message):
    ended = _command("--domains", TINY, *arguments)
    assert isinstance(ended.exception, InputError)
    assert message in str(ended.exception)
