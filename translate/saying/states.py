"""States and objects said in English: grouped, and bounded however large they are.

What changes is said first. Of a predicate that never changes (a map, say) with too much to say, one
fact is said as an example, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from operator import attrgetter

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import Assign, Atom, FunctionTerm, simple_effects
from goalsmith.domains.language import Metric, Task
from goalsmith.domains.wording import Wording
from goalsmith.domains.wording.defaults import name_words
from goalsmith.domains.writer import write_expression
from goalsmith.translate.saying.conditions import said_value
from goalsmith.translate.saying.grouping import Chain, Group, grouped
from goalsmith.translate.saying.names import Naming, natural_key
from goalsmith.translate.saying.statements import Statements

MAX_SENTENCES = 8
"""Sentences about one predicate that never changes, or about one function."""

MAX_LINE = 400
"""Characters of a line that says a predicate that never changes, or a function."""

MAX_CHANGING_SENTENCES = 20
"""Sentences about one predicate that changes."""

MAX_CHANGING_LINE = 500
"""Characters after which no further sentence about a predicate that changes is begun."""

MAX_GROUPED = 2_000
"""Facts of one predicate that are put in groups; of more, some are said and the rest counted."""

MAX_STATIC = 300
"""Likewise of facts of several places that never change: more can hardly be said in short."""

OBJECTS_SHOWN = 20
"""Names and runs of objects in a line."""

_COUNTED = {1: "objects", 2: "pairs"}


def object_lines(task: Task, wording: Wording) -> tuple[str, ...]:
    """A task's objects, one line for each type: `4 blocks: a, b, c and d`.

    In a domain without types the predicates that give every object a kind take their place.
    """
    return StateSpeaker(Statements(task, wording)).object_lines()


def state_lines(
    task: Task, wording: Wording, atoms: Iterable[Atom] | None = None
) -> tuple[str, ...]:
    """What holds, one line for each predicate; facts that are too many to say are counted.

    By default of the initial state, its numbers too, else of the given atoms. Kinds of objects that
    `object_lines` says are not said again.
    """
    speaker = StateSpeaker(Statements(task, wording))
    if atoms is None:
        return speaker.state_lines(task.problem.init, task.problem.numbers)
    return speaker.state_lines(atoms, ())


class StateSpeaker:
    """Says objects and states of one task."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.names = statements.names
        self.task = self.names.task

    def object_lines(self) -> tuple[str, ...]:
        """The objects, one line for each kind."""
        return tuple(
            f"{kind}: {self.names.items(objects, OBJECTS_SHOWN, counted=False)}"
            for kind, objects in self.names.kinds_of_objects()
        )

    def state_lines(
        self, atoms: Iterable[Atom], numbers: Iterable[tuple[FunctionTerm, Fraction]]
    ) -> tuple[str, ...]:
        """What holds, one line for each predicate and function: first what changes."""
        domain = self.task.domain
        facts: dict[str, list[Atom]] = {}
        for atom in atoms:
            facts.setdefault(atom.predicate, []).append(atom)
        static = set(domain.static_predicates())
        kinds = self.names.kind_predicates
        said = [p.name for p in domain.predicates if p.name in facts and p.name not in kinds]
        lines = [self._changing(facts[name]) for name in said if name not in static]
        values: dict[str, list[tuple[FunctionTerm, Fraction]]] = {}
        for term, value in numbers:
            if not self._only_counts_costs(term, value):
                values.setdefault(term.function, []).append((term, value))
        assigned = {
            effect.target.function
            for action in domain.actions
            for effect in simple_effects(action.effects)
            if isinstance(effect, Assign)
        }
        lines += [self._numbers(v) for name, v in values.items() if name in assigned]
        lines += [self._static(facts[name]) for name in said if name in static]
        lines += [self._numbers(v) for name, v in values.items() if name not in assigned]
        return tuple(lines)

    def _changing(self, facts: Sequence[Atom]) -> str:
        """The facts of a predicate as sentences, and how many are left out."""
        shown: list[Group | Chain] = []
        length = left = 0
        for group in self._groups(facts):
            if len(shown) == MAX_CHANGING_SENTENCES or length > MAX_CHANGING_LINE:
                left += len(group.atoms)
                continue
            shown.append(group)
            length += len(self.statements.say(group))
        left += max(len(facts) - MAX_GROUPED, 0)
        return self._sentences(shown, left)

    def _static(self, facts: Sequence[Atom]) -> str:
        """The facts of a predicate as sentences if these are few, else their number and one."""
        many = MAX_GROUPED if len(facts[0].args) == 1 else MAX_STATIC
        groups = self._groups(facts) if len(facts) <= many else ()
        if 0 < len(groups) <= MAX_SENTENCES:
            line = self._sentences(groups, 0)
            if len(line) <= MAX_LINE:
                return line
        # No order by numbers here: of very many facts, it would take longest.
        first = min(facts, key=attrgetter("args"))
        counted = _COUNTED.get(len(first.args), "facts")
        words = name_words(first.predicate)
        return f"{words}: {len(facts)} {counted}, such as “{self.statements.one(first)}”"

    def _groups(self, facts: Sequence[Atom]) -> tuple[Group | Chain, ...]:
        """The groups of the first facts in the order of their names."""
        keys = {name: natural_key(name) for fact in facts for name in fact.args}
        ordered = sorted(facts, key=lambda fact: [keys[name] for name in fact.args])
        return self.statements.grouped(ordered[:MAX_GROUPED])

    def _sentences(self, groups: Sequence[Group | Chain], left: int) -> str:
        sentences = [self.statements.say(group) for group in groups]
        if left:
            return f"{'; '.join(sentences)}; and {left} more such facts"
        if any(len(group.atoms) > 1 for group in groups):
            return "; ".join(sentences)
        return listed(sentences)

    def _numbers(self, values: Sequence[tuple[FunctionTerm, Fraction]]) -> str:
        """The values of a function: those of one object grouped by value, else each by itself."""
        sentences = list(self._number_sentences(values)) if len(values) <= MAX_GROUPED else []
        line = "; ".join(sentences)
        if 0 < len(sentences) <= MAX_SENTENCES and len(line) <= MAX_LINE:
            return line
        term, value = min(values, key=lambda each: each[0].args)
        words = name_words(term.function)
        return f"{words}: {len(values)} numbers, such as “{_is(said_value(term), value)}”"

    def _number_sentences(self, values: Sequence[tuple[FunctionTerm, Fraction]]) -> Iterator[str]:
        if len(values[0][0].args) != 1:
            yield from (_is(said_value(term), value) for term, value in values)
            return
        by_text = {write_expression(value): value for _, value in values}
        pairs = [Atom(t.function, (t.args[0], write_expression(v))) for t, v in values]
        for group in grouped(pairs, (0,), chains=False):
            function, (name, text) = group.atoms[0].predicate, group.atoms[0].args
            if len(group.atoms) > 1:
                objects = [atom.args[0] for atom in group.atoms]
                name = self.names.each_of(objects, Naming())
            yield _is(f"the {name_words(function)} of {name}", by_text[text])

    def _only_counts_costs(self, term: FunctionTerm, value: Fraction) -> bool:
        """Whether a number is the zero from which the costs of a plan are counted."""
        metric = self.task.problem.metric
        return not (term.args or value) and metric is not None and metric.expression == term


def metric_line(metric: Metric) -> str:
    """What a plan should cost: `as cheaply as possible: with the least total cost`."""
    least = metric.direction == "minimize"
    if metric.expression == "total-time":
        return f"with the {'least' if least else 'greatest'} total time"
    what = said_value(metric.expression)
    if isinstance(metric.expression, FunctionTerm):
        what = what.removeprefix("the ")
        cheaply = "as cheaply as possible: " if least and "cost" in what.split() else ""
        return f"{cheaply}with the {'least' if least else 'greatest'} {what}"
    return (
        f"with {'as little' if least else 'as much'} as possible of {said_value(metric.expression)}"
    )


def _is(what: str, value: Fraction) -> str:
    return f"{what} is {write_expression(value)}"
