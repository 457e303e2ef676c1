"""Kairos, in worker processes that are kept warm."""
