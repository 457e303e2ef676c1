"""How a domain's predicates, actions and types are said in English.

A phrasing is a template such as `put {x} on {y}`: `{x}` stands for the parameter `?x`, and `{1}`
for the first parameter whatever it is called (for predicates that repeat a name). A template of a
predicate names every parameter exactly once, so that an atom can be read back from it. What a
wording file leaves out gets a readable default made from its name.

Kinds of objects are the types, and in a domain without types the predicates that say what an object
is, such as `(ball ?b)`; both have nouns. Names of objects may have other spellings in a text:
`names` of a kind says how its objects' names begin, so that with `names = ["p"]` of packages `p0`
may be called `package_0`; the table `objects` says what certain objects are called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from goalsmith.domains.formula import ANY_TYPE, Atom, Parameter
from goalsmith.domains.language import Domain, Predicate
from goalsmith.domains.plans import Step
from goalsmith.domains.wording.defaults import (
    default_deny,
    default_goals,
    default_say,
    default_step,
    name_words,
    plural,
)
from goalsmith.domains.wording.table import MAX_PHRASING, Table
from goalsmith.domains.wording.templates import fill, template_parts
from goalsmith.domains.wording.toml import parse_toml

__all__ = [
    "MAX_PHRASING",
    "Noun",
    "Phrasing",
    "Wording",
    "default_wording",
    "fill",
    "read_wording",
    "template_parts",
]


@dataclass(frozen=True, slots=True)
class Noun:
    """What one thing of a kind is called, and what several are.

    Attributes:
        one: the singular.
        many: the plural.
        names: how names of things of the kind begin, before a number; the noun itself is
            understood always.
    """

    one: str
    many: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The templates of a predicate.

    Attributes:
        say: the statement that says an atom.
        deny: the statement that says its negation.
        goal: imperatives that ask for it.
        read: further statements that are understood; `say` is always understood too.
        chain: phrases that ask for a row of atoms of a predicate with two places. The words between
            the placeholders are repeated: `a tower of {x} on {y}` reads `a tower of a on b on c`.
    """

    say: str
    deny: str
    goal: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """The English of a domain. Every type (`object` too), predicate and action has an entry.

    The mappings' keys are spelled as the domain declares them, and are not to be changed.

    Attributes:
        title: the domain's name.
        summary: what it is about, in a sentence; may be empty.
        types: the nouns of types.
        predicates: the phrasings of predicates.
        actions: the imperatives of actions.
        kinds: the nouns of predicates with one place that say what an object is; only those that
            the wording file gives.
        objects: what objects are called in texts, beside their names: by name, in lower case. A
            task need not have them.
    """

    title: str
    summary: str
    types: Mapping[str, Noun] = field(hash=False)
    predicates: Mapping[str, Phrasing] = field(hash=False)
    actions: Mapping[str, str] = field(hash=False)
    kinds: Mapping[str, Noun] = field(hash=False, default_factory=dict)
    objects: Mapping[str, tuple[str, ...]] = field(hash=False, default_factory=dict)

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
            A noun of a predicate that has not one place, and chains of one that has not two, too.
    """
    default = default_wording(domain)
    top = Table(name, "", parse_toml(text, name))
    top.expect(("title", "summary", "types", "predicates", "actions", "objects"))

    types = dict(default.types)
    for key, table in top.tables("types", types, "type"):
        table.expect(("one", "many", "names"))
        types[key] = _noun_in(table, types[key].one)

    predicates = dict(default.predicates)
    kinds: dict[str, Noun] = {}
    for key, table in top.tables("predicates", predicates, "predicate"):
        table.expect(("say", "deny", "goal", "read", "chain", *_KIND_KEYS))
        parameters = domain.predicate(key).parameters
        predicates[key] = _phrasing(table, parameters, predicates[key])
        given = [k for k in _KIND_KEYS if k in table.content]
        if given and len(parameters) != 1:
            raise table.error("only a predicate with one place can have a noun", given[0])
        if given:
            kinds[key] = _noun_in(table, name_words(key))

    actions = dict(default.actions)
    for key, table in top.tables("actions", actions, "action"):
        table.expect(("say",))
        actions[key] = table.template("say", domain.action(key).parameters) or actions[key]

    title = top.text("title") or default.title
    called = top.text_lists("objects")
    return Wording(title, top.text("summary"), types, predicates, actions, kinds, called)


_KIND_KEYS = ("one", "many", "names")


def _noun_in(table: Table, default: str) -> Noun:
    one = table.text("one") or default
    return Noun(one, table.text("many") or plural(one), table.texts("names") or ())


def _phrasing(table: Table, parameters: Sequence[Parameter], default: Phrasing) -> Phrasing:
    said = table.full_template("say", parameters)
    say = said or default.say
    goal = table.full_templates("goal", parameters)
    return Phrasing(
        say=say,
        deny=table.full_template("deny", parameters) or default_deny(say),
        goal=default_goals(say) if goal is None else goal,
        read=table.full_templates("read", parameters) or (),
        chain=_chains(table, parameters),
    )


def _chains(table: Table, parameters: Sequence[Parameter]) -> tuple[str, ...]:
    chains = table.full_templates("chain", parameters) or ()
    if chains and len(parameters) != 2:
        raise table.error("only a predicate with two places can have chains", "chain")
    for chain in chains:
        parts = template_parts(chain, parameters)
        first, second = (i for i, part in enumerate(parts) if isinstance(part, int))
        if first == 0 or not "".join(map(str, parts[first + 1 : second])).strip():
            raise table.error(f"`{chain}` needs words before and between its placeholders", "chain")
    return chains


def _default_phrasing(predicate: Predicate) -> Phrasing:
    say = default_say(predicate)
    return Phrasing(say, default_deny(say), default_goals(say))


def _type_names(domain: Domain) -> list[str]:
    return list(dict.fromkeys([ANY_TYPE, *(t.name for t in domain.types)]))


def _noun(type_name: str) -> Noun:
    one = name_words(type_name)
    return Noun(one, plural(one))
