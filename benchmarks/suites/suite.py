"""Suites: the tasks that folders, patterns, files, manifests and the library stand for."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from goalsmith.benchmarks.configurations import Configuration
from goalsmith.benchmarks.suites.folders import (
    LAYOUTS,
    PROBLEM_FOLDERS,
    Pair,
    distinct_names,
    is_domain_file,
    pairs_below,
    pairs_in,
    place_of,
)
from goalsmith.benchmarks.suites.library_problem import (
    PREFIX,
    LibraryProblem,
    is_library,
    library_problems,
)
from goalsmith.benchmarks.suites.manifest import SUFFIX, NamedPair, read_manifest
from goalsmith.benchmarks.suites.task import BenchmarkTask, Suite, as_name, as_text, natural_key
from goalsmith.domains.diagnostics import nearest
from goalsmith.domains.errors import InputError

__all__ = [
    "BenchmarkTask",
    "FoundSuite",
    "Suite",
    "as_text",
    "find_suite",
    "find_tasks",
    "natural_key",
]

MOST_MATCHES = 100_000
"""Files and folders that a pattern may stand for."""

MOST_MANIFESTS = 1_000
"""Manifests that are read for a suite."""

_Source = Pair | NamedPair | LibraryProblem


@dataclass(frozen=True, slots=True)
class FoundSuite:
    """Tasks, and the configurations that the manifests among what was given have."""

    tasks: Suite
    configurations: tuple[Configuration, ...] = ()


def find_tasks(given: Iterable[str | Path]) -> Suite:
    """The tasks of a suite; see `find_suite`."""
    return find_suite(given).tasks


def find_suite(given: Iterable[str | Path]) -> FoundSuite:
    """The tasks that texts stand for, each once, in the order in which they are given.

    A text is a folder (see `folders`), a problem file with its domain file beside it, also as
    Downward Lab has it, `gripper:p01.pddl`; a pattern of such paths, in which `**` stands for any
    folders; a manifest (see `manifest`), or tasks of the library (see `library_problem`).

    What a folder or a pattern stands for is sorted as a person would: p2 comes before p10. A
    problem whose domain file is missing is a task all the same, which cannot be read. Domains of
    the same name in different places are told apart by the folders that they are in.

    Raises:
        InputError: something given is missing, unreadable, without tasks or too large, or two tasks
            have one name.
    """
    finder = _Finder()
    try:
        for each in given:
            finder.add(str(each), Path())
    except OSError as error:
        place = as_text(error.filename or "a folder")
        raise InputError(f"{place} cannot be read: {error.strerror}") from None
    return FoundSuite(_named(list(finder.found.values())), tuple(finder.configurations))


class _Finder:
    """One search for tasks, of what is given or, within it, of what a manifest names.

    Attributes:
        found: what was found, each under what makes it itself.
        configurations: those of the manifests.
    """

    def __init__(self, outer: _Finder | None = None, manifest: Path | None = None) -> None:
        self.found: dict[object, _Source] = {}
        self.configurations: list[Configuration] = []
        # Those that are being read, each named by the one before.
        self._manifests: tuple[Path, ...] = ()
        self._number = count(1)
        self._pairs: dict[Path, dict[Path, Pair]] = {}
        if outer is not None and manifest is not None:
            self._manifests = (*outer._manifests, manifest)
            self._number, self._pairs = outer._number, outer._pairs

    def add(self, given: str, folder: Path) -> None:
        """Finds what a text stands for; paths in it are relative to a folder."""
        for each in self._sources(given, folder):
            self.found.setdefault(_identity(each), each)

    def _sources(self, given: str, folder: Path) -> Iterable[_Source]:
        if is_library(given):
            return library_problems(given)
        if not given.strip():
            raise InputError("a suite is a folder, a file or a pattern, not an empty text")
        path = _place(given, folder)
        if path is not None:
            return self._of_path(path)
        if glob.has_magic(given):
            return self._of_pattern(given, folder)
        raise InputError(_missing(folder / given))

    def _of_path(self, path: Path) -> Iterable[_Source]:
        if path.is_dir():
            pairs = pairs_below(path) or _problems_of(path)
            if not pairs:
                raise InputError(f"there are no tasks in {path}: looked for folders with {LAYOUTS}")
            return pairs
        kind = path.suffix.lower()
        if kind == SUFFIX:
            return self._of_manifest(path)
        if kind != ".pddl":
            kinds = f"neither a folder, nor a problem (.pddl), nor a manifest ({SUFFIX})"
            raise InputError(f"{path} is {kinds}")
        if is_domain_file(path):
            raise InputError(f"{path} is called like a domain: name a problem, or the folder")
        return [self._of_file(path)]

    def _of_file(self, file: Path) -> Pair:
        """A problem file, with the domain file that it has in its folder or the one above."""
        place = place_of(file)
        for folder in (file.parent, file.parent.parent):
            if folder not in self._pairs:
                self._pairs[folder] = {place_of(each.problem): each for each in pairs_in(folder)}
            if place in self._pairs[folder]:
                return self._pairs[folder][place]
        raise InputError(
            f"{file} has no domain file beside it: looked for {LAYOUTS}; "
            "a manifest can name any two files"
        )

    def _of_pattern(self, pattern: str, folder: Path) -> Iterable[_Source]:
        whole = pattern if folder == Path() else f"{glob.escape(str(folder))}/{pattern}"
        # `Path.glob` takes no absolute pattern, and finds what is hidden.
        found_paths = glob.iglob(whole, recursive=True)  # noqa: PTH207
        matches = set(islice(found_paths, MOST_MATCHES + 1))
        if len(matches) > MOST_MATCHES:
            raise InputError(f"{pattern} stands for more than {MOST_MATCHES} files and folders")
        found: list[Pair] = []
        for name in sorted(matches, key=lambda name: (natural_key(name), name)):
            path = Path(name)
            if path.is_dir():
                # What lies deeper, only `**` stands for.
                found += pairs_in(path) or _problems_of(path)
            elif path.suffix.lower() == ".pddl" and not is_domain_file(path):
                found.append(self._of_file(path))
        if not found:
            raise InputError(f"{as_text(whole)} stands for no problem and no folder of problems")
        return found

    def _of_manifest(self, path: Path) -> Iterable[_Source]:
        """What a manifest has; nothing if it is being read, so that it names itself."""
        real = path.resolve()
        if real in self._manifests:
            return ()
        if next(self._number) > MOST_MANIFESTS:
            raise InputError(f"{path}: more than {MOST_MANIFESTS} manifests name one another")
        manifest = read_manifest(path)
        inner = _Finder(self, real)
        for number, each in enumerate(manifest.suites, 1):
            with _at(f"{path}: suites[{number}]"):
                inner.add(each, path.parent)
        # These are named, which those found in folders are not.
        inner.found |= {_identity(each): each for each in manifest.tasks}
        for number, each in enumerate(manifest.exclude, 1):
            with _at(f"{path}: exclude[{number}]"):
                left_out = _Finder(self, real)
                left_out.add(each, path.parent)
                if not inner.found.keys() & left_out.found.keys():
                    raise InputError(f"{each} stands for no task that is in `suites` or `tasks`")
                for identity in left_out.found:
                    inner.found.pop(identity, None)
        self.configurations += [*inner.configurations, *manifest.configurations]
        return inner.found.values()


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Has errors say where in a manifest they were made."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def _identity(source: _Source) -> object:
    """What makes two sources the same task."""
    if isinstance(source, LibraryProblem):
        return source
    return place_of(source.domain), place_of(source.problem)


def _problems_of(folder: Path) -> list[Pair]:
    """The tasks in a folder of problems whose domain files are beside it; none in any other."""
    whole = folder.absolute()
    if whole.name.lower() not in PROBLEM_FOLDERS:
        return []
    real = whole.resolve()
    return [each for each in pairs_in(whole.parent) if each.problem.parent.resolve() == real]


def _place(given: str, folder: Path) -> Path | None:
    """The file or folder that is meant, if there is one; `gripper:p01.pddl` is Lab's way."""
    path = folder / given
    if path.exists():
        return path
    domain, _, problem = given.rpartition(":")
    inner = folder / domain / problem
    return inner if domain and problem and inner.is_file() else None


def _missing(path: Path) -> str:
    siblings = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    close = nearest(path.name, siblings, 1)
    hint = f"; did you mean {as_text(path.parent / close[0])}?" if close else ""
    return f"there is no folder or file {as_text(path)}{hint}"


def _named(sources: Sequence[_Source]) -> Suite:
    """The sources as tasks, under names that tell them apart."""
    # A link to a folder gives its own name: whoever made it may have called the domain so.
    places = {f: Path(os.path.abspath(f)) for f in map(_folder, sources) if f is not None}  # noqa: PTH100
    names = distinct_names(list(dict.fromkeys(places.values())))
    tasks: dict[tuple[str, str], BenchmarkTask] = {}
    for source in sources:
        folder = _folder(source)
        task = _task(source, "" if folder is None else names[places[folder]])
        other = tasks.setdefault((task.domain_name, task.name), task)
        if other is not task:
            files = f"{as_text(other.problem_path)} and {as_text(task.problem_path)}"
            raise InputError(
                f"two tasks are called {task.domain_name}/{task.name}: {files}; "
                "a manifest can name them"
            )
    return tuple(tasks.values())


def _folder(source: _Source) -> Path | None:
    """The folder that gives a task its domain's name, unless it has one."""
    if isinstance(source, Pair):
        return source.folder
    if isinstance(source, NamedPair) and source.name is None:
        return source.problem.parent
    return None


def _task(source: _Source, folder: str) -> BenchmarkTask:
    if isinstance(source, LibraryProblem):
        domain = f"{PREFIX}{source.domain}"
        return BenchmarkTask(domain, source.name, Path(domain), Path(source.given), source)
    name = source.name if isinstance(source, NamedPair) else None
    domain, problem = name or (folder, source.problem.stem)
    return BenchmarkTask(as_name(domain), as_name(problem), source.domain, source.problem)
