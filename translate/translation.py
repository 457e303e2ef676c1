"""From a text to a task: by a model, whose samples may have to agree, or without one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import ModelError, ModelRefusedError
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_condition
from goalsmith.translate.agreement import Group, grouped
from goalsmith.translate.asking import Asking
from goalsmith.translate.checks import Checks, errors
from goalsmith.translate.conversation import Attempt, converse
from goalsmith.translate.models.model import Model
from goalsmith.translate.modes import Mode, RevisionMode, mode_of
from goalsmith.translate.question import MAX_OPTIONS, UnclearError, question
from goalsmith.translate.revision import Revision
from goalsmith.translate.rounds import NotTranslatedError, Round
from goalsmith.translate.saying import said

OFFLINE = "offline"
"""The method of a translation that no model took part in."""

MAX_TEXT = 50_000
"""Characters of a text that a model is given."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A text made into a task.

    Attributes:
        task: the situation as it was, with the new goal; or the whole problem that was described.
        text: what was translated.
        goal_pddl: the goal in PDDL.
        said: the goal in English again, for the person to check.
        method: `offline`, or the name of the model.
        rounds: the model's answers, the last without errors; none offline.
        doubts: what is doubtful about the task; a model was told, and gave the answer again.
        confidence: the share of samples that came to this translation; None where only one was
            made, or none.
        samples: how many samples were asked for.
        already_true: the goal holds in the initial state.
        revision: how the goal differs from the one before, where a wish changed one.
        prompt_tokens: tokens of all requests, as far as the endpoint counts them.
        completion_tokens: tokens of all answers, likewise.
    """

    task: Task
    text: str
    goal_pddl: str
    said: str
    method: str = OFFLINE
    rounds: tuple[Round, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()
    confidence: float | None = None
    samples: int = 0
    already_true: bool = False
    revision: Revision | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


def translate(
    text: str,
    situation: Task | Domain,
    wording: Wording,
    model: Model | None = None,
    *,
    revise: bool = False,
    asking: Asking | None = None,
    checks: Checks | None = None,
) -> Translation:
    """The task that a text describes.

    Args:
        text: what is wanted, in English.
        situation: a task, whose objects and initial state stay as they are; or a domain, and the
            text describes the whole problem.
        wording: the domain's English.
        model: who translates; None: controlled English is read.
        revise: the text changes the task's own goal; otherwise that is left aside.
        asking: how the model is asked.
        checks: what is asked about the answers.

    Raises:
        NotTranslatedError: nothing could be made of the text; its `rounds` hold the answers.
        UnclearError: too few of several samples agree; its `question` is to be answered first.
        ModelError: the model's endpoint gave no usable answer.
        InputError: a grammar is insisted on that the endpoint cannot keep to.
    """
    if not text.strip():
        raise NotTranslatedError("the text is empty: say what should hold in the end")
    mode = mode_of(situation, wording, revise)
    checks = checks or Checks()
    if model is None:
        return _offline(text, mode, checks)
    if len(text) > MAX_TEXT:
        raise NotTranslatedError(
            f"the text has {len(text)} characters; at most {MAX_TEXT} are given to a model"
        )
    return _by_model(text, mode, model, asking or Asking(), checks)


def _offline(text: str, mode: Mode, checks: Checks) -> Translation:
    task = mode.read_offline(text)
    # Nobody would mend the answer: engines are asked when it is solved.
    findings = mode.check(task, replace(checks, seconds=0.0))
    wrong = errors(findings)
    if wrong:
        raise NotTranslatedError("; ".join(f.message for f in wrong))
    return replace(_translation(text, mode, task), doubts=findings)


def _by_model(text: str, mode: Mode, model: Model, asking: Asking, checks: Checks) -> Translation:
    attempts = _attempts(text, mode, model, asking, checks)
    groups = grouped(attempts, renaming=mode.renaming)
    if not groups:
        raise _failed(max(attempts, key=lambda a: len(a.rounds)), mode, asking)
    best = _agreed(text, mode, groups[0], attempts, asking)
    if best.confidence is None:
        return best
    tied = len(groups) > 1 and len(groups[0].attempts) == len(groups[1].attempts)
    if best.confidence < asking.threshold or tied:
        others = [_agreed(text, mode, group, attempts, asking) for group in groups[1:MAX_OPTIONS]]
        raise UnclearError(question(text, [best, *others], mode.wording))
    return best


def _attempts(text: str, mode: Mode, model: Model, asking: Asking, checks: Checks) -> list[Attempt]:
    """The samples' attempts; one whose endpoint was busy or unusable is left out.

    Raises ModelRefusedError if asking on is no use, and ModelError if no sample was answered.
    """
    if asking.samples == 1:
        return [converse(text, mode, model, asking, checks)]
    found: list[Attempt] = []
    failed: list[ModelError] = []
    with ThreadPoolExecutor(min(asking.parallel, asking.samples)) as pool:
        futures = [
            pool.submit(converse, text, mode, model, asking, checks, sample)
            for sample in range(asking.samples)
        ]
        try:
            for future in futures:
                try:
                    found.append(future.result())
                except ModelRefusedError:
                    raise
                except ModelError as error:
                    failed.append(error)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if not found:
        raise failed[0]
    return found


def _agreed(
    text: str, mode: Mode, group: Group, attempts: Sequence[Attempt], asking: Asking
) -> Translation:
    """The translation of a group, with what all samples cost."""
    attempt = group.first
    several = asking.samples > 1
    return replace(
        _translation(text, mode, group.task),
        method=attempt.model,
        rounds=attempt.rounds,
        doubts=attempt.doubts,
        confidence=len(group.attempts) / asking.samples if several else None,
        samples=asking.samples,
        prompt_tokens=sum(a.prompt_tokens for a in attempts),
        completion_tokens=sum(a.completion_tokens for a in attempts),
    )


def _failed(attempt: Attempt, mode: Mode, asking: Asking) -> NotTranslatedError:
    """The error for samples none of which came to anything."""
    last = "\n".join(f.render() for f in attempt.rounds[-1].findings[:5])
    count = f"{asking.max_rounds} answers" if asking.max_rounds > 1 else "its answer"
    each = f" in any of {asking.samples} samples" if asking.samples > 1 else ""
    return NotTranslatedError(
        f"the model gave no right {mode.wanted} in {count}{each}; the last one has these errors:\n"
        f"{last}\nsay it in other words, or use another model",
        rounds=attempt.rounds,
    )


def _translation(text: str, mode: Mode, task: Task) -> Translation:
    """A translation with what follows from the task; the rest as if no model had a part in it."""
    goal = task.problem.goal
    semantics = Semantics(task)
    revision = None
    if isinstance(mode, RevisionMode):
        revision = Revision.between(mode.task.problem.goal, goal)
    return Translation(
        task,
        text,
        write_condition(goal),
        said(goal, task, mode.wording),
        already_true=semantics.goal_holds(semantics.initial_state()),
        revision=revision,
    )
