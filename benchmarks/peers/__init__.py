"""Peers: goalsmith and the planners and tools that people use, side by side on the same tasks."""

from goalsmith.benchmarks.peers.catalogue import DRIVER, PEERS, chosen
from goalsmith.benchmarks.peers.measuring import Measured, cores_here, measure
from goalsmith.benchmarks.peers.peer import Errand, Peer, Reply, Session, Source
from goalsmith.benchmarks.peers.program import Program
from goalsmith.benchmarks.peers.row import Row
from goalsmith.benchmarks.peers.service import Service
from goalsmith.benchmarks.peers.summary import Failure, Standing, Wrong, sum_up

__all__ = [
    "DRIVER",
    "PEERS",
    "Errand",
    "Failure",
    "Measured",
    "Peer",
    "Program",
    "Reply",
    "Row",
    "Service",
    "Session",
    "Source",
    "Standing",
    "Wrong",
    "chosen",
    "cores_here",
    "measure",
    "sum_up",
]
