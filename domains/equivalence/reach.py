"""A bounded search for a reachable state in which two goals differ."""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush

from goalsmith.domains.effort import Effort
from goalsmith.domains.formula import Condition, atoms_in
from goalsmith.domains.language import State, Task
from goalsmith.domains.semantics import Semantics


def state_that_tells_apart(
    task: Task, first: Condition, second: Condition, guide: State | None, effort: Effort
) -> State | None:
    """A reachable state that meets one goal and not the other.

    None if there is none: every reachable state was looked at. States that agree with `guide` in
    more of the atoms that the goals name are looked at first.

    Raises:
        SpentError: there are more states than the effort allows.
    """
    semantics = Semantics(task)
    holds = semantics.evaluator.holds
    named = frozenset((*atoms_in(first), *atoms_in(second)))
    wanted = named & guide.atoms if guide is not None else named
    waiting: list[tuple[int, int, State]] = []
    seen: set[State] = set()
    found = iter([semantics.initial_state()])
    while True:
        for state in found:
            if state in seen:
                continue
            effort.spend()
            seen.add(state)
            facts = semantics.facts(state)
            if holds(facts, first) != holds(facts, second):
                return state
            # The count breaks ties: states themselves have no order.
            heappush(waiting, (len((named & state.atoms) ^ wanted), len(seen), state))
        if not waiting:
            return None
        state = heappop(waiting)[2]
        found = map(partial(semantics.apply, state), semantics.applicable_steps(state))
