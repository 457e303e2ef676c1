"""An agent as a world: each step is handed to it as a task of its own, in PDDL and in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from goalsmith.domains.diagnostics import printable
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import (
    Add,
    And,
    Assign,
    Atom,
    Bindings,
    Condition,
    Delete,
    Effect,
    ForEach,
    FunctionTerm,
    Not,
    When,
    conjuncts,
    instantiate,
    instantiate_expression,
)
from goalsmith.domains.language import Action, State, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.domains.writer import write_condition, write_effects
from goalsmith.execute.claims import LONGEST_MESSAGE, failure, refusal
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Observation
from goalsmith.execute.environments.facts import FactReader

if TYPE_CHECKING:
    from goalsmith.domains.wording import Wording

LONGEST_ANSWER = 2**20
"""Characters of an agent's answer at most; of a longer one the end is looked at."""

_VERDICT = re.compile(r"[\s*_`]*(?:(DONE)[\s*_`.!]*|FAILED\b[\s*_`:.–-]*(.*))$")
"""The last line of an answer; models like to set it in bold or as code."""

_PROMPT = """\
You carry out one step of a plan. Bring about its effect, and nothing else.

The step: {step}
In plain words: {words}
{attempt}
{objects}What must hold before the step:
{before}
What must hold after it:
{after}
Leave everything else as it is. If it cannot be done, change nothing.

End your answer with a line of its own that says how it went: either
DONE
or
FAILED: the reason in one sentence
"""


class AgentEnvironment:
    """A world in which an agent carries the steps out.

    The agent gets the step, what must hold before it, and the effect that it must reach. The last
    line of its answer is its claim: `DONE`, or `FAILED: reason`. An answer without one is a failed
    step. What is true, it is not asked: that comes from `sense`.

    Args:
        task: the task whose steps the agent carries out.
        ask: hands a prompt to the agent and returns its answer, once it has done its work.
        sense: says what is true: a State, an Observation, or facts as `FactReader` reads them.
        wording: how the domain is said in English; by default from its names.
        about: what the agent should know beside, such as where it is; set before the prompt.
    """

    def __init__(
        self,
        task: Task,
        ask: Callable[[str], str],
        sense: Callable[[], object],
        *,
        wording: Wording | None = None,
        about: str = "",
    ) -> None:
        from goalsmith.domains.wording import default_wording

        self._task = task
        self._ask = ask
        self._sense = sense
        self._wording = wording or default_wording(task.domain)
        self._about = about
        self._semantics = Semantics(task)
        self._facts = FactReader(task)

    def observe(self) -> State | Observation:
        """What `sense` says. Raises InputError when it is no observation of the task."""
        return self._facts.read(self._sense(), "`sense`")

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Hands the step to the agent and returns what it claims."""
        try:
            prompt = self.prompt(step, attempt)
        except InputError as error:
            return refusal(error)
        try:
            answer = self._ask(prompt)
        except Exception as error:
            # The agent is anyone's code; what it raises is a step that failed.
            return failure(error)
        if not isinstance(answer, str):
            return ActionReport(False, f"the agent's answer is a {type(answer).__name__}, no text")
        return _claimed(answer)

    def prompt(self, step: Step, attempt: Attempt) -> str:
        """What the agent is told. Raises InputError for a step that is none of the task."""
        bindings = self._semantics.bindings(step)
        action = self._task.domain.action(step.action)
        again = ""
        if attempt.number > 1:
            again = f"This is attempt {attempt.number}: the one before did not have this effect.\n"
        before = [p for c in conjuncts(action.precondition) for p in self._condition(c, bindings)]
        after = [line for e in action.effects for line in self._effect(e, bindings)]
        text = _PROMPT.format(
            step=step,
            words=self._wording.step(self._task.domain, step),
            attempt=again,
            objects=self._objects(action, step),
            before=_lines(before),
            after=_lines(after),
        )
        return f"{self._about}\n\n{text}" if self._about else text

    def _objects(self, action: Action, step: Step) -> str:
        """Each object with its kind; nothing for a step without any."""
        kinds = {}
        for parameter, name in zip(action.parameters, step.args, strict=True):
            nouns = (self._wording.types[t].one for t in parameter.types)
            kinds[name] = f"- {name}: {' or '.join(nouns)}"
        return "\n".join(["Its objects:", *kinds.values()]) + "\n" if kinds else ""

    def _condition(self, condition: Condition, bindings: Bindings) -> Iterator[str]:
        """A part of a precondition: what it says of the step's objects."""
        part = instantiate(condition, bindings)
        yield self._said(write_condition(part), part)

    def _effect(self, effect: Effect, bindings: Bindings) -> Iterator[str]:
        """A part of an effect, in words where it makes an atom true or false."""
        ground = _ground(effect, bindings)
        part: Condition = And()
        if isinstance(ground, Add):
            part = ground.atom
        elif isinstance(ground, Delete):
            part = Not(ground.atom)
        yield self._said(write_effects((ground,)), part)

    def _said(self, text: str, part: Condition) -> str:
        match part:
            case Atom():
                return f"{text} – {self._wording.atom(self._task.domain, part)}"
            case Not(Atom() as atom):
                said = self._wording.atom(self._task.domain, atom, positive=False)
                return f"{text} – {said}"
        return text


def _ground(effect: Effect, bindings: Bindings) -> Effect:
    """The effect with its free variables replaced by objects."""
    match effect:
        case Add(atom):
            return Add(_ground_atom(atom, bindings))
        case Delete(atom):
            return Delete(_ground_atom(atom, bindings))
        case Assign(operator, target, value):
            term = FunctionTerm(target.function, tuple(bindings.get(a, a) for a in target.args))
            return Assign(operator, term, instantiate_expression(value, bindings))
        case When(condition, effects):
            return When(
                instantiate(condition, bindings), tuple(_ground(e, bindings) for e in effects)
            )
        case ForEach(parameters, effects):
            hidden = {p.name for p in parameters}
            free = {k: v for k, v in bindings.items() if k not in hidden}
            return ForEach(parameters, tuple(_ground(e, free) for e in effects))


def _ground_atom(atom: Atom, bindings: Bindings) -> Atom:
    return Atom(atom.predicate, tuple(bindings.get(a, a) for a in atom.args))


def _lines(said: list[str]) -> str:
    return "".join(f"- {line}\n" for line in said) or "- nothing in particular\n"


def _claimed(answer: str) -> ActionReport:
    """What the last line of an answer claims."""
    lines = [line for line in answer[-LONGEST_ANSWER:].splitlines() if line.strip()]
    last = lines[-1][:LONGEST_MESSAGE] if lines else ""
    match = _VERDICT.match(last)
    if match is None:
        shown = printable(last, 200)
        return ActionReport(
            False, f"the agent's last line is neither DONE nor FAILED: `{shown}`", Ending.FAILED
        )
    if match.group(1):
        return ActionReport(True)
    return ActionReport(False, printable(match.group(2)) or "the agent gave no reason")
