"""The configuration of the MCP server: a TOML file of its owner.

    [limits]
    seconds = 30

    [environments.practice]
    kind = "simulator"
    action_fails = 0.1

    [environments.robot]
    kind = "program"
    domain = "courier.pddl"
    problems = ["delivery.pddl"]
    command = ["python", "robot_program.py"]

Files and folders are looked for beside it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reader import load_text
from goalsmith.domains.wording.toml import parse_toml
from goalsmith.execute import Faults
from goalsmith.execute.durable import Simulated
from goalsmith.execute.environments import ActLimits
from goalsmith.mcp_server.bounds import Limits
from goalsmith.mcp_server.environments import (
    Approval,
    Configured,
    Kind,
    Program,
    Simulation,
    Sort,
    ToolServer,
)
from goalsmith.mcp_server.tables import Table
from goalsmith.world import World

_RATES: Final = ("action_fails", "effect_lost", "moved", "effect_late")
"""How likely the faults of a simulator are, as `Faults` has them."""

SIMULATOR: Final = "simulator"
"""The one environment where none is configured: a world of any bundled domain without faults."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the owner of a server allows.

    Attributes:
        limits: of all calls and runs.
        environments: the worlds that runs may act in, by name.
    """

    limits: Limits = field(default_factory=Limits)
    environments: Mapping[str, Configured] = field(
        default_factory=lambda: {
            SIMULATOR: Configured(
                SIMULATOR,
                Simulation(Simulated()),
                "a simulated world of any bundled domain, in which all goes as expected",
                shared=True,
            )
        },
        hash=False,
    )

    def environment(self, name: str) -> Configured:
        """The environment of a name. Raises InputError, which names those that there are."""
        if name not in self.environments:
            hint = did_you_mean(name, self.environments, "environment")
            raise InputError(f"no environment `{name[:80]}` is configured: {hint}")
        return self.environments[name]


def load_configuration(path: Path) -> Configuration:
    """The configuration in a file.

    Raises:
        InputError: it cannot be read, is no TOML, or says something unknown or wrong; or a domain
            or a problem that it names does.
    """
    table = Table(parse_toml(load_text(path), str(path)), str(path))
    limits = _limits(table.table("limits"))
    folder = path.resolve().parent
    given = table.tables("environments")
    table.finish()
    environments = {name: _environment(name, each, folder) for name, each in given.items()}
    if not environments:
        raise InputError(f"{path}: no environment is configured: write [environments.NAME]")
    _check_names(environments, path)
    return Configuration(limits, environments)


def _limits(table: Table) -> Limits:
    default = Limits()
    limits = Limits(
        seconds=table.number("seconds", default.seconds, 0.1),
        runs=table.whole("runs", default.runs, 1, 1000),
        open_runs=table.whole("open_runs", default.open_runs, 1, 10_000),
        run_seconds=table.number("run_seconds", default.run_seconds, 0.1),
        run_steps=table.whole("run_steps", default.run_steps, 1),
        replans=table.whole("replans", default.replans, 0),
    )
    table.finish()
    return limits


def _environment(name: str, table: Table, folder: Path) -> Configured:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{table.place}: the name of an environment has at most 64 letters, digits, `_`, `.` "
            "and `-`, and begins with a letter or a digit"
        )
    sort = Sort(table.choice("kind", tuple(Sort)))
    world = _world(table, folder)
    if world is None and sort is not Sort.SIMULATOR:
        raise InputError(f"{table.place}: `domain` is missing: a domain file or a bundled name")
    configured = Configured(
        name,
        _kind(sort, table, folder),
        table.text("about"),
        world,
        _problems(table, world, folder),
        Approval(table.choice("approval", tuple(Approval), Approval.CLIENT)),
        table.flag("shared", default=sort is Sort.SIMULATOR),
    )
    table.finish()
    if configured.problems and not isinstance(configured.kind, Simulation):
        # What does not fit is told now, and not at the first run.
        try:
            configured.kind.environment(configured.problems[0])
        except InputError as error:
            raise InputError(f"{table.place}: {error}") from None
    return configured


def _world(table: Table, folder: Path) -> World | None:
    said = table.text("domain")
    if not said:
        return None
    if said in names():
        return World.of(said)
    try:
        return World.of(folder / said)
    except PddlError:
        raise  # it tells its place itself
    except InputError as error:
        hint = did_you_mean(said, names(), "domain")
        raise InputError(f"{table.place}: {error}; of the bundled domains, {hint}") from None


def _problems(table: Table, world: World | None, folder: Path) -> tuple[Task, ...]:
    """The problems that the owner gives: names of instances, or files."""
    said = table.words("problems", ())
    if said and world is None:
        raise InputError(f"{table.place}: `problems` need the `domain` that they belong to")
    tasks: list[Task] = []
    for word in said:
        assert world is not None
        known = {i.name for i in world.library.instances} if world.library else set()
        task = world.task(word if word in known else folder / word)
        if any(task.problem.name == other.problem.name for other in tasks):
            raise InputError(f"{table.place}: two problems are called `{task.problem.name}`")
        tasks.append(task)
    return tuple(tasks)


def _kind(sort: Sort, table: Table, folder: Path) -> Kind:
    if sort is Sort.SIMULATOR:
        rates = (table.number(name, 0.0, 0, 1) for name in _RATES)
        action_fails, effect_lost, moved, effect_late = rates
        faults = Faults(
            table.whole("seed", 0, 0),
            action_fails=action_fails,
            effect_lost=effect_lost,
            moved=moved,
            effect_late=effect_late,
            limit=table.whole("fault_limit", 0, 0) if "fault_limit" in table else None,
        )
        return Simulation(Simulated(faults, table.number("step_delay", 0.0, 0, 3600)))
    command = table.words("command")
    place = folder / table.text("folder")
    if not place.is_dir():
        raise InputError(f"{table.place}: there is no folder {place}")
    program = command[0]
    if not ((place / program).is_file() if "/" in program else shutil.which(program)):
        raise InputError(f"{table.place}: there is no program `{program}`")
    seconds = table.number("seconds", 60.0, 0.001)
    variables = table.texts("variables")
    acts = ActLimits(
        retries=table.whole("retries", 0, 0, 100), delay=table.number("retry_delay", 0.5, 0, 3600)
    )
    if sort is Sort.PROGRAM:
        return Program(command, place, seconds, variables, acts)
    state, tools = table.text("state", None), table.texts("tools")
    return ToolServer(command, place, state, tools, seconds, variables, acts)


def _check_names(environments: Mapping[str, Configured], path: Path) -> None:
    """Raises InputError where a domain's name would mean two domains."""
    known: dict[str, Domain] = {}
    for each in environments.values():
        if each.world is None:
            continue
        domain = each.world.domain
        if domain.name in names():
            known.setdefault(domain.name, bundled(domain.name).domain)
        if known.setdefault(domain.name, domain) != domain:
            raise InputError(
                f"{path}: [environments.{each.name}]: there is another domain called "
                f"`{domain.name}`: give this one another name"
            )
