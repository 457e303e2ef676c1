"""The page: one HTML text with its style, its scripts and a run's data inside.

Nothing is loaded from anywhere. The Content-Security-Policy allows the scripts and the style by
their hashes and nothing else, and with Trusted Types no text can become markup: what worlds, files
and people have written is only ever put in by `textContent`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import Final

from goalsmith.execute.store.plain import Plain
from goalsmith.execute.viewer.live import LiveRun

_SCRIPTS: Final = (
    "dom.js",
    "model.js",
    "scrubber.js",
    "graph.js",
    "timeline.js",
    "moment.js",
    "versions.js",
    "review.js",
    "app.js",
)
"""In the order in which they are loaded: each knows those before it."""

_PLACE = re.compile(r"<!-- (policy|style|data|scripts) -->")


def written(run: LiveRun) -> str:
    """The page of a run as it is now, to be kept as a file."""
    data = run.data()
    return page({**data, "live": False, "stages": run.all_stages()})


def page(data: dict[str, Plain]) -> str:
    """The page with a run's data: what `LiveRun.data` gives, and whether the run is `live`."""
    parts = {
        "policy": policy(),
        "style": f"<style>{_text('page.css')}</style>",
        "data": f'<script type="application/json" id="data">{embedded(data)}</script>',
        "scripts": "\n".join(f"<script>{_text(name)}</script>" for name in _SCRIPTS),
    }
    # In one go, so that nothing in the data is taken for a place.
    return _PLACE.sub(lambda found: parts[found[1]], _text("page.html"))


@cache
def policy() -> str:
    """The Content-Security-Policy of the page (W3C, CSP level 3)."""
    scripts = " ".join(_hash(_text(name)) for name in _SCRIPTS)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {_hash(_text('page.css'))}",
            "img-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def embedded(data: Plain) -> str:
    """Data as JSON that may stand in a script element of HTML: without `<`, `>` and `&`."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath("files", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
