"""Scores of time, memory and effort."""

from __future__ import annotations

import math


def penalised(settled: bool, seconds: float | None, limit: float, factor: float) -> float:
    """The running time in seconds, or `factor` times the limit for a task that was not settled.

    Its mean is the penalised average running time: PAR10 (Hutter, Hoos, Leyton-Brown and Stützle,
    JAIR 36, 2009, section 4), and PAR2 in the SAT competitions (https://satcompetition.github.io).
    An answer after the limit counts as none.
    """
    if not settled or seconds is None or seconds > limit:
        return factor * limit
    return seconds


LEAST_SECONDS = 1.0
LEAST_KIB = 2_000.0
LEAST_EXPANSIONS, MOST_EXPANSIONS = 100.0, 1e6
"""Between these, and up to the limits of time and memory, the logarithmic scores fall from 1 to 0.

They are those of Downward Lab's parsers (`score_planner_time`, `score_planner_memory` and
`score_expansions`, in https://github.com/aibasel/lab, version 8.10)."""


def logarithmic(settled: bool, value: float | None, lower: float, upper: float) -> float:
    """How far a value is below `upper`, on a logarithmic scale on which `lower` and less score 1.

    That is (ln value − ln upper) / (ln lower − ln upper), kept within 0 and 1, and 0 for a task
    that was not settled. Source: `compute_log_score` in `lab/tools.py` of Downward Lab (see above).
    """
    if not settled or value is None:
        return 0.0
    if upper <= lower:
        return 1.0 if value <= lower else 0.0
    within = min(max(value, lower), upper)
    return (math.log(within) - math.log(upper)) / (math.log(lower) - math.log(upper))
