"""Facts in PDDL text, as a program or a person's function gives them, read as what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from goalsmith.domains.diagnostics import Diagnostic, Source, did_you_mean
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Atom, FunctionTerm
from goalsmith.domains.language import State, Task
from goalsmith.domains.reading import syntax
from goalsmith.domains.reading.problem import ProblemReader
from goalsmith.execute.environment import Observation

MAX_FACTS = 2**18
"""Facts of one observation at most."""

MAX_CHARACTERS = 2**24
"""Characters of one observation at most."""

_KEYS = ("true", "false", "complete")


class FactReader:
    """Reads facts about a task's objects.

    A list is a whole state, written as a problem's `:init` is: `["(on a b)", "(= (fuel) 3)"]`. A
    mapping says of itself whether it is whole: `{"true": […], "complete": true}`, or
    `{"true": […], "false": […], "complete": false}`, where nothing is known of what is in neither.
    In a `true` list, `(not (on a b))` counts as if `(on a b)` were in the `false` one.

    A whole state need not repeat what never changes: of a predicate that no action changes, and of
    which it has no atom at all, the problem's atoms are taken. Numbers that change have no value
    unless they are listed. Names are matched without regard to case.

    Args:
        task: the task whose names the facts are in.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        static = set(task.domain.static_predicates())
        self._fixed = frozenset(a for a in task.problem.init if a.predicate in static)

    def read(self, seen: object, source: str = "<observation>") -> State | Observation:
        """What was observed: a State or an Observation as it is, a list or a mapping read.

        Args:
            seen: what an observer returned, in any of these forms.
            source: what it came from, for errors.

        Raises:
            PddlError: a text is not a fact, or names what the task does not have. Lines in it count
                facts.
            InputError: it has another form, is too large, or calls an atom both true and false.
        """
        if isinstance(seen, State | Observation):
            return seen
        if isinstance(seen, Mapping):
            return self._mapping(seen, source)
        if isinstance(seen, Sequence | frozenset | set) and not isinstance(seen, str | bytes):
            return self._state(self._known(seen, (), source))
        raise InputError(
            f"{source}: a State, an Observation, a list of facts or a mapping with `true` and "
            f"`complete` is expected, not a {type(seen).__name__}"
        )

    def _mapping(self, seen: Mapping[object, object], source: str) -> State | Observation:
        for key in seen:
            if key not in _KEYS:
                hint = did_you_mean(str(key), _KEYS, "key")
                raise InputError(f"{source}: unknown key `{str(key)[:80]}`: {hint}")
        complete = seen.get("complete")
        if not isinstance(complete, bool):
            raise InputError(
                f"{source}: `complete` must be true (what is not listed is false) or false "
                "(nothing is known of it)"
            )
        known = self._known(seen.get("true", ()), seen.get("false", ()), source)
        return self._state(known) if complete else known

    def _state(self, known: Observation) -> State:
        listed = {a.predicate for a in known.true | known.false}
        fixed = (a for a in self._fixed if a.predicate not in listed)
        return State(known.true.union(fixed), known.numbers)

    def _known(self, true: object, false: object, source: str) -> Observation:
        holding, numbers, denied = self._facts(true, f"{source} true")
        failing, none, doubly = self._facts(false, f"{source} false")
        if none or doubly:
            raise InputError(f"{source}: the `false` list holds atoms only, no `=` and no `not`")
        failing |= denied
        for atom in sorted(holding & failing):
            raise InputError(f"{source}: {atom} is called both true and false")
        return Observation(frozenset(holding), frozenset(failing), frozenset(numbers))

    def _facts(
        self, texts: object, source: str
    ) -> tuple[set[Atom], set[tuple[FunctionTerm, Fraction]], set[Atom]]:
        """The atoms, the numbers and the denied atoms in texts of one fact each."""
        text = "(:init " + "\n".join(_checked(texts, source)) + "\n)"
        reader = ProblemReader(Source.of(text, source), self._task.domain)
        reader.declare_objects(self._task.problem.objects)
        reader.derived = set()  # whoever sees derived atoms may say so
        blank = syntax.blank_comments(text)
        tree = syntax.parse(blank, 0, len(blank), "init", reader.source)
        if isinstance(tree, Diagnostic):
            raise PddlError([tree])
        facts = [f for f in tree.children if syntax.is_tree(f)]
        denials = [f for f in facts if f.data == "denied"]
        denied = {reader.atom(syntax.subtree(f), {}) for f in denials}
        # Denials say nothing in a problem's initial state, whose reader would pass them over.
        tree.children[1:] = [f for f in facts if f.data != "denied"]
        reader.read_init(tree)
        reader.finish()
        return set(reader.init), set(reader.numbers.items()), denied


def _checked(texts: object, source: str) -> list[str]:
    """The texts of a list, each on a line of its own, if they are texts and not too many."""
    if not isinstance(texts, Sequence | frozenset | set) or isinstance(texts, str | bytes):
        raise InputError(f"{source}: a list of facts is expected, not a {type(texts).__name__}")
    if len(texts) > MAX_FACTS:
        raise InputError(f"{source}: more than {MAX_FACTS} facts")
    lines: list[str] = []
    size = 0
    for fact in texts:
        if not isinstance(fact, str | Atom):
            raise InputError(
                f"{source}: a fact is a text such as `(on a b)`, not a {type(fact).__name__}"
            )
        text = str(fact)
        size += len(text)
        if size > MAX_CHARACTERS:
            raise InputError(f"{source}: more than {MAX_CHARACTERS} characters")
        lines.append(" ".join(text.split()))
    return lines
