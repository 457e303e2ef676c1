"""Conditions said in English, their facts grouped.

What is said of a conjunction of atoms and negated atoms is controlled English: it reads back as the
same goal without a model, unless the wording gives two predicates the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.domains.wording.defaults import name_words
from goalsmith.domains.writer import write_expression
from goalsmith.translate.saying.grouping import Chain, Group
from goalsmith.translate.saying.names import bare
from goalsmith.translate.saying.statements import Statements

_RELATIONS = {
    "<": "is less than",
    "<=": "is at most",
    "=": "is",
    ">=": "is at least",
    ">": "is more than",
}

_OPERATORS = {"+": " + ", "-": " − ", "*": " × ", "/": " / "}


def said(condition: Condition, task: Task, wording: Wording) -> str:
    """A condition as one sentence, without a full stop."""
    return ConditionSpeaker(Statements(task, wording)).say(condition)


def goal_lines(task: Task, wording: Wording) -> tuple[str, ...]:
    """A task's goal, one line for each group of its conjuncts, in controlled English."""
    return ConditionSpeaker(Statements(task, wording)).lines(task.problem.goal)


@dataclass(frozen=True, slots=True)
class _Clause:
    """Part of a sentence.

    Attributes:
        text: what it says.
        several: it has an `and` in it.
        denies: it has a denial that might seem to go on after it.
    """

    text: str
    several: bool = False
    denies: bool = False


class ConditionSpeaker:
    """Says conditions. When `brief`, not in controlled English; see `Statements.say`."""

    def __init__(self, statements: Statements, brief: bool = False) -> None:
        self.statements = statements
        self.types = statements.wording.types
        self.brief = brief

    def lines(self, condition: Condition) -> tuple[str, ...]:
        """A condition, one line for each group of its conjuncts."""
        return tuple(clause.text for clause in self._clauses(condition))

    def say(self, condition: Condition) -> str:
        """A condition as a clause or clauses. Variables are said without their question marks."""
        match condition:
            case Atom():
                return self.statements.one(condition)
            case Not(Atom() as atom):
                return self.statements.one(atom, positive=False)
            case Not(Equal(left, right)):
                return f"{bare(left)} is not {bare(right)}"
            case Not(part):
                return f"it is not so that {self.part(part)}"
            case Equal(left, right):
                return f"{bare(left)} is {bare(right)}"
            case And():
                clauses = tuple(self._clauses(condition))
                texts = [c.text for c in clauses]
                if not texts:
                    return "nothing is asked for"
                apart = any(c.several for c in clauses) or any(c.denies for c in clauses[:-1])
                return "; ".join(texts) if apart else listed(texts)
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
                return f"{said_value(left_value)} {_RELATIONS[relation]} {said_value(right_value)}"

    def part(self, condition: Condition) -> str:
        """A condition within another: in parentheses where it has parts that could be mistaken."""
        if isinstance(condition, And | Or | Imply | Forall | Exists):
            return f"({self.say(condition)})"
        return self.say(condition)

    def _clauses(self, condition: Condition) -> Iterator[_Clause]:
        """The conjuncts of a condition: facts and denied facts in groups, the rest one by one.

        Each group stands where its first fact does.
        """
        parts = tuple(dict.fromkeys(conjuncts(condition)))
        together: dict[tuple[str, bool], list[Atom]] = {}
        for part in parts:
            atom, positive = _literal(part)
            if atom is not None:
                together.setdefault((atom.predicate, positive), []).append(atom)
        groups = {
            (group.atoms[0], positive): group
            for (_, positive), atoms in together.items()
            for group in self.statements.grouped(atoms, positive=positive, brief=self.brief)
        }
        for part in parts:
            atom, positive = _literal(part)
            if atom is None:
                text = self.part(part) if len(parts) > 1 else self.say(part)
                yield _Clause(text, denies=isinstance(part, Not))
            elif (atom, positive) in groups:
                yield self._clause(groups[atom, positive], positive)

    def _clause(self, group: Group | Chain, positive: bool) -> _Clause:
        several = len(group.atoms) > 1
        text = self.statements.say(group, positive=positive, brief=self.brief)
        return _Clause(text, several, denies=not positive)

    def _kinds(self, parameters: Sequence[Parameter]) -> str:
        return listed([f"{self._kind(p.types)} {bare(p.name)}" for p in parameters])

    def _kind(self, types: Sequence[str]) -> str:
        return listed([self.types[t].one if t != ANY_TYPE else "object" for t in types], "or")


def said_value(expression: Expression) -> str:
    """A number in words: `the fuel of truck1`, `(the fuel of truck1 + 3)`."""
    match expression:
        case FunctionTerm(function, args):
            of = f" of {listed(list(map(bare, args)))}" if args else ""
            return f"the {name_words(function)}{of}"
        case Arithmetic("-", (part,)):
            return f"−{said_value(part)}"
        case Arithmetic(operator, parts):
            return f"({_OPERATORS[operator].join(map(said_value, parts))})"
        case _:
            return write_expression(expression)


def _literal(condition: Condition) -> tuple[Atom | None, bool]:
    """The atom that a condition states or denies, and which of these; None if it is neither."""
    match condition:
        case Atom():
            return condition, True
        case Not(Atom() as atom):
            return atom, False
        case _:
            return None, True
