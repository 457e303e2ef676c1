"""Programs of ours in which peers that are libraries run: each in a process of its own."""
