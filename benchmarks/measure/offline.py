"""Prints how much of recorded English is understood without a model, and whether that is right.

Usage: offline.py DATA, the folder of test data. Each text is read twice, with the wording file of
its source and domain from benchmarks/wordings and nothing else:

- its goal, with the objects and the initial state given. The names are those of the given problem;
  where the text has others (`package_0` for p0, the red block for a), the wording file says so. All
  that the text says of the situation must hold in the given state, or it is refused.
- as a whole problem, compared with the recorded one up to renaming.

A reading is wrong if it is not proved equivalent to what was recorded.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from requirement import Requirement

from goalsmith.domains.equivalence import compare
from goalsmith.domains.language import Task
from goalsmith.domains.reader import read_task
from goalsmith.domains.wording import Wording, read_wording
from goalsmith.translate.controlled_english.problems import read_problem_offline
from goalsmith.translate.controlled_english.sentences import read_offline
from goalsmith.translate.rounds import NotTranslatedError

WORDINGS = Path(__file__).parent.parent / "wordings"

Figures = dict[tuple[str, str, str], Counter[str]]
"""By source, domain and style: pairs, and those equivalent, wrong and refused."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A recorded text and problem, with the wording of its source."""

    name: str
    kind: tuple[str, str, str]
    text: str
    task: Task
    wording: Wording


def load(data: Path) -> list[Pair]:
    """The recorded pairs."""
    lines = (data / "nl" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = []
    for row in map(json.loads, lines):
        task = read_task(row["domain_pddl"], row["problem_pddl"])
        file = WORDINGS / f"{row['source']}-{row['domain']}.toml"
        wording = read_wording(file.read_text(encoding="utf-8"), task.domain, file.name)
        kind = (row["source"], row["domain"], row["style"] or "–")
        pairs.append(Pair(row["id"], kind, row["text"], task, wording))
    return pairs


def goal_of(pair: Pair) -> Task:
    """The given situation with the goal that is read."""
    return pair.task.with_goal(read_offline(pair.text, pair.task, pair.wording))


def problem_of(pair: Pair) -> Task:
    """The problem that is read."""
    return read_problem_offline(pair.text, pair.task.domain, pair.wording)


def measure(title: str, pairs: list[Pair], read: Callable[[Pair], Task], renamed: bool) -> Figures:
    """Reads all pairs, and prints and returns the figures."""
    found: Figures = defaultdict(Counter)
    slowest = 0.0
    for pair in pairs:
        counts = found[pair.kind]
        counts["pairs"] += 1
        began = time.process_time()
        try:
            task = read(pair)
        except NotTranslatedError:
            counts["refused"] += 1
            continue
        finally:
            slowest = max(slowest, time.process_time() - began)
        counts["read"] += 1
        verdict = compare(task, pair.task, up_to_renaming=renamed)
        counts["equivalent" if verdict.equal else "wrong"] += 1
        if not verdict.equal:
            print(f"wrong: {pair.name}: {verdict.comparison.value}: {verdict.difference}")
    columns = ("pairs", "read", "equivalent", "refused", "wrong")
    print(f"\n{title}; the slowest took {slowest:.2f} s CPU")
    print(f"{'source':14}{'domain':13}{'style':10}" + "".join(f"{c:>12}" for c in columns))
    for kind, counts in found.items():
        source, domain, style = kind
        print(f"{source:14}{domain:13}{style:10}" + "".join(f"{counts[c]:12}" for c in columns))
    return found


def at_least(
    asked: str, share: float, figures: Figures, *kinds: tuple[str, str, str]
) -> Requirement:
    """That a share of the pairs of each kind is equivalent."""
    shares = [figures[kind]["equivalent"] / max(1, figures[kind]["pairs"]) for kind in kinds]
    shown = ", ".join(f"{' '.join(k[1:])} {s:.1%}" for k, s in zip(kinds, shares, strict=True))
    return Requirement(f"{asked} at least {share:.0%}", shown, min(shares) >= share)


def main() -> None:
    """Prints the figures."""
    pairs = load(Path(sys.argv[1]))
    goals = measure("goals, with the initial state given", pairs, goal_of, renamed=False)
    problems = measure("whole problems, up to renaming", pairs, problem_of, renamed=True)
    wrong = sum(counts["wrong"] for figures in (goals, problems) for counts in figures.values())
    explicit = [("planetarium", domain, "exp->exp") for domain in ("blocksworld", "gripper")]
    templated = [("planbench", domain, "–") for domain in ("blocksworld", "logistics")]
    templated.append(("llm-pddl-gen", "logistics", "Heavily"))
    print()
    print(at_least("a. goals of explicit pairs,", 0.95, goals, *explicit))
    print(at_least("b. whole problems of planbench,", 0.95, problems, templated[0]))
    print(at_least("c. goals of templated pairs,", 0.90, goals, *templated))
    print(Requirement("d. none wrong of what is given as sure", f"{wrong} wrong", wrong == 0))


if __name__ == "__main__":
    main()
