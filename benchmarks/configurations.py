"""Configurations: how tasks are to be solved, under names of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.solve.answer import Quality
from goalsmith.solve.engines import ENGINES, engines_to_ask
from goalsmith.solve.fast_downward.engine import FastDownward, aliases
from goalsmith.solve.unified_planning.engine import PACKAGES as UNIFIED
from goalsmith.solve.unified_planning.engine import unified_engines

MOST_SEEDS = 10_000

LONGEST_NAME = 100
"""Characters of a configuration's name: it heads columns."""

RACE_NAME = "race"
"""What it is called that engines race; no engine is called so."""

OWNER = "fast-downward"
"""The engine whose searches and aliases can be asked for."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How tasks are to be solved: what `solve` is given, under a name.

    Attributes:
        name: what tables call it; not part of what it is.
        engine: the one engine to ask; None or `race`: they race. Who has a search or an alias is
            known.
        quality: `first` plan, `anytime`: ever better ones, or `optimal`.
        search: a search in Fast Downward's own language.
        alias: a search or portfolio that Fast Downward knows by this name.
        seeds: for chance; a task is solved once with each.
        options: parameters of an engine of unified-planning, sorted by their names.

    Raises:
        InputError: a value is not possible.
    """

    name: str
    engine: str | None = None
    quality: Quality = "first"
    search: str | None = None
    alias: str | None = None
    seeds: tuple[int, ...] = (0,)
    options: tuple[tuple[str, str | int | float | bool], ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable() or len(self.name) > LONGEST_NAME:
            raise InputError(
                f"a configuration's name is a line of 1 to {LONGEST_NAME} characters, "
                f"not {self.name[:LONGEST_NAME]!r}"
            )
        if self.quality not in get_args(Quality):
            hint = did_you_mean(self.quality, get_args(Quality), "quality")
            raise InputError(f"unknown quality `{self.quality}`: {hint}")
        if self.search is not None and self.alias is not None:
            raise InputError("a search and an alias cannot be given together")
        if self.engine == RACE_NAME:
            object.__setattr__(self, "engine", None)
        if self.search is not None or self.alias is not None:
            if self.engine not in (None, OWNER):
                raise InputError(f"searches and aliases are for {OWNER}, not for `{self.engine}`")
            # So that it is the same, whether this was said or not.
            object.__setattr__(self, "engine", OWNER)
        if self.options and self.engine is None:
            raise InputError("options belong to one engine: name it with `engine`")
        object.__setattr__(self, "options", tuple(sorted(self.options)))
        for word in (self.engine, self.alias):
            if word is not None and (not word or not word.isprintable() or " " in word):
                raise InputError(f"an engine or an alias is one word, not {word!r}")
        if self.search is not None and not (self.search.strip() and self.search.isprintable()):
            raise InputError("a search is one line of text, such as `astar(lmcut())`")
        if not 0 < len(self.seeds) <= MOST_SEEDS or len(set(self.seeds)) < len(self.seeds):
            raise InputError(f"a configuration has from 1 to {MOST_SEEDS} seeds, each once")
        if not all(0 <= seed < 2**63 for seed in self.seeds):
            raise InputError("a seed is a whole number from 0 to 2^63 - 1")

    @property
    def canonical(self) -> str:
        """All but the name and the seeds as a text: equal for what is the same to `solve`."""
        said = [self.engine or RACE_NAME]
        if self.quality != "first":
            said.append(self.quality)
        if self.alias is not None:
            said.append(f"alias={self.alias}")
        if self.search is not None:
            said.append(f"search={self.search}")
        if self.options:
            said.append(f"options={json.dumps(dict(self.options))}")
        return " ".join(said)


RACE = Configuration(RACE_NAME)
"""The engines race for the first plan, as by default everywhere."""

OPTIMAL_ALIASES = "seq-opt-"
"""How the aliases of Fast Downward that prove plans cheapest begin."""

FIRST_ALIASES = frozenset({"lama-first"})
"""Its aliases that end with the first plan. All others look for better ones."""


def quality_of(alias: str | None) -> Quality:
    """What is asked of a plan where it is not said: what the alias is made for."""
    if alias is None or alias in FIRST_ALIASES:
        return "first"
    return "optimal" if alias.startswith(OPTIMAL_ALIASES) else "anytime"


BUILT_IN = (
    RACE,
    Configuration("anytime", quality="anytime"),
    Configuration("optimal", quality="optimal"),
)
"""Configurations without a file, beside those that engines and aliases are."""


def chosen(names: Sequence[str], own: Sequence[Configuration]) -> tuple[Configuration, ...]:
    """The configurations of some names; without names, all of one's own, or else the race.

    A name is one of one's own configurations, a built-in one (`race`, `anytime`, `optimal`), an
    engine (`kairos`, `symk-opt`), an engine with what is asked of its plans (`kairos/anytime`), or
    an alias of Fast Downward (`lama-first`, or `fast-downward/lama-first`).

    Raises:
        InputError: there is none of a name, or two of them are the same.
    """
    by_name: dict[str, Configuration] = {}
    for each in own:
        if by_name.setdefault(each.name, each) != each:
            raise InputError(f"there are two different configurations called `{each.name}`")
    found = [_of_name(name, by_name) for name in names] or list(by_name.values()) or [RACE]
    taken: dict[str, str] = {}
    for each in found:
        other = taken.setdefault(each.canonical, each.name)
        if other != each.name:
            raise InputError(f"the configurations `{other}` and `{each.name}` are the same")
    return tuple(dict.fromkeys(found))


def _of_name(name: str, own: Mapping[str, Configuration]) -> Configuration:
    known = {each.name: each for each in BUILT_IN} | dict(own)
    if name in known:
        return known[name]
    engine, _, what = name.partition("/")
    alias = what if engine == OWNER else name
    if alias not in get_args(Quality) and alias in aliases():
        return Configuration(name, alias=alias, quality=quality_of(alias))
    if not what or what in get_args(Quality):
        quality = cast(Quality, what or "first")
        if engine == RACE_NAME:
            return Configuration(name, quality=quality)
        if is_engine(engine):
            return Configuration(name, engine, quality)
    everything = [*known, *ENGINES, *UNIFIED, *aliases()]
    raise InputError(
        f"unknown configuration `{name}`: {did_you_mean(name, everything, 'configuration')}"
    )


def is_engine(name: str) -> bool:
    """Whether there is an engine of a name, installed or not. May take a second or two."""
    return name in ENGINES or name in UNIFIED or name in unified_engines()


def available(configuration: Configuration) -> None:
    """Finds out whether a configuration can be run here.

    Raises:
        InputError: there is no such engine or alias.
        UnsupportedError: the engine is not installed, or none is.
    """
    engines_to_ask(configuration.engine, configuration.quality, dict(configuration.options))
    if configuration.alias is not None:
        FastDownward(alias=configuration.alias)
