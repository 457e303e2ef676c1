"""Controlled English read without a model: every word is accounted for, or nothing is read."""
