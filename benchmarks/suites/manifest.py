"""Manifests: suites and configurations written down in TOML.

    suites = ["ipc/gripper", "ipc/**/p0?.pddl", "library:logistics,packages=4..6,seed=1..10"]
    exclude = ["ipc/barman/*"]

    [[tasks]]
    domain = "own/robots.pddl"
    problem = "own/kitchen.pddl"
    name = "robots/kitchen"

    [configurations.lama-any]
    alias = "lama"
    seeds = "1..3"

All parts may be left out. Paths are relative to the manifest. What `suites` and `exclude` list is
what the command line takes, further manifests included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from goalsmith.benchmarks.configurations import Configuration, quality_of
from goalsmith.benchmarks.suites.library_problem import numbers_in
from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.reader import load_text
from goalsmith.domains.wording.toml import parse_toml

SUFFIX = ".toml"

_PARTS = ("suites", "exclude", "tasks", "configurations")
_TASK_KEYS = ("domain", "problem", "name")
_TEXTS = ("engine", "quality", "search", "alias")
_CONFIGURATION_KEYS = (*_TEXTS, "seeds", "options")


@dataclass(frozen=True, slots=True)
class NamedPair:
    """A domain file and a problem file, and what the task is called: `domain/problem`, or None."""

    domain: Path
    problem: Path
    name: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest holds.

    Attributes:
        path: the manifest.
        suites: what is to be searched for tasks, as the command line takes it.
        exclude: what of it is left out.
        tasks: single tasks.
        configurations: how they are to be solved.
    """

    path: Path
    suites: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tasks: tuple[NamedPair, ...] = ()
    configurations: tuple[Configuration, ...] = ()


def read_manifest(path: str | Path) -> Manifest:
    """Reads a manifest.

    Raises:
        InputError: it cannot be read, is not TOML, or has what no manifest has; the message tells
            the place.
    """
    path = Path(path)
    table = parse_toml(load_text(path), str(path))
    _check_keys(table, _PARTS, str(path))
    configurations = _table(table.get("configurations", {}), f"{path}: configurations")
    return Manifest(
        path,
        _texts(table, "suites", path),
        _texts(table, "exclude", path),
        tuple(
            _pair(path.parent, _table(each, place), place)
            for place, each in _numbered(table.get("tasks", []), f"{path}: tasks")
        ),
        tuple(
            _configuration(name, _table(given, place), place)
            for name, given in configurations.items()
            for place in [f"{path}: configurations.{name}"]
        ),
    )


def _pair(folder: Path, given: Mapping[str, object], place: str) -> NamedPair:
    _check_keys(given, _TASK_KEYS, place)
    for key in ("domain", "problem"):
        if key not in given:
            raise InputError(f"{place}: `{key}` is missing: the path of a file")
    domain, problem = (_text(given[key], f"{place}: {key}") for key in ("domain", "problem"))
    name = None
    if "name" in given:
        said = _text(given["name"], f"{place}: name")
        before, _, after = said.rpartition("/")
        # Files are called after tasks, and must stay in their folders.
        if not before or {"", ".", ".."} & set(said.split("/")):
            raise InputError(f"{place}: name: `domain/problem` is expected, not {said!r}")
        name = before, after
    return NamedPair(folder / domain, folder / problem, name)


def _configuration(name: str, given: Mapping[str, object], place: str) -> Configuration:
    _check_keys(given, _CONFIGURATION_KEYS, place)
    texts = {key: _text(given[key], f"{place}: {key}") for key in _TEXTS if key in given}
    seeds = _seeds(given["seeds"], f"{place}: seeds") if "seeds" in given else (0,)
    options = _options(given.get("options", {}), f"{place}: options")
    quality = texts.pop("quality", quality_of(texts.get("alias")))
    try:
        return Configuration(
            name,
            quality=quality,  # type: ignore[arg-type]
            seeds=seeds,
            options=options,
            **texts,
        )
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def _options(given: object, place: str) -> tuple[tuple[str, str | int | float | bool], ...]:
    """Options that are said as a table of texts, numbers and true or false."""
    if not isinstance(given, Mapping):
        raise InputError(f'{place}: a table is expected, such as {{heuristic = "hff"}}')
    found: list[tuple[str, str | int | float | bool]] = []
    for name, value in given.items():
        if not isinstance(value, str | int | float | bool):
            raise InputError(f"{place}: {name}: a text, a number, true or false is expected")
        found.append((str(name), value))
    return tuple(found)


def _seeds(given: object, place: str) -> tuple[int, ...]:
    """Seeds that are said as a number, a range such as "1..10", or a list of numbers."""
    numbers = given if isinstance(given, list) else [given]
    found: list[int] = []
    for each in numbers:
        if isinstance(each, bool) or not isinstance(each, int | str):
            raise InputError(f'{place}: a number, "1..10" or a list is expected, not {each!r}')
        found += numbers_in(str(each), place)
    return tuple(found)


def _texts(table: Mapping[str, object], key: str, path: Path) -> tuple[str, ...]:
    return tuple(
        _text(each, place) for place, each in _numbered(table.get(key, []), f"{path}: {key}")
    )


def _numbered(given: object, place: str) -> Iterable[tuple[str, object]]:
    """What a list holds, each with its place."""
    if not isinstance(given, list):
        raise InputError(f"{place}: a list is expected, not {given!r}")
    return [(f"{place}[{number}]", each) for number, each in enumerate(given, 1)]


def _table(given: object, place: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise InputError(f"{place}: a table is expected, not {given!r}")
    return given


def _text(given: object, place: str) -> str:
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        raise InputError(f"{place}: a text is expected, not {given!r}")
    return given


def _check_keys(table: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            raise InputError(f"{place}: unknown key `{key}`: {did_you_mean(key, known, 'key')}")
