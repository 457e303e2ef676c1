"""What the guards caught, corruption by corruption, and whether that is what is asked of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goalsmith.benchmarks.translation.corruptions import ALWAYS_CAUGHT, CORRUPTIONS, Kind
from goalsmith.benchmarks.translation.guards import SAMPLES, Case, Ending
from goalsmith.benchmarks.translation.tables import grid

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LEGEND = (
    "caught: a finding that the right answer would not have; refused: not taken however often it "
    "is repeated; repaired: right once the model corrects what it is told of; unnoticed: wrong, "
    "and without a finding; rejected: no right translation if the answer is repeated"
)


@dataclass(frozen=True, slots=True)
class Votes:
    """What came out of votes."""

    right: int
    question: int
    wrong: int

    @classmethod
    def of(cls, endings: Iterable[Ending | None]) -> Votes:
        """The votes among some endings, which are None where none was held."""
        counts = Counter(endings)
        return cls(counts["right"], counts["question"], counts["wrong"] + counts["refused"])

    @property
    def held(self) -> int:
        """How many there were."""
        return self.right + self.question + self.wrong


@dataclass(frozen=True, slots=True)
class Guarded:
    """The cases of one corruption, counted.

    Attributes:
        corruption: its name.
        kind: what is wrong with such answers.
        cases: all of them.
        harmless: say what the right answer says all the same.
        caught: have a finding that the right answer would not have.
        refused: are not taken however often the model repeats the answer.
        repaired: are not harmless, and the right translation comes out when the model corrects
            itself after it is handed findings.
        unnoticed: are not harmless, and have no finding of their own.
        rejected: bring no right translation if the model repeats the answer.
        guards: the codes of the findings that caught them, the most frequent first.
        one: votes in which one of three samples is such an answer, held where it is taken and
            wrong.
        two: likewise, with two of three that are the same.
        unlike: likewise, with two of three that were spoiled by the same rule, but differ.
    """

    corruption: str
    kind: Kind
    cases: int
    harmless: int
    caught: int
    refused: int
    repaired: int
    unnoticed: int
    rejected: int
    guards: tuple[tuple[str, int], ...]
    one: Votes
    two: Votes
    unlike: Votes


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that is asked of the guards, what was found, and whether that is enough."""

    asked: str
    found: str
    met: bool

    def __str__(self) -> str:
        return f"{'met    ' if self.met else 'NOT MET'}  {self.asked}: {self.found}"


def guarded(cases: Iterable[Case]) -> tuple[Guarded, ...]:
    """The cases of each corruption, counted, in the order of `CORRUPTIONS`."""
    groups: dict[tuple[str, Kind], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.corruption, case.kind), []).append(case)
    order = {corruption.name: rank for rank, corruption in enumerate(CORRUPTIONS)}
    names = sorted(groups, key=lambda group: order.get(group[0], len(order)))
    return tuple(_counted(name, kind, groups[name, kind]) for name, kind in names)


def requirements(groups: Sequence[Guarded]) -> tuple[Requirement, ...]:
    """What is asked of the guards: to refuse what cannot be right, and to reject nothing that is.

    A requirement of which there is no case is left out.
    """
    found = []
    for kind in ALWAYS_CAUGHT:
        of_kind = [each for each in groups if each.kind is kind]
        cases = sum(each.cases for each in of_kind)
        if cases:
            refused = sum(each.refused for each in of_kind)
            asked = f"every corruption of {kind} is caught, and never taken"
            found.append(Requirement(asked, f"{refused} of {cases}", refused == cases))
    equivalent = [each for each in groups if each.kind is Kind.EQUIVALENT]
    cases = sum(each.cases for each in equivalent)
    if cases:
        rejected = sum(each.rejected for each in equivalent)
        asked = "equivalent answers are never rejected"
        found.append(Requirement(asked, f"{rejected} of {cases} are", rejected == 0))
    return tuple(found)


def guard_tables(groups: Sequence[Guarded]) -> Iterator[RenderableType]:
    """The tables: of the guards, of the votes, of the answers that are right in another form."""
    spoiled = [each for each in groups if each.kind is not Kind.EQUIVALENT]
    equivalent = [each for each in groups if each.kind is Kind.EQUIVALENT]
    if spoiled:
        yield _spoiled_table(spoiled)
    voted = [each for each in spoiled if each.one.held]
    if voted:
        yield ""
        yield _vote_table(voted)
    if equivalent:
        yield ""
        yield _equivalent_table(equivalent)


def _counted(name: str, kind: Kind, cases: Sequence[Case]) -> Guarded:
    codes = Counter(case.guard for case in cases if case.guard)
    return Guarded(
        name,
        kind,
        cases=len(cases),
        harmless=sum(case.harmless for case in cases),
        caught=sum(case.caught for case in cases),
        refused=sum(case.insisted == "refused" for case in cases),
        repaired=sum(case.corrected == "right" and not case.harmless for case in cases),
        unnoticed=sum(case.unnoticed for case in cases),
        rejected=sum(case.insisted != "right" for case in cases),
        guards=tuple(sorted(codes.items(), key=lambda item: (-item[1], item[0]))),
        one=Votes.of(case.vote_of_one for case in cases),
        two=Votes.of(case.vote_of_two for case in cases),
        unlike=Votes.of(case.vote_of_unlike for case in cases),
    )


def _spoiled_table(groups: Sequence[Guarded]) -> Table:
    figures = ("cases", "harmless", "caught", "refused", "repaired", "unnoticed")
    shown = grid(("corruption", "kind"), figures, ("by",))
    for each in groups:
        shown.add_row(
            each.corruption,
            each.kind.value,
            str(each.cases),
            str(each.harmless),
            *(_share(getattr(each, name), each.cases) for name in figures[2:]),
            _by(each),
        )
    return shown


def _vote_table(groups: Sequence[Guarded]) -> Table:
    """What votes make of answers that are wrong and were taken."""
    titles = (f"1 of {SAMPLES}", f"2 of {SAMPLES} alike", f"2 of {SAMPLES} unlike")
    shown = grid(("taken though wrong",), ("votes", *titles))
    for each in groups:
        endings = (_endings(votes) for votes in (each.one, each.two, each.unlike))
        shown.add_row(each.corruption, str(each.one.held), *endings)
    return shown


def _endings(votes: Votes) -> str:
    counts = ((votes.right, "right"), (votes.question, "asked"), (votes.wrong, "wrong"))
    return ", ".join(f"{count} {ending}" for count, ending in counts if count) or "–"


def _equivalent_table(groups: Sequence[Guarded]) -> Table:
    shown = grid(("right in another form",), ("cases", "rejected", "doubted"), ("by",))
    for each in groups:
        shown.add_row(
            each.corruption, str(each.cases), str(each.rejected), str(each.caught), _by(each)
        )
    return shown


def _by(each: Guarded) -> str:
    return ", ".join(f"{code} {count}" for code, count in each.guards)


def _share(count: int, cases: int) -> str:
    return f"{count / cases:.0%}" if count in (0, cases) else f"{count / cases:.1%}"
