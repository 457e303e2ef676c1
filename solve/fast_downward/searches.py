"""What Fast Downward is asked to do, in its own language.

Source of the language: https://www.fast-downward.org/latest/documentation/search-plugins/
"""

from __future__ import annotations

from typing import TypeAlias

from goalsmith.solve.answer import Quality
from goalsmith.solve.grounded.sas import SasTask

Configuration: TypeAlias = tuple[str, ...]
"""What follows `--search` among the program's arguments."""

REQUIREMENTS = (":adl", ":derived-predicates", ":action-costs")
"""All that the translator can do. It refuses a domain that names more, even if nothing uses it."""


def _guided(suffix: str, costs: str, preferred: bool, search: str) -> str:
    """A search that may use the heuristics `hff` and `hlm`, both with this suffix.

    Args:
        suffix: tells the heuristics from others.
        costs: what they count as an operator's cost: `one`, or `plusone`, its cost and one more.
        preferred: whether landmarks say which operators to prefer.
        search: the search.
    """
    landmarks = f"landmark_sum(lm_reasonable_orders_hps(lm_rhw()),pref={str(preferred).lower()})"
    return (
        f"let(hlm{suffix},eval_modify_costs({landmarks},cost_type={costs}),"
        f"let(hff{suffix},eval_modify_costs(ff(),cost_type={costs}),{search}))"
    )


def _weighted(suffix: str) -> str:
    both = f"[hff{suffix},hlm{suffix}]"
    return ",".join(f"lazy_wastar({both},preferred={both},w={weight})" for weight in (5, 3, 2, 1))


LAMA_FIRST: Configuration = (
    _guided(
        "",
        "one",
        False,
        "lazy_greedy([hff,hlm],preferred=[hff,hlm],cost_type=one,reopen_closed=false)",
    ),
)
"""The first iteration of LAMA (Richter and Westphal, JAIR 39, 2010)."""

LAMA: Configuration = (
    "--if-unit-cost",
    _guided(
        "",
        "one",
        False,
        f"iterated([lazy_greedy([hff,hlm],preferred=[hff,hlm]),{_weighted('')}],repeat_last=true)",
    ),
    "--if-non-unit-cost",
    _guided(
        "1",
        "one",
        False,
        _guided(
            "2",
            "plusone",
            False,
            "iterated(["
            "lazy_greedy([hff1,hlm1],preferred=[hff1,hlm1],cost_type=one,reopen_closed=false),"
            "lazy_greedy([hff2,hlm2],preferred=[hff2,hlm2],reopen_closed=false),"
            f"{_weighted('2')}],repeat_last=true)",
        ),
    ),
    "--always",
)
"""LAMA's stream of better plans, as Fast Downward's alias `lama` has it: a greedy search, then
weighted A* with falling weights, each below the cost of the last plan. With operators preferred by
landmarks, as of IPC 2011, there is no plan for some tasks (childsnack) that has one at once so."""

LM_CUT: Configuration = ("astar(lmcut())",)
"""A* with LM-cut (Helmert and Domshlak, ICAPS 2009)."""

MERGE_AND_SHRINK: Configuration = (
    "astar(merge_and_shrink(shrink_strategy=shrink_bisimulation(greedy=false),"
    "merge_strategy=merge_sccs(order_of_sccs=topological,merge_selector=score_based_filtering("
    "scoring_functions=[goal_relevance(),dfp(),total_order()])),"
    "label_reduction=exact(before_shrinking=true,before_merging=false),"
    "max_states=50000,threshold_before_merge=1,main_loop_max_time=60))",
)
"""A* with merge-and-shrink by bisimulation (Nissim, Hoffmann and Helmert, IJCAI 2011)."""

BLIND: Configuration = ("astar(blind())",)
"""A* that counts costs alone: what remains where there are derived variables."""

SEARCHES: dict[Quality, tuple[Configuration, ...]] = {
    "first": (LAMA_FIRST,),
    "anytime": (LAMA,),
    "optimal": (LM_CUT, BLIND),
}
"""Searches by what is asked of the plan, to be tried in turn while one is unsupported."""


def optimal(task: SasTask) -> tuple[tuple[str, Configuration], ...]:
    """Names and texts of searches for cheapest plans that take such a task, the best ones first.

    LM-cut takes neither conditional effects nor axioms, merge-and-shrink no axioms.
    """
    if task.axioms:
        return (("blind search", BLIND),)
    if any(effect.conditions for o in task.operators for effect in o.effects):
        return (("merge-and-shrink", MERGE_AND_SHRINK), ("blind search", BLIND))
    return (("LM-cut", LM_CUT), ("merge-and-shrink", MERGE_AND_SHRINK))


def below(bound: int, unit_cost: bool, weight: int, seconds: float, seed: int) -> Configuration:
    """One plan that costs less than `bound`, found within so much CPU time or not at all.

    Args:
        bound: what the plan must cost less than.
        unit_cost: whether all operators cost the same.
        weight: of the heuristics beside the cost so far.
        seconds: for the search, without its preparations.
        seed: for the order of operators that are worth the same.
    """
    search = (
        f"lazy_wastar([hff,hlm],preferred=[hff,hlm],w={weight},bound={bound},max_time={seconds},"
        f"randomize_successors=true,preferred_successors_first=true,random_seed={seed})"
    )
    return (_guided("", "one" if unit_cost else "plusone", False, search),)
