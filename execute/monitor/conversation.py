"""What a run answers to messages, and when it waits for one."""

from __future__ import annotations

from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.journal.events import (
    Event,
    GoalChanged,
    MessageRefused,
    PlanApproved,
    PlanEdited,
    PlanRejected,
    StopAsked,
)
from goalsmith.execute.messages import (
    Approve,
    Cancel,
    Edit,
    Message,
    NewGoal,
    Reject,
    Review,
    Unreadable,
)
from goalsmith.execute.monitor.course import MESSAGE_LENGTH, Course
from goalsmith.execute.monitor.replanning import failure_of


def answer_messages(course: Course) -> bool:
    """Answers the messages that have come, each with one event. Whether there were any."""
    if course.inbox is None:
        return False
    heard = False
    for message in course.inbox():
        if message.number not in course.progress.wishes.answered:
            course.record(_answer(course, message))
            heard = True
    return heard


def waits_for_review(course: Course) -> bool:
    """Whether the plan in force may not be carried out before a person approved it."""
    progress = course.progress
    match course.review:
        case Review.NONE:
            return False
        case Review.PLAN:
            return not progress.wishes.approved
        case Review.REVISIONS:
            return progress.version not in progress.wishes.approved


def _answer(course: Course, message: Message) -> Event:
    number, version = message.number, course.progress.version
    refusal = _refusal(course, message)
    if refusal is not None:
        return MessageRefused(number, refusal)
    match message:
        case Cancel(reason=reason):
            return StopAsked(reason[:MESSAGE_LENGTH], number)
        case NewGoal(task=task):
            return GoalChanged(task.problem.goal, number)
        case Approve():
            return PlanApproved(version, number)
        case Reject(reason=reason):
            return PlanRejected(version, reason[:MESSAGE_LENGTH], number)
        case Edit(plan=plan):
            return PlanEdited(len(course.progress.plans) + 1, plan, version, number)
        case Unreadable():  # refused above
            raise AssertionError(message)


def _refusal(course: Course, message: Message) -> str | None:
    """Why a message can change nothing; None if it can."""
    match message:
        case Unreadable(reason=reason):
            return reason[:MESSAGE_LENGTH]
        case NewGoal():
            return _misfit(course.semantics, message)
        case Edit(plan=plan):
            return _not_under_review(course, message.version) or _failure(course, plan)
        case Approve():
            return _not_under_review(course, message.version) or _overtaken(course)
        case Reject():
            return _not_under_review(course, message.version)
        case Cancel():
            return None


def _not_under_review(course: Course, version: int) -> str | None:
    progress = course.progress
    if progress.wishes.asked != progress.version or not waits_for_review(course):
        return "no plan waits for review"
    if version != progress.version:
        return f"plan {progress.version} waits for review, and not plan {version}"
    return None


def _overtaken(course: Course) -> str | None:
    """Why the plan under review is not the one that would be carried out."""
    progress = course.progress
    if progress.new_goal or progress.trouble is not None:
        return f"plan {progress.version} will not do any more: a new one is to be found first"
    return None


def _failure(course: Course, plan: Plan) -> str | None:
    failure = failure_of(course, plan)
    return None if failure is None else f"the edited plan does not lead to the goal: {failure}"


def _misfit(semantics: Semantics, message: NewGoal) -> str | None:
    """Why the goal of another task cannot be that of this run."""
    task = semantics.task
    if message.task.domain != task.domain:
        return "the new goal is one of another domain"
    if set(message.task.objects) != set(task.objects):
        return "the new goal is one of a problem with other objects"
    goal = message.task.problem.goal
    other = Semantics(task.with_goal(goal))
    unseen = other.fluent_functions - semantics.fluent_functions
    if unseen:
        # Such a number only counted before, and was neither expected nor compared.
        return f"the new goal reads {', '.join(sorted(unseen))}, which the run does not watch"
    return None
