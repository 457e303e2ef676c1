"""Recorded pairs of English and PDDL: the goal that a model answers with is the goal one gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from endpoint import says, serving

from goalsmith.domains.formula import TRUE
from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task
from goalsmith.domains.wording import default_wording
from goalsmith.domains.writer import write_condition
from goalsmith.translate import OpenAIModel, Translation, translate

COUNT = 20


@dataclass(frozen=True)
class Pair:
    """A text, and the task that it describes."""

    name: str
    text: str
    gold: Task


def chosen_pairs(data: Path, count: int = COUNT) -> list[Pair]:
    """Pairs spread evenly over all sources, domains and styles; the same ones every time."""
    file = data / "nl" / "pairs.jsonl"
    if not file.is_file():
        pytest.skip(f"there are no recorded pairs at {file}")
    kinds: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = (row["source"], row["domain"], row["style"] or "")
        kinds.setdefault(kind, []).append(row)
    rounds = max(map(len, kinds.values()))
    turns = [rows[i] for i in range(rounds) for rows in kinds.values() if i < len(rows)]
    return [
        Pair(str(row["id"]), row["text"], read_task(row["domain_pddl"], row["problem_pddl"]))
        for row in turns[:count]
    ]


def translate_pairs(pairs: list[Pair]) -> list[Translation]:
    """The pairs' texts translated by a real client, whose endpoint answers with the gold goals.

    The task that is translated into holds the gold situation, and a goal that asks for nothing.
    """
    found = []
    for pair in pairs:
        goal = write_condition(pair.gold.problem.goal)
        answer = f"The goal is this:\n\n```pddl\n(:goal {goal})\n```\n"
        with serving([says(answer)]) as endpoint:
            model = OpenAIModel("gold", endpoint.url)
            blank = pair.gold.with_goal(TRUE)
            wording = default_wording(pair.gold.domain)
            found.append(translate(pair.text, blank, wording, model))
            assert pair.text in endpoint.messages(0)[1]["content"]
    return found


def test_recorded_texts_are_translated_into_their_gold_goals(data: Path) -> None:
    pairs = chosen_pairs(data)
    assert len(pairs) == COUNT
    assert len({p.gold.domain.name for p in pairs}) >= 3
    for pair, translation in zip(pairs, translate_pairs(pairs), strict=True):
        assert translation.task == pair.gold, pair.name
        assert translation.said
        # Some goals hold already: the model is asked once whether that is meant.
        assert len(translation.rounds) == 1 + bool(translation.doubts), pair.name
        assert {d.code for d in translation.doubts} <= {"goal-already-true"}
