"""Hoists stack crates on pallets, and trucks carry them from place to place."""
