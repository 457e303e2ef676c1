"""unified-planning's engines, each run in a process and a folder of its own."""
