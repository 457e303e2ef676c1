"""Taking independent steps of a plan at the same time.

A step is begun when all that must come before it is done (`goalsmith.solve.order.partial_order`)
and it does not interfere with one under way (PDDL 2.1, Fox and Long, JAIR 20, 2003, definition 12).
When one ends, the world is observed and compared with what is expected after it, but for what the
others under way may change. So the journal tells the steps as if they had happened one after the
other, in the order in which they ended, and everything that works on a journal works on this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.execute.environment import ActionReport
from goalsmith.execute.journal.events import StepBegun
from goalsmith.execute.monitor.conversation import answer_messages
from goalsmith.execute.monitor.course import Course
from goalsmith.execute.monitor.endings import spent
from goalsmith.execute.monitor.situation import task_from
from goalsmith.execute.monitor.watching import act, begin, finish
from goalsmith.solve.order.occurrence import Occurrence, occurrences
from goalsmith.solve.order.partial_order import partial_order
from goalsmith.solve.order.stages import stages


def take_abreast(course: Course, most: int) -> bool:
    """Takes steps of the rest of the plan, up to `most` at a time, until there is a reason to stop.

    Reasons are that the goal holds, something went otherwise than expected, a message or the budget
    calls for it, or no step is left. Steps under way are waited for; the others are not begun.

    Returns:
        False if no step can be begun so, and the next is to be taken by itself.
    """
    try:
        rest = _Rest(course)
    except InputError:
        return False
    going = True
    under_way: dict[Future[ActionReport], tuple[int, StepBegun]] = {}
    with ThreadPoolExecutor(most, "goalsmith-step") as pool:
        while True:
            while going and len(under_way) < most:
                going = _may_go_on(course)
                if not going:
                    break
                index = rest.next(index for index, _ in under_way.values())
                if index is None:
                    break
                begun = begin(course, rest.steps[index].step, rest.places[index])
                rest.begun.add(index)
                under_way[pool.submit(act, course, begun)] = index, begun
            if not under_way:
                return bool(rest.begun) or not going
            ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda each: under_way[each][1].number):
                index, begun = under_way.pop(future)
                finish(course, begun, future.result())
                rest.done.add(index)


def _may_go_on(course: Course) -> bool:
    """Whether there is no reason to stop before the next step.

    What went wrong is judged, and what messages change is seen to, before another is begun.
    """
    pending = course.progress.pending
    return not (
        (pending is not None and pending.trouble)
        or course.cancel.is_set()
        or spent(course)
        or course.semantics.goal_holds(course.state)
        or answer_messages(course)
    )


class _Rest:
    """The steps that are left of the plan in force, and what each has to wait for.

    Raises:
        InputError: they do not lead to the goal from the state observed last.
    """

    def __init__(self, course: Course) -> None:
        place = course.progress.place
        self.places = tuple(place.places)
        self.begun: set[int] = set()
        self.done: set[int] = set()
        self._course = course
        self._task: Task = task_from(course.semantics, course.state)
        plan = Plan(tuple(place.rest))
        self.steps: Sequence[Occurrence] = occurrences(self._task, plan).steps
        self._before: list[set[int]] = [set() for _ in plan]
        for ordering in partial_order(self._task, plan).orderings:
            self._before[ordering.after].add(ordering.before)

    def next(self, under_way: Iterable[int]) -> int | None:
        """The first step that may be begun beside those under way; None if none may."""
        others = [self.steps[index] for index in under_way]
        for index, occurrence in enumerate(self.steps):
            if (
                index not in self.begun
                and self._before[index] <= self.done
                and len(stages(self._task, [*others, occurrence], ())) == 1
                and self._course.semantics.applicable(self._course.state, occurrence.step)
            ):
                return index
        return None
