"""Robots carry pods of goods to the stations where orders are picked, and recharge at docks."""
