"""The domains and problems that clients may name, and those that they write themselves.

What a client says is a known name or a text in PDDL, which has a parenthesis; it is never a path.
"""

from __future__ import annotations

from collections.abc import Iterator

from goalsmith.domains.diagnostics import did_you_mean, printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.library import names
from goalsmith.domains.reader import read_condition, read_domain, read_problem
from goalsmith.mcp_server.configuration import Configuration
from goalsmith.mcp_server.environments import Configured
from goalsmith.world import World


class Catalogue:
    """The bundled domains, and those of the configured environments.

    Args:
        configuration: the owner's.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._own: dict[str, tuple[World, dict[str, Task]]] = {}
        for each in configuration.environments.values():
            if each.world is not None:
                name = each.world.domain.name
                _, tasks = self._own.setdefault(name, (each.world, {}))
                tasks.update((task.problem.name, task) for task in each.problems)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all known domains."""
        return tuple(sorted({*names(), *self._own}))

    def world(self, domain: str) -> World:
        """A known domain, or one in a text.

        Raises:
            PddlError: the text has errors.
            InputError: there is no domain of that name.
        """
        if is_pddl(domain):
            return World.of(read_domain(domain))
        if domain in self._own:
            return self._own[domain][0]
        if domain in names():
            return World.of(domain)
        hint = did_you_mean(domain, self.names, "domain")
        raise InputError(
            f"there is no domain `{domain[:80]}`: {_closed(hint)} Or give a domain in PDDL; files "
            "are not read"
        )

    def instances(self, world: World) -> Iterator[tuple[str, Task, str]]:
        """The known problems of a domain: the name, the task, and its goal in English."""
        known = set()
        if world.library is not None:
            for instance in world.library.instances:
                known.add(instance.name)
                yield instance.name, instance.task, instance.goal_text
        own_world, tasks = self._own.get(world.domain.name, (None, {}))
        if own_world is not None and own_world.domain == world.domain:
            for name, task in tasks.items():
                if name not in known:
                    yield name, task, ""

    def task(self, world: World, problem: str | None, goal: str | None = None) -> Task:
        """A known problem of a domain, one in a text, or, for None, the first known one.

        Args:
            world: the domain.
            problem: a name or PDDL.
            goal: a condition in PDDL, in place of the problem's own goal.

        Raises:
            PddlError: a text has errors.
            InputError: there is no such problem, or none at all.
        """
        task = self._task(world, problem)
        return task if goal is None else with_goal(task, goal)

    def task_in(
        self, environment: Configured, domain: str | None, problem: str | None, goal: str | None
    ) -> tuple[World, Task]:
        """The task of a run in an environment: only of its domain and, if it has any, its problems.

        Raises:
            PddlError: a text has errors.
            InputError: the environment is not for this.
        """
        where = f"the environment `{environment.name}`"
        if domain is not None and is_pddl(domain):
            raise InputError(
                f"plans are carried out in known domains only, and not in one in a text: {where} "
                f"is for {_belongs(environment)}"
            )
        if environment.world is None:
            if domain is None:
                raise InputError(f"{where} is for any bundled domain: say which `domain`")
            if domain not in names():
                hint = did_you_mean(domain, names(), "domain")
                raise InputError(f"{where} has no domain `{domain[:80]}`: {hint}")
            world = World.of(domain)
        else:
            world = environment.world
            if domain not in (None, world.domain.name, _library_name(world)):
                raise InputError(f"{where} is for {_belongs(environment)}, not `{domain[:80]}`")
        if not environment.problems:
            return world, self.task(world, problem, goal)
        by_name = {task.problem.name: task for task in environment.problems}
        name = environment.problems[0].problem.name if problem is None else problem
        if name not in by_name:
            said = "a problem in a text" if is_pddl(name) else f"`{name[:80]}`"
            hint = did_you_mean(name, by_name, "problem")
            raise InputError(
                f"{where} is only for the problems that its owner gave, not for {said}: {hint}"
            )
        task = by_name[name]
        return world, task if goal is None else with_goal(task, goal)

    def _task(self, world: World, problem: str | None) -> Task:
        if problem is not None and is_pddl(problem):
            return Task(world.domain, read_problem(problem, world.domain))
        by_name = {name: task for name, task, _ in self.instances(world)}
        if problem is None:
            if not by_name:
                raise InputError(
                    f"the domain `{world.domain.name}` has no problems of its own: give one in PDDL"
                )
            return next(iter(by_name.values()))
        if problem not in by_name:
            hint = did_you_mean(problem, by_name, "problem")
            raise InputError(
                f"the domain `{world.domain.name}` has no problem `{problem[:80]}`: "
                f"{_closed(hint)} Or give a problem in PDDL; files are not read"
            )
        return by_name[problem]


def with_goal(task: Task, goal: str) -> Task:
    """A task with another goal, which a client gives in PDDL.

    Raises:
        PddlError: the text has errors.
        InputError: it is no PDDL at all.
    """
    if not is_pddl(goal):
        raise InputError(
            f"`{printable(goal, 80)}` is no goal: a `goal` is a condition in PDDL, such as "
            "(and (on a b)); `translate` makes one from English"
        )
    return task.with_goal(read_condition(goal, task))


def _closed(hint: str) -> str:
    """A suggestion as a sentence that another may follow."""
    return hint if hint.endswith("?") else f"{hint}."


def is_pddl(said: str) -> bool:
    """Whether what a client says is a text in PDDL, and not a name."""
    return "(" in said


def world_of(task: Task) -> World:
    """The bundled domain of a task with its wording, or, of another, one worded by its names."""
    return World.again(task.domain)


def _library_name(world: World) -> str:
    return world.library.name if world.library else world.domain.name


def _belongs(environment: Configured) -> str:
    world = environment.world
    return "any bundled domain" if world is None else f"the domain `{world.domain.name}`"
