"""PDDL checked as a compiler does: what is legal, but impossible, idle or most likely a mistake.

The readers report what is wrong with syntax and names. The rules here report what a planner would
only show by failing: contradictions, goals out of reach, effects that do nothing, unused names,
initial states in which an object is in two places. An error is proved: it makes an action or a goal
impossible. Warnings and notes rest on what is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from goalsmith.domains.checks.actions import (
    dead_effects,
    idle_effects,
    impossible_conditions,
    opposed_effects,
)
from goalsmith.domains.checks.applicable import inapplicable_actions, unfinished
from goalsmith.domains.checks.codes import CODES, Code
from goalsmith.domains.checks.functions import constant_metric, undefined_numbers
from goalsmith.domains.checks.goals import goals
from goalsmith.domains.checks.initial import (
    broken_invariants,
    missing_facts,
    one_way_facts,
    repeated_facts,
)
from goalsmith.domains.checks.names import (
    unused_constants,
    unused_functions,
    unused_parameters,
    unused_predicates,
    unused_types,
)
from goalsmith.domains.checks.requirements import requirements
from goalsmith.domains.checks.subject import Subject, Text
from goalsmith.domains.diagnostics import MAX_FINDINGS, Diagnostic
from goalsmith.domains.language import Domain
from goalsmith.domains.reading.located import Reading, read_domain_located, read_problem_located

__all__ = ["CODES", "Code", "check_domain", "check_problem", "check_task"]

Rule = Callable[[Subject], Iterator[Diagnostic]]

ACTION_RULES: tuple[Rule, ...] = (impossible_conditions, opposed_effects, dead_effects)
"""Rules that look at one action at a time: they hold whatever the rest of the domain says."""

RULES: tuple[Rule, ...] = (
    *ACTION_RULES,
    idle_effects,
    unused_parameters,
    unused_types,
    unused_predicates,
    unused_functions,
    unused_constants,
    requirements,
    goals,
    repeated_facts,
    broken_invariants,
    missing_facts,
    one_way_facts,
    undefined_numbers,
    constant_metric,
    inapplicable_actions,
    unfinished,
)

PROBLEM_RULES: tuple[Rule, ...] = (
    goals,
    repeated_facts,
    broken_invariants,
    missing_facts,
    one_way_facts,
    undefined_numbers,
)
"""Rules about what a problem says, given that its domain is as it should be."""


def check_domain(text: str, name: str = "<domain>") -> tuple[Diagnostic, ...]:
    """All findings about a domain's text, in its order.

    Where the text has errors of syntax or names, they come with those findings that stand anyway.

    Raises:
        InputError: the text is too long.
    """
    reading = read_domain_located(text, name)
    return _sorted(reading.findings, _domain_findings(reading))


def check_task(
    domain_text: str,
    problem_text: str,
    domain_name: str = "<domain>",
    problem_name: str = "<problem>",
) -> tuple[Diagnostic, ...]:
    """All findings about a domain and a problem: those of the domain first, in the text's order.

    Where a text has errors of syntax or names, they come with those findings that stand anyway.

    Raises:
        InputError: a text is too long.
    """
    domain = read_domain_located(domain_text, domain_name)
    problem = read_problem_located(problem_text, domain, problem_name)
    readers = (*domain.findings, *problem.findings)
    if readers or domain.value is None or problem.value is None:
        return _sorted(readers, _domain_findings(domain), (domain_name, problem_name))
    subject = Subject(domain.value, Text(domain.places), problem.value, Text(problem.places))
    return _sorted((), _apply(RULES, subject), (domain_name, problem_name))


def check_problem(
    problem_text: str, domain: Domain, name: str = "<problem>"
) -> tuple[Diagnostic, ...]:
    """All findings about a problem's text, over a domain that is taken to be right.

    Raises:
        InputError: the text is too long.
    """
    nowhere = read_domain_located("").places
    problem = read_problem_located(problem_text, Reading(domain, nowhere, ()), name)
    if problem.findings or problem.value is None:
        return _sorted(problem.findings, iter(()), (name,))
    subject = Subject(domain, Text(nowhere), problem.value, Text(problem.places))
    found = (each for each in _apply(PROBLEM_RULES, subject) if each.source == name)
    return _sorted((), found, (name,))


def _domain_findings(reading: Reading[Domain]) -> Iterator[Diagnostic]:
    if reading.value is not None:
        rules = ACTION_RULES if reading.findings else RULES
        yield from _apply(rules, Subject(reading.value, Text(reading.places)))


def _apply(rules: tuple[Rule, ...], subject: Subject) -> Iterator[Diagnostic]:
    for rule in rules:
        yield from rule(subject)


def _sorted(
    readers: tuple[Diagnostic, ...], findings: Iterator[Diagnostic], names: tuple[str, ...] = ()
) -> tuple[Diagnostic, ...]:
    """Findings by text and place; of one text, no more than anybody reads."""
    by_source: dict[str, list[Diagnostic]] = {name: [] for name in names}
    for each in dict.fromkeys((*readers, *findings)):
        by_source.setdefault(each.source, []).append(each)
    shown: list[Diagnostic] = []
    for source, found in by_source.items():
        found.sort(key=_rank)
        shown += sorted(found[:MAX_FINDINGS], key=_place)
        if len(found) > MAX_FINDINGS and not any(d.code == "more" for d in found):
            more = f"{len(found) - MAX_FINDINGS} findings of less weight are not shown"
            shown.append(Diagnostic("more", more, "note", source=source))
    return tuple(shown)


def _rank(finding: Diagnostic) -> int:
    return ("error", "warning", "note").index(finding.severity)


def _place(finding: Diagnostic) -> tuple[bool, int, int]:
    """Findings about the text as a whole come last."""
    position = finding.position
    return position is None, position.offset if position else 0, _rank(finding)
