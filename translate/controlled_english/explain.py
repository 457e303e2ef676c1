"""Why a text in controlled English was not understood: which words, and what would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import listed, nearest
from goalsmith.domains.formula import Condition
from goalsmith.domains.language import Predicate, Task, TypeHierarchy
from goalsmith.domains.wording import Wording, fill
from goalsmith.translate.controlled_english.mood import Mood
from goalsmith.translate.controlled_english.things import TooMuchError
from goalsmith.translate.controlled_english.words import quoted, texts_of
from goalsmith.translate.rounds import NotTranslatedError
from goalsmith.translate.saying import said

if TYPE_CHECKING:
    from goalsmith.translate.controlled_english.reader import SentenceReader

MAX_PARTS = 5
"""Parts of a text named as not understood."""

MAX_EXAMPLES = 4
MAX_QUOTE = 120
_FORBIDDING = ("do", "not")
_BREAKS = frozenset({".", ";", "!", ",", "and", "then", "but"})


def not_understood(
    text: str, reader: SentenceReader, task: Task, wording: Wording, place: str = ""
) -> NotTranslatedError:
    """The error for a text of which `reader` could not read all. Moves its `reached`.

    `place` says which part of the text the reader was given, and begins the message.
    """
    known = reader.vocabulary
    used = frozenset(reader.texts)
    hint = _for_example(
        task, wording, used & reader.clauses.lexicon.words, reader.mood is Mood.GOAL
    )
    if not reader.words:
        return NotTranslatedError(f"the text asks for nothing. {hint}")
    parts: list[str] = []
    unread: list[str] = []
    refusal = _refusal(text, reader) if used <= known else None
    if refusal is not None:
        parts, unread = [refusal[0]], [refusal[1]]
    while refusal is None:
        start = reader.reached
        end = _next_clause(reader, start, known)
        part, words = _unread_part(text, reader, start, end, known, task)
        parts.append(part)
        unread += words
        if end == len(reader.words) or _rest_is_read(reader, end):
            break
        if len(parts) == MAX_PARTS:
            parts.append("and so on")
            break
    return NotTranslatedError(f"{place}{'; '.join(parts)}. {hint}", tuple(unread))


def _rest_is_read(reader: SentenceReader, start: int) -> bool:
    """Whether all words from `start` on can be read. Moves its `reached`."""
    try:
        return bool(reader.goals(start))
    except TooMuchError:
        return True


def _refusal(text: str, reader: SentenceReader) -> tuple[str, str] | None:
    """The first clause that was matched but may not be taken, with the reason; and its words."""
    for start, failure in sorted(reader.clauses.failures.items()):
        for reason, end in failure.refused.items():
            shown = quoted(text, reader.words[start:end])
            return f"“{_short(shown)}” is not read: {reason}", shown
    return None


def ambiguous(goals: Sequence[Condition], task: Task, wording: Wording) -> NotTranslatedError:
    """The error for a text with several readings."""
    shown = [said(g, task, wording)[:300] for g in goals[:2]]
    return NotTranslatedError(
        f"the text can be read in {len(goals)} ways or more: “{shown[0]}”, or “{shown[1]}”; say it "
        "so that only one is left"
    )


def examples(
    task: Task, wording: Wording, words: frozenset[str] = frozenset(), wishes: bool = True
) -> tuple[str, ...]:
    """Phrasings of a domain over a task's objects; those that share words with `words` first.

    Imperatives are among them if `wishes`.
    """
    hierarchy = TypeHierarchy(task.domain, task.objects)
    changing = task.domain.changing_predicates()
    found: dict[str, int] = {}
    for predicate in task.domain.predicates:
        args = _sample(predicate, hierarchy)
        if args is None:
            continue
        phrasing = wording.predicates[predicate.name]
        for template in (*(phrasing.goal[:1] if wishes else ()), phrasing.say):
            example = fill(template, predicate.parameters, args)
            shared = len(words & set(texts_of(template)))
            found.setdefault(example, 2 * (predicate.name not in changing) - min(shared, 1))
    return tuple(sorted(found, key=lambda e: found[e])[:MAX_EXAMPLES])


def _for_example(task: Task, wording: Wording, words: frozenset[str], wishes: bool) -> str:
    shown = examples(task, wording, words, wishes)
    if not shown:
        return "Nothing can be said about a task without objects"
    return "Understood would be, for example: " + listed([f"“{e}”" for e in shown], "or") + "."


def _sample(predicate: Predicate, hierarchy: TypeHierarchy) -> tuple[str, ...] | None:
    """Objects for a predicate's places, different ones where there are enough."""
    chosen: list[str] = []
    for parameter in predicate.parameters:
        fitting = hierarchy.objects_of(parameter.types)
        if not fitting:
            return None
        chosen.append(next((o for o in fitting if o not in chosen), fitting[0]))
    return tuple(chosen)


def _next_clause(reader: SentenceReader, start: int, known: frozenset[str]) -> int:
    """The first word after `start` where a clause can be read again; else the end of the text.

    That is after a separator, after words that mean nothing anywhere, or after `do not`.
    """
    try:
        return _begin_after(reader, start, known)
    except TooMuchError:
        return len(reader.words)


def _begin_after(reader: SentenceReader, start: int, known: frozenset[str]) -> int:
    strange = True
    for place in range(start + 1, len(reader.words)):
        strange = strange and reader.texts[place - 1] not in known
        after_break = reader.texts[place - 1] in _BREAKS or reader.words[place].new_line
        forbidden = reader.texts[start:place] == _FORBIDDING
        if (strange or after_break or forbidden) and reader.begins(place):
            return place
    return len(reader.words)


def _unread_part(
    text: str, reader: SentenceReader, start: int, end: int, known: frozenset[str], task: Task
) -> tuple[str, list[str]]:
    """What is wrong between two words, and the words that were not understood."""
    words = reader.words[start:end]
    if not words:
        last = quoted(text, reader.words[-3:])
        return f"the text ends too early, after “{last}”", []
    whole = _short(quoted(text, words))
    found = reader.texts[start:end]
    if found == _FORBIDDING:
        return "“do not …” is not read: say what should not hold, such as “… is not …”", [whole]
    if end == len(reader.words) and _BREAKS.issuperset(found):
        return f"the text ends too early, after “{whole}”", [whole]
    groups: list[list[int]] = []
    for index in range(start, end):
        if reader.texts[index] not in known:
            if groups and groups[-1][-1] == index - 1:
                groups[-1].append(index)
            else:
                groups.append([index])
    if groups:
        unread = [quoted(text, [reader.words[i] for i in group]) for group in groups]
        names = listed([f"`{_short(u)}`" for u in unread[:MAX_PARTS]])
        verb = "was" if len(unread) == 1 else "were"
        context = "" if unread == [quoted(text, words)] else f" in “{whole}”"
        hint = _close(unread, (o.name for o in task.objects))
        return f"{names} {verb} not understood{context}{hint}", unread
    return _misplaced(text, reader, start, end, whole)


def _misplaced(
    text: str, reader: SentenceReader, start: int, end: int, whole: str
) -> tuple[str, list[str]]:
    """What is wrong with words that are all known, but not in this order."""
    failures = [
        f
        for place, f in reader.clauses.failures.items()
        if start <= place < end and place < f.at <= end
    ]
    if not failures:
        return f"“{whole}” was not understood", [whole]
    furthest = max(failures, key=lambda f: f.at)
    expected = listed(list(furthest.expected)[:6], "or")
    if furthest.at >= end:
        return f"“{whole}” lacks something at its end: {expected} is expected", [whole]
    word = reader.words[furthest.at]
    unread = text[word.start : word.end]
    return f"`{unread}` was not understood in “{whole}”: {expected} is expected there", [unread]


def _close(unread: Sequence[str], names: Iterable[str]) -> str:
    known = list(names)
    # To a word of two letters everything is near.
    long = [u for u in unread[:MAX_PARTS] if len(u) > 2]
    found = dict.fromkeys(close for u in long for close in nearest(u, known, 1))
    return f" (did you mean {listed([f'`{c}`' for c in found], 'or')}?)" if found else ""


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUOTE else text[:MAX_QUOTE] + "…"
