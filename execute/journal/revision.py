"""How a new plan differs from what was left of the old one, step by step."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from goalsmith.domains.plans import Step
from goalsmith.execute.journal.events import Event, Judged, PlanAdopted, PlanEdited
from goalsmith.execute.journal.place import Place


class Change(StrEnum):
    """What becomes of a step in a revision, in the order in which a person is told."""

    KEPT = "kept"
    MOVED = "moved"
    """It is in both, in another order to the steps that are kept."""
    ADDED = "added"
    DROPPED = "dropped"
    SKIPPED = "skipped"
    """The plan stays, and goes on without it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A step of either plan and what becomes of it.

    `old` and `new` are its places among the steps that were left and in the new plan, from 0; None
    where it is not one of them.
    """

    change: Change
    step: Step
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Revision:
    """How what was left of a plan was changed.

    Attributes:
        entry: the number of the event that changed it, from 0.
        version: of the plan in force from then on.
        reason: why it was changed; empty for a person's plan.
        lines: the steps of both, in the order of the new plan; what is no longer taken stands where
            it was.
    """

    entry: int
    version: int
    reason: str
    lines: tuple[Line, ...]

    def steps(self, change: Change) -> tuple[Step, ...]:
        """The steps of which this became."""
        return tuple(line.step for line in self.lines if line.change is change)

    @property
    def distance(self) -> int:
        """How many steps are in only one of the two plans; see `distance`."""
        return sum(line.old is None or line.new is None for line in self.lines)

    def __str__(self) -> str:
        counts = Counter(line.change for line in self.lines)
        return ", ".join(f"{change} {counts[change]}" for change in Change if counts[change])


def distance(old: Iterable[Step], new: Iterable[Step]) -> int:
    """How many steps are in only one of two plans, each as often as it is there more often.

    0 means the same steps, in whatever order. The measure is the distance of plan stability (Fox,
    Gerevini, Long and Serina, Plan stability: replanning versus plan repair, ICAPS 2006).
    """
    before, after = Counter(old), Counter(new)
    return ((before - after) + (after - before)).total()


def compare_plans(old: Sequence[Step], new: Sequence[Step]) -> tuple[Line, ...]:
    """What becomes of each step when a new plan takes the place of an old one.

    Kept are the steps of a longest common subsequence. Of the others, those that are in both are
    moved, the first of equal ones first.
    """
    pairs = _longest_common(old, new)
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    elsewhere: dict[Step, deque[int]] = defaultdict(deque)
    for i, step in enumerate(old):
        if i not in kept_old:
            elsewhere[step].append(i)
    lines: list[list[Line]] = [[] for _ in range(len(pairs) + 1)]
    gone = set(range(len(old))) - kept_old
    gap = 0
    for j, step in enumerate(new):
        if j in kept_new:
            lines[gap].append(Line(Change.KEPT, step, pairs[gap][0], j))
            gap += 1
        elif elsewhere[step]:
            i = elsewhere[step].popleft()
            gone.discard(i)
            lines[gap].append(Line(Change.MOVED, step, i, j))
        else:
            lines[gap].append(Line(Change.ADDED, step, None, j))
    starts = [i for i, _ in pairs]
    dropped: list[list[Line]] = [[] for _ in lines]
    for i in sorted(gone):
        dropped[bisect_left(starts, i)].append(Line(Change.DROPPED, old[i], i, None))
    return tuple(line for gap in range(len(lines)) for line in (*dropped[gap], *lines[gap]))


def revisions(events: Iterable[Event]) -> tuple[Revision, ...]:
    """Every revision in the events of a run, from the first.

    A plan that is adopted is compared with what was left of the one before it, or with the plan
    given if none was in force. A verdict that skips steps is a revision, too.

    Raises:
        InputError: they are not the events of a run.
    """
    place = Place()
    found: list[Revision] = []
    for number, event in enumerate(events):
        match event:
            case PlanAdopted(version=version, plan=plan, reason=reason) if version > 1:
                lines = compare_plans(_left(place), plan.steps)
                found.append(Revision(number, version, reason, lines))
            case PlanEdited(version=version, plan=plan):
                lines = compare_plans(_left(place), plan.steps)
                found.append(Revision(number, version, "", lines))
            case Judged(skipped=skipped, reason=reason, index=index) if skipped and place.version:
                left = place.rest
                end = sum(i < index for i in place.places)
                first = end - len(skipped)
                lines = tuple(
                    Line(Change.SKIPPED, step, i, None)
                    if first <= i < end
                    else Line(Change.KEPT, step, i, i - end)
                    for i, step in enumerate(left)
                    if i >= first
                )
                found.append(Revision(number, place.version, reason, lines))
        place.take(event)
    return tuple(found)


def _left(place: Place) -> Sequence[Step]:
    """The steps that were left before a plan took the place of the one in force."""
    if place.version:
        return place.rest
    return place.plans[0].steps if place.plans else ()


def _longest_common(old: Sequence[Step], new: Sequence[Step]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence, in order.

    By the algorithm of Hunt and Szymanski (A fast algorithm for computing longest common
    subsequences, CACM 20, 1977): a longest chain among all pairs of equal steps, which are few
    where steps seldom repeat. What both begin and end with is kept beforehand.
    """
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    places: dict[Step, list[int]] = defaultdict(list)
    for j in range(len(new) - end - 1, start - 1, -1):
        places[new[j]].append(j)  # from the last, so that a chain takes one of them at most
    ends: list[int] = []
    chains: list[_Chain] = []
    for i in range(start, len(old) - end):
        for j in places.get(old[i], ()):
            length = bisect_left(ends, j)
            chain = _Chain(i, j, chains[length - 1] if length else None)
            if length == len(ends):
                ends.append(j)
                chains.append(chain)
            else:
                ends[length], chains[length] = j, chain
    middle: list[tuple[int, int]] = []
    last = chains[-1] if chains else None
    while last is not None:
        middle.append((last.old, last.new))
        last = last.before
    return [
        *((i, i) for i in range(start)),
        *reversed(middle),
        *((len(old) - k, len(new) - k) for k in range(end, 0, -1)),
    ]


@dataclass(frozen=True, slots=True)
class _Chain:
    """The last pair of a common subsequence, and the chain before it."""

    old: int
    new: int
    before: _Chain | None
