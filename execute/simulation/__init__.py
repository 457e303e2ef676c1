"""A simulated world with seeded faults and events of its own."""
