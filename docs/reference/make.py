"""Pages that are made when the documentation is built: the commands, and the list of decisions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

DECISIONS = """# Decisions

One note for each hard decision: the question, what was chosen and measured, what was not taken.

"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made."""
    from mkdocs.structure.files import File

    design = Path(config.docs_dir) / "design"
    made = {
        "reference/commands.md": commands(),
        "explanation/decisions.md": DECISIONS + decisions(design),
    }
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def commands() -> str:
    """Every command with its options, as `--help` has them."""
    import typer
    from typer.cli import get_docs_for_click

    from goalsmith.cli import app

    root = typer.main.get_command(app)
    _tell_in_full(root)
    text = get_docs_for_click(obj=root, ctx=typer.Context(root), name="goalsmith")
    # What a person is to type in place of a word is no tag of HTML; in code it is shown as it is.
    return re.sub(r"(`[^`\n]*`)|<(?=[A-Za-z/])", lambda found: found[1] or "&lt;", text)


def _tell_in_full(command: Any) -> None:
    """Has lists of commands tell the whole first sentence of each, which click cuts short."""
    command.short_help = " ".join((command.help or "").partition("\n\n")[0].split())
    for each in getattr(command, "commands", {}).values():
        _tell_in_full(each)


def decisions(design: Path) -> str:
    """A line for each note, by number."""
    lines = []
    for note in sorted(design.glob("*.md")):
        title = note.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").strip()
        lines.append(f"- {note.name[:4]}: [{title}](../design/{note.name})")
    return "\n".join(lines) + "\n"
