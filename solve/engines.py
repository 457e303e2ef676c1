"""The engines by name: those of our own, and those of unified-planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError, UnsupportedError
from goalsmith.solve.answer import Engine, Options, Quality
from goalsmith.solve.fast_downward import wheel as fast_downward_wheel
from goalsmith.solve.fast_downward.engine import FastDownward
from goalsmith.solve.kairos import engine as kairos
from goalsmith.solve.kairos.engine import Kairos

ENGINES: dict[str, Engine] = {"kairos": Kairos(), "fast-downward": FastDownward()}
"""The engines that race, in the order in which the race starts them."""

FEATURES = (
    "typing",
    "negative-preconditions",
    "disjunctive-preconditions",
    "quantified-preconditions",
    "conditional-effects",
    "derived-predicates",
    "numeric-fluents",
    "action-costs",
    "optimal",
    "unsolvable",
    "several-plans",
)
"""What an engine may support: parts of the language; plans that it proves cheapest; proofs that
there is no plan; better and better plans."""

_CONDITIONS = frozenset(FEATURES[: FEATURES.index("derived-predicates")])

FEATURES_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "kairos": _CONDITIONS | {"derived-predicates", "numeric-fluents", "action-costs"},
        "fast-downward": _CONDITIONS
        | {"derived-predicates", "action-costs", "optimal", "unsolvable", "several-plans"},
    }
)
"""What the engines of our own support, as they are run here."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine as it is found here.

    Attributes:
        name: by which it is asked for.
        version: its version, or that of its package; empty where that is not known.
        missing: why it cannot be used, with what to do about it; empty when it can.
        features: those of FEATURES that it supports; empty when it is not installed.
    """

    name: str
    version: str
    missing: str
    features: frozenset[str]


def engines_to_ask(
    name: str | None, quality: Quality, options: Options | None = None
) -> list[Engine]:
    """The engine of a name; without one, all that can be asked, in the order of the race.

    Raises:
        InputError: there is no engine of that name, or options are given to one that has none.
        UnsupportedError: the engine is not installed, or none is.
        EngineError: the name is not one of ours, and unified-planning cannot be asked for it.
    """
    if name is not None:
        return [engine_named(name, options)]
    if options:
        raise InputError("options belong to one engine: name it")
    engines = [e for e in ENGINES.values() if not e.missing()]
    if quality == "optimal":
        engines = [e for e in engines if e.name == "fast-downward"]
    if not engines:
        raise UnsupportedError(f"no engine is available. {'; '.join(missing_engines())}")
    return engines


def engine_named(name: str, options: Options | None = None) -> Engine:
    """The engine of a name, one of unified-planning's included. Raises as `engines_to_ask` does."""
    engine = ENGINES.get(name)
    if engine is not None and options:
        instead = "; Fast Downward takes a search or an alias" if name == FastDownward.name else ""
        raise InputError(f"options are for engines of unified-planning, not for `{name}`{instead}")
    if engine is None:
        from goalsmith.solve.unified_planning.engine import (
            PACKAGES,
            UnifiedPlanningEngine,
            unified_engines,
        )

        if name not in PACKAGES and name not in unified_engines():
            known = {**ENGINES, **PACKAGES, **unified_engines()}
            raise InputError(f"unknown engine `{name}`: {did_you_mean(name, known, 'engine')}")
        engine = UnifiedPlanningEngine(name, options)
    if reason := engine.missing():
        raise UnsupportedError(reason)
    return engine


def missing_engines() -> tuple[str, ...]:
    """A sentence for each engine of the race that cannot be used here, with what to do about it."""
    return tuple(reason for each in ENGINES.values() if (reason := each.missing()))


def all_engines() -> tuple[EngineInfo, ...]:
    """All engines that goalsmith knows, ours first. Takes a second or two: see `unified_engines`.

    Raises:
        EngineError: unified-planning's engines cannot be listed.
    """
    from goalsmith.solve.unified_planning.engine import (
        PACKAGES,
        UnifiedPlanningEngine,
        unified_engines,
    )

    versions = {"kairos": kairos.version(), "fast-downward": fast_downward_wheel.version()}
    rows = []
    for name, engine in ENGINES.items():
        missing = engine.missing()
        features = frozenset[str]() if missing else FEATURES_OF.get(name, frozenset())
        rows.append(EngineInfo(name, versions.get(name) or "", missing, features))
    found = unified_engines()
    for name in sorted({*found, *PACKAGES} - set(ENGINES)):
        listed = found.get(name)
        missing = UnifiedPlanningEngine(name).missing()
        features = listed.features if listed else frozenset()
        rows.append(EngineInfo(name, listed.version if listed else "", missing, features))
    return tuple(rows)
