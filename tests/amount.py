"""How much a long test does: all of it, or less where only a sample of the long tests is run."""

from __future__ import annotations

import sys


def amount(full: int, sample: int) -> int:
    """`full`, or `sample` under `pytest --sample`. Known before tests are collected."""
    return sample if any(word.startswith("--sample") for word in sys.argv) else full
