"""What the guards of a translation catch, measured without a model.

A scripted model gives a spoiled answer first. If it is handed back findings, it either corrects
itself (the next answer is the right one) or insists (the next answers are the same). What gets
through when it insists is put to the vote as well: one of three samples is spoiled, or two are, in
the same way or each in its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from goalsmith.benchmarks.translation.corruptions import CORRUPTIONS, Corruption, Kind
from goalsmith.benchmarks.translation.evaluation import EvaluatedMode, Setup, code_of
from goalsmith.benchmarks.translation.gold import Gold
from goalsmith.benchmarks.translation.judging import says_the_same
from goalsmith.benchmarks.translation.pairs import Pair
from goalsmith.benchmarks.translation.wordings import Wordings
from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import PddlError
from goalsmith.domains.language import Task
from goalsmith.domains.wording import Wording
from goalsmith.solve.solution import Limits, Solution
from goalsmith.solve.solver import solve
from goalsmith.translate.answer import read_answer, read_whole
from goalsmith.translate.asking import Asking
from goalsmith.translate.attribution import failure_of
from goalsmith.translate.checks import Checks, errors
from goalsmith.translate.models.model import Request
from goalsmith.translate.models.scripted import ScriptedModel
from goalsmith.translate.question import UnclearError
from goalsmith.translate.rounds import NotTranslatedError, Round
from goalsmith.translate.translation import Translation, translate

SAMPLES = 3
"""Samples in a vote."""

SOLVE_SECONDS = 2.0
"""Wall seconds in which a goal is tried; small tasks are settled in less."""

Ending = Literal["right", "wrong", "question", "refused"]
"""What comes out: the right translation, a wrong one, a question, or none."""

Answers = Callable[[Request], str]

Found = Translation | UnclearError | NotTranslatedError
"""What a translation ends in."""


@dataclass(frozen=True, slots=True)
class Case:
    """What became of one spoiled answer.

    Attributes:
        pair: the pair's name.
        source: where the pair is from.
        domain: its domain's name there.
        style: how its text is written.
        corruption: how the answer was spoiled.
        kind: what is wrong with it then.
        harmless: it says what the right one says all the same.
        guard: the code of the finding that caught it; empty if there was none that the right
            answer would not have as well. Of an answer that is right in another form any finding
            counts: it is a false alarm.
        doubted: that finding is a doubt, on which a model may insist.
        corrected: what comes out if the model corrects itself when it is handed findings.
        insisted: what comes out if it gives the same answer again.
        vote_of_one: what comes out of a vote with one such sample; None: there was none, since
            nothing wrong came out without it.
        vote_of_two: likewise, with two of these.
        vote_of_unlike: likewise, with this one and another that was spoiled by the same rule; None
            also where no other such answer is wrong.
    """

    pair: str
    source: str
    domain: str
    style: str
    corruption: str
    kind: Kind
    harmless: bool
    guard: str
    doubted: bool
    corrected: Ending
    insisted: Ending
    vote_of_one: Ending | None = None
    vote_of_two: Ending | None = None
    vote_of_unlike: Ending | None = None

    @property
    def caught(self) -> bool:
        """Whether there was a finding."""
        return bool(self.guard)

    @property
    def unnoticed(self) -> bool:
        """Whether something wrong came by without a finding."""
        return not self.harmless and not self.caught


@dataclass(frozen=True, slots=True)
class GuardRun:
    """The cases, by pair and corruption, whether the run was stopped, and its wall seconds."""

    cases: tuple[Case, ...]
    interrupted: bool = False
    seconds: float = 0.0


def run_guards(
    pairs: Iterable[Pair],
    mode: EvaluatedMode = "goal",
    *,
    seed: int = 0,
    corruptions: Sequence[Corruption] = CORRUPTIONS,
    seconds: float = SOLVE_SECONDS,
    wordings: Wordings | None = None,
    on_pair: Callable[[Pair], None] | None = None,
) -> GuardRun:
    """Spoils the right answers of pairs in every way that applies, and puts them to the guards.

    Args:
        pairs: texts with their right translations.
        mode: what is translated.
        seed: for the dice; each case has its own, so that none depends on which others are run.
        corruptions: how answers are spoiled.
        seconds: wall seconds in which engines try a goal; 0: they are not asked.
        wordings: the English of domains.
        on_pair: is told each pair that is done.

    A KeyboardInterrupt ends it after the pairs that are finished.

    Raises:
        UnsupportedError: engines are to be asked, and none is installed.
    """
    wordings = wordings or Wordings()
    began = time.monotonic()
    cases: list[Case] = []
    interrupted = False
    try:
        for pair in pairs:
            cases += _Trial(pair, mode, seed, seconds, wordings.of(pair)).cases(corruptions)
            if on_pair:
                on_pair(pair)
    except KeyboardInterrupt:
        interrupted = True
    return GuardRun(tuple(cases), interrupted, time.monotonic() - began)


@dataclass(slots=True)
class _Remembering:
    """Asks engines about each task once: the cases of a pair ask the same again and again."""

    known: dict[Task, Solution] = field(default_factory=dict)

    def __call__(self, task: Task, limits: Limits) -> Solution:
        found = self.known.get(task)
        if found is None:
            found = self.known[task] = solve(task, limits=limits)
        return found


class _Trial:
    """One pair put to the guards."""

    def __init__(
        self, pair: Pair, mode: EvaluatedMode, seed: int, seconds: float, wording: Wording
    ) -> None:
        self._pair = pair
        self._setup = Setup(mode)
        self._gold = Gold(pair.gold, mode)
        self._wording = wording
        self._checks = Checks(seconds, _Remembering())
        self._seed = f"{seed} {pair.digest()}"
        self._known: dict[Task, bool] = {}
        self._right = self._gold.answer()

    def cases(self, corruptions: Iterable[Corruption]) -> list[Case]:
        """The cases of all corruptions that apply."""
        right = self._translated(lambda _: self._right)
        usual = {(f.code, f.message) for f in _first_round(right).findings}
        cases = []
        for corruption in corruptions:
            if corruption.initial and self._setup.mode != "problem":
                continue
            answer = self._spoiled(corruption, 0)
            if answer is not None:
                cases.append(self._case(corruption, answer, usual))
        return cases

    def _spoiled(self, corruption: Corruption, number: int) -> str | None:
        """A spoiled answer, one of those that there may be."""
        dice = Random(f"{self._seed} {corruption.name} {number}")
        return corruption.spoil(self._gold, dice)

    def _case(self, corruption: Corruption, answer: str, usual: set[tuple[str, str]]) -> Case:
        pair = self._pair
        harmless = corruption.kind is Kind.EQUIVALENT or self._is_right(self._read(answer))
        insisting = self._translated(lambda _: answer)
        insisted = self._ending(insisting)
        if corruption.kind is Kind.EQUIVALENT:
            usual = set()  # here every finding is a false alarm
        found = [f for f in _first_round(insisting).findings if _is_own(f, usual)]
        guard = code_of(found, failure_of(found)) if found else ""
        correcting = self._translated(lambda r: self._right if _is_repair(r) else answer)
        votes: list[Ending | None] = [None, None, None]
        if insisted == "wrong":
            votes[:2] = self._voted(answer), self._voted(answer, answer)
            other = self._spoiled(corruption, 1)
            if other not in {None, answer} and not self._is_right(self._read(str(other))):
                votes[2] = self._voted(answer, str(other))
        return Case(
            pair.id,
            pair.source,
            pair.domain,
            pair.style,
            corruption.name,
            corruption.kind,
            harmless,
            guard,
            bool(found) and not errors(found),
            self._ending(correcting),
            insisted,
            *votes,
        )

    def _voted(self, *spoiled: str) -> Ending:
        """What comes out where some samples insist on these answers, and the rest are right."""
        answers = (*spoiled, *[self._right] * (SAMPLES - len(spoiled)))
        asking = Asking(samples=SAMPLES)
        return self._ending(self._translated(lambda r: answers[r.sample], asking))

    def _translated(self, answers: Answers, asking: Asking | None = None) -> Found:
        try:
            return translate(
                self._pair.text,
                self._setup.situation(self._pair.gold),
                self._wording,
                ScriptedModel(answers),
                asking=asking,
                checks=self._checks,
            )
        except (UnclearError, NotTranslatedError) as error:
            return error

    def _ending(self, found: Found) -> Ending:
        if isinstance(found, NotTranslatedError):
            return "refused"
        if isinstance(found, UnclearError):
            return "question"
        return "right" if self._is_right(found.task) else "wrong"

    def _is_right(self, task: Task | None) -> bool:
        if task is None:
            return False
        right = self._known.get(task)
        if right is None:
            verdict = says_the_same(task, self._pair.gold, renaming=self._setup.renaming)
            right = self._known[task] = verdict.equal
        return right

    def _read(self, answer: str) -> Task | None:
        """The task in an answer, without a look at what it means; None if it cannot be read."""
        gold = self._pair.gold
        try:
            if self._setup.mode == "problem":
                return Task(gold.domain, read_whole(answer, gold.domain)[0])
            return gold.with_goal(read_answer(answer, gold))
        except PddlError:
            return None


def _first_round(found: Found) -> Round:
    """The first answer with its findings, of a translation by one sample."""
    assert not isinstance(found, UnclearError)  # only several samples can disagree
    return found.rounds[0]


def _is_repair(request: Request) -> bool:
    """Whether an answer is asked for once more, with findings about the one before."""
    return any(message.role == "assistant" for message in request.messages)


def _is_own(finding: Diagnostic, usual: set[tuple[str, str]]) -> bool:
    """Whether a finding is not one that the right answer has as well."""
    return (finding.code, finding.message) not in usual
