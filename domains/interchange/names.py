"""The names of things in PDDL and in unified-planning (UP), and how each becomes the other.

UP has one space of names for all kinds of things, in PDDL each kind has its own; UP takes any text
for a name and minds its case, PDDL does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from goalsmith.domains.errors import UnsupportedError
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Task

TOTAL_COST = "total-cost"
"""The function that PDDL sums up the costs of actions in."""

MARK = ":"
"""Stands in no name of PDDL, so what follows it in a name can be undone."""

RESERVED = frozenset(
    ("and", "or", "not", "imply", "forall", "exists", "when", "either", "define", "total-time",
     "assign", "increase", "decrease", "scale-up", "scale-down")
)  # fmt: skip
"""Words that mean something else where a name is expected."""

_NAME = re.compile(r"[^\s()?:;=<>\-+*/][^\s()?:;]*")
_NOT_IN_A_NAME = re.compile(r"[\s()?:;]+")


def unified_names(task: Task) -> dict[str, dict[str, str]]:
    """What each thing is called in UP, by its kind and by its name in PDDL.

    A name that is taken by an
    earlier kind (`left`, an action and a predicate) is followed by MARK and its own kind, so that
    it can be undone without a table. Objects and actions come first,
    so that the steps of plans are called by names that are seldom changed.
    """
    domain = task.domain
    declared = {
        "object": [o.name for o in task.objects],
        "action": [a.name for a in domain.actions],
        "predicate": [p.name for p in domain.predicates],
        "function": [f.name for f in domain.functions],
        "type": [ANY_TYPE, *(t.name for t in domain.types)],
    }
    taken: set[str] = set()
    names = {}
    for kind, of_kind in declared.items():
        names[kind] = {n: f"{n}{MARK}{kind}" if n in taken else n for n in of_kind}
        taken.update(names[kind].values())
    return names


def plain_name(name: str, kind: str) -> str:
    """A name without the mark that told it from one of another kind."""
    return name.removesuffix(MARK + kind)


def pddl_name(name: str, kind: str) -> str:
    """What a thing of UP is called in PDDL.

    Raises:
        UnsupportedError: PDDL cannot write the name.
    """
    plain = plain_name(name, kind)
    if not _NAME.fullmatch(plain) or plain.lower() in RESERVED:
        raise UnsupportedError(f"a task cannot express the {kind} name `{name}`")
    return plain


def variable_name(name: str) -> str:
    """A parameter's or variable's name in PDDL; what PDDL cannot write is replaced."""
    return "?" + (_NOT_IN_A_NAME.sub("_", name) or "_")


def title(name: str | None) -> str:
    """A problem's name in PDDL; what PDDL cannot write is replaced."""
    return _NOT_IN_A_NAME.sub("-", name or "").lstrip("=<>-+*/") or "problem"


def check_apart(kind: str, names: Iterable[str]) -> None:
    """Checks that names of one kind differ by more than their case.

    Raises:
        UnsupportedError: two do not.
    """
    spelled: dict[str, str] = {}
    for name in names:
        if name.lower() in spelled:
            other = spelled[name.lower()]
            raise UnsupportedError(
                f"a task cannot express the {kind} names `{other}` and `{name}` side by side: "
                "PDDL does not mind case"
            )
        spelled[name.lower()] = name
