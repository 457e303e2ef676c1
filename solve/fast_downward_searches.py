"""What Fast Downward is asked to do, in its own language."""

from __future__ import annotations

from goalsmith.solve.answer import Quality

LAMA_FIRST = (
    "let(hlm, eval_modify_costs(landmark_sum(lm_factory=lm_reasonable_orders_hps(lm_rhw()), "
    "pref=false), cost_type=one), "
    "let(hff, eval_modify_costs(ff(), cost_type=one), "
    "lazy_greedy([hff, hlm], preferred=[hff, hlm], cost_type=one, reopen_closed=false)))"
)

SEARCHES: dict[Quality, tuple[str, ...]] = {
    # The first iteration of LAMA (Richter and Westphal, JAIR 39, 2010).
    "first": (LAMA_FIRST,),
    # A* with LM-cut (Helmert and Domshlak, ICAPS 2009); blind where LM-cut does not apply, as it
    # takes neither conditional effects nor derived predicates.
    "optimal": ("astar(lmcut())", "astar(blind())"),
}
"""Searches by what is asked of the plan, to be tried in turn while one is unsupported."""


REQUIREMENTS = (":adl", ":derived-predicates", ":action-costs")
"""All that the translator can do. It refuses a domain that names more, even if nothing uses it."""
