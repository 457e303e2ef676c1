"""The competition's instances in the test data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from goalsmith.domains.language import Task
from goalsmith.domains.reader import load_task

QUICK = (
    "airport-adl", "blocks", "driverlog", "elevators-sat08-strips", "freecell", "gripper",
    "logistics00", "logistics98", "miconic", "miconic-fulladl", "miconic-simpleadl", "movie",
    "nomystery-sat11-strips", "openstacks-sat08-adl", "philosophers", "psr-middle", "rovers",
    "satellite", "schedule", "sokoban-sat08-strips", "storage", "tpp", "transport-sat08-strips",
    "visitall-sat11-strips", "woodworking-sat08-strips", "zenotravel",
)  # fmt: skip
"""Domains of which each engine solves p01 and p02 in a second or two."""

SLOW = (
    "agricola-sat18-strips", "barman-sat14-strips", "caldera-sat18-adl", "childsnack-sat14-strips",
    "citycar-sat14-adl", "depot", "floortile-sat11-strips", "parcprinter-sat11-strips",
    "tidybot-sat11-strips",
)  # fmt: skip
"""The other domains: some engine takes long over p01 or p02, or does not solve it in a minute."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance by its domain's folder and its number."""

    domain: str
    number: int

    def files(self, data: Path) -> tuple[Path, Path]:
        folder = data / "ipc" / self.domain
        domain = folder / "domain.pddl"
        if not domain.exists():
            domain = folder / f"p{self.number:02}-domain.pddl"
        return domain, folder / f"p{self.number:02}.pddl"

    def load(self, data: Path) -> Task:
        return load_task(*self.files(data))

    def __str__(self) -> str:
        return f"{self.domain}-p{self.number:02}"
