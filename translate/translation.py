"""From a text to a task with a goal: by a model with repair rounds, or offline."""

from __future__ import annotations

from dataclasses import dataclass

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.errors import InputError, PddlError
from goalsmith.domains.formula import Atom, Condition, Not, conjuncts
from goalsmith.domains.language import Task
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_condition
from goalsmith.translate.answer import read_answer
from goalsmith.translate.model import Model
from goalsmith.translate.offline import read_offline
from goalsmith.translate.prompt import first_messages, repair_messages
from goalsmith.translate.rounds import NotTranslatedError, Round
from goalsmith.translate.saying import said

OFFLINE = "offline"
"""The method of a translation that no model took part in."""

MAX_TEXT = 50_000
"""Characters of a text that a model is given."""

MAX_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Translation:
    """A text made into a task.

    Attributes:
        task: the situation as it was, with the new goal.
        text: what was translated.
        goal_pddl: the goal in PDDL.
        said: the goal in English again, for the person to check.
        method: `offline`, or the name of the model.
        rounds: the model's answers, the last without findings; none offline.
        already_true: the goal holds in the initial state.
        prompt_tokens: tokens of all requests, as far as the endpoint counts them.
        completion_tokens: tokens of all answers, likewise.
    """

    task: Task
    text: str
    goal_pddl: str
    said: str
    method: str = OFFLINE
    rounds: tuple[Round, ...] = ()
    already_true: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0


def translate(
    text: str, task: Task, wording: Wording, model: Model | None = None, max_rounds: int = 3
) -> Translation:
    """The task with the goal that a text says, in place of its own goal.

    With a model, an answer with errors is handed back with its diagnostics, up to `max_rounds`
    answers in all. Without one, controlled English is read.

    Raises:
        NotTranslatedError: no goal could be made of the text; its `rounds` hold the answers.
        ModelError: the model's endpoint gave no usable answer.
        InputError: `max_rounds` is not from 1 to 10.
    """
    if not 1 <= max_rounds <= MAX_ROUNDS:
        raise InputError(f"max_rounds must be from 1 to {MAX_ROUNDS}, not {max_rounds}")
    if not text.strip():
        raise NotTranslatedError("the text is empty: say what should hold in the end")
    if model is None:
        goal = read_offline(text, task, wording)
        findings = check_goal(goal, task, wording)
        if findings:
            raise NotTranslatedError("; ".join(f.message for f in findings))
        return _translation(text, task, wording, goal)
    if len(text) > MAX_TEXT:
        raise NotTranslatedError(
            f"the text has {len(text)} characters; at most {MAX_TEXT} are given to a model"
        )
    return _by_model(text, task, wording, model, max_rounds)


def check_goal(goal: Condition, task: Task, wording: Wording) -> tuple[Diagnostic, ...]:
    """What is wrong with a goal as a whole: it is empty, or contradicts itself."""
    parts = list(conjuncts(goal))
    if not parts:
        return (Diagnostic("empty-goal", "the goal is empty: it asks for nothing"),)
    wanted = {p for p in parts if isinstance(p, Atom)}
    denied = dict.fromkeys(p.part for p in parts if isinstance(p, Not) if p.part in wanted)
    return tuple(
        Diagnostic(
            "contradiction",
            f"the goal asks for {write_condition(atom)} and for its negation "
            f"(“{said(atom, task, wording)}”)",
            suggestion="keep only the one that is meant",
        )
        for atom in denied
    )


def _by_model(
    text: str, task: Task, wording: Wording, model: Model, max_rounds: int
) -> Translation:
    start = first_messages(text, task, wording)
    messages = start
    rounds: list[Round] = []
    sent = received = 0
    for _ in range(max_rounds):
        reply = model.complete(messages)
        sent += reply.prompt_tokens
        received += reply.completion_tokens
        findings: tuple[Diagnostic, ...]
        try:
            goal = read_answer(reply.text, task)
        except PddlError as error:
            findings = error.diagnostics
        else:
            findings = check_goal(goal, task, wording)
        rounds.append(Round(reply.text, findings))
        if not findings:
            return _translation(
                text,
                task,
                wording,
                goal,
                method=reply.model,
                rounds=tuple(rounds),
                prompt_tokens=sent,
                completion_tokens=received,
            )
        # Only the last answer goes back: a model that sees all its mistakes repeats them.
        messages = (*start, *repair_messages(reply.text, findings))
    last = "\n".join(f.render() for f in rounds[-1].findings[:5])
    count = f"{max_rounds} answers" if max_rounds > 1 else "its answer"
    raise NotTranslatedError(
        f"the model gave no right goal in {count}; the last one has these errors:\n{last}\n"
        "say the goal in other words, or use another model",
        rounds=tuple(rounds),
    )


def _translation(
    text: str,
    task: Task,
    wording: Wording,
    goal: Condition,
    *,
    method: str = OFFLINE,
    rounds: tuple[Round, ...] = (),
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
) -> Translation:
    wanted = task.with_goal(goal)
    semantics = Semantics(wanted)
    return Translation(
        wanted,
        text,
        write_condition(goal),
        said(goal, wanted, wording),
        method,
        rounds,
        semantics.goal_holds(semantics.initial_state()),
        prompt_tokens,
        completion_tokens,
    )
