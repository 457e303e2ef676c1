"""Pages of documentation carried out: every block of code in them does what the page says it does.

A page is followed from top to bottom in an empty folder:

- `python` blocks run one after another in one namespace, `sh` blocks in a shell;
- a block with a `title="FILE"` is the content of that file, which is written;
- a `text` block right after one of the first two is what that one printed; `…` stands for anything.

A block of another kind is an error: nobody would know whether it is right.
"""

from __future__ import annotations

import contextlib
import io
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import killpg
from pathlib import Path

from markdown_it import MarkdownIt

PATIENCE = 900
"""Seconds that a shell block may take."""

_TITLE = re.compile(r'title="([^"]+)"')
_PRINTED = ("text", "console")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page.

    Attributes:
        line: where it begins, from 1.
        language: the first word of its fence.
        title: the file that it is the content of; empty for other blocks.
        text: what is in it.
    """

    line: int
    language: str
    title: str
    text: str


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page in their order, those within lists included."""
    found = []
    for token in MarkdownIt().parse(page):
        if token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            title = _TITLE.search(rest)
            assert token.map is not None
            found.append(
                Block(token.map[0] + 1, language, title[1] if title else "", token.content)
            )
    return found


def follow(
    page: Path,
    folder: Path,
    environment: Mapping[str, str],
    instead: Mapping[str, str] | None = None,
) -> None:
    """Does what a page says, in a folder that is the current one.

    Args:
        page: the page.
        folder: the current folder.
        environment: the variables that shells see.
        instead: texts of blocks in whose place others are used, such as addresses of servers.

    Raises:
        AssertionError: a block fails, or prints something else than the page says.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    with _groups() as groups:
        text = page.read_text(encoding="utf-8")
        for each, other in (instead or {}).items():
            text = text.replace(each, other)
        for block in blocks_of(text):
            place = f"{page.name}:{block.line}"
            if block.title:
                target = folder / block.title
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.text, encoding="utf-8")
                printed = None
            elif block.language == "python":
                printed = _python(block.text, place, namespace)
            elif block.language == "sh":
                printed = _shell(block.text, place, folder, environment, groups)
            elif block.language in _PRINTED:
                assert printed is not None, f"{place}: nothing has printed this"
                _compare(block.text, printed, place)
                printed = None
            else:
                raise AssertionError(f"{place}: nothing is done with a block of `{block.language}`")


def _python(code: str, place: str, namespace: dict[str, object]) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, place, "exec"), namespace)  # noqa: S102 - our own pages
    return output.getvalue()


def _shell(
    code: str, place: str, folder: Path, environment: Mapping[str, str], groups: set[int]
) -> str:
    """What a shell prints; programs that it leaves in the background go on until the page ends."""
    output = folder / ".printed"
    with output.open("wb") as file:
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", code],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        groups.add(process.pid)
        status = process.wait(PATIENCE)
    text = output.read_text(encoding="utf-8")
    # What goes on in the background writes to it still, and not among what comes next.
    output.unlink()
    assert status == 0, f"{place}: exit code {status}\n{text}"
    return text


@contextlib.contextmanager
def _groups() -> Iterator[set[int]]:
    """Process groups, none of which outlives the block."""
    groups: set[int] = set()
    try:
        yield groups
    finally:
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                killpg(group, signal.SIGKILL)


def _compare(said: str, printed: str, place: str) -> None:
    """Compares word by word; a `…` among the words stands for any of them, or for none."""
    pattern = re.escape(" ".join(said.split()))
    pattern = re.sub(r"^…\\ ", r"(?:.*\\ )?", pattern)
    pattern = re.sub(r"(?:\\ …)+(?=\\ |$)", r"(?:\\ .*)?", pattern)
    if not re.fullmatch(pattern.replace("…", ".*"), " ".join(printed.split())):
        raise AssertionError(f"{place}: printed was\n{printed}\nand not\n{said}")
