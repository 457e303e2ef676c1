"""Settings: from flags, then environment variables, then a `goalsmith.toml` in the folder of work.

Keys for a model's endpoint come from the environment alone (`OPENAI_API_KEY`), never from a file or
a flag, where they would end up in a repository or a process list.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.reader import load_text
from goalsmith.solve.solution import Limits

FILE = "goalsmith.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. None: not set.

    Attributes:
        model: name of the model that translates.
        base_url: its endpoint, if not OpenAI's.
        dialect: how the endpoint is kept to a grammar; without it, told from its address.
        engine: the one engine to ask; without it they race.
        time_limit: wall seconds for an engine.
        memory_limit: MiB for an engine.
        store: file in which a batch keeps its results.
        runs: URL of the store in which runs are kept.
    """

    model: str | None = None
    base_url: str | None = None
    engine: str | None = None
    time_limit: float | None = None
    memory_limit: int | None = None
    store: str | None = None
    dialect: str | None = None
    runs: str | None = None

    def limits(self) -> Limits:
        """The limits for an engine, with the defaults where nothing is set."""
        limits = Limits()
        if self.time_limit is not None:
            limits = replace(limits, seconds=self.time_limit)
        if self.memory_limit is not None:
            limits = replace(limits, memory_mb=self.memory_limit)
        return limits


def _positive(kind: Callable[[str], float]) -> Callable[[object], object]:
    def convert(value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("not a number")
        number = kind(str(value))
        if not 0 < number < 10**9:
            raise ValueError("not a positive number")
        return number

    return convert


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text")
    return value.strip()


_KINDS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "model": ("a text", _text),
    "base_url": ("a text", _text),
    "engine": ("a text", _text),
    "time_limit": ("a positive number of seconds", _positive(float)),
    "memory_limit": ("a positive whole number of MiB", _positive(int)),
    "store": ("a text", _text),
    "dialect": ("a text", _text),
    "runs": ("a text", _text),
}


def settings(
    flags: Settings | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """The settings in force: each from the first of flags, environment and file that has it.

    Args:
        flags: what the command line or the caller says.
        environment: variables such as `GOALSMITH_TIME_LIMIT`; by default those of the process.
        folder: where `goalsmith.toml` may lie; by default the current folder.

    Raises:
        InputError: a setting is unknown or has a wrong value, or a key stands in the file.
    """
    environment = os.environ if environment is None else environment
    chosen: dict[str, object] = {}
    chosen.update(_from_file((folder or Path()) / FILE))
    for name in _KINDS:
        variable = f"GOALSMITH_{name.upper()}"
        if environment.get(variable):
            chosen[name] = _converted(name, environment[variable], f"the variable {variable}")
    for field in fields(Settings):
        value = getattr(flags, field.name) if flags else None
        if value is not None:
            flag = "--" + field.name.replace("_", "-")
            chosen[field.name] = _converted(field.name, value, flag)
    return Settings(**chosen)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    import tomllib

    try:
        table = tomllib.loads(load_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}") from None
    chosen = {}
    for given, value in table.items():
        name = given.replace("-", "_")
        if "key" in name.lower() or "token" in name.lower():
            raise InputError(
                f"{path}: `{given}` looks like a secret; keys are read from the environment only "
                "(OPENAI_API_KEY)"
            )
        if name not in _KINDS:
            raise InputError(
                f"{path}: unknown setting `{given}`: {did_you_mean(name, _KINDS, 'setting')}"
            )
        chosen[name] = _converted(name, value, f"{path}: `{given}`")
    return chosen


def _converted(name: str, value: object, place: str) -> object:
    wanted, convert = _KINDS[name]
    try:
        return convert(value)
    except ValueError:
        raise InputError(f"{place} must be {wanted}, not {value!r}") from None
