"""Limits on acts: how long one may take, and how often one that failed is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread

from goalsmith.domains.errors import InputError
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.execute.claims import failure, refusal
from goalsmith.execute.environment import ActionReport, Attempt, Ending, Environment, Observation
from goalsmith.execute.environments.given import require_actions

Wait = Callable[[Event, float], bool]
"""Waits for an event at most some seconds, and says whether it has come."""


@dataclass(frozen=True, slots=True)
class ActLimits:
    """What one act may cost. Times in seconds.

    Attributes:
        seconds: how long a try may take; None for any time.
        retries: how many more times an act that failed is tried. Only for actions that may be
            repeated: what a failed try has changed is not looked at in between.
        delay: the pause before the second try.
        growth: what each further pause is multiplied by.
        longest_delay: no pause is longer.

    Raises:
        InputError: one is out of range.
    """

    seconds: float | None = None
    retries: int = 0
    delay: float = 0.5
    growth: float = 2.0
    longest_delay: float = 60.0

    def __post_init__(self) -> None:
        # Written so that what is not a number is out of range, too.
        if self.seconds is not None and not self.seconds > 0:
            raise InputError(f"an act needs more than 0 seconds, not {self.seconds}")
        if self.retries < 0:
            raise InputError(f"retries must not be negative: {self.retries}")
        if not (self.delay >= 0 and self.longest_delay >= 0 and self.growth >= 1):
            raise InputError("pauses must not be negative, nor shrink from one to the next")

    def pause(self, failed: int) -> float:
        """The pause in seconds after so many failed tries, from 1."""
        pause = self.delay
        for _ in range(failed - 1):
            if pause >= self.longest_delay:
                break
            pause *= self.growth
        return min(pause, self.longest_delay)


class LimitedEnvironment:
    """A world whose acts are limited in time, and tried again when they fail.

    What ran out of time is reported as TIMED_OUT and not tried again, since Python cannot end a
    thread: the act goes on, and may still have its effects. As long as it does, further acts wait
    `patience` seconds for its end and are refused after that. A world behind a process or an event
    loop has limits of its own that do end what they limit; prefer those. What is refused is not
    tried again either.

    Each try has a key of its own: the attempt's, a dot, and the number of the try from 1.

    Args:
        task: the task whose actions are limited.
        environment: the world.
        limits: of every action that has none of its own.
        actions: limits of some actions, by name.
        patience: seconds that an act waits for one that ran out of time before.
        sleep: pauses for so many seconds.
        wait: waits for the end of an act.

    Raises:
        InputError: `actions` names one that the domain does not have; patience is negative.
    """

    def __init__(
        self,
        task: Task,
        environment: Environment,
        limits: ActLimits | None = None,
        *,
        actions: Mapping[str, ActLimits] | None = None,
        patience: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
        wait: Wait = Event.wait,
    ) -> None:
        require_actions(task, actions or (), "limits are given for")
        if not patience >= 0:
            raise InputError(f"patience must not be negative: {patience}")
        self._environment = environment
        self._limits = limits or ActLimits()
        self._actions = dict(actions or {})
        self._patience = patience
        self._sleep = sleep
        self._wait = wait
        self._lock = Lock()
        self._late: list[tuple[Event, Step]] = []

    def observe(self) -> State | Observation:
        """What the world says, also while an act that ran out of time goes on."""
        return self._environment.observe()

    def act(self, step: Step, attempt: Attempt) -> ActionReport:
        """Carries a step out within its limits, in as many tries as they allow."""
        limits = self._actions.get(step.action, self._limits)
        for number in range(1, limits.retries + 2):
            if number > 1:
                self._sleep(limits.pause(number - 1))
            if late := self._still_late():
                return refusal(f"{late}, which ran out of time before, is still under way")
            key = f"{attempt.key}.{number}"
            report = self._try(step, Attempt(key, attempt.number + number - 1), limits.seconds)
            if report.how is not Ending.FAILED:
                break
        if number == 1:
            return report
        message = f"{report.message} (try {number} of {limits.retries + 1})".strip()
        return ActionReport(report.succeeded, message, report.ending)

    def _try(self, step: Step, attempt: Attempt, seconds: float | None) -> ActionReport:
        """One try; what it raises is a failure."""
        if seconds is None:
            try:
                return self._environment.act(step, attempt)
            except Exception as error:
                return failure(error)
        over = Event()
        reports: list[ActionReport] = []
        interrupts: list[BaseException] = []

        def work() -> None:
            try:
                reports.append(self._environment.act(step, attempt))
            except Exception as error:
                reports.append(failure(error))
            except BaseException as error:
                # KeyboardInterrupt and SystemExit end the run, not only this thread.
                interrupts.append(error)
            finally:
                over.set()

        # A daemon: what runs on must not keep the program alive.
        Thread(target=work, daemon=True, name=f"act {step}").start()
        if not self._wait(over, seconds):
            with self._lock:
                self._late.append((over, step))
            message = f"not over after {seconds:g} s; it goes on and may still have its effects"
            return ActionReport(False, message, Ending.TIMED_OUT)
        if interrupts:
            raise interrupts[0]
        return reports[0]

    def _still_late(self) -> Step | None:
        """An act that ran out of time and goes on in spite of all patience."""
        with self._lock:
            self._late = [(over, step) for over, step in self._late if not over.is_set()]
            late = tuple(self._late)
        for over, step in late:
            if not self._wait(over, self._patience):
                return step
        return None
