"""The MCP server: goalsmith as tools and resources of an agent in any client.

The Model Context Protocol: https://modelcontextprotocol.io. The package `mcp` speaks it; it belongs
to the extra `mcp` and, with pydantic, is imported by `goalsmith mcp` alone.
"""
