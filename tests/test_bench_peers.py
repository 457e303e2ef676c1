"""Peers side by side: liars are found out, hangs are ended with all their children."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer

import pytest
import typer
from processes import PATIENCE, eventually
from typer.testing import CliRunner

from goalsmith.benchmarks import find_tasks
from goalsmith.benchmarks.peers import (
    PEERS,
    Errand,
    Failure,
    Program,
    Reply,
    Row,
    Service,
    Source,
    catalogue,
    chosen,
    measure,
    sum_up,
)
from goalsmith.benchmarks.peers.downward_lab import DOWNWARD_LAB
from goalsmith.benchmarks.peers.fast_downward import FAST_DOWNWARD, said_seconds, whole
from goalsmith.benchmarks.peers.judging import Judge
from goalsmith.benchmarks.peers.kairos import KAIROS, KAIROS_LIBRARY
from goalsmith.benchmarks.peers.measuring import cores_here, shares
from goalsmith.benchmarks.peers.program import text_in
from goalsmith.benchmarks.peers.strays import Mark
from goalsmith.benchmarks.peers.tables import Circumstances, markdown, remarks
from goalsmith.benchmarks.peers.timestamps import span
from goalsmith.benchmarks.rows import RowFile
from goalsmith.commands.bench_peers import peers as peers_command
from goalsmith.domains.errors import InputError
from goalsmith.domains.outcome import Outcome
from goalsmith.solve import Limits

DOMAIN = """(define (domain lamps) (:requirements :strips) (:predicates (here ?x) (lit ?x) (dim ?x))
  (:action light :parameters (?x) :precondition (here ?x) :effect (lit ?x))
  (:action fiddle :parameters (?x) :precondition (here ?x) :effect (dim ?x)))
"""
PROBLEM = """(define (problem {}) (:domain lamps) (:objects a b)
  (:init (here a) (here b)) (:goal {}))"""

GOALS = {"p1": "(lit a)", "p2": "(and (lit a) (lit b))", "p3": "(lit b)"}

RIGHT = """
goal = open("problem.pddl").read().partition("(:goal")[2]
plan = [f"(light {x})" for x in "ab" if f"(lit {x})" in goal]
open("plan", "w").write("\\n".join(plan))
"""
LONG = RIGHT.replace("plan))", 'plan + ["(fiddle a)"] * len(plan)))')
SILENT = ""
WRONG_PLAN = 'open("plan", "w").write("(fiddle a)")'
GARBAGE = r'open("plan", "wb").write(bytes(range(256)) * 10)'
CRASH = "import sys; sys.exit('sky \x1b[31mfell')"
NO_PLAN = "import sys; sys.exit(10)"
HANG = """
import subprocess, sys, time
child = "import time; time.sleep(600)"
for apart in (False, True):
    subprocess.Popen([sys.executable, "-c", child], start_new_session=apart)
# An orphan: its parent is gone, and it is in a session of its own.
orphan = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True)"
subprocess.run([sys.executable, "-c", orphan])
time.sleep(600)
"""  # noqa: E501 - a program within a program
LEAVES_ORPHAN = HANG.replace("time.sleep(600)\n", "\n") + RIGHT

LIMITS = Limits(seconds=PATIENCE, memory_mb=2000)
NOTHING = Source(("pytest",))


def _read(errand, ended):
    if ended.exit_code == 10:
        return Reply(Outcome.UNSOLVABLE, "it says so")
    if ended.exit_code:
        return Reply(Outcome.ENGINE_FAILED, ended.errors)
    return Reply(Outcome.SOLVED, plan=text_in(errand.folder / "plan"), engine_seconds=0.001)


def _fake(name, script, source=NOTHING):
    return Program(name, "a script", source, lambda _: [sys.executable, "-c", script], _read)


@pytest.fixture
def folder(tmp_path):
    suite = tmp_path / "lamps"
    suite.mkdir()
    (suite / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    for name, goal in GOALS.items():
        (suite / f"{name}.pddl").write_text(PROBLEM.format(name, goal), encoding="utf-8")
    return suite


@pytest.fixture
def tasks(folder):
    return find_tasks([folder])


def _errand(tmp_path, seconds=PATIENCE, cancel=None):
    (tmp_path / "problem.pddl").write_text(PROBLEM.format("p1", "(lit a)"), encoding="utf-8")
    (tmp_path / "domain.pddl").write_text(DOMAIN, encoding="utf-8")
    limits = replace(LIMITS, seconds=seconds, cores=frozenset(cores_here()))
    files = tmp_path / "domain.pddl", tmp_path / "problem.pddl"
    return Errand(*files, tmp_path, limits, cancel or Event())


def _do(peer, errand):
    with peer.session() as session:
        return session(errand)


def _with_mark(mark):
    """The processes whose environment has a text, each read by this test itself."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def marks(monkeypatch):
    """The marks that peers get while the test runs."""
    made = []
    usual = Mark.__init__

    def init(self):
        usual(self)
        made.append(self._text)

    monkeypatch.setattr(Mark, "__init__", init)
    return made


def test_liars_are_found_out_and_the_honest_are_scored_by_cost(tasks):
    peers = [
        _fake("right", RIGHT),
        _fake("long", LONG),
        _fake("wrong", WRONG_PLAN),
        _fake("garbage", GARBAGE),
        _fake("silent", SILENT),
        _fake("no-plan", NO_PLAN),
        _fake("crash", CRASH),
    ]
    measured = measure(tasks, peers, limits=LIMITS)
    assert not measured.interrupted
    assert len(measured.rows) == len(tasks) * len(peers)
    by_name = {each.peer: each for each in sum_up(measured.rows, peers, driver="right")}
    assert by_name["right"].solved == by_name["long"].solved == 3
    assert (by_name["right"].score, by_name["long"].score) == (3.0, 1.5)
    assert by_name["right"].wrong == by_name["silent"].wrong == ()
    names = ["lamps/p1", "lamps/p2", "lamps/p3"]
    for liar, what in (
        ("wrong", "the goal does not hold"),
        ("garbage", "no plan of the task"),
        ("no-plan", "claims that there is no plan"),
    ):
        found = by_name[liar]
        assert found.solved == found.score == 0
        assert sorted(each.task for each in found.wrong) == names
        assert all(what in each.reason for each in found.wrong)
    assert by_name["silent"].failures == (
        Failure("engine-failed", "claims a plan and gives none", tuple(names)),
    )
    assert by_name["crash"].failures[0].reason.startswith("sky")
    assert "\x1b" not in by_name["crash"].failures[0].reason


def test_a_claim_of_no_plan_is_wrong_only_where_a_plan_is_known(tasks):
    peers = [_fake("no-plan", NO_PLAN), _fake("crash", CRASH)]
    rows = measure(tasks, peers, limits=LIMITS).rows
    unknown = sum_up(rows, peers)[0]
    assert (unknown.wrong, unknown.unchecked) == ((), 3)
    known = sum_up(rows, peers, {("lamps", "p2"): 2.0})[0]
    assert [each.task for each in known.wrong] == ["lamps/p2"]
    assert known.unchecked == 2


def test_a_hang_is_ended_with_all_that_it_started(tmp_path, marks):
    reply = _do(_fake("hang", HANG), _errand(tmp_path, seconds=2.0))
    assert reply.outcome is Outcome.OUT_OF_TIME
    assert len(marks) == 1
    # What is killed is there until it has had some time of the processor.
    assert eventually(lambda: not _with_mark(marks[0]))


def test_what_a_peer_leaves_behind_is_ended_too(tmp_path, marks):
    reply = _do(_fake("orphan", LEAVES_ORPHAN), _errand(tmp_path))
    assert reply.outcome is Outcome.SOLVED
    assert eventually(lambda: not _with_mark(marks[0]))


def test_marks_find_processes_that_have_left_everything():
    mark = Mark()
    found = subprocess.Popen(mark.on(["sleep", "600"]), start_new_session=True)
    text = mark._text
    try:
        assert eventually(lambda: _with_mark(text) == [found.pid])
    finally:
        ended = mark.end_all()
        found.wait()
    assert ended == 1
    assert _with_mark(text) == []


def test_memory_is_limited(tmp_path):
    errand = _errand(tmp_path)
    errand = replace(errand, limits=replace(errand.limits, memory_mb=200))
    reply = _do(_fake("greedy", "x = bytearray(400 * 2**20)"), errand)
    assert reply.outcome is Outcome.ENGINE_FAILED
    assert "MemoryError" in reply.reason


def test_cancelling_ends_a_peer_and_loses_its_run_only(tasks):
    cancel = Event()
    seen = []

    def on_row(row, new):
        seen.append((row.problem, row.peer, new))
        Timer(0.5, cancel.set).start()

    peers = [_fake("right", RIGHT), _fake("hang", "import time; time.sleep(600)")]
    measured = measure(tasks, peers, limits=LIMITS, on_row=on_row, cancel=cancel)
    assert measured.interrupted
    assert measured.rows == ()
    assert seen == [("p1", "right", True)]


def test_who_begins_rotates_and_all_have_the_same_cores(tasks):
    names = ["one", "two", "three"]
    cores = "import os; open('plan', 'w').write(f'; {len(os.sched_getaffinity(0))}')"
    peers = [_fake(name, cores) for name in names]
    order = []
    rows = measure(tasks, peers, limits=LIMITS, on_row=lambda r, _: order.append(r.peer)).rows
    assert order == ["one", "two", "three", "two", "three", "one", "three", "one", "two"]
    assert [row.peer for row in rows] == names * 3
    assert {row.cores for row in rows} == {len(cores_here())}
    assert len({row.turn for row in rows}) == 3
    assert [row.place for row in rows] == [0, 1, 2, 2, 0, 1, 1, 2, 0]


def test_jobs_share_the_cores_and_none_has_two(tasks):
    assert shares((1, 3, 5, 7, 9), 2) == (frozenset({1, 3}), frozenset({5, 7}))
    with pytest.raises(InputError, match="3 jobs need as many cores; there are 2"):
        shares((0, 1), 3)
    with pytest.raises(InputError):
        measure(tasks, [], limits=LIMITS, jobs=10_000)


@pytest.mark.skipif(len(cores_here()) < 2, reason="one core")
def test_two_jobs_measure_all_tasks_in_the_order_given(tasks):
    say = "import os; print(sorted(os.sched_getaffinity(0)))" + RIGHT
    rows = measure(tasks, [_fake("right", say)], limits=LIMITS, jobs=2).rows
    assert [row.problem for row in rows] == list(GOALS)
    assert all(row.solved and row.cores == len(cores_here()) // 2 for row in rows)


def test_rows_are_used_again_unless_a_peer_is_missing_from_their_turn(tasks, tmp_path):
    file = tmp_path / "rows.jsonl"
    right, other = _fake("right", RIGHT), _fake("other", LONG)

    def again(peers, limits=LIMITS):
        new = []
        with RowFile(file, Row) as kept:
            measured = measure(
                tasks, peers, limits=limits, kept=kept, on_row=lambda r, n: new.append(n)
            )
        return measured.rows, sum(new)

    first, count = again([right])
    assert count == 3
    assert again([right]) == (first, 0)
    assert again([other])[1] == 3
    both, count = again([right, other])
    # Ratios need all of a task's rows from one turn, so those measured alone are not used.
    assert count == 6
    assert not {row.turn for row in both} & {row.turn for row in first}
    assert again([right, other]) == (both, 0)
    assert again([other])[1] == 0
    assert again([right], replace(LIMITS, seconds=21.0))[1] == 3


def test_half_a_turn_is_measured_again_in_full(tasks, tmp_path):
    file = tmp_path / "rows.jsonl"
    peers = [_fake("right", RIGHT), _fake("other", LONG)]
    with RowFile(file, Row) as kept:
        measure(tasks[:1], peers, limits=LIMITS, kept=kept)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(lines[0], encoding="utf-8")
    new = []
    with RowFile(file, Row) as kept:
        measure(tasks[:1], peers, limits=LIMITS, kept=kept, on_row=lambda r, n: new.append(r.peer))
    assert new == ["right", "other"]


def _row(peer, problem, **given):
    said = {
        "key": f"{peer}{problem}", "turn": "t", "place": 0, "domain": "d", "problem": problem,
        "peer": peer, "version": "1", "seconds": 10.0, "memory_mb": 100, "cores": 2,
        "started": "2026-01-02T03:04:05+00:00", "outcome": "solved", "reason": "", "wrong": False,
        "wall_seconds": 1.0, "cpu_seconds": 1.0, "engine_seconds": None, "once_seconds": 0.0,
        "cost": 10, "length": 10,
    }  # fmt: skip
    return Row(**(said | given))


UNSOLVED = {"outcome": "out-of-time", "cost": None, "length": None}


def test_figures_are_those_computed_by_hand():
    peers = [_fake("it", RIGHT), _fake("driver", RIGHT)]
    rows = [
        _row("it", "a", wall_seconds=2.0, cpu_seconds=0.5, engine_seconds=0.4, once_seconds=0.6),
        _row("it", "b", wall_seconds=0.5, cpu_seconds=0.5, engine_seconds=0.1, cost=20),
        _row("it", "c", wall_seconds=8.0, cpu_seconds=8.0),
        _row("driver", "a", wall_seconds=1.0, cpu_seconds=1.0, cost=5),
        _row("driver", "b", wall_seconds=1.0, cpu_seconds=2.0, cost=10),
        _row("driver", "c", wall_seconds=10.0, **UNSOLVED),
    ]
    it, driver = sum_up(rows, peers, {("d", "c"): 9.0}, driver="driver")
    assert (it.tasks, it.solved, it.shared) == (3, 3, 2)
    assert it.score == pytest.approx(5 / 10 + 10 / 20 + 9 / 10)
    assert (it.wall, it.cpu) == (2.0, 0.5)
    assert it.wall_ratio == pytest.approx((2.0 * 0.5) ** 0.5)
    assert it.cpu_ratio == pytest.approx((0.5 * 0.25) ** 0.5)
    # 2.0 − 0.6 − 0.4 and 0.5 − 0.1; beyond the driver 2.0 − 0.6 − 1.0 and 0.5 − 1.0.
    assert it.overhead == pytest.approx((1.0 + 0.4) / 2)
    assert it.beyond_driver == pytest.approx((0.4 - 0.5) / 2)
    assert it.once == 0.6
    assert (driver.solved, driver.score, driver.wall_ratio) == (2, 2.0, 1.0)
    assert driver.overhead is None
    assert driver.failures == (Failure("out-of-time", "", ("d/c",)),)


def test_a_peer_that_is_not_installed_is_shown_with_how_to_get_it(tasks):
    absent = _fake("absent", RIGHT, Source(("no-such-planner", "pytest")))
    peers = [absent, _fake("right", RIGHT)]
    rows = measure(tasks[:1], peers, limits=LIMITS).rows
    assert {row.peer for row in rows} == {"right"}
    standings = sum_up(rows, peers)
    reason = "no-such-planner is not installed: pip install no-such-planner"
    assert standings[0].missing == reason
    assert f"absent: {reason}" in list(remarks(standings))
    text = markdown(standings, _circumstances())
    assert "| absent | not installed | – |" in text
    assert reason in text


def _circumstances():
    command = ("goalsmith", "bench", "peers", "a folder")
    return Circumstances(command, 1, 30.0, 3584, "2 cores", ("2026-01-02", "2026-01-03"))


def test_markdown_says_all_that_it_takes_to_repeat_it_and_quotes_nobody_raw():
    peers = [_fake("it", RIGHT)]
    reason = "| <b>bold</b> `x` *y*"
    rows = [_row("it", "a", wrong=True, **UNSOLVED | {"outcome": "invalid-plan", "reason": reason})]
    text = markdown(sum_up(rows, peers), _circumstances())
    assert "1 task, 30 s and 3584 MiB for each; 2 cores; 2026-01-02 to 2026-01-03" in text
    assert "Made by `goalsmith bench peers 'a folder'`" in text
    assert "- **it**: a script (1)" in text
    assert r"\| \<b\>bold\</b\> \`x\` \*y\*" in text
    assert "wrong answer to d/a" in text
    assert sum(line.startswith("|") for line in text.splitlines()) == 3


def test_an_unknown_peer_is_refused_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean `pyperplan`"):
        chosen(["pyperplann"])
    assert [peer.name for peer in chosen(["pyperplan", "goalsmith"])] == ["goalsmith", "pyperplan"]
    assert chosen(()) == PEERS
    assert len({peer.name for peer in PEERS}) == len(PEERS)


def test_a_task_that_we_cannot_read_is_nobodys_fault():
    judge = Judge("(define (domain odd) (:oddities x))", PROBLEM.format("p", "(lit a)"))
    verdict = judge.verdict(Reply(Outcome.SOLVED, plan="(light a)"))
    assert verdict.outcome is Outcome.CANNOT_SAY
    assert not verdict.wrong
    assert "cannot be checked" in verdict.reason


SERVING = """
import os, sys, time
from goalsmith.benchmarks.peers.workers.serving import serve
how = sys.argv[2]
def answer(request):
    if how == "right":
        return {"outcome": "solved", "plan": "(light a)", "reason": str(os.getpid())}
    if how == "raises":
        raise RuntimeError("boom")
    if how == "dies":
        sys.stderr.write("last words\\n")
        os._exit(3)
    if how == "nonsense":
        return {"outcome": "triumph"}
    if how == "hangs":
        time.sleep(600)
print("noise that is no answer")
serve(answer)
"""


@pytest.fixture
def service(tmp_path, monkeypatch):
    place = tmp_path / "modules"
    place.mkdir()
    (place / "serving_for_a_test.py").write_text(SERVING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(place))
    return lambda how: Service(how, "a test", NOTHING, "serving_for_a_test", (how,))


def test_a_library_stays_loaded_from_errand_to_errand(service, tmp_path):
    errand = _errand(tmp_path)
    with service("right").session() as session:
        first, second = session(errand), session(errand)
    assert first.outcome is second.outcome is Outcome.SOLVED
    assert first.plan == "(light a)"
    assert first.reason == second.reason
    assert first.cpu_seconds >= 0


@pytest.mark.parametrize(
    ("how", "outcome", "reason"),
    [
        ("raises", Outcome.ENGINE_FAILED, "RuntimeError: boom"),
        ("dies", Outcome.ENGINE_FAILED, "its process ended: last words"),
        ("nonsense", Outcome.ENGINE_FAILED, "its answer is nonsense"),
        ("hangs", Outcome.OUT_OF_TIME, "was stopped at the time limit"),
    ],
)
def test_a_library_that_misbehaves_is_ended(service, tmp_path, marks, how, outcome, reason):
    seconds = 1.0 if how == "hangs" else PATIENCE
    reply = _do(service(how), _errand(tmp_path, seconds=seconds))
    assert (reply.outcome, reply.reason) == (outcome, reason)
    assert eventually(lambda: not _with_mark(marks[0]))


LOG = """Translating...
Done! [0.120s CPU, 0.250s wall-clock]
translate exit code: 0
[t=0.003589s, 10548 KB] Search time: 0.000000s
[t=0.003589s, 10548 KB] Total time: 0.500s
"""


def test_what_fast_downward_says_that_it_took_needs_both_parts():
    assert said_seconds(LOG) == 0.75
    assert said_seconds(LOG.replace("Total", "Whole")) is None
    assert said_seconds("") is None
    assert [whole(0.2), whole(10.0), whole(10.5)] == ["1s", "10s", "11s"]


def test_times_in_logs_are_taken_over_midnight_and_never_backwards():
    log = (
        "2026-01-31 23:59:59,900 INFO     Starting run 1\nnoise\n"
        "2026-02-01 00:00:00,150 INFO     Joining pool processes\n"
    )
    assert span(log, "Starting", "Joining") == pytest.approx(0.25)
    assert span(log) == pytest.approx(0.25)
    assert span(log, "Joining", "Starting") is None
    assert span("no times") is None


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_peer_that_is_installed_solves_a_small_task(peer, tasks):
    if peer.missing():
        pytest.skip(peer.missing())
    (row,) = measure(tasks[1:2], [peer], limits=replace(LIMITS, memory_mb=4000)).rows
    assert row.solved, row.reason
    assert row.cost == 2
    assert row.wall_seconds > 0
    assert row.cpu_seconds > 0
    assert row.overhead is None or row.overhead > 0
    assert (row.once_seconds > 0) == (peer is DOWNWARD_LAB)


def test_the_driver_claims_what_its_exit_code_says(tmp_path):
    if FAST_DOWNWARD.missing():
        pytest.skip(FAST_DOWNWARD.missing())
    errand = _errand(tmp_path)
    stuck = PROBLEM.replace("(here a)", "").format("p", "(lit a)")
    errand.problem.write_text(stuck, encoding="utf-8")
    assert _do(FAST_DOWNWARD, errand).outcome is Outcome.UNSOLVABLE
    errand.domain.write_text("(define (domain", encoding="utf-8")
    broken = _do(FAST_DOWNWARD, errand)
    assert broken.plan is None
    assert broken.outcome in (Outcome.UNSUPPORTED, Outcome.ENGINE_FAILED)


@pytest.mark.parametrize("peer", [KAIROS, KAIROS_LIBRARY], ids=lambda peer: peer.name)
def test_what_kairos_cannot_read_is_said_without_the_folder_it_lay_in(peer, folder):
    if peer.missing():
        pytest.skip(peer.missing())
    broken = DOMAIN.replace("(here ?x) (lit ?x)", "(here ?x) (lit?x)")
    (folder / "domain.pddl").write_text(broken, encoding="utf-8")
    (row,) = measure(find_tasks([folder])[:1], [peer], limits=LIMITS).rows
    assert row.outcome == "unsupported"
    assert row.reason.startswith("domain.pddl:1:")


@pytest.fixture
def command(monkeypatch):
    """The command with two peers of the test's own; gives the exit code and the two outputs."""
    fakes = (
        _fake("right", RIGHT),
        _fake("wrong", WRONG_PLAN),
        _fake("absent", RIGHT, Source(("no-such-planner",))),
    )
    monkeypatch.setattr(catalogue, "PEERS", fakes)
    app = typer.Typer()
    app.command()(peers_command)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_prints_a_table_and_every_wrong_answer(command, folder):
    (folder.parent / "reference_costs.json").write_text('{"lamps/p1": 0.5}', encoding="utf-8")
    said = command(folder, "--time-limit", "20")
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    # The reference above the folder counts: p1's best cost is a half.
    assert lines[1].split()[:5] == ["right", "3", "of", "3", "2.5"]
    assert lines[2].split()[-1] == "3"
    assert "absent" in lines[3]
    assert "wrong: wrong answer to lamps/p1" in said.stdout
    assert "pip install no-such-planner" in said.stdout


def test_the_command_writes_markdown_and_json_and_goes_on(command, folder, tmp_path):
    table, rows = tmp_path / "table.md", tmp_path / "rows.jsonl"
    words = (folder, "--results", rows, "--markdown", table, "--json", "--peer", "right")
    first = json.loads(command(*words).stdout)
    assert (first["outcome"], first["exit_code"]) == ("yes", 0)
    assert [each["peer"] for each in first["peers"]] == ["right"]
    assert first["circumstances"]["seconds"] == 30
    assert len(first["runs"]) == 3
    made = f"goalsmith bench peers {shlex.quote(str(folder))} --peer right --time-limit 30"
    assert made in table.read_text(encoding="utf-8")
    assert json.loads(command(*words).stdout)["runs"] == first["runs"]
    printed = command(folder, "--results", rows, "--markdown", "-", "--peer", "right")
    assert "| right | 3 of 3 | 3.0 |" in printed.stdout


def test_without_a_suite_the_shared_one_is_asked_for(command, monkeypatch, folder):
    monkeypatch.delenv("GOALSMITH_DATA", raising=False)
    said = command()
    assert isinstance(said.exception, InputError)
    assert "GOALSMITH_DATA" in str(said.exception)
    monkeypatch.setenv("GOALSMITH_DATA", str(folder.parent))
    folder.rename(folder.parent / "ipc")
    assert command("--peer", "right").exit_code == 0
