"""Functions with preconditions and effects, gathered into a planning domain."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from goalsmith.agents.assembly import Assembled, assemble
from goalsmith.agents.declared import (
    DeclaredAction,
    DeclaredPredicate,
    check_syntax,
    cost_of,
    hints_of,
    limits_of,
    parameters_of,
    said_by,
    template,
)
from goalsmith.agents.kinds import Hint, Kinds, pddl_name, require_name
from goalsmith.agents.places import Place
from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Domain
from goalsmith.domains.wording import Wording

if TYPE_CHECKING:
    from goalsmith.agents.agent import Agent
    from goalsmith.agents.things import Objects
    from goalsmith.translate.models.model import Model

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Declared = TypeVar("_Declared", DeclaredAction, DeclaredPredicate)


class Toolkit:
    """Plain Python functions as the actions of a planning domain.

        kit = Toolkit("office")

        @kit.action(precondition="(broken ?lamp)", effect="(not (broken ?lamp))", cost=5)
        def repair(lamp: Lamp) -> None:
            \"\"\"Repair {lamp}.\"\"\"

    A function's parameters without defaults are the action's, their types its types. The first line
    of its docstring says a step. Predicates are inferred from where they are used, or declared with
    `predicate`. Functions are not changed, and can be called as before.

    Args:
        name: of the domain.
        infer: whether predicates need not be declared.

    Raises:
        InputError: the name is none that PDDL has.
    """

    def __init__(self, name: str, *, infer: bool = True) -> None:
        require_name(name, "the toolkit")
        self.name = name
        self.kinds = Kinds()
        self._infer = infer
        self._constants: dict[str, str] = {}
        self._actions: dict[str, DeclaredAction] = {}
        self._predicates: dict[str, DeclaredPredicate] = {}
        self._assembled: Assembled | None = None

    def action(
        self,
        *,
        effect: str,
        precondition: str = "",
        cost: float | str | None = None,
        name: str | None = None,
        say: str | None = None,
        timeout: float | None = None,
        retries: int = 0,
    ) -> Callable[[_Function], _Function]:
        """Declares that a function, which may be `async`, carries an action out.

        Args:
            effect: what it changes, in PDDL; its parameters are `?who`, and `?from` for `from_`.
            precondition: what must hold before, in PDDL.
            cost: a number, or an expression in PDDL such as `(distance ?from ?to)`. Once one action
                has a cost, the cost of those that have none is 1.
            name: of the action; by default the function's, with `-` for `_`.
            say: how a step is said, such as `walk to {to}`; by default the docstring's first line.
            timeout: seconds that the function may take.
            retries: how often the function is called again when it fails; only for functions that
                may be repeated.

        Raises:
            PddlError: a text is not PDDL; the finding points into the decorator.
            InputError: a parameter has no type or a wrong one, or the action has two functions.
        """
        scope = sys._getframe(1).f_locals

        def declare(function: _Function) -> _Function:
            place = Place.of(function)
            called = name or pddl_name(place.name)
            parameters = parameters_of(
                function, hints_of(function, place, scope), self.kinds, place
            )
            declared = DeclaredAction(
                called,
                parameters,
                precondition,
                effect,
                cost_of(cost, place),
                said_by(function, parameters) if say is None else template(say),
                function,
                limits_of(timeout, retries, place),
                place,
            )
            check_syntax(declared)
            _enter(self._actions, declared, "action")
            self._assembled = None
            return function

        return declare

    @overload
    def predicate(self, function: _Function) -> _Function: ...
    @overload
    def predicate(
        self,
        *,
        name: str | None = None,
        deny: str = "",
        goal: Iterable[str] | None = None,
        read: Iterable[str] = (),
    ) -> Callable[[_Function], _Function]: ...
    def predicate(
        self,
        function: Any = None,
        *,
        name: str | None = None,
        deny: str = "",
        goal: Iterable[str] | None = None,
        read: Iterable[str] = (),
    ) -> Any:
        """Declares a predicate by a function: `def at(who: Person, room: Room) -> bool: ...`.

        A function that returns `bool` is asked what is true, for all objects; one without a return
        type only declares. The first line of its docstring says an atom: `{who} is in {room}`.

        Args:
            function: the function, where the decorator has no arguments.
            name: of the predicate; by default the function's, with `-` for `_`.
            deny: how its negation is said.
            goal: imperatives that ask for it, such as `send {who} to {room}`.
            read: further statements of it that are understood.

        Raises:
            InputError: a parameter has no type or a wrong one, the function is async, or the
                predicate is declared twice.
        """
        scope = sys._getframe(1).f_locals

        def declare(function: _Function) -> _Function:
            place = Place.of(function)
            hints = hints_of(function, place, scope)
            parameters = parameters_of(function, hints, self.kinds, place)
            if inspect.iscoroutinefunction(function):
                raise InputError(f"{place}: a predicate's function cannot be async: use `sense`")
            declared = DeclaredPredicate(
                name or pddl_name(place.name),
                parameters,
                said_by(function, parameters),
                template(deny),
                None if goal is None else tuple(map(template, goal)),
                tuple(map(template, read)),
                function if hints.get("return") is bool else None,
                place,
            )
            _enter(self._predicates, declared, "predicate")
            self._assembled = None
            return function

        return declare if function is None else declare(function)

    def constants(self, kind: Hint, *names: str) -> None:
        """Names objects that conditions and effects may speak of. An Enum's members need not be.

        Raises:
            InputError: a name is none that PDDL has, or is taken.
        """
        where = f"the constants of toolkit `{self.name}`"
        types = self.kinds.of(kind, where, "constant")
        if len(types) != 1:
            raise InputError(f"{where}: an object is of one type, not of {listed(types)}")
        (type_name,) = types
        for name in names:
            require_name(name, where)
            if self._constants.setdefault(name, type_name) != type_name:
                raise InputError(f"{where}: `{name}` is of another type already")
        self._assembled = None

    def know(self, kinds: Iterable[Hint]) -> None:
        """Makes types known that no function mentions, such as subtypes.

        Raises:
            InputError: one is no kind of things.
        """
        before = len(list(self.kinds))
        for hint in kinds:
            self.kinds.of(hint, f"the types of toolkit `{self.name}`", "thing")
        if len(list(self.kinds)) > before:
            self._assembled = None

    @property
    def assembled(self) -> Assembled:
        """The domain with its text and its wording.

        Raises:
            PddlError: a text of an action is wrong; all findings at once.
            InputError: declarations contradict each other, `goalsmith check` would object to the
                domain, or it has no actions.
        """
        if not self._actions:
            raise InputError(
                f"the toolkit `{self.name}` has no actions yet: use `@kit.action(...)`"
            )
        if self._assembled is None:
            self._assembled = assemble(
                self.name,
                self.kinds,
                self._constants,
                tuple(self._predicates.values()),
                tuple(self._actions.values()),
                infer=self._infer,
            )
        return self._assembled

    @property
    def domain(self) -> Domain:
        """The domain. Raises as `assembled`."""
        return self.assembled.domain

    @property
    def domain_pddl(self) -> str:
        """The domain in PDDL, as `goalsmith check` reads it. Raises as `assembled`."""
        return self.assembled.text

    @property
    def wording(self) -> Wording:
        """How the domain is said in English. Raises as `assembled`."""
        return self.assembled.wording

    @property
    def declared_constants(self) -> Mapping[str, str]:
        """The PDDL types of the constants, by name."""
        return self._constants

    @property
    def declared_actions(self) -> Mapping[str, DeclaredAction]:
        """The actions by their names."""
        return self._actions

    @property
    def declared_predicates(self) -> Mapping[str, DeclaredPredicate]:
        """The predicates that are declared, by their names."""
        return self._predicates

    def agent(
        self,
        objects: Objects | Callable[[], Objects] | None = None,
        *,
        facts: Iterable[str] = (),
        sense: Callable[[], object] | None = None,
        model: str | Model | None = None,
        base_url: str | None = None,
        offline: bool = False,
        engine: str | None = None,
        time_limit: float | None = None,
    ) -> Agent:
        """An agent that plans with these functions, and carries its plans out by them.

        Args:
            objects: the things there are, by their types: names, or a mapping from names to what
                the functions are given for them. Or a function that says so, asked before each
                plan. The members of enumerations and literals need not be listed.
            facts: what is true and never changes, such as `(joins door hall office)`; also numbers,
                as `(= (distance hall office) 3)`.
            sense: says what is true, beside the predicates whose functions do: a list of facts, or
                whatever an environment's `sense` may say. May be `async`.
            model: who translates goals: a model's name, or a Model. Without one, controlled English
                is read.
            base_url: the model's endpoint, if not OpenAI's.
            offline: read controlled English even if the settings name a model.
            engine: the one planner to ask; without it they race.
            time_limit: seconds for a planner.

        Raises:
            PddlError: a fact or a text of an action is wrong.
            InputError: the objects or the declarations are wrong, or nothing would say what is
                true.
        """
        from goalsmith.agents.agent import Agent

        return Agent(
            self,
            objects or {},
            facts=tuple(facts),
            sense=sense,
            model=model,
            base_url=base_url,
            offline=offline,
            engine=engine,
            time_limit=time_limit,
        )


def _enter(table: dict[str, _Declared], declared: _Declared, kind: str) -> None:
    """Enters a declaration, if its name is free."""
    require_name(declared.name, str(declared.place), "; `name=` gives it another")
    for known in table.values():
        # A cell of a notebook that is run again declares its functions once more.
        again = known.place.interactive and declared.place.interactive
        if known.name.lower() == declared.name.lower() and not again:
            raise InputError(
                f"the {kind} `{declared.name}` is declared by {known.place} and by {declared.place}"
            )
    table[declared.name] = declared
