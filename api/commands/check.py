"""`goalsmith check`: what is wrong, impossible or odd in PDDL files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.completing import names_to_check
from goalsmith.commands.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from goalsmith.domains.diagnostics import Diagnostic

STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="DOMAIN [PROBLEM]",
            help="A domain file, or a bundled domain's name; and a problem file, or an instance's "
            "name.",
            autocompletion=names_to_check,
        ),
    ],
    each: Annotated[
        bool,
        typer.Option(
            "--each",
            help="Any number of files, domains and problems: each problem is checked with the "
            "domain beside it.",
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings as on errors.")
    ] = False,
    chosen: Annotated[
        Format,
        typer.Option(
            "--format", help="For a person, as one JSON object, or as annotations of GitHub."
        ),
    ] = Format.TEXT,
    as_json: Json = False,
) -> None:
    """Check a domain, or a domain and a problem, as a compiler does: exit code 30 on errors.

    Example: goalsmith check blocksworld p1
    """
    from rich.text import Text

    from goalsmith import output as out
    from goalsmith.commands.annotations import annotation
    from goalsmith.domains.outcome import Outcome

    found = (_alone(file) for file in files) if each else (_checked(*_pair(files)),)
    findings = tuple(dict.fromkeys(chain.from_iterable(found)))
    grave = ("error", "warning") if strict else ("error",)
    failed = any(finding.severity in grave for finding in findings)
    outcome = Outcome.BAD_INPUT if failed else Outcome.YES
    if as_json or chosen is Format.JSON:
        out.say_json(
            outcome,
            summary=_summary(findings),
            findings=[finding.as_dict() for finding in findings],
        )
    elif chosen is Format.GITHUB:
        for finding in findings:
            typer.echo(annotation(finding))
    else:
        for finding in findings:
            out.say(Text(finding.render(), style=STYLES[finding.severity]))
        out.say(Text(_summary(findings), style="bold"))
    out.leave(outcome)


def _checked(domain: File, problem: File | None) -> tuple[Diagnostic, ...]:
    from goalsmith.domains.checks import check_domain, check_task

    if problem is None:
        return check_domain(domain.text, domain.name)
    return check_task(domain.text, problem.text, domain.name, problem.name)


def _pair(files: Sequence[str]) -> tuple[File, File | None]:
    """A domain, and perhaps a problem, as they are named.

    Raises:
        InputError: there are more files, one cannot be read, or there is no such domain.
    """
    from goalsmith.domains.errors import InputError

    if len(files) > 2:
        raise InputError(
            f"a domain and a problem are checked together, and these are {len(files)} files; "
            "--each checks each with the domain beside it"
        )
    folder = _folder(files[0])
    problem = _problem_file(files[1], folder) if files[1:] else None
    return _domain_file(files[0], folder), problem


def _alone(name: str) -> tuple[Diagnostic, ...]:
    """What is found in a domain by itself, or in a problem with the domain beside it.

    That it cannot be read, or has no domain beside it, is a finding: the other files are checked.
    """
    from goalsmith.commands.beside import domain_beside, is_problem
    from goalsmith.domains.diagnostics import Diagnostic
    from goalsmith.domains.errors import InputError

    try:
        file = _file(Path(name))
        if not is_problem(file.text):
            return _checked(file, None)
        domain = _file(domain_beside(Path(name), file.text))
    except InputError as error:
        return (Diagnostic("not-checked", str(error), source=name),)
    return _checked(domain, file)


@dataclass(frozen=True, slots=True)
class File:
    """A text to be checked, and its name in findings."""

    name: str
    text: str


def _folder(domain: str) -> Traversable | None:
    """The folder of a bundled or installed domain, or a person's own; None for a domain file.

    Raises:
        InputError: it looks like a domain's name, but there is none of that name.
    """
    from goalsmith.domains.library import bundled, names

    path = Path(domain)
    if domain not in names():
        if path.is_dir():
            return path
        if path.exists() or path.suffix or "/" in domain:
            return None
        bundled(domain)  # raises, with the names that come near
    return _package_of(domain)


def _package_of(name: str) -> Traversable:
    """The folder of a domain that is bundled, or else installed."""
    from importlib.metadata import entry_points
    from importlib.resources import files

    from goalsmith.domains.library.loading import GROUP, PACKAGE

    folder = files(PACKAGE).joinpath(name.replace("-", "_"))
    if folder.joinpath("domain.pddl").is_file():
        return folder
    points = entry_points(group=GROUP, name=name)
    # Of several with one name, that of the distribution first in the alphabet is the one used.
    return files(min(points, key=lambda p: p.dist.name if p.dist else "").module)


def _domain_file(domain: str, folder: Traversable | None) -> File:
    return _file(Path(domain) if folder is None else folder.joinpath("domain.pddl"))


def _problem_file(problem: str, folder: Traversable | None) -> File:
    """An instance in the domain's folder, or else a file."""
    if folder is not None and not Path(problem).suffix:
        instance = folder.joinpath(f"{problem}.pddl")
        if instance.is_file():
            return _file(instance)
    return _file(Path(problem))


def _file(file: Traversable) -> File:
    from goalsmith.domains.reader import load_text

    if isinstance(file, Path):
        return File(str(file), load_text(file))
    return File(str(file), file.read_text(encoding="utf-8"))


def _summary(findings: Sequence[Diagnostic]) -> str:
    """How many there are of each severity: `2 errors, 1 warning, 3 notes`."""
    counts = []
    for severity in ("error", "warning", "note"):
        count = sum(each.severity == severity for each in findings)
        if count:
            counts.append(f"{count} {severity}" + ("" if count == 1 else "s"))
    return ", ".join(counts) or "nothing found"
