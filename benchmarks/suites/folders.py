"""The tasks in folders, in the layouts in which the field publishes them.

A folder is a domain if it holds, with their problems,

- `domain.pddl` for all of them (`gripper/domain.pddl`, `gripper/p01.pddl`), or
- a domain file for each: `p01-domain.pddl`, `domain-p01.pddl`, `domain_p01.pddl` (as in
  https://github.com/aibasel/downward-benchmarks), or
- either of these with the problems in `instances/` or `problems/`, and domain files for each in
  `domains/` (`domains/domain-1.pddl`, `instances/instance-1.pddl`, as in
  https://github.com/potassco/pddl-instances).

Any other folder is searched for such folders. A folder `instances/` or `problems/` stands for its
problems, with the domain files beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goalsmith.benchmarks.suites.task import natural_key
from goalsmith.domains.errors import InputError

MAX_DEPTH = 6
"""Levels of folders that are searched below a given one."""

MAX_FOLDERS = 20_000
"""Folders that are looked into at most; the largest collections have a tenth of it."""

PROBLEM_FOLDERS = ("instances", "problems")
DOMAIN_FOLDER = "domains"

_DOMAIN_NAME = re.compile(
    r"(?:(?P<before>.+)[-_.])?domain(?:[-_.](?P<after>.+)|(?P<number>\d+))?", re.IGNORECASE
)
LAYOUTS = (
    "`domain.pddl` or `p01-domain.pddl`/`domain-p01.pddl` beside problems such as `p01.pddl`, "
    "or with the problems in `instances/` and further domain files in `domains/`"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem file with its domain file, which may be missing, and the folder of the domain."""

    folder: Path
    domain: Path
    problem: Path


def place_of(file: Path) -> Path:
    """Where a file is, whichever links to folders lead there.

    A link that stands for the file itself is not followed: where files are kept by their contents,
    as by git-annex, links of several tasks may lead to one.
    """
    return file.parent.resolve() / file.name


def is_domain_file(file: Path) -> bool:
    """Whether a file is called as those of domains are."""
    return _DOMAIN_NAME.fullmatch(file.stem) is not None


def pairs_below(top: Path) -> list[Pair]:
    """The tasks in a folder and below, sorted as a person would: p2 comes before p10.

    A problem whose domain file is missing is one all the same.

    Raises:
        InputError: there are too many folders.
        OSError: a folder cannot be read.
    """
    return _Search().pairs(top, MAX_DEPTH)


def pairs_in(folder: Path) -> list[Pair]:
    """The tasks in a folder that is one domain's; none if it is not. Raises as `pairs_below`."""
    return _Search().pairs(folder, 0)


def distinct_names(folders: Sequence[Path]) -> dict[Path, str]:
    """The folders' names, with as many of the folders above as tell equal names apart."""
    names: dict[Path, str] = {}
    waiting = list(folders)
    length = 1
    while waiting:
        tails = {f: "/".join(f.parts[-length:]) for f in waiting}
        taken = list(tails.values())
        names |= tails
        # Once a path is used up, no more can be said of it.
        waiting = [f for f in waiting if taken.count(tails[f]) > 1 and length < len(f.parts)]
        length += 1
    return names


class _Search:
    """One walk through a folder."""

    def __init__(self) -> None:
        self.seen: set[Path] = set()

    def pairs(self, folder: Path, depth: int) -> list[Pair]:
        """The tasks at or below a folder."""
        real = folder.resolve()
        if real in self.seen:
            return []
        self.seen.add(real)
        if len(self.seen) > MAX_FOLDERS:
            raise InputError(f"more than {MAX_FOLDERS} folders to search; name a smaller one")
        files, folders = _contents(folder)
        inner = {f.name.lower(): f for f in folders}
        domains, problems = _split(files)
        if per_problem := inner.get(DOMAIN_FOLDER):
            domains += _split(_contents(per_problem)[0])[0]
        if not problems:
            for name in PROBLEM_FOLDERS:
                if name in inner:
                    problems += _split(_contents(inner[name])[0])[1]
        if domains and problems:
            pairs = _paired(problems, domains, folder / "domain.pddl")
            return [Pair(folder, domain, problem) for domain, problem in pairs]
        if depth == 0:
            return []
        return [each for f in folders for each in self.pairs(f, depth - 1)]


def _contents(folder: Path) -> tuple[list[Path], list[Path]]:
    """The visible PDDL files and folders in a folder, sorted.

    A link that leads nowhere, as to a file that was not fetched yet, is a file that cannot be read.
    """
    visible = (each for each in folder.iterdir() if not each.name.startswith("."))
    entries = sorted(visible, key=lambda e: (natural_key(e.name), e.name))
    pddl = (each for each in entries if each.suffix.lower() == ".pddl")
    files = [e for e in pddl if e.is_file() or (e.is_symlink() and not e.exists())]
    return files, [e for e in entries if e.is_dir()]


def _split(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Domain files and problem files, told apart by their names."""
    domains = [f for f in files if is_domain_file(f)]
    return domains, [f for f in files if f not in domains]


def _paired(
    problems: Sequence[Path], domains: Sequence[Path], common: Path
) -> list[tuple[Path, Path]]:
    """Each problem after its own domain file, or else the one for all: `common`, if it is there."""
    marks: dict[str, Path] = {}
    for domain in domains:
        match = _DOMAIN_NAME.fullmatch(domain.stem)
        assert match is not None
        if mark := match["before"] or match["after"] or match["number"]:
            marks[mark.lower()] = domain
        else:
            common = domain
    pairs = []
    for problem in problems:
        own = [mark for mark in marks if _belongs(problem.stem.lower(), mark)]
        # Both `p01` and `p01_2` are marks of `p01_2`: the longer says more.
        pairs.append((marks[max(own, key=len)] if own else common, problem))
    if len(domains) == 1 and all(domain == common for domain, _ in pairs):
        # `blocks_domain.pddl` beside `task1.pddl`: the only one there is.
        return [(domains[0], problem) for problem in problems]
    return pairs


def _belongs(problem: str, mark: str) -> bool:
    """Whether a mark is a problem's: its name, the first part of it, or the number at its end.

    `p01` is the mark of `p01` and `p01-airport1`, `1` that of `instance-1`.
    """
    if problem == mark or re.match(re.escape(mark) + r"[-_.]", problem):
        return True
    number = re.search(r"(?<![0-9])[0-9]+$", problem)
    return mark.isdecimal() and number is not None and int(number[0]) == int(mark)
