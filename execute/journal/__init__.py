"""The journal of a run: its events, and what follows from them."""
