"""The domain that a problem file belongs to, found beside it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from goalsmith.benchmarks.suites.folders import pairs_in
from goalsmith.domains.errors import InputError

HEAD = 4096
"""Characters of a file in which its kind and its names are looked for."""

MOST_FILES = 1000
"""Files beside a problem that are looked into."""

_DEFINES = re.compile(r"\(\s*define\s*\(\s*(domain|problem)\s+([^\s()]+)", re.IGNORECASE)
_OF = re.compile(r"\(\s*:domain\s+([^\s()]+)", re.IGNORECASE)
_COMMENT = re.compile(r";[^\n]*")


def is_problem(text: str) -> bool:
    """Whether a PDDL text defines a problem."""
    return _defined(text)[0] == "problem"


def domain_beside(problem: Path, text: str) -> Path:
    """The file of the domain of a problem.

    It is the one that collections of benchmarks would pair it with, or one in the same folder that
    defines the domain which the problem names.

    Raises:
        InputError: there is none, or the folder cannot be read.
    """
    try:
        for folder in (problem.parent, problem.parent.parent):
            for pair in pairs_in(folder):
                if pair.problem.resolve() == problem.resolve() and pair.domain.is_file():
                    return pair.domain
        named = _OF.search(_plain(text))
        for file in sorted(problem.parent.glob("*.pddl"))[:MOST_FILES]:
            with suppress(UnicodeDecodeError):
                with file.open(encoding="utf-8") as opened:
                    kind, name = _defined(opened.read(HEAD))
                if named and kind == "domain" and name == named[1].lower():
                    return file
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}") from None
    raise InputError(
        f"there is no domain beside {problem}: `domain.pddl`, a file for this problem such as "
        f"`{problem.stem}-domain.pddl`, or one that defines "
        + (f"the domain `{named[1][:80]}`" if named else "the domain that it names")
    )


def _defined(text: str) -> tuple[str, str]:
    """What a text defines, `domain` or `problem`, and its name; empty where it does not say."""
    match = _DEFINES.search(_plain(text))
    return (match[1].lower(), match[2].lower()) if match else ("", "")


def _plain(text: str) -> str:
    return _COMMENT.sub("", text[:HEAD])
