"""The peers that there are, in the order of tables."""

from __future__ import annotations

from collections.abc import Iterable

from goalsmith.benchmarks.peers.downward_lab import DOWNWARD_LAB
from goalsmith.benchmarks.peers.fast_downward import FAST_DOWNWARD
from goalsmith.benchmarks.peers.kairos import KAIROS, KAIROS_LIBRARY
from goalsmith.benchmarks.peers.ours import GOALSMITH, GOALSMITH_COMMAND
from goalsmith.benchmarks.peers.peer import Peer
from goalsmith.benchmarks.peers.pyperplan import PYPERPLAN
from goalsmith.benchmarks.peers.unified_planning import UNIFIED_PLANNING
from goalsmith.domains.diagnostics import did_you_mean
from goalsmith.domains.errors import InputError

PEERS: tuple[Peer, ...] = (
    GOALSMITH,
    GOALSMITH_COMMAND,
    KAIROS_LIBRARY,
    KAIROS,
    FAST_DOWNWARD,
    UNIFIED_PLANNING,
    DOWNWARD_LAB,
    PYPERPLAN,
)

DRIVER = FAST_DOWNWARD.name
"""The peer that the others' times are compared with."""


def chosen(names: Iterable[str], peers: Iterable[Peer] = PEERS) -> tuple[Peer, ...]:
    """The peers of these names in the order of tables; all of them if there are no names.

    Raises:
        InputError: there is no peer of a name.
    """
    by_name = {peer.name: peer for peer in peers}
    wanted = set(names) or set(by_name)
    for name in sorted(wanted - set(by_name)):
        raise InputError(f"no peer `{name}`: {did_you_mean(name, by_name, 'peer')}")
    return tuple(peer for name, peer in by_name.items() if name in wanted)
