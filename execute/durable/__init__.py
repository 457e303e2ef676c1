"""Durable runs: what a run is comes from a store, and any process can go on with it."""

from goalsmith.execute.durable.driving import Driven, drive, solver_of, submit
from goalsmith.execute.durable.holding import LEASE_SECONDS, Holding, take, wait_to_take
from goalsmith.execute.durable.mail import read_message, send
from goalsmith.execute.durable.recorder import Halted, Recorder
from goalsmith.execute.durable.settings import RunSettings, Simulated
from goalsmith.execute.durable.worker import Worker

__all__ = [
    "LEASE_SECONDS",
    "Driven",
    "Halted",
    "Holding",
    "Recorder",
    "RunSettings",
    "Simulated",
    "Worker",
    "drive",
    "read_message",
    "send",
    "solver_of",
    "submit",
    "take",
    "wait_to_take",
]
