"""The tasks of benchmark folders, in the layouts in which the field publishes them.

A folder is a domain if it holds, with their problems,

- `domain.pddl` for all of them (`gripper/domain.pddl`, `gripper/p01.pddl`), or
- a domain file for each: `p01-domain.pddl`, `domain-p01.pddl`, `domain_p01.pddl` (as in
  https://github.com/aibasel/downward-benchmarks), or
- either of these with the problems in `instances/` or `problems/`, and domain files for each in
  `domains/` (`domains/domain-1.pddl`, `instances/instance-1.pddl`, as in
  https://github.com/potassco/pddl-instances).

Any other folder is searched for such folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

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
_LAYOUTS = (
    "`domain.pddl` or `p01-domain.pddl`/`domain-p01.pddl` beside problems such as `p01.pddl`, "
    "or with the problems in `instances/` and further domain files in `domains/`"
)


@dataclass(frozen=True, slots=True)
class BenchmarkTask:
    """A problem file with its domain file; the names are those of the folder and of the problem."""

    domain_name: str
    name: str
    domain_path: Path
    problem_path: Path


Suite: TypeAlias = tuple[BenchmarkTask, ...]
"""Tasks in the order in which they are to be solved."""


def find_tasks(folders: Iterable[str | Path]) -> Suite:
    """The tasks in folders, each once, sorted as a person would: p2 comes before p10.

    A problem whose domain file is missing is a task all the same, which cannot be read. Domains of
    the same name in different places are told apart by the folders that they are in.

    Raises:
        InputError: a folder is missing, unreadable or without tasks, or has too many folders.
    """
    found: dict[Path, list[tuple[Path, Path]]] = {}
    for given in folders:
        top = Path(given)
        try:
            if not top.is_dir():
                raise InputError(
                    f"{given} is not a folder" if top.exists() else f"there is no folder {given}"
                )
            domains = _Search().domains(top, MAX_DEPTH)
        except OSError as error:
            raise InputError(f"{error.filename} cannot be read: {error.strerror}") from None
        if not domains:
            raise InputError(f"there are no tasks in {given}: looked for folders with {_LAYOUTS}")
        for folder, pairs in domains:
            found.setdefault(folder.resolve(), pairs)
    names = _distinct_names(list(found))
    return tuple(
        BenchmarkTask(as_text(names[folder]), as_text(problem.stem), domain, problem)
        for folder, pairs in found.items()
        for domain, problem in pairs
    )


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which numbers within names count as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.lower())
    return [(0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in parts]


class _Search:
    """One walk through a folder."""

    def __init__(self) -> None:
        self.seen: set[Path] = set()

    def domains(self, folder: Path, depth: int) -> list[tuple[Path, list[tuple[Path, Path]]]]:
        """The domain folders at or below a folder, with their domain and problem files."""
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
            return [(folder, _paired(problems, domains, folder / "domain.pddl"))]
        if depth == 0:
            return []
        return [each for f in folders for each in self.domains(f, depth - 1)]


def _contents(folder: Path) -> tuple[list[Path], list[Path]]:
    """The PDDL files and the visible folders in a folder, sorted."""
    entries = sorted(folder.iterdir(), key=lambda e: (natural_key(e.name), e.name))
    files = [e for e in entries if e.suffix.lower() == ".pddl" and e.is_file()]
    return files, [e for e in entries if not e.name.startswith(".") and e.is_dir()]


def _split(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Domain files and problem files, told apart by their names."""
    domains = [f for f in files if _DOMAIN_NAME.fullmatch(f.stem)]
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
        own = (d for mark, d in marks.items() if _belongs(problem.stem.lower(), mark))
        pairs.append((next(own, common), problem))
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


def _distinct_names(folders: Sequence[Path]) -> dict[Path, str]:
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


def as_text(name: object) -> str:
    """A path or name as text: bytes in it that are no UTF-8 become question marks."""
    return str(name).encode("utf-8", "replace").decode("utf-8")
