"""Why a step is in a plan, what a goal is made of, and why there is no plan."""
