"""Turns a goal said in English into a plan that is proven correct, and carries it through."""
