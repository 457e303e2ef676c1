"""An MCP server of a robot, over stdio. See `mcp_tools.py`."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

server = MCPServer("courier")
facts = {"(at hall)", "(hand-empty)", "(in letter hall)", "(in parcel lab)"}


@server.tool()
def look() -> list[str]:
    """What is true now, in PDDL."""
    return sorted(facts)


@server.tool()
def drive(from_: str, to: str) -> str:
    """Drives from a room to another."""
    facts.discard(f"(at {from_})")
    facts.add(f"(at {to})")
    return f"arrived at {to}"


@server.tool()
def pick_up(item: str, room: str) -> None:
    """Picks an item up."""
    facts.difference_update([f"(in {item} {room})", "(hand-empty)"])
    facts.add(f"(holding {item})")


@server.tool()
def put_down(item: str, room: str) -> None:
    """Puts an item down."""
    facts.discard(f"(holding {item})")
    facts.update([f"(in {item} {room})", "(hand-empty)"])


if __name__ == "__main__":
    server.run()
