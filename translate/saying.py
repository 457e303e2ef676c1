"""Conditions, goals, plans and states said in English, from a domain's wording.

What is said of a conjunction of atoms and negated atoms is controlled English: it reads back as the
same goal without a model, unless the wording gives two predicates the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import (
    ANY_TYPE,
    And,
    Arithmetic,
    Atom,
    Compare,
    Condition,
    Equal,
    Exists,
    Expression,
    Forall,
    FunctionTerm,
    Imply,
    Not,
    Or,
    Parameter,
    conjuncts,
)
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_expression

MAX_SHOWN = 6
"""Facts of one kind, and objects of one type, said one by one; of more, the first and a count."""

_RELATIONS = {
    "<": "is less than",
    "<=": "is at most",
    "=": "is",
    ">=": "is at least",
    ">": "is more than",
}


def said(condition: Condition, task: Task, wording: Wording) -> str:
    """A condition as one sentence, without a full stop."""
    return _Speaker(task.domain, wording).say(condition)


def goal_lines(task: Task, wording: Wording) -> tuple[str, ...]:
    """A task's goal, one line for each of its conjuncts."""
    speaker = _Speaker(task.domain, wording)
    return tuple(speaker.say(part) for part in conjuncts(task.problem.goal))


def step_lines(steps: Iterable[Step], domain: Domain, wording: Wording) -> tuple[str, ...]:
    """Steps as imperatives, one line each. Raises KeyError for an action the domain lacks."""
    return tuple(wording.step(domain, step) for step in steps)


def object_lines(task: Task, wording: Wording) -> tuple[str, ...]:
    """A task's objects, one line for each type: `4 blocks: a, b, c and d`."""
    by_type: dict[tuple[str, ...], list[str]] = {}
    for each in task.objects:
        by_type.setdefault(each.types, []).append(each.name)
    lines = []
    for types, names in by_type.items():
        kinds = [wording.types[t].one if len(names) == 1 else wording.types[t].many for t in types]
        lines.append(f"{len(names)} {listed(kinds, 'or')}: {_some(names)}")
    return tuple(lines)


def state_lines(
    task: Task, wording: Wording, atoms: Iterable[Atom] | None = None
) -> tuple[str, ...]:
    """What holds, one line for each predicate; a large number of facts is counted.

    By default of the initial state, else of the given atoms.
    """
    by_predicate: dict[str, list[Atom]] = {}
    for atom in sorted(task.problem.init if atoms is None else atoms):
        by_predicate.setdefault(atom.predicate, []).append(atom)
    lines = []
    for name in (p.name for p in task.domain.predicates):
        facts = by_predicate.get(name, [])
        if facts:
            lines.append(_some([wording.atom(task.domain, a) for a in facts]))
    return tuple(lines)


def problem_text(task: Task, wording: Wording) -> str:
    """A whole problem: its objects, what holds at first, what is wanted."""
    blocks = (
        ("There are", object_lines(task, wording)),
        ("At first", state_lines(task, wording)),
        ("The goal", goal_lines(task, wording)),
    )
    return "\n".join(
        line for head, lines in blocks for line in (f"{head}:", *(f"- {each}" for each in lines))
    )


def _some(parts: Sequence[str]) -> str:
    """Parts as a list; of more than a few the first, and how many more."""
    if len(parts) <= MAX_SHOWN:
        return listed(parts)
    return f"{', '.join(parts[:3])} and {len(parts) - 3} more"


class _Speaker:
    """Says conditions."""

    def __init__(self, domain: Domain, wording: Wording) -> None:
        self.domain = domain
        self.wording = wording

    def say(self, condition: Condition) -> str:
        """A condition as a clause or clauses. Variables are said without their question marks."""
        match condition:
            case Atom():
                return self.wording.atom(self.domain, _bare(condition))
            case Not(Atom() as atom):
                return self.wording.atom(self.domain, _bare(atom), positive=False)
            case Not(Equal(left, right)):
                return f"{_name(left)} is not {_name(right)}"
            case Not(part):
                return f"it is not so that {self.part(part)}"
            case Equal(left, right):
                return f"{_name(left)} is {_name(right)}"
            case And(()):
                return "nothing is asked for"
            case And(parts):
                clauses = [self.part(p) for p in parts]
                # A denial of a whole clause would seem to go on after `and`.
                denied = any(c.startswith("it is not so that ") for c in clauses)
                return "; ".join(clauses) if denied else listed(clauses)
            case Or(()):
                return "something impossible holds"
            case Or(parts):
                return f"either {listed([self.part(p) for p in parts], 'or')}"
            case Imply(premise, conclusion):
                return f"if {self.part(premise)}, then {self.part(conclusion)}"
            case Forall(parameters, part):
                return f"for every {self._kinds(parameters)}: {self.part(part)}"
            case Exists(parameters, part):
                return f"for some {self._kinds(parameters)}: {self.part(part)}"
            case Compare(relation, left_value, right_value):
                return f"{_value(left_value)} {_RELATIONS[relation]} {_value(right_value)}"

    def part(self, condition: Condition) -> str:
        """A condition within another: in parentheses where it has parts that could be mistaken."""
        if isinstance(condition, And | Or | Imply | Forall | Exists):
            return f"({self.say(condition)})"
        return self.say(condition)

    def _kinds(self, parameters: Sequence[Parameter]) -> str:
        return listed([f"{self._kind(p.types)} {_name(p.name)}" for p in parameters])

    def _kind(self, types: Sequence[str]) -> str:
        return listed(
            [self.wording.types[t].one if t != ANY_TYPE else "object" for t in types], "or"
        )


def _name(term: str) -> str:
    return term.removeprefix("?")


def _bare(atom: Atom) -> Atom:
    return Atom(atom.predicate, tuple(map(_name, atom.args)))


def _value(expression: Expression) -> str:
    match expression:
        case FunctionTerm(function, args):
            words = function.replace("-", " ").replace("_", " ")
            return f"the {words}" + (f" of {listed(list(map(_name, args)))}" if args else "")
        case Arithmetic():
            return write_expression(expression)
        case _:
            return write_expression(expression)
