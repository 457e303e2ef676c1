"""Fast Downward, run from its wheel: translator, searches, and what their ends mean."""
