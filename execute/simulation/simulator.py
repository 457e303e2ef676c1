"""A simulated world in which a task's steps can go wrong, repeatably."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random
from threading import Lock

from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError
from goalsmith.domains.formula import Atom
from goalsmith.domains.language import State, Task
from goalsmith.domains.plans import Step
from goalsmith.domains.semantics import Semantics
from goalsmith.execute.environment import ActionReport, Attempt, Ending
from goalsmith.execute.simulation import snapshots
from goalsmith.execute.simulation.faults import ANY_ACTION, FaultKind, Faults, Happening, Toggled
from goalsmith.execute.simulation.snapshots import Snapshot
from goalsmith.execute.store.plain import Plain

__all__ = ["FaultKind", "Faults", "Happening", "Simulator", "Toggled"]


class Simulator:
    """A world that starts in a task's initial state and follows its domain, but for faults.

    A step that is not applicable is refused, with the unmet condition as the message, and changes
    nothing. A fault or event that would make no difference (nothing to lose, nothing that can move)
    does not happen and does not count towards the limit. To start elsewhere, give
    `task.with_state(…)`.

    All chance at an act comes from the seed and the act's number, so that what happens at one act
    has no influence on the dice of the next, and a world goes on from a snapshot as it would have.

    Any number of threads may use it; acts take place one after the other.

    Args:
        task: whose initial state the world starts in, and whose domain it follows.
        faults: what goes wrong in it; by default nothing.

    Raises:
        InputError: the faults name an action, predicate or atom that the task does not have, or a
            predicate that is derived.
    """

    def __init__(self, task: Task, faults: Faults | None = None) -> None:
        self._semantics = Semantics(task)
        self._initial = self._state = self._semantics.initial_state()
        self._faults = faults or Faults()
        self._events = self._declared_events()
        self._acts = 0
        self._troubles = 0
        self._late: Step | None = None
        self._happened: list[Happening] = []
        self._lock = Lock()

    @property
    def happened(self) -> tuple[Happening, ...]:
        """What every act so far really did; after `restore`, every act since."""
        return tuple(self._happened)

    def observe(self) -> State:
        """The true state, all of it."""
        return self._state

    def act(self, step: Step, attempt: Attempt | None = None) -> ActionReport:
        """Carries a step out, as far as the faults let it. Every attempt is one of its own."""
        del attempt
        with self._lock:
            self._acts += 1
            came_late = self._catch_up()
            events = self._let_happen()
            report, took_place, fault, moved = self._carry_out(step)
            self._troubles += fault is not None
            self._happened.append(
                Happening(self._acts, step, took_place, fault, moved, came_late, events)
            )
        return report

    # Snapshots

    def snapshot(self) -> dict[str, Plain]:
        """The world as it is, as data that JSON can hold.

        It has what changed since the task's initial state, and how many acts and faults there were;
        not the task, the faults to come or `happened`.
        """
        with self._lock:
            now = Snapshot(self._state, self._acts, self._troubles, self._late)
        return snapshots.write(self._initial, now)

    def restore(self, snapshot: dict[str, Plain]) -> None:
        """Makes the world one that a snapshot of the same task describes.

        With the same faults, it goes on as the world did that the snapshot is of.

        Raises:
            InputError: it is no snapshot, or not one of this task; the world is as before.
        """
        found = snapshots.read(self._semantics, snapshot)
        with self._lock:
            self._state = found.state
            self._acts = found.acts
            self._troubles = found.troubles
            self._late = found.late
            self._happened = []

    # What an act does

    def _carry_out(self, step: Step) -> tuple[ActionReport, bool, FaultKind | None, Step | None]:
        """The report, whether the step took place, what went wrong, and what moved by itself."""
        fault = self._fault()
        try:
            after = self._semantics.apply(self._state, step)
        except InputError as error:
            return ActionReport(False, str(error), Ending.REFUSED), False, None, None
        if fault is FaultKind.ACTION_FAILS:
            return ActionReport(False, "it was tried and nothing changed"), False, fault, None
        if fault is FaultKind.EFFECT_LOST and after != self._state:
            return ActionReport(True), False, fault, None
        if fault is FaultKind.EFFECT_LATE and after != self._state:
            self._late = step
            return ActionReport(True), False, fault, None
        self._state = after
        moved = None
        if fault is FaultKind.MOVED_BY_ITSELF:
            moved = self._move(self._dice("moves"), lambda other: other != step)
        return ActionReport(True), True, fault if moved else None, moved

    def _fault(self) -> FaultKind | None:
        if self._at_limit():
            return None
        dice = self._dice("faults")
        # All dice are thrown at every act, so that one kind's rate does not shift the others.
        hits = [kind for kind, rate in self._faults.rates if dice.random() < rate]
        return self._faults.scripted.get(self._acts) or next(iter(hits), None)

    def _at_limit(self) -> bool:
        limit = self._faults.limit
        return limit is not None and self._troubles >= limit

    def _dice(self, what: str) -> Random:
        """The dice for one purpose at this act."""
        return Random(f"{what} {self._faults.seed} {self._acts}")

    def _move(self, dice: Random, may: Callable[[Step], bool]) -> Step | None:
        """Lets a step that changes something take place; None where there is none."""
        steps = [step for step in self._semantics.applicable_steps(self._state) if may(step)]
        dice.shuffle(steps)
        for step in steps:
            try:
                after = self._semantics.apply(self._state, step)
            except InputError:
                continue  # its effects need a number that has no value
            if after != self._state:
                self._state = after
                return step
        return None

    # What happens between acts

    def _catch_up(self) -> Step | None:
        """Lets the step that is late take place, unless it cannot any more."""
        step, self._late = self._late, None
        if step is None:
            return None
        try:
            self._state = self._semantics.apply(self._state, step)
        except InputError:
            return None  # what it needs has gone since
        return step

    def _let_happen(self) -> tuple[Step | Toggled, ...]:
        """The events before this act."""
        happened: list[Step | Toggled] = []
        for name, rate, happen in self._events:
            dice = self._dice(name)
            if dice.random() < rate and not self._at_limit():
                event = happen(dice)
                if event is not None:
                    self._troubles += 1
                    happened.append(event)
        return tuple(happened)

    def _declared_events(
        self,
    ) -> tuple[tuple[str, float, Callable[[Random], Step | Toggled | None]], ...]:
        """What can happen by itself: how its dice are called, its rate, what makes it happen."""
        found: list[tuple[str, float, Callable[[Random], Step | Toggled | None]]] = []
        for name, rate in self._faults.steps.items():
            if name != ANY_ACTION and name not in self._semantics.actions:
                hint = did_you_mean(name, self._semantics.actions, "action")
                raise InputError(f"no steps of `{name}` can take place unasked: {hint}")
            found.append((f"step {name}", rate, self._unasked(name)))
        for name, rate in self._faults.toggles.items():
            found.append((f"toggle {name}", rate, self._toggling(name)))
        return tuple(found)

    def _unasked(self, action: str) -> Callable[[Random], Step | None]:
        def may(step: Step) -> bool:
            return action in (ANY_ACTION, step.action)

        return lambda dice: self._move(dice, may)

    def _toggling(self, name: str) -> Callable[[Random], Toggled | None]:
        predicates = {p.name: p for p in self._semantics.task.domain.predicates}
        if name.startswith("("):
            self._check_words(name.strip("()").split(), predicates)
            atom = snapshots.atom(self._semantics, name)
            return lambda _: self._toggle(atom)
        if name not in predicates or name in self._semantics.derived:
            known = sorted(predicates.keys() - self._semantics.derived)
            hint = did_you_mean(name, known, "predicate that is not derived")
            raise InputError(f"no atoms of `{name}` can change by themselves: {hint}")
        places = [
            self._semantics.hierarchy.objects_of(parameter.types)
            for parameter in predicates[name].parameters
        ]

        def any_of_it(dice: Random) -> Toggled | None:
            if not all(places):
                return None  # there are no objects for such an atom
            return self._toggle(Atom(name, tuple(dice.choice(names) for names in places)))

        return any_of_it

    def _check_words(self, words: Sequence[str], predicates: Collection[str]) -> None:
        """Says which word of an atom the task does not have, and the nearest that it has."""
        objects = [o.name for o in self._semantics.task.objects]
        known = [(words[:1], predicates, "predicate"), (words[1:], objects, "object")]
        for found, names, kind in known:
            for word in found:
                if word not in names:
                    hint = did_you_mean(word, names, kind)
                    raise InputError(f"there is no {kind} `{word}` to change by itself: {hint}")

    def _toggle(self, atom: Atom) -> Toggled:
        holds = atom not in self._state.atoms
        self._state = State(self._state.atoms ^ {atom}, self._state.numbers)
        return Toggled(atom, holds)
