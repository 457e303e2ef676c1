"""One name for each task, and one task for each name, over several batches and stores.

A batch gives the tasks of its own suite names that tell them apart. Over several batches, different
tasks may share a name all the same: `gripper/p01` of one collection is not that of another. What is
known of the one says nothing about the other, so that they must not be scored as one. And one task
may have two names: `gripper/p01`, and `ipc98/gripper/p01` where others of the name were beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from goalsmith.benchmarks.results.result import Result
from goalsmith.benchmarks.scores.attempt import TaskName
from goalsmith.benchmarks.suites.folders import PROBLEM_FOLDERS, distinct_names


def under_one_name(rows: Sequence[Result]) -> tuple[Result, ...]:
    """The results, in which two files are always the same task: under the longest of its names."""
    names: dict[tuple[str, str], TaskName] = {}
    for row in rows:
        name = row.domain, row.problem
        files = row.domain_path, row.problem_path
        if len(row.domain) >= len(names.setdefault(files, name)[0]):
            names[files] = name
    return tuple(_called(row, names[row.domain_path, row.problem_path]) for row in rows)


def _called(row: Result, name: TaskName) -> Result:
    if not row.problem_path or name == (row.domain, row.problem):
        return row
    return replace(row, domain=name[0], problem=name[1])


def told_apart(rows: Sequence[Result]) -> tuple[Result, ...]:
    """The results, in which the domains that are others of the same name have longer names.

    Files in two places are the same task if their texts are, now or in any earlier result; a file
    that was changed is the same task as before.
    """
    folders = {place: _folder(place) for place in {row.problem_path for row in rows}}
    texts: dict[str, dict[tuple[Path, str], set[str]]] = {}
    for row in rows:
        place = folders[row.problem_path], row.problem
        texts.setdefault(row.domain, {}).setdefault(place, set()).add(row.key.task_hash)
    names = {domain: _names(domain, each) for domain, each in texts.items()}
    return tuple(
        replace(row, domain=found[folders[row.problem_path]])
        if (found := names[row.domain])
        else row
        for row in rows
    )


def _folder(place: str) -> Path:
    """The folder of a domain, from the place of a problem."""
    folder = Path(place).parent
    return folder.parent if folder.name.lower() in PROBLEM_FOLDERS else folder


def _names(domain: str, texts: Mapping[tuple[Path, str], Iterable[str]]) -> dict[Path, str]:
    """What a domain is called in each of its folders; nothing if one name is enough."""
    leader: dict[Path, Path] = {}
    first: dict[tuple[str, str], Path] = {}
    for (folder, problem), hashes in texts.items():
        own = _end(leader, folder)
        for text in hashes:
            # Where any text is shared, the folders are copies of one another.
            leader[_end(leader, first.setdefault((problem, text), own))] = own
    ends = {folder: _end(leader, folder) for folder, _ in texts}
    holders: dict[str, Path] = {}
    if all(holders.setdefault(problem, ends[f]) == ends[f] for f, problem in texts):
        return {}
    found = distinct_names(list(dict.fromkeys(ends.values())))
    # A folder is mostly called like the domain, but in a manifest a task may have any name.
    names = {
        end: name if f"/{name}".endswith(f"/{domain}") else f"{name}/{domain}"
        for end, name in found.items()
    }
    return {folder: names[end] for folder, end in ends.items()}


def _end(leader: Mapping[Path, Path], folder: Path) -> Path:
    """The folder that stands for a folder and its copies."""
    while leader.get(folder, folder) != folder:
        folder = leader[folder]
    return folder
