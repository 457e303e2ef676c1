"""A domain's wording compiled to patterns: words, verbs in all their forms, and slots for objects.

`{x} is on {y}` also reads `… are on …`, `… should be on …`, `… is not on …`, and so on. An article
in a template may be left out or replaced by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from goalsmith.domains.formula import Parameter
from goalsmith.domains.language import Domain, Predicate
from goalsmith.domains.wording import Wording, template_parts
from goalsmith.translate.controlled_english.kinds import Kind
from goalsmith.translate.controlled_english.words import texts_of

DENIAL = ("it", "is", "not", "so", "that")
"""How any statement can be denied."""

ARTICLES = frozenset({"the", "a", "an"})

_PREPOSITIONS = frozenset(
    {"on", "in", "at", "inside", "under", "above", "below", "by", "near", "with", "beside", "off"}
)
_MODALS = ("should", "must", "shall", "will")
_BE = {"is": False, "are": True}
_HAVE = {"has": False, "have": True}


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a verb.

    Attributes:
        words: the words it consists of.
        negative: whether it denies.
        plural: its number; None for either.
        wish: it says what should be (`should be`, `to be`), and not what is.
    """

    words: tuple[str, ...]
    negative: bool = False
    plural: bool | None = None
    wish: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb in all its forms. `base` is its infinitive; `optional` if it may be left out."""

    base: str
    forms: tuple[Form, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """The place, from 0, of an object."""

    place: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article, which may be left out."""


Element = str | Verb | Slot | Article


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template of a predicate as it is matched.

    Attributes:
        predicate: what it says.
        elements: what it is made of.
        template: as the wording has it.
        imperative: it asks for the atom; otherwise it states it.
        negative: it states that the atom does not hold.
    """

    predicate: Predicate
    elements: tuple[Element, ...]
    template: str
    imperative: bool = False
    negative: bool = False

    @property
    def gap_opening(self) -> tuple[str, ...]:
        """The words that a second imperative may leave out: those before the first slot.

        None of them when nothing follows that slot: in `deploy x and y to z` both go to z, and
        `y to z` is no clause of its own.
        """
        first = next((i for i, e in enumerate(self.elements) if isinstance(e, Slot)), None)
        if not self.imperative or first is None or first == len(self.elements) - 1:
            return ()
        return tuple(e for e in self.elements[:first] if isinstance(e, str))

    @property
    def verb(self) -> Verb | None:
        """Its verb, if it is matched in all forms."""
        return next((e for e in self.elements if isinstance(e, Verb)), None)

    @property
    def begins_with_slot(self) -> bool:
        """Whether its subject is a slot."""
        return bool(self.elements) and isinstance(self.elements[0], Slot)


def patterns_of(domain: Domain, wording: Wording) -> tuple[Pattern, ...]:
    """All patterns of a domain's wording."""
    found: dict[Pattern, None] = {}
    for predicate in domain.predicates:
        phrasing = wording.predicates[predicate.name]
        statements = (phrasing.say, *phrasing.read)
        for template in statements:
            found[_compiled(predicate, template)] = None
        # How far `it is not so that` reaches is a matter of sentences, not of clauses.
        if texts_of(phrasing.deny)[: len(DENIAL)] != DENIAL:
            found[_compiled(predicate, phrasing.deny, negative=True)] = None
        for template in phrasing.goal:
            found[_compiled(predicate, template, imperative=True)] = None
    return tuple(p for p in found if p.elements)


def _compiled(
    predicate: Predicate, template: str, *, imperative: bool = False, negative: bool = False
) -> Pattern:
    elements: list[Element] = []
    for part in template_parts(template, predicate.parameters):
        if isinstance(part, int):
            elements.append(Slot(part))
        else:
            elements += [Article() if w in ARTICLES else w for w in texts_of(part)]
    if not imperative:
        elements = _with_verb(elements)
    return Pattern(predicate, tuple(elements), template, imperative, negative)


def _with_verb(elements: list[Element]) -> list[Element]:
    """A statement's elements with its verb, where one is recognised, in all its forms.

    That is the first `is` or `has`; else the word after a subject that is a slot, if it looks like
    a verb. Before a preposition a missing `is` may be said.
    """
    for index, element in enumerate(elements):
        if element in _BE or element in _HAVE:
            # `has been` and `does not` are part of longer verbs that their own words spell out.
            verb = BE if element in _BE else HAVE
            return [*elements[:index], verb, *elements[index + 1 :]]
    if len(elements) > 1 and isinstance(elements[0], Slot):
        word = elements[1]
        if word in _PREPOSITIONS:
            return [elements[0], Verb(BE.base, BE.forms, optional=True), *elements[1:]]
        if isinstance(word, str) and len(word) > 2 and word.endswith("s") and word != "does":
            return [elements[0], _regular(word), *elements[2:]]
        if word == "does" and elements[2:3] == ["not"]:
            return [elements[0], _DOES, *elements[2:]]
    return elements


def _regular(third: str) -> Verb:
    """The forms of a regular verb from its third person: `holds`, `carries`, `passes`."""
    if third.endswith("ies"):
        base = third[:-3] + "y"
    elif third.endswith(("sses", "shes", "ches", "xes", "zes")):
        base = third[:-2]
    else:
        base = third[:-1]
    return Verb(base, _forms(base, {third: False, base: True}, {"does": False, "do": True}))


def _forms(base: str, present: Mapping[str, bool], helpers: Mapping[str, bool]) -> tuple[Form, ...]:
    """A verb's forms: present tense, after modals, infinitive; each also denied."""
    forms = [Form((w,), False, plural) for w, plural in present.items()]
    forms += [Form((h, "not", base), True, plural) for h, plural in helpers.items()]
    for modal in _MODALS:
        forms += [_wish(modal, base), _wish(modal, "not", base)]
    for need, plural in {"has": False, "have": True, "needs": False, "need": True}.items():
        forms.append(Form((need, "to", base), False, plural, wish=True))
    forms += [_wish("to", base), _wish("not", "to", base), _wish("to", "not", base)]
    return tuple(forms)


def _wish(*words: str) -> Form:
    return Form(words, not {"not", "no"}.isdisjoint(words), wish=True)


def _be_forms() -> tuple[Form, ...]:
    forms = list(_forms("be", _BE, {}))
    forms += [_wish("be"), _wish("not", "be")]
    for word, plural in _BE.items():
        forms.append(Form((word, "not"), True, plural))
        forms.append(Form((word, "no", "longer"), True, plural))
    for modal in _MODALS:
        forms += [_wish(modal, "end", "up"), _wish(modal, "no", "longer", "be")]
    forms.append(Form(("ends", "up"), plural=False, wish=True))
    forms.append(Form(("end", "up"), plural=True, wish=True))
    return tuple(forms)


def _have_forms() -> tuple[Form, ...]:
    forms = list(_forms("have", _HAVE, {"does": False, "do": True}))
    forms += [Form((word, "not"), True, plural) for word, plural in _HAVE.items()]
    return tuple(forms)


BE = Verb("be", _be_forms())
HAVE = Verb("have", _have_forms())
_DOES = Verb("do", (Form(("does",), False, False), Form(("do",), False, True)))


def _indicative(pattern: Pattern) -> Pattern:
    """A statement without the forms of its verb that say what should be."""
    elements: list[Element] = []
    for element in pattern.elements:
        if isinstance(element, Verb):
            forms = tuple(form for form in element.forms if not form.wish)
            elements.append(replace(element, forms=forms))
        else:
            elements.append(element)
    return replace(pattern, elements=tuple(elements))


def _kind_patterns(kind: Kind) -> tuple[Pattern, ...]:
    """`… is a truck`, `… are trucks`."""
    predicate = Predicate(kind.membership, (Parameter("?x"),))
    patterns = (
        Pattern(predicate, (Slot(0), BE, Article(), *kind.one), ""),
        Pattern(predicate, (Slot(0), BE, *kind.many), ""),
    )
    return tuple(map(_indicative, patterns))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The patterns of a domain, and every word that occurs in them."""

    patterns: tuple[Pattern, ...]
    words: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, domain: Domain, wording: Wording) -> Lexicon:
        """The lexicon of a domain's wording."""
        return cls._with(patterns_of(domain, wording))

    @classmethod
    def of_situations(cls, domain: Domain, wording: Wording, kinds: Iterable[Kind]) -> Lexicon:
        """The lexicon of statements about what is so: no wishes, but what is of which kind."""
        stated = (_indicative(p) for p in patterns_of(domain, wording) if not p.imperative)
        return cls._with((*stated, *(p for kind in kinds for p in _kind_patterns(kind))))

    @classmethod
    def _with(cls, patterns: tuple[Pattern, ...]) -> Lexicon:
        words: set[str] = set()
        for pattern in patterns:
            for element in pattern.elements:
                if isinstance(element, str):
                    words.add(element)
                elif isinstance(element, Verb):
                    words.update(w for form in element.forms for w in form.words)
        return cls(patterns, frozenset(words | ARTICLES))
