"""Every code that a check reports: how grave it is, and what it says in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from goalsmith.domains.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """How grave a finding is, and what it means.

    An error makes an action or a goal impossible; a warning is most likely a mistake; a note is
    worth a look, and may well be meant.
    """

    severity: Severity
    meaning: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        # Names
        "unused-parameter": Code("warning", "a parameter that nothing mentions"),
        "unused-type": Code("warning", "a type that nothing in the domain asks for"),
        "unused-predicate": Code("warning", "a predicate that no action, rule or goal mentions"),
        "unused-function": Code("warning", "a function that nothing reads or changes"),
        "unused-constant": Code("note", "a constant that nothing mentions"),
        "never-true": Code("note", "a predicate that is asked for, but that nothing makes true"),
        "never-read": Code("note", "a predicate that is changed, but that nothing asks for"),
        # Actions
        "contradictory-precondition": Code("error", "a precondition that contradicts itself"),
        "contradictory-rule": Code("warning", "a derived rule whose condition contradicts itself"),
        "add-and-delete": Code("warning", "an action deletes an atom that it also adds"),
        "idle-effect": Code("warning", "an effect that changes nothing"),
        "idle-action": Code("warning", "an action that changes nothing"),
        "dead-effect": Code("warning", "a conditional effect that can never take place"),
        "never-applicable": Code("note", "an action that is never applicable in this problem"),
        # Goals
        "contradictory-goal": Code("error", "a goal that contradicts itself"),
        "static-goal": Code("error", "a goal on what no action changes, and which is not so"),
        "unreachable-goal": Code("error", "a goal that no sequence of actions can reach"),
        "goal-already-true": Code("note", "a goal that holds initially"),
        # Initial states
        "broken-invariant": Code("warning", "initial atoms that exclude each other"),
        "duplicate-fact": Code("note", "an initial atom that is stated twice"),
        "missing-fact": Code("note", "an object lacks what all others of its kind have"),
        "one-way": Code("note", "a relation that is mutual nearly everywhere, but not here"),
        # Numbers
        "undefined-number": Code("warning", "a number that is read, but has no initial value"),
        "constant-metric": Code("note", "a metric that no action changes"),
        # Requirements
        "missing-requirement": Code("note", "a feature that is used, but not required"),
        "unused-requirement": Code("note", "a requirement whose feature is not used"),
        "unknown-requirement": Code("note", "a requirement that PDDL does not have"),
        # The checks themselves
        "unfinished": Code("note", "a question that was too large to be decided"),
        "more": Code("note", "there may be more findings than are shown"),
    }
)
