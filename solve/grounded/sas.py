"""Tasks over finite-domain variables (SAS+), and the files in which Fast Downward keeps them.

The format is version 3 of the translator's output, described at
https://www.fast-downward.org/latest/documentation/translator-output-format/ (Helmert, Artificial
Intelligence 173, 2009, gives the formalism).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Fact: TypeAlias = tuple[int, int]
"""A variable's number and one of its values."""

ANY = -1
"""In the place of a value before an effect: whatever it is."""

BASIC = -1
"""The layer of variables that steps change; axioms set those of layer 0 and above."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: the number of its values and the layer of axioms that sets it."""

    size: int
    layer: int = BASIC
    default: int = 0
    """The value of a derived variable that no axiom sets."""


@dataclass(frozen=True, slots=True)
class SasEffect:
    """Sets a variable where the conditions hold and its value is `before` (ANY: always)."""

    conditions: tuple[Fact, ...]
    variable: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Operator:
    """A ground action."""

    name: str
    prevail: tuple[Fact, ...]
    effects: tuple[SasEffect, ...]
    cost: int

    @property
    def precondition(self) -> tuple[Fact, ...]:
        """All facts that must hold before."""
        before = ((e.variable, e.before) for e in self.effects if e.before != ANY)
        return tuple(dict.fromkeys((*self.prevail, *before)))


@dataclass(frozen=True, slots=True)
class Axiom:
    """Sets a derived variable to `after` where the conditions hold."""

    conditions: tuple[Fact, ...]
    variable: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SasTask:
    """A task over finite-domain variables.

    Attributes:
        metric: whether operators have costs; if not, each counts 1.
        initial: the value of each variable at the start.
    """

    metric: bool
    variables: tuple[Variable, ...]
    mutexes: tuple[tuple[Fact, ...], ...]
    initial: tuple[int, ...]
    goal: tuple[Fact, ...]
    operators: tuple[Operator, ...]
    axioms: tuple[Axiom, ...] = ()

    def cost(self, operator: Operator) -> int:
        """What an operator adds to a plan's cost."""
        return operator.cost if self.metric else 1


class SasFormatError(ValueError):
    """A text is not a task in the translator's format. Never leaves `solve`."""


def read_sas(text: str) -> SasTask:
    """The task in a text of the translator's.

    Raises:
        SasFormatError: the text is not in the format.
    """
    try:
        return _Reader(text).task()
    except (ValueError, IndexError, StopIteration) as error:
        raise SasFormatError(f"not a task in the translator's format: {error}") from None


class _Reader:
    """Reads line by line."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.split("\n"))

    def task(self) -> SasTask:
        # Lists, not generators: in those the end of the text would be another error.
        self._expect("begin_version")
        if (version := self._number()) != 3:
            raise ValueError(f"version {version}, not 3")
        self._expect("end_version")
        self._expect("begin_metric")
        metric = bool(self._number())
        self._expect("end_metric")
        layers = [self._variable() for _ in range(self._number())]
        mutexes = tuple([self._mutex() for _ in range(self._number())])
        self._expect("begin_state")
        initial = tuple([self._number() for _ in layers])
        self._expect("end_state")
        self._expect("begin_goal")
        goal = self._facts()
        self._expect("end_goal")
        operators = tuple([self._operator() for _ in range(self._number())])
        axioms = tuple([self._axiom() for _ in range(self._number())])
        variables = tuple(
            Variable(size, layer, value)
            for (size, layer), value in zip(layers, initial, strict=True)
        )
        return SasTask(metric, variables, mutexes, initial, goal, operators, axioms)

    def _expect(self, word: str) -> None:
        line = next(self._lines)
        if line != word:
            raise ValueError(f"`{line[:40]}` in place of `{word}`")

    def _number(self) -> int:
        return int(next(self._lines))

    def _fact(self) -> Fact:
        variable, value = next(self._lines).split()
        return int(variable), int(value)

    def _facts(self) -> tuple[Fact, ...]:
        return tuple([self._fact() for _ in range(self._number())])

    def _variable(self) -> tuple[int, int]:
        self._expect("begin_variable")
        next(self._lines)
        layer, size = self._number(), self._number()
        for _ in range(size):
            next(self._lines)
        self._expect("end_variable")
        return size, layer

    def _mutex(self) -> tuple[Fact, ...]:
        self._expect("begin_mutex_group")
        facts = self._facts()
        self._expect("end_mutex_group")
        return facts

    def _operator(self) -> Operator:
        self._expect("begin_operator")
        # Without parameters the name ends in a space.
        name = next(self._lines).strip()
        prevail = self._facts()
        effects = tuple([self._effect() for _ in range(self._number())])
        cost = self._number()
        self._expect("end_operator")
        return Operator(name, prevail, effects, cost)

    def _effect(self) -> SasEffect:
        numbers = [int(word) for word in next(self._lines).split()]
        count = numbers[0]
        pairs = numbers[1 : 1 + 2 * count]
        variable, before, after = numbers[1 + 2 * count :]
        conditions = tuple(zip(pairs[::2], pairs[1::2], strict=True))
        return SasEffect(conditions, variable, before, after)

    def _axiom(self) -> Axiom:
        self._expect("begin_rule")
        conditions = self._facts()
        variable, before, after = map(int, next(self._lines).split())
        self._expect("end_rule")
        return Axiom(conditions, variable, before, after)


def write_sas(task: SasTask) -> str:
    """The task in the translator's format; values and variables get names by their numbers."""
    return "\n".join(_lines(task)) + "\n"


def _lines(task: SasTask) -> Iterator[str]:
    yield f"begin_version\n3\nend_version\nbegin_metric\n{int(task.metric)}\nend_metric"
    yield str(len(task.variables))
    for number, variable in enumerate(task.variables):
        yield f"begin_variable\nvar{number}\n{variable.layer}\n{variable.size}"
        yield from (f"Atom v{number}({value})" for value in range(variable.size))
        yield "end_variable"
    yield str(len(task.mutexes))
    for group in task.mutexes:
        yield "begin_mutex_group"
        yield from _fact_lines(group)
        yield "end_mutex_group"
    yield "begin_state"
    yield from map(str, task.initial)
    yield "end_state\nbegin_goal"
    yield from _fact_lines(task.goal)
    yield "end_goal"
    yield str(len(task.operators))
    for operator in task.operators:
        yield f"begin_operator\n{operator.name}"
        yield from _fact_lines(operator.prevail)
        yield str(len(operator.effects))
        for effect in operator.effects:
            pairs = "".join(f" {variable} {value}" for variable, value in effect.conditions)
            yield (
                f"{len(effect.conditions)}{pairs} {effect.variable} {effect.before} {effect.after}"
            )
        yield f"{operator.cost}\nend_operator"
    yield str(len(task.axioms))
    for axiom in task.axioms:
        yield "begin_rule"
        yield from _fact_lines(axiom.conditions)
        yield f"{axiom.variable} {axiom.before} {axiom.after}\nend_rule"


def _fact_lines(facts: tuple[Fact, ...]) -> Iterator[str]:
    yield str(len(facts))
    for variable, value in facts:
        yield f"{variable} {value}"
