"""What a shell may complete to: names of domains, instances, engines and runs.

Whatever goes wrong here is no answer: somebody is typing.
"""

from __future__ import annotations

from contextlib import suppress

import typer

from goalsmith.domains.errors import GoalsmithError

MOST_RUNS = 50
"""Runs, the newest, that are offered."""


def domain_names(incomplete: str) -> list[str]:
    """Bundled and installed domains."""
    from goalsmith.domains.library import names

    return [name for name in names() if name.startswith(incomplete)]


def instance_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The instances of the domain that was chosen."""
    return _instances_of(ctx.params.get("domain") or "", incomplete)


def names_to_check(ctx: typer.Context, incomplete: str) -> list[str]:
    """Domains, and after one of them its instances; a shell offers files where none fits."""
    given = ctx.params.get("files") or ()
    return _instances_of(given[0], incomplete) if given else domain_names(incomplete)


def engine_names(incomplete: str) -> list[str]:
    """Engines that are always known."""
    return [name for name in ("kairos", "fast-downward") if name.startswith(incomplete)]


def _instances_of(domain: str, incomplete: str) -> list[str]:
    from goalsmith.domains.library import bundled

    with suppress(GoalsmithError):
        chosen = bundled(domain)
        return [each.name for each in chosen.instances if each.name.startswith(incomplete)]
    return []


def run_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The newest runs of the store that was chosen."""
    from goalsmith.commands.stores import open_runs

    with suppress(GoalsmithError), open_runs(ctx.params.get("store")) as store:
        ids = [row.id for row in store.runs(limit=MOST_RUNS)]
        return [name for name in ("latest", *ids) if name.startswith(incomplete)]
    return []
