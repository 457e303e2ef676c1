"""Programs run under limits, of which nothing survives."""
