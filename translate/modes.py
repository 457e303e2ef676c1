"""What a text is made into: a goal, a whole problem, or a change of a goal.

A mode says what a model is told, which answers are right, how one is read and checked, and how the
text is read without a model. The rest of the way is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from goalsmith.domains.diagnostics import Diagnostic
from goalsmith.domains.language import Domain, Task
from goalsmith.domains.wording import Wording
from goalsmith.domains.writer import write_problem
from goalsmith.translate import mentions, prompt
from goalsmith.translate.answer import read_answer, read_metric, read_whole
from goalsmith.translate.checks import Checks, errors
from goalsmith.translate.grammar.grammar import Grammar
from goalsmith.translate.models.model import Message
from goalsmith.translate.revision import revised_offline

ModeName = Literal["goal", "problem", "revise"]


class Mode(Protocol):
    """One kind of translation.

    Attributes:
        wanted: what a model is asked for, as in "the model gave no right goal".
        renaming: whether two translations are the same that differ in objects' names only.
        wording: the domain's English.
    """

    @property
    def wanted(self) -> str: ...  # noqa: D102 # an attribute, described above

    @property
    def renaming(self) -> bool: ...  # noqa: D102

    @property
    def wording(self) -> Wording: ...  # noqa: D102

    def messages(self, text: str) -> tuple[Message, ...]:
        """The messages that ask for what a text says."""
        ...

    def grammar(self) -> Grammar:
        """The grammar of all answers that may be right."""
        ...

    def read(self, answer: str, text: str, checks: Checks) -> tuple[Task, tuple[Diagnostic, ...]]:
        """The task that an answer makes of a text, and what is doubtful about it.

        Raises:
            PddlError: the answer has errors.
        """
        ...

    def read_offline(self, text: str) -> Task:
        """The task that a text in controlled English says.

        Raises:
            NotTranslatedError: it could not be read.
        """
        ...

    def check(self, task: Task, checks: Checks) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about a task that was read offline."""
        ...


@dataclass(frozen=True, slots=True)
class GoalMode:
    """The goal, over objects and an initial state that are given.

    Attributes:
        task: the situation; its own goal is left aside.
        wording: the domain's English.
    """

    task: Task
    wording: Wording
    wanted: str = "goal"
    renaming: bool = False

    def messages(self, text: str) -> tuple[Message, ...]:
        """The messages that ask for the goal that a text says."""
        return prompt.goal_messages(text, self.task, self.wording)

    def grammar(self) -> Grammar:
        """Goals over the task's objects; a metric where the domain has functions."""
        from goalsmith.translate.grammar.goals import goal_grammar

        return goal_grammar(self.task, metric=bool(self.task.domain.functions))

    def read(self, answer: str, text: str, checks: Checks) -> tuple[Task, tuple[Diagnostic, ...]]:
        """The task with the goal, and the metric if there is one, of an answer."""
        task = self.task.with_goal(read_answer(answer, self.task))
        metric = read_metric(answer, self.task)
        if metric is not None:
            task = Task(task.domain, replace(task.problem, metric=metric))
        found = checks.goal(task)
        if errors(found):
            return task, found
        return task, (*found, *mentions.doubts(text, task, self.wording))

    def read_offline(self, text: str) -> Task:
        """The task with the goal of a text in controlled English."""
        from goalsmith.translate.controlled_english.sentences import read_offline

        return self.task.with_goal(read_offline(text, self.task, self.wording))

    def check(self, task: Task, checks: Checks) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about its goal."""
        return checks.goal(task)


@dataclass(frozen=True, slots=True)
class RevisionMode(GoalMode):
    """A new wish, which changes the goal of a task in progress.

    Attributes:
        task: the situation, with the goal so far.
        wording: the domain's English.
    """

    def messages(self, text: str) -> tuple[Message, ...]:
        """The messages that ask for the whole goal after the wish."""
        return prompt.revision_messages(text, self.task, self.wording)

    def read(self, answer: str, text: str, checks: Checks) -> tuple[Task, tuple[Diagnostic, ...]]:
        """The task with the new goal. Objects may be named by the goal so far alone."""
        del text
        task = self.task.with_goal(read_answer(answer, self.task))
        return task, checks.goal(task)

    def read_offline(self, text: str) -> Task:
        """The task with its goal changed as a text in controlled English says."""
        return self.task.with_goal(revised_offline(text, self.task, self.wording))


@dataclass(frozen=True, slots=True)
class ProblemMode:
    """A whole problem: objects, initial state and goal.

    Attributes:
        domain: its domain.
        wording: the domain's English.
    """

    domain: Domain
    wording: Wording
    wanted: str = "problem"
    renaming: bool = True

    def messages(self, text: str) -> tuple[Message, ...]:
        """The messages that ask for the problem that a text describes."""
        return prompt.problem_messages(text, self.domain, self.wording)

    def grammar(self) -> Grammar:
        """Problems of the domain."""
        from goalsmith.translate.grammar.problems import problem_grammar

        return problem_grammar(self.domain)

    def read(self, answer: str, text: str, checks: Checks) -> tuple[Task, tuple[Diagnostic, ...]]:
        """The problem of an answer."""
        problem, written = read_whole(answer, self.domain)
        task = Task(self.domain, problem)
        found = checks.problem(task, written)
        if errors(found):
            return task, found
        return task, (*found, *mentions.doubts(text, task, self.wording, described=True))

    def read_offline(self, text: str) -> Task:
        """The problem that a text in controlled English describes."""
        from goalsmith.translate.controlled_english.problems import read_problem_offline

        return read_problem_offline(text, self.domain, self.wording)

    def check(self, task: Task, checks: Checks) -> tuple[Diagnostic, ...]:
        """What is wrong or doubtful about the problem."""
        return checks.problem(task, write_problem(task.problem))


def mode_of(situation: Task | Domain, wording: Wording, revise: bool = False) -> Mode:
    """The mode in which a text is translated: a domain alone leaves the whole problem to it."""
    if isinstance(situation, Domain):
        return ProblemMode(situation, wording)
    return RevisionMode(situation, wording) if revise else GoalMode(situation, wording)
