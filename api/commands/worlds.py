"""`goalsmith worlds`: what runs have learned about named worlds, shown, edited and forgotten."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from goalsmith.commands.options import Json
from goalsmith.commands.stores import StoreUrl, open_runs, when

if TYPE_CHECKING:
    from goalsmith.execute.memory import Fact, Memory

WorldName = Annotated[str, typer.Argument(metavar="NAME", help="A world's name.")]

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


@app.callback()
def worlds(context: typer.Context, store: StoreUrl = None, as_json: Json = False) -> None:
    """List the worlds of which something is remembered.

    Example: goalsmith worlds
    """
    if context.invoked_subcommand is not None:
        return
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.memory import Worlds

    with open_runs(store, new=True) as opened_store:
        found = Worlds(opened_store).every()
    if as_json:
        out.say_json(Outcome.YES, worlds=[asdict(row) for row in found])
        out.leave(Outcome.YES)
    if not found:
        out.remark("nothing is remembered yet: give a run a world by `goalsmith run --world NAME`")
        out.leave(Outcome.YES)
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("world", "changed", "facts", "steps", "goals"):
        table.add_column(head, justify="left" if head in {"world", "changed"} else "right")
    for row in found:
        table.add_row(row.name, when(row.changed), str(row.facts), str(row.steps), str(row.goals))
    out.say(table)
    out.leave(Outcome.YES)


@app.command()
def show(world: WorldName, store: StoreUrl = None, as_json: Json = False) -> None:
    """Show what is remembered of a world: facts, how steps went, goals reached.

    Example: goalsmith worlds show office
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.memory import memory_of

    with open_runs(store) as opened_store:
        memory = memory_of(opened_store, world)
    if as_json:
        out.say_json(Outcome.YES, world=world, **_fields(memory))
        out.leave(Outcome.YES)
    from rich.table import Table

    out.line(
        f"{world}  domain {memory.domain}, observed {when(memory.observed)}, "
        f"by {len(memory.runs)} runs",
        "bold",
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    for text, fact in _facts(memory):
        table.add_row(_said(text, fact), _known(fact, memory))
    for step, record in sorted(memory.steps.items(), key=lambda item: str(item[0])):
        told = f"worked {record.worked}, failed {record.failed}, last {when(record.time)}"
        avoided = "; planned around" if record.hopeless else ""
        said = f"; {record.message}" if record.message else ""
        table.add_row(str(step), told + avoided + said)
    for goal, reached in memory.goals.items():
        last = f"last {when(reached.time)} by {reached.run} in {reached.steps} steps"
        table.add_row(f"goal {' '.join(goal.split())}", f"reached {reached.times}, {last}")
    out.say(table)
    out.leave(Outcome.YES)


@app.command(name="set")
def set_(
    world: WorldName,
    fact: Annotated[
        str, typer.Argument(metavar="FACT", help="An atom, '(on a b)', or '(= (fuel truck) 3)'.")
    ],
    false: Annotated[bool, typer.Option("--false", help="The atom does not hold.")] = False,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Say what holds in a world, or does not, until a run observes it.

    Example: goalsmith worlds set office "(at parcel hall)" --false
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute.memory import set_fact

    with open_runs(store, new=True) as opened_store:
        told = set_fact(opened_store, world, fact, not false)
    if as_json:
        out.say_json(Outcome.YES, world=world, fact=told, holds=not false)
    else:
        out.remark(f"{world}: {told} {'does not hold' if false else 'holds'}")
    out.leave(Outcome.YES)


@app.command()
def forget(
    world: WorldName,
    what: Annotated[
        str | None,
        typer.Argument(metavar="ATOM|STEP", help="Just this; by default all of the world."),
    ] = None,
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Forget all of a world, or an atom, a number or a step of it.

    Example: goalsmith worlds forget office "(pick-up parcel hall)"
    """
    from goalsmith import output as out
    from goalsmith.domains.outcome import Outcome
    from goalsmith.execute import memory

    with open_runs(store) as opened_store:
        gone = memory.forget(opened_store, world, what)
    if as_json:
        out.say_json(Outcome.YES, world=world, forgotten=list(gone))
    else:
        out.remark(f"forgotten: {', '.join(gone)}")
    out.leave(Outcome.YES)


def _facts(memory: Memory) -> list[tuple[str, Fact]]:
    return sorted((str(term), fact) for term, fact in memory.facts.items())


def _said(text: str, fact: Fact) -> str:
    """A fact as it would stand in a problem."""
    if isinstance(fact.value, bool):
        return text if fact.value else f"(not {text})"
    return text if fact.value is None else f"(= {text} {fact.value})"


def _known(fact: Fact, memory: Memory) -> str:
    """How and when a fact was known."""
    if fact.value is None:
        return f"forgotten {when(fact.time)}"
    stale = fact.source == "expected" or fact.time < memory.observed
    return f"{fact.source.value} {when(fact.time)}{'; stale' if stale else ''}"


def _fields(memory: Memory) -> dict[str, object]:
    return {
        "domain": memory.domain,
        "observed": memory.observed,
        "facts": [
            {
                "fact": text,
                "value": fact.value if isinstance(fact.value, bool | None) else str(fact.value),
                "time": fact.time,
                "source": fact.source.value,
            }
            for text, fact in _facts(memory)
        ],
        "steps": [
            {"step": str(step), **asdict(record), "avoided": record.hopeless}
            for step, record in memory.steps.items()
        ],
        "goals": [{"goal": goal, **asdict(reached)} for goal, reached in memory.goals.items()],
        "runs": list(memory.runs),
    }
