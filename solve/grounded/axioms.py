"""Derived variables of grounded tasks: axioms applied layer by layer to a fixpoint.

Source: Helmert, Artificial Intelligence 173 (2009), section 5, on the layers of axioms.
"""

from __future__ import annotations

from functools import cache

from goalsmith.solve.grounded.sas import BASIC, Axiom, Fact, SasTask


class AxiomEvaluator:
    """Computes the derived variables of states."""

    def __init__(self, sas: SasTask) -> None:
        self._derived = [
            (number, variable.default)
            for number, variable in enumerate(sas.variables)
            if variable.layer != BASIC
        ]
        layers: dict[int, list[Axiom]] = {}
        self._rules_of: dict[int, list[Axiom]] = {}
        for axiom in sas.axioms:
            layers.setdefault(sas.variables[axiom.variable].layer, []).append(axiom)
            self._rules_of.setdefault(axiom.variable, []).append(axiom)
        self._layers = [_Layer(layers[number]) for number in sorted(layers)]
        self.rests_on = cache(self._rests_on)

    def _rests_on(self, variable: int) -> frozenset[int]:
        """The basic variables that a variable's value depends on; a basic one's is itself."""
        if variable not in self._rules_of:
            return frozenset((variable,))
        found: set[int] = set()
        seen = {variable}
        waiting = [variable]
        while waiting:
            each = waiting.pop()
            if each not in self._rules_of:
                found.add(each)
                continue
            for axiom in self._rules_of[each]:
                for used, _ in axiom.conditions:
                    if used not in seen:
                        seen.add(used)
                        waiting.append(used)
        return frozenset(found)

    def complete(self, state: list[int]) -> None:
        """Sets the derived variables of a state to what follows from the others, in place."""
        for variable, default in self._derived:
            state[variable] = default
        for layer in self._layers:
            layer.complete(state)


class _Layer:
    """The axioms of one layer: conditions on lower layers are read once, the others as they come.

    Within a layer axioms only use the set values of its variables, so each fires at most once.
    """

    def __init__(self, axioms: list[Axiom]) -> None:
        self.axioms = axioms
        own = {axiom.variable for axiom in axioms}
        self.lower = [tuple(f for f in axiom.conditions if f[0] not in own) for axiom in axioms]
        self.counts = [sum(f[0] in own for f in axiom.conditions) for axiom in axioms]
        self.waiting: dict[Fact, list[int]] = {}
        for number, axiom in enumerate(axioms):
            for fact in axiom.conditions:
                if fact[0] in own:
                    self.waiting.setdefault(fact, []).append(number)

    def complete(self, state: list[int]) -> None:
        axioms = self.axioms
        possible = [all(state[v] == value for v, value in facts) for facts in self.lower]
        counts = self.counts.copy()
        queue = [n for n, holds in enumerate(possible) if holds and counts[n] == 0]
        while queue:
            axiom = axioms[queue.pop()]
            if state[axiom.variable] == axiom.after:
                continue
            state[axiom.variable] = axiom.after
            for number in self.waiting.get((axiom.variable, axiom.after), ()):
                counts[number] -= 1
                if counts[number] == 0 and possible[number]:
                    queue.append(number)
