"""Pairs translated, one after the other, and each translation judged."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from goalsmith.benchmarks.provenance import sources_digest
from goalsmith.benchmarks.translation.judging import PLAN_SECONDS, judge, says_the_same
from goalsmith.benchmarks.translation.pairs import Pair
from goalsmith.benchmarks.translation.results import Results, Row
from goalsmith.benchmarks.translation.wordings import Wordings
from goalsmith.domains.diagnostics import Diagnostic, printable
from goalsmith.domains.errors import ModelBusyError, ModelError, ModelRefusedError
from goalsmith.domains.formula import TRUE
from goalsmith.domains.language import Domain, Task
from goalsmith.translate.asking import Asking
from goalsmith.translate.attribution import Failure, failure_of
from goalsmith.translate.checks import Checks
from goalsmith.translate.models.ledger import Prices
from goalsmith.translate.models.model import Model, Reply, Request
from goalsmith.translate.models.replies import Usage
from goalsmith.translate.question import UnclearError
from goalsmith.translate.rounds import NotTranslatedError
from goalsmith.translate.translation import OFFLINE, Translation, translate

EvaluatedMode = Literal["goal", "problem"]
"""What is translated: the goal, over objects and an initial state that are given; or all."""

_UNPARSED = frozenset({Failure.NO_ANSWER, Failure.NOT_PARSEABLE})
_UNTYPED = _UNPARSED | {Failure.UNKNOWN_VOCABULARY, Failure.ILL_TYPED}

_PACKAGES = ("goalsmith.domains", "goalsmith.solve", "goalsmith.translate")


@dataclass(frozen=True, slots=True)
class Setup:
    """How pairs are translated and judged.

    Attributes:
        mode: what is translated.
        method: who translates, for the keys of results: `offline`, or a model, where and how it is
            asked.
        asking: how a model is asked.
        checks: what is asked about answers.
        plan_seconds: wall seconds for a plan of a translation; 0: none is looked for.
        prices: what tokens cost; None: costs are not reckoned.
    """

    mode: EvaluatedMode = "goal"
    method: str = OFFLINE
    asking: Asking = field(default_factory=Asking)
    checks: Checks = field(default_factory=Checks)
    plan_seconds: float = PLAN_SECONDS
    prices: Prices | None = None

    def situation(self, gold: Task) -> Task | Domain:
        """What a translator is given of a gold problem; never its goal."""
        return gold.domain if self.mode == "problem" else gold.with_goal(TRUE)

    @property
    def renaming(self) -> bool:
        """Whether a translation may call objects otherwise."""
        return self.mode == "problem"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of an evaluation.

    Attributes:
        rows: one for each pair that is done, in the order of the pairs.
        known: how many of them were known before.
        unanswered: pairs for which the endpoint was too busy; they are tried again next time.
        interrupted: it was stopped before its end.
    """

    rows: tuple[Row, ...]
    known: int
    unanswered: int = 0
    interrupted: bool = False


def evaluate(
    pairs: Iterable[Pair],
    model: Model | None,
    setup: Setup | None = None,
    *,
    wordings: Wordings | None = None,
    results: Results | None = None,
    on_row: Callable[[Row, bool], None] | None = None,
) -> Evaluation:
    """Translates pairs and judges the translations.

    Args:
        pairs: what is translated.
        model: who translates; None: controlled English is read.
        setup: how.
        wordings: the English of domains; by default that of their names.
        results: where rows are kept, and looked up first.
        on_row: is told each row, and whether it is new.

    A KeyboardInterrupt ends it after the pairs that are finished.

    Raises:
        ModelRefusedError: asking the model again is no use. What was finished is in `results`.
        UnsupportedError: plans are wanted, and no engine is installed.
        InputError: a wording is wrong, `results` cannot be written, or a grammar is insisted on
            that the endpoint cannot keep to.
    """
    setup = setup or Setup()
    wordings = wordings or Wordings()
    rows: list[Row] = []
    known = unanswered = 0
    try:
        for pair in pairs:
            key = key_of(pair, setup, wordings)
            row = results.find(key) if results else None
            new = row is None
            if row is None:
                try:
                    row = _evaluated(pair, model, setup, wordings, key)
                except ModelBusyError as error:
                    row = _unanswered(pair, key, error)
                    unanswered += 1
                else:
                    if results:
                        results.add(row)
            rows.append(row)
            known += not new
            if on_row:
                on_row(row, new)
    except KeyboardInterrupt:
        return Evaluation(tuple(rows), known, unanswered, interrupted=True)
    return Evaluation(tuple(rows), known, unanswered)


def key_of(pair: Pair, setup: Setup, wordings: Wordings) -> str:
    """SHA-256 of all that a row depends on: the pair, its wording, the setup, and our code."""
    checks = setup.checks.seconds
    how = (setup.mode, setup.method, setup.asking, checks, setup.plan_seconds, setup.prices)
    parts = (pair.digest(), repr(wordings.of(pair)), repr(how), sources_digest(*_PACKAGES))
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


class _Metered:
    """A model whose tokens are counted."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.prompt_tokens = 0
        self.completion_tokens = 0

    @property
    def constrains(self) -> bool:
        return self._model.constrains

    def complete(self, request: Request) -> Reply:
        reply = self._model.complete(request)
        with self._lock:
            self.prompt_tokens += reply.prompt_tokens
            self.completion_tokens += reply.completion_tokens
        return reply


def _evaluated(pair: Pair, model: Model | None, setup: Setup, wordings: Wordings, key: str) -> Row:
    """The row of one pair, translated and judged now."""
    row = Row(key, pair.id, pair.source, pair.domain, pair.style)
    metered = None if model is None else _Metered(model)
    began = time.monotonic()
    found: Translation | UnclearError | NotTranslatedError | ModelError
    try:
        found = translate(
            pair.text,
            setup.situation(pair.gold),
            wordings.of(pair),
            metered,
            asking=setup.asking,
            checks=setup.checks,
        )
    except (ModelRefusedError, ModelBusyError):
        raise
    except (UnclearError, NotTranslatedError, ModelError) as error:
        found = error
    row = replace(row, seconds=time.monotonic() - began)
    if metered is not None:
        row = replace(
            row,
            prompt_tokens=metered.prompt_tokens,
            completion_tokens=metered.completion_tokens,
        )
        if setup.prices is not None:
            usage = Usage(metered.prompt_tokens, metered.completion_tokens)
            row = replace(row, cost=setup.prices.cost(usage))
    if isinstance(found, Translation):
        return _judged(row, found, pair, setup)
    if isinstance(found, UnclearError):
        return _asked(row, found, pair, setup)
    if isinstance(found, NotTranslatedError):
        return _failed(row, found)
    return replace(row, failure=Failure.NO_ANSWER, code="model", reason=printable(str(found)))


def _judged(row: Row, translation: Translation, pair: Pair, setup: Setup) -> Row:
    found = judge(translation.task, pair.gold, renaming=setup.renaming, seconds=setup.plan_seconds)
    several = translation.confidence is not None
    return replace(
        row,
        parseable=True,
        well_typed=True,
        solvable=found.solvable,
        equivalent=found.equivalent,
        plan_valid=found.plan_valid,
        failure=found.failure,
        code=found.code,
        reason=found.reason,
        leading_right=bool(found.equivalent) if several else None,
        rounds=len(translation.rounds),
        confidence=translation.confidence,
    )


def _asked(row: Row, unclear: UnclearError, pair: Pair, setup: Setup) -> Row:
    """A question in place of a translation: all its options are well-typed, none is an answer."""
    leading = unclear.question.options[0].translation
    verdict = says_the_same(leading.task, pair.gold, renaming=setup.renaming)
    return replace(
        row,
        parseable=True,
        well_typed=True,
        equivalent=None,
        failure=Failure.NO_ANSWER,
        code="question",
        reason=printable(unclear.question.question),
        question=True,
        leading_right=verdict.equal,
        rounds=len(leading.rounds),
        confidence=leading.confidence,
    )


def _failed(row: Row, error: NotTranslatedError) -> Row:
    findings = error.rounds[-1].findings if error.rounds else ()
    failure = error.failure
    return replace(
        row,
        parseable=failure not in _UNPARSED,
        well_typed=failure not in _UNTYPED,
        failure=failure,
        code=code_of(findings, failure) or "not-read",
        reason=printable(str(error)),
        rounds=len(error.rounds),
    )


def _unanswered(pair: Pair, key: str, error: ModelBusyError) -> Row:
    row = Row(key, pair.id, pair.source, pair.domain, pair.style)
    return replace(row, failure=Failure.NO_ANSWER, code="busy", reason=printable(str(error)))


def code_of(findings: Iterable[Diagnostic], failure: Failure) -> str:
    """The code of the first finding that shows a failure; empty if none does."""
    return next((f.code for f in findings if failure_of([f]) is failure), "")
