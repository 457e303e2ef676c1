"""Made-up runs for the tests of reports, the same for the same seed."""

from __future__ import annotations

import math
from random import Random

from goalsmith.benchmarks import Key, Result
from goalsmith.benchmarks.scores import Improvement
from goalsmith.domains.outcome import Outcome

DOMAINS = (
    *("agricola", "barman", "blocks", "caldera", "childsnack", "data-network", "depots"),
    *("driverlog", "elevators", "floortile", "freecell", "gripper", "hiking", "logistics"),
    *("miconic", "nomystery", "openstacks", "parking", "rovers", "satellite", "sokoban"),
    *("tetris", "transport", "visitall", "woodworking"),
)

CONFIGURATIONS = {
    # How fast, how good, and how its time grows with difficulty.
    "race": (1.0, 1.15, 1.0),
    "lama-first": (1.6, 1.3, 1.05),
    "lama-anytime": (1.6, 1.0, 1.05),
    "blind": (0.6, 1.0, 1.9),
}
LIMIT = 30.0


def key(task: str, configuration: str, seed: int = 0) -> Key:
    versions = "fast-downward 24.06, kairos 1.0.6"
    return Key(f"hash of {task}", configuration, LIMIT, 3584, versions, "0.1.0", seed)


def result(
    domain: str,
    problem: str,
    configuration: str,
    outcome: Outcome = Outcome.SOLVED,
    seed: int = 0,
    **given: object,
) -> Result:
    return Result(
        key(f"{domain}/{problem}", configuration, seed),
        *(domain, problem, f"{domain}/domain.pddl", f"{domain}/{problem}.pddl", outcome),
        **{
            "configuration": configuration,
            "host": "node1",
            "started": "2026-11-20T10:00:00.000+00:00",
            **given,
        },  # type: ignore[arg-type]
    )


def runs(rows: int = 2_000, seed: int = 1) -> list[Result]:
    """As many runs as asked for: 4 configurations, 25 domains, some crashes."""
    dice = Random(seed)
    made = []
    per_domain = max(1, rows // len(CONFIGURATIONS) // len(DOMAINS))
    for domain in DOMAINS:
        liking = {name: dice.uniform(0.3, 3.0) for name in CONFIGURATIONS}
        for number in range(per_domain):
            difficulty = 0.02 * math.exp(9.5 * (number + dice.random()) / per_domain)
            optimum = dice.randint(8, 90)
            for name in CONFIGURATIONS:
                made.append(
                    _run(dice, domain, f"p{number + 1:02}", name, liking[name], difficulty, optimum)
                )
    return made[:rows]


def _run(
    dice: Random,
    domain: str,
    problem: str,
    name: str,
    liking: float,
    difficulty: float,
    optimum: int,
) -> Result:
    speed, quality, growth = CONFIGURATIONS[name]
    seconds = 0.01 + speed * liking * difficulty**growth * dice.lognormvariate(0, 0.6)
    memory = min(3584.0, 40 + seconds * 80)
    if dice.random() < 0.004:
        return result(
            *(domain, problem, name, Outcome.ENGINE_FAILED),
            evidence=f"fast-downward ended with exit code -11 after {seconds:.2f} s",
            log="translator: done\nsearch: Initial heuristic value\ncaught signal 11 -- exiting\n",
            wall_seconds=seconds,
        )
    if seconds > LIMIT:
        full = name == "blind" and dice.random() < 0.5
        outcome = Outcome.OUT_OF_MEMORY if full else Outcome.OUT_OF_TIME
        return result(
            domain, problem, name, outcome, wall_seconds=LIMIT, cpu_seconds=LIMIT, evidence="limit"
        )
    cost = max(optimum, round(optimum * dice.uniform(1.0, quality))) if quality > 1 else optimum
    plans: tuple[Improvement, ...] = ()
    answered = seconds
    if name == "lama-anytime":
        steps = [(seconds * 1.8**i, round(optimum * (1 + 0.5 / (i + 1)))) for i in range(5)]
        plans = tuple(Improvement(s, c) for s, c in steps if s < LIMIT)
        cost, answered = int(plans[-1].cost), LIMIT if len(plans) < 5 else plans[-1].seconds
    return result(
        *(domain, problem, name),
        engine="fast-downward",
        evidence="validated",
        cost=cost,
        plan_length=cost,
        wall_seconds=answered + 0.05,
        cpu_seconds=answered,
        peak_memory_mb=memory,
        expansions=int(20 + seconds * 30_000 * liking),
        optimal=name == "blind",
        improvements=plans,
    )
