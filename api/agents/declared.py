"""What decorators gather of a function: its parameters, texts and wording, nothing resolved yet."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, get_type_hints

from goalsmith.agents.kinds import Hint, Kinds
from goalsmith.agents.places import Place
from goalsmith.agents.texts import Part, Text
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Parameter
from goalsmith.domains.language import Predicate
from goalsmith.execute.environment import Attempt
from goalsmith.execute.environments.limited import ActLimits

_PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")

_CAPITAL = re.compile(r"[A-Z](?:[a-z]+\b|\s)")
"""A word that is only capital because it is the first."""


@dataclass(frozen=True, slots=True)
class DeclaredAction:
    """A function that carries an action out.

    Attributes:
        name: the action's.
        parameters: with their types.
        precondition: PDDL text; empty for none.
        effect: PDDL text.
        cost: a number, or an expression in PDDL text; None: as the toolkit has it.
        say: the template of a step, or empty.
        function: what carries it out, by keyword arguments.
        limits: on each act; None: none.
        place: where it is declared.
    """

    name: str
    parameters: tuple[Parameter, ...]
    precondition: str
    effect: str
    cost: Fraction | str | None
    say: str
    function: Callable[..., Any]
    limits: ActLimits | None
    place: Place

    def texts(self) -> list[Text]:
        """Its PDDL texts that are not empty."""
        texts = {Part.PRECONDITION: self.precondition, Part.EFFECT: self.effect}
        if isinstance(self.cost, str):
            texts[Part.COST] = self.cost
        return [Text(part, text, self.place) for part, text in texts.items() if text.strip()]


@dataclass(frozen=True, slots=True)
class DeclaredPredicate:
    """A predicate that is declared by a function.

    Attributes:
        name: the predicate's.
        parameters: with their types.
        say: the statement of an atom, or empty.
        deny: the statement of its negation, or empty.
        goal: imperatives that ask for it; None for the default ones.
        read: further statements that are understood.
        function: says whether it holds; None if the function only declares it.
        place: where it is declared.
    """

    name: str
    parameters: tuple[Parameter, ...]
    say: str
    deny: str
    goal: tuple[str, ...] | None
    read: tuple[str, ...]
    function: Callable[..., object] | None
    place: Place

    @property
    def predicate(self) -> Predicate:
        """The predicate itself."""
        return Predicate(self.name, self.parameters)


def hints_of(
    function: Callable[..., Any], place: Place, names: Mapping[str, Any]
) -> dict[str, Hint]:
    """The type hints of a function.

    Args:
        function: the function.
        place: where it is.
        names: further names that its hints may use, such as those of the scope that it is in.

    Raises:
        InputError: a hint names what there is not.
    """
    try:
        return get_type_hints(function, localns=dict(names))
    except (NameError, AttributeError, TypeError, SyntaxError) as error:
        raise InputError(f"{place}: its type hints cannot be read: {error}") from None


def parameters_of(
    function: Callable[..., Any], hints: Mapping[str, Hint], kinds: Kinds, place: Place
) -> tuple[Parameter, ...]:
    """The PDDL parameters of a function: those that have no default.

    Raises:
        InputError: one has no type, or one that is no kind of things, or takes several arguments.
    """
    found: list[Parameter] = []
    for each in inspect.signature(function).parameters.values():
        where = f"{place}, parameter `{each.name}`"
        if each.default is not each.empty or hints.get(each.name) is Attempt:
            continue
        if each.kind not in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
            raise InputError(f"{where}: it cannot be passed by its name")
        if each.name not in hints:
            bound = ": decorate the bound method" if each.name == "self" else ""
            raise InputError(f"{where}: it has no type{bound}")
        name = variable(each.name)
        if name.lower() in {p.name.lower() for p in found}:
            raise InputError(f"{where}: PDDL does not tell it from another: names have no case")
        found.append(Parameter(name, kinds.of(hints[each.name], where, name.removeprefix("?"))))
    return tuple(found)


def variable(parameter: str) -> str:
    """The PDDL variable of a Python parameter: its name, without the `_` that keywords need."""
    bare = parameter.removesuffix("_")
    return f"?{bare if keyword.iskeyword(bare) else parameter}"


def template(text: str) -> str:
    """A text whose placeholders are Python names, with PDDL's in their place."""
    return _PLACEHOLDER.sub(lambda m: "{" + variable(m[1]).removeprefix("?") + "}", text)


def said_by(function: Callable[..., Any], parameters: Sequence[Parameter]) -> str:
    """The template in the first line of a function's docstring.

    It is said within sentences, so that a capital and a full stop are taken off. Empty if there is
    no docstring, or one that names no object although there are some.
    """
    document = inspect.getdoc(function) or ""
    line = template(document.partition("\n")[0].strip().removesuffix("."))
    if "{" not in line and parameters:
        return ""
    # `URL` and `iPhone` stay as they are.
    return line[:1].lower() + line[1:] if _CAPITAL.match(line) else line


def limits_of(timeout: float | None, retries: int, place: Place) -> ActLimits | None:
    """Limits on each act; None if there are none. Raises InputError if they are out of range."""
    try:
        return ActLimits(timeout, retries) if timeout is not None or retries else None
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def cost_of(cost: float | str | None, place: Place) -> Fraction | str | None:
    """A cost as it is kept. Raises InputError if it is negative or no number."""
    if cost is None or isinstance(cost, str):
        return cost
    try:
        exact = Fraction(str(cost))
    except ValueError:
        exact = Fraction(-1)
    if exact < 0:
        raise InputError(f"{place}: a cost is a number from 0, not {cost}")
    return exact


def check_syntax(action: DeclaredAction) -> None:
    """Raises PddlError if a text of an action is not what the grammar accepts."""
    trees = (text.tree() for text in action.texts())
    found = [tree for tree in trees if isinstance(tree, Diagnostic)]
    if found:
        raise PddlError(found)
