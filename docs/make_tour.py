"""Executes the notebook `examples/tour.ipynb` and writes it with its outputs.

    python docs/make_tour.py            # in place, after its cells were edited
    python docs/make_tour.py FILE       # elsewhere, as its test does to compare the outputs

Needs nbclient and ipykernel: pip install 'goalsmith[test]'. What differs from one machine to the
next, such as times and versions, is left out of the file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).resolve().parent.parent / "examples" / "tour.ipynb"

SECONDS = 300
"""For one cell."""


def main() -> None:
    """Executes the notebook in an empty folder."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TOUR
    notebook = nbformat.read(TOUR, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        client.execute()
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                # The same as a `repr`, in which sets have no order.
                output.data.pop("text/plain", None)
    nbformat.write(notebook, target)


if __name__ == "__main__":
    main()
