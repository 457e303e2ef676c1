"""Engines by name: what each supports, those of unified-planning, and those that lie."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import tasks
from processes import PATIENCE, alive, eventually, program

from goalsmith.domains.errors import EngineError, InputError, UnsupportedError
from goalsmith.domains.language import Task
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.reader import read_task
from goalsmith.solve import ENGINES, Limits, Solution, all_engines, solve, validate
from goalsmith.solve.answer import Options
from goalsmith.solve.engines import FEATURES, FEATURES_OF
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.unified_planning.engine import PACKAGES, UnifiedPlanningEngine, unified_engines

TOWER = "(and (on a b) (on b c))"
LONG = Limits(seconds=PATIENCE)

# What engines support


def switches(domain: str, goal: str, init: str = "", metric: str = "") -> Task:
    """A task about two switches, with what is to be tried out written into it."""
    head = "(define (domain switches) (:requirements :adl :derived-predicates :action-costs {})"
    requirement = ":numeric-fluents" if "level" in domain else ""
    problem = f"(define (problem p) (:domain switches) (:objects s t) (:init {init})"
    return read_task(f"{head.format(requirement)} {domain})", f"{problem} (:goal {goal}) {metric})")


PLAIN = "(:predicates (on ?x) (off ?x))"
PRESS = "(:action press :parameters (?x) :precondition {} :effect {})"
COSTS = "(:predicates (on ?x)) (:functions (total-cost) (effort ?x))"
LEVEL = "(:predicates (on ?x)) (:functions (level))"

TRIALS = {
    "typing": read_task(
        "(define (domain d) (:requirements :typing) (:types cat dog - pet) (:predicates (fed ?x))"
        "(:action feed :parameters (?x - pet) :precondition () :effect (fed ?x)))",
        "(define (problem p) (:domain d) (:objects a - cat b - dog) (:goal (and (fed a) (fed b))))",
    ),
    "negative-preconditions": switches(PLAIN + PRESS.format("(not (on ?x))", "(on ?x)"), "(on s)"),
    "disjunctive-preconditions": switches(
        PLAIN + PRESS.format("(or (on ?x) (off ?x))", "(on ?x)"), "(on s)", "(off s)"
    ),
    "quantified-preconditions": switches(
        PLAIN + PRESS.format("(exists (?y) (off ?y))", "(and (on ?x) (not (off ?x)))"),
        "(forall (?x) (not (off ?x)))",
        "(off s) (off t)",
    ),
    "conditional-effects": switches(
        PLAIN + PRESS.format("()", "(and (on ?x) (when (on ?x) (off ?x)))"), "(off t)"
    ),
    "derived-predicates": switches(
        "(:predicates (on ?x) (lit)) (:derived (lit) (exists (?x) (on ?x)))"
        + PRESS.format("()", "(on ?x)"),
        "(lit)",
    ),
    "numeric-fluents": switches(
        LEVEL + PRESS.format("(< (level) 3)", "(increase (level) 1)"),
        "(>= (level) 2)",
        "(= (level) 0)",
    ),
    "action-costs": switches(
        COSTS + PRESS.format("()", "(and (on ?x) (increase (total-cost) (effort ?x)))"),
        "(on s)",
        "(= (effort s) 3) (= (effort t) 1) (= (total-cost) 0)",
        "(:metric minimize (total-cost))",
    ),
}


@pytest.mark.parametrize("engine", ["kairos", "fast-downward"])
@pytest.mark.parametrize("feature", FEATURES)
def test_engines_support_just_what_is_said(engine: str, feature: str) -> None:
    supported = feature in FEATURES_OF[engine]
    if feature == "optimal":
        assert solve(tasks.towers(TOWER), engine=engine, quality="optimal").optimal is supported
    elif feature == "unsolvable":
        outcome = solve(tasks.one_way("(and (left) (right))"), engine=engine).outcome
        assert (outcome is Outcome.UNSOLVABLE) is supported
    elif feature == "several-plans":
        if supported:
            assert solve(tasks.towers(TOWER), engine=engine, alias="lama").solved
    else:
        outcome = solve(TRIALS[feature], engine=engine).outcome
        assert outcome is (Outcome.SOLVED if supported else Outcome.UNSUPPORTED)


def test_numbers_are_left_to_kairos_and_checked_by_us() -> None:
    task = TRIALS["numeric-fluents"]
    solution = solve(task)
    assert solution.engine == "kairos"
    assert solution.plan is not None
    assert validate(task, solution.plan).valid


@pytest.mark.parametrize("alias", [None, "lama-first"])
def test_fast_downward_reads_a_domain_that_needs_less_than_it_names(alias: str | None) -> None:
    domain = """(define (domain d) (:requirements :strips :fluents :numeric-fluents :typing)
      (:predicates (done)) (:functions (total-cost))
      (:action finish :parameters () :precondition ()
        :effect (and (done) (increase (total-cost) 2))))"""
    problem = """(define (problem p) (:domain d) (:requirements :fluents)
      (:init (= (total-cost) 0)) (:goal (done)) (:metric minimize (total-cost)))"""
    task = read_task(domain, problem)
    assert solve(task, engine="fast-downward", alias=alias).cost == 2


def test_all_engines_are_listed_with_what_to_do_about_the_missing_ones() -> None:
    found = {each.name: each for each in all_engines()}
    assert set(found) >= {*ENGINES, *PACKAGES}
    for name in ENGINES:
        assert found[name].features == FEATURES_OF[name]
        assert found[name].version[0].isdigit()
    for name, package in PACKAGES.items():
        if found[name].missing:
            assert found[name].missing.endswith(f"pip install {package}")
            assert not found[name].features
        else:
            assert found[name].features


def test_an_engine_that_is_not_installed_is_named_with_its_package() -> None:
    missing = next((e for e in all_engines() if e.missing and e.name in PACKAGES), None)
    if missing is None:
        pytest.skip("all engines are installed")
    with pytest.raises(UnsupportedError, match=f"pip install {PACKAGES[missing.name]}"):
        solve(tasks.towers(TOWER), engine=missing.name)


def test_a_mistyped_name_is_put_right_with_engines_of_unified_planning_too() -> None:
    with pytest.raises(InputError, match="did you mean `symk`"):
        solve(tasks.towers(TOWER), engine="symkk")


def test_the_command_lists_engines_as_json() -> None:
    command = [sys.executable, "-P", "-m", "goalsmith.cli", "engines", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = {row["name"]: row for row in json.loads(done.stdout)["engines"]}
    assert rows["kairos"]["installed"] is True
    assert "numeric-fluents" in rows["kairos"]["supports"]
    assert rows["symk"]["installed"] is not bool(rows["symk"]["missing"])


# Fast Downward's own searches and aliases


def test_a_search_of_ones_own_is_run() -> None:
    solution = solve(tasks.towers(TOWER), search="astar(lmcut())")
    assert solution.solved
    assert solution.engine == "fast-downward"
    assert not solution.optimal
    assert not solve(tasks.towers("(and (on a b) (on b a))"), search="ehc(ff())").outcome.settled


@pytest.mark.parametrize("search", ["astar(lmct())", "astar(", "--help", "astar(lmcut()) x"])
def test_a_search_that_cannot_be_read_is_bad_input(search: str) -> None:
    assert solve(tasks.towers(TOWER), search=search).outcome is Outcome.BAD_INPUT


@pytest.mark.parametrize("search", ["", " ", "astar(\n)", "astar(\0)", "x" * 100_000])
def test_a_text_that_cannot_be_a_search_is_refused(search: str) -> None:
    with pytest.raises(InputError, match="search"):
        solve(tasks.towers(TOWER), search=search)


def test_a_search_or_an_alias_is_for_one_engine_and_comes_alone() -> None:
    with pytest.raises(InputError, match="for fast-downward, not for `kairos`"):
        solve(tasks.towers(TOWER), engine="kairos", search="astar(blind())")
    with pytest.raises(InputError, match="together"):
        solve(tasks.towers(TOWER), search="astar(blind())", alias="lama")
    with pytest.raises(InputError, match="did you mean `lama-first`"):
        solve(tasks.towers(TOWER), alias="lama-frst")


@pytest.mark.parametrize("alias", ["lama-first", "lama", "seq-opt-lmcut", "seq-sat-fdss-2023"])
def test_aliases_and_portfolios_are_run(alias: str) -> None:
    solution = solve(tasks.towers(TOWER), alias=alias, limits=Limits(seconds=PATIENCE))
    assert solution.solved, solution.evidence
    assert solution.optimal is (alias == "seq-opt-lmcut")


def test_aliases_are_optimal_only_if_they_are_known_to_be() -> None:
    task = tasks.towers(TOWER)
    assert solve(task, alias="seq-opt-bjolp", quality="optimal").optimal
    assert solve(task, alias="lama", quality="optimal").outcome is Outcome.UNSUPPORTED
    own = solve(task, search="astar(lmcut())", quality="optimal")
    assert own.outcome is Outcome.UNSUPPORTED


def test_an_alias_proves_a_task_unsolvable() -> None:
    solution = solve(tasks.one_way("(and (left) (right))"), alias="lama")
    assert solution.outcome is Outcome.UNSOLVABLE


def test_the_last_whole_plan_counts_when_better_ones_are_still_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps = "(lift b)\n(pile b c)\n(lift a)\n(pile a b)"
    detour = f"(lift b)\n(lower b)\n{steps}"
    script = (
        f"printf '{detour}\n; cost = 6 (unit cost)\n' > plan.1\n"
        f"printf '{steps}\n; cost = 4 (unit cost)\n' > plan.2\n"
        "printf '(lift b)\n' > plan.3\nwhile :; do :; done"
    )
    path = program(tmp_path, script)
    monkeypatch.setattr(fast_downward_wheel, "binary", lambda: path)
    limits = Limits(seconds=PATIENCE, cpu_seconds=2.0)
    solution = solve(tasks.towers(TOWER), search="any()", limits=limits)
    assert solution.outcome is Outcome.SOLVED
    assert solution.cost == 4
    assert "then was stopped at the limit of CPU time" in solution.evidence
    assert not solution.optimal


# Engines of unified-planning


@pytest.mark.parametrize("engine", ["pyperplan", "symk", "tamer"])
def test_an_engine_of_unified_planning_solves_by_its_name(engine: str) -> None:
    if reason := UnifiedPlanningEngine(engine).missing():
        pytest.skip(reason)
    domain = tasks.BLOCKS.replace("lift", "Lift-It")
    problem = (
        "(define (problem p) (:domain towers) (:objects Big-Block 2nd)"
        "(:init (free) (table big-block) (clear BIG-BLOCK) (table 2nd) (clear 2nd))"
        "(:goal (on big-block 2nd)))"
    )
    solution = solve(read_task(domain, problem), engine=engine, limits=LONG)
    assert solution.plan is not None, solution.evidence
    assert [str(s) for s in solution.plan] == ["(Lift-It Big-Block)", "(pile Big-Block 2nd)"]
    assert solution.engine == engine
    assert solution.statistics.version
    unsolvable = solve(tasks.one_way("(and (left) (right))"), engine=engine, limits=LONG)
    assert unsolvable.outcome is Outcome.NO_PLAN_FOUND


def test_a_claim_of_an_optimal_plan_is_passed_on_only_from_who_makes_it() -> None:
    if reason := UnifiedPlanningEngine("pyperplan-opt").missing():
        pytest.skip(reason)
    asked = {"quality": "optimal", "limits": LONG}
    solution = solve(tasks.towers(TOWER), engine="pyperplan-opt", **asked)  # type: ignore[arg-type]
    assert solution.optimal
    assert solution.cost == 4
    assert "claims" in solution.evidence
    other = solve(tasks.towers(TOWER), engine="pyperplan", **asked)  # type: ignore[arg-type]
    assert other.outcome is Outcome.UNSUPPORTED


def test_what_unified_planning_cannot_express_is_unsupported() -> None:
    if reason := UnifiedPlanningEngine("pyperplan").missing():
        pytest.skip(reason)
    solution = solve(TRIALS["derived-predicates"], engine="pyperplan", limits=LONG)
    assert solution.outcome is Outcome.UNSUPPORTED
    assert "derived predicates: `lit`" in solution.evidence
    solution = solve(TRIALS["conditional-effects"], engine="pyperplan", limits=LONG)
    assert solution.outcome is Outcome.UNSUPPORTED
    assert "conditional effects" in solution.evidence


# Engines of unified-planning that lie

LIAR = '''
import os, subprocess, sys, time
from unified_planning.engines import Engine, PlanGenerationResult, PlanGenerationResultStatus
from unified_planning.engines.mixins import OneshotPlannerMixin
from unified_planning.plans import ActionInstance, SequentialPlan


class Liar(Engine, OneshotPlannerMixin):
    """Does what the name of the task says."""

    def __init__(self, remark="nothing"):
        Engine.__init__(self)
        OneshotPlannerMixin.__init__(self)
        self.remark = remark

    @property
    def name(self):
        return "liar"

    @staticmethod
    def supported_kind():
        from unified_planning.model import ProblemKind
        from unified_planning.model.problem_kind import FEATURES
        return ProblemKind({f for group in FEATURES.values() for f in group}, version=3)

    @staticmethod
    def supports(kind):
        return True

    @staticmethod
    def satisfies(guarantee):
        return True

    def _solve(self, problem, heuristic=None, timeout=None, output_stream=None):
        return getattr(self, problem.name)(problem)

    def said(self, status, plan=None):
        return PlanGenerationResult(PlanGenerationResultStatus[status], plan, "liar")

    def crash(self, problem):
        os.abort()

    def leave(self, problem):
        sys.exit(0)

    def repeat(self, problem):
        raise ValueError(f"told {self.remark!r}")

    def error(self, problem):
        raise ValueError("out of ideas")

    def hang(self, problem):
        time.sleep(600)

    def hide(self, problem):
        command = [sys.executable, "-c", "import time; time.sleep(600)", os.environ["MARK"]]
        subprocess.Popen(command, start_new_session=True)
        time.sleep(600)

    def eat(self, problem):
        kept = []
        while True:
            kept.append(bytearray(2**24))

    def babble(self, problem):
        print("(lift b)", flush=True)
        open("answer.json", "w").write("solved!")
        os._exit(0)

    def unsolvable(self, problem):
        return self.said("UNSOLVABLE_PROVEN")

    def nothing(self, problem):
        return self.said("SOLVED_OPTIMALLY")

    def wrong(self, problem):
        pile = problem.action("pile")
        a, b = problem.object("a"), problem.object("b")
        return self.said("SOLVED_OPTIMALLY", SequentialPlan([ActionInstance(pile, (a, b))]))
'''


@pytest.fixture(scope="module")
def liar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an engine that the user has told unified-planning of."""
    folder = tmp_path_factory.mktemp("liar")
    (folder / "liar_of_ours.py").write_text(LIAR, encoding="utf-8")
    settings = "[engine liar]\nmodule_name: liar_of_ours\nclass_name: Liar\n"
    (folder / ".uprc").write_text(settings, encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setenv("PYTHONPATH", str(folder))
        unified_engines.cache_clear()
        yield folder
    unified_engines.cache_clear()


def lied_to(manner: str, limits: Limits | None = None, options: Options | None = None) -> Solution:
    domain, task = tasks.BLOCKS, tasks.towers(TOWER)
    init = " ".join(map(str, task.problem.init))
    problem = f"""(define (problem {manner}) (:domain towers) (:objects a b c)
      (:init {init}) (:goal {TOWER}))"""
    return solve(read_task(domain, problem), engine="liar", limits=limits or LONG, options=options)


@pytest.mark.parametrize(
    ("manner", "outcome", "said"),
    [
        ("crash", Outcome.ENGINE_FAILED, "code -6"),
        ("leave", Outcome.ENGINE_FAILED, "code 0"),
        ("error", Outcome.ENGINE_FAILED, "out of ideas"),
        ("babble", Outcome.ENGINE_FAILED, "code 0"),
        ("unsolvable", Outcome.NO_PLAN_FOUND, "claims"),
        ("nothing", Outcome.ENGINE_FAILED, "no plan"),
        ("wrong", Outcome.INVALID_PLAN, "step 1 (pile a b)"),
    ],
)
def test_an_engine_of_unified_planning_that_lies_is_not_believed(
    liar: Path, manner: str, outcome: Outcome, said: str
) -> None:
    solution = lied_to(manner)
    assert solution.outcome is outcome, solution.evidence
    assert said in solution.evidence
    assert solution.plan is None
    assert not solution.optimal


def test_an_engine_of_unified_planning_is_given_its_options(liar: Path) -> None:
    assert "told 'nothing'" in lied_to("repeat").evidence
    assert "told 7" in lied_to("repeat", options={"remark": 7}).evidence
    unknown = lied_to("repeat", options={"remrak": 7})
    assert unknown.outcome is Outcome.ENGINE_FAILED
    assert "remrak" in unknown.evidence


@pytest.mark.parametrize("engine", [None, "kairos", "fast-downward"])
def test_options_are_refused_where_there_are_none(engine: str | None) -> None:
    with pytest.raises(InputError, match="options"):
        solve(tasks.towers(TOWER), engine=engine, options={"remark": 7})


def test_an_engine_of_unified_planning_that_hangs_is_stopped(liar: Path) -> None:
    solution = lied_to("hang", Limits(seconds=8.0))
    assert solution.outcome is Outcome.OUT_OF_TIME


def test_an_engine_of_unified_planning_that_eats_memory_is_stopped(liar: Path) -> None:
    solution = lied_to("eat", Limits(seconds=PATIENCE, memory_mb=1500))
    assert solution.outcome is Outcome.OUT_OF_MEMORY
    assert (solution.statistics.peak_memory_mb or 0.0) < 1600


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_no_program_that_an_engine_of_unified_planning_starts_outlives_it(
    liar: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = f"mark-{tmp_path.name}-{os.getpid()}"
    monkeypatch.setenv("MARK", mark)
    code = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import test_engines; test_engines.lied_to('hide')\n"
    )
    solving = subprocess.Popen([sys.executable, "-P", "-c", code])
    try:
        assert eventually(lambda: bool(alive(mark)))
        solving.kill()
        assert eventually(lambda: not alive(mark))
    finally:
        solving.kill()
        solving.wait()


def test_engines_that_cannot_be_listed_are_an_error_that_says_why(
    liar: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "[engine broken]\nmodule_name: broken_engine_of_ours\nclass_name: Broken\n"
    (tmp_path / ".uprc").write_text(broken, encoding="utf-8")
    (tmp_path / "broken_engine_of_ours.py").write_text("raise OSError('no such disk')\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    unified_engines.cache_clear()
    try:
        with pytest.raises(EngineError, match="no such disk"):
            solve(tasks.towers(TOWER), engine="broken")
    finally:
        unified_engines.cache_clear()


def test_a_run_of_unified_planning_can_be_cancelled(liar: Path) -> None:
    cancel = Event()
    cancel.set()
    solution = solve(tasks.towers(TOWER), engine="liar", cancel=cancel)
    assert solution.outcome is Outcome.INTERRUPTED
