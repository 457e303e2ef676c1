"""From English to a plan on recorded pairs: plans for translated goals solve the gold tasks."""

from __future__ import annotations

from pathlib import Path

from test_translate_pairs import COUNT, chosen_pairs, translate_pairs

from goalsmith.solve import Limits, solve, validate


def test_plans_for_translated_goals_are_valid_for_the_gold_problems(data: Path) -> None:
    pairs = chosen_pairs(data)
    solved = 0
    for pair, translation in zip(pairs, translate_pairs(pairs), strict=True):
        solution = solve(translation.task, limits=Limits(seconds=60.0))
        assert solution.plan is not None, f"{pair.name}: {solution.evidence}"
        assert validate(pair.gold, solution.plan).valid, pair.name
        solved += 1
    assert solved == COUNT >= 20
