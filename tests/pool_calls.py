"""Calls that the tests have workers of a pool do; found there by this module's name."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def process():
    return os.getpid()


def cores():
    """Those of this process and of one that it starts."""
    ask = "import os; print(sorted(os.sched_getaffinity(0)))"
    child = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return str(sorted(os.sched_getaffinity(0))), child.stdout.strip()


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark):
    """Dies the first time, and leaves a mark by which the second time is told."""
    if Path(mark).exists():
        return os.getpid()
    Path(mark).touch()
    return die()


def speak_and_die(words):
    os.write(2, words.encode())
    os._exit(3)


def begin_and_sleep(mark):
    """Starts a program that would go on for long, as an engine does, and waits for it.

    The number of this process goes to the file `mark`, that of the program to `pid` beside it.
    """
    from threading import Event

    from goalsmith.solve.programs.process import run

    folder = Path(mark).parent
    code = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    Path(mark).write_text(str(os.getpid()), encoding="ascii")
    run(
        [sys.executable, "-c", code],
        folder,
        seconds=600,
        memory_mb=2000,
        cancel=Event(),
    )


def hold(megabytes):
    data = bytearray(megabytes * 2**20)
    data[::4096] = b"x" * len(data[::4096])
    time.sleep(0.01)
    return os.getpid()


def hold_on(megabytes):
    data = bytearray(megabytes * 2**20)
    data[::4096] = b"x" * len(data[::4096])
    time.sleep(600)
    return len(data)


def stop_for_good():
    os.kill(os.getpid(), signal.SIGSTOP)


class OddError(Exception):
    """Can be packed, but not unpacked."""

    def __init__(self, first, second):
        super().__init__(first)


def fail(kind):
    if kind == "odd":
        raise OddError("one", "two")
    raise ValueError("no such luck")


def count(number):
    return number + 1
