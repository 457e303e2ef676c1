"""Loading a domain with its wording and instances: bundled, installed, or in a person's folder.

A folder holds `domain.pddl`, optionally `wording.toml`, instances (`p1.pddl` …) and optionally
`instances.toml`, which gives the goal of each instance in English. A package may also hold
`generator.py`; code in a person's own folder is never run.

Another distribution adds a domain by an entry point of the group `goalsmith.domains`, from the
domain's name to the package that holds its files.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module, resources
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import GoalsmithError, InputError
from goalsmith.domains.language import Domain, Problem, Task
from goalsmith.domains.reader import load_text, read_domain, read_problem
from goalsmith.domains.sizes import Size, chosen_sizes
from goalsmith.domains.wording import Wording, default_wording, read_wording
from goalsmith.domains.wording.toml import parse_toml

PACKAGE = "goalsmith.domains.library"

GROUP = "goalsmith.domains"
"""The group of entry points by which other distributions add domains."""

MAX_INSTANCES = 500
"""Instances that a folder may hold."""

Generator = Callable[..., Problem]
"""Makes a problem from a `random.Random` and sizes given by name."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A task of a domain, and its goal in English (empty where nobody wrote it down)."""

    name: str
    task: Task
    goal_text: str = ""


@dataclass(frozen=True, slots=True)
class LibraryDomain:
    """A domain with all that comes along with it."""

    name: str
    domain: Domain
    wording: Wording
    instances: tuple[Instance, ...] = ()
    sizes: tuple[Size, ...] = ()
    generator: Generator | None = field(default=None, compare=False, repr=False)

    def instance(self, name: str) -> Instance:
        """The instance of that name. Raises InputError when there is none."""
        for instance in self.instances:
            if instance.name == name:
                return instance
        hint = did_you_mean(name, (i.name for i in self.instances), "instance")
        raise InputError(f"{self.name} has no instance `{name}`: {hint}")

    def generate(self, seed: int, **sizes: int) -> Problem:
        """A random problem that has a plan; the same for the same seed and sizes.

        Raises:
            InputError: the domain has no generator, the seed is negative, or a size is unknown or
                out of range.
        """
        if self.generator is None:
            raise InputError(f"{self.name} has no generator of problems")
        if seed < 0:
            raise InputError(f"a seed must not be negative, as {seed} is")
        problem = self.generator(random.Random(seed), **chosen_sizes(self.sizes, sizes))
        return replace(problem, name=f"{self.name}-seed-{seed}")


def names() -> tuple[str, ...]:
    """The names of the domains that are bundled or installed, in alphabetical order."""
    return tuple(sorted({*_bundled_names(), *_installed()[0]}))


def clashes() -> tuple[str, ...]:
    """A sentence for each installed domain that is not used, since another has its name."""
    return _installed()[1]


def bundled(name: str) -> LibraryDomain:
    """A domain that is bundled or installed.

    Raises InputError when there is none of that name, or an installed one cannot be loaded.
    """
    if name in _bundled_names():
        return _of_package(name, f"{PACKAGE}.{name.replace('-', '_')}")
    found = _installed()[0].get(name)
    if found is None:
        hint = did_you_mean(name, names(), "domain")
        raise InputError(f"the library has no domain `{name}`: {hint}")
    try:
        return _of_package(name, found.module)
    except GoalsmithError as error:
        raise InputError(f"{_origin(found)} is broken: {error}") from None
    except Exception as error:
        # Code of others, which may raise anything at all when it is imported.
        raise InputError(f"{_origin(found)} is broken: {type(error).__name__}: {error}") from None


@lru_cache(maxsize=1)
def _bundled_names() -> frozenset[str]:
    folders = (f for f in resources.files(PACKAGE).iterdir() if f.is_dir())
    return frozenset(_public(f.name) for f in folders if f.joinpath("domain.pddl").is_file())


def _installed() -> tuple[dict[str, EntryPoint], tuple[str, ...]]:
    """The entry points of installed domains by name, and what is to be said of the others.

    A bundled domain goes first, then the distribution whose name comes first in the alphabet.
    """
    found: dict[str, EntryPoint] = {}
    unused = []
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, _distribution(p))):
        if point.name in _bundled_names():
            unused.append(f"{_origin(point)} is not used: a bundled domain has that name")
        elif point.name in found:
            used = _distribution(found[point.name])
            unused.append(f"{_origin(point)} is not used: {used} has one of that name")
        else:
            found[point.name] = point
    return found, tuple(unused)


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else ""


def _origin(point: EntryPoint) -> str:
    return f"the domain `{point.name}` of {_distribution(point)} (package {point.module})"


@lru_cache(maxsize=64)
def _of_package(name: str, package: str) -> LibraryDomain:
    """The domain in a package, with its generator where there is one."""
    loaded = _load(resources.files(package), name)
    if find_spec(f"{package}.generator") is None:
        return loaded
    module = import_module(f"{package}.generator")
    return replace(loaded, sizes=module.SIZES, generator=module.generate)


def load_folder(path: str | Path) -> LibraryDomain:
    """The domain in a person's own folder. It has no generator, since no code there is run.

    Every `*.pddl` file but those ending in `domain.pddl` is an instance.

    Raises:
        InputError: there is no such folder or no `domain.pddl` in it, or a file in it is wrong.
    """
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"there is no folder {path}")
    return _load(path, path.resolve().name)


def _load(folder: Traversable, name: str) -> LibraryDomain:
    domain_file = folder.joinpath("domain.pddl")
    domain = read_domain(_text(domain_file), str(domain_file))
    wording = default_wording(domain)
    wording_file = folder.joinpath("wording.toml")
    if wording_file.is_file():
        wording = read_wording(_text(wording_file), domain, str(wording_file))
    return LibraryDomain(name, domain, wording, _instances(folder, domain))


def _instances(folder: Traversable, domain: Domain) -> tuple[Instance, ...]:
    files = [f for f in folder.iterdir() if f.name.endswith(".pddl") and not _is_domain(f.name)]
    if len(files) > MAX_INSTANCES:
        raise InputError(f"{folder} holds {len(files)} instances; {MAX_INSTANCES} at most are read")
    by_name = {f.name.removesuffix(".pddl"): f for f in files}
    texts = _goal_texts(folder.joinpath("instances.toml"), tuple(by_name))
    return tuple(
        Instance(
            name,
            Task(domain, read_problem(_text(by_name[name]), domain, str(by_name[name]))),
            texts.get(name, ""),
        )
        for name in sorted(by_name, key=_natural)
    )


def _goal_texts(file: Traversable, instances: tuple[str, ...]) -> dict[str, str]:
    """The English goals in an `instances.toml`, where there is one."""
    if not file.is_file():
        return {}
    texts: dict[str, str] = {}
    for name, table in parse_toml(_text(file), str(file)).items():
        if name not in instances:
            hint = did_you_mean(name, instances, "instance")
            raise InputError(f"{file}: {name}: there is no file {name}.pddl: {hint}")
        goal = table.get("goal") if isinstance(table, dict) else None
        if not isinstance(goal, str):
            raise InputError(f'{file}: {name}: `goal = "…"` is expected, and nothing else')
        texts[name] = " ".join(goal.split())
    return texts


def _text(file: Traversable) -> str:
    return load_text(file) if isinstance(file, Path) else file.read_text(encoding="utf-8")


def _is_domain(file_name: str) -> bool:
    return file_name.endswith("domain.pddl")


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts p2 before p10."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((int(p[:18]), "") if p.isascii() and p.isdigit() else (-1, p) for p in parts)


def _public(folder_name: str) -> str:
    return folder_name.replace("_", "-")
