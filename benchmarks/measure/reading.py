"""Prints how long reading large problems takes, warm, beside the parsers that others have.

Usage: reading.py DATA [--peers PYTHON] [--seconds S]

Each parser runs in a process of its own, so that none stands in another's way, and reads the domain
and the problem a few times; the first reading does not count. `--peers` names the interpreter that
has the peers (`pip install pddl tarski plado`), best one of its own, since `pddl` needs an older
lark. A parser that is not installed, fails, or takes longer than `--seconds` (60) gets a dash.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SMALLEST = 250_000
"""Bytes of the problems that are read."""

HARNESS = """
import statistics, sys, time, warnings
warnings.simplefilter("ignore")
domain, problem, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.argv = ["translate", domain, problem]
{prepare}
times = []
for _ in range(rounds + 1):
    began = time.perf_counter()
    {read}
    times.append(time.perf_counter() - began)
print(statistics.median(times[1:]))
"""

MEMORY = """
import sys, tracemalloc
from goalsmith.domains.reader import load_domain, load_task, read_problem, load_text
task = load_task(sys.argv[1], sys.argv[2])
text = load_text(sys.argv[2])
tracemalloc.start()
problem = read_problem(text, task.domain)
print(tracemalloc.get_traced_memory()[1] / len(text))
"""

PARSERS = {
    "goalsmith": (
        "from goalsmith.domains.reader import load_task",
        "load_task(domain, problem)",
    ),
    "Fast Downward": (
        "from fast_downward.translate import options; options.set_options([domain, problem]);"
        " from fast_downward.translate import pddl_parser",
        "pddl_parser.open(domain, problem)",
    ),
    "Kairos": ("import kairos", "kairos.load_problem(problem, kairos.load_domain(domain))"),
    "plado": ("from plado.parser import parse", "parse(domain, problem)"),
    "tarski": (
        "from tarski.io import PDDLReader",
        "PDDLReader(raise_on_error=True).read_problem(domain, problem)",
    ),
    "pddl": (
        "from pddl import parse_domain, parse_problem",
        "parse_domain(domain), parse_problem(problem)",
    ),
    "unified-planning": (
        "from unified_planning.io import PDDLReader",
        "PDDLReader().parse_problem(domain, problem)",
    ),
}

OURS = frozenset({"goalsmith", "Fast Downward", "Kairos", "unified-planning"})
"""Parsers that are installed beside goalsmith."""

SLOW = frozenset({"pddl", "tarski", "unified-planning"})
"""Parsers that read once and not five times."""


def seconds(parser: str, python: str, files: tuple[Path, Path], limit: float) -> float | None:
    """Median seconds in which a parser reads the files; None where it does not."""
    prepare, read = PARSERS[parser]
    code = HARNESS.format(prepare=prepare, read=read)
    rounds = "1" if parser in SLOW else "5"
    return printed([python, "-P", "-c", code, *files, rounds], limit)


def printed(command: list[str | Path], limit: float) -> float | None:
    """The number that a command prints last; None where it fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return float(done.stdout.split()[-1])


def main() -> None:
    """Prints one line per large problem, and ratios to Fast Downward's parser."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--peers", default=sys.executable)
    arguments.add_argument("--seconds", type=float, default=60.0)
    given = arguments.parse_args()
    heads = "".join(f"{name:>17}" for name in PARSERS)
    print(f"{'seconds':27}{'KB':>5}{heads}  ours/FD  memory/file")
    for problem in sorted(given.data.glob("ipc/*/p??.pddl")):
        if problem.stat().st_size < SMALLEST:
            continue
        files = problem.with_name("domain.pddl"), problem
        times = {}
        for parser in PARSERS:
            python = sys.executable if parser in OURS else given.peers
            times[parser] = seconds(parser, python, files, given.seconds)
        cells = "".join(f"{t:>17.3f}" if t else f"{'–':>17}" for t in times.values())
        mine, theirs = times["goalsmith"], times["Fast Downward"]
        ratio = f"{mine / theirs:>9.2f}" if mine and theirs else f"{'–':>9}"
        memory = printed([sys.executable, "-c", MEMORY, *files], given.seconds) or 0.0
        name = f"{problem.parent.name}/{problem.stem}"
        size = problem.stat().st_size // 1000
        print(f"{name:27}{size:>5}{cells}{ratio}{memory:>12.1f}x", flush=True)


if __name__ == "__main__":
    main()
