"""How a domain's predicates, actions and types are said in English.

A phrasing is a template such as `put {x} on {y}`: `{x}` stands for the parameter `?x`, and `{1}`
for the first parameter whatever it is called (for predicates that repeat a name). A template of a
predicate names every parameter exactly once, so that an atom can be read back from it. What a
wording file leaves out gets a readable default made from its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import ANY_TYPE, Atom, Parameter
from goalsmith.domains.language import Domain, Predicate
from goalsmith.domains.plans import Step
from goalsmith.domains.wording.defaults import (
    PLACEHOLDER,
    default_deny,
    default_goals,
    default_say,
    default_step,
    name_words,
    placeholders,
    plural,
)
from goalsmith.domains.wording.toml import parse_toml

MAX_PHRASING = 500
"""Characters that one phrasing may have."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What one thing of a type is called, and what several are."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The templates of a predicate.

    Attributes:
        say: the statement that says an atom.
        deny: the statement that says its negation.
        goal: imperatives that ask for it.
        read: further statements that are understood; `say` is always understood too.
    """

    say: str
    deny: str
    goal: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """The English of a domain. Every type (`object` too), predicate and action has an entry.

    The mappings' keys are spelled as the domain declares them, and are not to be changed.
    """

    title: str
    summary: str
    types: Mapping[str, Noun] = field(hash=False)
    predicates: Mapping[str, Phrasing] = field(hash=False)
    actions: Mapping[str, str] = field(hash=False)

    def atom(self, domain: Domain, atom: Atom, positive: bool = True) -> str:
        """An atom, or its negation, as a statement.

        Raises KeyError when the domain has no such predicate.
        """
        phrasing = self.predicates[atom.predicate]
        parameters = domain.predicate(atom.predicate).parameters
        return fill(phrasing.say if positive else phrasing.deny, parameters, atom.args)

    def step(self, domain: Domain, step: Step) -> str:
        """A step as an imperative clause. Raises KeyError when the domain has no such action."""
        parameters = domain.action(step.action).parameters
        return fill(self.actions[step.action], parameters, step.args)


def template_parts(template: str, parameters: Sequence[Parameter]) -> tuple[str | int, ...]:
    """A template taken apart: its words as written, and its placeholders as places from 0.

    `put {x} on {y}` gives `("put ", 0, " on ", 1)`. Raises InputError for a placeholder that is no
    parameter, or braces that do not pair.
    """
    parts: list[str | int] = []
    # A split by a pattern with one group alternates text and what the group matched.
    for index, part in enumerate(PLACEHOLDER.split(template)):
        if index % 2:
            parts.append(_place(part, parameters))
        elif "{" in part or "}" in part:
            raise InputError(f"the braces in `{template}` do not pair")
        elif part:
            parts.append(part)
    return tuple(parts)


def fill(template: str, parameters: Sequence[Parameter], args: Sequence[str]) -> str:
    """A template with objects in the places of its placeholders. Raises as `template_parts`."""
    parts = template_parts(template, parameters)
    return "".join(args[p] if isinstance(p, int) else p for p in parts)


def default_wording(domain: Domain) -> Wording:
    """A wording made from the domain's names alone."""
    return Wording(
        title=name_words(domain.name).capitalize(),
        summary="",
        types={name: _noun(name) for name in _type_names(domain)},
        predicates={p.name: _default_phrasing(p) for p in domain.predicates},
        actions={a.name: default_step(a) for a in domain.actions},
    )


def read_wording(text: str, domain: Domain, name: str = "<wording>") -> Wording:
    """The wording in a TOML text; `name` says in errors where the text came from.

    Names are matched without regard to case. What the text leaves out gets a default.

    Raises:
        InputError: the text is not TOML, or names a predicate, action, type or placeholder that the
            domain does not have, or a phrasing of a predicate does not name each parameter once.
    """
    default = default_wording(domain)
    top = _Table(name, "", parse_toml(text, name))
    top.expect(("title", "summary", "types", "predicates", "actions"))

    types = dict(default.types)
    for key, table in top.tables("types", types, "type"):
        table.expect(("one", "many"))
        one = table.text("one") or types[key].one
        types[key] = Noun(one, table.text("many") or plural(one))

    predicates = dict(default.predicates)
    for key, table in top.tables("predicates", predicates, "predicate"):
        table.expect(("say", "deny", "goal", "read"))
        predicates[key] = _phrasing(table, domain.predicate(key).parameters, predicates[key])

    actions = dict(default.actions)
    for key, table in top.tables("actions", actions, "action"):
        table.expect(("say",))
        actions[key] = table.template("say", domain.action(key).parameters) or actions[key]

    title = top.text("title") or default.title
    return Wording(title, top.text("summary"), types, predicates, actions)


class _Table:
    """A table of a wording file that knows where it is, for errors."""

    def __init__(self, source: str, path: str, content: Mapping[str, object]) -> None:
        self.source = source
        self.path = path
        self.content = content

    def error(self, message: str, key: str = "") -> InputError:
        place = ".".join(p for p in (self.path, key) if p)
        return InputError(f"{self.source}: {place}: {message}")

    def expect(self, keys: Iterable[str]) -> None:
        known = tuple(keys)
        for key in self.content:
            if key not in known:
                raise self.error(f"unknown key: {did_you_mean(key, known, 'key')}", key)

    def text(self, key: str) -> str:
        """The text under a key, spaces made single; empty when the key is left out."""
        value = self.content.get(key)
        return "" if value is None else self._text(value, key)

    def _text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error("a text that is not empty is expected", key)
        if len(value) > MAX_PHRASING:
            raise self.error(f"is longer than {MAX_PHRASING} characters", key)
        return " ".join(value.split())

    def template(self, key: str, parameters: Sequence[Parameter]) -> str:
        """The template under a key, checked; empty when the key is left out."""
        template = self.text(key)
        self._places(template, key, parameters)
        return template

    def full_template(self, key: str, parameters: Sequence[Parameter]) -> str:
        """Like `template`, of which every parameter must be a part exactly once."""
        template = self.text(key)
        if template:
            self._full(template, key, parameters)
        return template

    def full_templates(self, key: str, parameters: Sequence[Parameter]) -> tuple[str, ...] | None:
        """Several full templates under a key; None when the key is left out."""
        values = self.content.get(key)
        if values is None:
            return None
        if not isinstance(values, list):
            raise self.error("a list of texts is expected", key)
        templates = tuple(self._text(value, key) for value in values)
        for template in templates:
            self._full(template, key, parameters)
        return templates

    def _places(self, template: str, key: str, parameters: Sequence[Parameter]) -> list[int]:
        try:
            parts = template_parts(template, parameters)
        except InputError as error:
            raise self.error(str(error), key) from None
        return [p for p in parts if isinstance(p, int)]

    def _full(self, template: str, key: str, parameters: Sequence[Parameter]) -> None:
        places = self._places(template, key, parameters)
        for index, shown in enumerate(placeholders(parameters)):
            if places.count(index) != 1:
                count = "does not name" if index not in places else "names more than once"
                raise self.error(f"`{template}` {count} the parameter {shown}", key)

    def tables(self, key: str, known: Iterable[str], kind: str) -> list[tuple[str, _Table]]:
        """The tables in a table, under the declared spelling of their names."""
        declared = {k.lower(): k for k in known}
        inner = self.content.get(key, {})
        if not isinstance(inner, dict):
            raise self.error("a table is expected", key)
        found: dict[str, _Table] = {}
        for name, content in inner.items():
            place = f"{key}.{name}"
            spelled = declared.get(name.lower())
            if spelled is None:
                hint = did_you_mean(name, declared.values(), kind)
                raise self.error(f"the domain has no {kind} `{name}`: {hint}", place)
            if spelled in found:
                raise self.error(f"the {kind} `{spelled}` occurs twice", place)
            if not isinstance(content, dict):
                raise self.error("a table is expected", place)
            found[spelled] = _Table(self.source, place, content)
        return list(found.items())


def _phrasing(table: _Table, parameters: Sequence[Parameter], default: Phrasing) -> Phrasing:
    said = table.full_template("say", parameters)
    say = said or default.say
    goal = table.full_templates("goal", parameters)
    return Phrasing(
        say=say,
        deny=table.full_template("deny", parameters) or default_deny(say),
        goal=default_goals(say) if goal is None else goal,
        read=table.full_templates("read", parameters) or (),
    )


def _place(word: str, parameters: Sequence[Parameter]) -> int:
    """The place, from 0, of the parameter that a placeholder names."""
    word = word.strip()
    names = [p.name.removeprefix("?").lower() for p in parameters]
    count = names.count(word.lower())
    if count == 1:
        return names.index(word.lower())
    if count:
        raise InputError(f"several parameters are called {{{word}}}: number them, as in {{1}}")
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(names):
        return int(word[:9]) - 1
    raise InputError(f"unknown placeholder {{{word}}}: {did_you_mean(word, names, 'parameter')}")


def _default_phrasing(predicate: Predicate) -> Phrasing:
    say = default_say(predicate)
    return Phrasing(say, default_deny(say), default_goals(say))


def _type_names(domain: Domain) -> list[str]:
    return list(dict.fromkeys([ANY_TYPE, *(t.name for t in domain.types)]))


def _noun(type_name: str) -> Noun:
    one = name_words(type_name)
    return Noun(one, plural(one))
