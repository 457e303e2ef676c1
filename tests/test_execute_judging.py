"""Which step a verdict is about where several were under way."""

from __future__ import annotations

import pytest
from parallel_runs import overtaken

from goalsmith.execute import Judged


@pytest.mark.parametrize("policy", ["strict", "relevant"])
def test_a_verdict_has_the_number_of_the_step_that_failed(policy: str) -> None:
    """Step 2 fails and ends first; 3 and 1 end after it, before anything is judged."""
    judged = [e.event for e in overtaken(policy).journal if isinstance(e.event, Judged)]
    assert judged[0].number == 2
