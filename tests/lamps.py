"""A domain of lamps, whose sensible plans all have the same length, and a suite of its tasks."""

from __future__ import annotations

from pathlib import Path

DOMAIN = """(define (domain lamps)
  (:predicates (lamp ?x) (plugged ?x) (lit ?x))
  (:action plug :parameters (?x) :precondition (lamp ?x) :effect (plugged ?x))
  (:action light :parameters (?x) :precondition (plugged ?x) :effect (lit ?x)))
"""

WORDING = """title = "Lamps"
[predicates.plugged]
say = "{x} is plugged in"
[predicates.lit]
say = "{x} shines"
deny = "{x} is dark"
"""


def problem(names: str) -> str:
    """The problem to light lamps, each called by a letter."""
    lamps, lit = (" ".join(f"({p} {n})" for n in names) for p in ("lamp", "lit"))
    return (
        f"(define (problem p{len(names)}) (:domain lamps) (:objects {' '.join(names)})\n"
        f"  (:init {lamps}) (:goal (and {lit})))\n"
    )


def lamps_suite(folder: Path, *problems: str) -> Path:
    """A folder of tasks `p1`, `p2` and so on, which light these lamps."""
    place = folder / "suite" / "lamps"
    place.mkdir(parents=True)
    place.joinpath("domain.pddl").write_text(DOMAIN, encoding="utf-8")
    for number, names in enumerate(problems, 1):
        place.joinpath(f"p{number}.pddl").write_text(problem(names), encoding="utf-8")
    return folder / "suite"
