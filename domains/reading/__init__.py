"""Reading PDDL: sections, syntax trees, and what domains and problems are made of."""
