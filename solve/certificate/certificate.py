"""A certificate: a plan with all that is needed to check it without trusting who made it.

It holds the task's digest, the plan, the causal links, the threats to each with the ordering that
resolves them, the cost and what the engine claims, and a digest of all this. `verify` checks it.
Steps count from 1; null stands for the initial state as provider and the goal as consumer.
"""

from __future__ import annotations

import json
from typing import Any

from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import FunctionTerm
from goalsmith.domains.language import Task
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.certificate.seal import sealed
from goalsmith.solve.order.causal import CausalLink, Extent, causal_order
from goalsmith.solve.order.occurrence import atoms_set
from goalsmith.solve.solution import Solution

MOST_THREATS = 1_000_000
"""Threats that a certificate lists at most: some ten megabytes."""


def certificate(task: Task, solution: Solution) -> str:
    """The text of a solution's certificate: JSON, one link to a line.

    Raises:
        InputError: the solution has no plan, its plan is not valid for the task or has no cost,
            or there are more than MOST_THREATS threats.
    """
    plan = solution.plan
    if plan is None or solution.cost is None:
        raise InputError("only a plan that has a cost can be certified")
    links = causal_order(task, plan).links
    semantics = Semantics(task)
    facts = semantics.facts(semantics.initial_state())
    undone: dict[tuple[str, str], list[int]] = {}
    for number, step in enumerate(plan, 1):
        adds, deletes = atoms_set(semantics, facts, step)
        numbers = semantics.perform(facts, step).numbers
        undoes = [("not", str(atom)) for atom in adds]
        undoes += [("atom", str(atom)) for atom in deletes]
        undoes += [("number", str(term)) for term in numbers]
        for each in undoes:
            undone.setdefault(each, []).append(number)
    rows = []
    left = MOST_THREATS
    for link in links:
        kind, fact = _named(link)
        provider = None if link.provider is None else link.provider + 1
        consumer = None if link.consumer is None else link.consumer + 1
        threats = [n for n in undone.get((kind, fact), ()) if n not in (provider, consumer)]
        left -= len(threats)
        if left < 0:
            raise InputError("the plan has too many threats to its links to be certified")
        row: dict[str, object] = {"consumer": consumer, "kind": kind, "fact": fact}
        row["provider"] = provider
        # In a valid plan none stands in between.
        row["before"] = [n for n in threats if n < (provider or 0)]
        row["after"] = [n for n in threats if n > (provider or 0)]
        rows.append(row)
    cost = str(solution.cost)
    content = {
        "plan": [str(step) for step in plan],
        "links": rows,
        "cost": cost,
        "claim": {
            "engine": solution.engine,
            "evidence": solution.evidence,
            "optimal": solution.optimal,
            "bound": cost if solution.optimal else None,
        },
    }
    return _written(sealed(content, task))


def _named(link: CausalLink) -> tuple[str, str]:
    """A link's kind, and the fact or predicate that it is about."""
    literal = link.literal
    if isinstance(literal, Extent):
        return "all", literal.predicate
    if isinstance(literal.fact, FunctionTerm):
        return "number", str(literal.fact)
    return "atom" if literal.positive else "not", str(literal.fact)


def _written(content: dict[str, Any]) -> str:
    """The content as JSON, each step and each link on one line."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in value)
            lines.append(f"  {json.dumps(key)}: [\n{rows}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
