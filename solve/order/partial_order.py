"""Which steps of a plan must come before which: the plan with no more order than it needs.

The order is taken back as far as the plan's causal links allow (de-ordering; Bäckström, JAIR 9,
1998): a provider stays before its consumer, and what would undo a link stays before the provider
or after the consumer, as it is in the plan. Each step does the same in every order that is left,
since what its conditional effects depend on is linked too; so every such order is a valid plan of
the same cost. The links are those of the plan: other providers are not looked for, so a plan with
less order may exist.

Where a step rests on the absence of derived atoms, every step that changes the predicates under
them stays on its side. A plan stays totally ordered where derived atoms depend on numbers that
change, or where following it would take too long; `PartialOrder.total` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from goalsmith.domains.formula import Atom, FunctionTerm, function_terms_in
from goalsmith.domains.language import Task
from goalsmith.domains.plans import Plan
from goalsmith.domains.semantics import Semantics
from goalsmith.solve.order.causal import CausalLink, Extent
from goalsmith.solve.order.occurrence import Need, Occurrence, Occurrences, occurrences
from goalsmith.solve.order.stages import stages
from goalsmith.solve.order.support import Literal as Fact

if TYPE_CHECKING:
    import networkx

Kind: TypeAlias = Literal["provides", "keeps", "restores", "extent", "number", "total"]

MOST_REASONS = 1_000_000
"""Reasons for orderings in one plan at most: some ten seconds."""


MOST_PAIRS = 1_000_000
"""Ordered pairs of steps, those that follow from others included, for which the width is computed:
some ten seconds."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step comes before another.

    Kinds: the earlier one `provides` what the later one needs; it needs (`keeps`) what the later
    one undoes; it undoes what the later one `restores` for a consumer (None: the goal); one of
    them changes a predicate all of whose atoms the other rests on (`extent`), or a `number` that
    the other reads or changes in another way; the plan stays `total`.
    """

    kind: Kind
    fact: Need | None = None
    consumer: int | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """Step `before` must come before step `after`, for these reasons. Steps count from 0."""

    before: int
    after: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PartialOrder:
    """A plan with the orderings between its steps.

    Attributes:
        plan: the plan.
        orderings: all pairs for which there is a reason, sorted; their transitive closure is the
            order.
        stages: the steps in groups, to be taken one after the other; the steps of a group do not
            interfere and may be taken at the same time.
        total: why the plan was left totally ordered; empty if it was not.
    """

    plan: Plan
    orderings: tuple[Ordering, ...]
    stages: tuple[tuple[int, ...], ...]
    total: str = ""

    def immediate(self) -> tuple[Ordering, ...]:
        """The orderings that do not follow from others: the transitive reduction."""
        reach = self._reach()
        kept = []
        covered: dict[int, int] = {}
        for each in self.orderings:
            seen = covered.get(each.before, 0)
            if not seen >> each.after & 1:
                kept.append(each)
                covered[each.before] = seen | reach[each.after]
        return tuple(kept)

    def graph(self) -> networkx.DiGraph:
        """Steps as vertices, an edge for each immediate ordering, which carries its reasons."""
        import networkx

        graph = networkx.DiGraph()
        for index, step in enumerate(self.plan):
            graph.add_node(index, step=str(step))
        for each in self.immediate():
            graph.add_edge(each.before, each.after, reasons=each.reasons)
        return graph

    def critical_path(self) -> tuple[int, ...]:
        """A longest chain of steps that must follow one another; of several, the first."""
        longest = [1] * len(self.plan)
        following: list[int | None] = [None] * len(self.plan)
        for each in reversed(self.orderings):
            length = longest[each.after] + 1
            if length >= longest[each.before]:
                longest[each.before] = length
                following[each.before] = each.after
        if not longest:
            return ()
        path = [longest.index(max(longest))]
        while (after := following[path[-1]]) is not None:
            path.append(after)
        return tuple(path)

    def width(self) -> int | None:
        """The most steps of which none must come before another: a longest antichain.

        None where more than MOST_PAIRS pairs of steps are ordered.

        By Dilworth's theorem (Annals of Mathematics 51, 1950) as many as the fewest chains that
        cover all steps, which a maximum matching in the transitive closure gives (Fulkerson, 1956).
        """
        import networkx

        reach = self._reach()
        if sum(reached.bit_count() for reached in reach) - len(reach) > MOST_PAIRS:
            return None
        graph = networkx.Graph()
        left = [("before", index) for index in range(len(self.plan))]
        graph.add_nodes_from(left)
        for index, reached in enumerate(reach):
            for after in _ones(reached & ~(1 << index)):
                graph.add_edge(("before", index), ("after", after))
        matching = networkx.bipartite.hopcroft_karp_matching(graph, left)
        return len(self.plan) - len(matching) // 2

    def _reach(self) -> list[int]:
        """For each step, as bits, itself and the steps that must come after it."""
        reach = [1 << index for index in range(len(self.plan))]
        for each in reversed(self.orderings):
            reach[each.before] |= reach[each.after]
        return reach


def partial_order(task: Task, plan: Plan) -> PartialOrder:
    """The orderings that a valid plan needs.

    Raises:
        InputError: the plan is not valid for the task.
    """
    found = occurrences(task, plan)
    total = _why_total(task, found)
    reasons = None if total else _reasons(found)
    if reasons is None:
        total = total or "there are too many reasons to order its steps"
        reasons = {(i, i + 1): {Reason("total"): None} for i in range(len(plan) - 1)}
    orderings = tuple(Ordering(*pair, tuple(why)) for pair, why in sorted(reasons.items()))
    return PartialOrder(plan, orderings, stages(task, found.steps, reasons), total)


def _ones(bits: int) -> Iterator[int]:
    """The places of the ones in a number."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _why_total(task: Task, found: Occurrences) -> str:
    """Why the steps must stay in their order; empty if they need not."""
    fluent = Semantics(task).fluent_functions
    read = (t.function for r in task.domain.derived for t in function_terms_in(r.condition))
    if not fluent.isdisjoint(read):
        return "derived atoms depend on numbers that change"
    if not found.complete:
        return "its conditional effects are too many to follow"
    return ""


_Reasons: TypeAlias = dict[tuple[int, int], dict[Reason, None]]


def _reasons(found: Occurrences) -> _Reasons | None:
    """Why each pair of steps is ordered; None where there are more than MOST_REASONS."""
    left = MOST_REASONS
    reasons: _Reasons = {}
    for before, after, reason in _ordered(found):
        left -= 1
        if left < 0:
            return None
        reasons.setdefault((before, after), {})[reason] = None
    return reasons


class _Changes:
    """Who changes what, in the order of the plan."""

    def __init__(self, steps: tuple[Occurrence, ...]) -> None:
        self.adders: dict[Atom, list[int]] = {}
        self.deleters: dict[Atom, list[int]] = {}
        self.numbers: dict[FunctionTerm, list[tuple[int, str]]] = {}
        self.predicates: dict[str, dict[int, None]] = {}
        for index, step in enumerate(steps):
            for atoms, whom in ((step.adds, self.adders), (step.deletes, self.deleters)):
                for atom in atoms:
                    whom.setdefault(atom, []).append(index)
                    self.predicates.setdefault(atom.predicate, {})[index] = None
            for term, kind in step.numbers.items():
                self.numbers.setdefault(term, []).append((index, kind))


def _ordered(found: Occurrences) -> Iterator[tuple[int, int, Reason]]:
    """Each reason why a step comes before another."""
    changes = _Changes(found.steps)
    extents: set[str] = set()
    for link in (*(link for step in found.steps for link in step.needs), *found.goal):
        need = link.literal
        if isinstance(need, Extent):
            extents.add(need.predicate)
            yield from _sides(changes.predicates.get(need.predicate, ()), "extent", link)
        elif isinstance(need.fact, FunctionTerm):
            yield from _sides((i for i, _ in changes.numbers.get(need.fact, ())), "number", link)
        else:
            if link.provider is not None and link.consumer is not None:
                yield link.provider, link.consumer, Reason("provides", need, link.consumer)
            undoers = changes.deleters if need.positive else changes.adders
            yield from _around(undoers.get(need.fact, ()), link)
    for term, changed in changes.numbers.items():
        for place, (after, kind) in enumerate(changed):
            for before, other in changed[:place]:
                if kind != other or kind == "assigned":
                    yield before, after, Reason("number", Fact(term))
    for atom, adders in changes.adders.items():
        if atom.predicate in extents:
            for deleter in changes.deleters.get(atom, ()):
                for adder in adders:
                    if adder != deleter:
                        reason = Reason("extent", Extent(atom.predicate))
                        yield min(adder, deleter), max(adder, deleter), reason


def _sides(steps: Iterable[int], kind: Kind, link: CausalLink) -> Iterator[tuple[int, int, Reason]]:
    """Steps stay before or after the consumer, as they are. All are before the goal anyhow."""
    if link.consumer is not None:
        reason = Reason(kind, link.literal, link.consumer)
        for step in steps:
            if step != link.consumer:
                yield min(step, link.consumer), max(step, link.consumer), reason


def _around(undoers: Iterable[int], link: CausalLink) -> Iterator[tuple[int, int, Reason]]:
    """Steps that would undo a link stay before its provider or after its consumer.

    The plan is valid, so that none stands between them.
    """
    for step in undoers:
        if link.consumer is not None and step > link.consumer:
            yield link.consumer, step, Reason("keeps", link.literal, link.consumer)
        elif link.provider is not None and step < link.provider:
            yield step, link.provider, Reason("restores", link.literal, link.consumer)
