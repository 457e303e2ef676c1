"""Noun phrases of controlled English: which objects `p1`, `the truck t1` or `all blocks` are.

A phrase may be read in several ways and may end in several places; all are given, and whoever asks
decides. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.wording import Wording
from goalsmith.translate.controlled_english.nouns import Noun, forms_of_names, nouns_of
from goalsmith.translate.rounds import NotTranslatedError

EXCEPT = (("except",), ("except", "for"), ("other", "than"), ("apart", "from"), ("but",))
LIST_WORDS = frozenset({",", "and", "&"})
FUNCTION_WORDS = frozenset(
    {"every", "each", "all", "of", "one", "no", "none", "everything", "nothing", "the"}
    | {w for phrase in EXCEPT for w in phrase}
    | LIST_WORDS
)

MAX_EFFORT = 500_000
"""Objects put into lists, all readings counted, before a text is given up."""


class TooMuchError(NotTranslatedError):
    """A text is within the limits of length, but has too many readings to be followed."""


class Reach(Enum):
    """How a noun phrase picks its objects."""

    NAMED = "named"
    EVERY = "every"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun phrase that was read.

    Attributes:
        objects: the objects it is about, in order.
        end: the index of the word after it.
        reach: whether they are named, or all of a kind, or none of a kind.
        plural: whether a verb that follows it is in the plural.
        listed: it is a list of several items.
        closed: it is no list, or a list whose last item follows `and`.
        excepted: the kind that an exception was made from. A list does not go on with objects of
            it: `b` in `all blocks except a and b` is a second exception.
        pronoun: it begins with `everything` or `nothing`.
    """

    objects: tuple[str, ...]
    end: int
    reach: Reach = Reach.NAMED
    plural: bool = False
    listed: bool = False
    closed: bool = True
    excepted: frozenset[str] = frozenset()
    pronoun: bool = False


class Things:
    """Reads noun phrases over a task's objects."""

    def __init__(self, task: Task, wording: Wording) -> None:
        self.hierarchy = TypeHierarchy(task.domain, task.objects)
        self.effort = 0
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, forms in forms_of_names(task, wording).items():
            for form in forms:
                self._names.setdefault(form[0], []).append((form, name))
        self._nouns: dict[str, list[tuple[tuple[str, ...], bool, Noun]]] = {}
        for noun in nouns_of(task, wording):
            self._nouns.setdefault(noun.one[0], []).append((noun.one, False, noun))
            self._nouns.setdefault(noun.many[0], []).append((noun.many, True, noun))
        known = [form for named in self._names.values() for form, _ in named]
        known += [form for nouns in self._nouns.values() for form, _, _ in nouns]
        self.words = FUNCTION_WORDS | {w for form in known for w in form}

    def lists(self, words: Sequence[str], at: int, fits: frozenset[str]) -> Iterator[Thing]:
        """The noun phrases that begin at a word, lists among them, of objects in `fits`.

        A list has commas and `and` between its items. `fits` is what may stand there; it is also
        what `everything` means. Raises TooMuchError when all lists read so far get too long.
        """
        return self._chains(words, at, lambda place: self._items(words, place, fits))

    def _chains(
        self, words: Sequence[str], at: int, items: Callable[[int], Iterable[Thing]]
    ) -> Iterator[Thing]:
        """The items at a word, each alone and as the beginning of lists."""
        waiting = list(items(at))
        seen = set()
        while waiting:
            thing = waiting.pop()
            if thing in seen:
                continue
            seen.add(thing)
            yield thing
            following = list_separator(words, thing.end)
            if thing.reach is Reach.NONE or following is None:
                continue
            closed = words[following - 1] != ","
            for item in items(following):
                if item.reach is not Reach.NONE and not thing.excepted & set(item.objects):
                    waiting.append(self._joined(thing, item, closed))

    def _items(self, words: Sequence[str], at: int, fits: frozenset[str]) -> Iterator[Thing]:
        """The readings of one item."""
        for thing in self._any_items(words, at, fits):
            if thing.objects and fits.issuperset(thing.objects):
                yield thing

    def _any_items(self, words: Sequence[str], at: int, fits: frozenset[str]) -> Iterator[Thing]:
        word = _word(words, at)
        after = at + 1 if word == "the" else at
        yield from self._named(words, after)
        if word == "the":
            yield from self._definite(words, after)
        elif word in {"every", "each", "all"}:
            yield from self._every(words, at)
        elif word in {"no", "none"}:
            yield from self._none(words, at)
        elif word in {"everything", "nothing"}:
            ordered = tuple(o for o in self._everything() if o in fits)
            reach = Reach.EVERY if word == "everything" else Reach.NONE
            whole = Thing(ordered, at + 1, reach, pronoun=True)
            yield from self._with_exceptions(words, whole)

    def _everything(self) -> tuple[str, ...]:
        return self.hierarchy.objects_of((ANY_TYPE,))

    def _named(self, words: Sequence[str], at: int) -> Iterator[Thing]:
        """`a`, `block a`, `blocks a, b and c`."""
        for name, end in self._names_at(words, at):
            yield Thing((name,), end)
        for plural, noun, start in self._nouns_at(words, at):
            names = partial(self._names_of, words, noun=noun)
            if plural:
                yield from (t for t in self._chains(words, start, names) if t.listed)
            else:
                yield from names(start)

    def _names_of(self, words: Sequence[str], at: int, noun: Noun) -> Iterator[Thing]:
        for name, end in self._names_at(words, at):
            if name in noun.objects:
                yield Thing((name,), end)

    def _definite(self, words: Sequence[str], at: int) -> Iterator[Thing]:
        """`the packages`: all; `the truck`: the only one."""
        for plural, noun, end in self._nouns_at(words, at):
            if plural:
                whole = Thing(noun.objects, end, Reach.EVERY, plural=True)
                yield from self._with_exceptions(words, whole)
            elif len(noun.objects) == 1:
                yield Thing(noun.objects, end)

    def _every(self, words: Sequence[str], at: int) -> Iterator[Thing]:
        """`every block`, `each of the blocks`, `every one of the blocks`, `all (of) the blocks`."""
        word, start = words[at], at + 1
        if word == "every" and _word(words, start) == "one":
            start += 1
        has_of = _word(words, start) == "of"
        if (start > at + 1) and not has_of:
            return
        start += has_of
        has_the = _word(words, start) == "the"
        if has_of is not has_the and (has_of or word != "all"):
            return
        start += has_the
        wanted = word == "all" or has_of
        for plural, noun, end in self._nouns_at(words, start):
            if plural is wanted or _same_number(noun):
                whole = Thing(noun.objects, end, Reach.EVERY, plural=word == "all")
                yield from self._with_exceptions(words, whole)

    def _none(self, words: Sequence[str], at: int) -> Iterator[Thing]:
        """`no block`, `no blocks`, `none of the blocks`."""
        none_of = words[at] == "none"
        if none_of and (_word(words, at + 1), _word(words, at + 2)) != ("of", "the"):
            return
        for plural, noun, end in self._nouns_at(words, at + 3 if none_of else at + 1):
            if not none_of or plural or _same_number(noun):
                for number in {plural, False} if none_of else {plural}:
                    whole = Thing(noun.objects, end, Reach.NONE, plural=number)
                    yield from self._with_exceptions(words, whole)

    def _with_exceptions(self, words: Sequence[str], whole: Thing) -> Iterator[Thing]:
        """A phrase for all or none of some objects, as it is and with exceptions."""
        yield whole
        for phrase in EXCEPT:
            start = whole.end + len(phrase)
            if tuple(words[whole.end : start]) != phrase:
                continue
            inside = frozenset(whole.objects)
            names = partial(self._names_in, words, inside=inside)
            for thing in self._chains(words, start, names):
                out = frozenset(thing.objects)
                rest = tuple(o for o in whole.objects if o not in out)
                if rest:
                    yield replace(whole, objects=rest, end=thing.end, excepted=inside)

    def _names_in(self, words: Sequence[str], at: int, inside: frozenset[str]) -> Iterator[Thing]:
        """Named objects out of some."""
        after = at + 1 if _word(words, at) == "the" else at
        return (t for t in self._named(words, after) if inside.issuperset(t.objects))

    def _joined(self, first: Thing, second: Thing, closed: bool) -> Thing:
        """A list of a phrase and one more item."""
        objects = tuple(dict.fromkeys((*first.objects, *second.objects)))
        self.effort += len(objects)
        if self.effort > MAX_EFFORT:
            raise TooMuchError("the text has too many or too long lists: say it more briefly")
        every = Reach.EVERY in (first.reach, second.reach)
        return Thing(
            objects,
            second.end,
            Reach.EVERY if every else Reach.NAMED,
            plural=True,
            listed=True,
            closed=closed,
            excepted=first.excepted | second.excepted,
            pronoun=first.pronoun or second.pronoun,
        )

    def _names_at(self, words: Sequence[str], at: int) -> Iterator[tuple[str, int]]:
        found = set()
        for form, name in self._names.get(_word(words, at), ()):
            end = at + len(form)
            if tuple(words[at:end]) == form and (name, end) not in found:
                found.add((name, end))
                yield name, end

    def _nouns_at(self, words: Sequence[str], at: int) -> Iterator[tuple[bool, Noun, int]]:
        for form, plural, noun in self._nouns.get(_word(words, at), ()):
            end = at + len(form)
            if tuple(words[at:end]) == form:
                yield plural, noun, end


def list_separator(words: Sequence[str], at: int) -> int | None:
    """The index of the item after `,`, `and`, `&` or `, and`; None when there is no separator."""
    start = at
    if _word(words, at) == ",":
        at += 1
    if _word(words, at) in {"and", "&"}:
        at += 1
    return at if at > start else None


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _same_number(noun: Noun) -> bool:
    return noun.one == noun.many
