"""The PDDL language, its semantics, and the bundled library of domains."""
