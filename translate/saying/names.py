"""Several objects named together: `a, b and c`, `b1 to b55`, `all 12 packages except p3`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goalsmith.domains.diagnostics import listed
from goalsmith.domains.formula import ANY_TYPE
from goalsmith.domains.language import Task, TypeHierarchy
from goalsmith.domains.wording import Noun, Wording
from goalsmith.domains.wording.defaults import name_words, plural
from goalsmith.translate.controlled_english.nouns import nouns_of

MIN_RUN = 4
"""Names with consecutive numbers that are said as a run."""

MIN_ALL = 4
"""Objects that are said as all of their kind; fewer are named."""

MAX_EXCEPTED = 2
"""Objects that are named as left out of all of a kind."""

MAX_ITEMS = 12
"""Names and runs in a list; of more the first, and how many more."""

SHOWN_ITEMS = 6
"""Names and runs shown of a list that has too many."""

MIN_COUNTED = 9
"""Objects of a list with a run in it after which their number is said."""

_NUMBERED = re.compile(r"(.*?)([0-9]{1,15})")
_DIGITS = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What objects of a kind are called, and which they are."""

    noun: Noun
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Naming:
    """How several objects may be named.

    Attributes:
        brief: with numbers, runs and cuts; else in controlled English, with every name.
        all_of_kind: as all of their kind, where they are.
        exceptions: as all of their kind but few.
        runs: as `b1 to b55`, when brief.
        the: with a `the` before a list of names.
    """

    brief: bool = True
    all_of_kind: bool = True
    exceptions: bool = True
    runs: bool = True
    the: bool = False


class Names:
    """Names objects of one task.

    Attributes:
        kind_predicates: the predicates that say nothing but the kinds of objects, in a domain
            without types, such as `(ball b1)`.
    """

    def __init__(self, task: Task, wording: Wording) -> None:
        self.task = task
        self.wording = wording
        self.kind_predicates = _kind_predicates(task)
        self._kinds = tuple(_kinds(task, wording, self.kind_predicates))
        self._types = {each.name: each.types for each in task.objects}
        # Every number in every name, with what precedes it: `b2x` too might be taken for one of
        # `b1 to b5`.
        self._numbers: dict[str, list[tuple[int, str]]] = {}
        for each in task.objects:
            for match in _DIGITS.finditer(each.name):
                stem = _plain(each.name[: match.start()])
                self._numbers.setdefault(stem, []).append((int(match[0]), each.name))

    def in_order(self, objects: Sequence[str]) -> tuple[str, ...]:
        """Objects by name; `b2` before `b10`."""
        return tuple(sorted(objects, key=natural_key))

    def several(self, objects: Sequence[str], how: Naming) -> str:
        """Several objects as part of a sentence that is true of each of them."""
        whole = self._all_of(objects, how)
        if whole is None:
            return self._one_by_one(objects, how)
        kind, missing = whole
        count = f"{len(kind.members)} " if how.brief else ""
        return f"all {count}{kind.noun.many}{_except(missing)}"

    def each_of(self, objects: Sequence[str], how: Naming) -> str:
        """Several objects as part of a sentence that has its verb in the singular."""
        whole = self._all_of(objects, how)
        if whole is None:
            return f"each of {self._one_by_one(objects, how)}"
        kind, missing = whole
        return f"each of the {len(kind.members)} {kind.noun.many}{_except(missing)}"

    def _one_by_one(self, objects: Sequence[str], how: Naming) -> str:
        ordered = self.in_order(objects)
        the = "the " if how.the else ""
        if not how.brief:
            return the + listed([bare(name) for name in ordered])
        return the + self.items(ordered, runs=how.runs)

    def items(
        self,
        objects: Sequence[str],
        limit: int = MAX_ITEMS,
        *,
        counted: bool = True,
        runs: bool = True,
    ) -> str:
        """Objects one by one in their order, with `runs` of them as `b1 to b55`.

        Of more than `limit` names and runs the first are said, and how many objects more. The
        number of objects is said after a long list with runs, unless not `counted`.
        """
        cut = self._runs(objects) if runs else [(bare(name),) for name in objects]
        if len(cut) > limit:
            shown = cut[:SHOWN_ITEMS]
            more = len(objects) - sum(map(len, shown))
            return f"{', '.join(map(_run_text, shown))} and {more} more"
        text = listed([_run_text(run) for run in cut])
        if counted and len(objects) >= MIN_COUNTED and len(cut) < len(objects):
            text += f" ({len(objects)} in all)"
        return text

    def kinds_of_objects(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What kind all objects are of: `3 trucks`, and which."""
        kinds: dict[tuple[str, ...], list[str]] = {}
        said = {a for a in self.task.problem.init if a.predicate in self.kind_predicates}
        by_object: dict[str, list[str]] = {}
        order = {name: i for i, name in enumerate(self.kind_predicates)}
        for atom in sorted(said, key=lambda a: order[a.predicate]):
            by_object.setdefault(atom.args[0], []).append(atom.predicate)
        for each in self.task.objects:
            kinds.setdefault(tuple(by_object.get(each.name, each.types)), []).append(each.name)
        return tuple((self._kinds_text(k, len(v)), tuple(v)) for k, v in kinds.items())

    def _kinds_text(self, kinds: tuple[str, ...], count: int) -> str:
        if kinds[0] not in self.kind_predicates:
            nouns = [self.wording.types[t] for t in kinds]
            return f"{count} {listed([n.one if count == 1 else n.many for n in nouns], 'or')}"
        nouns = [_noun(name) for name in kinds]
        if count == 1:
            return f"1 {listed([n.one for n in nouns])}"
        others = f" that are {listed([n.many for n in nouns[1:]])} too" if nouns[1:] else ""
        return f"{count} {nouns[0].many}{others}"

    def _all_of(self, objects: Sequence[str], how: Naming) -> tuple[_Kind, tuple[str, ...]] | None:
        """The smallest kind that the objects are all of, or all but few; and those left out."""
        if len(objects) < MIN_ALL or not how.all_of_kind:
            return None
        most = MAX_EXCEPTED if how.exceptions else 0
        wanted = frozenset(objects)
        for kind in self._kinds:
            left = len(kind.members) - len(wanted)
            if 0 <= left <= most and len(wanted) > 2 * left and wanted <= kind.members:
                return kind, self.in_order(tuple(kind.members - wanted))
        return None

    def _runs(self, objects: Sequence[str]) -> list[Sequence[str]]:
        """The objects in their order, cut into runs and single ones."""
        found: list[Sequence[str]] = []
        start = 0
        while start < len(objects):
            run = objects[start : _run_end(objects, start)]
            if len(run) >= MIN_RUN and not self._crossed(run):
                found.append(run)
            else:
                found += [(bare(name),) for name in run]
            start += len(run)
        return found

    def _crossed(self, run: Sequence[str]) -> bool:
        """Whether another object might be taken for one of a run.

        That is `b03` or `b-3` for one of `b1 to b5`, and `b3x` if it is of the same type.
        """
        first, last = _numbered(run[0]), _numbered(run[-1])
        assert first is not None and last is not None
        low, high = sorted((int(first[1]), int(last[1])))
        inside = set(run)
        types = {self._types.get(name) for name in run}
        return any(
            low <= number <= high
            and name not in inside
            and (name[-1].isdigit() or self._types[name] in types)
            for number, name in self._numbers.get(_plain(first[0]), ())
        )


def natural_key(name: str) -> tuple[tuple[str, int], ...]:
    """A key that sorts names with numbers in them by these: `b2` before `b10`."""
    pieces = re.split(r"([0-9]{1,15})", name)
    texts, numbers = pieces[::2], [*map(int, pieces[1::2]), -1]
    return (*zip(texts, numbers, strict=True), (name, 0))


def bare(term: str) -> str:
    """A term as it is said: a variable without its question mark."""
    return term.removeprefix("?")


def _run_end(objects: Sequence[str], start: int) -> int:
    """The end of the longest run, up or down, that begins at an object; at least the next one."""
    here = _numbered(objects[start])
    end = start + 1
    step = 0
    while here is not None and end < len(objects):
        following = _numbered(objects[end])
        if following is None or following[0] != here[0]:
            break
        difference = int(following[1]) - int(here[1])
        if abs(difference) != 1 or (step and difference != step):
            break
        step = difference
        here = following
        end += 1
    # `b9, b10` and `b09, b10` are runs, but not `b09, b10, …, b100`: it skips names such as `b010`.
    numbers = [n[1] for n in map(_numbered, objects[start:end]) if n is not None]
    if any(n.startswith("0") and len(n) > 1 for n in numbers) and len(set(map(len, numbers))) > 1:
        return start + 1
    return end


def _run_text(run: Sequence[str]) -> str:
    if len(run) == 1:
        return run[0]
    first, last = natural_key(run[0]), natural_key(run[-1])
    return f"{run[0]} to {run[-1]}" if first < last else f"{run[0]} down to {run[-1]}"


def _numbered(name: str) -> tuple[str, str] | None:
    """A name's stem and the number that it ends in."""
    match = None if name.startswith("?") else _NUMBERED.fullmatch(name)
    return (match[1], match[2]) if match and not match[1][-1:].isdigit() else None


def _plain(stem: str) -> str:
    return re.sub(r"[-_]+", "", stem).lower()


def _except(missing: Sequence[str]) -> str:
    return f" except {listed(missing)}" if missing else ""


def _noun(name: str) -> Noun:
    one = name_words(name)
    return Noun(one, plural(one))


def _kind_predicates(task: Task) -> tuple[str, ...]:
    """The predicates of one place that never change, if each object of a task has one or more.

    Only in a domain without types. If some object has none, they may as well be properties.
    """
    domain = task.domain
    if domain.types or any(o.types != (ANY_TYPE,) for o in task.objects):
        return ()
    names = tuple(n for n in domain.static_predicates() if len(domain.predicate(n).parameters) == 1)
    covered = {a.args[0] for a in task.problem.init if a.predicate in names}
    return names if covered.issuperset(o.name for o in task.objects) else ()


def _kinds(task: Task, wording: Wording, predicates: Sequence[str]) -> list[_Kind]:
    """The kinds of a task's objects whose nouns mean one thing only, from small to large."""
    hierarchy = TypeHierarchy(task.domain, task.objects)
    # Where there are types, `objects` says less than they do.
    types = [t for t in wording.types if t != ANY_TYPE or not task.domain.types]
    kinds = [_Kind(wording.types[t], frozenset(hierarchy.objects_of((t,)))) for t in types]
    for name in predicates:
        members = frozenset(a.args[0] for a in task.problem.init if a.predicate == name)
        kinds.append(_Kind(_noun(name), members))
    meanings: dict[str, set[frozenset[str]]] = {}
    for noun in nouns_of(task, wording):
        for words in {noun.one, noun.many}:
            meanings.setdefault(" ".join(words), set()).add(frozenset(noun.objects))
    kept = [k for k in kinds if meanings.get(k.noun.many.lower()) == {k.members}]
    return sorted(kept, key=lambda kind: len(kind.members))
