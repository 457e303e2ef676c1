"""English made into goals by a model whose answers were recorded: no key and no network.

With a model's name as its argument the example asks that model, and records its answers anew. Those
in `wishes.jsonl` come from a script that stands for a model: its first answer misspells a
predicate, and is handed back; of its samples, one in three disagrees.
"""

from __future__ import annotations

import sys
from pathlib import Path

from goalsmith import OpenAIModel, Planner
from goalsmith.translate import Asking, Model
from goalsmith.translate.models.recording import RecordingModel, ReplayModel

RECORDING = Path(__file__).with_name("wishes.jsonl")

WISHES = (
    ("Blue belongs on top of red.", Asking()),
    ("Make a tower with green at its foot, red on it, and blue on top.", Asking(samples=3)),
)


def show(model: Model) -> None:
    """Prints each wish with the goal that was made of it, and how sure that is."""
    planner = Planner("blocksworld", model=model)
    for text, asking in WISHES:
        wish = planner.translate(text, problem="p1", asking=asking)
        print(text)
        print(f"  {wish.goal_pddl}, that is, {wish.said}")
        for number, asked in enumerate(wish.rounds[:-1], 1):
            for finding in asked.findings:
                print(f"  answer {number} was handed back: {finding.message}")
        if wish.confidence is not None:
            print(f"  {wish.confidence:.0%} of {wish.samples} translations agree")


def main() -> None:
    """Replays the recording, or makes a new one with the model named."""
    if len(sys.argv) > 1:
        RECORDING.unlink(missing_ok=True)
        show(RecordingModel(OpenAIModel(sys.argv[1]), RECORDING))
    else:
        show(ReplayModel(RECORDING))


if __name__ == "__main__":
    main()
