"""Draws docs/demo.svg: the demo as a terminal shows it. Run it from the repository's root."""

from __future__ import annotations

import io
import re
from pathlib import Path

import typer
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI

from goalsmith import output
from goalsmith.commands.demo import demo

COLUMNS = 126


def main() -> None:
    """Runs the demo on a recording console and writes the picture."""
    console = Console(
        file=io.StringIO(), record=True, force_terminal=True, width=COLUMNS, highlight=False
    )
    output.console = lambda stderr=False: console  # noqa: ARG005 - the signature of what it replaces
    try:
        demo()
    except typer.Exit as left:
        if left.exit_code:
            raise SystemExit(f"the demo ended with exit code {left.exit_code}") from None
    # The picture must not fetch fonts from elsewhere; any monospaced one will do.
    plain = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    plain = plain.replace("Fira Code", "monospace").replace("FiraCode", "monospace")
    svg = console.export_svg(title="goalsmith demo", theme=MONOKAI, code_format=plain)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    Path("docs/demo.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
