"""Prints how large the grammars of answers are, and what making them costs.

Usage: grammars.py [DATA]

A line for the goals of the first instance of each bundled domain, then for the instances of the
test data with the most types, and with the most objects. Sizes are in kB, times in milliseconds of
CPU time; `properties` are those of the JSON Schema, of which OpenAI allows 5,000 in all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from instances import add_data_argument, files

from goalsmith.domains.errors import GoalsmithError
from goalsmith.domains.language import Task
from goalsmith.domains.library import bundled, names
from goalsmith.domains.reader import load_task
from goalsmith.translate.grammar.goals import goal_grammar
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.grammar.json_form import json_schema
from goalsmith.translate.grammar.text_forms import lark

LARGE = ("tidybot-sat11-strips/p01", "airport-adl/p01", "visitall-sat11-strips/p04")
"""Instances of the test data with many types, predicates and objects."""


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of the fastest of three runs."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found) * 1000


def properties(schema: Any) -> int:
    """The properties of all objects in a JSON Schema."""
    if isinstance(schema, dict):
        own = schema.get("properties")
        inner = sum(map(properties, schema.values()))
        return inner + (len(own) if isinstance(own, dict) else 0)
    return sum(map(properties, schema)) if isinstance(schema, list) else 0


def checked(grammar: Grammar) -> Callable[[], None]:
    """What llguidance does to read a grammar's Lark form."""
    from llguidance import LLMatcher, grammar_from

    text = grammar_from("lark", lark(grammar))

    def check() -> None:
        error = LLMatcher.validate_grammar(text)
        if error:
            raise SystemExit(f"llguidance refuses the grammar: {error}")

    return check


def line(name: str, task: Task, max_depth: int | None = None) -> str:
    """The figures of one task's goals."""

    def make() -> Grammar:
        metric = bool(task.domain.functions)
        return goal_grammar(task, metric=metric, max_depth=max_depth)

    grammar = make()
    size = len(lark(grammar).encode()) / 1000
    return (
        f"{name:32}{len(task.objects):>8}{len(grammar.rules):>7}{size:>9.1f}"
        f"{milliseconds(make):>9.1f}{milliseconds(checked(grammar)):>9.1f}"
        f"{properties(json_schema(grammar)):>12}"
    )


def main() -> None:
    """Prints the lines."""
    arguments = argparse.ArgumentParser()
    add_data_argument(arguments)
    given = arguments.parse_args()
    print(
        f"{'goals of':32}{'objects':>8}{'rules':>7}{'Lark kB':>9}{'made ms':>9}{'read ms':>9}",
        end="",
    )
    print(f"{'properties':>12}")
    for name in names():
        print(line(name, bundled(name).instances[0].task))
    rovers = bundled("rovers").instances[0].task
    print(line("rovers, three deep at most", rovers, max_depth=3))
    for name in LARGE:
        try:
            print(line(name, load_task(*files(given.data, name))))
        except GoalsmithError as error:
            print(f"{name:32}{error}")


if __name__ == "__main__":
    main()
