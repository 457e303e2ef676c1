"""Which task of a suite a plan file is for: told from the names in its path.

Of `plans/gripper/p01.plan`, `gripper-p01.soln` and `gripper/p01/sas_plan.2`, each is for problem
`p01` of domain `gripper`. Where a path does not say the domain, the problem's name must be one that
only one domain of the suite has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from goalsmith.benchmarks.suites.suite import BenchmarkTask, Suite, as_text, natural_key
from goalsmith.domains.diagnostics import listed
from goalsmith.domains.errors import InputError

MOST_FILES = 100_000
"""Plan files at most, and files and folders that are looked through for them."""

_BETWEEN = re.compile(r"[-_. /]+")


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file with a plan, and the task that it is for; None with the reason if that is unclear."""

    path: Path
    task: BenchmarkTask | None
    reason: str = ""


def find_plans(given: Iterable[str | Path], suite: Suite) -> tuple[PlanFile, ...]:
    """The plan files given and all in the folders given, each once, with their tasks.

    In folders, files of the suite and hidden ones are no plans. A file that is missing is found, to
    be reported when it is read.

    Raises:
        InputError: a folder cannot be read or has too many files, or there are no plans at all.
    """
    filed = [task for task in suite if task.source is None]
    tasks = {path.resolve() for t in filed for path in (t.domain_path, t.problem_path)}
    found: dict[Path, Path] = {}
    places = [Path(each) for each in given]
    try:
        for place in places:
            if not place.is_dir():
                found.setdefault(place.resolve(), place)
                continue
            for file in _files(place):
                if file.resolve() not in tasks:
                    found.setdefault(file.resolve(), file)
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}") from None
    if not found:
        named = listed([as_text(place) for place in places]) or "what was given"
        raise InputError(f"there are no plans in {named}")
    matcher = _Matcher(suite)
    return tuple(matcher.match(path) for path in found.values())


def _files(folder: Path) -> Iterator[Path]:
    """The visible files below a folder, as a person would sort them."""
    waiting, seen = [folder], 0
    while waiting:
        entries = sorted(waiting.pop().iterdir(), key=lambda e: (natural_key(e.name), e.name))
        seen += len(entries)
        if seen > MOST_FILES:
            raise InputError(f"more than {MOST_FILES} files in {folder}; name a smaller folder")
        visible = [e for e in entries if not e.name.startswith(".")]
        yield from (e for e in visible if e.is_file())
        # A link to a folder could lead back up.
        waiting += [e for e in reversed(visible) if e.is_dir() and not e.is_symlink()]


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How well a path fits a task; the greatest is best."""

    domain_named: bool
    by_file_name: bool
    nearness: int
    folders_named: int


class _Matcher:
    """The tasks of a suite by their names."""

    def __init__(self, suite: Suite) -> None:
        self._by_problem: dict[str, list[BenchmarkTask]] = {}
        self._by_both: dict[str, list[BenchmarkTask]] = {}
        for task in suite:
            self._by_problem.setdefault(task.name.lower(), []).append(task)
            for domain in {task.domain_name, task.domain_name.rpartition("/")[2]}:
                self._by_both.setdefault(_joined(f"{domain}-{task.name}"), []).append(task)

    def match(self, path: Path) -> PlanFile:
        """The file with its task."""
        parts = [part.lower() for part in path.absolute().parts]
        fits: dict[BenchmarkTask, _Fit] = {}
        # The problem is named by the file, or by its folder where all are called alike.
        for place in (len(parts) - 1, len(parts) - 2):
            if place <= 0:
                continue
            last = place == len(parts) - 1
            for name in _names(parts[place]):
                for task in self._by_both.get(_joined(name), ()):
                    self._note(fits, task, _Fit(True, last, 0, 0))
                for task in self._by_problem.get(name, ()):
                    self._note(fits, task, _fit(task, parts[:place], last))
        best = max(fits.values(), default=None)
        tasks = [task for task, fit in fits.items() if fit == best]
        if len(tasks) == 1:
            return PlanFile(path, tasks[0])
        if not tasks:
            hint = "its path names no problem of the suite, as in `domain/problem.plan`"
            return PlanFile(path, None, hint)
        names = listed([f"{t.domain_name}/{t.name}" for t in tasks[:4]], "or")
        more = f" and {len(tasks) - 4} more" if len(tasks) > 4 else ""
        return PlanFile(path, None, f"its path may mean {names}{more}: put the domain in it")

    @staticmethod
    def _note(fits: dict[BenchmarkTask, _Fit], task: BenchmarkTask, fit: _Fit) -> None:
        fits[task] = max(fit, fits.get(task, fit))


def _fit(task: BenchmarkTask, folders: list[str], by_file_name: bool) -> _Fit:
    """How well the folders above what names the problem name its domain."""
    domain = task.domain_name.lower().split("/")
    for nearness in range(len(folders)):
        above = folders[: len(folders) - nearness]
        common = 0
        for part, folder in zip(reversed(domain), reversed(above), strict=False):
            if part != folder:
                break
            common += 1
        if common:
            return _Fit(True, by_file_name, -nearness, common)
    return _Fit(False, by_file_name, 0, 0)


def _names(part: str) -> list[str]:
    """A file's name, and what is left of it as its suffixes are dropped one by one."""
    names = [part]
    while "." in names[-1][1:]:
        names.append(names[-1].rpartition(".")[0])
    return names


def _joined(name: str) -> str:
    """A name in which it does not matter how its parts are kept apart."""
    return _BETWEEN.sub("-", name.lower())
