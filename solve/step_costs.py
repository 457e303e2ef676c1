"""What can be said of the costs of steps without looking at any plan."""

from __future__ import annotations

from fractions import Fraction

from goalsmith.domains.formula import Assign, Expression, FunctionTerm, simple_effects
from goalsmith.domains.language import Task


def no_step_pays(task: Task) -> bool:
    """Whether a plan that goes on is never better than one that ends before.

    True where plans are compared by length, or where the metric is one function to be made small
    and every effect on it adds a number, or a function's value that no effect changes, of at least
    0. False where that is not so, or cannot be told so simply.
    """
    metric = task.problem.metric
    if metric is None:
        return True
    if metric.direction == "maximize" or not isinstance(metric.expression, FunctionTerm):
        return False
    counted = metric.expression.function.lower()
    changes = [
        effect
        for action in task.domain.actions
        for effect in simple_effects(action.effects)
        if isinstance(effect, Assign)
    ]
    changed = {effect.target.function.lower() for effect in changes}
    least: dict[str, Fraction] = {}
    for term, value in task.problem.numbers:
        name = term.function.lower()
        least[name] = min(value, least.get(name, value))

    def adds(value: Expression) -> bool:
        if isinstance(value, FunctionTerm):
            name = value.function.lower()
            return name not in changed and least.get(name, Fraction(0)) >= 0
        return isinstance(value, Fraction) and value >= 0

    return all(
        effect.operator == "increase" and adds(effect.value)
        for effect in changes
        if effect.target.function.lower() == counted
    )
