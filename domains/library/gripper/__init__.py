"""A robot with grippers carries balls between rooms."""
