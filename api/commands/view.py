"""`goalsmith view`: a run as a page, followed in a browser or written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.stores import RunId, StoreUrl, open_runs

if TYPE_CHECKING:
    pass


def view(
    run: RunId,
    store: StoreUrl = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the page to this file instead.", metavar="FILE"),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", help="Serve on this port; 0: any.", min=0, max=65_535)
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only say the page's address.")
    ] = False,
) -> None:
    """Show a run as a page: its plans, what happened, the states, and why it was planned anew.

    The page is served to this machine alone, until Ctrl-C, and follows a run that goes on. A plan
    that waits for a person can be approved, edited or rejected there.

    Example: goalsmith view 3f2a
    """
    from goalsmith import output as out
    from goalsmith.commands.driving import world_of
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.viewer import LiveRun, ViewServer, written

    with open_runs(store) as opened_store:
        identity = opened_store.run(run).id
        world = world_of(opened_store, identity)
        followed = LiveRun(opened_store, identity, lambda _: world.wording)
        if html is not None:
            out.write_file(html, written(followed))
            out.remark(f"{html} written")
            out.leave(Outcome.YES)
        followed.data()  # what cannot be read is told here, and not in the browser
        with ViewServer(followed, port) as server:
            out.line(server.url, "bold")
            out.remark("Ctrl-C ends it")
            if not no_browser:
                import webbrowser

                webbrowser.open(server.url)
            try:
                server.serve()
            except KeyboardInterrupt:
                out.remark("ended")
    out.leave(Outcome.YES)
