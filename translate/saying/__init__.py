"""Conditions, goals, plans, states and whole problems said in English, from a domain's wording."""

from goalsmith.translate.saying.conditions import goal_lines, said
from goalsmith.translate.saying.problems import problem_text, step_lines
from goalsmith.translate.saying.states import object_lines, state_lines

__all__ = ["goal_lines", "object_lines", "problem_text", "said", "state_lines", "step_lines"]
