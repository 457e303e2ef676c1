"""Suites: the tasks that folders, manifests and generators name."""
