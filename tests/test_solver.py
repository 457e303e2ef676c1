from __future__ import annotations

import json
import shlex
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
import tasks
from ipc import QUICK, SLOW, Instance
from processes import PATIENCE, alive, eventually

from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Plan
from goalsmith.domains.reader import read_domain, read_problem, read_task
from goalsmith.planner import Planner
from goalsmith.solve import (
    Limits,
    Quality,
    Solution,
    Statistics,
    missing_engines,
    solve,
    solver,
    validate,
)
from goalsmith.solve import engines as engines_module
from goalsmith.solve.aliases import with_aliases
from goalsmith.solve.answer import Answer, Engine, OnPlan, nobody
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.kairos import pool as kairos_pool
from goalsmith.solve.kairos.client import Worker
from goalsmith.solve.kairos.engine import Kairos
from goalsmith.solve.kairos.pool import Pool
from goalsmith.solve.plain_types import with_plain_types

TOWER = "(and (on a b) (on b c))"
TOWER_PLAN = "(lift b)\n(pile b c)\n(lift a)\n(pile a b)"


class Fake:
    """An engine that gives one answer after a while."""

    def __init__(self, name: str, answer: Answer | Exception, seconds: float = 0.0) -> None:
        self.name = name
        self._answer = answer
        self._seconds = seconds
        self.asked = 0

    def missing(self) -> str:
        return ""

    def answer(
        self,
        task: Task,
        limits: Limits,
        quality: Quality,
        cancel: Event,
        on_plan: OnPlan = nobody,
    ) -> Answer:
        self.asked += 1
        if cancel.wait(self._seconds):
            return Answer(Outcome.INTERRUPTED, f"{self.name} was stopped")
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def with_engines(monkeypatch: pytest.MonkeyPatch, *engines: Engine) -> None:
    monkeypatch.setattr(engines_module, "ENGINES", {engine.name: engine for engine in engines})


@pytest.mark.parametrize("engine", ["kairos", "fast-downward", None])
def test_every_engine_solves_a_small_task(engine: str | None) -> None:
    task = tasks.towers(TOWER)
    solution = solve(task, engine=engine)
    assert solution.outcome is Outcome.SOLVED
    assert solution.plan is not None
    assert validate(task, solution.plan).valid
    assert solution.cost == len(solution.plan) == 4


@pytest.mark.parametrize("engine", ["kairos", "fast-downward", None])
def test_names_come_back_as_they_were_written(engine: str | None) -> None:
    domain = tasks.BLOCKS.replace("lift", "Lift-It").replace("?x", "?X")
    problem = (
        "(define (problem p) (:domain TOWERS) (:objects Big-Block b_2)"
        "(:init (free) (table big-block) (clear BIG-BLOCK) (table B_2) (clear b_2))"
        "(:goal (on BIG-block b_2)))"
    )
    solution = solve(read_task(domain, problem), engine=engine)
    assert solution.plan is not None
    assert [str(s) for s in solution.plan] == ["(Lift-It Big-Block)", "(pile Big-Block b_2)"]


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
@pytest.mark.parametrize("name", ["src/main.py", "1", "Zürich", "a+b", "preference", "o'neil"])
def test_names_that_engines_cannot_read_are_given_aliases(engine: str, name: str) -> None:
    domain = (
        f"(define (domain {name}) (:requirements :typing :action-costs) (:types {name}-kind)"
        f" (:predicates ({name} ?x - {name}-kind) (done ?x))"
        f" (:functions (total-cost) ({name}-cost))"
        f" (:action {name} :parameters (?{name} - {name}-kind) :precondition ({name} ?{name})"
        f" :effect (and (done ?{name}) (increase (total-cost) ({name}-cost)))))"
    )
    problem = (
        f"(define (problem {name}) (:domain {name}) (:objects {name} other - {name}-kind)"
        f" (:init ({name} {name}) (= ({name}-cost) 7)) (:goal (exists (?z) (done ?z)))"
        " (:metric minimize (total-cost)))"
    )
    solution = solve(read_task(domain, problem), engine=engine)
    assert solution.plan is not None, solution.evidence
    assert [str(s) for s in solution.plan] == [f"({name} {name})"]
    assert solution.cost == 7


@pytest.mark.parametrize("domain", [*QUICK, *SLOW])
def test_engines_are_given_real_tasks_as_they_are(data: Path, domain: str) -> None:
    task = Instance(domain, 1).load(data)
    assert with_aliases(with_plain_types(task)).task is task


def test_a_goal_that_already_holds_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = Fake("idle", Answer(Outcome.ENGINE_FAILED, "was asked"))
    with_engines(monkeypatch, idle)
    solution = solve(tasks.towers("(clear a)"))
    assert solution.outcome is Outcome.SOLVED
    assert solution.plan is not None
    assert len(solution.plan) == 0
    assert idle.asked == 0
    assert "already holds" in solution.evidence


@pytest.mark.parametrize("goal", ["(and (left) (right))", "(never)"])
@pytest.mark.parametrize("engine", ["fast-downward", None])
def test_an_unsolvable_task_is_proved_so(goal: str, engine: str | None) -> None:
    solution = solve(tasks.one_way(goal), engine=engine)
    assert solution.outcome is Outcome.UNSOLVABLE
    assert engine is None or solution.engine == engine
    assert solution.plan is None


def test_kairos_alone_only_claims_that_a_task_is_unsolvable() -> None:
    solution = solve(tasks.one_way("(and (left) (right))"), engine="kairos")
    assert solution.outcome is Outcome.NO_PLAN_FOUND
    assert "claims" in solution.evidence


def test_a_goal_out_of_relaxed_reach_needs_no_second_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "HEAD_START", PATIENCE)
    solution = solve(tasks.one_way("(never)"))
    assert solution.outcome is Outcome.UNSOLVABLE
    assert "out of reach" in solution.evidence
    assert [each.engine for each in solution.attempts] == ["kairos"]


def test_an_optimal_plan_is_the_cheapest_and_says_so() -> None:
    solution = solve(tasks.towers(TOWER), quality="optimal")
    assert solution.optimal
    assert solution.cost == 4
    assert "proved by Fast Downward (A*" in solution.evidence


def test_optimal_works_with_derived_predicates_too() -> None:
    solution = solve(tasks.chain("", "(live r)"), quality="optimal")
    assert solution.optimal
    assert solution.cost == 1


def test_an_unknown_engine_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="did you mean `kairos`"):
        solve(tasks.towers(TOWER), engine="kairo")


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: None)
    with pytest.raises(UnsupportedError, match="up-fast-downward"):
        solve(tasks.towers(TOWER), engine="fast-downward")
    assert solve(tasks.towers(TOWER)).engine == "kairos"
    assert len(missing_engines()) == 1


def test_without_any_engine_the_message_names_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: None)
    monkeypatch.setattr(Kairos, "missing", lambda self: "Kairos is not installed")
    with pytest.raises(UnsupportedError, match=r"Kairos is not.*Fast Downward is not"):
        solve(tasks.towers(TOWER))


# Engines that lie


def test_a_wrong_plan_is_refused_with_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engines(monkeypatch, Fake("liar", Answer(Outcome.SOLVED, "found", "(pile a b)")))
    solution = solve(tasks.towers(TOWER))
    assert solution.outcome is Outcome.INVALID_PLAN
    assert solution.plan is None
    assert "step 1 (pile a b)" in solution.evidence
    assert "(hand a)" in solution.evidence


@pytest.mark.parametrize("text", ["(fly a b)", "garbage", "(lift z)", "(lift a b)", "(lift a"])
def test_a_plan_of_another_task_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with_engines(monkeypatch, Fake("liar", Answer(Outcome.SOLVED, "found", text)))
    assert solve(tasks.towers(TOWER)).outcome is Outcome.INVALID_PLAN


def test_an_empty_plan_that_does_not_reach_the_goal_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_engines(monkeypatch, Fake("liar", Answer(Outcome.SOLVED, "found", "")))
    assert solve(tasks.towers(TOWER)).outcome is Outcome.INVALID_PLAN


def test_a_solved_without_a_plan_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engines(monkeypatch, Fake("liar", Answer(Outcome.SOLVED, "found")))
    assert solve(tasks.towers(TOWER)).outcome is Outcome.ENGINE_FAILED


def test_an_engine_that_cannot_be_started_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engines(monkeypatch, Fake("broken", OSError("no such program")))
    solution = solve(tasks.towers(TOWER))
    assert solution.outcome is Outcome.ENGINE_FAILED
    assert "no such program" in solution.evidence


def test_a_liar_does_not_keep_the_other_engine_from_winning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    liar = Fake("liar", Answer(Outcome.SOLVED, "found", "(pile a b)"))
    honest = Fake("honest", Answer(Outcome.SOLVED, "found", TOWER_PLAN), 0.1)
    with_engines(monkeypatch, liar, honest)
    solution = solve(tasks.towers(TOWER))
    assert solution.outcome is Outcome.SOLVED
    assert solution.engine == "honest"
    assert [a.outcome for a in solution.attempts] == [Outcome.INVALID_PLAN, Outcome.SOLVED]


def test_the_second_engine_is_not_asked_when_the_first_is_quick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "HEAD_START", 30.0)
    first = Fake("first", Answer(Outcome.SOLVED, "found", TOWER_PLAN))
    second = Fake("second", Answer(Outcome.SOLVED, "found", TOWER_PLAN))
    with_engines(monkeypatch, first, second)
    assert solve(tasks.towers(TOWER)).engine == "first"
    assert second.asked == 0


def test_the_loser_of_a_race_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Fake("slow", Answer(Outcome.SOLVED, "found", TOWER_PLAN), 3600)
    quick = Fake("quick", Answer(Outcome.SOLVED, "found", TOWER_PLAN), 0.01)
    with_engines(monkeypatch, slow, quick)
    assert solve(tasks.towers(TOWER)).engine == "quick"


def test_a_race_that_nobody_wins_tells_what_each_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engines(
        monkeypatch,
        Fake("crasher", Answer(Outcome.ENGINE_FAILED, "crasher crashed")),
        Fake("slow", Answer(Outcome.OUT_OF_TIME, "slow ran out of time"), 0.02),
    )
    solution = solve(tasks.towers(TOWER))
    assert solution.outcome is Outcome.OUT_OF_TIME
    assert "crasher crashed" in solution.evidence
    assert "slow ran out" in solution.evidence


def test_a_race_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with_engines(
        monkeypatch,
        Fake("slow", Answer(Outcome.NO_PLAN_FOUND, ""), 3600),
        Fake("slower", Answer(Outcome.NO_PLAN_FOUND, ""), 3600),
    )
    cancel = Event()
    threading.Timer(0.1, cancel.set).start()
    assert solve(tasks.towers(TOWER), cancel=cancel).outcome is Outcome.INTERRUPTED


# Fast Downward's statuses, with programs in its place


def program(folder: Path, script: str) -> Path:
    path = folder / "downward"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("script", "outcome", "said"),
    [
        ("exit 1", Outcome.ENGINE_FAILED, "exit code 1"),
        ("echo oh no >&2; exit 32", Outcome.ENGINE_FAILED, "oh no"),
        ("kill -SEGV $$", Outcome.ENGINE_FAILED, "exit code -11"),
        ("exit 0", Outcome.ENGINE_FAILED, "no plan"),
        ("exit 11", Outcome.ENGINE_FAILED, "exit code 11"),
        ("echo Task is provably unsolvable.; exit 11", Outcome.UNSOLVABLE, "proved"),
        ("exit 12", Outcome.NO_PLAN_FOUND, "gave up"),
        ("echo Task is provably unsolvable.; exit 12", Outcome.UNSOLVABLE, "proved"),
        ("echo Time limit reached. Abort search.; exit 12", Outcome.OUT_OF_TIME, "time limit"),
        ("echo Memory limit has been reached.; exit 12", Outcome.OUT_OF_MEMORY, "memory"),
        ("echo Task is provably unsolvable.; exit 1", Outcome.ENGINE_FAILED, "exit code 1"),
        ("echo Task is provably unsolvable. within the bound; exit 13", Outcome.NO_PLAN_FOUND, ""),
        ("mkdir plan", Outcome.ENGINE_FAILED, "no plan"),
        ("exit 22", Outcome.OUT_OF_MEMORY, "memory"),
        ("exit 23", Outcome.OUT_OF_TIME, "time"),
        ("exit 34", Outcome.UNSUPPORTED, "support"),
        ("exit 99", Outcome.ENGINE_FAILED, "exit code 99"),
        ("echo '(pile a b)' > plan", Outcome.INVALID_PLAN, "step 1"),
        ("echo '(pile a b)' > plan.2; echo '(lift a)' > plan.1", Outcome.INVALID_PLAN, "pile"),
        ("head -c 100000 /dev/zero > plan", Outcome.INVALID_PLAN, "not one of this task"),
    ],
)
def test_unsolvable_and_solved_need_evidence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, outcome: Outcome, said: str
) -> None:
    path = program(tmp_path, script)
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    solution = solve(tasks.towers(TOWER), engine="fast-downward")
    assert solution.outcome is outcome
    assert said in solution.evidence


def test_a_program_that_ignores_term_is_killed_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = f"600.{uuid4().int}"
    path = program(tmp_path, f"trap '' TERM; (trap '' TERM; sleep {mark}) & sleep {mark}; sleep 9")
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    cancel = Event()
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(
            solve,
            tasks.towers(TOWER),
            engine="fast-downward",
            limits=Limits(seconds=PATIENCE),
            cancel=cancel,
        )
        assert eventually(lambda: len(alive(mark)) == 2)
        cancel.set()
        assert asked.result().outcome is Outcome.INTERRUPTED
    assert eventually(lambda: not alive(mark))


def test_a_program_that_eats_memory_is_held_to_its_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = program(tmp_path, f"exec {sys.executable} -c 'x = bytearray(2**31)'")
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    solution = solve(tasks.towers(TOWER), engine="fast-downward", limits=Limits(memory_mb=512))
    assert solution.outcome is Outcome.OUT_OF_MEMORY or "out of memory" in solution.evidence
    assert (solution.statistics.peak_memory_mb or 0) < 600


def test_kairos_is_held_to_its_memory_limit(data: Path) -> None:
    task = Instance("agricola-sat18-strips", 2).load(data)
    limits = Limits(seconds=PATIENCE, memory_mb=150)
    solution = Kairos().answer(task, limits, "first", Event())
    assert solution.outcome in (Outcome.OUT_OF_MEMORY, Outcome.ENGINE_FAILED)


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
def test_a_time_limit_is_kept_and_called_so(engine: str, data: Path) -> None:
    task = Instance("floortile-sat11-strips", 2).load(data)
    solution = solve(task, engine=engine, limits=Limits(seconds=0.7))
    assert solution.outcome is Outcome.OUT_OF_TIME


# Kairos's worker


def test_a_worker_that_dies_is_a_failure_and_the_next_task_gets_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Pool()
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)
    worker = pool.take()
    worker.process.kill()
    worker.process.wait()
    pool.give_back(worker)
    assert solve(tasks.towers(TOWER), engine="kairos").solved
    pool.close()


def with_worker(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Has a shell script answer in place of Kairos's worker."""

    class Mad(Worker):
        def __init__(self) -> None:
            super().__init__()
            self.kill()
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                process_group=0,
            )
            self.ready = True

    pool = Pool()
    monkeypatch.setattr(pool, "take", Mad)
    monkeypatch.setattr(pool, "give_back", Mad.kill)
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)


@pytest.mark.parametrize(
    "script",
    [
        "exit 3",
        "echo nonsense; sleep 60",
        "echo '[1]'; sleep 60",
        "head -c 100000 /dev/zero | tr '\\0' '['; echo; sleep 60",
        """echo '{"status": ["SOLVED"]}'; sleep 60""",
        """echo '{"status": "SOLVED"}'; sleep 60""",
        """echo '{"status": "SOLVED", "plan": 5}'; sleep 60""",
        """echo '{"status": "SOLVED", "plan": [5]}'; sleep 60""",
        """echo '{"status": "OPTIMAL", "says": "\\ud800", "cpu_seconds": "x"}'; sleep 60""",
    ],
)
def test_a_worker_that_talks_nonsense_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    with_worker(monkeypatch, script)
    solution = solve(tasks.towers(TOWER), engine="kairos")
    assert solution.outcome is Outcome.ENGINE_FAILED
    assert "Kairos" in solution.evidence
    assert solution.evidence.encode()


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"status": "UNSOLVABLE"}, Outcome.NO_PLAN_FOUND),
        ({"status": "SOLVED", "plan": [["pile", "a", "b"]]}, Outcome.INVALID_PLAN),
        ({"status": "SOLVED", "plan": []}, Outcome.INVALID_PLAN),
        ({"status": "SOLVED", "plan": [["fly", "\ud800"]]}, Outcome.INVALID_PLAN),
    ],
)
def test_a_worker_that_lies_is_not_believed_and_the_honest_engine_wins(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, object], outcome: Outcome
) -> None:
    with_worker(monkeypatch, f"echo {shlex.quote(json.dumps(said))}; sleep 60")
    solution = solve(tasks.towers(TOWER))
    assert solution.outcome is Outcome.SOLVED
    assert solution.engine == "fast-downward"
    assert [a.outcome for a in solution.attempts] == [outcome, Outcome.SOLVED]


def test_a_worker_that_hangs_is_stopped_at_the_time_limit_even_while_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_worker(monkeypatch, "sleep 600")
    many = tasks.towers(TOWER, blocks="a b c " + " ".join(f"block-{n}" for n in range(5_000)))
    answer = Kairos().answer(many, Limits(seconds=1.0), "first", Event())
    assert answer.outcome is Outcome.OUT_OF_TIME


def test_an_engine_that_lost_tells_what_it_had_used(monkeypatch: pytest.MonkeyPatch) -> None:
    burn = "import time\nwhile time.process_time() < 600: pass"
    with_worker(monkeypatch, f"exec {sys.executable} -c {shlex.quote(burn)}")
    solution = solve(tasks.towers(TOWER))
    assert solution.engine == "fast-downward"
    lost = next(a for a in solution.attempts if a.engine == "kairos")
    assert lost.outcome is Outcome.INTERRUPTED
    assert (lost.statistics.cpu_seconds or 0.0) > 0.0
    assert (lost.statistics.peak_memory_mb or 0.0) > 1.0


def test_a_warm_worker_serves_the_next_task(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)
    assert solve(tasks.towers(TOWER), engine="kairos").solved
    first = pool.take()
    pool.give_back(first)
    assert solve(tasks.towers("(on c a)"), engine="kairos").solved
    assert pool.take() is first
    first.kill()


def test_a_worker_ends_when_its_input_does() -> None:
    worker = Worker()
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    worker.process.stdin = None
    assert worker.process.wait(PATIENCE) == 0
    worker.kill()


def test_a_cancelled_search_leaves_no_process(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    pool = Pool()
    started: list[Worker] = []
    take = pool.take

    def remembered() -> Worker:
        started.append(take())
        return started[-1]

    monkeypatch.setattr(pool, "take", remembered)
    monkeypatch.setattr(kairos_pool, "shared_pool", lambda: pool)
    cancel = Event()
    threading.Timer(0.5, cancel.set).start()
    task = Instance("floortile-sat11-strips", 2).load(data)
    answer = Kairos().answer(task, Limits(), "first", cancel)
    assert answer.outcome is Outcome.INTERRUPTED
    assert started[0].process.poll() is not None


# Concurrency and where things run

GOALS = (
    "(and (on a b) (on b c))",
    "(and (on c b) (on b a))",
    "(on b d)",
    "(and (on d c) (on c a))",
)


@pytest.mark.parametrize("engine", ["fast-downward", None])
def test_thirty_two_solves_from_four_threads_keep_to_their_own_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    planner = Planner(tasks.towers("(free)").domain, engine=engine)
    problems = [tasks.towers(goal, blocks="a b c d") for goal in GOALS]

    def solved(task: Task) -> tuple[Task, Solution]:
        return task, planner.solve(task)

    with ThreadPoolExecutor(4) as executor:
        solutions = list(executor.map(solved, problems * 8))
    assert len(solutions) == 32
    for task, solution in solutions:
        assert solution.outcome is Outcome.SOLVED, solution.evidence
        assert solution.plan is not None
        assert validate(task, solution.plan).valid
    assert list(tmp_path.iterdir()) == []


def test_folders_of_the_same_names_as_modules_are_not_mistaken_for_them(tmp_path: Path) -> None:
    for name in ("translate", "fast_downward", "kairos", "solve", "goalsmith_trap"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('mistaken')\n")
    (tmp_path / "json.py").write_text("raise SystemExit('mistaken')\n")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import tasks\n"
        "from goalsmith.solve import solve\n"
        "for engine in ('kairos', 'fast-downward'):\n"
        "    print(solve(tasks.towers('(on a b)'), engine=engine).outcome)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["solved", "solved"], done.stderr


def test_it_solves_from_the_repository_root() -> None:
    root = Path(__file__).resolve().parent.parent
    assert (root / "translate").is_dir()
    done = subprocess.run(
        [sys.executable, "-m", "goalsmith.cli", "solve", "blocksworld", "p1",
         "--engine", "fast-downward"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from goalsmith import Planner\nprint(Planner('blocksworld').solve('p1').outcome)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.strip() == "solved", done.stderr


def test_a_failed_plan_never_comes_with_a_cost() -> None:
    assert Solution(Outcome.OUT_OF_TIME).cost is None
    assert Statistics().cpu_seconds is None


def test_the_time_to_notice_an_end_is_no_polling_interval() -> None:
    """A program's end wakes the waiter; it does not wait for the next look at the flag."""
    from goalsmith.solve.programs.process import has_ended

    process = subprocess.Popen(["/bin/sleep", "0.05"])
    assert has_ended(process.pid, 60.0)
    process.wait()


PAYING = """(define (domain d) (:requirements :action-costs)
  (:predicates (done)) (:functions (total-cost) (price) - number)
  (:action work :parameters () :precondition () :effect (and (done) {})))
"""


@pytest.mark.parametrize(
    ("effect", "metric", "cheapest"),
    [
        ("(increase (total-cost) 3)", "", True),
        ("(increase (total-cost) 3)", "(:metric minimize (total-cost))", True),
        ("(increase (total-cost) (price))", "(:metric minimize (total-cost))", True),
        ("(when (done) (increase (total-cost) 0))", "(:metric minimize (total-cost))", True),
        ("(increase (total-cost) 3)", "(:metric maximize (total-cost))", False),
        ("(increase (total-cost) -3)", "(:metric minimize (total-cost))", False),
        ("(decrease (total-cost) (price))", "(:metric minimize (total-cost))", False),
        (
            "(increase (total-cost) (price)) (decrease (price) 9)",
            "(:metric minimize (total-cost))",
            False,
        ),
    ],
)
def test_doing_nothing_is_called_cheapest_only_where_no_step_pays(
    effect: str, metric: str, cheapest: bool
) -> None:
    domain = read_domain(PAYING.format(effect))
    problem = read_problem(
        "(define (problem p) (:domain d) (:init (done) (= (total-cost) 0) (= (price) 2)) "
        f"(:goal (done)) {metric})",
        domain,
    )
    solution = solve(Task(domain, problem), quality="optimal")
    assert solution.plan == Plan()
    assert solution.optimal is cheapest
    assert solution.lower_bound == (0 if cheapest else None)
