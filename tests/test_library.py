"""The bundled domains: they read, they can be solved, and there is a way back from everywhere."""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import (
    Add,
    And,
    Assign,
    Atom,
    Condition,
    Effect,
    Equal,
    Exists,
    Forall,
    ForEach,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    When,
    atoms_in,
    conjuncts,
    effect_conditions,
    simple_effects,
)
from goalsmith.domains.language import Domain, State, Task, TypeHierarchy
from goalsmith.domains.library import LibraryDomain, bundled, clashes, load_folder, names
from goalsmith.domains.outcome import Outcome
from goalsmith.domains.plans import Step
from goalsmith.domains.reader import read_domain, read_problem
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_domain, write_problem
from goalsmith.solve import Limits, solve
from goalsmith.translate import read_offline

SEEDS = range(20)
FEW_SEEDS = range(3)
WITH_DEAD_ENDS = {"sokoban"}
NOT_ASKED_FOR = {"alerting", "impaired", "incident-open", "wrong"}
"""Predicates that steps make true and nobody wants to be."""

INSTANCES = [(name, i.name) for name in names() for i in bundled(name).instances]
each_domain = pytest.mark.parametrize("name", names())
each_instance = pytest.mark.parametrize(("name", "instance"), INSTANCES)
each_reversible_domain = pytest.mark.parametrize(
    "name", [name for name in names() if name not in WITH_DEAD_ENDS]
)


def is_solvable(task: Task) -> bool:
    """Whether a planner finds a plan; `solve` has our own semantics carry it out."""
    return solve(task, limits=Limits(seconds=30)).outcome is Outcome.SOLVED


def after_a_random_walk(task: Task, rng: random.Random, steps: int) -> Task:
    semantics = Semantics(task)
    state = semantics.initial_state()
    for _ in range(steps):
        state = semantics.apply(state, rng.choice(list(semantics.applicable_steps(state))))
    return task.with_state(state)


def added(domain: Domain) -> set[str]:
    """The predicates that steps can make true."""
    return {
        effect.atom.predicate
        for action in domain.actions
        for effect in simple_effects(action.effects)
        if isinstance(effect, Add)
    }


def parameters_in(part: Condition | Effect) -> Iterator[Parameter]:
    """The parameters that quantifiers bind."""
    match part:
        case Forall(parameters, inner) | Exists(parameters, inner):
            yield from parameters
            yield from parameters_in(inner)
        case Not(inner):
            yield from parameters_in(inner)
        case And(parts) | Or(parts):
            for each in parts:
                yield from parameters_in(each)
        case Imply(premise, conclusion):
            yield from parameters_in(premise)
            yield from parameters_in(conclusion)
        case When(condition, effects):
            yield from parameters_in(condition)
            for effect in effects:
                yield from parameters_in(effect)
        case ForEach(parameters, effects):
            yield from parameters
            for effect in effects:
                yield from parameters_in(effect)


def terms_in(condition: Condition) -> Iterator[str]:
    for atom in atoms_in(condition):
        yield from atom.args
    if isinstance(condition, Equal):
        yield from (condition.left, condition.right)


def any_state_at_all(task: Task, rng: random.Random) -> State:
    """Static atoms as they are; each atom that an action can change is true or not by chance."""
    changing = task.domain.changing_predicates()
    hierarchy = TypeHierarchy(task.domain, task.objects)
    atoms = {a for a in task.problem.init if a.predicate not in changing}
    for predicate in (task.domain.predicate(p) for p in sorted(changing)):
        assert len(predicate.parameters) == 1
        for name in hierarchy.objects_of(predicate.parameters[0].types):
            if rng.random() < 0.5:
                atoms.add(Atom(predicate.name, (name,)))
    return State(frozenset(atoms))


def test_the_library_holds_these_domains() -> None:
    assert names() == (
        "barman",
        "blocksworld",
        "data-pipeline-repair",
        "depots",
        "gripper",
        "incident-response",
        "logistics",
        "office-errands",
        "rovers",
        "satellite",
        "software-release",
        "sokoban",
        "travel-booking",
        "warehouse-robots",
    )


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
    assert [i.name for i in library.instances] == ["p1", "p2", "p3"]
    assert all(i.goal_text for i in library.instances)
    assert all(size.low <= size.default <= size.high for size in library.sizes)


@each_domain
def test_a_bundled_domain_survives_writing_and_reading(name: str) -> None:
    domain = bundled(name).domain
    assert read_domain(write_domain(domain)) == domain


@each_domain
def test_a_bundled_domain_words_every_predicate_and_action_itself(name: str) -> None:
    library = bundled(name)
    attainable = {rule.predicate for rule in library.domain.derived} | added(library.domain)
    for predicate, phrasing in library.wording.predicates.items():
        assert phrasing.read
        assert bool(phrasing.goal) == (predicate in attainable - NOT_ASKED_FOR), predicate
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


def check_generated(library: LibraryDomain, seed: int, **sizes: int) -> None:
    problem = library.generate(seed, **sizes)
    assert read_problem(write_problem(problem), library.domain) == problem
    task = Task(library.domain, problem)
    semantics = Semantics(task)
    assert not semantics.goal_holds(semantics.initial_state())
    assert is_solvable(task), (seed, sizes)


@each_domain
@pytest.mark.parametrize("seed", FEW_SEEDS)
def test_a_generated_problem_can_be_written_read_and_solved(name: str, seed: int) -> None:
    check_generated(bundled(name), seed)


@pytest.mark.long
@each_domain
@pytest.mark.parametrize("seed", SEEDS)
def test_a_problem_of_any_seed_can_be_written_read_and_solved(name: str, seed: int) -> None:
    check_generated(bundled(name), seed)


@each_domain
def test_the_same_seed_gives_the_same_problem_and_another_seed_another(name: str) -> None:
    library = bundled(name)
    first = [library.generate(seed) for seed in SEEDS]
    assert first == [library.generate(seed) for seed in SEEDS]
    assert len({replace(problem, name="") for problem in first}) == len(SEEDS)


def smallest(library: LibraryDomain) -> dict[str, int]:
    return {size.name: size.low for size in library.sizes}


@each_domain
def test_the_smallest_problems_can_be_solved(name: str) -> None:
    library = bundled(name)
    for seed in FEW_SEEDS:
        check_generated(library, seed, **smallest(library))


@pytest.mark.long
@each_domain
@pytest.mark.parametrize("seed", range(5))
def test_problems_of_smallest_and_double_sizes_can_be_solved(name: str, seed: int) -> None:
    library = bundled(name)
    check_generated(library, seed, **smallest(library))
    for size in library.sizes:
        check_generated(library, seed, **{size.name: size.low})
    double = {size.name: min(size.high, size.default * 2) for size in library.sizes}
    check_generated(library, seed, **double)


@each_domain
def test_problems_of_the_largest_sizes_are_generated(name: str) -> None:
    library = bundled(name)
    for size in library.sizes:
        problem = library.generate(1, **{size.name: size.high})
        assert read_problem(write_problem(problem), library.domain) == problem


@each_domain
def test_each_size_is_counted_by_the_problem(name: str) -> None:
    library = bundled(name)
    for size in library.sizes:
        usual = library.generate(0)
        more = library.generate(0, **{size.name: size.default + 1})
        grown = [len(p.objects) + len(list(conjuncts(p.goal))) for p in (usual, more)]
        if (name, size.name) != ("sokoban", "pulls"):
            assert grown[1] > grown[0] or len(more.objects) > len(usual.objects), size.name


def test_one_pull_takes_one_box_of_a_sokoban_away() -> None:
    library = bundled("sokoban")
    for seed in SEEDS:
        problem = library.generate(seed, boxes=3, pulls=1)
        standing = {atom for atom in problem.init if atom.predicate == "box-on"}
        assert len(standing - set(conjuncts(problem.goal))) == 1


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


@each_reversible_domain
@pytest.mark.parametrize("instance", ["p1", "p2"])
def test_no_sequence_of_steps_leads_to_a_dead_end(name: str, instance: str) -> None:
    task = bundled(name).instance(instance).task
    assert is_solvable(after_a_random_walk(task, random.Random(0), 25))


@pytest.mark.long
@each_reversible_domain
@pytest.mark.parametrize("seed", SEEDS)
def test_no_sequence_of_steps_of_any_seed_leads_to_a_dead_end(name: str, seed: int) -> None:
    library = bundled(name)
    rng = random.Random(seed)
    for instance in library.instances:
        assert is_solvable(after_a_random_walk(instance.task, rng, 60)), instance.name
    task = Task(library.domain, library.generate(seed))
    assert is_solvable(after_a_random_walk(task, rng, 60))


def test_a_box_of_sokoban_that_is_pushed_to_a_wall_can_leave_no_plan() -> None:
    task = bundled("sokoban").instance("p2").task
    semantics = Semantics(task)
    state = semantics.initial_state()
    state = semantics.apply(state, Step("walk", ("c3-3", "c3-4", "east")))
    assert is_solvable(task.with_state(state))
    state = semantics.apply(state, Step("push", ("c3-4", "c3-5", "c3-6", "east")))
    stuck = solve(task.with_state(state), limits=Limits(seconds=30))
    assert stuck.outcome is Outcome.UNSOLVABLE


@each_domain
def test_every_parameter_of_an_action_is_used(name: str) -> None:
    for action in bundled(name).domain.actions:
        used = set(terms_in(action.precondition))
        for condition in effect_conditions(action.effects):
            used |= set(terms_in(condition))
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign):
                if isinstance(effect.value, FunctionTerm):
                    used |= set(effect.value.args)
            else:
                used |= set(effect.atom.args)
        assert {p.name for p in action.parameters} <= used, action.name


@each_domain
def test_every_predicate_is_read_and_can_be_true(name: str) -> None:
    library = bundled(name)
    domain = library.domain
    conditions = [rule.condition for rule in domain.derived]
    for action in domain.actions:
        conditions += [action.precondition, *effect_conditions(action.effects)]
    conditions += [i.task.problem.goal for i in library.instances]
    read = {atom.predicate for condition in conditions for atom in atoms_in(condition)}
    true = added(domain) | {rule.predicate for rule in domain.derived}
    true |= {atom.predicate for i in library.instances for atom in i.task.problem.init}
    assert {p.name for p in domain.predicates} == read
    assert {p.name for p in domain.predicates} == true


@each_domain
def test_every_function_counts_costs(name: str) -> None:
    domain = bundled(name).domain
    used = set()
    for action in domain.actions:
        for effect in simple_effects(action.effects):
            if isinstance(effect, Assign):
                used.add(effect.target.function)
                if isinstance(effect.value, FunctionTerm):
                    used.add(effect.value.function)
    assert used == {function.name for function in domain.functions}
    for instance in bundled(name).instances:
        assert (instance.task.problem.metric is not None) == bool(domain.functions)


@each_domain
def test_every_type_is_used_and_has_objects(name: str) -> None:
    library = bundled(name)
    domain = library.domain
    parameters = [
        p
        for declared in (*domain.predicates, *domain.functions, *domain.actions, *domain.derived)
        for p in declared.parameters
    ]
    for action in domain.actions:
        parameters += parameters_in(action.precondition)
        for effect in action.effects:
            parameters += parameters_in(effect)
    objects = {o for i in library.instances for o in i.task.objects}
    named = {t for thing in (*parameters, *objects) for t in thing.types}
    hierarchy = TypeHierarchy(domain, tuple(objects))
    assert {t.name for t in domain.types} <= named
    for kind in domain.types:
        assert hierarchy.objects_of((kind.name,)), kind.name


@each_domain
def test_every_action_is_applicable_somewhere(name: str) -> None:
    """In some state on a random walk from an instance, or on the way to a goal."""
    library = bundled(name)
    waiting = {action.name for action in library.domain.actions}
    for seed in range(12):
        for instance in library.instances:
            semantics = Semantics(instance.task)
            rng = random.Random(seed)
            state = semantics.initial_state()
            for _ in range(60):
                steps = list(semantics.applicable_steps(state))
                waiting -= {step.action for step in steps}
                if not waiting:
                    return
                state = semantics.apply(state, rng.choice(steps))
            plan = solve(instance.task, limits=Limits(seconds=30)).plan
            waiting -= {step.action for step in plan or ()}
    assert not waiting


@each_instance
def test_the_english_goal_of_an_instance_reads_as_exactly_its_goal(
    name: str, instance: str
) -> None:
    found = bundled(name).instance(instance)
    read = read_offline(found.goal_text, found.task, bundled(name).wording)
    assert set(conjuncts(read)) == set(conjuncts(found.task.problem.goal))


def test_the_library_uses_the_language_widely() -> None:
    used = {r for name in names() for r in bundled(name).domain.requirements}
    assert used >= {
        ":typing",
        ":negative-preconditions",
        ":disjunctive-preconditions",
        ":existential-preconditions",
        ":universal-preconditions",
        ":conditional-effects",
        ":derived-predicates",
        ":action-costs",
    }


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


LAMP_GENERATOR = """
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import Object, Problem
from goalsmith.domains.sizes import Size

SIZES = (Size("lamps", 2, 1, 9, "lamps"),)

def generate(rng, lamps):
    names = [f"lamp{n}" for n in range(lamps)]
    return Problem("p", "lamps", tuple(map(Object, names)), goal=Atom("lit", (rng.choice(names),)))
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which distributions are installed."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(site: Path, distribution: str, domains: dict[str, str]) -> None:
    """Installs a distribution with no files, and entry points for domains: name to package."""
    info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
    info.joinpath("METADATA").write_text(metadata, encoding="utf-8")
    points = "\n".join(f"{name} = {package}" for name, package in domains.items())
    text = f"[goalsmith.domains]\n{points}\n"
    info.joinpath("entry_points.txt").write_text(text, encoding="utf-8")


def package(site: Path, name: str, **files: str) -> None:
    folder = site / name
    folder.mkdir()
    for file, text in {
        "__init__.py": "",
        "domain.pddl": DOMAIN,
        "p1.pddl": PROBLEM,
        **files,
    }.items():
        folder.joinpath(file).write_text(text, encoding="utf-8")


def test_an_installed_domain_joins_the_library(site: Path) -> None:
    package(site, "lamps_of_one", **{"generator.py": LAMP_GENERATOR})
    package(site, "lamps_of_two")
    install(site, "lamps-one", {"lamps": "lamps_of_one"})
    install(site, "lamps-two", {"plain-lamps": "lamps_of_two"})
    assert {"lamps", "plain-lamps", "gripper"} <= set(names())
    assert clashes() == ()
    lamps = bundled("lamps")
    assert lamps.name == "lamps"
    assert lamps.instance("p1").task.problem.name == "dark"
    assert len(lamps.generate(0, lamps=5).objects) == 5
    assert bundled("plain-lamps").sizes == ()
    with pytest.raises(InputError, match="plain-lamps has no generator"):
        bundled("plain-lamps").generate(0)


def test_a_bundled_domain_is_not_replaced_and_the_clash_is_told(site: Path) -> None:
    package(site, "other_gripper")
    package(site, "lamps_of_ada")
    package(site, "lamps_of_ben")
    install(site, "grippers", {"gripper": "other_gripper"})
    install(site, "lamps-ben", {"lamps": "lamps_of_ben"})
    install(site, "lamps-ada", {"lamps": "lamps_of_ada"})
    assert bundled("gripper").domain.name == "gripper"
    first, second = clashes()
    assert first == (
        "the domain `gripper` of grippers (package other_gripper) is not used: "
        "a bundled domain has that name"
    )
    assert "of lamps-ben" in second
    assert "lamps-ada has one of that name" in second
    assert names().count("lamps") == 1


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (None, "No module named 'lamps_broken'"),
        ({"__init__.py": "1 / 0"}, "ZeroDivisionError: division by zero"),
        ({"generator.py": "SIZES = ()"}, "has no attribute 'generate'"),
        ({"generator.py": "import no_such_module_at_all"}, "no_such_module_at_all"),
        ({"domain.pddl": "(define (domain lamps"}, r"domain\.pddl:1"),
        ({"wording.toml": "[predicates.lid]"}, "did you mean `lit`"),
    ],
)
def test_a_broken_entry_point_is_named(
    site: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str] | None, reason: str
) -> None:
    monkeypatch.delitem(sys.modules, "lamps_broken", raising=False)
    monkeypatch.delitem(sys.modules, "lamps_broken.generator", raising=False)
    if files is not None:
        package(site, "lamps_broken", **files)
    install(site, "broken-lamps", {"lamps": "lamps_broken"})
    assert "lamps" in names()
    with pytest.raises(InputError, match=reason) as caught:
        bundled("lamps")
    assert str(caught.value).startswith(
        "the domain `lamps` of broken-lamps (package lamps_broken) is broken: "
    )
