"""The bundled domains: they read, they can be solved, and there is a way back from everywhere."""

import random
from dataclasses import replace
from pathlib import Path

import kairos
import pytest

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Add, Atom, conjuncts, simple_effects
from goalsmith.domains.language import State, Task, TypeHierarchy
from goalsmith.domains.library import LibraryDomain, bundled, load_folder, names
from goalsmith.domains.plans import read_plan
from goalsmith.domains.reader import read_domain, read_problem
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_domain, write_problem

SEEDS = range(20)
INSTANCES = [(name, i.name) for name in names() for i in bundled(name).instances]
each_domain = pytest.mark.parametrize("name", names())
each_instance = pytest.mark.parametrize(("name", "instance"), INSTANCES)


def is_solvable(task: Task) -> bool:
    """Whether a planner finds a plan, which our own semantics then carry out."""
    semantics = Semantics(task)
    if semantics.goal_holds(semantics.initial_state()):
        return True
    found = kairos.solve(
        write_domain(task.domain), write_problem(task.problem), timeout=10, anytime=False
    )
    if found.status is not kairos.Status.SOLVED:
        return False
    state = semantics.initial_state()
    for step in read_plan(found.plan.to_string(), task):
        state = semantics.apply(state, step)
    return semantics.goal_holds(state)


def after_a_random_walk(task: Task, rng: random.Random, steps: int) -> Task:
    semantics = Semantics(task)
    state = semantics.initial_state()
    for _ in range(steps):
        state = semantics.apply(state, rng.choice(list(semantics.applicable_steps(state))))
    return task.with_state(state)


def any_state_at_all(task: Task, rng: random.Random) -> State:
    """Static atoms as they are; each atom that an action can change is true or not by chance."""
    changing = {
        effect.atom.predicate
        for action in task.domain.actions
        for effect in simple_effects(action.effects)
        if hasattr(effect, "atom")
    }
    hierarchy = TypeHierarchy(task.domain, task.objects)
    atoms = {a for a in task.problem.init if a.predicate not in changing}
    for predicate in (task.domain.predicate(p) for p in sorted(changing)):
        assert len(predicate.parameters) == 1
        for name in hierarchy.objects_of(predicate.parameters[0].types):
            if rng.random() < 0.5:
                atoms.add(Atom(predicate.name, (name,)))
    return State(frozenset(atoms))


def test_the_library_holds_these_domains() -> None:
    assert names() == ("blocksworld", "gripper", "logistics", "software-release")


def test_an_unknown_domain_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="did you mean `blocksworld`"):
        bundled("blockworld")


@pytest.mark.parametrize("name", ["", "..", "../blocksworld", "os", "Blocksworld"])
def test_only_names_of_the_library_are_loaded(name: str) -> None:
    with pytest.raises(InputError, match="the library has no domain"):
        bundled(name)


@each_domain
def test_a_bundled_domain_is_complete(name: str) -> None:
    library = bundled(name)
    assert library.domain.name == name
    assert library.wording.title
    assert library.wording.summary
    assert library.sizes
    assert [i.name for i in library.instances][:2] == ["p1", "p2"]


@each_domain
def test_a_bundled_domain_survives_writing_and_reading(name: str) -> None:
    domain = bundled(name).domain
    assert read_domain(write_domain(domain)) == domain


@each_domain
def test_a_bundled_domain_words_every_predicate_and_action_itself(name: str) -> None:
    library = bundled(name)
    asked_for = {
        effect.atom.predicate
        for action in library.domain.actions
        for effect in simple_effects(action.effects)
        if isinstance(effect, Add)
    }
    for predicate, phrasing in library.wording.predicates.items():
        assert phrasing.read
        assert bool(phrasing.goal) == (predicate in asked_for), predicate
        assert phrasing.deny.count("{") == phrasing.say.count("{")
        assert "it is not so that" not in phrasing.deny
    statements = [s for p in library.wording.predicates.values() for s in (p.say, *p.read)]
    assert len(statements) == len(set(statements))


@each_instance
def test_an_instance_survives_writing_and_reading(name: str, instance: str) -> None:
    task = bundled(name).instance(instance).task
    assert read_problem(write_problem(task.problem), task.domain) == task.problem


@each_instance
def test_an_instance_can_be_solved(name: str, instance: str) -> None:
    task = bundled(name).instance(instance).task
    semantics = Semantics(task)
    assert not semantics.goal_holds(semantics.initial_state())
    assert is_solvable(task)


@each_instance
def test_the_english_goal_of_an_instance_names_the_objects_of_its_goal(
    name: str, instance: str
) -> None:
    found = bundled(name).instance(instance)
    words = found.goal_text.replace(",", " ").split()
    parts = list(conjuncts(found.task.problem.goal))
    atoms = [p if isinstance(p, Atom) else p.part for p in parts]
    assert {a for atom in atoms for a in atom.args} == {
        o.name for o in found.task.objects if o.name in words
    }
    # Every conjunct is one clause: clauses are joined by commas and by `and`.
    assert len(found.goal_text.replace(" and ", ", ").split(", ")) == len(parts)


@each_domain
def test_a_generated_problem_can_be_written_read_and_solved(name: str) -> None:
    library = bundled(name)
    for seed in SEEDS:
        problem = library.generate(seed)
        assert read_problem(write_problem(problem), library.domain) == problem
        task = Task(library.domain, problem)
        semantics = Semantics(task)
        assert not semantics.goal_holds(semantics.initial_state())
        assert is_solvable(task), f"seed {seed}"


@each_domain
def test_the_same_seed_gives_the_same_problem_and_another_seed_another(name: str) -> None:
    library = bundled(name)
    first = [library.generate(seed) for seed in SEEDS]
    assert first == [library.generate(seed) for seed in SEEDS]
    assert len({replace(problem, name="") for problem in first}) == len(SEEDS)


@each_domain
def test_the_smallest_and_larger_sizes_give_problems_that_can_be_solved(name: str) -> None:
    library = bundled(name)
    smallest = {size.name: size.low for size in library.sizes}
    larger = {size.name: min(size.high, size.default * 2) for size in library.sizes}
    for sizes in (smallest, larger):
        for seed in range(5):
            problem = library.generate(seed, **sizes)
            assert is_solvable(Task(library.domain, problem)), (seed, sizes)


@each_domain
def test_each_size_is_counted_by_the_problem(name: str) -> None:
    library = bundled(name)
    for size in library.sizes:
        usual = library.generate(0)
        more = library.generate(0, **{size.name: size.default + 1})
        assert len(more.objects) > len(usual.objects)


def test_sizes_are_checked() -> None:
    library = bundled("blocksworld")
    with pytest.raises(InputError, match="unknown size `block`: did you mean `blocks`"):
        library.generate(0, block=3)
    with pytest.raises(InputError, match="must be from 2 to 200, not 1"):
        library.generate(0, blocks=1)
    with pytest.raises(InputError, match="whole number"):
        library.generate(0, blocks=True)
    with pytest.raises(InputError, match="negative"):
        library.generate(-1)


@each_domain
def test_no_sequence_of_steps_leads_to_a_dead_end(name: str) -> None:
    library = bundled(name)
    for seed in range(5):
        rng = random.Random(seed)
        for instance in library.instances:
            assert is_solvable(after_a_random_walk(instance.task, rng, 25)), (seed, instance.name)


@pytest.mark.parametrize("instance", ["p1", "p2", "p3"])
def test_a_release_can_be_finished_whichever_atoms_are_lost_or_turn_up(instance: str) -> None:
    task = bundled("software-release").instance(instance).task
    for seed in SEEDS:
        state = any_state_at_all(task, random.Random(seed))
        assert is_solvable(task.with_state(state)), f"seed {seed}"


def test_a_release_goes_from_dependencies_to_dependants() -> None:
    task = bundled("software-release").instance("p1").task
    semantics = Semantics(task)
    ready = {"image-built", "on-staging", "checked"}
    state = semantics.initial_state()
    state = State(state.atoms | {Atom(p, ("shop",)) for p in ready})
    steps = {str(step) for step in semantics.applicable_steps(state)}
    assert "(deploy-to-production shop)" not in steps
    state = State(state.atoms | {Atom("in-production", ("accounts",))})
    steps = {str(step) for step in semantics.applicable_steps(state)}
    assert "(deploy-to-production shop)" in steps


def test_an_unknown_instance_is_answered_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="gripper has no instance `q9`: known: `p1`"):
        bundled("gripper").instance("q9")


DOMAIN = """(define (domain lamps) (:predicates (lit ?lamp))
  (:action light :parameters (?lamp) :precondition (not (lit ?lamp)) :effect (lit ?lamp)))"""
PROBLEM = "(define (problem dark) (:domain lamps) (:objects a b) (:init) (:goal (lit a)))"


def write_folder(folder: Path, **files: str) -> LibraryDomain:
    for name, text in {"domain.pddl": DOMAIN, "p2.pddl": PROBLEM, **files}.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return load_folder(folder)


def test_a_folder_of_ones_own_is_loaded_without_running_code(tmp_path: Path) -> None:
    folder = tmp_path / "lamps"
    folder.mkdir()
    loaded = write_folder(
        folder,
        **{
            "p10.pddl": PROBLEM,
            "generator.py": "raise SystemExit('code was run')",
            "wording.toml": '[predicates.lit]\nsay = "{lamp} shines"',
            "instances.toml": '[p2]\ngoal = "light  a"',
        },
    )
    assert loaded.name == "lamps"
    assert [i.name for i in loaded.instances] == ["p2", "p10"]
    assert [i.goal_text for i in loaded.instances] == ["light a", ""]
    assert loaded.wording.predicates["lit"].say == "{lamp} shines"
    with pytest.raises(InputError, match="lamps has no generator"):
        loaded.generate(0)


def test_a_folder_needs_only_a_domain(tmp_path: Path) -> None:
    loaded = write_folder(tmp_path)
    assert loaded.wording.predicates["lit"].say == "{lamp} is lit"
    assert loaded.instances[0].task.problem.name == "dark"


def test_a_folder_that_is_wrong_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        load_folder(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"there is no file .*domain\.pddl"):
        load_folder(tmp_path)
    with pytest.raises(InputError, match=r"instances\.toml: p3: there is no file p3\.pddl"):
        write_folder(tmp_path, **{"instances.toml": '[p3]\ngoal = "light a"'})
    with pytest.raises(InputError, match=r"instances\.toml: p2: `goal = "):
        write_folder(tmp_path, **{"instances.toml": "[p2]\ngoal = 3"})
    with pytest.raises(InputError, match=r"instances\.toml:1:\d: this is not TOML"):
        write_folder(tmp_path, **{"instances.toml": "[p2"})
