"""A plan with all that is needed to check it, and the check."""
