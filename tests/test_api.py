from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tasks

import goalsmith
from goalsmith import (
    Faults,
    InputError,
    Outcome,
    Plan,
    Planner,
    ScriptedModel,
    Simulator,
    Solution,
    Step,
    Task,
)

ROOT = Path(__file__).resolve().parent.parent

HEAVY = ("lark", "networkx", "openai", "rich", "typer", "unified_planning", "kairos", "asyncio")


def test_the_public_names_are_these() -> None:
    assert sorted(goalsmith.__all__) == [
        "ActionReport", "AsyncPlanner", "Atom", "CausalOrder", "Diagnostic", "Domain",
        "EngineError", "Environment", "Faults", "GoalsmithError", "InputError", "Limits",
        "ModelBusyError", "ModelError",
        "ModelRefusedError", "OpenAIModel", "Outcome", "PddlError", "Plan", "Planner", "Problem",
        "Run", "RunSettings", "Runs", "ScriptedModel", "Simulator", "Solution", "State", "Step",
        "Task", "Translation",
        "TranslationError", "UnsupportedError", "UnsupportedPddlError", "Validation",
        "load_domain", "load_task", "read_domain", "read_plan", "read_problem", "write_domain",
        "write_plan", "write_problem",
    ]  # fmt: skip
    for name in goalsmith.__all__:
        assert getattr(goalsmith, name) is not None
    assert set(goalsmith.__all__) <= set(dir(goalsmith))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'solver'"):
        _ = goalsmith.solver


def test_importing_goalsmith_loads_nothing_heavy() -> None:
    code = "import goalsmith, sys; print([m for m in sys.modules if m.startswith('goalsmith.')])"
    code += f"; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


def test_translate_solve_execute() -> None:
    planner = Planner("blocksworld", offline=True)
    wish = planner.translate("put blue on red", problem="p1")
    solution = planner.solve(wish.task)
    assert solution.plan is not None
    assert planner.validate(wish.task, solution.plan).valid
    assert planner.order(wish.task, solution.plan).needs(None)
    run = planner.execute(wish.task, solution.plan)
    assert run.reached
    assert run.steps == solution.plan.steps


def test_a_model_of_ones_own_translates() -> None:
    planner = Planner("blocksworld", model=ScriptedModel(["(on blue red)"]))
    wish = planner.translate("blue goes onto red, whatever else", problem="p1")
    assert wish.goal_pddl == "(on blue red)"


def test_an_environment_of_ones_own_is_carried_through() -> None:
    planner = Planner("gripper")
    task = planner.task("p1")
    solution = planner.solve(task)
    assert solution.plan is not None
    world = Simulator(task, Faults(seed=5, action_fails=0.2, effect_lost=0.2, moved=0.1))
    run = planner.execute(task, solution.plan, world)
    assert run.outcome is Outcome.REACHED
    assert any(h.fault for h in world.happened)


def test_a_domain_may_be_a_value_a_file_or_a_folder(tmp_path: Path) -> None:
    task = tasks.towers("(on a b)")
    assert Planner(task.domain).solve(task).solved
    file = tmp_path / "domain.pddl"
    file.write_text(tasks.BLOCKS, encoding="utf-8")
    problem = goalsmith.write_problem(task.problem)
    (tmp_path / "first.pddl").write_text(problem, encoding="utf-8")
    assert Planner(file).solve(tmp_path / "first.pddl").solved
    assert Planner(str(tmp_path)).solve("first").solved
    assert Planner(tmp_path).solve().solved


def test_a_wording_file_beside_the_domain_is_used(tmp_path: Path) -> None:
    (tmp_path / "towers.pddl").write_text(tasks.BLOCKS, encoding="utf-8")
    (tmp_path / "wording.toml").write_text(
        '[predicates.on]\nsay = "{x} rests upon {y}"\n', encoding="utf-8"
    )
    planner = Planner(tmp_path / "towers.pddl", offline=True)
    wish = planner.translate("a rests upon b", tasks.towers("(on c a)"))
    assert wish.goal_pddl == "(on a b)"


def test_an_unknown_domain_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="did you mean `gripper`"):
        Planner("griper")


def test_values_with_the_same_content_are_equal_and_hash_alike() -> None:
    first, second = tasks.towers("(on a b)"), tasks.towers("(on a b)")
    assert first == second
    assert hash(first) == hash(second)
    assert Plan((Step("lift", ("a",)),)) == Plan((Step("lift", ("a",)),))
    assert isinstance(first, Task)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "there is no plan: see the outcome of the solution"),
        (Solution(Outcome.UNSOLVABLE), "not a Solution: give `solution.plan`"),
    ],
)
@pytest.mark.parametrize("verb", ["execute", "validate", "order"])
def test_what_is_no_plan_is_refused_with_what_to_give(verb: str, given: object, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        getattr(Planner("gripper"), verb)("p1", given)


def test_the_readmes_python_runs_as_it_stands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    done = subprocess.run(
        [sys.executable, "-c", code[1]], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    assert "reached after" in done.stdout
